"""One answer carries one reply, also where the host's own checks change between two equal posts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import request
from werkzeug.datastructures import MultiDict
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


def test_a_form_that_is_filled_in_anew_is_judged_anew(tmp_path: Path, solve: Callable[[str], str]) -> None:
    """One form object for a list of replies, which each come with the one answer."""
    host = make_host(tmp_path, PlainForm)
    page = Browser(host.app.test_client(), solve).open()
    fields = {**page.fields, **REPLY, "gate-answer": solve(page.question or "")}
    with host.app.test_request_context("/", method="POST"):
        form = PlainForm(MultiDict(fields))
        assert form.validate()
        form.process(MultiDict(fields))
        assert form.validate()
        for text in ("another", "and another"):
            form.process(MultiDict({**fields, "body": text}))
            assert not form.validate()


def test_a_form_that_the_host_completes_itself_is_not_asked_again(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    host = make_host(tmp_path, PlainForm)
    page = Browser(host.app.test_client(), solve).open()
    fields = {**page.fields, **REPLY, "name": "", "gate-answer": solve(page.question or "")}
    with host.app.test_request_context("/", method="POST"):
        form = PlainForm(MultiDict(fields))
        assert not form.validate()
        form.process(MultiDict({**fields, "name": "Anonymous"}))
        assert form.validate()
        form.process(MultiDict({**fields, "name": "Anonymous", "body": "buy something"}))
        assert not form.validate()


def test_one_form_for_all_requests_carries_one_reply_for_an_answer(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    lasting = PlainForm()

    class Lasting(PlainForm):
        def __new__(cls, formdata: Any) -> Any:
            lasting.process(formdata if request.method == "POST" else None)
            return lasting

    host = make_host(tmp_path, Lasting)
    browser = Browser(host.app.test_client(), solve)
    page = browser.send(browser.open(), right=True, name="", body=REPLY["body"])
    assert "gate-response" in page.fields
    assert "gate-response" not in browser.open().fields
    for _ in range(2):
        browser.send(page, **REPLY)
    browser.send(browser.open(), **{**REPLY, "body": "buy something"})
    assert host.posted == [REPLY["body"]]


def test_a_form_may_be_looked_at_before_it_is_filled_in(tmp_path: Path, solve: Callable[[str], str]) -> None:
    class Late(PlainForm):
        def __init__(self, formdata: Any) -> None:
            super().__init__()
            assert not self.gate.unavailable
            self.process(formdata)

    host = make_host(tmp_path, Late)
    browser = Browser(host.app.test_client(), solve)
    assert browser.send(browser.open(), right=True, **REPLY).html == "posted"
