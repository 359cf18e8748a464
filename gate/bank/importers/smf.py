"""SMF: the table ``qanda`` of 2.1 and later, and the rows ``ver_test`` of ``log_comments`` in 2.0."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.markup import decoded, plain
from gate.bank.importers.objects import Number
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source
from gate.bank.importers.sql import Row, read_rows

_TABLES = {
    "qanda": ("id_question", "lngfile", "question", "answers"),
    "log_comments": (
        *("id_comment", "id_member", "member_name", "comment_type", "id_recipient", "recipient_name"),
        *("log_time", "id_notice", "counter", "body"),
    ),
}


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read SQL dumps."""
    for source in sources:
        with source.open() as stream:
            for row in read_rows(stream, _TABLES):
                at = Place(source.name, row.line)
                if row.fault is not None:
                    yield NotImported(at, row.fault)
                elif row.table == "qanda":
                    yield from _question(row, at)
                elif row.text("comment_type") == "ver_test":
                    yield from _built(at, row.text("body"), [row.text("recipient_name")], None)


def _question(row: Row, at: Place) -> Iterator[Item]:
    given = _answers(row.text("answers"))
    ask = row.text("question")
    if given is None:
        yield NotImported(at, "its answers are no JSON list of texts", ask)
        return
    named = row.text("lngfile")
    lang = closest_tag(named)
    if named and lang is None:
        yield Note(at, f'"{named}" is no language that gate knows; it counts as the file\'s')
    yield from _built(at, ask, given, lang)


def _built(at: Place, ask: str, answers: Iterable[str], lang: str | None) -> Iterator[Item]:
    text = plain(ask)
    if text.telling:
        yield NotImported(at, f"it shows more than text (<{text.telling}>)", text.text)
        return
    if text.tags:
        yield Note(at, "its HTML tags are taken out")
    yield Found(at=at, ask=text.text, accept=tuple(map(decoded, answers)), lang=lang)


def _answers(text: str) -> list[str] | None:
    """Read a JSON list of texts and numbers."""
    try:
        given: Any = json.loads(text, parse_int=Number, parse_float=Number)
    except (ValueError, RecursionError):
        return None
    if isinstance(given, dict):
        given = list(given.values())
    if not isinstance(given, list) or not all(isinstance(answer, str) for answer in given):
        return None
    return [str(answer) for answer in given]
