"""Workers killed in the midst of their work, again and again: nothing twice, nothing lost, nobody robbed."""

from __future__ import annotations

import http.client
import sqlite3
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

from gate.signing.keys import KeyRing
from gate.signing.tokens import Sealer
from tests.cli.processes import PATIENCE, free_port, running, wait_for
from tests.faults.forum import SITEKEY
from tests.faults.promise import WRITTEN, Forum
from tests.service import SIGNING, Reply
from tests.web.demo.conftest import Visitor

KILLS = (sys.executable, Path(__file__).with_name("kills.py"))
SERVERS, POSTERS = 4, 2
GONE = (OSError, http.client.HTTPException)


class Storm:
    """Servers that verify and posters that post, who send a request again when its answer does not come."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.over = threading.Event()
        self.successes: Counter[str] = Counter()
        self.robbed: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.cut = 0
        self.posted: list[str] = []
        self.failures: list[BaseException] = []

    def insist(self, request: Callable[[], Reply]) -> Reply:
        """Send a request until it is answered by a process that lives on."""
        while True:
            try:
                response = request()
            except GONE:
                self.cut += 1
                continue
            self.statuses[response.status_code] += 1
            if response.status_code != 503:
                return response

    def verify(self) -> None:
        """Have tokens verified, each also by a rival: every second one with a key that tells a repeat from a rival."""
        while not self.over.is_set():
            token = str(self.insist(self._answer).json["token"])
            key = {"idempotency_key": str(uuid.uuid4())} if len(self.successes) % 2 else {}
            won = self.insist(partial(self.forum.verify, token, **key)).json["success"]
            rival = self.insist(partial(self.forum.verify, token)).json["success"]
            self.successes[token] = won + rival
            if key and not won:
                self.robbed.append(token)

    def post(self) -> None:
        """Write replies; whoever is asked once more answers once more, with the text that stands in the form."""
        while not self.over.is_set():
            visitor = self.forum.visitor()
            self.insist(partial(opened, visitor))
            written = {**WRITTEN, "body": uuid.uuid4().hex}
            form = visitor.form(**written)
            while self.insist(partial(sent, visitor, form)).status_code != 303:
                assert visitor.filled["body"] == written["body"]
                form = visitor.form()
            self.posted.append(written["body"])

    @property
    def accepted(self) -> int:
        """How many tokens were let through by now."""
        return self.successes.total()

    def blow(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._safely, args=(self.verify,)) for _ in range(SERVERS)]
        threads += [threading.Thread(target=self._safely, args=(self.post,)) for _ in range(POSTERS)]
        for thread in threads:
            thread.start()
        return threads

    def _answer(self) -> Reply:
        asked = self.forum.get("/v1/challenge", sitekey=SITEKEY)
        if asked.status_code == 503:
            return asked
        answer = self.forum.solutions[asked.json["question"]]
        reply = self.forum.post("/v1/answer", challenge=asked.json["challenge"], answer=answer)
        return reply if reply.status_code == 503 or reply.json["success"] else self._answer()

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.failures.append(error)
            self.over.set()


def opened(visitor: Visitor) -> Reply:
    return cast("Reply", visitor.open().page)


def sent(visitor: Visitor, form: dict[str, str]) -> Reply:
    return cast("Reply", visitor.send_form(form))


def test_kills_every_200_ms_let_nothing_through_twice_and_rob_nobody(
    tmp_path: Path, *, long_run: bool
) -> None:
    port, kills = free_port(), 300 if long_run else 25
    arguments = (str(tmp_path), str(port), str(kills))
    with running(tmp_path, port, *arguments, command=KILLS) as server:
        wait_for(server.is_up, "the workers")
        storm = Storm(Forum(server, tmp_path))
        threads = storm.blow()
        (tmp_path / "go").touch()
        wait_for(
            lambda: storm.over.is_set() or (storm.cut and storm.accepted > 20),
            "enough hits",
            kills + PATIENCE,
        )
        (tmp_path / "enough").touch()
        wait_for(lambda: server.out, "the last kill", kills + PATIENCE)
        storm.over.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert not storm.failures, storm.failures
        assert int(server.out) >= kills
        assert not [token for token, times in storm.successes.items() if times > 1]
        assert not storm.robbed
        assert set(storm.statuses) <= {200, 303, 422, 503}
        every_success_has_its_mark(storm)
        assert Counter(storm.forum.posts()) == Counter(storm.posted), "each reply is there, once"
        assert storm.forum.is_sound()
        for token in storm.successes:
            assert not storm.forum.verify(token).json["success"]
    print(f"{server.out.strip()} kills, {len(storm.successes)} tokens, {storm.cut} cut off")  # noqa: T201


def every_success_has_its_mark(storm: Storm) -> None:
    sealer = Sealer(KeyRing.of(SIGNING, ()))
    with closing(sqlite3.connect(storm.forum.database)) as connection:
        marks = {bytes(mark[:16]) for (mark,) in connection.execute("SELECT mark FROM token_marks")}
    accepted = [token for token, times in storm.successes.items() if times]
    assert {sealer.read_token(token, time.time()).id for token in accepted} <= marks
