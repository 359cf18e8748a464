"""axe finds nothing in any state, light and dark, with JavaScript and without; what it cannot decide is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gate.web.demo.embeds import WAYS
from tests.browser.people import Person
from tests.browser.sites import Site
from tests.browser.states import STATES, VIEWS, LookAt
from tests.chromium import dressed, resize

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""wcag22aa brings target-size, which axe leaves out by default."""

OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations", "incomplete"],
    "preload": False,  # it would load style sheets by script, which the pages' policy refuses
}
NewPage = Callable[..., Page]


def findings(page: Page) -> list[str]:
    """Look at a page in light on a screen and in dark on a phone."""
    found = []
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        resize(page, width, 900)
        result = Axe().run(page, options=OPTIONS).response
        assert len(result["passes"]) > 15, "axe looked at next to nothing"
        found += [
            f"{scheme} {kind}: {rule['id']}: {node['html']}"
            for kind in ("violations", "incomplete")
            for rule in result[kind]
            for node in rule["nodes"]
        ]
    return found


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_the_form(state: str, look: LookAt) -> None:
    """axe hangs in a browser without scripts: what such a one was sent is shown in one that has them."""
    assert findings(look(state).page) == []


def test_axe_finds_nothing_where_a_reply_was_posted(forum: Site, make_person: Callable[..., Person]) -> None:
    person = make_person(forum).open().write().answer().post()
    assert person.posted() == 1
    assert findings(person.page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_the_other_pages(view: str, forum: Site, new_page: NewPage) -> None:
    page = new_page()
    page.goto(forum.url + view)
    assert findings(page) == []


@pytest.mark.parametrize("kind", WAYS)
def test_axe_finds_nothing_where_a_script_asks_the_question(
    kind: str, forum: Site, new_page: NewPage, known: Mapping[str, str]
) -> None:
    """As it is opened, sent back with everything missing, and with the answer held."""
    page = new_page()
    page.goto(f"{forum.url}/topic/1/reply/{kind}")
    expect(page.locator(".gate-question")).to_be_visible()
    dressed(page)
    assert findings(page) == []
    page.locator("#name").press("Enter")
    expect(page.locator(".problems")).to_be_focused()
    expect(page.locator(".gate-question")).to_be_visible()
    dressed(page)
    assert findings(page) == []
    page.locator(".gate-answer").fill(known[page.locator(".gate-question").text_content() or ""])
    page.locator("#name").press("Enter")
    expect(page.locator(".gate-held")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("h1.innerHTML = '<button></button>'", "violations: button-name"),
        (
            "h1.innerHTML = '<a href=/x style=\"display:inline-block;width:9px;height:9px\">x</a>'.repeat(2)",
            "target-size",
        ),
        ("h1.style.background = 'linear-gradient(#fff, #000)'", "incomplete: color-contrast"),
    ],
)
def test_axe_finds_what_is_broken_small_or_undecided(
    broken: str, rule: str, forum: Site, new_page: NewPage
) -> None:
    page = new_page(bypass_csp=True)
    page.goto(forum.url)
    page.evaluate(f"const h1 = document.querySelector('h1'); {broken}")
    assert any(rule in finding for finding in findings(page))
