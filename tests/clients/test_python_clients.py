"""Client libraries of the incumbents, unmodified, pointed at a running gate by their settings alone."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
import trustme
from werkzeug.serving import BaseWSGIServer, make_server

from gate.bank.load import load_bank
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app
from tests.clients.talk import Gate
from tests.service import OTHER_SECRET, SECRET, write_config

ROOT = Path(__file__).parents[2]
OFF = {"challenges": "", "answers": "", "wrong_answers": "", "tokens": ""}
SITES = [
    {"name": "Forum", "sitekey": "forum", "secret": SECRET},
    {"name": "Other", "sitekey": "other", "secret": OTHER_SECRET},
]

CLIENTS = [
    ("flask_clients", "flask-wtf", "flask-wtf"),
    ("flask_clients", "flask-xcaptcha-as-recaptcha", "flask-xcaptcha"),
    ("flask_clients", "flask-xcaptcha-as-hcaptcha", "flask-xcaptcha"),
    ("flask_clients", "flask-hcaptcha", "flask-hcaptcha"),
    ("flask_clients", "flask-turnstile", "flask-turnstile"),
    ("django_clients", "django-recaptcha", "django-recaptcha"),
    ("django_clients", "django-hcaptcha", "django-hcaptcha"),
    ("django_clients", "django-hcaptcha-field", "django-hcaptcha-field"),
    ("django_clients", "django-turnstile", "django-turnstile"),
    ("django_clients", "drf-recaptcha", "drf-recaptcha"),
    ("django_clients", "drf-hcaptcha", "drf-hcaptcha"),
    ("plain_clients", "aiohcaptcha", "aiohcaptcha"),
    ("plain_clients", "norecaptcha", "norecaptcha"),
]


class Running:
    """A gate that listens, with and without TLS, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        path = write_config(
            folder,
            site=SITES,
            bank={"files": ["starter"]},
            challenge={"min_seconds": 0},
            limits=OFF,
        )
        self.live = Live(Source(path, environ={}))
        app = create_app(self.live)
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self._servers = [_serve(app), _serve(app, context)]
        plain, tls = (server.server_port for server in self._servers)
        self.gate = Gate(
            url=f"http://127.0.0.1:{plain}", tls=f"127.0.0.1:{tls}", sitekey="forum", secret=SECRET
        )

    def stop(self) -> None:
        while self._servers:
            server = self._servers.pop()
            server.shutdown()
            server.server_close()

    def token(self, sitekey: str = "forum") -> str:
        """Ask and answer over HTTP, as a page does."""
        with urlopen(f"{self.gate.url}/v1/challenge?sitekey={sitekey}", timeout=10) as reply:
            asked = json.load(reply)
        answer = {"challenge": asked["challenge"], "answer": _solutions()[asked["question"]]}
        request = Request(
            f"{self.gate.url}/v1/answer",
            data=json.dumps(answer).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as reply:
            return str(json.load(reply)["token"])


@dataclass
class Client:
    """A library in a process of its own."""

    process: subprocess.Popen[str]

    def says(self, response: str | None) -> str:
        """Return "pass", "refuse", or what the library raised."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(response)}\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@contextmanager
def client_of(running: Running, script: str, name: str) -> Iterator[Client]:
    authority = str(running.authority)
    environ = {**os.environ, "SSL_CERT_FILE": authority, "REQUESTS_CA_BUNDLE": authority, "NO_PROXY": "*"}
    command = [sys.executable, "-m", f"tests.clients.{script}", name, json.dumps(asdict(running.gate))]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield Client(process)
        finally:
            process.terminate()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    gate = Running(tmp_path)
    yield gate
    gate.stop()
    gate.live.close()


@pytest.mark.parametrize(("script", "name", "distribution"), CLIENTS, ids=[name for _, name, _ in CLIENTS])
def test_a_stock_client_lets_a_right_answer_pass_once_and_nothing_else(
    running: Running, script: str, name: str, distribution: str
) -> None:
    assert version(distribution)
    with client_of(running, script, name) as client:
        token, unused, foreign = running.token(), running.token(), running.token("other")
        assert client.says(f"{token[:-2]}xx") == "refuse"
        assert client.says(token) == "pass"
        assert client.says(token) == "refuse"
        assert client.says(foreign) == "refuse"
        for garbage in ("garbage", "x" * 5_000, "é & =", "XXXX.DUMMY.TOKEN.XXXX", "", None):
            assert client.says(garbage) == "refuse"
        running.stop()
        assert client.says(unused) != "pass"


@cache
def _solutions() -> dict[str, str]:
    """Return an answer to each question that is shipped in English, by its wording."""
    return {
        variant.ask: ", ".join(variant.accept) if question.match == "set" else variant.accept[0]
        for question in load_bank(["starter"]).questions
        if question.lang == "en"
        for variant in map(question.wording.variant, range(question.wording.count))
    }


def _serve(app: Any, context: ssl.SSLContext | None = None) -> BaseWSGIServer:
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
