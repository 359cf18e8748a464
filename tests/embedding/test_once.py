"""One answer carries one reply, also where the host's own checks change between two equal posts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wtforms import TextAreaField, ValidationError

from tests.embedding.hosts import Browser, Host, PlainForm, make_host

REPLY: dict[str, Any] = {"name": "Ana", "body": "Sharp blades cut cleaner."}


@pytest.fixture
def seen() -> set[str]:
    """Texts that the host does not take."""
    return set()


@pytest.fixture
def picky(tmp_path: Path, seen: set[str]) -> Host:
    class PickyForm(PlainForm):
        body = TextAreaField()

        def validate_body(self, field: TextAreaField) -> None:
            if field.data in seen:
                raise ValidationError("We have this one already.")

    return make_host(tmp_path, PickyForm)


def test_an_answer_that_carried_a_reply_gives_no_token_for_another(
    picky: Host, seen: set[str], solve: Callable[[str], str]
) -> None:
    browser = Browser(picky.app.test_client(), solve)
    page = browser.open()
    answer = browser.solve(page.question or "")
    assert browser.send(page, gate_answer=answer, **REPLY).html == "posted"
    seen.add(REPLY["body"])
    again = browser.send(page, gate_answer=answer, **REPLY)
    assert again.question is not None
    assert "gate-response" not in again.fields
    browser.send(again, body="buy something")
    assert picky.posted == [REPLY["body"]]


def test_a_held_answer_carries_one_reply_when_the_same_form_comes_again(
    picky: Host, seen: set[str], solve: Callable[[str], str]
) -> None:
    browser = Browser(picky.app.test_client(), solve)
    page = browser.open()
    answer = browser.solve(page.question or "")
    seen.add(REPLY["body"])
    held = browser.send(page, gate_answer=answer, **REPLY)
    assert held.question is None
    seen.clear()
    again = browser.send(page, gate_answer=answer, **REPLY)
    assert not picky.forms[-1].gate.repeated
    assert again.fields["body"] == REPLY["body"]
    assert browser.send(held).html == "posted"
    assert picky.posted == [REPLY["body"]]
