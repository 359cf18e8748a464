"""The promise that every fault is held to: what is checked while the fault lasts, and what once it is over.

A fault may cost the poster one more question, never the text that was typed, and never lets one answer through twice.
"""

from __future__ import annotations

import http.client
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from tests.cli.processes import PATIENCE, Running, free_port, running, wait_for
from tests.faults.forum import SITEKEY, STORE
from tests.service import SECRET, Reply, solutions
from tests.web.demo.conftest import GOOD, Visitor

FORUM = (sys.executable, Path(__file__).with_name("forum.py"))
WRITTEN = {**GOOD, "topic": "Re: faults", "name": "Zoë & <Ümit>", "body": 'One.\n\n  Two "&amp;" <b>\n終'}
"""What a poster types; every character of it must come back."""
BACK_WITHIN = 20.0
"""Seconds after the end of a fault within which all works again: the breaker's, and a machine that is busy."""


def elsewhere(port: int) -> Callable[..., Iterable[bytes]]:
    """Return an application that is a server in another process, so that Werkzeug's client can talk to it."""

    @Request.application
    def forward(request: Request) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with closing(connection):
            connection.request(request.method, request.full_path, request.get_data(), dict(request.headers))
            response = connection.getresponse()
            return Response(response.read(), response.status, response.getheaders())

    return forward


class Forum:
    """A forum in a process of its own, with its gate: what posters, pages and other servers do with it."""

    def __init__(self, server: Running, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.solutions = solutions()

    @property
    def database(self) -> Path:
        """The store's file, where this process finds what the forum has there."""
        return Path(f"/proc/{self.server.process.pid}/root", *self.folder.parts[1:], STORE, "gate.db")

    def client(self) -> Client:
        return Client(elsewhere(self.server.port))

    def visitor(self) -> Visitor:
        return Visitor(cast("FlaskClient", self.client()), self.solutions)

    def get(self, path: str, **query: str) -> Reply:
        return cast("Reply", self.client().get(path, query_string=query))

    def post(self, path: str, **fields: str) -> Reply:
        return cast("Reply", self.client().post(path, json=fields))

    def token(self) -> str:
        asked = self.get("/v1/challenge", sitekey=SITEKEY).json
        answer = self.solutions[asked["question"]]
        return str(self.post("/v1/answer", challenge=asked["challenge"], answer=answer).json["token"])

    def verify(self, token: str, **fields: str) -> Reply:
        return self.post("/v1/verify", secret=SECRET, response=token, **fields)

    def is_ready(self) -> bool:
        return self.get("/readyz").status_code == 200

    def posts(self) -> list[str]:
        """The bodies of all that was posted by ``WRITTEN``'s poster."""
        with closing(sqlite3.connect(self.folder / "forum.db")) as connection:
            rows = connection.execute("SELECT body FROM posts WHERE name = ?", (WRITTEN["name"],))
            return [body for (body,) in rows]

    def is_sound(self) -> bool:
        with closing(sqlite3.connect(self.database)) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@contextmanager
def forum(folder: Path, *prefix: str | Path, workers: int = 1, **environ: str) -> Iterator[Forum]:
    """Start a forum; ``prefix`` is the program that starts it in its own way."""
    port = free_port()
    (folder / STORE).mkdir(mode=0o700, exist_ok=True)
    arguments = (folder, port, workers)
    with running(
        folder, port, *map(str, arguments), command=(*prefix, *FORUM), TMPDIR=str(folder), **environ
    ) as server:
        wait_for(server.is_up, "the forum")
        yield Forum(server, folder)


@dataclass
class Promise:
    """What posters and servers hold at the moment that a fault begins."""

    forum: Forum
    spent: Sequence[str]
    unspent: Sequence[str]
    asked: Visitor
    held: Visitor
    workers: Sequence[int]
    posted: int = 0

    @classmethod
    def before(cls, forum: Forum) -> Promise:
        """Spend some tokens, hold some; open a form, and another whose poster has answered already."""
        spent = [forum.token() for _ in range(3)]
        for token in spent:
            assert forum.verify(token).json["success"]
        held = forum.visitor().open()
        assert held.send_form(held.form(**{**WRITTEN, "email": "not an address"})).status_code == 422
        assert held.filled["gate-response"], "the answer is held while something else is wrong"
        unspent = [forum.token() for _ in range(3)]
        return cls(forum, spent, unspent, forum.visitor().open(), held, forum.server.workers())

    def is_closed(self, why: str) -> None:
        """Nothing is let through, all that was typed comes back, and everybody is told why or what to do."""
        forum = self.forum
        for token in (*self.unspent, *self.spent):
            self._is_unavailable(forum.verify(token))
        for visitor in (self.asked, self.held):
            held = visitor.filled.get("gate-response")
            form = visitor.form(**WRITTEN)
            page = visitor.send_form(form)
            assert page.status_code == 422, page.text
            self._keeps(visitor, {**WRITTEN, "gate-answer": form.get("gate-answer", "")})
            assert visitor.filled.get("gate-response") == held
            assert any(
                "Your text is kept: send it again in a minute." in words
                for words in visitor.problems().values()
            )
        assert forum.posts() == [WRITTEN["body"]] * self.posted
        fresh = forum.visitor().open()
        assert fresh.page is not None
        assert fresh.page.status_code == 200
        ready = forum.get("/readyz")
        assert (ready.status_code, ready.json["ready"]) == (503, False)
        assert re.search(why, ready.json["store"]), ready.json
        assert "; " in ready.json["store"], "what to do about it"
        assert "gate_store_up 0.0" in forum.get("/metrics").text
        assert forum.get("/healthz").status_code == 200
        self.is_logged(why, "error")

    def is_over(self, *, reset: bool = False, code: str = "timeout-or-duplicate") -> None:
        """All works again without a restart; with ``reset`` what was made before is refused with ``code``."""
        forum = self.forum
        wait_for(forum.is_ready, "the end of the fault", BACK_WITHIN)
        assert forum.server.workers() == self.workers, "without a restart"
        for visitor in (self.asked, self.held):
            self._posts_at_last(visitor, questions=1 if reset else 0)
        for token in self.unspent:
            assert forum.verify(token).json["success"] is not reset
        for token in (*self.unspent, *self.spent):
            assert forum.verify(token).json["error-codes"] == [code]
        assert forum.verify(forum.token()).json["success"]
        assert forum.is_sound()
        assert "Traceback" not in forum.server.err

    def lets_nothing_spent_through(self, times: int) -> None:
        """What was spent is not accepted again, at once, whichever worker is asked."""
        for token in [*self.spent] * times:
            assert not self.forum.verify(token).json["success"]

    def is_logged(self, why: str, level: str) -> None:
        lines = [line for line in self.forum.server.err.splitlines() if f'"level": "{level}"' in line]
        assert any(re.search(why, line) for line in lines), self.forum.server.err

    def _posts_at_last(self, visitor: Visitor, *, questions: int) -> None:
        """Send what stands in the form, answering what is asked anew; it must arrive once, whole."""
        page = visitor.send_form(visitor.form(**WRITTEN))
        for _ in range(questions):
            if page.status_code == 303:
                break
            assert page.status_code == 422, page.text
            self._keeps(visitor, WRITTEN)
            page = visitor.send_form(visitor.form())
        assert page.status_code == 303, page.text
        self.posted += 1
        assert self.forum.posts() == [WRITTEN["body"]] * self.posted

    def _is_unavailable(self, reply: TestResponse) -> None:
        body = cast("Any", reply).json
        assert (reply.status_code, body["success"], body["error-codes"]) == (503, False, ["internal-error"])
        assert body["message"]
        assert int(reply.headers["Retry-After"]) >= 1

    def _keeps(self, visitor: Visitor, written: dict[str, str]) -> None:
        found = visitor.filled
        assert {name: found.get(name, "") for name in written} == written
