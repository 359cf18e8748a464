"""The demo forum: the page that the gate was first made for, alive and on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template
from werkzeug.exceptions import HTTPException

from gate.places import templates
from gate.web.app import log_requests, redirect_nobody, service
from gate.web.demo import filters
from gate.web.demo.embeds import embeds
from gate.web.demo.forum import EXTENSION, gate, pages
from gate.web.demo.posts import Posts
from gate.web.demo.secret import secret_key
from gate.web.health import Health

_MOST_BYTES = 256 * 1024
_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Not no-store: whoever goes back to a form shall find in it what was typed.
    "Cache-Control": "private, no-cache",
}


def create_demo(folder: Path, settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the demo forum, with the gate's service at the same address.

    Args:
        folder: where posts, keys and the gate's store lie; made if it is missing. All processes that are given
            the same folder are one forum.
        settings: the gate's own settings, shaped like config.toml.
    """
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=str(folder), template_folder=str(templates()), static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key(folder / "secret.key"),
        SESSION_COOKIE_NAME="gate_demo",  # cookies do not tell one port of a host from another
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        GATE_CONFIG=settings or {},
    )
    redirect_nobody(app)
    app.extensions[EXTENSION] = Posts(folder / "forum.db")
    gate.init_app(app)
    app.register_blueprint(pages)
    app.register_blueprint(embeds)
    live = app.extensions["gate"].live
    app.register_blueprint(service(live, Health(live)))
    app.jinja_env.filters.update(mask=filters.mask, paragraphs=filters.paragraphs, when=filters.when)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_guard_pages)
    log_requests(app)
    return app


def _guard_pages(response: Response) -> Response:
    if response.mimetype == "text/html":
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None:  # a response that was raised
        return error
    return render_template("gate/demo/error.html", code=error.code, name=error.name), error.code
