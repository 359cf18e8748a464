"""Copies of a SQLite store: taken while gates use it, and put back in its place while they do.

What is put back re-opens nothing: it begins with an epoch of its own, under which no challenge or token was made.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gate.errors import StoreError
from gate.files import sync_folder
from gate.stores.contract import EPOCH_BYTES, Kind
from gate.stores.explain import FAULTS, explained
from gate.stores.place import exclusively, place_of
from gate.stores.schema import ForeignFileError, missing_steps, upgrade, writing

__all__ = ["REPLACED", "Copied", "back_up", "put_back"]

REPLACED = "-replaced"
"""What a store is renamed to, at its end, when another is put in its place."""

_BUSY_SECONDS = 5.0
_FRESH = """
    UPDATE state SET epoch = ?, boot = '', place = '', sealed = 0,
                     challenge_purged = x'', token_purged = x'', receipt_purged = x''"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy holds: its size in bytes, its marks, and how many events its statistics count."""

    size: int
    marks: int
    events: int


def back_up(path: Path, out: Path) -> Copied:
    """Copy the store at ``path`` as it is at one moment into the new file ``out``, for this user alone.

    Gates that use the store go on as before. Raises ``StoreError``; then there is no ``out``.
    """
    with _explaining(path), _reading(path) as source:
        source.execute("BEGIN")
        source.execute("SELECT epoch FROM state").fetchone()  # from here on the view is that of one moment
        if out.exists() or out.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
        with _growing(out) as unfinished:
            copied = _copy(source, unfinished, path)
            os.replace(unfinished, out)
            sync_folder(out.parent)
    return copied


def put_back(path: Path, backup: Path) -> Copied:
    """Put a copy of ``backup`` in the place of the store at ``path``, with a fresh epoch.

    Gates that use the store go over to it with their next request. What was there is renamed, ``REPLACED`` at its
    end. Raises ``StoreError``; then the store is as before.
    """
    if backup.is_dir():
        raise StoreError(str(backup), "is a folder", "name a file that `gate backup` made")
    with _explaining(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _growing(path) as unfinished:
            with _explaining(backup, backup=True), _reading(backup) as source:
                copied = _copy(source, unfinished, backup, fresh=True)
            owner = (path if path.exists() else path.parent).stat()
            with contextlib.suppress(PermissionError):
                os.chown(unfinished, owner.st_uid, owner.st_gid)
            with exclusively(path):
                _set_aside(path)
                os.replace(unfinished, path)
                sync_folder(path.parent)
    return copied


def _copy(source: sqlite3.Connection, target: Path, named: Path, *, fresh: bool = False) -> Copied:
    """Copy a store, whole and sound; ``named`` is what messages call it."""
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StoreError(str(named), "the database is damaged", "put an older backup in its place")
        if fresh:
            upgrade(copy)
            with writing(copy):
                copy.execute(_FRESH, (secrets.token_bytes(EPOCH_BYTES),))
        marks = sum(copy.execute(f"SELECT count(*) FROM {kind}_marks").fetchone()[0] for kind in Kind)
        events = copy.execute("SELECT coalesce(sum(number), 0) FROM tallies").fetchone()[0]
    finally:
        copy.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return Copied(size=target.stat().st_size, marks=marks, events=events)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that must be a store of gate."""
    place_of(str(path))  # a missing file, or a link, is refused
    mode = "rw" if os.access(path, os.W_OK) else "ro"  # whoever may write leaves no log behind
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
    )
    try:
        if missing_steps(connection) and not connection.execute("PRAGMA user_version").fetchone()[0]:
            raise ForeignFileError
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _growing(out: Path) -> Iterator[Path]:
    """Yield a private file beside ``out``, which is gone at the end."""
    if not out.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(out.parent))
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        yield unfinished
    finally:
        for ending in ("", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{unfinished}{ending}")


def _set_aside(path: Path) -> None:
    """Rename a store with its log. Whoever has it open goes on in it for one statement at most, then sees it."""
    aside = path.with_name(path.name + REPLACED)
    for ending in ("", "-wal", "-shm", "-journal"):
        old, new = (place.with_name(place.name + ending) for place in (path, aside))
        new.unlink(missing_ok=True)
        if ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                os.rename(old, new)
        else:
            old.unlink(missing_ok=True)


@contextlib.contextmanager
def _explaining(path: Path, *, backup: bool = False) -> Iterator[None]:
    """Turn what SQLite and the system say about ``path``, a store or a backup, into a ``StoreError``."""
    try:
        yield
    except FileNotFoundError as error:
        missing = error.filename or path
        raise StoreError(str(path), f"there is no {missing}", "see whether the path is right") from error
    except FileExistsError as error:
        problem = f"{error.filename} is there already"
        raise StoreError(str(path), problem, "choose another name, or move that file away") from error
    except FAULTS as error:
        raise explained(str(path), error, backup=backup) from error
