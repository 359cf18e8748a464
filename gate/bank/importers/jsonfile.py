"""JSON, and JSON lines: numbers keep the spelling of their source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gate.bank.importers.objects import Number, questions
from gate.bank.importers.result import Item, NotImported, Options, Place
from gate.bank.importers.source import Source

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)


class _BrokenError(Exception):
    """No JSON from ``at`` on."""

    def __init__(self, at: int, problem: str) -> None:
        self.at = at
        self.problem = problem
        super().__init__(problem)


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read one document, or one on each line."""
    for source in sources:
        yield from _documents(source.text(), source.name)


def _documents(text: str, name: str) -> Iterator[Item]:
    lines = _Lines(text)
    at = _blank(text, 0)
    while at < len(text):
        document = _JsonBranch(text, at, lines)
        try:
            end = document.end()
        except _BrokenError as error:
            line_end = text.find("\n", error.at)
            end = len(text) if line_end < 0 else _blank(text, line_end)
            goes_on = text[at] == "{" and text[end : end + 1] == "{"
            rest = "" if goes_on else "; nothing from there on can be read"
            place = Place(name, lines.line_at(error.at))
            yield NotImported(place, f"no JSON ({error.problem}){rest}", text[error.at : error.at + 60])
            if not goes_on and text[at] == "[":
                yield from _readable(document, name)
            end = end if goes_on else len(text)
        else:
            yield from questions(document, name)
        at = _blank(text, end)


def _readable(document: _JsonBranch, name: str) -> Iterator[Item]:
    """Yield the questions of a list that stand before the place where it breaks off."""
    try:
        yield from questions(document, name)
    except _BrokenError:
        return


@dataclass(slots=True)
class _Lines:
    """Counts the lines of a text; cheap for places that are asked for one after the other."""

    text: str
    at: int = 0
    line: int = 1

    def line_at(self, at: int) -> int:
        if at < self.at:
            self.at, self.line = 0, 1
        self.line += self.text.count("\n", self.at, at)
        self.at = at
        return self.line


@dataclass(frozen=True, slots=True)
class _JsonBranch:
    text: str
    at: int
    lines: _Lines = field(repr=False)

    @property
    def line(self) -> int:
        return self.lines.line_at(self.at)

    @property
    def is_list(self) -> bool:
        return self.text[self.at] == "["

    @property
    def is_map(self) -> bool:
        return self.text[self.at] == "{"

    def end(self) -> int:
        return _decoded(self.text, self.at)[1]

    def plain(self) -> Any:
        return _decoded(self.text, self.at)[0]

    def items(self) -> Iterator[_JsonBranch]:
        at = _blank(self.text, self.at + 1)
        while self.text[at : at + 1] != "]":
            item = _JsonBranch(self.text, at, self.lines)
            end = item.end()
            yield item
            at = self._next(end, "]")

    def members(self) -> Iterator[tuple[str, _JsonBranch]]:
        at = _blank(self.text, self.at + 1)
        while self.text[at : at + 1] != "}":
            key, end = _decoded(self.text, at)
            value = _JsonBranch(self.text, _blank(self.text, _blank(self.text, end) + 1), self.lines)
            yield key, value
            at = self._next(value.end(), "}")

    def _next(self, end: int, closing: str) -> int:
        """Return where the next value begins, or the closing bracket stands."""
        at = _blank(self.text, end)
        if self.text[at : at + 1] == ",":
            return _blank(self.text, at + 1)
        if self.text[at : at + 1] == closing:
            return at
        raise _BrokenError(at, "a comma or a bracket is missing")


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _BrokenError(min(error.pos, len(text)), error.msg) from None
    except RecursionError:
        raise _BrokenError(at, "nested too deeply") from None


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at
