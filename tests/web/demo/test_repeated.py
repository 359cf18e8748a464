"""One answer, one reply: double clicks, reloads, and many at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Post, Posts

Visitor = Any
"""See conftest.py, which tests cannot import."""

AT_ONCE = 16


@pytest.fixture
def posts(app: Flask) -> Posts:
    found: Posts = app.extensions[EXTENSION]
    return found


def by_ana(posts: Posts) -> list[Post]:
    return [post for post in posts.of_topic(1) if post.name == "Ana Lindqvist"]


def test_twenty_equal_posts_are_one_reply(visitor: Visitor, posts: Posts) -> None:
    form = visitor.form()
    answers = [visitor.send_form(form) for _ in range(20)]
    [post] = by_ana(posts)
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/topic/1#post-{post.id}")
    }


def test_a_held_answer_repeated_is_one_reply(visitor: Visitor, posts: Posts) -> None:
    visitor.send(preview="1")
    form = visitor.form()
    answers = [visitor.send_form(form) for _ in range(3)]
    [post] = by_ana(posts)
    assert {answer.location for answer in answers} == {f"/topic/1#post-{post.id}"}


@pytest.mark.parametrize("held", [False, True])
def test_many_equal_posts_at_once_are_one_reply(
    app: Flask, visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch, *, held: bool
) -> None:
    monkeypatch.setattr("gate.web.demo.posts._LOOKS", 600)  # a slow disk may keep the first one for seconds
    if held:
        visitor.send(preview="1")
    form, cookie = visitor.form(), visitor.client.get_cookie("gate_demo")
    start = Barrier(AT_ONCE)

    def send() -> tuple[int, str | None]:
        client = app.test_client()
        client.set_cookie("gate_demo", cookie.value)
        start.wait()
        answer = client.post("/topic/1/reply", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [pool.submit(send) for _ in range(AT_ONCE)]
    [post] = by_ana(posts)
    assert {answer.result() for answer in answers} == {(303, f"/topic/1#post-{post.id}")}


def test_a_repeat_finds_a_reply_that_is_still_being_stored(
    visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = visitor.form()
    visitor.send_form(form)
    find, looks = posts.with_receipt, []

    def late(receipt: str) -> Post | None:
        looks.append(receipt)
        return find(receipt) if len(looks) > 3 else None

    monkeypatch.setattr(posts, "with_receipt", late)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert visitor.send_form(form).status_code == 303
    assert len(looks) == 4


def test_a_repeat_of_a_reply_that_never_arrived_costs_a_question_and_no_text(
    visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    posts.lock(1, locked=True)
    form = visitor.form()
    visitor.send_form(form)
    posts.lock(1, locked=False)
    assert visitor.send_form(form).status_code == 422
    assert list(visitor.problems()) == ["gate-answer"]
    assert visitor.question
    assert visitor.filled["body"] == "First line.\nSecond line.\n\nEnd."
    assert visitor.send().status_code == 303
    assert len(by_ana(posts)) == 1


def test_a_repeat_of_a_reply_hidden_meanwhile_posts_nothing(visitor: Visitor, posts: Posts) -> None:
    form = visitor.form()
    visitor.send_form(form)
    posts.hide(by_ana(posts)[0].id)
    assert visitor.send_form(form).status_code == 303
    assert by_ana(posts) == []
