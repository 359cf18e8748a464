"""A whole gate under test: files in a folder, a frozen clock, and the requests that pages and servers send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from werkzeug.test import TestResponse

from gate.bank.load import parse_bank
from gate.bank.question import Question
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app

SIGNING = "f3kQ9_vT7mZx2LwR8bNc4YpD6sHj1GaE5uVoKiXt"
OTHER_SIGNING = "Qz8Lr2WmV5tYx1NcJ7kPb4HgD9sFa6EuR3oTiKvX"
SECRET = "s3cr3t-Of-The-Forum_0123456789"
OTHER_SECRET = "s3cr3t-Of-The-Other_0123456789"
PAGE = "https://forum.example.org"
HOME = "8.8.4.4"
"""The address that requests come from unless a test says otherwise."""

BANK = """
lang = "en"
question = [
    { id = "grass", family = "nature", ask = "What colour is grass?", accept = "green", tags = ["colour"] },
    { id = "sky", family = "nature", ask = "What colour is a clear sky?", accept = "blue", tags = ["colour"] },
    { id = "hot", family = "opposites", ask = "What is the opposite of hot?", accept = ["cold", "cool"] },
    { id = "week", family = "counting", ask = "How many days has a week?", accept = 7 },
    { id = "kitten", family = "animals", ask = "What does a kitten become?", accept = "cat", hint = "It purrs." },
    { id = "ice", family = "matter", ask = "What does ice melt into?", accept = "water", see = "https://example.org" },
]
"""
GERMAN = """
lang = "de"
question = [
    { id = "gras", ask = "Welche Farbe hat Gras?", accept = "grün" },
    { id = "woche", ask = "Wie viele Tage hat eine Woche?", accept = 7 },
]
"""
ARABIC = """
lang = "ar"
question = [{ id = "usbu", ask = "كم يوما في الأسبوع؟", accept = 7 }]
"""

SITES: list[dict[str, Any]] = [
    {
        "name": "Forum",
        "sitekey": "forum",
        "secret": SECRET,
        "hosts": ["forum.example.org", "*.wiki.example.org"],
        "langs": ["en", "de", "ar"],
    },
    {"name": "Other", "sitekey": "other", "secret": OTHER_SECRET, "contact": "mailto:help@example.org"},
]
NO_LIMITS: Mapping[str, str] = dict.fromkeys(("challenges", "answers", "wrong_answers", "tokens"), "")
"""The section [limits] of a gate that refuses nobody, however fast a test goes."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "server": {"workers": 1},
    "signing": {"current": SIGNING},
    "store": {"url": "memory://"},
    "bank": {"files": ["bank/*.toml"]},
}


class Clock:
    """Time that passes only when told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


def write_config(folder: Path, *, site: list[dict[str, Any]] | None = None, **sections: Any) -> Path:
    """Write a config.toml from ``SETTINGS`` with some of them changed, section by section."""
    lines = []
    for name in {**SETTINGS, **sections}:
        lines.append(f"[{name}]")
        lines += _lines({**SETTINGS.get(name, {}), **sections.get(name, {})})
    for table in SITES if site is None else site:
        lines += ["[[site]]", *_lines(table)]
    path = folder / "config.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def write_banks(folder: Path) -> None:
    """Write the three bank files that the tests know by heart."""
    (folder / "bank").mkdir(exist_ok=True)
    for name, text in (("en", BANK), ("de", GERMAN), ("ar", ARABIC)):
        (folder / "bank" / f"{name}.toml").write_text(text)


def make_live(
    folder: Path,
    clock: Clock,
    *,
    stopwatch: Clock | None = None,
    last_good: Path | None = None,
    site: list[dict[str, Any]] | None = None,
    **sections: Any,
) -> Live:
    """Start a gate from files in ``folder``, writing those that are missing."""
    if not (folder / "bank").exists():
        write_banks(folder)
    path = write_config(folder, site=site, **sections)
    return Live(Source(path, environ={}), clock=clock, monotonic=stopwatch or Clock(0.0), last_good=last_good)


def answers_to(questions: Iterable[Question]) -> dict[str, str]:
    """Return the first accepted answer to each wording of these questions."""
    return {
        variant.ask: variant.accept[0]
        for question in questions
        for variant in map(question.wording.variant, range(question.wording.count))
    }


def solutions(*banks: str) -> dict[str, str]:
    """Return the first accepted answer to each wording, of the tests' own bank files by default."""
    sources = {f"{number}.toml": text.encode() for number, text in enumerate(banks or (BANK, GERMAN, ARABIC))}
    return answers_to(parse_bank(sources).questions)


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {json.dumps(value)}" for key, value in table.items()]


class Reply(TestResponse):
    """A response of which a test may expect that there is JSON in it."""

    @property
    def json(self) -> Any: ...


class Service:
    """The gate behind its WSGI application, and what pages, posters and forums do with it."""

    def __init__(self, live: Live, clock: Clock, stopwatch: Clock, folder: Path) -> None:
        self.live = live
        self.clock = clock
        self.stopwatch = stopwatch
        self.folder = folder
        self.solutions = solutions()
        self.app = create_app(live)
        self.client = self.app.test_client()

    def send(
        self,
        method: str,
        path: str,
        *,
        address: str = HOME,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Reply:
        """Send one request; ``environ`` is what the server would hand over, ``more`` goes to Werkzeug's client."""
        named = dict(headers or {})
        if origin is not None:
            named["Origin"] = origin
        response = self.client.open(
            path,
            method=method,
            headers=named,
            buffered=True,
            environ_overrides={"REMOTE_ADDR": address, **(environ or {})},
            **more,
        )
        return cast("Reply", response)

    def get(self, path: str, query: Mapping[str, str] | None = None, **more: Any) -> Reply:
        return self.send("GET", path, query_string=query or {}, **more)

    def post(self, path: str, fields: Any = None, **more: Any) -> Reply:
        """Send fields as JSON."""
        return self.send("POST", path, json={} if fields is None else fields, **more)

    def post_form(self, path: str, fields: Mapping[str, str], **more: Any) -> Reply:
        return self.send("POST", path, data=dict(fields), **more)

    def ask(
        self,
        sitekey: str = "forum",
        *,
        address: str = HOME,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> dict[str, Any]:
        """Ask as a page does; the question must come."""
        response = self.get(
            "/v1/challenge", {"sitekey": sitekey, **query}, address=address, origin=origin, headers=headers
        )
        assert response.status_code == 200, response.text
        asked: dict[str, Any] = response.json
        assert "question" in asked, asked
        return asked

    def ask_with(self, secret: str = SECRET, **fields: str) -> dict[str, Any]:
        """Ask as a forum's server does; the question must come."""
        response = self.post("/v1/challenge", {"secret": secret, **fields})
        assert response.status_code == 200, response.text
        asked: dict[str, Any] = response.json
        assert "question" in asked, asked
        return asked

    def right(self, asked: Mapping[str, Any]) -> str:
        return self.solutions[asked["question"]]

    def answer(
        self,
        asked: Mapping[str, Any],
        answer: str | None = None,
        *,
        address: str = HOME,
        origin: str | None = None,
        **fields: str,
    ) -> dict[str, Any]:
        """Answer as a page does, rightly unless told otherwise, and return the body of the 200."""
        given = self.right(asked) if answer is None else answer
        response = self.post(
            "/v1/answer",
            {"challenge": asked["challenge"], "answer": given, **fields},
            address=address,
            origin=origin,
        )
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json
        return body

    def token(self, sitekey: str = "forum", *, address: str = HOME, cdata: str = "", **query: Any) -> str:
        """Ask, think for two seconds, answer: the token."""
        asked = self.ask(sitekey, address=address, **query)
        self.clock.tick(2)
        token: str = self.answer(asked, address=address, cdata=cdata)["token"]
        return token

    def verify(self, response: str, secret: str = SECRET, **fields: Any) -> dict[str, Any]:
        """Verify a token as a forum's server does; return the body of the 200."""
        return self.verdict({"secret": secret, "response": response, **fields})

    def verify_answer(
        self, asked: Mapping[str, Any], answer: str | None = None, secret: str = SECRET, **fields: Any
    ) -> dict[str, Any]:
        """Verify challenge and answer in one step; return the body of the 200."""
        given = self.right(asked) if answer is None else answer
        return self.verdict({"secret": secret, "challenge": asked["challenge"], "answer": given, **fields})

    def verdict(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        response = self.post("/v1/verify", fields)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json
        return body

    def look(self) -> None:
        """Let a second pass for the files, so that the next request looks at them."""
        self.stopwatch.tick(1)


def code_of(reply: Any) -> str:
    """Return the one error code of a body or response."""
    body = reply if isinstance(reply, dict) else reply.json
    assert body["success"] is False, body
    assert body["message"], body
    (code,) = body["error-codes"]
    return str(code)
