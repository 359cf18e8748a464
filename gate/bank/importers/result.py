"""What every importer yields: questions, what could not be imported with the reason, and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gate.bank.importers.source import Source
from gate.parsing import quoted


class Place(NamedTuple):
    """Where in which file something stands; lines are counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}: line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A question as it was read.

    ``lang`` is None where the source names none; ``more`` holds other keys of a bank's question.
    """

    at: Place
    ask: str
    accept: tuple[str, ...]
    lang: str | None = None
    match: str = "text"
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotImported:
    """What stays behind: the place, why, and how the text begins."""

    at: Place
    reason: str
    text: str = ""

    def __str__(self) -> str:
        shown = f": {quoted(self.text)}" if self.text else ""
        return f"{self.at}: not imported{shown}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Note:
    """What was changed on the way, or should be looked at."""

    at: Place
    text: str

    def __str__(self) -> str:
        return f"{self.at}: note: {self.text}"


Item = Found | NotImported | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the operator may say about the files; ``split`` parts the answers in one text."""

    split: str = "\n"


Reader = Callable[[Iterable[Source], Options], Iterator[Item]]
"""Reads all files of one import; may be given several that belong together."""


@dataclass(slots=True)
class Result:
    """A whole import, in the order of the files."""

    questions: list[Found] = field(default_factory=list)
    not_imported: list[NotImported] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
