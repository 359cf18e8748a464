"""A file to import: its encoding found out, read as a stream or as a whole."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from gate.errors import BankError, Fault

LARGEST_WHOLE = 50_000_000
"""Bytes of the largest file that is read at once; SQL dumps and CSV are read row by row, whatever their size."""

_CHUNK = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED = (
    (b"\x1f\x8b", "packed with gzip", "unpack it first, with gunzip"),
    (b"BZh", "packed with bzip2", "unpack it first, with bunzip2"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "unpack it first, or save the sheet as CSV"),
)
_MIXED = "gate-windows-1252"


class Source:
    """One file of an import.

    Args:
        name: what messages call it.
        file: the bytes; must be seekable, since they are read twice.
        encoding: of the text; without one it is UTF-8, with single bytes of Windows-1252 where it is not.

    Raises:
        BankError: it is an archive, which only looks like text.
    """

    def __init__(self, name: str, file: BinaryIO, encoding: str | None = None) -> None:
        self.name = name
        self._file = file
        self._errors = "strict"
        self.first_bad_line: int | None = None
        """Where the text stops being UTF-8 and Windows-1252 was taken; None where it never does."""
        self._encoding = encoding or self._found_encoding()

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """Yield the text from its beginning, line ends as they are; raise ``BankError`` where it is no text."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self._encoding, self._errors, newline="")
        try:
            yield text
        except UnicodeError as error:
            problem = f"not in the encoding {self._encoding} ({error})"
            raise BankError([Fault(self.name, problem, "name another with --encoding")]) from None
        finally:
            text.detach()

    def text(self) -> str:
        """Return the whole text, line ends as "\\n"; raise ``BankError`` where it is too large."""
        size = self._file.seek(0, io.SEEK_END)
        if size > LARGEST_WHOLE:
            problem = f"larger than {LARGEST_WHOLE:,} bytes"
            raise BankError([Fault(self.name, problem, "cut it down to the questions")])
        with self.open() as stream:
            return stream.read().replace("\r\n", "\n").replace("\r", "\n")

    def _found_encoding(self) -> str:
        self._file.seek(0)
        head = self._file.read(4)
        for mark, problem, remedy in _PACKED:
            if head.startswith(mark):
                raise BankError([Fault(self.name, problem, remedy)])
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                if encoding == "utf-8-sig":
                    self._look_for_bad_bytes()
                return encoding
        self._look_for_bad_bytes()
        return "utf-8"

    def _look_for_bad_bytes(self) -> None:
        """Find the first byte that is not UTF-8; from there on, single bytes are taken as Windows-1252."""
        self._file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        while True:
            chunk = self._file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                self.first_bad_line = line + error.object.count(b"\n", 0, error.start)
                codecs.register_error(_MIXED, _as_windows)
                self._errors = _MIXED
                return
            if not chunk:
                return
            line += chunk.count(b"\n")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that are no UTF-8 each as its Windows character; a stray one spoils no other."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pieces = (bytes([byte]) for byte in error.object[error.start : error.end])
    return "".join(_windows(piece) for piece in pieces), error.end


def _windows(piece: bytes) -> str:
    try:
        return piece.decode("cp1252")
    except UnicodeDecodeError:
        return piece.decode("latin-1")
