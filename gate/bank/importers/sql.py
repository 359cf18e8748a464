"""Rows of an SQL dump, read as a stream: one row and one buffer are held, whatever the size of the dump."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from gate.bank.importers.sql_text import Scanner, Value

_NOT_A_COLUMN = frozenset(
    {
        *("PRIMARY", "KEY", "UNIQUE", "INDEX", "CONSTRAINT", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"),
        *("EXCLUDE", "LIKE"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a wanted table; ``prefix`` is what stands before the table's usual name.

    ``fault`` says why the row could not be read; ``values`` holds what could.
    """

    prefix: str
    table: str
    line: int
    values: Mapping[str, Value] = field(default_factory=dict)
    fault: str | None = None

    def text(self, column: str) -> str:
        """Return a value as text, "" where it is NULL, missing or no literal."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""


def read_rows(stream: TextIO, tables: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """Yield the rows that a dump inserts into some tables.

    Args:
        stream: the dump: INSERT and REPLACE with one or many rows, or PostgreSQL's COPY.
        tables: the wanted tables' names without their prefix, with the columns in the order that they have
            where neither the INSERT nor a CREATE TABLE of the dump names them.
    """
    return _Dump(Scanner(stream), tables).rows()


class _Dump:
    def __init__(self, scanner: Scanner, tables: Mapping[str, Sequence[str]]) -> None:
        self._scanner = scanner
        self._tables = tables
        self._created: dict[str, list[str]] = {}

    def rows(self) -> Iterator[Row]:
        scanner = self._scanner
        while scanner.skip_blank():
            match scanner.word():
                case "INSERT" | "REPLACE":
                    yield from self._insert()
                case "COPY":
                    yield from self._copy()
                case "CREATE":
                    self._create()
                case "PRAGMA":
                    scanner.plain_backslash = True
                    scanner.skip_statement()
                case "SET":
                    # pg_dump says so at the top: a backslash is a letter like any other.
                    scanner.skip_blank()
                    scanner.plain_backslash |= scanner.word() == "STANDARD_CONFORMING_STRINGS"
                    scanner.skip_statement()
                case "" if scanner.peek() == "\\":
                    scanner.rest_of_line()
                case _:
                    scanner.skip_statement()

    def _wanted(self, name: str) -> tuple[str, str] | None:
        """Part a table's name into prefix and usual name; None where nobody asked for it."""
        folded = name.lower()
        found = (table for table in self._tables if folded.endswith(table))
        table = max(found, key=len, default=None)
        return None if table is None else (name[: len(name) - len(table)], table)

    def _insert(self) -> Iterator[Row]:
        scanner = self._scanner
        name = self._target()
        wanted = self._wanted(name)
        if wanted is None:
            scanner.skip_statement()
            return
        line = scanner.line
        columns = scanner.names() or self._columns(name, wanted[1])
        scanner.skip_blank()
        word = scanner.word()
        while word in ("OVERRIDING", "SYSTEM", "USER", "VALUE"):
            scanner.skip_blank()
            word = scanner.word()
        if word != "VALUES":
            fault = "the rows do not stand behind VALUES; export the table with plain INSERT statements"
            yield Row(prefix=wanted[0], table=wanted[1], line=line, fault=fault)
            scanner.skip_statement()
            return
        yield from self._value_rows(wanted, columns)

    def _target(self) -> str:
        """Read on to the table's name: INSERT [IGNORE …] [INTO] name."""
        scanner = self._scanner
        scanner.skip_blank()
        name = scanner.name()
        while name.upper() in ("IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "OR", "REPLACE", "INTO"):
            scanner.skip_blank()
            name = scanner.name()
        return name

    def _value_rows(self, wanted: tuple[str, str], columns: Sequence[str]) -> Iterator[Row]:
        scanner = self._scanner
        while scanner.skip_blank() and scanner.peek() == "(":
            line = scanner.line
            values = scanner.row()
            yield _row(wanted, columns, values, line)
            scanner.skip_blank()
            if not scanner.accept(","):
                break
        # What may follow, such as ON CONFLICT DO NOTHING, is not asked.
        scanner.skip_statement()

    def _columns(self, name: str, table: str) -> Sequence[str]:
        return self._created.get(name) or self._tables[table]

    def _create(self) -> None:
        scanner = self._scanner
        scanner.skip_blank()
        if scanner.word() == "TABLE":
            scanner.skip_blank()
            name = scanner.name()
            while name.upper() in ("IF", "NOT", "EXISTS"):
                scanner.skip_blank()
                name = scanner.name()
            if self._wanted(name):
                self._created[name] = [
                    column for column in scanner.definitions() if column.upper() not in _NOT_A_COLUMN
                ]
        scanner.skip_statement()

    def _copy(self) -> Iterator[Row]:
        scanner = self._scanner
        scanner.plain_backslash = True
        scanner.skip_blank()
        name = scanner.name()
        wanted = self._wanted(name)
        columns = scanner.names() or (self._columns(name, wanted[1]) if wanted else ())
        scanner.skip_statement()
        scanner.rest_of_line()
        for line, values in scanner.copied_rows(keep=wanted is not None):
            if wanted is not None:
                yield _row(wanted, columns, values, line)


def _row(wanted: tuple[str, str], columns: Sequence[str], values: Sequence[Value] | None, line: int) -> Row:
    prefix, table = wanted
    if values is None:
        fault = "the file ends in the middle of this row; export it again"
        return Row(prefix=prefix, table=table, line=line, fault=fault)
    if len(values) != len(columns):
        fault = (
            f"a row of {len(values)} values for {len(columns)} columns; export the table with column names"
        )
        return Row(prefix=prefix, table=table, line=line, fault=fault)
    named = dict(zip((column.lower() for column in columns), values, strict=True))
    return Row(prefix=prefix, table=table, line=line, values=named)
