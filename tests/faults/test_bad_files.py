"""A bank or a config that cannot be used: at the start, while all runs, and when a worker must start anew."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import free_port, run_gate, running, wait_for
from tests.faults.promise import Forum, Promise, forum
from tests.service import BANK, SITES, write_banks, write_config

BAD = {
    "bank, no TOML": ("bank/en.toml", "question = [", r"bank/en.toml.*not TOML.*; "),
    "bank, no answer": ("bank/en.toml", '[[question]]\nask = "Why?"\n', r"bank/en.toml.*accept.*; "),
    "config, no TOML": ("config.toml", "[server\n", r"config.toml.*not TOML.*; "),
    "config, unknown": ("config.toml", '[store]\nurll = "x"\n', r"config.toml.*urll.*; "),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_banks(tmp_path)
    site = [{**SITES[0], "langs": ["en"]}]
    return write_config(
        tmp_path,
        site=site,
        store={"url": "sqlite:///store/gate.db"},
        challenge={"min_seconds": 0},
        metrics={"enabled": True},
    )


@pytest.fixture
def place(config: Path) -> Iterator[Forum]:
    port = free_port()
    arguments = ("serve", "--config", str(config), "--port", str(port), "--workers", "1")
    with running(config.parent, port, *arguments, TMPDIR=str(config.parent)) as server:
        wait_for(server.is_up, "the service")
        yield Forum(server, config.parent)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_stops_the_start_and_says_where_and_what_to_do(config: Path, kind: str) -> None:
    name, text, why = BAD[kind]
    (config.parent / name).write_text(text)
    shown = run_gate("serve", "--config", config, "--port", str(free_port()))
    assert (shown.returncode, shown.stdout) == (1, "")
    assert re.search(why, shown.stderr), shown.stderr
    assert "Traceback" not in shown.stderr
    assert not (config.parent / "store").exists()


@pytest.mark.parametrize("kind", ["bank, no answer", "config, no TOML"])
def test_a_bad_file_is_refused_while_all_runs_and_by_a_worker_that_starts_anew(
    place: Forum, kind: str
) -> None:
    name, text, why = BAD[kind]
    path = place.folder / name
    good = path.read_text()
    spent, unspent, late = place.token(), place.token(), place.token()
    assert place.verify(spent).json["success"]
    path.write_text(text)
    wait_for(lambda: refused(place, why), "the refusal of the file")
    assert place.verify(unspent).json["success"]
    (worker,) = place.server.workers()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: place.server.workers() not in ([], [worker]), "another worker")
    wait_for(place.server.is_up, "the service")
    assert refused(place, why)
    for token in (spent, unspent):
        assert place.verify(token).json["error-codes"] == ["timeout-or-duplicate"]
    assert place.verify(late).json["success"]
    assert place.verify(place.token()).json["success"]
    told = [
        line for line in place.server.err.splitlines() if "files refused, the last good state stays" in line
    ]
    assert len(told) == 2, "once by each worker"
    path.write_text(good.replace("What colour is grass?", "Which colour is grass?"))
    wait_for(lambda: place.get("/readyz").json["reload"] == "ok", "the good file")
    assert "gate_reload_failed 0.0" in place.get("/metrics").text


def refused(place: Forum, why: str) -> bool:
    """Say whether the gate knows that its files are bad, and is ready all the same."""
    ready = place.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (200, True)
    known = ready.json["reload"].startswith("failed: ") and re.search(why, ready.json["reload"]) is not None
    return known and "gate_reload_failed 1.0" in place.get("/metrics").text


def test_a_bad_bank_costs_the_poster_of_an_open_form_nothing(tmp_path: Path) -> None:
    with forum(tmp_path) as place:
        promise = Promise.before(place)
        (tmp_path / "bank" / "en.toml").write_text("question = [")
        wait_for(lambda: refused(place, "not TOML"), "the refusal of the file")
        promise.is_over()
        promise.is_logged("files refused.*not TOML", "error")
        (tmp_path / "bank" / "en.toml").write_text(BANK)
        wait_for(lambda: place.get("/readyz").json["reload"] == "ok", "the good file")
