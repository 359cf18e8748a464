"""The whole way by keyboard: what Tab reaches and in which order, and that one sees where one is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.sites import Site

RING = """() => { const e = document.activeElement, s = getComputedStyle(e);
  return [e.id || e.textContent.trim(), s.outlineStyle, parseFloat(s.outlineWidth)]; }"""
THEN = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"""


def tab(person: Person) -> str:
    """Press Tab; return what has the focus now, once it is plain to see."""
    person.page.keyboard.press("Tab")
    name, style, width = person.page.evaluate(RING)
    assert style not in ("none", "hidden"), f"no ring at {name}"
    assert width >= 2, f"a thin ring at {name}"
    focused = person.page.locator(":focus")
    expect(focused).to_be_in_viewport()
    return str(name)


def test_tab_reaches_everything_once_and_in_the_order_of_the_page(person: Person) -> None:
    header = person.page.locator(".top a").all_text_contents()
    expected = [
        *header,
        "Why is a bigger L1 cache so hard?",
        "name",
        "email",
        "topic",
        "body",
        "no_text",
        "gate-answer",
        "Another question",
        "post",
        "Preview",
    ]
    assert [tab(person) for _ in expected] == expected


def test_a_reply_is_posted_with_the_keyboard_alone(person: Person) -> None:
    keyboard = person.page.keyboard
    while tab(person) != "name":
        pass
    keyboard.type(person.name)
    assert tab(person) == "email"
    keyboard.type("ana")
    while tab(person) != "gate-answer":
        pass
    keyboard.type(person.answers[person.question])
    keyboard.press("Enter")
    expect(person.page.locator(".problems")).to_be_focused()
    assert tab(person).startswith("“ana” has no @")
    keyboard.press("Enter")
    expect(person.page.locator("#email")).to_be_focused()
    keyboard.press("End")
    keyboard.type("@example.org")
    while tab(person) != "body":
        pass
    keyboard.type("By keyboard.")
    while tab(person) != "post":
        pass
    assert tab(person) == "Preview"
    keyboard.press("Space")
    expect(person.page.locator(".preview")).to_be_focused()
    while tab(person) != "post":
        pass
    keyboard.press("Enter")
    assert person.posted() == 1
    assert person.site.by(person.name)[0].body == "By keyboard."


def test_moderators_hide_a_post_with_the_keyboard(
    forum: Site, make_person: Callable[..., Person], *, javascript: bool
) -> None:
    person = make_person(forum, javascript=javascript).open(3).write().answer().post()
    page: Page = person.page
    page.goto(f"{forum.url}/moderate")
    page.locator("li", has_text=person.name).get_by_role("button", name="Mark as spam").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is hidden, and reported to the gate")
    assert [post.hidden for post in forum.by(person.name)] == [True]
