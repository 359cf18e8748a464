"""What a person meets: a question, a verdict in words, and nothing typed that gets lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.chromium import until
from tests.service import NO_LIMITS
from tests.widget.page import FORM, WIDGET, Visit
from tests.widget.servers import ANSWERS, Gate

Go = Callable[..., Visit]


def test_the_question_names_the_box(visit: Go) -> None:
    page = visit(WIDGET)
    question = page.question()
    assert question in ANSWERS
    expect(page.page.get_by_role("group", name="Spam check")).to_be_visible()
    expect(page.page.get_by_role("textbox", name=question)).to_be_editable()
    expect(page.group().get_by_text("One question, so that machines cannot post here.")).to_be_visible()


def test_the_box_asks_no_manager_and_no_keyboard_for_help(visit: Go) -> None:
    page = visit(WIDGET)
    page.question()
    wanted = {
        "autocomplete": "off",
        "autocapitalize": "none",
        "autocorrect": "off",
        "spellcheck": "false",
        "enterkeyhint": "go",
        "dir": "auto",
        "data-1p-ignore": "",
        "data-lpignore": "true",
        "data-bwignore": "",
        "data-form-type": "other",
    }
    for name, value in wanted.items():
        expect(page.box()).to_have_attribute(name, value)
    for name in ("name", "maxlength", "inputmode", "required"):
        assert page.box().get_attribute(name) is None


def test_a_hint_describes_the_box_and_the_ways_out_open_elsewhere(
    visit: Go, start_gate: Callable[..., Gate]
) -> None:
    gate = start_gate(
        bank={"files": ["bank/one.toml"]},
        one='question = [{ ask = "What colour is grass?", accept = "green", hint = "Look outside." }]',
    )
    page = visit('<div class="gate-widget" data-sitekey="helpful"></div>', to=gate)
    page.question()
    expect(page.box()).to_have_accessible_description("Look outside.")
    contact = page.group().get_by_role("link", name="Cannot answer? Write to us")
    expect(contact).to_have_attribute("href", "mailto:help@example.org")
    expect(contact).to_have_attribute("target", "_blank")
    expect(page.group().get_by_role("link")).to_have_count(1)


def test_a_right_answer_gives_a_token_that_verifies_once(visit: Go, gate: Gate) -> None:
    page = visit(FORM.format(WIDGET))
    page.answered()
    token = page.field()
    assert page.value("gate.getResponse()") == token
    page.page.get_by_role("button", name="Post").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert page.forum.posts == [{"body": "Long text", "gate-response": token, "post": "1"}]
    assert gate.verify(token)["success"]
    assert not gate.verify(token)["success"]


def test_after_success_nothing_is_removed_and_the_state_has_sign_and_word(visit: Go) -> None:
    page = visit(WIDGET)
    page.box().fill(page.right())
    page.button("Check").click()
    expect(page.status()).to_have_text("✓ Right. You can post now.")
    expect(page.box()).to_have_attribute("readonly", "")
    expect(page.button("Check")).to_be_focused()
    for name in ("Check", "Another question"):
        expect(page.button(name)).to_have_attribute("aria-disabled", "true")
    page.button("Another question").click(force=True)
    expect(page.status()).to_contain_text("Right.")
    assert page.field()


def test_enter_keeps_the_focus_where_it_was(visit: Go) -> None:
    page = visit(WIDGET)
    page.answered()
    expect(page.box()).to_be_focused()


def test_enter_checks_and_never_sends_the_form(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.answered()
    page.box().press("Enter")
    page.page.wait_for_timeout(100)
    assert page.page.url == page.url
    assert page.forum.posts == []


def test_enter_that_ends_a_composition_checks_nothing(visit: Go) -> None:
    page = visit(WIDGET)
    page.box().fill("なな")
    page.box().dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(page.status()).to_be_empty()


def test_one_live_region_is_there_from_the_start_and_stays(visit: Go) -> None:
    """Readers of screens tell of a change in what was there, not of what comes with its words in it."""
    held: list[Route] = []
    live = "document.querySelectorAll('[role=status], [role=alert], [role=log], [aria-live], output')"
    page = visit(
        WIDGET, prepare=lambda browser: browser.route("**/v1/challenge*", lambda route: held.append(route))
    )
    expect(page.status()).to_have_attribute("aria-atomic", "true")
    expect(page.status()).to_be_empty()
    expect(page.box()).to_be_hidden()
    page.value(f"() => {{ window.first = {live}[0]; }}")
    until(page.page, lambda: held, "the request for a question")
    held[0].continue_()
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    page.answered()
    assert page.value(f"{live}.length === 1 && {live}[0] === window.first")


def test_a_wrong_answer_brings_another_question_and_empties_the_box_alone(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    question = page.question()
    page.page.get_by_label("Body").fill("My own words")
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("That is not the answer. Here is another question.")
    expect(page.status()).to_contain_text(question)
    assert page.question() != question
    expect(page.box()).to_have_value("")
    expect(page.box()).to_be_focused()
    assert page.field() == ""
    expect(page.page.get_by_label("Body")).to_have_value("My own words")
    page.answered()


def test_a_new_question_is_heard_where_the_focus_does_not_move(visit: Go) -> None:
    page = visit(WIDGET)
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    expect(page.status()).to_contain_text(page.question())
    page.box().fill("wrong")
    page.button("Check").click()
    expect(page.box()).to_be_focused()
    expect(page.status()).to_contain_text("not the answer")
    assert page.question() not in page.status().inner_text()


def test_a_verdict_does_not_fetch_the_focus_from_elsewhere(visit: Go) -> None:
    page = visit(FORM.format(WIDGET))
    page.question()
    answer = page.hold("/v1/answer")
    page.answer(text="wrong")
    page.page.get_by_label("Body").focus()
    answer().continue_()
    expect(page.status()).to_contain_text("not the answer")
    expect(page.page.get_by_label("Body")).to_be_focused()


def test_another_question_is_asked_for_with_a_button(visit: Go) -> None:
    page = visit(WIDGET)
    question = page.question()
    page.box().fill("half an answer")
    page.button("Another question").click()
    expect(page.box()).to_have_value("")
    assert page.question() != question
    expect(page.box()).to_be_focused()
    page.answered()


def test_where_there_is_no_other_question_that_is_said(visit: Go, start_gate: Callable[..., Gate]) -> None:
    gate = start_gate(
        bank={"files": ["bank/one.toml"]}, one='question = [{ ask = "One plus one?", accept = 2 }]'
    )
    page = visit(WIDGET, to=gate)
    page.question()
    page.box().fill("2")
    page.button("Another question").click()
    expect(page.status()).to_contain_text("There is no other question for you at the moment.")
    expect(page.box()).to_have_value("2")


def test_an_empty_answer_is_not_sent(visit: Go) -> None:
    page = visit(WIDGET)
    question = page.question()
    sent: list[str] = []
    page.page.on("request", lambda request: sent.append(request.url))
    page.button("Check").click()
    expect(page.status()).to_have_text("Type an answer to the question.")
    expect(page.box()).to_be_focused()
    assert page.question() == question
    assert sent == []


def test_an_answer_that_came_too_fast_stays_and_counts_a_second_later(
    visit: Go, start_gate: Callable[..., Gate]
) -> None:
    gate = start_gate(challenge={"min_seconds": 1.0, "sticky": ""})
    page = visit(WIDGET, to=gate)
    question, answer = page.question(), page.right()
    page.answer()
    expect(page.status()).to_contain_text("That was very quick.")
    assert page.question() == question
    expect(page.box()).to_have_value(answer)
    gate.clock.tick(2)
    page.box().press("Enter")
    expect(page.status()).to_contain_text("Right.")


def test_an_answer_that_is_too_long_stays(visit: Go) -> None:
    page = visit(WIDGET)
    page.answer(text="x" * 300)
    expect(page.status()).to_contain_text("The answer is too long")
    expect(page.box()).to_have_value("x" * 300)


def test_too_many_tries_are_told_with_the_wait(visit: Go, start_gate: Callable[..., Gate]) -> None:
    gate = start_gate(limits={**NO_LIMITS, "wrong_answers": "1/5 minutes"})
    page = visit(WIDGET, to=gate)
    page.expect_faults("429")
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    page.answer(text="wrong again")
    expect(page.status()).to_contain_text("There were many tries from your network. Wait 5 minutes")
    expect(page.box()).to_have_value("wrong again")


def test_too_many_questions_leave_words_and_another_try(visit: Go, start_gate: Callable[..., Gate]) -> None:
    gate = start_gate(limits={**NO_LIMITS, "challenges": "1/minute"})
    page = visit(WIDGET, to=gate)
    page.expect_faults("429", "Too many tries")
    page.question()
    page.value("gate.reset()")
    expect(page.status()).to_contain_text("There were many tries from your network. Wait 1 minute")
    expect(page.box()).to_be_hidden()
    gate.clock.tick(61)
    page.button("Try again").click()
    expect(page.box()).to_be_focused()


def test_a_gate_that_is_down_is_told_in_words_and_asked_again(visit: Go) -> None:
    page = visit(
        WIDGET,
        prepare=lambda browser: browser.route("**/v1/**", lambda route: route.abort()),
        faults=("ERR_FAILED",),
    )
    expect(page.status()).to_have_text("The question could not be loaded.")
    expect(page.box()).to_be_hidden()
    page.page.unroute_all()
    page.button("Try again").click()
    expect(page.box()).to_be_focused()
    expect(page.status()).to_be_empty()
    expect(page.button("Try again")).to_be_hidden()
    page.answered()


def test_a_gate_that_goes_down_keeps_question_and_answer(visit: Go) -> None:
    page = visit(WIDGET)
    question, answer = page.question(), page.right()
    page.take_gate_down()
    page.answer()
    expect(page.status()).to_contain_text("The spam check cannot be reached at the moment.")
    expect(page.box()).to_have_value(answer)
    page.value("document.querySelector('[role=status]').replaceChildren()")
    page.button("Another question").click()
    expect(page.status()).to_contain_text("The spam check cannot be reached at the moment.")
    assert page.question() == question
    page.bring_gate_back()
    page.button("Check").click()
    expect(page.status()).to_contain_text("Right.")


def test_a_store_that_is_down_keeps_question_and_answer(visit: Go) -> None:
    page = visit(WIDGET)
    page.expect_faults("503")
    answer = page.right()
    headers = {"Access-Control-Allow-Origin": page.forum.url, "Content-Type": "application/json"}
    body = '{"success":false,"error-codes":["internal-error"],"message":"The gate cannot check this now."}'
    page.page.route("**/v1/answer", lambda route: route.fulfill(status=503, headers=headers, body=body))
    page.answer()
    expect(page.status()).to_contain_text("The spam check cannot be reached at the moment.")
    expect(page.box()).to_have_value(answer)


def test_a_question_that_was_used_elsewhere_is_replaced(visit: Go) -> None:
    page = visit(WIDGET)
    page.question()
    page.page.route("**/v1/answer", lambda route: (route.fetch(), route.continue_()))
    page.answer()
    expect(page.status()).to_contain_text("The earlier question was already used. Here is another question.")
    page.page.unroute_all()
    page.answered()


def test_a_challenge_that_the_gate_does_not_know_is_replaced(visit: Go) -> None:
    page = visit(WIDGET)
    page.question()
    page.page.route(
        "**/v1/answer", lambda route: route.continue_(post_data=b"challenge=AX1forged&answer=green")
    )
    page.answer(text="green")
    expect(page.status()).to_contain_text("The spam check has to start again: answer this question.")
    page.page.unroute_all()
    page.answered()


def test_two_fast_presses_judge_once(visit: Go) -> None:
    page = visit(WIDGET)
    sent: list[str] = []
    page.page.on("request", lambda request: sent.append(request.method))
    page.box().fill(page.right())
    page.button("Check").dblclick()
    expect(page.status()).to_contain_text("Right.")
    assert sent == ["POST"]


def test_a_page_that_no_host_entry_allows_is_told_so(visit: Go) -> None:
    page = visit('<div class="gate-widget" data-sitekey="other"></div>', faults=("CORS", "ERR_FAILED"))
    expect(page.status()).to_have_text("The question could not be loaded.")


def test_an_unknown_sitekey_is_told_to_whoever_set_the_page_up(visit: Go) -> None:
    page = visit(
        '<div class="gate-widget" data-sitekey="nobody" data-error-callback="failed"></div>',
        head='<script src="/own/page.js"></script><script src="GATE/gate.js" async></script>',
        scripts={"page.js": "var codes = []; function failed(code) { codes.push(code); }"},
        faults=("404",),
    )
    expect(page.status()).to_have_text("The question could not be loaded.")
    page.comes("codes", ["invalid-sitekey"])
    page.hears("gate: No site has this sitekey")


def test_what_the_page_sends_wrongly_with_an_answer_is_told_to_whoever_set_it_up(visit: Go) -> None:
    page = visit(
        '<div class="gate-widget" data-sitekey="forum" data-cdata="two words"></div>', faults=("400",)
    )
    page.answer()
    expect(page.status()).to_contain_text("cannot be reached")
    page.hears('gate: Field "cdata" may hold')
