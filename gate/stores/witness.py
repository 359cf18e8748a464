"""Two small files beside the database that tell whether it is still the one last written.

A database cannot know that an older copy of it was put in its place, or that its log was deleted: what is
left is sound, only some marks are gone. So each process, after its mark is committed, writes the mark's id
into a slot of its own in the *witness*. A database that lacks an id named there is not the one last written.

A witness that was copied back together with its database would name only ids of that time. Therefore a second
file, the *seal*, is written when an epoch begins and then left alone, and the database notes its change time:
the one thing about a file that no copying brings back.
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gate.stores.contract import EPOCH_BYTES, Kind

__all__ = ["Testimony", "Witness"]

_SLOTS = 128
_RECORD = struct.Struct(">B16s")
_CHECKED = struct.Struct(">17s3xI")
_PAGE_BYTES = _SLOTS * _CHECKED.size
_EMPTY = bytes(_CHECKED.size)
_KINDS = dict(enumerate(Kind, start=1))
_NUMBERS = {kind: number for number, kind in _KINDS.items()}
_EPOCH, _DAMAGED = 255, 254
_READS = 30
_REREAD_SECONDS = 0.001
_REWRITES = 10_000
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SEAL_WORDS = b"When this file changed tells gate whether an old copy was put back. Leave it alone.\n"


class Testimony(NamedTuple):
    """The epoch that the witness was begun for, when it was sealed (ns), ids whose marks were committed."""

    epoch: bytes
    sealed: int
    spent: tuple[tuple[Kind, bytes], ...]


class Witness:
    """The witness, held open by one process, and its seal."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-witness")
        self._seal_path = database.with_name(database.name + "-seal")
        self._offset = (1 + os.getpid() % (_SLOTS - 1)) * _CHECKED.size
        self._file = -1

    def note(self, kind: Kind, name: bytes) -> None:
        """Name an id whose mark is committed."""
        record = _RECORD.pack(_NUMBERS[kind], name)
        os.pwrite(self._file, _CHECKED.pack(record, zlib.crc32(record)), self._offset)

    def read(self) -> Testimony | None:
        """Return what the witness says; None if it or its seal is missing or damaged."""
        for attempt in range(_READS):
            if attempt:
                time.sleep(_REREAD_SECONDS)
            if not self._is_in_place() and not self._open():
                return None
            # Others may be writing: what is half done is whole a moment later.
            records = list(_records(os.pread(self._file, _PAGE_BYTES, 0)))
            if records and records[0][0] == _EPOCH and all(number in _KINDS for number, _ in records[1:]):
                return self._testimony(records)
        return None

    def restart(self, epoch: bytes) -> int:
        """Begin anew for a new epoch, under the database's write lock; return when it was sealed (ns)."""
        if not self._is_in_place() and not self._open():
            self._path.unlink(missing_ok=True)
            self._file = os.open(self._path, _NEW, 0o600)
        os.pwrite(self._file, bytes(_PAGE_BYTES), 0)
        os.ftruncate(self._file, _PAGE_BYTES)
        self._seal_path.unlink(missing_ok=True)
        seal = os.open(self._seal_path, _NEW, 0o600)
        os.write(seal, _SEAL_WORDS)
        os.close(seal)
        sealed = self._seal_path.lstat().st_ctime_ns
        record = _RECORD.pack(_EPOCH, epoch)
        for _ in range(_REWRITES):
            # Files' times go in ticks of some ms: a copy of the seal must not come to bear the same one.
            os.pwrite(self._file, _CHECKED.pack(record, zlib.crc32(record)), 0)
            if os.fstat(self._file).st_ctime_ns > sealed:
                break
        return sealed

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _testimony(self, records: list[tuple[int, bytes]]) -> Testimony | None:
        try:
            sealed = self._seal_path.lstat().st_ctime_ns
        except FileNotFoundError:
            return None
        spent = tuple((_KINDS[number], name) for number, name in records[1:])
        return Testimony(records[0][1][:EPOCH_BYTES], sealed, spent)

    def _is_in_place(self) -> bool:
        try:
            return self._file >= 0 and os.path.samestat(self._path.lstat(), os.fstat(self._file))
        except FileNotFoundError:
            return False

    def _open(self) -> bool:
        self.close()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        return True


def _records(page: bytes) -> Iterator[tuple[int, bytes]]:
    if len(page) != _PAGE_BYTES:
        return
    for start in range(0, _PAGE_BYTES, _CHECKED.size):
        slot = page[start : start + _CHECKED.size]
        if slot != _EMPTY:
            record, checksum = _CHECKED.unpack(slot)
            number, name = _RECORD.unpack(record)
            yield (number if checksum == zlib.crc32(record) else _DAMAGED), name
