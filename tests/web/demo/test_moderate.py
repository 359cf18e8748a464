from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from gate.errors import StoreError
from gate.stores.base import Event
from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Draft, Posts

Visitor = Any
"""See conftest.py, which tests cannot import."""


@pytest.fixture
def posts(app: Flask) -> Posts:
    found: Posts = app.extensions[EXTENSION]
    return found


@pytest.fixture
def reply(visitor: Visitor) -> int:
    """The number of a reply that came through the gate."""
    visitor.send()
    return int(visitor.page.location.partition("#post-")[2])


def press(client: Any, path: str, **changed: str) -> str:
    """Press a button of the moderators' page; return the page that follows."""
    token = re.findall('name="csrf_token" value="([^"]+)"', client.get("/moderate").text)[0]
    answer = client.post(path, data={"csrf_token": token, **changed})
    assert (answer.status_code, answer.location) == (303, "/moderate")
    return str(client.get("/moderate").text)


def reports(app: Flask) -> int:
    live = app.extensions["gate"].live
    live.statistics.flush()
    return sum(count for row, count in live.store.stats(0) if row.event is Event.SPAM)


def test_it_says_that_it_is_open_to_anybody(client: Any) -> None:
    assert "the page is open to anybody" in client.get("/moderate").text


def test_a_mark_hides_the_post_and_reports_its_receipt(
    app: Flask, client: Any, reply: int, posts: Posts
) -> None:
    page = press(client, f"/moderate/posts/{reply}/spam")
    assert "The post by Ana Lindqvist is hidden, and reported to the gate." in page
    assert "Hidden as spam" in page
    assert f"/moderate/posts/{reply}/spam" not in page
    assert f"post-{reply}" not in client.get("/topic/1").text
    assert reports(app) == 1
    assert "is hidden" not in client.get("/moderate").text


def test_a_reply_is_reported_once_however_often_it_is_marked(app: Flask, client: Any, reply: int) -> None:
    for _ in range(3):
        press(client, f"/moderate/posts/{reply}/spam")
    assert reports(app) == 1


def test_a_post_without_a_receipt_is_hidden_and_not_reported(app: Flask, client: Any) -> None:
    page = press(client, "/moderate/posts/1/spam")
    assert "There was nothing to report: it never passed the gate." in page
    assert reports(app) == 0


def test_a_receipt_that_is_not_good_any_more_is_said_to_be_so(app: Flask, client: Any, posts: Posts) -> None:
    number = posts.add(1, Draft(name="Bo", email="bo@example.org", subject="S", body="B"), "an old receipt")
    assert "its receipt is no longer good" in press(client, f"/moderate/posts/{number}/spam")
    assert f"post-{number}" not in client.get("/topic/1").text
    assert reports(app) == 0


def test_a_gate_that_is_down_leaves_the_post_for_another_try(
    app: Flask, client: Any, reply: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreError("sqlite:///gate.db", "cannot be opened", "look at it")

    with monkeypatch.context() as patch:
        patch.setattr(app.extensions["gate"].live.store, "spend", down)
        assert "nothing was done" in press(client, f"/moderate/posts/{reply}/spam")
    assert f"post-{reply}" in client.get("/topic/1").text
    press(client, f"/moderate/posts/{reply}/spam")
    assert reports(app) == 1


def test_another_site_cannot_mark(app: Flask, client: Any, reply: int) -> None:
    assert "nothing was done" in press(client, f"/moderate/posts/{reply}/spam", csrf_token="forged")
    assert f"post-{reply}" in client.get("/topic/1").text
    assert reports(app) == 0


def test_only_a_press_marks(client: Any, reply: int) -> None:
    assert client.get(f"/moderate/posts/{reply}/spam").status_code == 405
    assert client.post("/moderate/posts/999/spam").status_code == 404


def test_a_topic_whose_posts_are_all_hidden_is_not_listed(client: Any, posts: Posts) -> None:
    for post in posts.of_topic(9):
        press(client, f"/moderate/posts/{post.id}/spam")
    assert "/topic/9" not in client.get("/").text + client.get("/?page=2").text
    assert "hid all posts" in client.get("/topic/9").text


def test_a_topic_is_locked_and_opened_again(client: Any) -> None:
    assert 'name="locked" value="1" aria-describedby="topic-1"' in client.get("/moderate").text
    assert "is locked" in press(client, "/moderate/topics/1/lock", locked="1")
    assert "takes no more replies" in client.get("/topic/1").text
    assert "<form" not in client.get("/topic/1/reply").text
    assert "open to replies again" in press(client, "/moderate/topics/1/lock", locked="0")
    assert "<form" in client.get("/topic/1/reply").text


def test_another_site_cannot_lock(client: Any) -> None:
    press(client, "/moderate/topics/1/lock", locked="1", csrf_token="forged")
    assert "takes no more replies" not in client.get("/topic/1").text
