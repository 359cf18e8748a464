"""The store in one SQLite file, shared by any number of threads and processes of one machine."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from gate.errors import StoreError
from gate.stores.contract import ID_BYTES, STATS_DAYS, Event, Kind, Spend, Tally
from gate.stores.database import Database
from gate.stores.explain import FAULTS, explained, is_busy
from gate.stores.marks import MARGIN, digest_of, horizon, mark_of, stranded
from gate.stores.schema import missing_steps, writing

__all__ = ["SqliteStore", "file_of", "path_of", "pending_upgrade"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_SCHEME = "sqlite:///"

# Twice as many may go as came, so that a backlog shrinks; few at once, so that nobody waits for them.
_PURGE_EVERY = 32
_PURGE_ROWS = 64


class _MarkStatements:
    """The SQL of one kind of mark; the names that are put into it are an enum's (S608)."""

    def __init__(self, kind: Kind) -> None:
        table, purged = f"{kind}_marks", f"{kind}_purged"
        self.insert = f"""
            INSERT INTO {table} SELECT ?1, ?2 FROM state WHERE only_row = 1 AND epoch = ?3 AND {purged} < ?4
            ON CONFLICT DO NOTHING"""
        self.classify = f"""
            SELECT epoch = ?1, {purged}, (SELECT proof FROM {table} WHERE mark = ?2) FROM state"""
        self.oldest = f"""
            SELECT max(mark) FROM
            (SELECT mark FROM {table} WHERE mark < ? ORDER BY mark LIMIT {_PURGE_ROWS})"""
        self.delete = f"DELETE FROM {table} WHERE mark <= ?"
        self.watermark = f"UPDATE state SET {purged} = max({purged}, substr(?, 1, 16))"


_MARKS = {kind: _MarkStatements(kind) for kind in Kind}
_HIT = """
    INSERT INTO hits (ends, window, key, number) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number"""
_COUNT = "SELECT number FROM hits WHERE ends = ? AND window = ? AND key = ?"
_PURGE_HITS = f"""
    DELETE FROM hits WHERE (ends, window, key) IN
    (SELECT ends, window, key FROM hits WHERE ends < ? ORDER BY ends LIMIT {_PURGE_ROWS})"""
_TALLY = """
    INSERT INTO tallies (hour, site, question, event, number) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET number = number + excluded.number"""
_PURGE_TALLIES = f"""
    DELETE FROM tallies WHERE (hour, site, question, event) IN
    (SELECT hour, site, question, event FROM tallies WHERE hour < ?
     ORDER BY hour LIMIT {_PURGE_ROWS})"""
_STATS = """
    SELECT hour, site, question, event, number FROM tallies WHERE hour >= ?
    ORDER BY hour, site, question, event"""


def file_of(url: str, base: Path) -> Path | None:
    """Return the file that a store's URL means, as ``path_of`` does; None where the store is none in SQLite."""
    return path_of(url, base) if url.startswith(_SCHEME) else None


def path_of(url: str, base: Path) -> Path:
    """Return the file that ``sqlite:///name`` (relative to ``base``) or ``sqlite:////folder/name`` means."""
    name = url.removeprefix(_SCHEME)
    if not name or name.endswith("/") or name.startswith(":") or "\0" in name:
        raise StoreError(
            url, "names no file", "use sqlite:///relative.db, sqlite:////absolute.db or memory://"
        )
    return Path(os.path.abspath(base / name))


def pending_upgrade(url: str, base: Path = Path(".")) -> tuple[str, ...]:
    """Return in words what opening ``url`` would do to its tables, without doing it; empty if nothing.

    Raises ``StoreError`` if this version cannot use the file.
    """
    path = path_of(url, base)
    if not path.exists():
        return (f"create {path}",)
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            return tuple(step.words for step in missing_steps(connection))
        finally:
            connection.close()
    except FAULTS as error:
        raise explained(url, error) from error


class SqliteStore:
    """Marks, counters and statistics in a SQLite file with a write-ahead log.

    Every process has one connection of its own, opened when it is first needed and never carried across a
    fork. Raises ``StoreError`` at once if the file cannot be used.
    """

    def __init__(
        self,
        url: str,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._path = path
        self._clock = clock
        self._monotonic = monotonic
        self._databases: dict[int, Database] = {}
        self._writes = 0
        self._run(Database.epoch)

    @property
    def epoch(self) -> bytes:
        """The epoch of the file that lies at the path now, as seen within the last second."""
        return self._database().known_epoch() or self._run(Database.epoch)

    def spend(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        ttl: float,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Mark ``id`` as used; see ``Store.spend``."""
        return self._run(self._spend, kind, mark_of(id, site), ttl, epoch, digest_of(proof))

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Say how ``spend`` would end; see ``Store.peek``."""
        return self._run(self._peek, kind, mark_of(id, site), epoch, digest_of(proof))

    def hit(self, key: bytes, window: float) -> int:
        """Count one more; see ``Store.hit``."""
        return self._run(self._hit, key, window)

    def count(self, key: bytes, window: float) -> int:
        """Return the current count; see ``Store.count``."""
        return self._run(self._count, key, window)

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """Add to the statistics; see ``Store.tally``."""
        self._run(self._tally, rows)

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """Return the statistics; see ``Store.stats``."""
        return self._run(self._stats, since)

    def ping(self) -> None:
        """Write the time of this call into the file."""
        self._run(self._ping)

    def close(self) -> None:
        """Let go of this process's connection; whoever calls a verb afterwards opens another."""
        database = self._database()
        with database.lock:
            database.drop()

    def _database(self) -> Database:
        # One for each process: what a child inherits from its parent stays here untouched and unclosed.
        pid = os.getpid()
        return self._databases.get(pid) or self._databases.setdefault(
            pid, Database(self._path, self._monotonic)
        )

    def _run(self, verb: Callable[[Database, *Ts], T], *args: *Ts) -> T:
        database = self._database()
        with database.lock:
            try:
                return verb(database, *args)
            except FAULTS as error:
                if not is_busy(error):
                    database.drop()
                raise explained(self._url, error) from error

    def _spend(
        self, database: Database, kind: Kind, mark: bytes, ttl: float, epoch: bytes, digest: bytes
    ) -> Spend:
        connection, name = database.ready(), mark[:ID_BYTES]
        if connection.execute(_MARKS[kind].insert, (mark, digest, epoch, name)).rowcount != 1:
            verdict = self._classify(database, connection, kind, mark, epoch, digest)
            # no mark was made, so nothing was won, whatever others did between the two statements
            return Spend.LOST if verdict is Spend.WON else verdict
        database.witness.note(kind, name)
        if self._is_turn_to_purge():
            self._purge_marks(connection, kind, ttl)
        return Spend.WON

    def _peek(self, database: Database, kind: Kind, mark: bytes, epoch: bytes, digest: bytes) -> Spend:
        return self._classify(database, database.ready(), kind, mark, epoch, digest)

    def _classify(
        self,
        database: Database,
        connection: sqlite3.Connection,
        kind: Kind,
        mark: bytes,
        epoch: bytes,
        digest: bytes,
    ) -> Spend:
        """Say what is known of an id."""
        row = connection.execute(_MARKS[kind].classify, (epoch, mark)).fetchone()
        same_epoch, watermark, known = row
        if not same_epoch:
            database.look_again()
            return Spend.RESET
        if known is not None:
            return Spend.OWN if known == digest else Spend.LOST
        if mark[:ID_BYTES] > watermark:
            return Spend.WON
        if stranded(watermark, self._clock()):
            database.renew()
            return Spend.RESET
        return Spend.LOST

    def _purge_marks(self, connection: sqlite3.Connection, kind: Kind, ttl: float) -> None:
        """Remove a few marks that no id can need any more, and note in one transaction up to where."""
        sql = _MARKS[kind]
        with _unless_busy():
            last = connection.execute(sql.oldest, (horizon(self._clock(), ttl),)).fetchone()[0]
            if last is not None:
                with writing(connection):
                    connection.execute(sql.delete, (last,))
                    connection.execute(sql.watermark, (last,))

    def _hit(self, database: Database, key: bytes, window: float) -> int:
        connection, now = database.ready(), self._clock()
        slot = (_end_of(now, window), window, key)
        number = int(connection.execute(_HIT, slot).fetchall()[0][0])
        if self._is_turn_to_purge():
            with _unless_busy():
                connection.execute(_PURGE_HITS, (now - MARGIN,))
        return number

    def _count(self, database: Database, key: bytes, window: float) -> int:
        slot = (_end_of(self._clock(), window), window, key)
        row = database.ready().execute(_COUNT, slot).fetchone()
        return int(row[0]) if row else 0

    def _tally(self, database: Database, rows: Mapping[Tally, int]) -> None:
        connection = database.ready()
        values = [(row.hour, row.site, row.question, row.event.value, number) for row, number in rows.items()]
        with writing(connection):
            connection.executemany(_TALLY, values)
            connection.execute(_PURGE_TALLIES, (int(self._clock() // 3600) - STATS_DAYS * 24,))

    def _stats(self, database: Database, since: int) -> list[tuple[Tally, int]]:
        rows = database.ready().execute(_STATS, (since,)).fetchall()
        return [
            (Tally(hour, site, question, Event(event)), number)
            for hour, site, question, event, number in rows
        ]

    def _ping(self, database: Database) -> None:
        database.ready().execute("UPDATE state SET pinged = ?", (self._clock(),))

    def _is_turn_to_purge(self) -> bool:
        self._writes += 1
        return self._writes % _PURGE_EVERY == 0


@contextmanager
def _unless_busy() -> Iterator[None]:
    """Leave housekeeping to a later writer if the file is locked: what was asked for is done already."""
    try:
        yield
    except sqlite3.Error as error:
        if not is_busy(error):
            raise


def _end_of(now: float, window: float) -> float:
    return (now // window + 1) * window
