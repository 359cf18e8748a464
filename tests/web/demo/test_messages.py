"""docs/messages.md lists what the demo forum says to a poster: all of it, and nothing that it never says."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Posts
from gate.web.words import Line, Words

Visitor = Any
"""See conftest.py, which tests cannot import."""

DOCS = Path(__file__).parents[3] / "docs" / "messages.md"
THE_GATES_OWN = [line.text for line in vars(Words).values() if isinstance(line, Line)]
ELSEWHERE = re.compile(
    r'<p class="notice"(?: id="preview")?>(.*?)</p>|<p>((?:Go back|It is not).*?)</p>', re.DOTALL
)


def pattern(line: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(line)))


def listed() -> list[str]:
    section = DOCS.read_text("utf-8").partition("## What the demo forum says")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [row[1].strip() for row in rows[2:]]


def said(visitor: Visitor) -> set[str]:
    """What a page tells a poster: its summary of problems, its notices, its only sentence."""
    words = [*visitor.problems().values(), *(one or other for one, other in ELSEWHERE.findall(visitor.text))]
    return {" ".join(unescape(line).split()) for line in words}


@pytest.fixture
def posts(app: Flask) -> Posts:
    found: Posts = app.extensions[EXTENSION]
    return found


def test_the_page_of_messages_lists_what_the_demo_says(
    app: Flask,
    newcomer: Callable[[], Visitor],
    posts: Posts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    heard: set[str] = set()
    for visitor in _everything_that_can_happen(newcomer, posts, monkeypatch):
        heard |= said(visitor)
    heard = {line for line in heard if not any(pattern(own).fullmatch(line) for own in THE_GATES_OWN)}
    lines = listed()
    assert {line for line in heard if not any(pattern(one).fullmatch(line) for one in lines)} == set()
    assert {one for one in lines if not any(pattern(one).fullmatch(line) for line in heard)} == set()


def _everything_that_can_happen(
    newcomer: Callable[[], Visitor], posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visitor]:
    """Yield a visitor at each page that tells something."""
    for written in (
        {"name": "", "email": "", "topic": "", "body": ""},
        {"email": "ana"},
        {"email": "ana@"},
        {"name": "n" * 61, "topic": "t" * 121, "body": "b" * 20_001, "email": "e" * 250 + "@x.org"},
        {"no_text": "y"},
        {"csrf_token": "forged"},
        {"preview": "1"},
        {"gate_answer": "certainly wrong"},
        {"body": "b" * 300_000},
    ):
        visitor = newcomer().open()
        visitor.send(**written)
        yield visitor
    visitor = newcomer().open()
    visitor.page = visitor.client.get(visitor.send().location)
    yield visitor
    yield from _the_forum_fails(newcomer().open(), posts, monkeypatch)


def _the_forum_fails(visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    for fault in (sqlite3.OperationalError("disk is full"), RuntimeError("a fault of the forum")):

        def fail(*_: object, fault: Exception = fault) -> None:
            raise fault

        with monkeypatch.context() as patch:
            patch.setattr(posts, "add", fail)
            visitor.send()
        yield visitor
        visitor.open()
    posts.lock(1, locked=True)
    yield visitor.open()
    posts.lock(1, locked=False)
    form = visitor.open().form()
    posts.lock(1, locked=True)
    for _ in range(2):  # the second time the answer is spent, and there is no reply
        visitor.send_form(form)
        yield visitor
