"""The front says what Flask says: each request goes to both, and the replies are the same but for what is drawn."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from werkzeug.datastructures import Headers

from gate.web.front import HOT, Front
from tests.attacks.mutations import FORM, JSON, Sent, encoded, honest, material, mutated, send
from tests.service import NO_LIMITS, PAGE, SECRET, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DRAWN = ("challenge", "question", "lang", "dir", "hint", "see", "token", "receipt")
"""What two gates need not have in common: what is drawn by lot, and what is signed."""


class Alike(NamedTuple):
    """What two gates said: one status, and each one's body."""

    status: int
    bodies: list[Any]


class Twins:
    """Two gates of one make and one time; one answers through the front, the other without it."""

    def __init__(self, fronted: Service, bare: Service) -> None:
        front = bare.app.wsgi_app
        assert isinstance(front, Front)
        self.fronted, self.bare = fronted, bare
        self.apps: tuple[WSGIApplication, WSGIApplication] = (fronted.app, front.behind)

    def same(self, fronted: Sent, bare: Sent | None = None) -> Alike:
        """Send a request to each, and see that the replies are alike."""
        sent = (fronted, bare or fronted)
        replies = [send(app, each) for app, each in zip(self.apps, sent, strict=True)]
        one, other = (_shown(*reply) for reply in replies)
        assert one == other, sent
        return Alike(replies[0][0], [json.loads(body) if body else {} for _, _, body in replies])


def _shown(status: int, headers: Headers, body: bytes) -> tuple[int, list[tuple[str, str]], Any]:
    """Return all that two replies have in common; of a reply with something drawn not the length."""
    parsed = json.loads(body) if body else {}
    masked = _masked(parsed)
    named = [(name, value) for name, value in headers if masked == parsed or name != "Content-Length"]
    return status, named, masked if masked != parsed else body


def _masked(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: "#" if name in DRAWN else _masked(value) if isinstance(value, dict) else value
        for name, value in body.items()
    }


@pytest.fixture
def make_twins(make_service: Callable[..., Service], tmp_path: Path) -> Callable[..., Twins]:
    def make(**settings: Any) -> Twins:
        folders = [tmp_path / name for name in ("fronted", "bare")]
        for folder in folders:
            folder.mkdir()
        return Twins(*(make_service(folder=folder, **settings) for folder in folders))

    return make


@pytest.fixture
def twins(make_twins: Callable[..., Twins]) -> Twins:
    return make_twins()


def asked_both(twins: Twins) -> list[Any]:
    query = encoded({"sitekey": "forum", "action": "reply", "about": "topic-1"}, FORM)
    asked = twins.same(Sent(path="/v1/challenge", method="GET", fields={}, query=query))
    twins.fronted.clock.tick(2)
    return asked.bodies


def answered_both(
    twins: Twins, asked: Iterable[Mapping[str, Any]], answer: str | None = None, kind: str = JSON
) -> list[Any]:
    given = (
        {"challenge": each["challenge"], "answer": answer or twins.fronted.right(each)} for each in asked
    )
    return twins.same(*(Sent(path="/v1/answer", fields=fields, kind=kind) for fields in given)).bodies


@pytest.mark.parametrize("kind", [JSON, FORM, f"{JSON}; charset=utf-8"])
def test_a_reply_from_question_to_verdict(twins: Twins, kind: str) -> None:
    tokens = answered_both(twins, asked_both(twins), kind=kind)
    assert all(each["success"] for each in tokens)
    wanted = [{"secret": SECRET, "response": each["token"], "about": "topic-1"} for each in tokens]
    for extra, right in (
        ({"about": "topic-2"}, False),
        ({"peek": "true"}, True),
        ({"idempotency_key": "a"}, True),
        ({"idempotency_key": "a"}, True),
        ({}, False),
    ):
        sent = (Sent(path="/v1/verify", fields={**fields, **extra}, kind=kind) for fields in wanted)
        assert [each["success"] for each in twins.same(*sent).bodies] == [right, right]


def test_a_wrong_answer_and_what_leaves_a_question_open(twins: Twins) -> None:
    asked = asked_both(twins)
    for answer in (" ", "x" * 300, "purple", "purple"):
        assert not any(each["success"] for each in answered_both(twins, asked, answer))
    queries = [encoded({"sitekey": "forum", "instead_of": each["challenge"]}, FORM) for each in asked]
    twins.same(*(Sent(path="/v1/challenge", method="GET", fields={}, query=query) for query in queries))


def test_whatever_comes_is_answered_alike(make_service: Callable[..., Service], *, long_run: bool) -> None:
    """By the thousand, most of it broken, of every kind that a gate gets; to one gate, in which nothing is open."""
    service = make_service(limits=NO_LIMITS)
    twins, held = Twins(service, service), material(service)
    originals = [sent for sent in honest(replace(held, fresh=held.used)) if sent.path in HOT]
    statuses = Counter(
        twins.same(mutated(originals, number)).status for number in range(100_000 if long_run else 5_000)
    )
    assert set(statuses) >= {200, 204, 400, 404, 405, 413, 415}


def test_who_asks_too_often_is_told_alike(make_twins: Callable[..., Twins]) -> None:
    twins = make_twins(limits={"challenges": "2/minute"})
    query = b"sitekey=forum"
    sent = Sent(path="/v1/challenge", method="GET", fields={}, query=query, headers={"HTTP_ORIGIN": PAGE})
    assert [twins.same(sent).status for _ in range(3)] == [200, 200, 429]
    hidden = replace(sent, headers={"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "8.8.8.8"})
    assert twins.same(hidden).status == 200
    health = [service.get("/readyz").json["proxies"] for service in (twins.fronted, twins.bare)]
    assert health[0] == health[1] != "ok"


@pytest.mark.parametrize("path", HOT)
def test_a_sender_that_is_gone_gets_the_same_as_nobody(twins: Twins, path: str) -> None:
    cut = Sent(path=path, fields={"secret": SECRET}, headers={"CONTENT_LENGTH": "99"})
    assert twins.same(cut).status == 400


@pytest.mark.parametrize("path", HOT)
def test_a_fault_of_our_own_is_answered_and_logged_alike(
    twins: Twins, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    for service in (twins.fronted, twins.bare):
        for verb in ("ask", "answer", "verify"):
            monkeypatch.setattr(service.live.gatekeeper, verb, broken)
    sent = Sent(path=path, fields={"secret": SECRET, "challenge": "x", "response": "x"})
    if path == "/v1/verify":
        sent = replace(sent, fields={"secret": SECRET, "response": "x"})
    assert twins.same(sent).status == 500
    faults = [record for record in caplog.records if record.message == "unforeseen error"]
    assert [record.exc_info is not None for record in faults] == [True, True]


def test_each_leaves_the_same_line_in_the_log(twins: Twins, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gate.requests")
    answered_both(twins, asked_both(twins), "purple")
    lines = [{**vars(record)["fields"], "ms": 0} for record in caplog.records]
    assert len(lines) == 4
    assert lines[0::2] == lines[1::2]
