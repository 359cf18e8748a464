"""One answer, one reply, whatever a script posts to a host's form; and no script makes the gate seem down."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from wtforms import Form, StringField, SubmitField, TextAreaField, ValidationError

from gate import Gate, GateField
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app
from tests.embedding.hosts import OFF, SECRET_KEY, Page
from tests.service import OTHER_SIGNING, SECRET

PAGE = '<form method="post">{{ form.csrf_token }}{{ form.body }}{{ form.gate }}</form>'
SPAM = ("spam 1", "spam 2", "spam 3")


class Named(FlaskForm):  # type: ignore[misc] # it is untyped
    gate = GateField(action="reply", hold_for=("preview",))
    body = TextAreaField()


class Buttons(Named):
    preview = SubmitField()


class Plain(Form):
    gate = GateField(about=lambda request: request.path, lang=lambda request: request.args.get("hl"))
    body = TextAreaField()


class Unbound(FlaskForm):  # type: ignore[misc] # it is untyped
    gate = GateField()
    body = TextAreaField()


class Forum:
    """A host that posts what is valid, unless ``held`` says that a preview was asked for."""

    def __init__(self, folder: Path, form_class: Any, held: Callable[[Any], bool], **settings: Any) -> None:
        self.posted: list[str] = []
        self.unavailable: list[bool] = []
        self.refuses = False
        app = Flask("forum", instance_path=str(folder))
        app.config.update(
            {"SECRET_KEY": SECRET_KEY, "GATE_CONFIG": OFF, "WTF_CSRF_ENABLED": False, **settings}
        )
        Gate(app)

        @app.route("/<path:path>", methods=["GET", "POST"])
        def reply(path: str) -> str:
            form = form_class(request.form) if form_class is Plain else form_class()
            if request.method == "POST":
                valid = form.validate()
                self.unavailable.append(form.gate.unavailable)
                if form.gate.repeated or (valid and self.refuses):
                    form.gate.reopen()  # "it is not there: it was lost before it was kept"
                elif valid and not held(form):
                    self.posted.append(form.body.data or "")
                    return "posted"
            return render_template_string(PAGE, form=form)

        self.client: FlaskClient = app.test_client()


@pytest.mark.parametrize(
    ("form_class", "held", "button"),
    [
        (Buttons, lambda form: form.preview.data, {"data": {"preview": ""}}),
        (Buttons, lambda form: form.preview.data, {"data": {"preview": "false"}}),
        (Named, lambda _: bool(request.form.get("preview")), {"data": {"preview": ""}}),
        (Named, lambda _: "preview" in request.form, {"data": {"preview": (io.BytesIO(b"x"), "x")}}),
        (Named, lambda _: "preview" in request.form, {"json": {"preview": "1"}}),
        (Named, lambda _: "preview" in request.form, {"json": {"preview": False}}),
    ],
    ids=["empty", "false", "empty-value", "file", "json", "json-false"],
)
def test_a_button_that_the_host_does_not_see_pressed_holds_nothing_open(
    tmp_path: Path,
    solve: Callable[[str], str],
    form_class: Any,
    held: Callable[[Any], bool],
    button: dict[str, dict[str, Any]],
) -> None:
    """A preview leaves the token unspent, so what the gate takes for one the host must take for one too."""
    forum = Forum(tmp_path, form_class, held)
    page = Page(forum.client.get("/topic"))
    answer = solve(page.question or "")
    seen = Page(forum.client.post("/topic", data={**page.fields, "gate-answer": answer, "preview": "1"}))
    token = seen.fields["gate-response"]
    ((way, pressed),) = button.items()
    for text in SPAM:
        fields = {"gate-response": token, "body": text, **pressed}
        if way == "data" and not isinstance(pressed["preview"], str):
            fields["preview"] = (io.BytesIO(b"x"), "x")
        again = Page(forum.client.post("/topic", **{way: fields}))
        assert again.fields["gate-response"] == token
    assert forum.posted == []
    for text in SPAM:
        forum.client.post("/topic", data={"gate-response": token, "body": text})
    assert forum.posted == [SPAM[0]]


class Zero(Named):
    preview = SubmitField(false_values=("0", ""))


class Stripped(Named):
    preview = StringField(filters=[lambda value: (value or "").strip("x")])


class Removed(Buttons):
    preview = None  # type: ignore[assignment]


class Taken(Buttons):
    def __init__(self) -> None:
        super().__init__()
        del self.preview


class Sometimes(Named):
    """A form whose other field is found wrong once and right the next time, and that never hears of a button."""

    def __init__(self) -> None:
        self.looks = 0
        super().__init__(
            MultiDict((name, value) for name, value in request.form.items() if name != "preview")
        )

    def validate_body(self, _: TextAreaField) -> None:
        self.looks += 1
        if self.looks == 1:
            raise ValidationError("not yet")


@pytest.mark.parametrize(
    ("form_class", "held", "address", "pressed"),
    [
        (Zero, lambda form: form.preview.data, "", "0"),
        (Stripped, lambda form: form.preview.data, "", "x"),
        (Named, lambda _: request.form.get("preview", type=int), "", "0"),
        (Named, lambda _: request.form["preview"].strip(), "", " "),
        (Named, lambda _: request.values.get("preview"), "?preview=", "1"),
        (Named, lambda _: request.values.get("preview") == "1", "?preview=2", "1"),
        (Sometimes, lambda _: False, "", "1"),
        (Removed, lambda _: False, "", "1"),
        (Taken, lambda _: False, "", "1"),
    ],
    ids=[
        "own-false",
        "filter",
        "zero",
        "blank",
        "address",
        "other-in-address",
        "unheard",
        "removed",
        "taken",
    ],
)
def test_no_button_of_a_script_has_one_answer_carry_many_replies(
    tmp_path: Path,
    solve: Callable[[str], str],
    form_class: Any,
    held: Callable[[Any], bool],
    address: str,
    pressed: str,
) -> None:
    """Neither one that the host takes for unpressed nor one that it does not have."""
    forum = Forum(tmp_path, form_class, held)
    page = Page(forum.client.get("/topic"))
    answer = solve(page.question or "")
    fields = {**page.fields, "gate-answer": answer, "gate-another": "1"}
    token = Page(forum.client.post("/topic", data=fields)).fields["gate-response"]
    for text in SPAM:
        fields = {"gate-response": token, "body": text, "preview": pressed}
        forum.client.post(f"/topic{address}", data=fields)
    for text in SPAM:
        forum.client.post("/topic", data={"gate-response": token, "body": text})
    assert len(forum.posted) <= 1


def test_a_body_that_the_host_reads_itself_holds_nothing_open(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    """Sent in chunks and without a type it has neither a length nor fields, and a 0 there is no press."""

    class Read(Form):
        gate = GateField(action="reply", hold_for="preview")
        body = TextAreaField()

        def __init__(self) -> None:
            super().__init__(MultiDict(request.get_json(force=True)) if request.method == "POST" else None)

    forum = Forum(tmp_path, Read, lambda _: bool(request.get_json(force=True).get("preview")))
    page = Page(forum.client.get("/topic"))
    fields: dict[str, Any] = {"gate-answer": solve(page.question or ""), "gate-another": "1"}
    token = Page(forum.client.post("/topic", json={**page.fields, **fields})).fields["gate-response"]
    for text in SPAM:
        body = json.dumps({"gate-response": token, "body": text, "preview": 0}).encode()
        sent = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
        forum.client.post("/topic", environ_overrides=sent)
    assert forum.posted == []


@pytest.mark.parametrize("sent", [[[1, "x"], ["body", "text"]], [[None, "x"], ["body", "text"]]])
def test_names_that_are_no_text_are_no_fault_of_the_host(tmp_path: Path, sent: Any) -> None:
    forum = Forum(tmp_path, Named, lambda _: False)
    assert Page(forum.client.post("/topic", json=sent)).question is not None
    assert forum.posted == []


def test_however_often_a_reply_is_reopened_it_carries_one_more(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    """A host refuses once; the very same form, sent again and again, must not give a token each time."""
    forum = Forum(tmp_path, Named, lambda _: False)
    page = Page(forum.client.get("/topic"))
    fields = {**page.fields, "gate-answer": solve(page.question or "")}
    forum.refuses = True
    tokens = [Page(forum.client.post("/topic", data=fields)).fields["gate-response"] for _ in SPAM]
    forum.refuses = False
    for token, text in zip(tokens, SPAM, strict=True):
        forum.client.post("/topic", data={"gate-response": token, "body": text})
    assert forum.posted == [SPAM[0]]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[str]:
    """A gate on a port of its own."""
    table = {
        "signing": {"current": OTHER_SIGNING},
        "site": [{"sitekey": "f", "secret": SECRET}],
        **OFF,
    }
    live = Live(Source(table=table, base=tmp_path / "service", environ={}))
    server = make_server("127.0.0.1", 0, create_app(live), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    live.close()


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("topic", {"gate-answer": "a" * 17_000}),
        ("topic", {"gate-answer": "\0" * 3_000}),
        ("topic", {"gate-challenge": "a" * 17_000}),
        ("topic", {"gate-response": "a" * 17_000}),
        ("topic", {"gate-response": "\N{PILE OF POO}" * 4_000}),
        ("topic", {"gate-another": "1", "gate-challenge": "a" * 17_000, "gate-answer": ""}),
        ("topic?hl=%25%25", {"gate-another": "1", "gate-answer": ""}),
        ("topic/" + "0" * 300, {"gate-answer": "certainly not this"}),
    ],
    ids=["answer", "controls", "challenge", "token", "emoji", "another", "language", "subject"],
)
def test_no_script_makes_a_gate_elsewhere_seem_down(
    tmp_path: Path, remote: str, path: str, sent: dict[str, str]
) -> None:
    """A host may keep replies for a moderator while the gate cannot be asked: nobody may bring that about."""
    settings = {"GATE_URL": remote, "GATE_SITEKEY": "f", "GATE_SECRET": SECRET}
    forum = Forum(tmp_path / "forum", Plain, lambda _: False, **settings)
    page = Page(forum.client.get(f"/{path}"))
    assert page.question
    again = Page(forum.client.post(f"/{path}", data={**page.fields, "body": "kept", **sent}))
    assert forum.unavailable == [False]
    assert forum.posted == []
    assert again.question
    assert again.fields["body"] == "kept"


def test_a_subject_of_any_length_is_told_from_another(
    tmp_path: Path, remote: str, solve: Callable[[str], str]
) -> None:
    settings = {"GATE_URL": remote, "GATE_SITEKEY": "f", "GATE_SECRET": SECRET}
    forum = Forum(tmp_path / "forum", Plain, lambda _: False, **settings)
    here, there = "/topic/" + "0" * 300, "/topic/" + "0" * 299 + "1"
    page = Page(forum.client.get(here))
    fields = {**page.fields, "gate-answer": solve(page.question or ""), "body": "spam"}
    forum.client.post(there, data=fields)
    assert forum.posted == []
    forum.client.post(here, data=fields)
    assert forum.posted == ["spam"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["embedded", "elsewhere"])
def test_a_form_without_an_action_takes_no_answer_for_another_form(
    tmp_path: Path, remote: str, solve: Callable[[str], str], *, elsewhere: bool
) -> None:
    settings = {"GATE_URL": remote, "GATE_SITEKEY": "f", "GATE_SECRET": SECRET} if elsewhere else {}
    register = Forum(tmp_path / "forum", Named, lambda _: "preview" in request.form, **settings)
    page = Page(register.client.get("/topic"))
    fields = {**page.fields, "gate-answer": solve(page.question or ""), "body": "x"}
    held = Page(register.client.post("/topic", data={**fields, "preview": "1"}))
    forum = Forum(tmp_path / "forum", Unbound, lambda _: False, **settings)
    refused = Page(
        forum.client.post("/topic", data={"gate-response": held.fields["gate-response"], "body": "spam"})
    )
    assert forum.posted == []
    answer = solve(refused.question or "")
    forum.client.post("/topic", data={**refused.fields, "gate-answer": answer, "body": "its own"})
    assert forum.posted == ["its own"]
