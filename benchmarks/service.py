"""What a request costs: microseconds of the server's CPU, beside a Flask application and a bare WSGI function that
only say hello, on the same server with one worker and one blocking thread. Limits are on, and so is the log.

    python benchmarks/service.py --rounds 5 --requests 2000
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate.live import Live
from gate.sources import Source
from gate.verdicts import Asked
from gate.web.request_log import log_as_json
from gate.web.serving import Service, service_app
from tests.service import answers_to

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SECRET = "a-secret-for-a-benchmark-0123456789"
CONFIG = f"""
[signing]
current = "p7Xw2kQ9vT4mZ8LcR5bNy1YdH6sJfG3aEuVoKiXt"
[store]
url = "sqlite:///gate.db"
[bank]
files = ["starter"]
[challenge]
min_seconds = 0
[limits]
challenges = "1000000/minute"
answers = "1000000/minute"
wrong_answers = "1000000/minute"
tokens = "1000000/minute"
[[site]]
name = "Forum"
sitekey = "forum"
secret = "{SECRET}"
"""
PIPELINED = 50
"""Requests that are sent at once: a server that waits for each finds its caches cold, which measures the machine."""

Sent = tuple[str, str, bytes]
"""Method, address, body."""


class Running(NamedTuple):
    """A server under measurement: where it listens, and its first process."""

    port: int
    pid: int


def bare_app() -> Callable[..., Iterable[bytes]]:
    """Return an application of no framework."""

    def hello(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [b"hello"]

    return hello


def flask_app() -> Callable[..., Iterable[bytes]]:
    """Return an application of Flask with one route."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


def gate_app(folder: Path) -> Callable[..., Iterable[bytes]]:
    """Return the service as ``gate serve`` runs it."""
    log_as_json()
    return service_app(Service(config=folder / "config.toml", last_good=folder / "last-good"))


@contextmanager
def served(load: Callable[[], Any], log: Path) -> Iterator[Running]:
    """Run an application on a server of its own until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = multiprocessing.Process(target=_serve, args=(load, port, log))
    server.start()
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise SystemExit(f"a server does not start: {log.read_text()}")
        yield Running(port, server.pid or 0)
    finally:
        server.terminate()
        server.join()


def _serve(load: Callable[[], Any], port: int, log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server = Granian(
        "benchmark",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        log_enabled=False,
    )
    server.serve(target_loader=load, wrap_loader=False)


class Requests:
    """Makes the requests of a round, each good for one time, with the keys and the store of the server's gate."""

    def __init__(self, folder: Path) -> None:
        self._live = Live(Source(folder / "config.toml", environ={}))
        self._solutions = answers_to(q for q in self._live.gatekeeper.bank.enabled if q.lang == "en")
        (self._site,) = self._live.gatekeeper.sites

    def hello(self, count: int) -> list[Sent]:
        """Return requests for a greeting."""
        return [("GET", "/", b"")] * count

    def challenge(self, count: int) -> list[Sent]:
        """Return requests for a question."""
        return [("GET", "/v1/challenge?sitekey=forum&lang=en", b"")] * count

    def answer(self, count: int) -> list[Sent]:
        """Return right answers, each to a question of its own: one mark and a token."""
        return [
            _post("/v1/answer", challenge=challenge, answer=answer)
            for challenge, answer in self._solved(count)
        ]

    def verify(self, count: int) -> list[Sent]:
        """Return tokens to spend: one mark and a receipt."""
        tokens = (self._live.gatekeeper.answer(*solved).token for solved in self._solved(count))
        return [_post("/v1/verify", secret=SECRET, response=str(token)) for token in tokens]

    def _solved(self, count: int) -> Iterator[tuple[str, str]]:
        for _ in range(count):
            asked = self._live.gatekeeper.ask(self._site, lang="en")
            if not isinstance(asked, Asked):
                raise SystemExit(f"no question: {asked.message}")
            yield asked.challenge, self._solutions[asked.question]


def _post(path: str, **fields: str) -> Sent:
    return "POST", path, urlencode(fields).encode()


def _cost(port: int, server: int, requests: Sequence[Sent]) -> float:
    """Send the requests so that one always waits for the server; return microseconds of its CPU for each."""
    before = _cpu(server)
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as replies:
        for start in range(0, len(requests), PIPELINED):
            some = requests[start : start + PIPELINED]
            connection.sendall(b"".join(map(_written, some)))
            for _, path, _ in some:
                status, said = _reply(replies)
                if status != 200 or b'"success":false' in said:
                    raise SystemExit(f"{path} was refused: {said.decode()}")
    return (_cpu(server) - before) / len(requests) * 1e6


def _written(sent: Sent) -> bytes:
    method, path, body = sent
    lines = [f"{method} {path} HTTP/1.1", "Host: gate.example", "Accept-Language: en-US,en;q=0.5"]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _reply(replies: BinaryIO) -> tuple[int, bytes]:
    """Read one of several replies that come one behind the other."""
    status = int(replies.readline().split()[1])
    headers = http.client.parse_headers(replies)
    return status, replies.read(int(headers["Content-Length"]))


def _cpu(pid: int) -> float:
    """Return the seconds of CPU that a process and those that it started have used."""
    used = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # another process that has ended meanwhile
            _, parent, *fields = path.read_text().rpartition(")")[2].split()
            if pid in (int(path.parent.name), int(parent)):
                used += sum(map(int, fields[9:11])) / os.sysconf("SC_CLK_TCK")
    return used


def main() -> None:
    """Run the rounds, all kinds of request in each, and print the medians and their ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=2_000, help="of each kind in each round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG)
        bare, flask, gate = (
            stack.enter_context(served(load, folder / "log"))
            for load in (bare_app, flask_app, partial(gate_app, folder))
        )
        make = Requests(folder)
        kinds: dict[str, tuple[Running, Callable[[int], list[Sent]]]] = {
            "bare hello": (bare, make.hello),
            "Flask hello": (flask, make.hello),
            "challenge": (gate, make.challenge),
            "answer": (gate, make.answer),
            "verify": (gate, make.verify),
        }
        for running, requests in kinds.values():
            _cost(running.port, running.pid, requests(200))
        costs: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(options.rounds):
            for kind, (running, requests) in kinds.items():
                costs[kind].append(_cost(running.port, running.pid, requests(options.requests)))
    middle = {kind: median(each) for kind, each in costs.items()}
    for kind, cost in middle.items():
        print(
            f"{kind}: {cost:.0f} us ({min(costs[kind]):.0f} to {max(costs[kind]):.0f}), "
            f"{cost / middle['Flask hello']:.2f} x Flask hello, {cost / middle['bare hello']:.1f} x bare hello"
        )


if __name__ == "__main__":
    main()
