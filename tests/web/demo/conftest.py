from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gate.bank.load import load_bank
from gate.places import PACKAGE
from gate.web.demo import create_demo
from tests.service import NO_LIMITS

SETTINGS = {
    "bank": {"files": [str(PACKAGE / "bank" / "starter" / "en.toml")]},
    "challenge": {"min_seconds": 0},
    "limits": NO_LIMITS,
}


class _Controls(HTMLParser):
    """Collects what a browser would send with a page's form, buttons apart, and the question."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.question = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = ""
        if tag == "input" and "name" in given:
            if given.get("type") != "checkbox" or "checked" in given:
                self.values[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._inside = given["name"]
            self.values[given["name"]] = ""
        elif given.get("class") == "gate-question":
            self._inside = "?"

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "?":
            self.question += data
        elif self._inside:
            self.values[self._inside] += data.replace("\r\n", "\n").removeprefix("\n")


@dataclass
class Visitor:
    """Somebody with a browser who knows the answers."""

    client: FlaskClient
    answers: Mapping[str, str]
    page: TestResponse | None = None

    def open(self, topic: int = 1) -> Visitor:
        self.page = self.client.get(f"/topic/{topic}/reply")
        return self

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def question(self) -> str:
        """The question on the page; empty if none is asked."""
        return self._controls().question

    @property
    def answer(self) -> str:
        return self.answers[self.question]

    @property
    def filled(self) -> dict[str, str]:
        """What stands in the form now."""
        return self._controls().values

    def form(self, **changed: str | None) -> dict[str, str]:
        """What would be sent: what stands there, a good reply where nothing does, then ``changed``."""
        written = {**GOOD, **{name: value for name, value in self.filled.items() if value}}
        written.update({"gate-answer": self.answer} if self.question else {})
        for name, value in changed.items():
            written.pop(name, None)
            if value is not None:
                written[name.replace("gate_", "gate-")] = value
        return written

    def send(self, to: int = 1, **changed: str | None) -> TestResponse:
        """Fill in the form that is on the page and press a button: Post unless ``changed`` names one."""
        return self.send_form(self.form(**changed), to)

    def send_form(self, form: Mapping[str, str], to: int = 1) -> TestResponse:
        self.page = self.client.post(f"/topic/{to}/reply", data=form)
        return self.page

    def problems(self) -> dict[str, str]:
        """The lines of the summary: the id that each leads to, and its words."""
        found = re.findall(r'<li><a href="#([^"]+)">([^<]*)</a>', self.text)
        return dict(found)

    def _controls(self) -> _Controls:
        controls = _Controls()
        controls.feed(self.text)
        return controls


GOOD = {"name": "Ana Lindqvist", "email": "ana@example.org", "body": "First line.\nSecond line.\n\nEnd."}
"""A reply with nothing wrong in it, but for the question."""


@pytest.fixture(scope="session")
def answers() -> dict[str, str]:
    """An accepted answer to every wording of the starter bank."""
    wordings = (question.wording for question in load_bank(["starter"]).questions)
    variants = (wording.variant(number) for wording in wordings for number in range(wording.count))
    return {variant.ask: variant.accept[0] for variant in variants}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_demo(tmp_path / "demo", SETTINGS)
    yield app
    app.extensions["gate"].live.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient, answers: dict[str, str]) -> Visitor:
    return Visitor(client, answers).open()


@pytest.fixture
def newcomer(app: Flask, answers: dict[str, str]) -> Callable[[], Visitor]:
    """Makes visitors who have not been here before."""
    return lambda: Visitor(app.test_client(), answers)
