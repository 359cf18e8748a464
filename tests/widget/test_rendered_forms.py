"""Forms as the incumbents' Python libraries render them, pointed at the gate by their settings alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.clients.running import client_of
from tests.clients.talk import PAGE
from tests.clients.talk import Gate as Address
from tests.service import SECRET
from tests.widget.page import FORM, Visit
from tests.widget.servers import Gate

ROOT = Path(__file__).parents[2]
SECURE = "gate.example.org"
"""A name at which the browser meets the gate over TLS: django-recaptcha writes https into its form."""

FORMS = [
    ("flask_clients", "flask-wtf", "g-recaptcha-response"),
    ("flask_clients", "flask-xcaptcha-as-recaptcha", "g-recaptcha-response"),
    ("flask_clients", "flask-xcaptcha-as-hcaptcha", "h-captcha-response"),
    ("django_clients", "django-recaptcha", "g-recaptcha-response"),
    ("django_clients", "django-hcaptcha", "h-captcha-response"),
    ("django_clients", "django-hcaptcha-field", "h-captcha-response"),
    ("django_clients", "django-turnstile", "cf-turnstile-response"),
]


@pytest.mark.parametrize(("script", "name", "field"), FORMS, ids=[name for _, name, _ in FORMS])
def test_a_form_as_its_library_renders_it_brings_a_token(
    visit: Callable[..., Visit], gate: Gate, script: str, name: str, field: str
) -> None:
    def secure(browser: Page) -> None:
        def answer(route: Route) -> None:
            route.fulfill(response=route.fetch(url=route.request.url.replace(f"https://{SECURE}", gate.url)))

        browser.route(f"https://{SECURE}/**", answer)

    def allowing(policy: str) -> str:
        return policy.replace(gate.url, f"{gate.url} https://{SECURE}").replace(
            "script-src", "script-src 'unsafe-inline'"
        )

    address = Address(url=gate.url, tls=SECURE, sitekey="forum", secret=SECRET)
    with client_of(address, sys.executable, "-m", f"tests.clients.{script}", name, folder=ROOT) as client:
        rendered = client.says(PAGE)
        page = visit(FORM.format(rendered), head="", prepare=secure, policy=allowing)
        page.answered()
        page.page.get_by_role("button", name="Post").click()
        expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
        (post,) = page.forum.posts
        if SECURE not in rendered:
            assert client.says(post[field]) == "pass"
        else:
            assert gate.verify(post[field])["success"]
    assert post["body"] == "Long text"
