"""Every single call of the store fails once, before its work or after it, in the midst of a whole reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gate.errors import StoreError
from gate.stores.base import Store
from gate.stores.breaker import Breaker
from gate.stores.memory import MemoryStore
from gate.stores.sqlite import SqliteStore
from gate.web.demo import create_demo
from tests.embedding.hosts import Browser, PlainForm, make_host
from tests.faults.forum import settings
from tests.faults.promise import WRITTEN
from tests.service import SECRET, Clock, Service, solutions, write_banks
from tests.web.demo.conftest import Visitor

PLENTY = dict.fromkeys(("challenges", "answers", "wrong_answers", "tokens"), "1000000/10 minutes")
USED_UP = "already "
"""What is told of an answer or a reply that is used up, and must not be where nothing was let through."""


class Faulty:
    """A store of which one call fails: before it does anything, or with ``lost`` once all is done."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls = 0
        self.at = 0
        self.lost = False
        self.verb = ""

    def __getattr__(self, verb: str) -> Any:
        if verb == "epoch":
            return self._call(lambda: self._store.epoch)
        if verb == "close":
            return self._store.close
        if verb == self.verb:
            self.verb = ""
            self.fail_at(1, lost=True)
        return lambda *args: self._call(lambda: getattr(self._store, verb)(*args))

    def fail_at(self, number: int, *, lost: bool) -> None:
        """Count anew; the call of this number will fail, none for 0."""
        self.calls, self.at, self.lost = 0, number, lost

    def fail_next(self, verb: str) -> None:
        """Let the answer of the next call of ``verb`` be lost."""
        self.verb = verb

    @property
    def failed(self) -> bool:
        return 0 < self.at <= self.calls

    def _call(self, work: Callable[[], Any]) -> Any:
        self.calls += 1
        fails = self.calls == self.at
        result = None if fails and not self.lost else work()
        if fails:
            raise StoreError("faulty://", "this call fails", "go on with the next")
        return result


@pytest.fixture(params=["memory", "sqlite"])
def faulty(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Faulty:
    """The store that every gate of the test opens, behind a breaker that needs a second of ``clock``."""
    path = tmp_path / "gate.db"
    store = MemoryStore() if request.param == "memory" else SqliteStore("sqlite:///gate.db", path)
    faulty = Faulty(store)
    monkeypatch.setattr("gate.live.open_store", lambda *_, **__: Breaker(faulty, clock=clock))
    return faulty


@pytest.fixture(params=[False, True], ids=["undone", "lost"])
def lost(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def forum(tmp_path: Path, faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    # Statistics are written by the real clock: at every turn, or the same call would bear another number each time.
    monkeypatch.setattr("gate.statistics.FLUSH_SECONDS", 0.0)
    write_banks(tmp_path)
    app = create_demo(tmp_path, settings(tmp_path) | {"limits": PLENTY})
    yield app
    app.extensions["gate"].live.close()


class Poster:
    """Somebody who asks for another question, errs, forgets a field, and in the end posts."""

    def __init__(self, forum: Flask, clock: Clock) -> None:
        self.visitor = Visitor(forum.test_client(), solutions())
        self.clock = clock
        self.told: list[str] = []
        self.sends = 0

    def reply(self) -> None:
        visitor = self.visitor.open()
        assert visitor.page is not None
        assert visitor.page.status_code == 200
        self.send(gate_another="1", gate_answer="")
        self.send(gate_answer="certainly not this")
        self.send(email="")
        self.told.clear()  # a question that was skipped or answered wrong may well be used up
        while self.send().status_code != 303:
            self.sends += 1
            assert self.sends < 3, visitor.text

    def send(self, **changed: str | None) -> TestResponse:
        """Send the form; where it comes back, every field must be as it was sent."""
        form = self.visitor.form(**{**WRITTEN, **changed})
        page = self.visitor.send_form(form)
        assert page.status_code in (200, 422, 303), page.text
        if page.status_code != 303:
            kept = self.visitor.filled
            assert {name: kept.get(name) for name in WRITTEN} == {name: form[name] for name in WRITTEN}
            self.told += self.visitor.problems().values()
        self.clock.tick(2)
        return page


def test_whichever_call_fails_a_reply_keeps_its_text_and_is_posted_once(
    forum: Flask, faulty: Faulty, clock: Clock, *, lost: bool
) -> None:
    number, worst = 0, 0
    while True:
        faulty.fail_at(number, lost=lost)
        before = len(forum.extensions["gate_demo"].of_topic(1))
        poster = Poster(forum, clock)
        poster.reply()
        if number > 0 and not faulty.failed:
            break
        assert len(forum.extensions["gate_demo"].of_topic(1)) == before + 1, f"call {number}"
        if not lost:
            assert not [words for words in poster.told if USED_UP in words], f"call {number}"
        worst, number = max(worst, poster.sends), number + 1
    assert number > 10
    assert worst >= 1, "no failure was ever seen"


class Caller:
    """A page and a server that follow the service's answers, and send again what was not answered."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service = service
        self.clock = clock
        self.failures = 0

    def send(self, path: str, **fields: str) -> dict[str, Any]:
        """Send until there is a verdict."""
        while True:
            reply = self.service.post(path, fields)
            self.clock.tick(2)
            if reply.status_code == 200:
                body: dict[str, Any] = reply.json
                return body
            assert (reply.status_code, reply.json["error-codes"]) == (503, ["internal-error"])
            assert reply.headers["Retry-After"]
            assert not {"token", "receipt", "next"} & reply.json.keys()
            self.failures += 1
            assert self.failures < 3

    def ask(self, **fields: str) -> dict[str, Any]:
        return self.send("/v1/challenge", secret=SECRET, remoteip="9.9.9.9", **fields)

    def answer(self, asked: Mapping[str, str]) -> dict[str, Any]:
        right = self.service.solutions[asked["question"]]
        return self.send("/v1/answer", challenge=asked["challenge"], answer=right)

    def token(self) -> str:
        """Err, skip, answer; whoever is asked once more answers once more."""
        asked = self.ask()
        wrong = self.send("/v1/answer", challenge=asked["challenge"], answer="certainly not this")
        asked = self.ask(instead_of=wrong["next"]["challenge"])
        answered = self.answer(asked)
        if not answered["success"]:
            answered = self.answer(answered["next"])
        return str(answered["token"])

    def verdicts(self, fields: Mapping[str, str]) -> int:
        """Verify the same thing by a server and by its rival; return how often it was let through."""
        verdicts = [self.send("/v1/verify", secret=SECRET, **fields) for _ in range(2)]
        for verdict in verdicts:
            if verdict["success"]:
                report = {"secret": SECRET, "receipt": verdict["receipt"], "verdict": "spam"}
                assert self.send("/v1/report", **report)["success"]
        return sum(verdict["success"] for verdict in verdicts)


def test_whichever_call_fails_a_server_gets_one_yes_and_none_that_is_wrong(
    make_service: Callable[..., Service], faulty: Faulty, clock: Clock, *, lost: bool
) -> None:
    service = make_service(challenge={"min_seconds": 0}, limits=PLENTY)
    number, seen = 0, 0
    while True:
        faulty.fail_at(number, lost=lost)
        caller = Caller(service, clock)
        token = caller.token()
        assert caller.send("/v1/verify", secret=SECRET, response=token, peek="true")["success"]
        known = {"response": token, "idempotency_key": f"a retry of {number}"}
        assert caller.send("/v1/verify", secret=SECRET, **known)["success"], f"call {number}: robbed"
        assert caller.verdicts({"response": token}) == 0, f"call {number}: twice"
        asked = caller.ask()
        once = caller.verdicts(
            {"challenge": asked["challenge"], "answer": service.solutions[asked["question"]]}
        )
        assert once <= 1, f"call {number}: twice"
        assert once == 1 or lost, f"call {number}: used up for nothing"
        if number > 0 and not faulty.failed:
            break
        number, seen = number + 1, seen + caller.failures
    assert number > 10
    assert seen > number / 2


def test_a_reply_that_was_marked_but_never_posted_is_not_called_sent(
    tmp_path: Path, faulty: Faulty, clock: Clock, solve: Callable[[str], str]
) -> None:
    """The host does not look its replies up: only the gate can tell a form sent again from a second click."""
    host = make_host(tmp_path, PlainForm)
    browser = Browser(host.app.test_client(), solve)
    page = browser.open()
    answer = browser.solve(page.question or "")
    faulty.fail_next("spend")
    kept = browser.send(page, gate_answer=answer, name="Zoë", body="Two\n\n  lines")
    assert host.forms[-1].gate.unavailable
    clock.tick(2)
    again = browser.send(kept)
    assert not host.forms[-1].gate.repeated
    assert (again.fields["name"], again.fields["body"]) == ("Zoë", "Two\n\n  lines")
    assert again.question is not None
    assert browser.send(again, right=True).html == "posted"
    assert host.posted == ["Two\n\n  lines"]
