from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gate.errors import StoreError
from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Draft, Post, Posts

Visitor = Any
"""See conftest.py, which tests cannot import."""

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'\"&lt;"


@pytest.fixture
def posts(app: Flask) -> Posts:
    found: Posts = app.extensions[EXTENSION]
    return found


def by_ana(posts: Posts, topic: int = 1) -> list[Post]:
    return [post for post in posts.of_topic(topic) if post.name == "Ana Lindqvist"]


class TestTheForm:
    def test_it_is_labelled_and_asks_one_question(self, visitor: Visitor) -> None:
        for name, label in [("name", "Name"), ("email", "Email"), ("topic", "Topic"), ("body", "Body")]:
            assert f'<label for="{name}">{label}</label>' in visitor.text
        assert visitor.filled["topic"] == "Re: Why is a bigger L1 cache so hard?"
        assert visitor.question
        assert "<title>Reply to “Why is a bigger L1 cache so hard?” - " in visitor.text

    def test_it_helps_with_filling_in(self, visitor: Visitor) -> None:
        name = re.findall('<input[^>]* id="name"[^>]*>', visitor.text)[0]
        email = re.findall('<input[^>]* id="email"[^>]*>', visitor.text)[0]
        assert 'autocomplete="name"' in name
        assert 'spellcheck="false"' in name
        assert 'type="email"' in email
        assert 'autocomplete="email"' in email
        assert 'aria-describedby="email-hint"' in email

    def test_the_browser_stops_nothing_by_itself(self, visitor: Visitor) -> None:
        assert " novalidate" in visitor.text
        assert re.search(r"\srequired|maxlength|placeholder", visitor.text) is None

    def test_enter_posts(self, visitor: Visitor) -> None:
        """The first button of a form is the one that Enter presses: it must not be a named one."""
        first = re.findall("<button[^>]*>", visitor.text)[0]
        assert "name=" not in first
        visitor.send(email="ana")
        first = re.findall("<button[^>]*>", visitor.text)[0]
        assert 'id="post"' in first

    def test_a_locked_topic_has_no_form(self, posts: Posts, newcomer: Callable[[], Visitor]) -> None:
        posts.lock(2, locked=True)
        page = newcomer().open(2).text
        assert "takes no more replies" in page
        assert "<form" not in page

    def test_a_reply_to_a_reply_keeps_its_subject(self, app: Flask, posts: Posts, client: Any) -> None:
        with sqlite3.connect(Path(app.instance_path) / "forum.db") as connection:
            connection.execute("UPDATE topics SET subject = 'Re: bread' WHERE id = 2")
        connection.close()
        assert 'value="Re: bread"' in client.get("/topic/2/reply").text

    def test_no_topic_no_form(self, client: Any) -> None:
        assert client.get("/topic/77/reply").status_code == 404
        assert client.post("/topic/77/reply").status_code == 404


class TestPosting:
    def test_a_right_answer_posts_and_leads_to_the_post(self, visitor: Visitor, posts: Posts) -> None:
        answer = visitor.send()
        [post] = by_ana(posts)
        assert answer.status_code == 303
        assert answer.location == f"/topic/1#post-{post.id}"
        assert post.receipt
        assert (post.email, post.subject) == ("ana@example.org", "Re: Why is a bigger L1 cache so hard?")
        assert post.body == "First line.\nSecond line.\n\nEnd."

    def test_the_topic_says_once_that_the_reply_is_there(self, visitor: Visitor, client: Any) -> None:
        location = visitor.send().location
        page = client.get(location).text
        assert "<title>Your reply is posted - " in page
        assert "Your reply is here." in page
        assert f'<article class="post" id="{location.partition("#")[2]}" tabindex="-1">' in page
        assert '<p dir="auto">First line.\nSecond line.</p>\n<p dir="auto">End.</p>' in page
        assert "Your reply is posted" not in client.get(location).text

    def test_the_poster_is_not_told_so_at_another_topic(self, visitor: Visitor, client: Any) -> None:
        visitor.send()
        assert "Your reply is posted" not in client.get("/topic/2").text

    def test_the_reply_counts_as_the_newest_post_of_its_topic(self, visitor: Visitor, client: Any) -> None:
        visitor.send()
        first = client.get("/").text.split("<li>")[1]
        assert "/topic/1" in first
        assert "8 posts" in first
        assert "Ana Lindqvist" in first

    def test_a_browsers_line_ends_are_stored_as_one(self, visitor: Visitor, posts: Posts) -> None:
        visitor.send(body="  one\r\n\r\ntwo\rthree\x00\x07")
        assert by_ana(posts)[0].body == "  one\n\ntwo\nthree"

    def test_a_reply_answers_its_own_topic_alone(self, visitor: Visitor, posts: Posts) -> None:
        """The answer to one topic's question does not post at another."""
        visitor.send(to=2)
        assert by_ana(posts, 2) == []
        assert visitor.problems().keys() == {"gate-answer"}

    def test_an_answer_posts_one_reply(self, visitor: Visitor, posts: Posts) -> None:
        form = visitor.form()
        visitor.send_form(form)
        visitor.send_form({**form, "body": "Another text with the same answer."})
        assert len(by_ana(posts)) == 1
        assert visitor.question
        assert visitor.filled["body"] == "Another text with the same answer."


class TestAFault:
    def test_a_wrong_answer_keeps_everything_and_asks_another(self, visitor: Visitor, posts: Posts) -> None:
        asked = visitor.question
        answer = visitor.send(gate_answer="certainly wrong", topic="Re: mine", body="A\n\n  B")
        assert answer.status_code == 422
        assert visitor.question not in ("", asked)
        kept = visitor.filled
        assert (kept["name"], kept["email"]) == ("Ana Lindqvist", "ana@example.org")
        assert (kept["topic"], kept["body"]) == ("Re: mine", "A\n\n  B")
        assert list(visitor.problems()) == ["gate-answer"]
        assert by_ana(posts) == []

    def test_the_question_after_a_wrong_answer_can_be_answered(self, visitor: Visitor, posts: Posts) -> None:
        visitor.send(gate_answer="certainly wrong")
        assert visitor.send().status_code == 303
        assert len(by_ana(posts)) == 1

    def test_whoever_answered_right_is_not_asked_again(self, visitor: Visitor, posts: Posts) -> None:
        visitor.send(email="ana.example.org")
        assert visitor.question == ""
        assert "gate-answer" not in visitor.filled
        assert "Answered" in visitor.text
        assert visitor.problems() == {"email": "“ana.example.org” has no @: write it like name@example.org."}
        visitor.send(email="still wrong@")
        assert visitor.question == ""
        assert visitor.send(email="ana@example.org").status_code == 303
        assert len(by_ana(posts)) == 1

    def test_all_faults_are_named_at_once_in_the_order_of_the_fields(self, visitor: Visitor) -> None:
        visitor.send(name=" \u200b ", email="", topic="", body="", gate_answer="")
        assert list(visitor.problems()) == ["name", "email", "topic", "body", "gate-answer"]

    def test_the_summary_stands_above_the_h1_and_takes_focus(self, visitor: Visitor) -> None:
        visitor.send(name="")
        page = visitor.text
        assert re.search(r'<div class="problems" tabindex="-1" autofocus>\s*<div role="alert">', page)
        assert page.index("There is a problem") < page.index("<h1")
        assert "<title>Error: Reply to" in page

    def test_the_summary_says_what_stands_beside_the_field(self, visitor: Visitor) -> None:
        visitor.send(name="", email="a@b", body="")
        for place, words in visitor.problems().items():
            assert f'id="{place}-error"><span>Error:</span> {words}</p>' in visitor.text
            control = re.findall(f'<(?:input|textarea)[^>]* id="{place}"[^>]*>', visitor.text)[0]
            assert 'aria-invalid="true"' in control
            assert re.search(f'aria-describedby="{place}-error( {place}-hint)?"', control)

    def test_a_field_without_a_fault_says_nothing(self, visitor: Visitor) -> None:
        visitor.send(name="")
        assert 'id="email-error"' not in visitor.text
        assert visitor.text.count("aria-invalid") == 1

    @pytest.mark.parametrize(
        "address", ["ana", "ana@", "@example.org", "a@b", "a b@example.org", "a@example..org", "a@@b.org"]
    )
    def test_an_address_that_cannot_be_one_is_sent_back(self, visitor: Visitor, address: str) -> None:
        visitor.send(email=address)
        assert list(visitor.problems()) == ["email"]
        assert visitor.filled["email"] == address

    @pytest.mark.parametrize(
        "address", ["  ana@example.org ", "o'neill+x@sub.example.museum", "ünï@bücher.example", "a@b.c"]
    )
    def test_an_address_that_may_be_one_is_taken(self, visitor: Visitor, address: str) -> None:
        assert visitor.send(email=address).status_code == 303

    def test_what_is_too_long_is_kept_and_counted(self, visitor: Visitor) -> None:
        visitor.send(name="n" * 61, email="e" * 250 + "@example.org", topic="t" * 121, body="b" * 20_001)
        assert list(visitor.problems()) == ["name", "email", "topic", "body"]
        assert visitor.problems()["body"] == "Body has 20,001 characters: shorten it to 20,000 or fewer."
        assert visitor.filled["body"] == "b" * 20_001

    def test_far_too_much_is_a_page_that_says_where_the_text_is(self, visitor: Visitor) -> None:
        answer = visitor.send(body="b" * 300_000)
        assert answer.status_code == 413
        assert "your text is still there" in answer.text

    def test_a_form_of_another_site_posts_nothing_and_keeps_the_text(
        self, visitor: Visitor, posts: Posts
    ) -> None:
        visitor.send(csrf_token="forged")
        assert list(visitor.problems()) == ["post"]
        assert visitor.filled["body"]
        assert by_ana(posts) == []
        assert visitor.question == "", "the right answer is held"
        assert visitor.send().status_code == 303

    def test_a_visitor_without_the_first_cookie_may_press_again(self, app: Flask, visitor: Visitor) -> None:
        form = visitor.form()
        visitor.client = app.test_client()
        assert visitor.send_form(form).status_code == 422
        assert visitor.send().status_code == 303

    def test_a_form_without_anything_in_it_is_asked_for_everything(self, visitor: Visitor) -> None:
        visitor.send_form({})
        assert set(visitor.problems()) == {"name", "email", "topic", "body", "gate-answer", "post"}


class TestNoText:
    def test_a_tick_posts_the_topic_alone(self, visitor: Visitor, client: Any, posts: Posts) -> None:
        answer = visitor.send(no_text="y", body="", topic="Thank you!")
        [post] = by_ana(posts)
        assert (post.subject, post.body) == ("Thank you!", "")
        assert 'Thank you! <span class="quiet" lang="en">(no text)</span>' in client.get(answer.location).text

    def test_no_text_without_a_tick_is_asked_for(self, visitor: Visitor) -> None:
        visitor.send(body=" \n ")
        assert list(visitor.problems()) == ["body"]

    def test_a_tick_beside_text_keeps_both_and_asks(self, visitor: Visitor, posts: Posts) -> None:
        visitor.send(no_text="y", body="But there is text.")
        assert list(visitor.problems()) == ["no_text"]
        assert visitor.filled["body"] == "But there is text."
        assert visitor.filled["no_text"] == "y"
        assert by_ana(posts) == []
        assert visitor.send(no_text=None).status_code == 303

    def test_the_tick_is_kept(self, visitor: Visitor) -> None:
        visitor.send(no_text="y", body="", name="")
        assert visitor.filled["no_text"] == "y"


class TestPreview:
    def test_it_shows_the_reply_as_it_will_appear_and_posts_nothing(
        self, visitor: Visitor, posts: Posts
    ) -> None:
        answer = visitor.send(preview="1", body="One\n\nTwo <b>")
        assert answer.status_code == 200
        assert "<title>Preview: " in visitor.text
        assert "Preview: not posted yet" in visitor.text
        assert 'By: <bdi class="name">Ana Lindqvist</bdi>' in visitor.text
        assert "(ana.delete@this.example.org)" in visitor.text
        assert '<p dir="auto">One</p>\n<p dir="auto">Two &lt;b&gt;</p>' in visitor.text
        assert "There is a problem" not in visitor.text
        assert by_ana(posts) == []

    def test_it_holds_the_answer_through_any_number_of_previews(self, visitor: Visitor, posts: Posts) -> None:
        for body in ("first draft", "second draft", "third draft"):
            visitor.send(preview="1", body=body)
            assert visitor.question == ""
            assert visitor.filled["body"] == body
        assert visitor.send().status_code == 303
        assert [post.body for post in by_ana(posts)] == ["third draft"]

    def test_it_asks_for_what_is_missing(self, visitor: Visitor) -> None:
        answer = visitor.send(preview="1", name="")
        assert answer.status_code == 422
        assert list(visitor.problems()) == ["name"]
        assert "Preview: not posted yet" not in visitor.text

    def test_a_wrong_answer_is_asked_again(self, visitor: Visitor) -> None:
        visitor.send(preview="1", gate_answer="certainly wrong")
        assert list(visitor.problems()) == ["gate-answer"]
        assert visitor.send(preview="1").status_code == 200


class TestAnotherQuestion:
    def test_it_brings_one_and_finds_no_fault_yet(self, visitor: Visitor) -> None:
        asked = visitor.question
        answer = visitor.send(gate_another="1", gate_answer="", body="", name="Half")
        assert answer.status_code == 200
        assert visitor.question not in ("", asked)
        assert visitor.problems() == {}
        assert 'class="faulty' not in visitor.text
        assert visitor.filled["name"] == "Half"

    def test_a_right_answer_beside_it_is_held(self, visitor: Visitor) -> None:
        assert visitor.send(gate_another="1").status_code == 200
        assert visitor.question == ""
        assert visitor.send().status_code == 303

    def test_a_wrong_answer_beside_it_is_said_to_be_wrong(self, visitor: Visitor) -> None:
        asked = visitor.question
        answer = visitor.send(gate_another="1", gate_answer="certainly wrong", email="")
        assert answer.status_code == 422
        assert list(visitor.problems()) == ["gate-answer"]
        assert asked in visitor.problems()["gate-answer"].replace("&#39;", "'").replace("&#34;", '"')


class TestTheHostRefuses:
    def test_a_topic_locked_meanwhile_costs_no_question(self, visitor: Visitor, posts: Posts) -> None:
        posts.lock(1, locked=True)
        answer = visitor.send()
        assert answer.status_code == 422
        assert "locked this topic" in visitor.problems()["body"]
        assert visitor.question == ""
        assert visitor.filled["body"]
        assert by_ana(posts) == []
        posts.lock(1, locked=False)
        assert visitor.send().status_code == 303
        assert len(by_ana(posts)) == 1

    def test_a_reply_that_cannot_be_stored_costs_no_question(
        self, visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(posts, "add", full)
            assert visitor.send().status_code == 422
        assert list(visitor.problems()) == ["post"]
        assert visitor.question == ""
        assert visitor.send().status_code == 303
        assert len(by_ana(posts)) == 1

    def test_a_receipt_that_is_there_already_costs_a_question_and_no_text(
        self, visitor: Visitor, posts: Posts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not reopened: one answer would then have posted two replies."""
        taken = "a receipt"
        posts.add(1, Draft(name="First", email="f@example.org", subject="S", body="B"), taken)
        add = posts.add
        with monkeypatch.context() as patch:
            patch.setattr(posts, "add", lambda topic, draft, _: add(topic, draft, taken))
            visitor.send()
        assert list(visitor.problems()) == ["gate-answer"]
        assert visitor.filled["body"] == "First line.\nSecond line.\n\nEnd."
        assert visitor.send().status_code == 303
        assert len(by_ana(posts)) == 1

    def test_a_gate_that_is_down_lets_nothing_through_and_keeps_the_text(
        self, visitor: Visitor, app: Flask, posts: Posts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: object) -> None:
            raise StoreError("sqlite:///gate.db", "cannot be opened", "look at it")

        with monkeypatch.context() as patch:
            patch.setattr(app.extensions["gate"].live.store, "spend", down)
            answer = visitor.send()
        assert answer.status_code == 422
        assert visitor.filled["body"] == "First line.\nSecond line.\n\nEnd."
        assert by_ana(posts) == []
        assert visitor.send().status_code == 303
        assert len(by_ana(posts)) == 1


class TestHostileText:
    def test_it_is_text_on_every_page(self, visitor: Visitor, client: Any) -> None:
        hostile = {"name": HOSTILE[:60], "topic": HOSTILE, "body": HOSTILE}
        visitor.send(**hostile, email="<script>@x")
        pages = [visitor.text]
        visitor.send(**hostile, email='"<script>"@x.org', preview="1")
        pages.append(visitor.text)
        answer = visitor.send(**hostile, email='"<script>"@x.org')
        pages += [client.get(path).text for path in (answer.location, "/", "/moderate")]
        for page in pages:
            assert re.search("<script|<img|</textarea><", page) is None
            assert "49" not in re.findall("<title>(.*)</title>", page)[0]
        assert visitor.page.status_code == 303

    def test_it_comes_back_as_it_was_typed(self, visitor: Visitor) -> None:
        visitor.send(body=HOSTILE, topic=HOSTILE, name="")
        assert visitor.filled["body"] == HOSTILE
        assert visitor.filled["topic"] == HOSTILE

    def test_sql_is_text(self, visitor: Visitor, posts: Posts) -> None:
        visitor.send(body="'); DROP TABLE posts; --")
        assert by_ana(posts)[0].body == "'); DROP TABLE posts; --"
