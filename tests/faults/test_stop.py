"""Told to stop with 200 requests in flight: each is answered, none is reset, nothing is counted twice."""

from __future__ import annotations

import json
import signal
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.processes import PATIENCE, unread, wait_for
from tests.faults.promise import WRITTEN, Forum, forum
from tests.service import SECRET

REPLIES, VERDICTS = 20, 180


def request(path: str, kind: str, body: bytes, cookie: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"Cookie: {cookie}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def verdict(token: str) -> bytes:
    return request(
        "/v1/verify", "application/json", json.dumps({"secret": SECRET, "response": token}).encode()
    )


def reply(place: Forum) -> bytes:
    visitor = place.visitor().open()
    cookie = visitor.client.get_cookie("gate_demo")
    assert cookie is not None
    body = urlencode(visitor.form(**WRITTEN)).encode()
    return request(
        "/topic/1/reply", "application/x-www-form-urlencoded", body, f"{cookie.key}={cookie.value}"
    )


@pytest.mark.parametrize("held", [0, 1], ids=["sent", "half sent"])
def test_sigterm_answers_all_200_requests_in_flight(tmp_path: Path, held: int) -> None:
    """Whole requests that wait for a thread, and such whose last byte is still on its way."""
    with forum(tmp_path, workers=2) as place:
        requests = [verdict(place.token()) for _ in range(VERDICTS)] + [reply(place) for _ in range(REPLIES)]
        connections = [socket.create_connection(("127.0.0.1", place.server.port), PATIENCE) for _ in requests]
        for connection, text in zip(connections, requests, strict=True):
            connection.sendall(text[: len(text) - held])
        wait_for(lambda: unread(place.server.port) == 0, "all that was sent to be in a worker's hands")
        place.server.process.send_signal(signal.SIGTERM)

        def finish(number: int) -> str:
            with connections[number] as connection:
                if held:
                    connection.sendall(requests[number][-held:])
                answer = b"".join(iter(lambda: connection.recv(65_536), b""))
            return answer[9:12].decode() + (" success" if b'"success":true' in answer else "")

        with ThreadPoolExecutor(len(requests)) as threads:
            answers = Counter(threads.map(finish, range(len(requests))))
        assert answers == {"200 success": VERDICTS, "303": REPLIES}
        assert place.server.process.wait(PATIENCE) == 0
        wait_for(place.server.group_is_gone, "the end of every process")
        assert place.posts() == [WRITTEN["body"]] * REPLIES
