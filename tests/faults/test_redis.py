"""A real gate on a Redis that fails: closed while it lasts, told in reply, log and /readyz, and back by itself."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.cli.processes import clean_environ, free_port, run_gate, wait_for
from tests.service import NO_LIMITS, SECRET, Reply, Service, code_of, write_banks, write_config
from tests.stores.redis_servers import HOST, Link, Server, link, server

BACK_WITHIN = 20.0
"""Seconds after the end of a fault: the breaker's one, and what a busy machine adds."""
AT_ONCE = 5.0
"""Seconds that two time-outs of half a second may take, or many refusals without any, on a busy machine."""


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "redis", "--enable-debug-command", "local") as running:
        yield running


@pytest.fixture
def redis_link(redis_server: Server) -> Iterator[Link]:
    with link(redis_server.port) as carried:
        yield carried


@pytest.fixture
def gate_on(make_service: Callable[..., Service]) -> Callable[[str], Service]:
    """Start a gate on a Redis; nothing limits how fast it may be asked."""

    def start(url: str) -> Service:
        return make_service(store={"url": url}, challenge={"min_seconds": 0}, limits=NO_LIMITS)

    return start


def send_token(gate: Service, token: str) -> Reply:
    return gate.post("/v1/verify", {"secret": SECRET, "response": token})


def timed(act: Callable[[], Any]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def is_closed(gate: Service, *tokens: str) -> None:
    """Nothing passes, spent or not, and it is told as the gate's fault, never the poster's."""
    for token in tokens:
        reply = send_token(gate, token)
        assert (reply.status_code, code_of(reply)) == (503, "internal-error")
        assert int(reply.headers["Retry-After"]) >= 1


def says_why(gate: Service, why: str, log: pytest.LogCaptureFixture) -> None:
    ready = gate.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (503, False)
    assert why in ready.json["store"]
    assert "; " in ready.json["store"], "what to do about it"
    assert any(
        why in record.getMessage() and record.levelno == logging.ERROR and record.name == "gate"
        for record in log.records
    ), log.text


def is_back(gate: Service, patience: float = BACK_WITHIN) -> None:
    wait_for(lambda: gate.get("/readyz").status_code == 200, "the end of the fault", patience)


# Each fault: what begins it, what /readyz and the log say of it, and whether the store forgot what was spent.


@contextmanager
def down(running: Server) -> Iterator[None]:
    running.kill()
    yield
    running.start()


@contextmanager
def hanging(running: Server) -> Iterator[None]:
    running.pause()
    yield
    running.resume()


@contextmanager
def full(running: Server) -> Iterator[None]:
    running.configure("maxmemory", 1)
    yield
    assert running.info("stats")["evicted_keys"] == 0
    running.configure("maxmemory", 0)


@contextmanager
def read_only(running: Server) -> Iterator[None]:
    """It follows a master that is not there, and serves what it has."""
    with running.admin() as admin:
        admin.replicaof(HOST, "1")
        yield
        admin.replicaof("NO", "ONE")


@contextmanager
def loading(running: Server) -> Iterator[None]:
    """It was started anew and reads its data from disk, which takes its time."""
    with running.admin() as admin:
        admin.execute_command("DEBUG", "POPULATE", "60000")
        admin.save()
    running.kill()
    slowly = ("--key-load-delay", "300", "--loading-process-events-interval-bytes", "1024")
    running.start(*slowly, wait=False)
    wait_for(lambda: _is_loading(running), "the loading")
    yield
    running.configure("key-load-delay", 0)


def _is_loading(running: Server) -> bool:
    try:
        return bool(running.info("persistence")["loading"])
    except redis.ConnectionError:
        return False


@contextmanager
def evicting(running: Server) -> Iterator[None]:
    running.configure("maxmemory-policy", "allkeys-lru")
    with running.admin() as admin:
        admin.flushall()  # an empty Redis may be another one, with a policy of its own: this is looked at
        yield
    running.configure("maxmemory-policy", "noeviction")


@contextmanager
def forbidden(running: Server) -> Iterator[None]:
    with running.admin() as admin:
        admin.execute_command("ACL", "SETUSER", "default", "-evalsha", "-eval")
        yield
        admin.execute_command("ACL", "SETUSER", "default", "+@all")


@contextmanager
def without_a_disk(running: Server) -> Iterator[None]:
    """It is to save its data, and the folder for them is gone."""
    shutil.rmtree(running.folder)
    with running.admin() as admin:
        admin.config_set("save", "3600 1")
        admin.bgsave()
        wait_for(lambda: admin.info("persistence")["rdb_last_bgsave_status"] == "err", "the failure")
        yield
        admin.config_set("save", "")


@contextmanager
def without_replicas(running: Server) -> Iterator[None]:
    running.configure("min-replicas-to-write", 1)
    yield
    running.configure("min-replicas-to-write", 0)


@pytest.mark.parametrize(
    ("fault", "why", "forgets"),
    [
        (down, "it cannot be reached", True),
        (hanging, "it did not answer in time", False),
        (full, "its memory is full", False),
        (read_only, "it is a replica and takes no writes", True),
        (loading, "it is still loading its data", True),
        (evicting, "its maxmemory-policy is allkeys-lru", True),
        (forbidden, "its user may not do what gate needs", False),
        (without_a_disk, "it cannot write its data to disk", False),
        (without_replicas, "it has too few replicas to take writes", False),
    ],
)
def test_a_gate_is_closed_says_why_and_comes_back(
    fault: Callable[[Server], Any],
    why: str,
    forgets: bool,  # noqa: FBT001
    redis_server: Server,
    gate_on: Callable[[str], Service],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "gate")
    gate = gate_on(redis_server.url)
    spent, unspent = gate.token(), gate.token()
    assert gate.verify(spent)["success"]
    with fault(redis_server):
        assert timed(lambda: is_closed(gate, unspent)) < AT_ONCE
        assert timed(lambda: is_closed(gate, *[unspent, spent] * 10)) < AT_ONCE, "nobody waits again"
        says_why(gate, why, caplog)
    is_back(gate)
    assert code_of(gate.verify(spent)) == "timeout-or-duplicate"
    assert gate.verify(unspent)["success"] is not forgets
    assert code_of(gate.verify(unspent)) == "timeout-or-duplicate"
    fresh = gate.token()
    assert gate.verify(fresh)["success"]
    assert code_of(gate.verify(fresh)) == "timeout-or-duplicate"
    assert "the store answers again" in caplog.text


# A link that is bad


def test_a_lost_reply_costs_nobody_anything(redis_link: Link, gate_on: Callable[..., Service]) -> None:
    gate = gate_on(redis_link.url)
    for _ in range(30):
        token = gate.token()
        redis_link.to_lose = 1
        assert gate.verify(token)["success"]
        assert redis_link.to_lose == 0, "it was lost, and asked for again"
        assert code_of(gate.verify(token)) == "timeout-or-duplicate"


def test_a_request_repeated_after_an_outage_is_known_again(
    redis_link: Link, gate_on: Callable[..., Service]
) -> None:
    """The token was spent, but neither of two replies arrived: the server that asks again gets its yes."""
    gate = gate_on(redis_link.url)
    assert gate.verify(gate.token())["success"]
    token = gate.token()
    redis_link.to_lose = 2
    fields = {"secret": SECRET, "response": token, "idempotency_key": "one"}
    assert gate.post("/v1/verify", fields).status_code == 503
    is_back(gate)
    assert code_of(gate.verify(token, idempotency_key="two")) == "timeout-or-duplicate"
    assert gate.verdict(fields)["success"]


def test_a_slow_redis_holds_nobody_up_for_long(redis_link: Link, gate_on: Callable[..., Service]) -> None:
    gate = gate_on(redis_link.url)
    tokens = [gate.token() for _ in range(8)]
    redis_link.delay = 0.1
    assert gate.verify(gate.token())["success"], "slow, but in time"
    redis_link.delay = 3
    with ThreadPoolExecutor(8) as pool:
        waited = list(pool.map(lambda token: timed(lambda: is_closed(gate, token)), tokens))
    assert max(waited) < AT_ONCE
    assert timed(lambda: is_closed(gate, *tokens * 3)) < AT_ONCE
    redis_link.delay = 0
    is_back(gate)
    assert gate.verify(gate.token())["success"]


def test_a_redis_that_swallows_everything_is_told_and_comes_back(
    redis_link: Link, gate_on: Callable[..., Service], caplog: pytest.LogCaptureFixture
) -> None:
    gate = gate_on(redis_link.url)
    unspent = gate.token()
    redis_link.is_cut = True
    assert timed(lambda: is_closed(gate, unspent)) < AT_ONCE
    says_why(gate, "it did not answer in time", caplog)
    redis_link.is_cut = False
    is_back(gate)
    assert gate.verify(unspent)["success"]


# At the start


@pytest.mark.parametrize(
    ("policy", "allowed", "code", "said"),
    [
        ("allkeys-lru", "false", 1, "set maxmemory-policy noeviction, or allow_eviction = true in [store]"),
        ("allkeys-lru", "true", 0, "answers"),
        ("noeviction", "false", 0, "answers"),
    ],
)
def test_check_says_whether_a_gate_would_start(
    policy: str, allowed: str, code: int, said: str, redis_server: Server, tmp_path: Path
) -> None:
    redis_server.configure("maxmemory-policy", policy)
    write_banks(tmp_path)
    store = {"url": redis_server.url, "allow_eviction": allowed == "true"}
    ended = run_gate("check", "--config", write_config(tmp_path, store=store))
    assert ended.returncode == code, ended.stderr
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_gate_does_not_start_on_a_redis_that_is_away(tmp_path: Path) -> None:
    write_banks(tmp_path)
    config = write_config(tmp_path, store={"url": f"redis://:hidden@{HOST}:1/0"})
    ended = run_gate("serve", "--config", config, "--port", str(free_port()))
    assert ended.returncode == 1
    assert "it cannot be reached; see whether it runs and listens there" in ended.stderr
    assert "hidden" not in ended.stdout + ended.stderr


def test_a_name_server_that_falls_silent_holds_nobody_up(redis_server: Server, tmp_path: Path) -> None:
    """It would be waited for ten seconds; what is known keeps its last address, what is new is refused at once."""
    script = Path(__file__).with_name("name_server.py")
    command = ["unshare", "--mount", sys.executable, str(script), str(redis_server.port), str(tmp_path)]
    ended = subprocess.run(
        command, env=clean_environ(), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    outcomes = json.loads(ended.stdout)
    assert {name: said for name, (said, _) in outcomes.items()} == {
        "before": "won",
        "connected": "won",
        "connects again": "won",
        "new": "its name is not known, or the name server does not answer",
        "after": "won",
    }
    assert max(seconds for _, seconds in outcomes.values()) < AT_ONCE
