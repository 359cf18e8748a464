"""Hostile text is text: nothing of it runs, opens, loads or moves, on any page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Draft, Posts
from tests.browser.people import Person
from tests.browser.sites import MakeSite, demo_site

HOSTILE = [
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "<style>body{display:none}</style><svg onload=alert(3)>",
    "javascript:alert(4)//'\"`{{ 7*7 }}${7*7}<%= 7*7 %>",
    "<base href=//example.org><meta http-equiv=refresh content=0>",
    "\u202ekcab-ot-tnorf\u202c \u2066x",
]


@pytest.mark.parametrize("javascript", [True])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_on_every_page(text: str, person: Person) -> None:
    """The ears of conftest.py hear scripts, dialogs and what the policy refuses."""
    page, home = person.page, person.site.url
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    person.write(topic=text, body=text, email="<script>@x").answer(text).post()
    assert person.kept()["body"] == text
    assert page.title() == "Error: Reply to “Why is a bigger L1 cache so hard?” - Moderated Discussions"
    person.write(topic=text, body=text, email='"<b>"@x.org').answer().press("Preview")
    expect(page.locator(".preview .text")).to_have_text(text)
    person.post()
    assert person.posted() == 1
    expect(page.locator(".post .text").last).to_have_text(text)
    for view in ("/", "/moderate", "/topic/1/reply"):
        page.goto(home + view)
        expect(page.locator("h1")).to_be_visible()
    assert page.locator("script, img, svg, base, meta[http-equiv], [onerror], [onload]").count() == 0
    assert [url for url in loaded if not url.startswith(home)] == []


def test_marks_that_are_piled_on_a_letter_cover_nobody_elses_post(
    own_site: MakeSite, new_page: Callable[..., Page]
) -> None:
    site, page = own_site(demo_site), new_page()
    page.goto(f"{site.url}/topic/1")
    alone = page.locator(".post").last.screenshot()
    posts: Posts = site.app.extensions[EXTENSION]
    piled = ("o" + "\u0300" * 400 + " ") * 9
    assert posts.add(
        1, Draft(name="Ana", email="ana@example.org", subject="Re: bread", body=piled), "receipt"
    )
    page.reload()
    expect(page.locator(".post").last).to_contain_text("Ana")
    assert page.locator(".post").nth(-2).screenshot() == alone


def test_a_masked_address_is_what_collectors_find(person: Person) -> None:
    person.write(email="ana.lindqvist@example.org").answer().post()
    html = person.page.content()
    assert "ana.lindqvist.delete@this.example.org" in html
    assert "ana.lindqvist@example.org" not in html
    person.page.goto(person.site.url + "/moderate")
    assert "ana.lindqvist@example.org" not in person.page.content()
    assert "mailto:" not in html
