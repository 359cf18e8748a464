"""The forum's forms, and what they say when something is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Request, current_app, session
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, Field, Form, StringField, TextAreaField, ValidationError
from wtforms.csrf.session import SessionCSRF
from wtforms.meta import DefaultMeta

from gate.web.demo.posts import Draft
from gate.web.field import GateField

NAME_LENGTH, EMAIL_LENGTH, TOPIC_LENGTH, BODY_LENGTH = 60, 254, 120, 20_000
"""The most characters that each field takes."""

WRITTEN = ("name", "email", "topic", "body", "no_text")
"""The fields that a poster fills in."""

_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\n"), ord("\t")})
_HINT = "write it like name@example.org."


class ForumForm(Form):
    """A form that only our own pages can send: its token must fit the visitor's session."""

    class Meta(DefaultMeta):
        """Settings of WTForms."""

        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = timedelta(days=1)  # as long as a question may be answered

    def __init__(
        self, formdata: MultiDict[str, str] | None = None, *, data: Mapping[str, Any] | None = None
    ) -> None:
        secret = str(current_app.secret_key).encode()
        super().__init__(formdata, data=data, meta={"csrf_secret": secret, "csrf_context": session})


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split()).translate(_CONTROLS)


def _many_lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _needs(missing: str, most: int) -> Callable[[Form, Field], None]:
    def check(_form: Form, field: Field) -> None:
        if not _visible(field.data):
            raise ValidationError(missing)
        _fits(field, most)

    return check


def _fits(field: Field, most: int) -> None:
    if len(field.data) > most:
        raise ValidationError(
            f"{field.label.text} has {len(field.data):,} characters: shorten it to {most:,} or fewer."
        )


def _visible(text: str) -> bool:
    """Say whether there is something to see: zero-width and control characters alone are nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)


def _is_address(field: Field) -> None:
    if "@" not in field.data:
        raise ValidationError(f"“{field.data}” has no @: {_HINT}")
    if not _ADDRESS.fullmatch(field.data):
        raise ValidationError(f"“{field.data}” is not a whole email address: {_HINT}")


def _subject_of(request: Request) -> str:
    return str((request.view_args or {}).get("topic_id"))


class WrittenForm(ForumForm):
    """What a poster writes, without the question."""

    name = StringField("Name", filters=[_one_line], validators=[_needs("Enter your name.", NAME_LENGTH)])
    email = EmailField(
        "Email",
        filters=[_one_line],
        validators=[_needs(f"Enter your email address: {_HINT}", EMAIL_LENGTH)],
    )
    topic = StringField(
        "Topic", filters=[_one_line], validators=[_needs("Enter a topic for your reply.", TOPIC_LENGTH)]
    )
    body = TextAreaField("Body", filters=[_many_lines])
    no_text = BooleanField("No Text: the topic says it all")

    def validate_email(self, field: Field) -> None:
        """Ask for a whole address; whether it exists, nobody can tell from here."""
        if field.data:
            _is_address(field)

    def validate_body(self, field: Field) -> None:
        """Ask for text, unless it is ticked away."""
        if not _visible(field.data) and not self.no_text.data:
            raise ValidationError("Write your reply, or tick “No Text” if the topic says it all.")
        _fits(field, BODY_LENGTH)

    def validate_no_text(self, field: Field) -> None:
        """Ask what is meant where text is both written and ticked away."""
        if field.data and _visible(self.body.data or ""):
            raise ValidationError("You ticked “No Text”, but there is text: remove the tick or the text.")

    def draft(self) -> Draft:
        """Return what was written, as it would be stored."""
        body = "" if self.no_text.data else self.body.data or ""
        return Draft(
            name=self.name.data or "", email=self.email.data or "", subject=self.topic.data or "", body=body
        )


class ReplyForm(WrittenForm):
    """“Reply to this Topic”."""

    gate = GateField(action="reply", about=_subject_of, hold_for=("preview",))


class MarkForm(ForumForm):
    """A button on the moderators' page."""
