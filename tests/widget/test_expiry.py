"""What is too old is asked again, and nothing else on the page is touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.widget.page import FORM, SCRIPT, WIDGET, Visit

Go = Callable[..., Visit]

EXPIRING = '<div class="gate-widget" data-sitekey="forum" data-expired-callback="gone"></div>'
OWN = {
    "page.js": "var fields = []; function gone() { fields.push(document.querySelector('[name=gate-response]').value); }"
}
HEAD = f'<script src="/own/page.js"></script>{SCRIPT}'
DAY = 24 * 60 * 60


def _clock(page: Page) -> None:
    page.clock.install()


def test_a_token_that_is_too_old_is_taken_back_and_asked_for_again(visit: Go) -> None:
    page = visit(FORM.format(EXPIRING), head=HEAD, scripts=OWN, prepare=_clock)
    page.page.get_by_label("Body").fill("My own words")
    page.answered()
    page.page.get_by_label("Body").focus()
    page.page.clock.fast_forward(DAY * 1000)
    expect(page.status()).to_contain_text("Your earlier answer was already used or is too old.")
    page.comes("fields", [""])
    assert page.field() == ""
    assert page.value("[gate.getResponse(), gate.isExpired()]") == ["", True]
    expect(page.page.get_by_label("Body")).to_have_value("My own words")
    expect(page.page.get_by_label("Body")).to_be_focused()
    expect(page.box()).to_be_editable()
    page.answered()
    assert page.value("gate.isExpired()") is False


def test_a_question_that_is_too_old_is_replaced_before_it_is_answered(visit: Go) -> None:
    page = visit(FORM.format(EXPIRING), head=HEAD, scripts=OWN, prepare=_clock)
    page.question()
    page.page.get_by_label("Body").focus()
    page.page.clock.fast_forward(DAY * 1000)
    expect(page.status()).to_contain_text("The earlier question is too old. Here is another question.")
    assert page.value("fields") == []
    expect(page.page.get_by_label("Body")).to_be_focused()
    page.answered()


def test_a_machine_that_slept_is_noticed_when_the_page_is_seen_again(visit: Go) -> None:
    page = visit(WIDGET, prepare=_clock)
    page.answered()
    page.value(f"() => {{ const now = Date.now; Date.now = () => now() + {DAY * 1000}; }}")
    page.value("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.status()).to_contain_text("Answer one more question.")


def test_a_question_that_the_gate_calls_too_old_is_replaced(visit: Go) -> None:
    page = visit(WIDGET)
    page.question()
    page.gate.clock.tick(DAY + 60)
    page.answer()
    expect(page.status()).to_contain_text("The earlier question is too old. Here is another question.")
    page.answered()


def test_back_brings_no_token_that_was_sent(visit: Go) -> None:
    """The browser keeps the page as it was left, scripts and all, and shows it again."""
    page = visit(FORM.format(EXPIRING), head=HEAD, scripts=OWN)
    page.page.get_by_label("Body").fill("My own words")
    page.answered()
    page.value("window.kept = true")
    page.page.get_by_role("button", name="Post").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    page.value("history.back()")
    expect(page.page.get_by_label("Body")).to_have_value("My own words")
    expect(page.status()).to_contain_text("Answer one more question.")
    expect(page.box()).to_be_editable()
    assert page.value("window.kept")
    page.comes("fields", [""])
    assert page.field() == ""
    page.answered()


def test_back_to_a_page_that_was_not_kept_brings_what_was_typed(visit: Go) -> None:
    """The browser loads the page once more and fills in the form that it knows by its first fields."""
    page = visit(
        f'<form action="/post" method="post">{WIDGET}<label>Body <textarea name="body"></textarea></label>'
        "<button>Post</button></form>",
        head=HEAD + '<script src="/own/leave.js"></script>',
        scripts={**OWN, "leave.js": "addEventListener('unload', () => {});"},
    )
    page.page.get_by_label("Body").fill("My own words")
    page.answered()
    page.value("window.kept = true")
    page.page.get_by_role("button", name="Post").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert page.forum.posts[0]["gate-response"]
    page.value("history.back()")
    page.question()
    assert not page.value("window.kept")
    expect(page.page.get_by_label("Body")).to_have_value("My own words")
    assert page.field() == ""


def test_reset_takes_the_token_back_and_asks_anew(visit: Go) -> None:
    page = visit(WIDGET)
    page.answered()
    page.value("gate.reset()")
    expect(page.box()).to_be_editable()
    expect(page.box()).to_have_value("")
    assert page.field() == page.value("gate.getResponse()") == ""
    expect(page.status()).to_be_empty()
    page.answered()


@pytest.mark.parametrize("answered", [True, False])
def test_an_emptied_form_asks_anew_only_where_an_answer_was_given(visit: Go, answered: bool) -> None:  # noqa: FBT001
    page = visit(FORM.format(WIDGET))
    question = page.question()
    if answered:
        page.answered()
    page.value("document.querySelector('form').reset()")
    if answered:
        page.comes("document.querySelector('[name=gate-response]').value", "")
    else:
        page.page.wait_for_timeout(300)
        assert page.question() == question
    page.answered()


def test_a_verdict_that_comes_after_a_reset_is_not_taken(visit: Go) -> None:
    page = visit(WIDGET)
    page.question()
    answer = page.hold("/v1/answer")
    page.answer()
    answer()
    page.value("gate.reset()")
    with page.page.expect_request_finished(lambda request: request.url.endswith("/v1/answer")):
        answer().continue_()
    page.page.wait_for_timeout(200)
    assert page.field() == ""
    expect(page.box()).to_be_editable()
