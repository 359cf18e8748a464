"""The widget in a form: what is sent, and what happens when a form is sent before the answer was checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.filling import ADDRESS, TEMPTING, fill_in_address
from tests.widget.page import FORM, WIDGET, Visit
from tests.widget.servers import Gate

Go = Callable[..., Visit]


def test_only_the_hidden_field_has_a_name(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.question()
    names = page.value("[...document.querySelectorAll('.gate-widget [name]')].map((element) => element.name)")
    assert names == ["gate-response"]
    types = page.value("[...document.querySelectorAll('.gate-widget button')].map((element) => element.type)")
    assert set(types) == {"button"}


def test_the_field_may_have_another_name(visit: Go) -> None:
    page = visit('<div class="gate-widget" data-sitekey="forum" data-field="proof"></div>')
    page.answered()
    assert page.field("proof")


def test_action_subject_and_data_reach_the_verdict(visit: Go, gate: Gate) -> None:
    page = visit(
        '<div class="gate-widget" data-sitekey="forum" data-action="reply" data-about="topic 17"'
        ' data-cdata="abc"></div>'
    )
    page.answered()
    token = page.field()
    assert gate.verify(token)["error-codes"] == ["about-mismatch"]
    assert gate.verify(token, about="topic 17", action="other")["error-codes"] == ["action-mismatch"]
    verdict = gate.verify(token, about="topic 17", action="reply")
    assert (verdict["action"], verdict["cdata"], verdict["hostname"]) == ("reply", "abc", "localhost")


def test_a_topics_number_is_a_subject_as_good_as_text(visit: Go, gate: Gate) -> None:
    page = visit('<div id="here"></div>', head='<script src="GATE/gate.js?render=explicit"></script>')
    page.value("() => { gate.render('here', { sitekey: 'forum', about: 0 }); }")
    page.answered()
    assert gate.verify(page.field())["error-codes"] == ["about-mismatch"]
    assert gate.verify(page.field(), about="0")["success"]


def test_a_form_sent_with_an_answer_that_was_not_checked_is_checked_first(visit: Go, gate: Gate) -> None:
    page = visit(FORM.format(WIDGET))
    page.box().fill(page.right())
    page.page.get_by_role("button", name="Preview").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    (post,) = page.forum.posts
    assert "post" not in post
    assert post["preview"] == "1"
    assert gate.verify(post["gate-response"])["success"]


def test_with_a_wrong_answer_it_is_not_sent(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.question()
    page.box().fill("wrong")
    page.page.get_by_role("button", name="Post").click()
    expect(page.status()).to_contain_text("not the answer")
    assert page.forum.posts == []
    expect(page.page.get_by_label("Body")).to_have_value("Long text")


def test_without_an_answer_the_form_is_the_servers(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.question()
    page.page.get_by_role("button", name="Preview").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert page.forum.posts[0]["gate-response"] == ""


def test_pressed_twice_it_is_sent_once(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.box().fill(page.right())
    answer = page.hold("/v1/answer")
    page.page.get_by_role("button", name="Post").dblclick()
    answer().continue_()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert len(page.forum.posts) == 1


def test_the_pages_own_handler_sees_the_form_once_the_answer_is_right(visit: Go) -> None:
    own = """
    var seen = [];
    document.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      seen.push(gate.getResponse() !== '');
    });
    """
    page = visit(FORM.format(WIDGET) + '<script src="/own/page.js"></script>', scripts={"page.js": own})
    page.box().fill(page.right())
    page.page.get_by_role("button", name="Post").click()
    page.comes("seen", [True])


def test_enter_in_another_field_sends_the_form_and_asks_no_other_question(visit: Go) -> None:
    page = visit(
        '<form action="/post" method="post"><label>Topic <input name="topic"></label>'
        + WIDGET
        + "<button>Post</button></form>"
    )
    page.answered()
    page.page.get_by_label("Topic").press("Enter")
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert page.forum.posts[0]["gate-response"]


@pytest.mark.parametrize("ask", TEMPTING)
def test_no_words_of_a_question_bring_the_browser_to_fill_it_in(
    ask: str, visit: Go, start_gate: Callable[..., Gate]
) -> None:
    one = f'lang = "en"\nquestion = [{{ ask = "{ask}", accept = "right" }}]'
    gate = start_gate(one=one, bank={"files": ["bank/one.toml"]})
    fields = """<label>Name <input id="name" name="name" autocomplete="name"></label>
        <label>Email <input id="email" name="email" autocomplete="email"></label>"""
    page = visit(FORM.format(fields + WIDGET), to=gate)
    assert page.question() == ask
    fill_in_address(page.page, "name")
    expect(page.page.locator("#email")).to_have_value(ADDRESS["EMAIL_ADDRESS"])
    expect(page.box()).to_have_value("")
