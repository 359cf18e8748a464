"""A process that may open 64 files, and 200 connections to it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

from tests.cli.processes import wait_for
from tests.faults.promise import Forum, Promise, forum

MOST = 64
LIMITED = ("prlimit", f"--nofile={MOST}:{MOST}")


def connect(place: Forum) -> socket.socket:
    return socket.create_connection(("127.0.0.1", place.server.port))


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def ready(connection: socket.socket) -> dict[str, Any]:
    """Ask over a connection that is open already, and close it."""
    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    body = b"".join(iter(lambda: connection.recv(65_536), b"")).partition(b"\r\n\r\n")[2]
    return cast("dict[str, Any]", json.loads(body))


def test_200_connections_to_a_process_of_64_files_are_outlived(tmp_path: Path) -> None:
    with forum(tmp_path, *LIMITED) as place, ExitStack() as opened:
        promise = Promise.before(place)
        (worker,) = promise.workers
        idle = [opened.enter_context(connect(place)) for _ in range(200)]
        wait_for(lambda: files(worker) >= MOST, "the last file")
        assert ready(idle[0])["ready"], "whoever is in is served"
        (tmp_path / "bank" / "en.toml").touch()
        time.sleep(1.1)
        wait_for(lambda: files(worker) >= MOST, "the next connection to take the file of the first")
        assert "Too many open files" in ready(idle[1])["reload"], "a glob that finds nothing is no empty bank"
        promise.is_logged("files refused.*Too many open files", "error")
        opened.close()
        promise.is_over()
        wait_for(lambda: place.get("/readyz").json["reload"] == "ok", "the bank")
        tokens = [place.token() for _ in range(100)]

        def success(token: str) -> bool:
            return bool(place.verify(token).json["success"])

        with ThreadPoolExecutor(200) as threads:
            wins = Counter(threads.map(success, [*tokens, *tokens]))
        assert wins == {True: 100, False: 100}
