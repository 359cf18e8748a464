"""What a live mark costs."""

from __future__ import annotations

import secrets
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from gate.stores.base import Kind, Spend
from gate.stores.memory import MemoryStore
from gate.stores.sqlite import SqliteStore

MARKS = 100_000


def ids(start: float) -> list[bytes]:
    """Ids in the order of their times, about ten in a millisecond."""
    first = int(start * 1000)
    return [(first + number // 10).to_bytes(6, "big") + secrets.token_bytes(10) for number in range(MARKS)]


def test_a_mark_takes_at_most_48_bytes_on_disk(
    open_sqlite: Callable[[], SqliteStore], path: Path, clock: Callable[[], float]
) -> None:
    store = open_sqlite()
    epoch = store.epoch
    for name in ids(clock()):
        assert store.spend(Kind.TOKEN, b"site-one", name, 86_400, epoch, name) is Spend.WON
    store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM token_marks").fetchone() == (MARKS,)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert path.stat().st_size / MARKS <= 48


def test_a_mark_takes_at_most_200_bytes_in_memory(clock: Callable[[], float]) -> None:
    store, names = MemoryStore(clock=clock), ids(clock())
    tracemalloc.start()
    for name in names:
        store.spend(Kind.TOKEN, b"site-one", name, 86_400, store.epoch, name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak / MARKS <= 200
