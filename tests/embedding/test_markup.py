"""The field's markup: what names what, and how each state looks and reads."""

from __future__ import annotations

import re
import sqlite3
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.embedding.hosts import Browser, Host, Page

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
    assert f'for="gate-answer" lang="en" dir="ltr">{page.question}</label>' in unescape(page.html)
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
