"""``gate serve``, as a real process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gate.cli.running import BLOCKING_THREADS
from gate.stores.base import Event, open_store
from tests.cli.conftest import FORUM, OTHER
from tests.cli.processes import (
    GATE,
    PATIENCE,
    Running,
    clean_environ,
    free_port,
    run_gate,
    running,
    serving,
    unread,
    wait_for,
)
from tests.service import SECRET, SIGNING, solutions, write_config
from tests.stores import redis_servers

HELD = 20


@pytest.fixture
def config(config: Path) -> Path:
    write_config(config.parent, store={"url": "sqlite:///gate.db"}, challenge={"min_seconds": 0})
    return config


def _solve(server: Running) -> str:
    asked = server.get("/v1/challenge", sitekey="other")
    answered = server.post("/v1/answer", challenge=asked["challenge"], answer=_answer(asked))
    return str(answered["token"])


def _answer(asked: dict[str, Any]) -> str:
    return solutions()[asked["question"]]


def _begin_post(port: int, body: bytes) -> socket.socket:
    """Send all of a request but the last byte, so that its end can be chosen."""
    held = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = (
        "POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    held.sendall(head.encode() + body[:-1])
    return held


def _finish_post(held: socket.socket, body: bytes) -> bytes:
    with held:
        held.sendall(body[-1:])
        answer = b""
        while part := held.recv(65_536):
            answer += part
    return answer


def test_the_start_line_says_what_is_served_where(config: Path) -> None:
    with serving(config) as server:
        assert server.end() == 0
    (line,) = server.out.splitlines()
    for part in (
        f"http://127.0.0.1:{server.port}/",
        "store sqlite:///gate.db",
        "9 questions, 9 variants (",
        "2 sites (Forum, Other)",
        "limits challenges 120/minute, answers 60/10 minutes,",
        "2 workers",
    ):
        assert part in line
    assert server.err.count('"message": "request"') == len(server.err.splitlines())


def test_sigterm_finishes_what_is_in_flight_and_leaves_nothing_behind(config: Path) -> None:
    with serving(config) as server:
        body = f"secret={SECRET}&response={_solve(server)}".encode()
        held = [_begin_post(server.port, body) for _ in range(HELD)]
        wait_for(lambda: unread(server.port) == 0, "all that was sent to be in a worker's hands")
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        answers = [_finish_post(each, body) for each in held]
        assert server.process.wait(PATIENCE) == 0
        wait_for(server.group_is_gone, "the end of every process")
        assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * HELD
    assert not list(config.parent.glob("gate-*")), "the scratch folder holds secrets"


def test_what_was_counted_is_written_at_the_end(config: Path) -> None:
    with serving(config) as server:
        for _ in range(5):
            _solve(server)
        assert server.end() == 0
    store = open_store("sqlite:///gate.db", base=config.parent)
    sums = dict.fromkeys(Event, 0)
    for row, count in store.stats(0):
        sums[row.event] += count
    store.close()
    assert (sums[Event.ASKED], sums[Event.RIGHT]) == (5, 5)


def test_the_log_has_a_line_for_each_request_and_nothing_secret(config: Path) -> None:
    with serving(config, workers=1) as server:
        before = len(server.log("request"))
        token = _solve(server)
        assert server.post("/v1/verify", secret=OTHER["secret"], response=token)["success"]
        server.get("/v1/verify", secret=OTHER["secret"], response=token)
        assert server.end() == 0
    lines = server.log("request")[before:]
    assert [line["route"] for line in lines] == ["/v1/challenge", "/v1/answer", "/v1/verify", "/v1/verify"]
    secrets = (SIGNING, *(site["secret"] for site in (FORUM, OTHER)), token, "127.0.0.1", "other", "answer=")
    assert not [secret for secret in secrets if secret in server.err]


def test_a_killed_worker_comes_back_with_the_last_good_bank(config: Path) -> None:
    with serving(config, workers=1) as server:
        (worker,) = server.workers()
        (config.parent / "bank" / "en.toml").write_text("[[question]]\nask = 5\n")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.workers() not in ([], [worker]), "another worker")
        wait_for(server.is_up, "the service")
        ready = server.get("/readyz")
        assert ready["ready"]
        assert ready["reload"].startswith("failed: bank/en.toml")
        assert ready["bank"]["questions"] == 9
        assert _solve(server)
        os.killpg(server.process.pid, signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0, "a service manager signals all processes at once"


def test_workers_that_end_again_and_again_end_the_service(config: Path) -> None:
    with serving(config, workers=1) as server:
        killed: list[int] = []
        while server.process.poll() is None:
            for worker in set(server.workers()) - set(killed):
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)
            time.sleep(0.05)
        assert server.process.returncode == 1
        assert server.err.splitlines()[-1].startswith("the workers end again and again; ")
        assert "Traceback" not in server.err
        assert len(killed) == 2
        wait_for(server.group_is_gone, "the end of every process")


@pytest.mark.parametrize("pause", [0, 0.012, 0.016, 0.02, 0.024, 0.028, 0.1])
def test_sigterm_during_the_start_leaves_nothing_behind(config: Path, pause: float) -> None:
    args = ("serve", "--config", str(config), "--port", str(free_port()))
    with running(config.parent, 0, *args, TMPDIR=str(config.parent)) as server:
        while not list(config.parent.glob("gate-*")):
            assert server.process.poll() is None
        time.sleep(pause)
        assert server.end() == 0
        wait_for(server.group_is_gone, "the end of every process")
    assert not list(config.parent.glob("gate-*"))
    assert "Traceback" not in server.err


STOPPED = """
import os, signal
from gate.cli.running import scratch_folder
mkdir = os.mkdir
def make_and_be_told_to_stop(*args):
    mkdir(*args)
    os.kill(os.getpid(), signal.SIGTERM)
os.mkdir = make_and_be_told_to_stop
with scratch_folder("gate-"):
    print("went on")
"""


def test_sigterm_while_the_scratch_folder_is_made_leaves_none(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", STOPPED],
        env=clean_environ(TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_workers_do_not_outlive_their_parent(config: Path) -> None:
    with serving(config) as server:
        server.end(signal.SIGKILL)
        wait_for(server.group_is_gone, "the end of every process")


def test_two_gates_do_not_share_a_port(config: Path) -> None:
    with serving(config, workers=1) as server:
        shown = run_gate("serve", "--config", config, "--port", str(server.port))
        assert shown.returncode == 1
        assert len(shown.stderr.splitlines()) == 1
        assert "is in use by another program" in shown.stderr


def test_every_fault_is_told_before_anything_starts(config: Path) -> None:
    write_config(config.parent, server={"workers": 0})
    (config.parent / "bank" / "de.toml").write_text("[[question]]\n")
    shown = run_gate("serve", "--config", config)
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert "[server] workers" in shown.stderr
    assert "bank/de.toml" in shown.stderr
    assert shown.stderr.splitlines()[-1].endswith(" in 2 files")


def test_a_site_without_questions_is_refused(config: Path) -> None:
    write_config(config.parent, site=[{**FORUM, "langs": ["pl"]}])
    shown = run_gate("serve", "--config", config)
    assert shown.returncode == 1
    assert "no enabled question in pl" in shown.stderr


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    shown = run_gate("serve", "--config", tmp_path / "config.toml")
    assert shown.returncode == 2
    assert "`gate init`" in shown.stderr


def test_test_keys_on_a_public_address_need_a_word(config: Path) -> None:
    write_config(config.parent, server={"testing": True, "host": "0.0.0.0"})  # noqa: S104 - that is the point
    shown = run_gate("serve", "--config", config)
    assert shown.returncode == 1
    assert "--yes-test-keys" in shown.stderr
    with serving(config, "--yes-test-keys", workers=1) as server:
        assert server.get("/v1/challenge", sitekey="test-pass")["question"]
        assert server.end() == 0
    assert "TEST KEYS ARE ON" in server.out
    assert [
        line["level"] for line in map(json.loads, server.err.splitlines()) if "test keys" in line["message"]
    ] == ["warning"]


def test_what_is_said_while_the_store_is_opened_is_a_line_of_the_log(config: Path, tmp_path: Path) -> None:
    with redis_servers.server(tmp_path / "redis") as redis:
        write_config(config.parent, store={"url": redis.url})
        with serving(config, workers=1) as server:
            assert server.end() == 0
    levels = {line["message"][:18]: line["level"] for line in map(json.loads, server.err.splitlines())}
    assert levels["a new epoch begins"] == "warning"


def test_a_log_that_cannot_be_written_stops_nobody(config: Path) -> None:
    port = free_port()
    args = ("serve", "--config", str(config), "--port", str(port), "--workers", "1")
    command = ("sh", "-c", 'exec "$@" 2>/dev/full', "sh", *GATE)
    with running(config.parent, port, *args, command=command) as server:
        wait_for(server.is_up, "the service")
        token = _solve(server)
        verdicts = [server.post("/v1/verify", secret=OTHER["secret"], response=token) for _ in range(2)]
        assert [verdict["success"] for verdict in verdicts] == [True, False]
        assert server.end() == 0


@pytest.mark.parametrize(("seed", "warned"), [("0", 1), ("random", 0)])
def test_a_seed_of_hashes_that_can_be_known_is_warned_of(config: Path, seed: str, warned: int) -> None:
    with serving(config, workers=1, PYTHONHASHSEED=seed) as server:
        assert server.end() == 0
    warnings = [line for line in map(json.loads, server.err.splitlines()) if line["level"] == "warning"]
    assert len([line for line in warnings if "PYTHONHASHSEED" in line["message"]]) == warned


def test_slow_clients_hold_up_nobody_while_one_thread_is_left(config: Path) -> None:
    with serving(config, workers=1) as server, ExitStack() as slow:
        for _ in range(200):
            head = slow.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            head.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        body = f"secret={SECRET}&response=x".encode()
        held = [slow.enter_context(_begin_post(server.port, body)) for _ in range(BLOCKING_THREADS - 1)]
        for _ in range(BLOCKING_THREADS):
            assert _solve(server)
        answers = [_finish_post(each, body) for each in held]
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * len(held)


def test_an_address_of_another_machine_is_refused(config: Path) -> None:
    shown = run_gate("serve", "--config", config, "--host", "192.0.2.1")
    assert shown.returncode == 1
    assert "no address of this machine" in shown.stderr
