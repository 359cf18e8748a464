"""A host application with one guarded form, and a reader of its pages who knows the starter bank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, Protocol

from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gate import Gate, GateField
from gate.places import PACKAGE
from tests.service import NO_LIMITS

SECRET_KEY = "k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg"
OFF: dict[str, Any] = {
    "bank": {"files": [str(PACKAGE / "bank" / "starter" / "en.toml")]},
    "challenge": {"min_seconds": 0, "sticky": "1 year"},
    "limits": NO_LIMITS,
}
"""Settings under which nothing is too fast or too often, all of it in English (which loads fast). No window of ten
minutes ends in the midst of a test: skips would count anew."""
PAGE = """<form method="post">{% if form.csrf_token %}{{ form.csrf_token }}{% endif %}{{ form.name }}
{{ form.body }}{{ form.gate }}<button name="preview" value="1">Preview</button><button>Post</button></form>
<p id="errors">{{ form.errors }}</p>"""


class PlainForm(Form):
    name = StringField(validators=[InputRequired(), Length(max=20)])
    gate = GateField(action="reply", hold_for=("preview",))
    body = TextAreaField(validators=[InputRequired()])


class GuardedFlaskForm(FlaskForm):  # type: ignore[misc] # it is untyped
    name = StringField(validators=[InputRequired(), Length(max=20)])
    gate = GateField(action="reply", hold_for=("preview",))
    body = TextAreaField(validators=[InputRequired()])


@dataclass
class Host:
    """A forum of one page: ``posted`` are the replies that were let through, ``forms`` every form validated."""

    app: Flask
    posted: list[str | None]
    receipts: list[str | None]
    forms: list[Any]
    verdicts: list[tuple[bool, bool]]


def make_host(folder: Path, form_class: Any, **settings: Any) -> Host:
    app = Flask("forum", instance_path=str(folder))
    app.config.update({"SECRET_KEY": SECRET_KEY, "GATE_CONFIG": OFF, **settings})
    Gate(app)
    host = Host(app, [], [], [], [])

    @app.route("/", methods=["GET", "POST"])
    def reply() -> str:
        form = form_class(request.form) if issubclass(form_class, Form) else form_class()
        if request.method == "POST":
            host.forms.append(form)
            host.verdicts.append((form.validate(), form.validate()))
            if host.verdicts[-1][0] and "preview" not in request.form:
                host.posted.append(form.body.data)
                host.receipts.append(form.gate.receipt)
                return "posted"
        return render_template_string(PAGE, form=form)

    return host


class Text(Protocol):
    """A response, of which the text is wanted."""

    def get_data(self, *, as_text: Literal[True]) -> str: ...


class Page(HTMLParser):
    """What a browser would send back of a page, and the question that it shows."""

    def __init__(self, response: Text) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.question: str | None = None
        self.html = response.get_data(as_text=True)
        self._in_label = False
        self._textarea: str | None = None
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.fields[given["name"]] = given.get("value", "")
        if tag == "textarea":
            self._textarea = given["name"]
            self.fields[given["name"]] = ""
        self._in_label = tag == "label" and "gate-question" in given.get("class", "")

    def handle_endtag(self, tag: str) -> None:
        self._in_label = False
        self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._in_label:
            self.question = data
        if self._textarea:
            self.fields[self._textarea] += data.removeprefix("\r\n").removeprefix("\n")


@dataclass
class Browser:
    """Fills in the form and sends it, as a browser without JavaScript does."""

    client: FlaskClient
    solve: Callable[[str], str]

    def open(self) -> Page:
        return Page(self.client.get("/"))

    def send(self, page: Page, *, right: bool | None = None, **changes: str) -> Page:
        fields = {**page.fields, **{name.replace("_", "-"): value for name, value in changes.items()}}
        if right is not None and page.question is not None:
            fields["gate-answer"] = self.solve(page.question) if right else "certainly not this"
        return Page(self.client.post("/", data=fields))
