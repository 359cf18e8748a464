"""Hostile text is text: nothing of it runs, opens, loads or moves, on any page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person

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


def test_a_masked_address_is_what_collectors_find(person: Person) -> None:
    person.write(email="ana.lindqvist@example.org").answer().post()
    html = person.page.content()
    assert "ana.lindqvist.delete@this.example.org" in html
    assert "ana.lindqvist@example.org" not in html
    person.page.goto(person.site.url + "/moderate")
    assert "ana.lindqvist@example.org" not in person.page.content()
    assert "mailto:" not in html
