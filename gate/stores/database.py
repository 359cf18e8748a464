"""One SQLite file as one process sees it: opened safely, watched, trusted only while it is what it was."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from gate.stores.contract import EPOCH_BYTES, Kind
from gate.stores.place import boot_id, exclusively, place_of, prepare
from gate.stores.schema import missing_steps, upgrade, writing
from gate.stores.witness import Witness

__all__ = ["Database"]

_BUSY_SECONDS = 0.8
_CHECK_SECONDS = 1.0
_TICK_NS = 20_000_000
_RENEW = """
    UPDATE state SET epoch = ?, boot = ?, place = ?, sealed = ?,
                     challenge_purged = x'', token_purged = x'', receipt_purged = x''"""
_ACCOUNTED = {
    kind: f"""
        SELECT {kind}_purged >= ?1 OR
               ?1 = (SELECT substr(mark, 1, 16) FROM {kind}_marks
                     WHERE mark >= ?1 ORDER BY mark LIMIT 1)
        FROM state"""
    for kind in Kind
}


class Database:
    """A connection that opens, checks and reopens itself. Its methods are called while holding ``lock``."""

    def __init__(self, path: Path, monotonic: Callable[[], float]) -> None:
        self.lock = threading.Lock()
        self.pid = os.getpid()
        self._path = path
        self._name = str(path)
        self._monotonic = monotonic
        self._connection: sqlite3.Connection | None = None
        self.witness = Witness(path)
        self._device = self._inode = self._changed = 0
        self._epoch = b""
        self._check_at = 0.0
        _OPEN.add(self)

    def ready(self) -> sqlite3.Connection:
        """Return a connection to the file that lies at the path now."""
        connection, found = self._connection, self._found()
        if connection is None or found is None:
            self.drop()
            return self._open()
        if found.st_ctime_ns != self._changed:
            # SQLite writes into the file now and then, but so may somebody else.
            self._check_at = 0.0
            self._changed = _settled_change(found)
        if self._monotonic() >= self._check_at:
            # What SQLite remembers of the file would hide that somebody wrote over it.
            connection.execute("PRAGMA shrink_memory")
            self._settle(connection)
        return connection

    def known_epoch(self) -> bytes:
        """Return the epoch if it was looked at within the last second, else nothing. Needs no lock."""
        return self._epoch if self._monotonic() < self._check_at else b""

    def epoch(self) -> bytes:
        """Return the epoch of the file that lies at the path now."""
        self.ready()
        return self._epoch

    def look_again(self) -> None:
        """Have the next call check the file, however lately that was done."""
        self._check_at = 0.0

    def renew(self) -> None:
        """Draw a new epoch, so that nothing made before is accepted, and forget the watermarks."""
        connection = self.ready()
        with writing(connection):
            self._renew(connection)
        self._settle(connection)

    def drop(self) -> None:
        """Let go of the connection; the next call opens a new one."""
        connection, self._connection = self._connection, None
        self._check_at = 0.0
        self.witness.close()
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _found(self) -> os.stat_result | None:
        """Return the file at the path as it is now; None if it is not the one that was opened."""
        try:
            found = os.stat(self._name, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found if found.st_ino == self._inode and found.st_dev == self._device else None

    def _open(self) -> sqlite3.Connection:
        with exclusively(self._path):
            prepare(self._path)
            place = place_of(self._name)
            connection = sqlite3.connect(
                self._name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                missing_steps(connection)  # before anything is written into a file that may be another's
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                upgrade(connection)
                self._device, self._inode = place
                if self._found() is None:
                    raise FileNotFoundError(
                        errno.ENOENT, "the file was replaced while it was opened", self._name
                    )
                self._settle(connection)
            except BaseException:
                self.witness.close()
                connection.close()
                raise
        self._connection = connection
        return connection

    def _settle(self, connection: sqlite3.Connection) -> None:
        """Make sure that the file is the one last written; else draw a new epoch, once for all processes."""
        if not self._is_trusted(connection):
            with writing(connection):
                if not self._is_trusted(connection):
                    self._renew(connection)
        self._epoch = bytes(connection.execute("SELECT epoch FROM state").fetchone()[0])
        self._check_at = self._monotonic() + _CHECK_SECONDS

    def _is_trusted(self, connection: sqlite3.Connection) -> bool:
        # The witness first: a mark is committed before it is named, so what is named must be found.
        testimony = self.witness.read()
        state = connection.execute("SELECT epoch, sealed, boot, place FROM state").fetchone()
        return (
            testimony is not None
            and (testimony.epoch, testimony.sealed, boot_id(), self._place_name()) == state
            and all(
                connection.execute(_ACCOUNTED[kind], (name,)).fetchone()[0] for kind, name in testimony.spent
            )
        )

    def _renew(self, connection: sqlite3.Connection) -> None:
        epoch = secrets.token_bytes(EPOCH_BYTES)
        sealed = self.witness.restart(epoch)
        connection.execute(_RENEW, (epoch, boot_id(), self._place_name(), sealed))

    def _place_name(self) -> str:
        return f"{self._device}:{self._inode}"


def _settled_change(found: os.stat_result) -> int:
    """Return when the file was changed (ns); 0 if that is so lately that more may follow with the same time."""
    return 0 if 0 <= time.time_ns() - found.st_ctime_ns < _TICK_NS else found.st_ctime_ns


# SQLite keeps what it knows of its locks in memory, so a fork while a connection is open would leave the
# child believing that it holds what its parent holds. Connections are therefore closed just before a fork and
# opened anew by whoever needs one; the locks are held across it, so that no thread opens one in between.
_OPEN: weakref.WeakSet[Database] = weakref.WeakSet()
_fork_lock = threading.Lock()
_held: list[threading.Lock] = []


def _before_fork() -> None:
    _fork_lock.acquire()
    for database in [database for database in _OPEN if database.pid == os.getpid()]:
        database.lock.acquire()
        _held.append(database.lock)
        database.drop()


def _after_fork() -> None:
    while _held:
        _held.pop().release()
    _fork_lock.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
