"""Seeing, touching, hearing: axe in every state and language, the keyboard alone, small and enlarged, few colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.chromium import dressed, resize
from tests.widget.page import FORM, SCRIPT, Visit

Go = Callable[..., Visit]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RIGHT = re.compile("[✓]")
DARK = "body { background: #1b1b1f; color: #e6e6e6; font: 1rem/1.5 serif; }"
LIGHT = "body { background: #fff; color: #222; font: 1rem/1.5 sans-serif; }"


def _go(visit: Go, lang: str = "en", *, css: str = LIGHT, prepare: Any = None, **options: Any) -> Visit:
    element = f'<div class="gate-widget" data-sitekey="forum" data-lang="{lang}"></div>'
    page = visit(
        FORM.format(element),
        head='<link rel="stylesheet" href="/own/page.css">' + SCRIPT,
        scripts={"page.css": css},
        lang=lang,
        options=options,
        prepare=prepare,
    )
    page.question()
    dressed(page.page)
    return page


def _fresh(page: Visit) -> None:
    expect(page.status()).to_be_empty()


def _wrong(page: Visit) -> None:
    page.answer(text="wrong")
    expect(page.status()).not_to_be_empty()
    expect(page.box()).to_have_value("")


def _answered(page: Visit) -> None:
    page.answer()
    expect(page.status()).to_contain_text(RIGHT)


def _expired(page: Visit) -> None:
    _answered(page)
    page.page.clock.fast_forward(24 * 60 * 60 * 1000)
    expect(page.box()).to_be_editable()
    expect(page.status()).not_to_be_empty()


def _down(page: Visit) -> None:
    page.take_gate_down()
    page.value("gate.reset()")
    expect(page.group().locator(".gate-retry")).to_be_visible()


@pytest.mark.parametrize(
    "state", [_fresh, _wrong, _answered, _expired, _down], ids=lambda state: state.__name__
)
@pytest.mark.parametrize("lang", ["en", "ar", "ja"])
def test_each_state_in_each_language(visit: Go, lang: str, state: Callable[[Visit], None]) -> None:
    """Seen by axe, walked by keyboard, on 320 pixels, at double text size and in forced colours."""
    page = _go(visit, lang, prepare=lambda browser: browser.clock.install())
    state(page)
    assert _found(page) == []
    assert _walked(page) == _pressable(page)
    resize(page.page, 320, 600)
    assert page.value("document.documentElement.scrollWidth") == 320
    assert _cut(page) == []
    resize(page.page, 640, 600)
    page.value("document.documentElement.style.fontSize = '200%'")
    assert page.value("parseFloat(getComputedStyle(document.querySelector('.gate-status')).fontSize)") == 32
    assert page.value("document.documentElement.scrollWidth") == 640
    assert _cut(page) == []
    page.page.emulate_media(forced_colors="active")
    for part in page.group().locator("input:visible, button:visible").all():
        assert part.evaluate("(part) => getComputedStyle(part).borderTopStyle") != "none"
    assert page.value("getComputedStyle(document.querySelector('.gate-box')).borderTopStyle") == "solid"
    assert page.status().inner_text() or state is _fresh


@pytest.mark.parametrize("state", [_wrong, _answered, _down], ids=lambda state: state.__name__)
@pytest.mark.parametrize("css", [DARK, ":root { color-scheme: dark; }" + DARK], ids=["colours", "scheme"])
def test_axe_finds_nothing_on_a_dark_page(visit: Go, css: str, state: Callable[[Visit], None]) -> None:
    page = _go(visit, css=css, color_scheme="dark")
    state(page)
    assert _found(page) == []


def test_the_keyboard_asks_again_where_the_gate_was_down(visit: Go) -> None:
    page = _go(visit)
    _down(page)
    page.bring_gate_back()
    page.page.get_by_label("Body").focus()
    page.page.keyboard.press("Tab")
    expect(page.button("Try again")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.box()).to_be_focused()
    page.answered()
    assert page.forum.posts == []


def test_the_keyboard_is_enough(visit: Go) -> None:
    page = _go(visit)
    keys = page.page.keyboard
    page.page.get_by_label("Body").focus()
    keys.press("Tab")
    expect(page.box()).to_be_focused()
    keys.press("Tab")
    expect(page.button("Check")).to_be_focused()
    keys.press("Tab")
    expect(page.button("Another question")).to_be_focused()
    question = page.question()
    keys.press("Space")
    expect(page.box()).to_be_focused()
    assert page.question() != question
    keys.insert_text(page.right())
    keys.press("Tab")
    keys.press("Enter")
    expect(page.status()).to_contain_text("Right.")
    expect(page.button("Check")).to_be_focused()
    assert page.forum.posts == []
    for _ in range(8):
        keys.press("Tab")
        if page.value("document.activeElement.name") == "post":
            break
    keys.press("Enter")
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()


def test_text_with_more_space_is_not_cut(visit: Go) -> None:
    spacing = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
    page = _go(
        visit,
        css=LIGHT + spacing + "p { margin-block-end: 2em !important; }",
        viewport={"width": 320, "height": 900},
    )
    _wrong(page)
    assert page.value("document.documentElement.scrollWidth") == 320
    assert _cut(page) == []


@pytest.mark.parametrize("state", [_fresh, _down], ids=lambda state: state.__name__)
def test_what_is_pressed_is_big_enough(visit: Go, state: Callable[[Visit], None]) -> None:
    page = _go(visit)
    state(page)
    for control in page.group().locator("input:visible, button:visible, a:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44


def test_the_focus_ring_is_seen_even_where_the_page_takes_rings_away(visit: Go) -> None:
    page = _go(visit, css=LIGHT + "*:focus { outline: none; }")
    page.page.get_by_label("Body").focus()
    for name in ("gate-answer", "gate-check", "gate-another"):
        page.page.keyboard.press("Tab")
        ring = page.value(
            """() => {
              const style = getComputedStyle(document.activeElement);
              return [document.activeElement.className, style.outlineStyle, style.outlineWidth];
            }"""
        )
        assert ring == [name, "solid", "2px"]


def test_in_forced_colours_borders_and_signs_stay(visit: Go) -> None:
    page = _go(visit, forced_colors="active")
    _answered(page)
    assert page.value("getComputedStyle(document.querySelector('.gate-box')).borderTopStyle") == "solid"
    expect(page.status()).to_have_text("✓ Right. You can post now.")


def test_it_has_the_forums_font_and_colours(visit: Go) -> None:
    page = _go(visit, css=DARK)
    for part in (".gate-box", ".gate-question", ".gate-status"):
        style = f"getComputedStyle(document.querySelector('{part}'))"
        assert page.value(f"{style}.color") == "rgb(230, 230, 230)"
        assert page.value(f"{style}.fontFamily") == "serif"
    for part in (".gate-answer", ".gate-check"):
        assert page.value(f"getComputedStyle(document.querySelector('{part}')).fontFamily") == "serif"


def test_the_forums_rules_win(visit: Go) -> None:
    page = _go(
        visit, css="button { min-height: 60px; } input { border: 3px solid red; } div { padding: 1px; }"
    )
    assert page.value("getComputedStyle(document.querySelector('.gate-check')).minHeight") == "60px"
    assert page.value("getComputedStyle(document.querySelector('.gate-answer')).borderTopWidth") == "3px"
    assert page.value("getComputedStyle(document.querySelector('.gate-box')).paddingTop") == "1px"


def test_arabic_runs_from_right_to_left_and_the_question_in_its_own_language(visit: Go) -> None:
    page = _go(visit, "ar")
    label, box = page.group().locator("label"), page.box()
    expect(label).to_have_attribute("lang", "ar")
    expect(label).to_have_attribute("dir", "rtl")
    expect(box).to_have_attribute("dir", "auto")
    check, another = (f"document.querySelector('.gate-{name}').offsetLeft" for name in ("check", "another"))
    assert page.value(f"{check} > {another}")


def test_without_a_word_from_the_page_the_browsers_language_decides(visit: Go) -> None:
    page = visit('<div class="gate-widget" data-sitekey="forum"></div>', options={"locale": "ja-JP"})
    page.question()
    expect(page.group()).to_have_attribute("lang", "ja")
    expect(page.group().locator("label")).to_have_attribute("lang", "ja")


def test_without_its_words_the_question_comes_with_english_ones(visit: Go) -> None:
    page = visit(
        '<div class="gate-widget" data-sitekey="forum" data-lang="ar"></div>',
        prepare=lambda browser: browser.route("**/gate/strings/**", lambda route: route.abort()),
        faults=("ERR_FAILED",),
    )
    page.question()
    expect(page.group()).to_have_attribute("lang", "en")
    expect(page.group().locator("label")).to_have_attribute("lang", "ar")
    page.answered()


def test_it_is_not_printed(visit: Go) -> None:
    page = _go(visit)
    page.page.emulate_media(media="print")
    expect(page.group()).to_be_hidden()
    expect(page.page.get_by_text("Long text")).to_be_visible()


def test_what_lies_below_does_not_jump_when_the_question_comes(visit: Go) -> None:
    seen: list[float] = []
    page = _go(visit, viewport={"width": 1280, "height": 900})
    post = page.page.get_by_role("button", name="Post")

    def top() -> float:
        box = post.bounding_box()
        assert box is not None
        return box["y"]

    page.question()
    seen.append(top())
    page.button("Check").click()
    expect(page.status()).not_to_be_empty()
    seen.append(top())
    page.answered()
    seen.append(top())
    assert seen == [seen[0]] * 3


def _found(page: Visit) -> list[str]:
    """Return what axe finds or is not sure of, on the page as a whole."""
    response = (
        Axe().run(page.page, options={"runOnly": {"type": "tag", "values": TAGS}, "preload": False}).response
    )
    return [
        f"{rule['id']}: {node['html']} {node.get('failureSummary')}"
        for kind in ("violations", "incomplete")
        for rule in response[kind]
        for node in rule["nodes"]
    ]


def _pressable(page: Visit) -> list[str]:
    """Return the classes of what can be pressed or typed into."""
    controls = page.group().locator("input:visible, button:visible, a:visible").all()
    return [control.evaluate("(control) => control.className") for control in controls]


def _walked(page: Visit) -> list[str]:
    """Return the classes of what Tab reaches between the text above and the form's own button below."""
    page.page.get_by_label("Body").focus()
    walked: list[str] = []
    while True:
        page.page.keyboard.press("Tab")
        if page.value("document.activeElement.name") == "post":
            return walked
        walked.append(page.value("document.activeElement.className"))
        assert len(walked) < 20


def _cut(page: Visit) -> list[str]:
    """Return the parts whose text is wider or higher than they are."""
    found: list[str] = page.value(
        """() => [...document.querySelectorAll('.gate-box, .gate-box *:not(.gate-spoken)')]
          .filter((part) => part.tagName !== 'INPUT' && part.clientWidth)
          .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1)
          .map((part) => part.className)"""
    )
    return found
