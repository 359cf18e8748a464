"""A SQLite store that cannot do its work says so, accepts nothing, and recovers by itself."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Event, Kind, Spend, Tally
from gate.stores.sqlite import SqliteStore

Open = Callable[[], SqliteStore]
Spender = Callable[..., Spend]
NewId = Callable[[], bytes]


def test_a_locked_file_is_an_error_in_time_and_never_a_verdict(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked for more than 800 ms"):
        spend(store, name)
    # by default SQLite would be waited for 5 s
    assert store._database().ready().execute("PRAGMA busy_timeout").fetchone() == (800,)
    with pytest.raises(StoreError, match="locked"):
        store.ping()
    holder.execute("ROLLBACK")
    holder.close()
    assert spend(store, name) is Spend.WON


def test_a_short_lock_is_waited_for(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId, patience: None
) -> None:
    store = open_sqlite()
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, lambda: holder.execute("ROLLBACK"))
    release.start()
    assert spend(store, new_id()) is Spend.WON
    release.join()
    holder.close()


def test_reading_goes_on_while_somebody_writes(open_sqlite: Open, path: Path, new_id: NewId) -> None:
    store = open_sqlite()
    store.hit(b"key", 60)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert store.count(b"key", 60) == 1
    assert store.peek(Kind.TOKEN, b"site-one", new_id(), store.epoch, b"mine") is Spend.WON
    holder.execute("ROLLBACK")
    holder.close()


def test_damage_while_open_is_an_error_and_a_good_file_ends_it(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    spend(store, new_id())
    store.close()
    good = path.read_bytes()
    path.write_bytes(b"\xff" * len(good))
    for _ in range(2):
        with pytest.raises(StoreError, match="not a database"):
            spend(store, new_id())
    path.write_bytes(good)
    assert spend(store, new_id()) is Spend.WON


def test_a_dropped_table_is_an_error_that_says_so(open_sqlite: Open, path: Path) -> None:
    store = open_sqlite()
    other = sqlite3.connect(path)
    other.execute("DROP TABLE hits")
    other.close()
    with pytest.raises(StoreError, match="no such table: hits"):
        store.hit(b"key", 60)


def test_statistics_are_added_all_or_none(open_sqlite: Open) -> None:
    store = open_sqlite()
    fine = Tally(500_000, "forum", "q1", Event.ASKED)
    with pytest.raises(OverflowError):
        store.tally({fine: 1, fine._replace(question="q2"): 2**64})
    assert list(store.stats(0)) == []


def test_purges_are_short_and_keep_up(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId, elapse: Callable[[float], None]
) -> None:
    """Every writer takes a few rows with it; in the end only what is live is left."""
    store = open_sqlite()
    for _ in range(2000):
        spend(store, new_id(), ttl=600)
    elapse(700)
    for _ in range(1500):
        spend(store, new_id(), ttl=600)
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT count(*) FROM token_marks").fetchone() == (1500,)
    reader.close()


def test_a_purge_that_cannot_note_up_to_where_removes_nothing(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId, elapse: Callable[[float], None]
) -> None:
    store, name = open_sqlite(), new_id()
    spend(store, name, ttl=600)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(
        "CREATE TRIGGER stuck BEFORE UPDATE OF token_purged ON state BEGIN SELECT RAISE(ABORT, 'stuck'); END"
    )
    elapse(700)

    def write() -> None:
        for _ in range(100):
            spend(store, new_id(), ttl=600)

    with pytest.raises(StoreError, match="stuck"):
        write()
    other.execute("DROP TRIGGER stuck")
    other.close()
    assert spend(store, name, proof=b"another", ttl=600) is Spend.LOST
    elapse(-700)
    assert spend(store, name, proof=b"another", ttl=600) is Spend.LOST


def test_old_counters_are_purged(open_sqlite: Open, path: Path, elapse: Callable[[float], None]) -> None:
    store = open_sqlite()
    for number in range(500):
        store.hit(b"%d" % number, 60)
    elapse(600)
    for _ in range(300):
        store.hit(b"key", 60)
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT count(*) FROM hits").fetchone() == (1,)
    reader.close()


def test_a_broken_connection_is_replaced(open_sqlite: Open, spend: Spender, new_id: NewId) -> None:
    store = open_sqlite()
    database = store._database()
    database.ready().close()
    with pytest.raises(StoreError, match="closed database"):
        spend(store, new_id())
    assert spend(store, new_id()) is Spend.WON
