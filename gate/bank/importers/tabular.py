"""CSV files: the separator found out, rows by the names of their columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TextIO

from gate.errors import BankError, Fault

_SEPARATORS = ("\t", ";", ",")
_LOOKED_AT = 50
_LONGEST_CELL = 1_000_000
_END = "\x1eend"


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by the names of its columns."""

    line: int
    values: Mapping[str, str]


def read_tables(stream: TextIO, name: str, marks: Sequence[str]) -> Iterator[Cells]:
    """Yield the rows of one or more tables, each with a header row that has all the columns in ``marks``."""
    header: list[str] = []
    for line, row in read_csv(stream, name):
        names = [cell.strip().lower() for cell in row]
        if set(marks) <= set(names):
            header = names
        elif any(row):
            yield Cells(line, dict(zip(header, row, strict=False)))


def read_csv(stream: TextIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row; the separator is a comma, a semicolon or a tab, whichever fits.

    Raises ``BankError`` where no more rows can be told apart; ``name`` is the file's, for its message.
    """
    csv.field_size_limit(_LONGEST_CELL)
    head = list(islice(stream, _LOOKED_AT))
    skipped = 0
    separator = _named_separator(head)
    if separator is not None:
        head, skipped = head[1:], 1
    reader = csv.reader(chain(head, stream, [_END]), delimiter=separator or _separator(head))
    last = 0
    try:
        for row in reader:
            if row == [_END]:
                return
            if row and row[-1].endswith(_END):
                raise csv.Error("a quote that opens there is never closed")
            yield last + 1 + skipped, row
            last = reader.line_num
    except csv.Error as error:
        place = f"{name}: line {last + 1 + skipped}"
        raise BankError([Fault(place, f"no CSV ({error})", "mend the quotes from there on")]) from None


def _named_separator(head: Sequence[str]) -> str | None:
    """Read the line ``sep=;`` that spreadsheets write."""
    first = head[0].lstrip("\ufeff").strip("\r\n") if head else ""
    return first[4] if first.startswith("sep=") and len(first) == 5 else None


def _separator(head: Sequence[str]) -> str:
    """Choose what parts every row, else what parts most; a comma is the last that is thought of."""
    shares = {separator: _share(head, separator) for separator in _SEPARATORS}
    best = max(shares.values())
    return next((separator for separator, share in shares.items() if share == best and best), ",")


def _share(head: Sequence[str], separator: str) -> float:
    try:
        rows = [row for row in csv.reader(head, delimiter=separator) if any(row)]
    except csv.Error:
        return 0.0
    return sum(len(row) > 1 for row in rows) / len(rows) if rows else 0.0
