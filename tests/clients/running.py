"""A gate that listens, and a client library in a process of its own that is pointed at it."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import trustme
from werkzeug.serving import BaseWSGIServer, make_server

from gate.bank.load import load_bank
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app
from tests.clients.talk import Gate
from tests.service import NO_LIMITS, OTHER_SECRET, SECRET, write_config

PATIENCE = 60.0
SITES = [
    {"name": "Forum", "sitekey": "forum", "secret": SECRET},
    {"name": "Other", "sitekey": "other", "secret": OTHER_SECRET},
]


class Running:
    """A gate that listens, with and without TLS, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        path = write_config(
            folder,
            site=SITES,
            bank={"files": ["starter"]},
            challenge={"min_seconds": 0},
            limits=NO_LIMITS,
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
        with urlopen(f"{self.gate.url}/v1/challenge?sitekey={sitekey}", timeout=PATIENCE) as reply:
            asked = json.load(reply)
        answer = {"challenge": asked["challenge"], "answer": _solutions()[asked["question"]]}
        request = Request(
            f"{self.gate.url}/v1/answer",
            data=json.dumps(answer).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=PATIENCE) as reply:
            return str(json.load(reply)["token"])


@dataclass
class Client:
    """A library in a process of its own."""

    process: subprocess.Popen[str]

    def says(self, response: str | dict[str, bool] | None) -> str:
        """Return "pass", "refuse", or what the library raised; for ``PAGE``, its part of the page."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(response)}\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@contextmanager
def client_of(gate: Gate, *command: str, folder: Path, authority: str = "") -> Iterator[Client]:
    """Run a program that talks as ``talk.py`` does, in ``folder``; it trusts the certificates of ``authority``."""
    trust = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    with subprocess.Popen(
        [*command, json.dumps(asdict(gate))],
        cwd=folder,
        env={**os.environ, **dict.fromkeys(trust, authority), "NO_PROXY": "*"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield Client(process)
        finally:
            process.terminate()


def passes_once_and_nothing_else(running: Running, client: Client, *, missing: str = "refuse") -> None:
    """Give a client what forms bring; ``missing`` is what it says where a form brings nothing. Stops the gate."""
    token, unused, foreign = running.token(), running.token(), running.token("other")
    assert client.says(f"{token[:-2]}xx") == "refuse"
    assert client.says(token) == "pass"
    assert client.says(token) == "refuse"
    assert client.says(foreign) == "refuse"
    for garbage in ("garbage", "x" * 5_000, "é & =", "XXXX.DUMMY.TOKEN.XXXX"):
        assert client.says(garbage) == "refuse"
    for nothing in ("", None):
        assert client.says(nothing) == missing
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
