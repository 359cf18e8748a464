"""The forum's pages: topics, one topic, “Reply to this Topic”, and the moderators' page."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gate.errors import StoreError
from gate.web.attempt import ANOTHER, ANSWER
from gate.web.demo.form import WRITTEN, MarkForm, ReplyForm, WrittenForm
from gate.web.demo.posts import Post, Posts, Topic
from gate.web.extension import Gate
from gate.web.field import GateField
from gate.web.http import query_fields

EXTENSION = "gate_demo"
"""Where the application keeps its ``Posts``."""

NUMBER = "int(max=999999999)"
"""A topic's or post's number in an address: SQLite takes no number of any length."""

gate = Gate()
pages = Blueprint("forum", __name__)

_RECENT = 30
FAULTY = 422
"""The status of a form that is shown again for what is wrong with it."""

_STALE = (
    "This page was open for very long, or your browser keeps no cookies. Your text is kept: press Post again."
)
_LOCKED = (
    "A moderator locked this topic while you were writing. Your text is kept here: copy it if you need it."
)
_NOT_STORED = "Your reply could not be stored just now. Your text is kept: press Post again."
_NOTHING_DONE = (
    "This page was open for very long, or your browser keeps no cookies: nothing was done. Try once more."
)
LOST = "This reply was sent before, but it did not arrive. Your text is kept: answer one more question and post again."
"""What a poster is told whose answer is used up, with no reply to show for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One line of the summary above a form, and the id of the control it is about."""

    words: str
    at: str


@pages.get("/", strict_slashes=False)
def topics() -> str:
    """List the topics, those with the newest posts first."""
    found, page, count = all_posts().topics(query_fields(request).get("page", 1, type=int))
    return render_template("gate/demo/topics.html", topics=found, page=page, pages=count)


@pages.get(f"/topic/<{NUMBER}:topic_id>")
def topic(topic_id: int) -> str:
    """Show a topic; whoever comes from posting is told that the reply is there."""
    found = topic_or_404(topic_id)
    posts = all_posts().of_topic(topic_id)
    posted = session.pop("posted", None)
    if all(post.id != posted for post in posts):
        posted = None
    return render_template("gate/demo/topic.html", topic=found, posts=posts, posted=posted)


@pages.get(f"/topic/<{NUMBER}:topic_id>/reply")
def reply(topic_id: int) -> str:
    """Show “Reply to this Topic”."""
    found = topic_or_404(topic_id)
    if found.locked:
        return _form_page(found, None)
    return _form_page(found, ReplyForm(data={"topic": reply_subject(found)}))


@pages.post(f"/topic/<{NUMBER}:topic_id>/reply")
def post_reply(topic_id: int) -> Response | str | tuple[str, int]:
    """Take a reply: show it, ask for what is missing, or post it."""
    found = topic_or_404(topic_id)
    form = ReplyForm(request.form)
    if ANOTHER in request.form:
        return _another(found, form)
    valid = form.validate()
    if form.gate.repeated:
        return _sent_before(found, form)
    if not valid:
        return _form_page(found, form, problems_of(form)), FAULTY
    if "preview" in request.form:
        return _form_page(found, form, preview=True)
    return _post(found, form)


@pages.get("/moderate")
def moderate() -> str:
    """List the newest posts, with a button that marks each as spam, and the topics, with one that locks."""
    notice = session.pop("notice", None)
    posts = all_posts()
    return render_template(
        "gate/demo/moderate.html",
        posts=posts.recent(_RECENT),
        topics=posts.all_topics(),
        form=MarkForm(),
        notice=notice,
    )


@pages.post(f"/moderate/posts/<{NUMBER}:post_id>/spam")
def mark_spam(post_id: int) -> Response:
    """Report a post's receipt to the gate and hide the post."""
    post = all_posts().post(post_id)
    if post is None:
        abort(404)
    session["notice"] = _mark(post) if MarkForm(request.form).validate() else _NOTHING_DONE
    return redirect(url_for("forum.moderate"), 303)


@pages.post(f"/moderate/topics/<{NUMBER}:topic_id>/lock")
def lock(topic_id: int) -> Response:
    """Close a topic to replies, or open it again."""
    found = topic_or_404(topic_id)
    locked = request.form.get("locked") == "1"
    if MarkForm(request.form).validate():
        all_posts().lock(topic_id, locked=locked)
        state = "locked: nobody can reply to it" if locked else "open to replies again"
        session["notice"] = f"“{found.subject}” is {state}."
    else:
        session["notice"] = _NOTHING_DONE
    return redirect(url_for("forum.moderate"), 303)


def _another(topic: Topic, form: ReplyForm) -> str | tuple[str, int]:
    """Put another question, and leave what else may be missing for when the reply is posted."""
    form.gate.validate(form)
    if not request.form.get(ANSWER, "").strip():
        return _form_page(topic, form)
    # Something was typed, so it was judged first: only a wrong answer is worth a word.
    problems = [problem for problem in problems_of(form) if problem.at.startswith(form.gate.id)]
    return _form_page(topic, form, problems), FAULTY if problems else 200


def _post(topic: Topic, form: ReplyForm) -> Response | tuple[str, int]:
    outcome = store(topic, form, form.gate.receipt)
    if isinstance(outcome, Problem):
        form.gate.reopen()
        return _form_page(topic, form, [outcome]), FAULTY
    return _ask_anew(topic, form) if outcome is None else there(topic.id, outcome)


def _sent_before(topic: Topic, form: ReplyForm) -> Response | tuple[str, int]:
    """Lead a repeated post (a double click, a reload) to the reply; the first one may still be at work."""
    post = all_posts().arriving_with(form.gate.receipt or "")
    if post is not None:
        return there(post.topic, post.id)
    return _ask_anew(topic, form)


def _ask_anew(topic: Topic, form: ReplyForm) -> tuple[str, int]:
    """Show the form with its text and a new question: the answer to the last one is used up."""
    fresh = ReplyForm(data={name: form.data[name] for name in WRITTEN})
    return _form_page(topic, fresh, [Problem(words=LOST, at="gate-answer")]), FAULTY


def all_posts() -> Posts:
    """Return the forum's topics and posts."""
    found: Posts = current_app.extensions[EXTENSION]
    return found


def topic_or_404(number: int) -> Topic:
    """Return a topic; a number that none has ends the request."""
    return all_posts().topic(number) or abort(404)


def reply_subject(topic: Topic) -> str:
    """Return what a reply is called unless its poster changes it."""
    return topic.subject if topic.subject.startswith("Re: ") else f"Re: {topic.subject}"


def store(topic: Topic, form: WrittenForm, receipt: str | None) -> int | Problem | None:
    """Store a reply that the gate let through; return its number, or why it is not stored: hold its answer then.

    None if there is a reply with this receipt: its answer is used up.
    """
    try:
        number = all_posts().add(topic.id, form.draft(), receipt or "")
    except sqlite3.IntegrityError:
        return None
    except sqlite3.Error:
        current_app.logger.exception("a reply could not be stored")
        return Problem(words=_NOT_STORED, at="post")
    return Problem(words=_LOCKED, at="body") if number is None else number


def there(topic_id: int, number: int) -> Response:
    """Lead a poster to the reply, and have the topic say that it is there."""
    session["posted"] = number
    return redirect(url_for("forum.topic", topic_id=topic_id, _anchor=f"post-{number}"), 303)


def problems_of(form: WrittenForm) -> list[Problem]:
    """Return everything that is wrong with a form, in the order of its fields."""
    found = []
    for field in form:
        if not field.errors:
            continue
        if isinstance(field, GateField):
            # Asked first: whether a question can be put decides where the link leads and what is said.
            place = "answer" if field.attempt.question else "error"
            found.append(Problem(words=field.attempt.message, at=f"{field.id}-{place}"))
        elif field.short_name == "csrf_token":
            found.append(Problem(words=_STALE, at="post"))
        else:
            found.append(Problem(words=str(field.errors[0]), at=field.id))
    return found


def _form_page(
    topic: Topic, form: ReplyForm | None, problems: Sequence[Problem] = (), *, preview: bool = False
) -> str:
    return render_template(
        "gate/demo/reply.html",
        topic=topic,
        form=form,
        problems=problems,
        draft=form.draft() if form and preview else None,
        now=time.time(),
    )


def _mark(post: Post) -> str:
    """Report and hide a post; return what to tell the moderator."""
    try:
        reported = gate.report(post.receipt, "spam") if post.receipt else False
    except StoreError:
        return "The gate could not take the report just now, so nothing was done. Try again in a minute."
    all_posts().hide(post.id)
    if reported:
        return f"The post by {post.name} is hidden, and reported to the gate."
    reason = "its receipt is no longer good" if post.receipt else "it never passed the gate"
    return f"The post by {post.name} is hidden. There was nothing to report: {reason}."
