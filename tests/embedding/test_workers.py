"""A host application under a real server with two workers: one instance folder, one gate."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from gate.places import PACKAGE
from tests.cli.processes import PATIENCE, clean_environ, free_port, wait_for
from tests.embedding.documented import write_forum
from tests.embedding.hosts import SECRET_KEY, Page
from tests.service import NO_LIMITS

HOST = """
import os

from forum import create_app


def create():
    app = create_app()

    @app.after_request
    def sign(response):
        response.headers["X-Worker"] = str(os.getpid())
        return response

    return app
"""
CONFIG = {
    "bank": {"files": [str(PACKAGE / "bank" / "starter" / "en.toml")]},
    "challenge": {"min_seconds": 0},
    "limits": NO_LIMITS,
}


@dataclass
class Answer:
    """What a worker said, in the form that ``Page`` reads."""

    status: int
    worker: str
    body: bytes

    def get_data(self, *, as_text: bool) -> str:
        return self.body.decode()


class Line:
    """One connection, which one worker answers for as long as it is open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def get(self, path: str = "/topic/1/reply") -> Answer:
        return self._send("GET", path, None)

    def post(self, page: Page, **fields: str) -> Answer:
        sent = {**page.fields, **{name.replace("_", "-"): value for name, value in fields.items()}}
        return self._send("POST", "/topic/1/reply", urlencode(sent))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self._connection.request(method, path, body, kind)
        response = self._connection.getresponse()
        return Answer(response.status, response.headers["X-Worker"], response.read())

    def posts(self) -> list[str]:
        found: list[str] = json.loads(self.get("/topic/1").body)["posts"]
        return found

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The forum of docs/flask.md, started as that page says, with two workers."""
    folder = write_forum(tmp_path_factory.mktemp("forum"))
    (folder / "host.py").write_text(HOST, "utf-8")
    number = free_port()
    command = ["granian", "--interface", "wsgi", "--workers", "2", "--factory", "host:create"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(number)],
            cwd=folder,
            env=clean_environ(FLASK_SECRET_KEY=SECRET_KEY, FLASK_GATE_CONFIG=json.dumps(CONFIG)),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def is_up() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            with closing(Line(number)) as line:
                return line.get().status == 200
        except (OSError, http.client.HTTPException):
            return False

    try:
        wait_for(is_up, "the forum")
        yield number
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@pytest.fixture
def lines(port: int) -> Iterator[list[Line]]:
    """A connection to each of the two workers."""
    found: dict[str, Line] = {}
    with ExitStack() as stack:

        def both() -> list[Line]:
            line = stack.enter_context(closing(Line(port)))
            found.setdefault(line.get().worker, line)
            return list(found.values()) if len(found) == 2 else []

        yield wait_for(both, "a connection to each worker")


def test_a_form_of_one_worker_is_good_at_the_other(lines: list[Line], solve: Callable[[str], str]) -> None:
    one, other = lines
    wrong = Page(other.post(Page(one.get()), body="One", gate_answer="certainly wrong"))
    assert wrong.fields["body"] == "One"
    held = Page(one.post(wrong, preview="1", gate_answer=solve(wrong.question or "")))
    assert held.question is None
    assert [other.post(held).status, one.post(held).status] == [303, 303]
    assert one.posts().count("One") == 1


def test_an_answer_that_one_worker_took_carries_no_second_text_at_the_other(
    lines: list[Line], solve: Callable[[str], str]
) -> None:
    one, other = lines
    page = Page(one.get())
    answer = solve(page.question or "")
    assert one.post(page, body="First", gate_answer=answer).status == 303
    again = other.post(page, body="Second", gate_answer=answer)
    assert again.status == 200
    assert Page(again).fields["body"] == "Second"
    assert "Second" not in one.posts()


def test_equal_posts_to_both_workers_at_once_are_one_reply(
    port: int, lines: list[Line], solve: Callable[[str], str]
) -> None:
    page = Page(lines[0].get())
    answer = solve(page.question or "")
    with ThreadPoolExecutor(16) as pool, ExitStack() as stack:
        racers = [*lines, *(stack.enter_context(closing(Line(port))) for _ in range(14))]
        sent = list(pool.map(lambda line: line.post(page, body="At once", gate_answer=answer), racers))
    assert {answer.status for answer in sent} == {303}
    assert len({answer.worker for answer in sent}) == 2
    assert lines[0].posts().count("At once") == 1
