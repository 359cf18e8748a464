"""``Gate``: the Flask extension that runs a gatekeeper inside a host application."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Blueprint, Flask, Request, current_app, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from gate.clients import Poster
from gate.expected import is_action
from gate.hosts import host_of
from gate.places import STATIC, templates
from gate.web.attempt import Attempt, Page, State, submission
from gate.web.embedding import guard_for
from gate.web.guard import Guard
from gate.web.http import preferred_languages
from gate.web.page_language import Lang, page_language
from gate.web.proxies import client_of

_log = logging.getLogger("gate")

_NAME = "gate"
_PROXY_NOTICED = "gate_proxy_noticed"
_PROXY_FIXED = "werkzeug.proxy_fix.orig"
"""What ProxyFix leaves in the environment of a request that it has seen."""


class Gate:
    """Guards the forms of a Flask application.

    ``Gate(app)``, or ``Gate()`` and later ``gate.init_app(app)``; nothing else needs to be set. With ``GATE_URL``,
    ``GATE_SITEKEY`` and ``GATE_SECRET`` the questions come from a gate elsewhere. ``clock`` (seconds since 1970) is
    for tests.

    Raises:
        ConfigError, BankError: the settings or the questions cannot be used.
        WeakKeyError: ``SECRET_KEY`` is missing, or it or one of ``SECRET_KEY_FALLBACKS`` could be guessed.
        StoreError: the store cannot be used.
    """

    def __init__(self, app: Flask | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Prepare an application: read and check its settings, let its templates use ``gate()``."""
        if _NAME in app.extensions:
            raise RuntimeError(f"{app.name} has a gate already: call Gate(app) or gate.init_app(app), once")
        app.extensions[_NAME] = guard_for(app, clock=self._clock)
        app.jinja_env.globals[_NAME] = self
        app.register_blueprint(
            Blueprint(
                _NAME,
                __name__,
                template_folder=str(templates()),
                static_folder=str(STATIC),
                static_url_path="/gate",
            )
        )

    def verify(
        self,
        request: Request,
        *,
        action: str = "",
        about: str | int | None = None,
        lang: Lang = None,
        spend: bool = True,
    ) -> Attempt:
        """Judge a posted form, or its fields as JSON, without WTForms; true where the reply may be posted.

        Check everything else first and pass ``spend=False`` while something is wrong: the answer is then held.
        ``lang`` is the page's language, as ``GateField`` takes it.
        """
        attempt = make_attempt(_posted(request), action=action, about=about, lang=lang)
        attempt.decide(spend=spend)
        return attempt

    def report(self, receipt: str, verdict: str) -> bool:
        """Report a reply as "spam" or "ham" by its receipt; false if the receipt is not good."""
        if verdict not in ("spam", "ham"):
            raise ValueError(f'verdict must be "spam" or "ham", not {verdict!r}')
        return _guard().report(receipt, spam=verdict == "spam") is None

    def __call__(
        self,
        attempt: Attempt | None = None,
        *,
        action: str = "",
        about: str | int | None = None,
        lang: Lang = None,
        id: str = _NAME,
    ) -> Markup:
        """Render the question for a form without WTForms: ``{{ gate() }}``, after a post ``{{ gate(result) }}``.

        ``id`` is what the element ids begin with: two forms of one page need two.
        """
        if attempt is None:
            attempt = make_attempt(None, action=action, about=about, lang=lang)
        elif lang is not None:
            attempt.lang = page_language(lang)
        return render(attempt, prefix=id)


def make_attempt(
    items: Iterable[tuple[str, str]] | None, *, action: str, about: str | int | None, lang: Lang = None
) -> Attempt:
    """Return the current request's attempt at a form; ``items`` is what was posted, None if nothing was.

    Raises:
        ValueError: ``action`` cannot be signed in.
    """
    if not is_action(action):
        raise ValueError(f"action must be 1 to 32 of A-Z a-z 0-9 _ -, not {action!r}")
    _notice_proxy()
    page = Page(
        poster=Poster(
            client=request.remote_addr or "",
            host=host_of(f"//{request.host}"),
            langs=preferred_languages(request.environ),
        ),
        action=action,
        about=None if about is None else str(about),
        lang=page_language(lang),
    )
    given = request.environ.setdefault("gate.given", {})
    return Attempt(_guard(), page, None if items is None else submission(items), given)


def _notice_proxy() -> None:
    """Say once that all posters look like one, where a proxy names the client and nobody reads that."""
    if _PROXY_NOTICED in current_app.extensions or _PROXY_FIXED in request.environ:
        return
    if client_of(request.remote_addr, request.headers.get("X-Forwarded-For"), 0).hidden:
        current_app.extensions[_PROXY_NOTICED] = True
        _log.warning(
            "posts come through a proxy whose X-Forwarded-For is not read: all posters look like one, so limits per "
            "client hold for all of them together; write app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1), where 1 is "
            "the number of your proxies"
        )


def render(attempt: Attempt, *, prefix: str) -> Markup:
    """Render what belongs into the form, from the template that the host may override."""
    return Markup(  # noqa: S704 - a template's own output, escaped where it is made
        render_template("gate/field.html", attempt=attempt, State=State, id=prefix)
    )


def items_of(posted: Any) -> Iterator[tuple[str, str]]:
    """Return the names and values of a posted form: of a file its name; nothing for a null that came as JSON."""
    for name in posted:
        for value in posted.getlist(name):
            if value is not None:
                yield str(name), value if isinstance(value, str) else str(getattr(value, "filename", value))


def _posted(request: Request) -> list[tuple[str, str]] | None:
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    if not request.is_json:
        return list(items_of(request.form))
    try:
        fields = request.get_json(silent=True)
    except RecursionError:
        fields = None
    return list(items_of(MultiDict(fields))) if isinstance(fields, dict) else []


def _guard() -> Guard:
    try:
        guard: Guard = current_app.extensions[_NAME]
    except KeyError:
        raise RuntimeError("this application has no gate: call Gate(app), or gate.init_app(app)") from None
    return guard
