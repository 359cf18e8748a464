"""The forum's form embedded in other ways: by the widget, and by the script of each incumbent."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from gate.web.attempt import RESPONSE, Attempt, State
from gate.web.demo.form import WrittenForm
from gate.web.demo.forum import (
    FAULTY,
    LOST,
    NUMBER,
    Problem,
    all_posts,
    problems_of,
    reply_subject,
    store,
    there,
    topic_or_404,
)
from gate.web.demo.posts import Topic
from gate.web.extension import make_attempt
from gate.web.guard import LocalGuard
from gate.web.words import words_in

embeds = Blueprint("embeds", __name__)

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to embed the question: what a page of that kind has in it, and where its server verifies."""

    title: str
    script: str
    mark: str
    field: str
    verify: str
    noscript: str
    own: bool = False


WAYS: Mapping[str, Way] = {
    "widget": Way(
        title="The widget",
        script="/gate.js",
        mark="gate-widget",
        field=RESPONSE,
        verify="/v1/verify",
        noscript="/nojs?sitekey=",
        own=True,
    ),
    "recaptcha": Way(
        title="A page written for reCAPTCHA v2",
        script="/recaptcha/api.js",
        mark="g-recaptcha",
        field="g-recaptcha-response",
        verify="/recaptcha/api/siteverify",
        noscript="/recaptcha/api/fallback?k=",
    ),
    "hcaptcha": Way(
        title="A page written for hCaptcha",
        script="/1/api.js",
        mark="h-captcha",
        field="h-captcha-response",
        verify="/siteverify",
        noscript="/nojs?sitekey=",
    ),
    "turnstile": Way(
        title="A page written for Turnstile",
        script="/turnstile/v0/api.js",
        mark="cf-turnstile",
        field="cf-turnstile-response",
        verify="/turnstile/v0/siteverify",
        noscript="/nojs?sitekey=",
    ),
}


@embeds.get("/ways")
def ways() -> str:
    """List the ways to embed the question, each with a form to try."""
    found, _, _ = all_posts().topics(1)
    topic = next((topic for topic in found if not topic.locked), None) or abort(404)
    return render_template("gate/demo/ways.html", ways=WAYS, topic=topic)


@embeds.get(f"/topic/<{NUMBER}:topic_id>/reply/<kind>")
def reply(topic_id: int, kind: str) -> Response:
    """Show the reply form with the question put by a script."""
    topic = topic_or_404(topic_id)
    return _page(topic, kind, None if topic.locked else WrittenForm(data={"topic": reply_subject(topic)}))


@embeds.post(f"/topic/<{NUMBER}:topic_id>/reply/<kind>")
def post_reply(topic_id: int, kind: str) -> Response:
    """Take a reply whose question was answered in the page."""
    topic, way = topic_or_404(topic_id), WAYS.get(kind) or abort(404)
    form = WrittenForm(request.form)
    attempt = _attempt(topic, way)
    preview = "preview" in request.form
    state = attempt.decide(spend=form.validate() and not preview)
    if state is State.PASSED:
        return _post(topic, kind, form, attempt)
    if state is State.REPEATED:
        post = all_posts().arriving_with(attempt.receipt or "")
        return _ask_anew(topic, kind, form) if post is None else there(post.topic, post.id)
    problems = problems_of(form)
    if state is not State.HELD:
        problems.append(Problem(words=attempt.message, at="question"))
    return _page(topic, kind, form, attempt.token if state is State.HELD else "", problems, preview=preview)


def _attempt(topic: Topic, way: Way) -> Attempt:
    """Judge what was posted as a form of the gate's own, whatever its page calls the field."""
    items = [
        (RESPONSE if name == way.field else name, value) for name, value in request.form.items(multi=True)
    ]
    action, about = ("reply", str(topic.id)) if way.own else ("", None)
    return make_attempt(items, action=action, about=about)


def _post(topic: Topic, kind: str, form: WrittenForm, attempt: Attempt) -> Response:
    outcome = store(topic, form, attempt.receipt)
    if isinstance(outcome, Problem):
        attempt.reopen()
        return _page(topic, kind, form, attempt.token, [outcome])
    return _ask_anew(topic, kind, form) if outcome is None else there(topic.id, outcome)


def _ask_anew(topic: Topic, kind: str, form: WrittenForm) -> Response:
    return _page(topic, kind, form, "", [Problem(words=LOST, at="question")])


def _page(
    topic: Topic,
    kind: str,
    form: WrittenForm | None,
    held: str = "",
    problems: Sequence[Problem] = (),
    *,
    preview: bool = False,
) -> Response:
    """Show the form; ``held`` is the token of an answer that was right and is not spent."""
    guard: LocalGuard = current_app.extensions["gate"]
    page = render_template(
        "gate/demo/embed.html",
        topic=topic,
        kind=kind,
        way=WAYS.get(kind) or abort(404),
        form=form,
        held=held,
        answered=words_in("en").answered,
        problems=problems,
        draft=form.draft() if form and preview and not problems else None,
        now=time.time(),
        site=guard.live.config.sites[0],
        base=request.host_url.rstrip("/"),
    )
    response = make_response(page, FAULTY if problems else 200)
    response.headers["Content-Security-Policy"] = _POLICY
    return response
