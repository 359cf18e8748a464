"""The tables of the SQLite store, and how an older file becomes one of today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

__all__ = [
    "APPLICATION_ID",
    "SCHEMA",
    "ForeignFileError",
    "NewerSchemaError",
    "Step",
    "missing_steps",
    "upgrade",
    "writing",
]

APPLICATION_ID = int.from_bytes(b"gate", "big")


class Step(NamedTuple):
    """What leads from one schema number to the next: in words for the operator, and in SQL."""

    words: str
    statements: tuple[str, ...]


# A mark's key is its id and site in one blob. An id begins with its time, so the key alone tells when a mark
# may go, the index grows at its end only, and a row costs 40 bytes.
_MARKS = "CREATE TABLE {kind}_marks (mark BLOB PRIMARY KEY, proof BLOB) WITHOUT ROWID"

_STEPS = (
    Step(
        "create the tables for marks, counters and statistics",
        (
            """CREATE TABLE state (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                epoch BLOB NOT NULL,      -- what ids must have been made under
                boot TEXT NOT NULL,       -- the boot of the machine that this epoch belongs to
                place TEXT NOT NULL,      -- device and inode of the file that it belongs to
                sealed INTEGER NOT NULL,  -- the change time of its seal, in nanoseconds
                challenge_purged BLOB NOT NULL DEFAULT x'',  -- the highest id whose mark was removed
                token_purged BLOB NOT NULL DEFAULT x'',
                receipt_purged BLOB NOT NULL DEFAULT x'',
                pinged REAL NOT NULL DEFAULT 0
            )""",
            "INSERT INTO state (only_row, epoch, boot, place, sealed) VALUES (1, x'', '', '', 0)",
            _MARKS.format(kind="challenge"),
            _MARKS.format(kind="token"),
            _MARKS.format(kind="receipt"),
            """CREATE TABLE hits (
                ends REAL, window REAL, key BLOB, number INTEGER NOT NULL, PRIMARY KEY (ends, window, key)
            ) WITHOUT ROWID""",
            """CREATE TABLE tallies (
                hour INTEGER, site TEXT, question TEXT, event TEXT, number INTEGER NOT NULL,
                PRIMARY KEY (hour, site, question, event)
            ) WITHOUT ROWID""",
            f"PRAGMA application_id = {APPLICATION_ID}",
        ),
    ),
)

SCHEMA = len(_STEPS)


class ForeignFileError(Exception):
    """The database belongs to another program."""


class NewerSchemaError(Exception):
    """The database was written by a later gate; ``found`` is its schema."""

    def __init__(self, found: int) -> None:
        self.found = found
        super().__init__(f"schema {found}")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file's write lock for a few statements: all of them happen, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def missing_steps(connection: sqlite3.Connection) -> tuple[Step, ...]:
    """Return what an upgrade would do; nothing if the file is of today."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found == 0 and connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        raise ForeignFileError
    if found > 0 and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ForeignFileError
    if found > SCHEMA:
        raise NewerSchemaError(found)
    return _STEPS[found:]


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the file to today's schema in one transaction."""
    if not missing_steps(connection):
        return
    with writing(connection):
        for step in missing_steps(connection):
            for statement in step.statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
