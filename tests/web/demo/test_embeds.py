"""The pages that show the widget and each incumbent's script, with keys that work."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gate.web.demo.embeds import WAYS
from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Posts
from tests.web.demo.conftest import _Controls

WRITTEN = {
    "name": "Ana",
    "email": "ana@example.org",
    "topic": "Re: bread",
    "body": "Sharp blades cut cleaner.",
}


@pytest.fixture(params=list(WAYS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def address(client: FlaskClient, kind: str) -> str:
    listed = client.get("/ways").get_data(as_text=True)
    links: list[str] = re.findall(r'href="([^"]+)"', listed)
    return next(link for link in links if link.endswith(f"/reply/{kind}"))


def fields(page: str) -> dict[str, str]:
    found = _Controls()
    found.feed(page)
    return found.values


def token(client: FlaskClient, page: str, answers: Mapping[str, str]) -> str:
    """Answer the question as the page's script does."""
    marks = dict(re.findall(r'data-(sitekey|action|about)="([^"]*)"', page))
    asked = client.get("/v1/challenge", query_string=marks).get_json()
    answer = {"challenge": asked["challenge"], "answer": answers[asked["question"]]}
    return str(client.post("/v1/answer", json=answer).get_json()["token"])


def test_a_right_answer_posts_once(client: FlaskClient, kind: str, answers: Mapping[str, str]) -> None:
    path = address(client, kind)
    page = client.get(path).get_data(as_text=True)
    sent = {**fields(page), **WRITTEN, WAYS[kind].field: token(client, page, answers)}
    first, again = client.post(path, data=sent), client.post(path, data=sent)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location


def test_another_wrong_field_keeps_text_and_answer(
    client: FlaskClient, kind: str, answers: Mapping[str, str]
) -> None:
    path = address(client, kind)
    page = client.get(path).get_data(as_text=True)
    sent = {**fields(page), **WRITTEN, "email": "", WAYS[kind].field: token(client, page, answers)}
    faulty = client.post(path, data=sent)
    kept = fields(faulty.get_data(as_text=True))
    assert faulty.status_code == 422
    assert kept["body"] == WRITTEN["body"]
    assert client.post(path, data={**kept, "email": WRITTEN["email"]}).status_code == 303


def test_no_answer_posts_nothing_and_keeps_the_text(client: FlaskClient, kind: str) -> None:
    path = address(client, kind)
    refused = client.post(path, data={**fields(client.get(path).get_data(as_text=True)), **WRITTEN})
    assert refused.status_code == 422
    assert fields(refused.get_data(as_text=True))["body"] == WRITTEN["body"]


def test_preview_shows_the_reply_and_holds_the_answer(
    client: FlaskClient, kind: str, answers: Mapping[str, str]
) -> None:
    path = address(client, kind)
    page = client.get(path).get_data(as_text=True)
    sent = {**fields(page), **WRITTEN, WAYS[kind].field: token(client, page, answers), "preview": "1"}
    previewed = client.post(path, data=sent)
    assert previewed.status_code == 200
    assert "Preview: not posted yet" in previewed.text
    assert client.post(path, data=fields(previewed.text)).status_code == 303


def test_a_topic_locked_meanwhile_says_so_and_costs_no_answer(
    app: Flask, client: FlaskClient, kind: str, answers: Mapping[str, str]
) -> None:
    path = address(client, kind)
    page = client.get(path).get_data(as_text=True)
    number = int(path.split("/")[2])
    posts: Posts = app.extensions[EXTENSION]
    posts.lock(number, locked=True)
    sent = {**fields(page), **WRITTEN, WAYS[kind].field: token(client, page, answers)}
    refused = client.post(path, data=sent)
    assert refused.status_code == 422
    assert "locked this topic while you were writing" in refused.text
    assert fields(refused.text)["body"] == WRITTEN["body"]
    locked = client.get(path).text
    assert "takes no more replies" in locked
    assert "<form" not in locked
    posts.lock(number, locked=False)
    assert client.post(path, data=fields(refused.text)).status_code == 303


def test_a_reply_that_was_lost_costs_one_more_question_and_no_text(
    app: Flask, client: FlaskClient, kind: str, answers: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    path = address(client, kind)
    page = client.get(path).get_data(as_text=True)
    sent = {**fields(page), **WRITTEN, WAYS[kind].field: token(client, page, answers)}

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(app.extensions[EXTENSION], "add", full)
        assert "could not be stored just now" in client.post(path, data=sent).text
    lost = client.post(path, data=sent)
    assert lost.status_code == 422
    assert "did not arrive" in lost.text
    assert fields(lost.text)["body"] == WRITTEN["body"]
    again = {**fields(lost.text), WAYS[kind].field: token(client, lost.text, answers)}
    assert client.post(path, data=again).status_code == 303


def test_the_curl_line_of_each_page_works(client: FlaskClient, kind: str, answers: Mapping[str, str]) -> None:
    page = client.get(address(client, kind)).get_data(as_text=True)
    line = re.search(r"curl (http://[^/]+)(/\S+)", page)
    assert line is not None
    sent: dict[str, Any] = dict(re.findall(r"-d (\w+)=([\w-]+)", page))
    sent["response"] = token(client, page, answers)
    assert json.loads(client.post(line[2], data=sent).data)["success"] is True


def test_the_scripts_are_there_and_may_run(client: FlaskClient, kind: str) -> None:
    response = client.get(address(client, kind))
    assert f'<script src="{WAYS[kind].script}"' in response.get_data(as_text=True)
    assert client.get(WAYS[kind].script).status_code == 200
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_another_kind_is_not_there(client: FlaskClient) -> None:
    assert client.get("/topic/1/reply/other").status_code == 404
