"""What went wrong with a SQLite file, in words for the operator."""

from __future__ import annotations

import errno
import sqlite3

from gate.errors import StoreError
from gate.stores.schema import SCHEMA, ForeignFileError, NewerSchemaError

__all__ = ["FAULTS", "explained", "is_busy"]

FAULTS = (sqlite3.Error, OSError, ForeignFileError, NewerSchemaError)

_FREE_SPACE = ("the disk is full", "free some space; the gate recovers by itself")
_PERMIT = "let the user that runs the gate write to the folder and to every file of that name in it"
_RESTORE = "move it away, or put a backup in its place with `gate restore`"

_ELSEWHERE = "name another file in [store] url"
_BACKUP = "name a file that `gate backup` made"

_SQLITE = {
    sqlite3.SQLITE_BUSY: (
        "the database is locked for more than 800 ms",
        "close what holds it (a backup, a database shell); the gate recovers by itself",
    ),
    sqlite3.SQLITE_FULL: _FREE_SPACE,
    sqlite3.SQLITE_NOTADB: ("the file is not a database", _RESTORE),
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", _RESTORE),
    sqlite3.SQLITE_READONLY: ("the file cannot be written", _PERMIT),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", _PERMIT),
    sqlite3.SQLITE_PERM: ("the file cannot be opened", _PERMIT),
    sqlite3.SQLITE_IOERR: (
        "the disk did not read or write",
        "look for a full disk, a quota or a file size limit, and in the system's log",
    ),
}

_SYSTEM = {
    errno.ENOSPC: _FREE_SPACE,
    errno.EDQUOT: _FREE_SPACE,
    errno.EACCES: ("the folder cannot be written", _PERMIT),
    errno.EPERM: ("the folder cannot be written", _PERMIT),
    errno.EROFS: ("the folder is on a read-only disk", "choose another folder in [store] url"),
    errno.ELOOP: ("a symbolic link stands where the file should be", "name the real file in [store] url"),
    errno.EMFILE: ("too many files are open", "raise the limit of open files (ulimit -n)"),
    errno.ENFILE: ("too many files are open", "raise the system's limit of open files"),
}


def is_busy(error: BaseException) -> bool:
    """Tell whether somebody else merely held the file for too long."""
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.Error) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explained(url: str, error: BaseException, *, backup: bool = False) -> StoreError:
    """Return the ``StoreError`` that says what one of ``FAULTS`` means, in a store or in a backup of one."""
    problem, remedy = _problem_and_remedy(error)
    return StoreError(url, problem, _BACKUP if backup and remedy in (_RESTORE, _ELSEWHERE) else remedy)


def _problem_and_remedy(error: BaseException) -> tuple[str, str]:
    if is_busy(error):
        return _SQLITE[sqlite3.SQLITE_BUSY]
    if isinstance(error, ForeignFileError):
        return "the file is another program's database", _ELSEWHERE
    if isinstance(error, NewerSchemaError):
        return (
            f"a later version of gate wrote the file (schema {error.found}, this one knows {SCHEMA})",
            "install that version, or name another file in [store] url",
        )
    if isinstance(error, OSError):
        known = _SYSTEM.get(error.errno or 0)
        return known or (f"{error.strerror or error} ({error.filename or 'no file named'})", _PERMIT)
    known = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if known is None:
        return f"SQLite says: {error}", "look into the system's log; the gate tries again by itself"
    name = getattr(error, "sqlite_errorname", "")
    return f"{known[0]} ({name})", known[1]
