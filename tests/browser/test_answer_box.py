"""Statements 10 to 16: the question and its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.filling import ADDRESS, TEMPTING, fill_in_address, fill_in_card
from tests.browser.people import Person
from tests.browser.sites import MakeSite, demo_site, plain_site
from tests.browser.states import STATES, LookAt
from tests.service import NO_LIMITS

HINTED = """lang = "en"
[[question]]
ask = "Which word do the rules begin with?"
accept = "welcome"
hint = "One word, from the page of rules."
see = "https://forum.example.org/rules"
[[question]]
ask = "Which colour has the forum's logo?"
accept = "blue"
family = "logo"
hint = "It stands at the top."
see = "https://forum.example.org/rules"
"""
MakePerson = Callable[..., Person]


def test_10_the_question_is_the_label_of_a_named_group(person: Person) -> None:
    page = person.page
    group = page.get_by_role("group", name="Spam check")
    expect(group).to_have_count(1)
    expect(group.get_by_text("One question, so that machines cannot post here.")).to_have_count(1)
    label = group.locator("label")
    expect(label).to_have_attribute("lang", "en")
    expect(label).to_have_attribute("dir", "ltr")
    expect(group.get_by_role("textbox")).to_have_accessible_name(person.question)


@pytest.fixture
def hinted(own_site: MakeSite, make_person: MakePerson, tmp_path: Path, *, javascript: bool) -> Person:
    """Somebody who is asked a question with a hint and a page that helps, at a site with a contact."""
    bank = tmp_path / "hinted.toml"
    bank.write_text(HINTED, "utf-8")
    person = make_person(own_site(demo_site, bank={"files": [str(bank)]}), javascript=javascript).open()
    person.answers = {
        "Which word do the rules begin with?": "welcome",
        "Which colour has the forum's logo?": "blue",
    }
    return person


def test_10_hint_and_error_describe_the_box(hinted: Person) -> None:
    box, page = hinted.box, hinted.page
    hint = page.locator(".gate-hint").inner_text()
    expect(box).to_have_accessible_description(hint)
    hinted.write().answer("").post()
    hint = page.locator(".gate-hint").inner_text()
    error = page.locator(".gate-error").inner_text()
    expect(box).to_have_accessible_description(f"{error} {hint}")
    expect(page.get_by_role("link", name="Where to find the answer")).to_have_attribute(
        "href", "https://forum.example.org/rules"
    )


def test_11_the_box_leaves_what_is_typed_alone(person: Person) -> None:
    wanted = {
        "autocomplete": "off",
        "autocapitalize": "none",
        "autocorrect": "off",
        "spellcheck": "false",
        "dir": "auto",
        "enterkeyhint": "send",
        "inputmode": None,
        "maxlength": None,
        "type": None,
        "pattern": None,
        "onpaste": None,
    }
    assert {name: person.box.get_attribute(name) for name in wanted} == wanted
    spaced = "  " + " ".join("g r e e n") + "  " * 40
    person.box.focus()
    person.page.keyboard.insert_text(spaced)
    expect(person.box).to_have_value(spaced)


def test_12_no_manager_offers_to_fill_or_save(person: Person) -> None:
    for name in person.page.locator("[name]").evaluate_all(
        "them => them.map(one => one.name + ' ' + one.id)"
    ):
        assert not any(word in name.lower() for word in ("code", "otp", "captcha", "pass", "pin", "user")), (
            name
        )
    wanted = {"data-1p-ignore": "", "data-lpignore": "true", "data-bwignore": "", "data-form-type": "other"}
    assert {name: person.box.get_attribute(name) for name in wanted} == wanted


@pytest.mark.parametrize("javascript", [True])
@pytest.mark.parametrize("where", ["name", "email", "gate-answer"])
def test_12_the_browsers_own_filling_fills_name_and_email_alone(where: str, person: Person) -> None:
    """Whoever is filled in can post."""
    asked, before = person.question, person.kept()
    fill_in_address(person.page, where)
    expect(person.page.locator("#email")).to_have_value(ADDRESS["EMAIL_ADDRESS"])
    expect(person.page.locator("#name")).to_have_value(ADDRESS["NAME_FULL"])
    fill_in_card(person.page, where)
    expect(person.box).to_have_value("")
    kept = person.kept()
    assert (kept["topic"], kept["body"], person.question) == (before["topic"], before["body"], asked)
    filled = person.page.locator(":autofill").evaluate_all("them => them.map(one => one.name)")
    assert filled == ["name", "email"]
    person.write().answer().post()
    assert person.posted() == 1


@pytest.mark.parametrize("javascript", [True])
@pytest.mark.parametrize("ask", TEMPTING)
def test_12_no_words_of_a_question_bring_the_browser_to_fill_it_in(
    ask: str, own_site: MakeSite, make_person: MakePerson, tmp_path: Path, *, javascript: bool
) -> None:
    bank = tmp_path / "tempting.toml"
    bank.write_text(f'lang = "en"\nquestion = [{{ ask = "{ask}", accept = "right" }}]', "utf-8")
    person = make_person(own_site(demo_site, bank={"files": [str(bank)]}), javascript=javascript).open()
    fill_in_address(person.page, "name")
    expect(person.page.locator("#email")).to_have_value(ADDRESS["EMAIL_ADDRESS"])
    expect(person.box).to_have_accessible_name(ask)
    expect(person.box).to_have_value("")


def test_13_there_is_no_box_that_a_person_cannot_see(person: Person) -> None:
    for control in person.page.locator("input:not([type=hidden]), textarea, select").all():
        expect(control).to_be_visible()
        box = control.bounding_box()
        assert box is not None
        assert box["width"] >= 24
        assert box["height"] >= 24
        assert control.evaluate("e => getComputedStyle(e).opacity") == "1"
    hidden = person.page.locator("input[type=hidden]").evaluate_all(
        "them => them.map(one => [one.name, one.value])"
    )
    assert {name for name, _ in hidden} == {"csrf_token", "gate-challenge"}
    assert all(value for _, value in hidden), "a manager has nothing to fill in"


@pytest.mark.parametrize("field", ["name", "email", "topic", "gate-answer"])
def test_14_enter_in_any_field_posts(field: str, person: Person) -> None:
    person.write().answer()
    person.page.locator(f"#{field}").press("Enter")
    assert person.posted() == 1


@pytest.mark.parametrize("field", ["name", "email", "topic", "gate-answer"])
def test_14_enter_never_asks_another_question(field: str, person: Person) -> None:
    asked = person.question
    person.write().page.locator(f"#{field}").press("Enter")
    expect(person.page.locator(".problems")).to_be_focused()
    assert person.question == asked


def test_14_enter_after_an_error_and_after_a_preview_posts(person: Person) -> None:
    person.write(name="").answer().press("Preview")
    person.write().press("Preview")
    person.page.locator("#topic").press("Enter")
    assert person.posted() == 1


def test_15_another_question_is_a_word_and_touches_nothing_else(person: Person) -> None:
    page, asked = person.page, person.question
    button = page.get_by_role("button", name="Another question", exact=True)
    assert button.inner_text() == "Another question"
    person.write(body="", email="ana")
    kept = person.kept()
    person.press("Another question")
    assert person.question not in ("", asked)
    expect(person.box).to_be_focused()
    expect(person.box).to_have_value("")
    assert person.box.get_attribute("aria-invalid") is None
    expect(page.locator(".gate")).to_contain_text("Here is another question.")
    assert page.locator(".gate-error").count() == 0
    assert person.kept() == kept
    assert page.locator("[aria-invalid]").count() == 0


def test_15_skipping_costs_no_try(own_site: MakeSite, make_person: MakePerson, *, javascript: bool) -> None:
    limits = {**NO_LIMITS, "answers": "1/10 minutes", "wrong_answers": "1/10 minutes"}
    person = make_person(own_site(demo_site, limits=limits), javascript=javascript).open().write()
    for _ in range(3):
        person.press("Another question")
    person.answer().post()
    assert person.posted() == 1


@dataclass
class Form:
    """Somebody at a form of one page, where time stands still until ``later``."""

    person: Person
    now: list[float]

    def write(self) -> Form:
        self.person.page.locator("#email").fill("ana@example.org")
        self.person.page.locator("#body").fill("Kept whatever comes.")
        self.person.answer()
        return self

    def later(self, seconds: float) -> None:
        self.now[0] += seconds

    def expect(self, words: str, answer: str) -> None:
        page = self.person.page
        expect(page.locator(".gate-error")).to_contain_text(words)
        expect(page.locator("#body")).to_have_value("Kept whatever comes.")
        expect(self.person.box).to_have_value(answer)

    def expect_posted(self) -> None:
        expect(self.person.page.get_by_role("heading", name="There")).to_be_visible()


@pytest.fixture
def form_at(own_site: MakeSite, make_person: MakePerson, *, javascript: bool) -> Callable[..., Form]:
    def make(**settings: object) -> Form:
        now = [time.time() // 600 * 600]  # the start of a window of ten minutes
        site = own_site(plain_site, clock=lambda: now[0], **settings)
        person = make_person(site, javascript=javascript)
        person.page.goto(site.url)
        return Form(person, now)

    return make


def test_16_too_fast_keeps_the_text_and_the_next_press_posts(form_at: Callable[..., Form]) -> None:
    form = form_at(challenge={"min_seconds": 2.0}).write()
    typed = form.person.box.input_value()
    form.person.post()
    form.expect("Wait a second, then send again.", typed)
    form.later(3)
    form.person.post()
    form.expect_posted()


def test_16_an_expired_question_costs_one_question_and_no_text(form_at: Callable[..., Form]) -> None:
    form = form_at().write()
    form.later(90_000)
    form.person.post()
    form.expect("Here is another question; your text is kept.", "")
    form.person.answer().post()
    form.expect_posted()


def test_16_too_many_tries_says_how_long_and_keeps_the_text(form_at: Callable[..., Form]) -> None:
    form = form_at(limits={**NO_LIMITS, "answers": "1/10 minutes"}).write()
    form.person.answer("certainly wrong").post()
    form.person.answer()
    typed = form.person.box.input_value()
    form.person.post()
    form.expect("minutes, then send again.", typed)
    form.later(1_800)
    form.person.post()
    form.expect_posted()


def test_16_a_gate_that_is_down_keeps_the_text_and_the_next_press_posts(
    own_site: MakeSite, make_person: MakePerson, *, javascript: bool
) -> None:
    site = own_site(demo_site)
    person = make_person(site, javascript=javascript).open().write().answer()
    kept, typed = person.kept(), person.box.input_value()
    with site.store_down():
        person.post()
        expect(person.page.locator(".gate-error")).to_contain_text("Your text is kept")
        assert person.kept() == kept
        expect(person.box).to_have_value(typed)
    person.post()
    assert person.posted() == 1


@pytest.mark.parametrize("javascript", [True])
@pytest.mark.parametrize("state", STATES)
def test_16_no_time_limit_is_shown_ticking(state: str, look: LookAt) -> None:
    page = look(state).page
    assert (
        page.locator("meta[http-equiv], [role=timer], [role=progressbar], progress, meter, script").count()
        == 0
    )
