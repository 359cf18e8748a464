"""Several processes on one store: no id is won twice, and no kill loses a mark of a SQLite file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import gate
from gate.stores.base import Spend
from gate.stores.sqlite import SqliteStore
from tests.stores.conftest import REDIS

SPENDER = Path(__file__).with_name("spender.py")
ROOT = Path(str(gate.__file__)).parent.parent
Open = Callable[[], SqliteStore]


def start(place: Path | str, task: str, argument: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", SPENDER, place, task, str(argument)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen[str]) -> Counter[str]:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return Counter({name: int(number) for name, number in (line.split("=") for line in output.splitlines())})


def race(place: Path | str, processes: int, ids: int) -> Counter[str]:
    """Have processes open the store at once, then spend the same ids at once; count all their verdicts."""
    running = [start(place, "race", ids) for _ in range(processes)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return sum((result(process) for process in running), Counter())


def id_of(number: int) -> bytes:
    return (1_800_000_000_000 + number).to_bytes(6, "big") + bytes(10)


def is_sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    finally:
        connection.close()


def test_two_processes_of_sixteen_threads_win_each_id_once(path: Path) -> None:
    assert race(path, processes=2, ids=300) == {"won": 300, "lost": 300 * 31}
    assert is_sound(path)


def test_processes_that_open_at_once_agree_on_one_epoch(path: Path) -> None:
    assert race(path, processes=6, ids=5) == {"won": 5, "lost": 5 * 95}


def test_forked_children_open_their_own_connection(path: Path) -> None:
    assert result(start(path, "fork", 4)) == {"won": 200}
    assert is_sound(path)


@pytest.mark.parametrize("form", REDIS)
def test_two_processes_of_sixteen_threads_win_each_id_once_in_redis(
    form: str, empty_redis: Callable[[str], str]
) -> None:
    assert race(empty_redis(form), processes=2, ids=50) == {"won": 50, "lost": 50 * 31}


@pytest.mark.parametrize("form", [form for form in REDIS if form.values[0] in ("redis", "redis-cluster")])
def test_processes_that_open_an_empty_redis_at_once_agree_on_one_epoch(
    form: str, empty_redis: Callable[[str], str]
) -> None:
    assert race(empty_redis(form), processes=4, ids=2) == {"won": 2, "lost": 2 * 63}


@pytest.mark.parametrize("form", REDIS)
def test_forked_children_connect_to_redis_anew(form: str, empty_redis: Callable[[str], str]) -> None:
    assert result(start(empty_redis(form), "fork", 4)) == {"won": 200}


def test_a_child_keeps_the_log_that_its_parent_closes(path: Path) -> None:
    """SQLite would delete it, if the child believed that it had inherited its parent's locks."""
    assert result(start(path, "outlive", 20)) == {"lost": 20}
    assert is_sound(path)


def test_a_kill_loses_no_mark_and_keeps_the_epoch(
    path: Path, open_sqlite: Open, spend: Callable[..., Spend]
) -> None:
    epoch, number = open_sqlite().epoch, 0
    for _ in range(8):
        process = start(path, "report", number)
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(40)]
        process.kill()
        numbers = [int(line) for line in first + process.stdout.readlines()]
        process.communicate()
        store = open_sqlite()
        assert store.epoch == epoch
        assert {spend(store, id_of(number), proof=b"new") for number in numbers} == {Spend.LOST}
        # the last one may have been committed and not yet reported
        assert spend(store, id_of(numbers[-1] + 2), proof=b"new") is Spend.WON
        store.close()
        number = numbers[-1] + 3
    assert is_sound(path)


def test_a_log_that_is_deleted_after_a_kill_opens_nothing(
    path: Path, open_sqlite: Open, spend: Callable[..., Spend]
) -> None:
    store = open_sqlite()
    epoch = store.epoch
    spend(store, id_of(999_999))
    store.close()
    process = start(
        path, "hang", 40
    )  # so few that SQLite has not yet written them from its log into the file
    assert process.stdout is not None
    assert process.stdout.readline().split() == ["won"] * 40
    process.kill()
    process.communicate()
    path.with_name(path.name + "-wal").unlink()
    store = open_sqlite()
    assert {spend(store, id_of(number), epoch=epoch) for number in range(40)} == {Spend.RESET}


def test_a_full_disk_accepts_nothing_and_recovers(path: Path) -> None:
    process = start(path, "fill", 200_000)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    counts = {name: int(number) for name, number in (line.split("=") for line in output.splitlines())}
    assert counts == {
        "before": counts["before"],
        "error": 10,
        "after lost": counts["before"],
        "after won": 10,
    }
    assert counts["before"] > 10
    assert "limit" in errors


@pytest.mark.parametrize("times", [3])
def test_a_restart_keeps_the_epoch(
    open_sqlite: Open, spend: Callable[..., Spend], new_id: Callable[[], bytes], times: int
) -> None:
    epochs = set()
    for _ in range(times):
        store = open_sqlite()
        assert spend(store, new_id()) is Spend.WON
        epochs.add(store.epoch)
        store.close()
    assert len(epochs) == 1
