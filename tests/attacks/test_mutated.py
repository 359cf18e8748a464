"""Bodies that went wrong, by the ten thousand, to every address that takes one: no fault of ours, and never a yes."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from gate.web.mirrors import MIRRORS
from gate.web.nojs import FRAMES
from tests.attacks.mutations import FORM, JSON, Sent, honest, material, mutated, send
from tests.service import SECRET, Service


def is_a_yes(body: bytes) -> bool:
    return b'"success":true' in body or b'"token"' in body or b'id="gate-code"' in body


def test_no_mutated_body_gets_a_yes_or_breaks_anything(
    secretive: Service, caplog: pytest.LogCaptureFixture, *, long_run: bool
) -> None:
    caplog.set_level(logging.ERROR)
    held = material(secretive)
    originals = list(honest(held))
    rounds = 100_000 if long_run else 10_000
    seen: Counter[tuple[str, int]] = Counter()
    for number in range(rounds):
        sent = mutated(originals, number)
        status, _, body = send(secretive.app, sent)
        assert status < 500, (number, sent, body)
        assert not is_a_yes(body), (number, sent, body)
        seen[sent.path, status] += 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert {path for path, _ in seen} == {sent.path for sent in originals}
    assert {status for _, status in seen} >= {200, 204, 400, 404, 405, 413, 415}
    assert secretive.verify(held.good)["success"], "nothing of all that has spent it"


def test_what_is_looked_for_is_what_a_yes_looks_like(secretive: Service) -> None:
    for path in ("/v1/verify", *MIRRORS):
        for kind in (JSON, FORM):
            fields = {"secret": SECRET, "response": secretive.token()}
            assert is_a_yes(send(secretive.app, Sent(path=path, fields=fields, kind=kind))[2])
    for path in ("/v1/answer", *FRAMES):
        asked = secretive.ask()
        secretive.clock.tick(2)
        prefix = "" if path == "/v1/answer" else "gate-"
        fields = {f"{prefix}challenge": asked["challenge"], f"{prefix}answer": secretive.right(asked)}
        query = b"sitekey=forum" if prefix else b""
        assert is_a_yes(send(secretive.app, Sent(path=path, fields=fields, kind=FORM, query=query))[2])
    receipt = secretive.verify(secretive.token())["receipt"]
    spam = {"secret": SECRET, "receipt": receipt, "verdict": "spam"}
    assert is_a_yes(send(secretive.app, Sent(path="/v1/report", fields=spam))[2])
