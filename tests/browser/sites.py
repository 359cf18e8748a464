"""Sites that a real browser visits: the demo forum, and a small forum of one page, each on a port of its own."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, redirect, render_template_string, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from wtforms import EmailField, Form, TextAreaField
from wtforms.validators import InputRequired

from gate import Gate, GateField
from gate.bank.load import load_bank
from gate.places import PACKAGE
from gate.web.demo import create_demo
from gate.web.demo.forum import EXTENSION
from gate.web.demo.posts import Post, Posts
from gate.web.guard import LocalGuard
from tests.chromium import PATIENCE
from tests.service import NO_LIMITS, answers_to

ENGLISH = str(PACKAGE / "bank" / "starter" / "en.toml")
TWO = str(Path(__file__).with_name("two.toml"))
"""A bank of two questions that look alike: what is shown does not depend on which one is drawn."""

CALM: dict[str, Any] = {
    "bank": {"files": [ENGLISH]},
    "challenge": {"min_seconds": 0, "sticky": ""},
    "limits": NO_LIMITS,
}
"""Settings under which nothing is too fast, too often, or the same question again; all of it in English."""


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Site:
    """An application that listens on a free port until ``close``."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self._answering = threading.Event()
        self._answering.set()
        self.posts: list[str] = []
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        guard = self.app.extensions["gate"]
        if isinstance(guard, LocalGuard):
            guard.live.close()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            self.posts.append(environ["PATH_INFO"])
            self._answering.wait(PATIENCE)
        return self.app.wsgi_app(environ, start_response)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Let what is posted wait until this is left."""
        self._answering.clear()
        try:
            yield
        finally:
            self._answering.set()

    @contextmanager
    def store_down(self, *, wait: bool = True) -> Iterator[None]:
        """Hold the lock of the gate's store, so that nothing can be written to it; ``wait`` until it is up again."""
        with closing(sqlite3.connect(self.folder / "gate" / "gate.db", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        if wait:
            time.sleep(1.1)  # after an error the store refuses for a second without being asked

    def by(self, name: str) -> list[Post]:
        """Return the demo forum's posts by ``name``, hidden ones too."""
        posts: Posts = self.app.extensions[EXTENSION]
        return [post for post in posts.recent(1000) if post.name == name]


def demo_site(folder: Path, **settings: Any) -> Site:
    """Start a demo forum with ``settings`` in place of the calm ones."""
    return Site(create_demo(folder, {**CALM, **settings}), folder.resolve())


PAGE = """<!doctype html><html lang="{{ lang }}" dir="{{ dir }}"><head><meta charset="utf-8"><title>Forum</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{{ url_for('gate.static', filename='demo.css') }}"></head><body><main><h1>Forum</h1>
<form method="post" novalidate>
<div class="field">{{ form.email.label }}{{ form.email(required=False) }}</div>
<div class="field">{{ form.body.label }}{{ form.body(required=False) }}</div>
{{ form.gate }}<p class="buttons"><button>Post</button></p></form></main></body></html>"""


class OnePageForm(Form):
    """A form whose field does everything by itself: the page neither redirects nor explains."""

    email = EmailField("Email")
    body = TextAreaField("Body", validators=[InputRequired()])
    gate = GateField(action="reply")


def plain_site(
    folder: Path,
    *,
    lang: str = "en",
    dir: str = "ltr",
    clock: Callable[[], float] = time.time,
    **settings: Any,
) -> Site:
    """Start a host that shows its form again whatever happens, also after the same post came twice.

    Of ``settings`` those in capitals are the application's own.
    """
    app = Flask("forum", instance_path=str(folder))
    own = {name: settings.pop(name) for name in [*settings] if name.isupper()}
    config = {**CALM, **settings}
    app.config.update(SECRET_KEY="k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg", GATE_CONFIG=config, **own)
    Gate(app, clock=clock)

    @app.route("/", methods=["GET", "POST"])
    def reply() -> Any:
        form = OnePageForm(request.form)
        if request.method == "POST" and form.validate():
            return redirect("/there", 303)
        return render_template_string(PAGE, form=form, lang=lang, dir=dir)

    @app.get("/there")
    def there() -> str:
        return "<!doctype html><html lang=en><title>There</title><h1>There</h1>"

    return Site(app, folder)


def answers() -> Mapping[str, str]:
    """Return an accepted answer to every wording of these banks."""
    return answers_to(load_bank([ENGLISH, TWO]).questions)


MakeSite = Callable[..., Site]
