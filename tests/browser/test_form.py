"""Statements 1 to 9: the form around the question. Nothing lost, nobody asked twice, everything said once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import TEXT, Person
from tests.browser.sites import MakeSite, demo_site
from tests.browser.states import STATES, LookAt
from tests.chromium import resize


def test_01_every_control_has_a_visible_label_that_focuses_it(person: Person) -> None:
    page = person.page
    expect(page.locator("[placeholder], [title]")).to_have_count(0)
    controls = page.locator("input:not([type=hidden]), textarea")
    assert controls.count() == 6
    for control in controls.all():
        label = page.locator(f"label[for='{control.get_attribute('id')}']")
        expect(label).to_have_count(1)
        expect(label).to_be_visible()
        assert not (label.text_content() or "").rstrip().endswith(":")
        box, around = label.bounding_box(), control.bounding_box()
        assert box is not None
        assert around is not None
        if control.get_attribute("type") == "checkbox":
            assert box["x"] >= around["x"] + around["width"], "a tick's label stands beside it"
        else:
            assert box["y"] + box["height"] <= around["y"], "a label stands above its control"
        label.click()
        expect(control).to_be_focused()


def test_02_name_and_email_help_with_filling_in(person: Person) -> None:
    page = person.page
    for name in ("name", "email"):
        expect(page.locator(f"#{name}")).to_have_attribute("autocomplete", name)
        expect(page.locator(f"#{name}")).to_have_attribute("spellcheck", "false")
    for name in ("topic", "body"):
        assert page.locator(f"#{name}").get_attribute("autocomplete") is None
    email = page.locator("#email")
    expect(email).to_have_attribute("type", "email")
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"[:254]
    email.fill(long)
    expect(email).to_have_value(long)
    assert "moderator can reach you" in spoken_beside(person, "email")
    assert "name.delete@this.example.org" in spoken_beside(person, "email")
    fitting = """e => {
      const style = getComputedStyle(e);
      return (e.clientWidth - 2 * parseFloat(style.paddingLeft)) / parseFloat(style.fontSize);
    }"""
    assert email.evaluate(fitting) >= 30 * 0.6, "room for 30 characters of six tenths of an em"


def test_03_all_errors_are_found_in_one_go_and_by_the_server(person: Person) -> None:
    page = person.page
    assert page.locator("form").get_attribute("novalidate") is not None
    expect(page.locator("[required], [aria-required], [pattern], [minlength], [maxlength]")).to_have_count(0)
    person.write(name="", email="ana", topic="", body="").answer("").post()
    assert page.locator("[aria-invalid=true]").count() == 5
    assert len(person.problems()) == 5


def test_04_the_summary_takes_focus_and_the_title_says_error(person: Person) -> None:
    page = person.page
    person.write(email="", body="").answer().post()
    assert page.title().startswith("Error: ")
    summary = page.locator(".problems")
    expect(summary).to_be_focused()
    assert summary.get_attribute("tabindex") == "-1"
    assert summary.locator("[role=alert]").get_by_role("heading", name="There is a problem").count() == 1
    assert below(person, "h1", ".problems")
    words = page.locator(".field .error").all_text_contents()
    assert [f"Error: {problem}" for problem in person.problems()] == words
    assert "#" not in page.url, "a fragment would take the focus away"


def test_05_each_link_of_the_summary_lands_in_its_control(person: Person) -> None:
    page = person.page
    resize(page, 360, 600)
    person.write(name="", email="ana", topic="", body="").answer("").post()
    links = page.locator(".problems a")
    assert links.count() == 5
    for link in links.all():
        control = page.locator(link.get_attribute("href") or "")
        link.click()
        expect(control).to_be_focused()
        name = control.get_attribute("id")
        expect(page.locator(f"label[for={name}]")).to_be_in_viewport(ratio=1)
        expect(control).to_have_attribute("aria-invalid", "true")
        described = (control.get_attribute("aria-describedby") or "").split()
        prefix = str(name).removesuffix("-answer")
        assert described[0] == f"{prefix}-error"
        assert described[1:] in ([], [f"{prefix}-hint"])
        assert (link.text_content() or "") in spoken_beside(person, str(name))


FORBIDDEN = re.compile(r"\b(invalid|forbidden|illegal|oops|please|sorry|captcha)\b", re.IGNORECASE)


@pytest.mark.parametrize("javascript", [True])
@pytest.mark.parametrize("state", STATES)
def test_06_messages_say_what_happened_and_what_is_next(state: str, look: LookAt) -> None:
    shown = look(state)
    said = shown.page.locator("main").inner_text()
    assert FORBIDDEN.findall(said) == []
    if state == "wrong":
        first = shown.look.asked[0]
        assert f"“{first}” That is not the answer." in said
        assert "Here is another question; your text is kept." in said


@pytest.mark.parametrize("state", ["wrong", "another", "other_wrong", "held", "limited", "down"])
def test_07_nothing_typed_is_ever_cleared(state: str, look: LookAt) -> None:
    shown = look(state)
    written = {
        "name": shown.look.name,
        "email": "ana" if state == "other_wrong" else "ana@example.org",
        "topic": "Re: Why is a bigger L1 cache so hard?",
        "body": "" if state == "another" else TEXT,
    }
    assert {name: shown.page.locator(f"#{name}").input_value() for name in written} == written
    if state not in ("other_wrong", "held"):
        # A new question empties the box; one that stays keeps what was answered.
        expect(shown.page.locator("#gate-answer")).to_have_value(
            "green" if state in ("limited", "down") else ""
        )


def test_07_the_tick_is_kept(person: Person) -> None:
    person.write(body="", email="", topic="Mine").answer()
    person.page.get_by_label("No Text").check()
    person.post()
    assert person.kept() == {"name": person.name, "email": "", "topic": "Mine", "body": ""}
    expect(person.page.get_by_label("No Text")).to_be_checked()


def test_08_a_right_answer_is_asked_for_once(person: Person) -> None:
    person.write(email="ana").answer().post()
    expect(person.page.locator("p.gate-held")).to_contain_text("Answered")
    expect(person.box).to_have_count(0)
    person.write(email="still@wrong").post()
    expect(person.box).to_have_count(0)
    person.write().post()
    assert person.posted() == 1


def test_09_preview_needs_no_second_answer_and_posting_leads_to_the_post(person: Person) -> None:
    page = person.page
    person.write().answer().press("Preview")
    expect(page.locator(".preview")).to_be_focused()
    expect(page.locator(".preview")).to_contain_text("First line.")
    assert person.site.by(person.name) == []
    expect(person.box).to_have_count(0)
    person.press("Preview")
    answers: list[int] = []
    page.on(
        "response",
        lambda response: (
            answers.append(response.status) if response.request.is_navigation_request() else None
        ),
    )
    person.post()
    assert person.posted() == 1
    assert answers == [303, 200]
    [post] = person.site.by(person.name)
    assert page.url.endswith(f"/topic/1#post-{post.id}")
    assert post.body == TEXT
    assert page.title().startswith("Your reply is posted")
    assert "Your reply is posted" in page.get_by_role("heading", level=1).inner_text()
    expect(page.locator(f"#post-{post.id}")).to_be_in_viewport()


def test_09_no_text_posts_the_topic_alone(person: Person) -> None:
    person.write(topic="Thank you!", body="").answer()
    person.page.get_by_label("No Text").check()
    person.post()
    assert person.posted() == 1
    expect(person.page.locator(".post").last).to_contain_text("Thank you! (no text)")


def test_a_host_that_refuses_after_all_does_not_ask_again(
    own_site: MakeSite, make_person: Callable[..., Person], *, javascript: bool
) -> None:
    """A topic that a moderator locks meanwhile: the answer is held again, and posts once the topic is open."""
    site = own_site(demo_site)
    person = make_person(site, javascript=javascript).open().write().answer()
    moderator = make_person(site)
    moderator.page.goto(f"{site.url}/moderate")
    row = moderator.page.locator("li", has_text="bigger L1 cache").filter(
        has=moderator.page.locator("[name=locked]")
    )
    with moderator.page.expect_navigation():
        row.get_by_role("button", name="Lock").click()
    person.post()
    expect(person.page.locator(".problems")).to_contain_text("locked this topic")
    expect(person.page.locator("p.gate-held")).to_be_visible()
    with moderator.page.expect_navigation():
        row.get_by_role("button", name="Unlock").click()
    person.post()
    assert person.posted() == 1


def spoken_beside(person: Person, name: str) -> str:
    """What a screen reader adds to a control's name: the text of what describes it, in order."""
    described = person.page.locator(f"#{name}").get_attribute("aria-describedby") or ""
    return " ".join(person.page.locator(f"#{part}").inner_text() for part in described.split())


def below(person: Person, lower: str, upper: str) -> bool:
    first, second = (person.page.locator(which).bounding_box() for which in (lower, upper))
    return first is not None and second is not None and first["y"] >= second["y"] + second["height"]
