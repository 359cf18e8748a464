"""GateField in a host's form: nothing typed is lost, nobody is asked twice, one answer is one reply."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField, SubmitField, ValidationError
from wtforms.validators import InputRequired

from gate import GateField
from tests.embedding.hosts import Browser, Host, PlainForm, make_host

TYPED: dict[str, Any] = {"name": "Ana", "body": "Sharp blades cut <cleaner> & last."}


def test_a_right_answer_posts_the_reply(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, **TYPED)
    assert page.html == "posted"
    assert host.posted == [TYPED["body"]]
    assert host.receipts[0] is not None


def test_a_wrong_answer_keeps_the_text_and_asks_another_question(host: Host, browser: Browser) -> None:
    first = browser.open()
    page = browser.send(first, right=False, **TYPED)
    assert host.posted == []
    assert page.fields["name"] == TYPED["name"]
    assert page.fields["body"] == TYPED["body"]
    assert page.question is not None
    assert page.question != first.question
    assert "That is not the answer" in page.html
    assert browser.send(page, right=True).html == "posted"


def test_another_wrong_field_does_not_cost_the_answer(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, name="", body=TYPED["body"])
    assert host.posted == []
    assert page.question is None
    assert "Answered" in page.html
    assert page.fields["body"] == TYPED["body"]
    page = browser.send(page, name="still much longer than twenty characters")
    assert page.question is None
    assert browser.send(page, name="Ana").html == "posted"


def test_a_wrong_field_after_the_question_does_not_cost_the_answer_either(
    host: Host, browser: Browser
) -> None:
    page = browser.send(browser.open(), right=True, name="Ana", body="")
    assert host.posted == []
    assert page.question is None
    assert browser.send(page, body=TYPED["body"]).html == "posted"


def test_the_same_post_twenty_times_is_one_reply(host: Host, browser: Browser) -> None:
    page = browser.open()
    answer = browser.solve(page.question or "")
    for _ in range(20):
        browser.send(page, gate_answer=answer, **TYPED)
    assert host.posted == [TYPED["body"]]
    repeats = host.forms[1:]
    assert all(form.gate.repeated for form in repeats)
    assert {form.gate.receipt for form in repeats} == {host.receipts[0]}
    assert repeats[0].errors["gate"] == ["This reply was already sent. It is posted once."]


def test_the_same_post_twenty_times_at_once_is_one_reply(host: Host, browser: Browser) -> None:
    page = browser.open()
    fields = {**page.fields, **TYPED, "gate-answer": browser.solve(page.question or "")}
    cookies = browser.client.get_cookie("session")

    def post(_: int) -> str:
        client = host.app.test_client()
        if cookies is not None:
            client.set_cookie("session", cookies.value)
        return client.post("/", data=fields).get_data(as_text=True)

    with ThreadPoolExecutor(20) as pool:
        shown = list(pool.map(post, range(20)))
    assert shown.count("posted") == 1
    assert host.posted == [TYPED["body"]]


def test_a_held_token_posts_one_reply_however_often_it_is_sent(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, name="", body=TYPED["body"])
    for _ in range(5):
        browser.send(page, **TYPED)
    assert len(host.posted) == 1
    assert host.forms[-1].gate.repeated


def test_a_used_answer_does_not_carry_a_second_reply(host: Host, browser: Browser) -> None:
    page = browser.open()
    answer = browser.solve(page.question or "")
    browser.send(page, gate_answer=answer, **TYPED)
    again = browser.send(page, gate_answer=answer, name="Ana", body="buy something")
    assert len(host.posted) == 1
    assert again.fields["body"] == "buy something"
    assert again.question is not None
    assert "already used" in again.html


def test_a_spent_token_does_not_carry_a_second_reply(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, name="", body=TYPED["body"])
    browser.send(page, **TYPED)
    again = browser.send(page, name="Ana", body="buy something")
    assert len(host.posted) == 1
    assert again.question is not None
    assert again.fields["body"] == "buy something"


def test_preview_judges_and_holds(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, preview="1", **TYPED)
    assert host.posted == []
    assert not host.forms[-1].errors
    assert page.question is None
    assert browser.send(page, preview="1").question is None
    assert browser.send(page).html == "posted"


def test_one_button_that_holds_need_not_be_a_list(tmp_path: Path, solve: Callable[[str], str]) -> None:
    class OneButtonForm(PlainForm):
        gate = GateField(action="reply", hold_for="preview")

    host = make_host(tmp_path, OneButtonForm)
    browser = Browser(host.app.test_client(), solve)
    held = browser.send(browser.open(), right=True, name="Ana", body="text", preview="1")
    assert host.verdicts == [(True, True)]
    assert "Answered" in held.html
    assert browser.send(held, p="1").html == "posted"
    assert host.receipts == [host.forms[-1].gate.receipt] != [None]


@pytest.mark.parametrize("prefix", ["", "first-"])
def test_a_button_that_is_a_field_of_the_form_holds_whatever_the_forms_prefix(
    tmp_path: Path, solve: Callable[[str], str], prefix: str
) -> None:
    """And no other button does: the host, which looks at the field, would take a held answer for a spent one."""

    class PrefixedForm(PlainForm):
        preview = SubmitField()

        def __init__(self, formdata: Any) -> None:
            super().__init__(formdata, prefix=prefix)

    host = make_host(tmp_path, PrefixedForm)
    browser = Browser(host.app.test_client(), solve)
    for button, holds in ((f"{prefix}preview", True), ("preview" if prefix else "other", False)):
        typed = {f"{prefix}name": "Ana", f"{prefix}body": "text", button: "Preview"}
        page = browser.open()
        fields = {**page.fields, **typed, "gate-answer": solve(page.question or "")}
        browser.client.post("/", data=fields)
        assert host.verdicts[-1] == (True, True)
        assert (host.forms[-1].gate.receipt is None) == holds


def test_what_the_form_itself_checks_of_the_field_does_not_cost_the_answer(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    class CheckedForm(PlainForm):
        def validate_gate(self, field: GateField) -> None:
            if self.body.data == "not this":
                raise ValidationError("not here")

    host = make_host(tmp_path, CheckedForm)
    browser = Browser(host.app.test_client(), solve)
    page = browser.send(browser.open(), right=True, name="Ana", body="not this")
    assert host.forms[-1].errors == {"gate": ["not here"]}
    page = browser.send(page, preview="1")
    assert host.posted == []
    assert page.question is None
    assert browser.send(page, body="this").html == "posted"


def test_a_form_that_is_filled_in_by_hand_is_held_by_its_own_fields(host: Host, browser: Browser) -> None:
    page = browser.open()
    fields = {**page.fields, **TYPED, "gate-answer": browser.solve(page.question or "")}
    with host.app.test_request_context("/", method="POST"):
        assert PlainForm(MultiDict({**fields, "preview": "1"})).validate()
        assert not PlainForm(MultiDict({**fields, "preview": ""})).validate()
    with host.app.test_request_context("/?preview=1", method="POST"):
        assert not PlainForm(request.values).validate()


def test_preview_of_a_wrong_answer_asks_again(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=False, preview="1", **TYPED)
    assert page.question is not None
    assert "That is not the answer" in page.html


def test_an_empty_answer_keeps_the_question(host: Host, browser: Browser) -> None:
    first = browser.open()
    page = browser.send(first, gate_answer="  ", **TYPED)
    assert page.question == first.question
    assert page.fields["gate-challenge"] == first.fields["gate-challenge"]
    assert "Type an answer" in page.html
    assert browser.send(page, right=True).html == "posted"


def test_another_question_is_asked_for_with_a_button(host: Host, browser: Browser) -> None:
    first = browser.open()
    page = browser.send(first, gate_another="1", **TYPED)
    assert page.question != first.question
    assert page.fields["body"] == TYPED["body"]
    assert host.posted == []


def test_another_question_with_a_right_answer_judges_first(host: Host, browser: Browser) -> None:
    """Enter may press the button: whoever has answered right is not asked again."""
    page = browser.send(browser.open(), right=True, gate_another="1", **TYPED)
    assert page.question is None
    assert "Answered" in page.html
    assert host.posted == []
    assert browser.send(page).html == "posted"
    assert host.receipts[0] is not None


@pytest.mark.parametrize("actions", [("topic", "reply"), ("reply", "reply")])
def test_two_forms_of_one_page_may_both_look_at_what_one_of_them_sent(
    tmp_path: Path, solve: Callable[[str], str], actions: tuple[str, str]
) -> None:
    class TopicForm(Form):
        title = StringField(validators=[InputRequired()])
        gate = GateField(action=actions[0])

    class ReplyForm(PlainForm):
        gate = GateField(action=actions[1])

        def validate(self, extra_validators: Any = None) -> bool:
            assert not TopicForm(request.form).validate()
            return super().validate(extra_validators)

    host = make_host(tmp_path, ReplyForm)
    browser = Browser(host.app.test_client(), solve)
    first = browser.open()
    page = browser.send(first, right=False, **TYPED)
    assert page.question != first.question
    answer = solve(page.question or "")
    for _ in range(2):
        browser.send(page, gate_answer=answer, **TYPED)
    assert host.posted == [TYPED["body"]]
    assert host.forms[-1].gate.repeated
    browser.send(page, gate_answer=answer, name="Ana", body="buy something")
    assert host.posted == [TYPED["body"]]


def test_a_post_without_the_gates_fields_is_refused(host: Host, browser: Browser) -> None:
    page = browser.open()
    token = {"csrf_token": page.fields["csrf_token"]} if "csrf_token" in page.fields else {}
    again = browser.client.post("/", data={**TYPED, **token}).get_data(as_text=True)
    assert host.posted == []
    assert "gate-question" in again


def test_validate_twice_gives_the_same_verdict(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), right=False, **TYPED)
    page = browser.send(page, right=True, name="")
    browser.send(page, name="Ana")
    assert host.verdicts == [(False, False), (False, False), (True, True)]
    assert len(host.posted) == 1


def test_text_in_markup_stays_text(host: Host, browser: Browser) -> None:
    page = browser.send(browser.open(), gate_answer='"><script>alert(1)</script>', **TYPED)
    assert "<script>" not in page.html
