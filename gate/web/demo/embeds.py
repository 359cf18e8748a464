"""The forum's form embedded in other ways: by the widget, and by the script of each incumbent."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from gate.web.attempt import RESPONSE, Attempt, State
from gate.web.demo.form import WrittenForm
from gate.web.demo.forum import NUMBER, all_posts, there, topic_or_404
from gate.web.demo.posts import Topic
from gate.web.extension import make_attempt
from gate.web.guard import LocalGuard

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
    return _page(topic, kind, WrittenForm(data={"topic": f"Re: {topic.subject}"}), None)


@embeds.post(f"/topic/<{NUMBER}:topic_id>/reply/<kind>")
def post_reply(topic_id: int, kind: str) -> Response:
    """Take a reply whose question was answered in the page."""
    topic, way = topic_or_404(topic_id), WAYS.get(kind) or abort(404)
    form = WrittenForm(request.form)
    attempt = _attempt(topic, way)
    state = attempt.decide(spend=form.validate())
    if state is State.PASSED:
        return _post(topic, kind, form, attempt)
    if state is State.REPEATED:
        return _sent_before(topic, kind, form, attempt)
    return _page(topic, kind, form, attempt, status=422)


def _attempt(topic: Topic, way: Way) -> Attempt:
    """Judge what was posted as a form of the gate's own, whatever its page calls the field."""
    items = [
        (RESPONSE if name == way.field else name, value) for name, value in request.form.items(multi=True)
    ]
    action, about = ("reply", str(topic.id)) if way.own else ("", None)
    return make_attempt(items, action=action, about=about)


def _post(topic: Topic, kind: str, form: WrittenForm, attempt: Attempt) -> Response:
    try:
        number = None if topic.locked else all_posts().add(topic.id, form.draft(), attempt.receipt or "")
    except sqlite3.Error:
        current_app.logger.exception("a reply could not be stored")
        number = None
    if number is None:
        attempt.reopen()
        return _page(topic, kind, form, attempt, status=422)
    return there(topic.id, number)


def _sent_before(topic: Topic, kind: str, form: WrittenForm, attempt: Attempt) -> Response:
    post = all_posts().arriving_with(attempt.receipt or "")
    if post is not None:
        return there(post.topic, post.id)
    return _page(topic, kind, form, attempt, status=422)


def _page(
    topic: Topic, kind: str, form: WrittenForm, attempt: Attempt | None, *, status: int = 200
) -> Response:
    guard: LocalGuard = current_app.extensions["gate"]
    way = WAYS.get(kind) or abort(404)
    page = render_template(
        "gate/demo/embed.html",
        topic=topic,
        kind=kind,
        way=way,
        form=form,
        attempt=attempt,
        site=guard.live.config.sites[0],
        base=request.host_url.rstrip("/"),
    )
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = _POLICY
    return response
