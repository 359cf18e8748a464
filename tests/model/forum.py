"""A forum with the gate inside it, as the model of embedded forms drives it: one form, its files, a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired

from gate import Gate, GateField
from tests.embedding.hosts import SECRET_KEY
from tests.model.world import ANSWERS, CHALLENGE_LIFE, TOKEN_LIFE
from tests.service import NO_LIMITS, Clock

_PAGE = """<form method="post">{% if form.csrf_token %}{{ form.csrf_token }}{% endif %}
{{ form.name }}{{ form.gate }}{{ form.body }}</form>"""


class ReplyForm(FlaskForm):  # type: ignore[misc] # it is untyped
    name = StringField(validators=[InputRequired()])
    gate = GateField(action="reply", hold_for=("preview",))
    body = TextAreaField(validators=[InputRequired()])


class PreviewForm(ReplyForm):
    preview = SubmitField()


@dataclass
class Forum:
    """Keeps what is let through, unless it ``refuses`` it or ``fails`` before it is kept.

    ``button`` says what Preview is: a "field" of the form, one of the "page" alone, or "gone", which it was taken out
    of the form for and no view looks at.
    """

    folder: Path
    clock: Clock
    prefix: str
    button: str
    csrf: bool
    kept: dict[str, str] = field(default_factory=dict)
    lost: set[str | None] = field(default_factory=set)
    mode: str = "keeps"

    def __post_init__(self) -> None:
        questions = [
            f"[[question]]\nask = {json.dumps(ask)}\naccept = {json.dumps(right)}"
            for ask, right in ANSWERS.items()
        ]
        (self.folder / "bank.toml").write_text("\n".join(['lang = "en"', *questions]), encoding="utf-8")
        self._session = ""
        self.start()

    def start(self) -> None:
        """Begin, or begin anew with the same files; browsers keep their cookies."""
        self._app = Flask("forum", instance_path=str(self.folder))
        self._app.config.update(
            SECRET_KEY=SECRET_KEY,
            WTF_CSRF_ENABLED=self.csrf,
            PROPAGATE_EXCEPTIONS=True,
            GATE_CONFIG={
                "bank": {"files": [str(self.folder / "bank.toml")]},
                "challenge": {"min_seconds": 0, "lifetime": CHALLENGE_LIFE},
                "token": {"lifetime": TOKEN_LIFE},
                "limits": NO_LIMITS,
            },
        )
        Gate(self._app, clock=self.clock)
        self._app.add_url_rule("/", "reply", self._reply, methods=["GET", "POST"])

    def stop(self) -> None:
        self._app.extensions["gate"].live.close()

    def get(self) -> str:
        client = self._client()
        text = client.get("/").get_data(as_text=True)
        cookie = client.get_cookie("session")
        self._session = cookie.value if cookie else self._session
        return text

    def post(self, fields: Mapping[str, str], query: Mapping[str, str]) -> str:
        """Send a form; return the page, or in one word what became of it: "kept", "repeated" or "failed"."""
        return self._client().post("/", data=fields, query_string=query).get_data(as_text=True)

    def _client(self) -> FlaskClient:
        client = self._app.test_client()
        if self._session:
            client.set_cookie("session", self._session)
        return client

    def _reply(self) -> Any:
        form = PreviewForm(prefix=self.prefix) if self.button != "page" else ReplyForm(prefix=self.prefix)
        if self.button == "gone":
            del form.preview
        if form.is_submitted():
            valid = form.validate()
            assert form.validate() is valid
            if valid and not self._is_preview(form):
                if self.mode == "keeps":
                    receipt = form.gate.receipt or ""
                    assert receipt not in self.kept, f"kept twice, or without a receipt: {receipt!r}"
                    self.kept[receipt] = form.body.data or ""
                    return "kept"
                self.lost.add(form.gate.receipt)
                if self.mode == "fails":
                    return "failed", 500
                form.gate.reopen()
            elif form.gate.repeated:
                if form.gate.receipt not in self.lost:  # it is kept, or will be in a moment
                    return "repeated"
                form.gate.reopen()
        return render_template_string(_PAGE, form=form)

    def _is_preview(self, form: Any) -> bool:
        if self.button == "page":
            return bool(request.values.get("preview"))
        return self.button == "field" and bool(form.preview.data)
