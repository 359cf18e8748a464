"""What a host does around the field: subjects, refusals of its own, a store that is down."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from wtforms import Form, TextAreaField
from wtforms.validators import InputRequired

from gate import Gate, GateField
from tests.cli.processes import PATIENCE
from tests.embedding.hosts import OFF, SECRET_KEY, Page


class TopicForm(Form):
    body = TextAreaField(validators=[InputRequired()])
    gate = GateField(action="reply", about=lambda request: request.path)


class Forum:
    """Topics under their own addresses; ``locked`` ones refuse a reply that the gate let through."""

    def __init__(self, folder: Path) -> None:
        self.app = Flask("forum", instance_path=str(folder))
        self.app.config.update(SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
        Gate(self.app)
        self.app.add_url_rule("/<topic>", view_func=self.reply, methods=["GET", "POST"])
        self.posted: list[tuple[str, str]] = []
        self.locked: set[str] = set()
        self.last: TopicForm | None = None

    def reply(self, topic: str) -> str:
        form = TopicForm(request.form)
        if request.method == "POST":
            self.last = form
            if form.validate():
                if topic not in self.locked:
                    self.posted.append((topic, form.body.data or ""))
                    return "posted"
                form.gate.reopen()
        return render_template_string('<form method="post">{{ form.body }}{{ form.gate }}</form>', form=form)


@pytest.fixture
def forum(tmp_path: Path) -> Forum:
    return Forum(tmp_path)


def send(
    forum: Forum, path: str, page: Page, solve: Callable[[str], str] | None = None, **changes: Any
) -> Page:
    fields = {**page.fields, **changes}
    if solve is not None and page.question is not None:
        fields["gate-answer"] = solve(page.question)
    return Page(forum.app.test_client().post(path, data=fields))


def open_page(forum: Forum, path: str) -> Page:
    return Page(forum.app.test_client().get(path))


def test_an_answer_for_one_topic_is_none_for_another(forum: Forum, solve: Callable[[str], str]) -> None:
    page = open_page(forum, "/bread")
    again = send(forum, "/bicycles", page, solve, body="text")
    assert forum.posted == []
    assert again.fields["body"] == "text"
    assert again.question is not None
    assert send(forum, "/bread", page, solve, body="text").html == "posted"


def test_a_held_token_for_one_topic_is_none_for_another(forum: Forum, solve: Callable[[str], str]) -> None:
    held = send(forum, "/bread", open_page(forum, "/bread"), solve, body="")
    assert held.question is None
    assert send(forum, "/bicycles", held, body="text").question is not None
    assert send(forum, "/bread", held, body="text").html == "posted"


def test_a_host_that_refuses_after_all_keeps_the_answer(forum: Forum, solve: Callable[[str], str]) -> None:
    forum.locked.add("bread")
    page = send(forum, "/bread", open_page(forum, "/bread"), solve, body="text")
    assert forum.posted == []
    assert page.question is None
    assert "Answered" in page.html
    forum.locked.clear()
    assert send(forum, "/bread", page).html == "posted"
    send(forum, "/bread", page)
    assert forum.posted == [("bread", "text")]


def test_a_store_that_is_down_lets_nothing_through_and_keeps_the_text(
    forum: Forum, solve: Callable[[str], str], tmp_path: Path
) -> None:
    page = open_page(forum, "/bread")
    answer = solve(page.question or "")
    blocker = sqlite3.connect(tmp_path / "gate" / "gate.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    page.fields["gate-answer"] = answer
    down = send(forum, "/bread", page, body="text")
    assert forum.posted == []
    assert forum.last is not None
    assert forum.last.gate.unavailable
    assert "cannot be reached" in down.html
    assert down.fields["body"] == "text"
    assert down.fields["gate-answer"] == answer
    blocker.execute("ROLLBACK")
    blocker.close()


def test_after_an_outage_the_next_press_posts(
    forum: Forum, solve: Callable[[str], str], tmp_path: Path
) -> None:
    page = open_page(forum, "/bread")
    blocker = sqlite3.connect(tmp_path / "gate" / "gate.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    page = send(forum, "/bread", page, solve, body="text")
    blocker.execute("ROLLBACK")
    blocker.close()
    deadline = time.monotonic() + PATIENCE
    while page.html != "posted" and time.monotonic() < deadline:
        time.sleep(0.1)
        page = send(forum, "/bread", page)
    assert forum.posted == [("bread", "text")]
