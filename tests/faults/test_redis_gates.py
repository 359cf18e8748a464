"""Two gates on one Redis, as two machines would run them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gate.gatekeeper import Gatekeeper
from gate.live import Live
from gate.sources import Source
from gate.verdicts import Asked
from tests.cli.processes import PATIENCE, Running, clean_environ, free_port, running, wait_for
from tests.service import NO_LIMITS, SECRET, solutions, write_banks, write_config
from tests.stores.redis_servers import Server, server

TOKENS = 300


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "redis") as started:
        yield started


def write_gate(folder: Path, url: str) -> Path:
    """Write what a gate on a machine of its own has: equal settings and keys, the same store."""
    folder.mkdir()
    write_banks(folder)
    return write_config(folder, store={"url": url}, challenge={"min_seconds": 0}, limits=NO_LIMITS)


def solve(gatekeeper: Gatekeeper, answers: dict[str, str]) -> str:
    site = gatekeeper.sites.with_secret(SECRET)
    assert site is not None
    asked = gatekeeper.ask(site)
    assert isinstance(asked, Asked)
    answered = gatekeeper.answer(asked.challenge, answers[asked.question])
    assert answered.token, answered
    return answered.token


def test_two_gates_of_sixteen_threads_let_each_token_through_once(
    redis_server: Server, tmp_path: Path
) -> None:
    configs = [write_gate(tmp_path / name, redis_server.url) for name in ("one", "two")]
    with closing(Live(Source(configs[0], environ={}))) as live:
        answers = solutions()
        tokens = [solve(live.gatekeeper, answers) for _ in range(TOKENS)]
    command = [sys.executable, "-W", "error", str(Path(__file__).with_name("verifier.py"))]
    gates = [
        subprocess.Popen(
            [*command, config],
            env=clean_environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for config in configs
    ]
    for each in gates:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in gates:
        assert each.stdin is not None
        each.stdin.write(" ".join(tokens) + "\n")
        each.stdin.flush()
    yes = 0
    for each in gates:
        out, err = each.communicate(timeout=5 * PATIENCE)
        assert each.returncode == 0, err
        counted, different = map(int, out.split())
        assert counted == different
        yes += counted
    assert yes == TOKENS


def test_two_services_share_what_was_spent_and_what_is_wrong(redis_server: Server, tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, two = (stack.enter_context(_serving(tmp_path / name, redis_server)) for name in ("one", "two"))
        wait_for(lambda: one.is_up() and two.is_up(), "both services")
        spent, unspent = _token(one), _token(one)
        assert _verify(two, spent)["success"]
        assert not _verify(one, spent)["success"]
        redis_server.kill()
        for each in (one, two):
            assert _verify(each, unspent)["error-codes"] == ["internal-error"]
            ready = each.get("/readyz")
            assert not ready["ready"]
            assert "it cannot be reached" in ready["store"]
            (line,) = [json.loads(line) for line in each.err.splitlines() if '"level": "error"' in line]
            assert "it cannot be reached; see whether it runs" in line["message"]
        redis_server.start()
        wait_for(lambda: one.get("/readyz")["ready"] and two.get("/readyz")["ready"], "the recovery")
        for token in (spent, unspent):
            assert not _verify(one, token)["success"], "the store forgot, and knows it"
            assert not _verify(two, token)["success"]
        fresh = _token(two)
        assert _verify(one, fresh)["success"]
        assert not _verify(two, fresh)["success"]


@contextmanager
def _serving(folder: Path, redis_server: Server) -> Iterator[Running]:
    port, config = free_port(), write_gate(folder, redis_server.url)
    with running(folder, port, "serve", "--config", config, "--port", str(port), "--workers", "1") as gate:
        yield gate


def _token(gate: Running) -> str:
    asked = gate.get("/v1/challenge", sitekey="forum")
    answered = gate.post("/v1/answer", challenge=asked["challenge"], answer=solutions()[asked["question"]])
    return str(answered["token"])


def _verify(gate: Running, token: str) -> Any:
    return gate.post("/v1/verify", secret=SECRET, response=token)
