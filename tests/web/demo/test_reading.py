from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gate.web.demo.filters import mask, paragraphs, when
from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import PAGE, Posts

ADDRESS = re.compile(r"[\w.+-]+@(?!this\.)[\w-]+\.[\w.-]+")


def topics_on(client: FlaskClient, page: str) -> list[str]:
    return re.findall(r'href="/topic/(\d+)"', client.get(f"/?page={page}").text)


def test_all_topics_are_listed_once_over_the_pages(client: FlaskClient) -> None:
    first, second = topics_on(client, "1"), topics_on(client, "2")
    assert len(first) == PAGE
    assert sorted(map(int, first + second)) == list(range(1, 10))


def test_the_topic_with_the_newest_post_comes_first(app: Flask, client: FlaskClient) -> None:
    posts: Posts = app.extensions[EXTENSION]
    dates = [topic.last_at for topic in posts.all_topics()]
    assert dates == sorted(dates, reverse=True)
    assert topics_on(client, "1")[0] == str(posts.recent(1)[0].topic)


def test_pages_link_to_each_other(client: FlaskClient) -> None:
    first, second = client.get("/").text, client.get("/?page=2").text
    assert "Page 1 of 2" in first
    assert 'rel="next" href="/?page=2"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="/?page=1"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("-3", 1), ("x", 1), ("", 1), ("99", 2), ("9" * 40, 2), ("1e9", 1)]
)
def test_a_page_that_is_not_there_is_the_nearest_one(client: FlaskClient, asked: str, shown: int) -> None:
    assert f"Page {shown} of 2" in client.get("/", query_string={"page": asked}).text


def test_a_post_names_its_author_date_and_room(client: FlaskClient) -> None:
    page = client.get("/topic/1").text
    assert 'By: <bdi class="name">Yuki Ferreira</bdi>' in page
    assert "(yuki.ferreira.delete@this.example.net)" in page
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT[^"]+">\d+ \w+ \d{4}, \d\d:\d\d UTC</time>', page)
    assert "Room: Architecture" in page


def test_no_page_shows_an_address_that_a_collector_could_use(client: FlaskClient) -> None:
    pages = ["/", "/?page=2", "/moderate", *(f"/topic/{number}" for number in range(1, 10))]
    for page in pages:
        text = client.get(page).text
        assert ADDRESS.search(text) is None, page
    assert "piet.delete@this.fenwick-lane.example.net" in client.get("/topic/3").text


@pytest.mark.parametrize(
    "path", ["/topic/99", "/topic/0", "/topic/-1", "/topic/x", f"/topic/{'9' * 5000}", "/no"]
)
def test_what_is_not_there_is_a_page_with_the_way_back(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert '<a href="/">the first page</a>' in answer.text


def test_every_page_has_a_strict_policy_and_nothing_inline(client: FlaskClient) -> None:
    for path in ("/", "/topic/1", "/topic/1/reply", "/moderate", "/nothing"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert re.search(r"<(script|style)|\sstyle=|\son\w+=|javascript:", answer.text) is None


def test_a_page_has_one_h1_a_title_and_a_language(client: FlaskClient) -> None:
    titles = set()
    for path in ("/", "/?page=2", "/topic/1", "/topic/1/reply", "/moderate", "/nothing"):
        page = client.get(path).text
        assert page.count("<h1") == 1
        assert '<html lang="en">' in page
        titles.add(re.findall("<title>(.*)</title>", page)[0])
    assert len(titles) == 6


def test_a_page_may_be_kept_by_the_browser_alone(client: FlaskClient) -> None:
    """Not no-store: whoever goes back to a form finds what was typed."""
    assert client.get("/topic/1/reply").headers["Cache-Control"] == "private, no-cache"


def test_the_gates_own_service_answers_beside_the_forum(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"alive": True}
    assert client.get("/readyz").status_code == 200
    asked = client.get("/v1/challenge?sitekey=embedded")
    assert asked.json is not None
    assert asked.json["question"]
    assert asked.headers["Cache-Control"] == "no-store"


def test_styles_are_served(client: FlaskClient) -> None:
    for path in re.findall(r'href="([^"]+\.css)"', client.get("/topic/1/reply").text):
        with client.get(path) as answer:
            assert answer.mimetype == "text/css"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("dkanter@realworldtech.com", "dkanter.delete@this.realworldtech.com"),
        ("a.b+c@mail.example.org", "a.b+c.delete@this.mail.example.org"),
        ('"odd@local"@example.net', '"odd@local".delete@this.example.net'),
    ],
)
def test_an_address_is_masked(address: str, masked: str) -> None:
    assert mask(address) == masked


def test_blank_lines_part_paragraphs() -> None:
    assert paragraphs("one\ntwo\n\n \n\n    three\n\nfour\n") == ["one\ntwo", "    three", "four"]
    assert paragraphs("") == []


def test_a_time_is_written_for_people_and_for_machines() -> None:
    assert when(0) == "1 January 1970, 00:00 UTC"
    assert when(0, "iso") == "1970-01-01T00:00:00+00:00"
