"""The field's markup: what names what, and how each state looks and reads."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, request

from gate import Gate
from tests.embedding.hosts import OFF, SECRET_KEY, Browser, Host, Page, PlainForm, make_host

TYPED: dict[str, Any] = {"name": "Ana", "body": "text"}


def box(page: Page) -> dict[str, str]:
    """Return the attributes of the box to type into."""
    found = re.search(r'<input class="gate-answer"([^>]*)>', page.html)
    assert found is not None
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', found[1]))


def hint(page: Page) -> list[str]:
    """Return the id of the question's hint, where it has one."""
    return re.findall(r'<p class="gate-hint" id="([^"]*)"', page.html)


def test_the_group_is_named_and_the_question_is_the_label(browser: Browser) -> None:
    page = browser.open()
    assert 'role="group" aria-labelledby="gate-title" lang="en" dir="ltr"' in page.html
    assert '<p class="gate-title" id="gate-title">Spam check</p>' in page.html
    assert '<p class="gate-why">One question, so that machines cannot post here.</p>' in page.html
    label = f'for="gate-answer" lang="en" dir="ltr">{page.question}</label>'
    assert label in unescape(page.html).replace("<!---->", "")
    assert "aria-invalid" not in box(page)
    assert box(page).get("aria-describedby", "").split() == hint(page)


@pytest.mark.parametrize(
    ("answer", "says"), [("wrong", "That is not"), ("", "Type an"), ("x" * 201, "too long")]
)
def test_a_refused_answer_is_said_before_the_box_and_named_by_it(
    browser: Browser, answer: str, says: str
) -> None:
    page = browser.send(browser.open(), gate_answer=answer, **TYPED)
    error = re.search(r'<p class="gate-error" id="gate-error"><span>Error:</span> ([^<]*)</p>', page.html)
    assert error is not None
    assert says in error[1]
    assert error.start() < page.html.index("<input class")
    assert box(page)["aria-invalid"] == "true"
    assert box(page)["aria-describedby"].split() == ["gate-error", *hint(page)]


def test_another_question_is_no_error(browser: Browser) -> None:
    page = browser.send(browser.open(), gate_another="1", **TYPED)
    assert '<p class="gate-note" id="gate-error">Here is another question.</p>' in page.html
    assert "aria-invalid" not in box(page)
    assert box(page)["aria-describedby"].split() == ["gate-error", *hint(page)]


def test_when_skipping_brings_no_other_question_the_form_says_so(browser: Browser) -> None:
    page = browser.open()
    for _ in range(4):
        page = browser.send(page, gate_another="1", **TYPED)
    assert "There is no other question for you at the moment." in page.html
    assert page.question is not None


def test_a_held_answer_has_a_sign_a_word_and_no_box(browser: Browser) -> None:
    page = browser.send(browser.open(), right=True, name="", body="text")
    assert '">Answered. You can post now.</p>' in page.html
    assert "gate-answer" not in page.html
    assert "gate-error" not in page.html


def test_a_repeated_post_says_so_and_asks_nothing(host: Host, browser: Browser) -> None:
    page = browser.open()
    answer = browser.solve(page.question or "")
    browser.send(page, gate_answer=answer, **TYPED)
    page = browser.send(page, gate_answer=answer, **TYPED)
    assert 'id="gate-error">This reply was already sent. It is posted once.</p>' in page.html
    assert page.question is None


def test_a_gate_that_is_down_says_so_and_keeps_the_question(
    host: Host, browser: Browser, tmp_path: Path
) -> None:
    first = browser.open()
    blocker = sqlite3.connect(tmp_path / "gate" / "gate.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    page = browser.send(first, gate_answer=browser.solve(first.question or ""), **TYPED)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert '<p class="gate-error" id="gate-error">The spam check cannot be reached' in page.html
    assert page.question == first.question
    assert "aria-invalid" not in box(page)


HELPFUL = """lang = "en"
[[question]]
ask = "Which word do the rules begin with?"
accept = "welcome"
hint = "One <word>."
see = "https://forum.example.org/rules?a=1&b=2"
"""


@pytest.mark.parametrize("contact", ["https://forum.example.org/help", "mailto:help@forum.example.org"])
def test_hint_page_and_contact_stand_in_the_same_place_in_every_state_that_asks(
    tmp_path: Path, contact: str
) -> None:
    (tmp_path / "bank.toml").write_text(HELPFUL)
    site = {"sitekey": "forum", "secret": SECRET_KEY[::-1], "contact": contact}
    config = {**OFF, "bank": {"files": [str(tmp_path / "bank.toml")]}, "site": [site]}
    host = make_host(tmp_path, PlainForm, GATE_CONFIG=config)
    browser = Browser(host.app.test_client(), {"Which word do the rules begin with?": "welcome"}.__getitem__)
    fresh = browser.open()
    pages = [
        fresh,
        browser.send(fresh, gate_answer="", **TYPED),
        browser.send(fresh, gate_another="1", **TYPED),
    ]
    pages.append(browser.send(pages[-1], right=False, **TYPED))
    for page in pages:
        html = unescape(page.html)
        assert box(page)["aria-describedby"].split()[-1] == "gate-hint"
        assert '<p class="gate-hint" id="gate-hint" lang="en" dir="ltr">One &lt;word&gt;.</p>' in page.html
        assert (
            '<a href="https://forum.example.org/rules?a=1&b=2" hreflang="en">Where to find the answer</a>'
            in html
        )
        assert f'<a href="{contact}">Cannot answer? Write to us</a>' in html
        order = [
            page.html.index(part)
            for part in (
                "gate-question",
                "gate-hint",
                "<input class",
                "gate-another",
                "gate-see",
                "gate-contact",
            )
        ]
        assert order == sorted(order)
    held = browser.send(pages[-1], right=True, name="", body="text")
    assert held.question is None
    assert "gate-see" not in held.html


def test_two_forms_of_one_page_have_ids_of_their_own(tmp_path: Path, solve: Callable[[str], str]) -> None:
    """Each is judged by itself: the names are the same, the ids are not."""
    app = Flask("forum", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    Gate(app)
    verdicts: list[bool] = []

    @app.route("/", methods=["GET", "POST"])
    def both() -> str:
        forms = [PlainForm(request.form, prefix=prefix) for prefix in ("first", "second")]
        if request.method == "POST":
            verdicts.append(forms[0].validate())
        return render_template_string(
            "".join(f"<form>{{{{ forms[{n}].gate }}}}</form>" for n in (0, 1)), forms=forms
        )

    client = app.test_client()
    html = client.get("/").get_data(as_text=True)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) >= 4
    for part in re.findall(r"<form>.*?</form>", html, re.DOTALL):
        own = set(re.findall(r' id="([^"]+)"', part))
        assert set(re.findall(r' for="([^"]+)"', part)) <= own
        assert {
            name
            for names in re.findall(r' aria-\w+="([^"]+)"', part)
            for name in names.split()
            if "-" in name
        } <= own
        answer, challenge = (
            re.search(r">([^<]+)</label>", part),
            re.search(r'gate-challenge" value="([^"]+)"', part),
        )
        assert answer is not None
        assert challenge is not None
        fields = {"gate-answer": solve(unescape(answer[1])), "gate-challenge": challenge[1]}
        client.post("/", data={**fields, "first-name": "Ana", "first-body": "text"})
    assert verdicts == [True, True]
