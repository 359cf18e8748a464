"""phpBB's Q&A plugin: an SQL dump of its two tables, or the two as CSV, joined by the question's number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.markup import decoded, plain
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source
from gate.bank.importers.sql import Row, read_rows
from gate.bank.importers.tabular import read_tables

_QUESTIONS, _ANSWERS = "captcha_questions", "captcha_answers"
_TABLES = {
    _QUESTIONS: ("question_id", "strict", "lang_id", "lang_iso", "question_text"),
    _ANSWERS: ("question_id", "answer_text"),
}
_NO = ("", "0", "f", "false", "n", "no")
_HEADER = re.compile(r"(?!\s*(?:INSERT|REPLACE|COPY|CREATE)\b).*\bquestion_id\b", re.IGNORECASE)


@dataclass(slots=True)
class _Board:
    """The two tables of one forum; a dump may hold several, told apart by their prefix."""

    questions: dict[str, tuple[Place, Row]] = field(default_factory=dict)
    answers: dict[str, list[tuple[Place, str]]] = field(default_factory=dict)


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read dumps or CSV files; answers may come before their questions, and in another file."""
    boards: dict[str, _Board] = {}
    for source in sources:
        for row in _rows(source):
            yield from _sort_in(row, Place(source.name, row.line), boards)
    for board in boards.values():
        yield from _joined(board)


def _rows(source: Source) -> Iterator[Row]:
    with source.open() as stream:
        is_csv = _HEADER.match(stream.readline())
    with source.open() as stream:
        if not is_csv:
            yield from read_rows(stream, _TABLES)
            return
        for cells in read_tables(stream, source.name, ("question_id",)):
            table = _QUESTIONS if "question_text" in cells.values else _ANSWERS
            yield Row(prefix="", table=table, line=cells.line, values=cells.values)


def _sort_in(row: Row, at: Place, boards: dict[str, _Board]) -> Iterator[Item]:
    board = boards.setdefault(row.prefix, _Board())
    id_ = row.text("question_id").strip()
    column = "question_text" if row.table == _QUESTIONS else "answer_text"
    text = row.values.get(column)
    if row.fault is not None:
        yield NotImported(at, row.fault)
    elif not id_:
        yield NotImported(
            at, "the row has no question_id, so that nothing can be joined to it", row.text(column)
        )
    elif not isinstance(text, str):
        yield NotImported(at, f"its {column} is no text")
    elif row.table == _ANSWERS:
        board.answers.setdefault(id_, []).append((at, decoded(text)))
    elif id_ in board.questions:
        before = board.questions[id_][0]
        yield NotImported(at, f"question_id {id_} stands at {before} already", plain(text).text)
    else:
        board.questions[id_] = (at, row)


def _joined(board: _Board) -> Iterator[Item]:
    for id_, (at, row) in board.questions.items():
        answers = board.answers.pop(id_, [])
        text = plain(row.text("question_text"))
        if text.telling:
            yield NotImported(at, f"it shows more than text (<{text.telling}>)", text.text)
            continue
        if text.tags:
            yield Note(at, "its HTML tags are taken out")
        iso = row.text("lang_iso")
        lang = closest_tag(iso)
        if iso and lang is None:
            yield Note(at, f'"{iso}" is no language that gate knows; it counts as the file\'s')
        exact = row.text("strict").strip().lower() not in _NO
        yield Found(
            at=at,
            ask=text.text,
            accept=tuple(answer for _, answer in answers),
            lang=lang,
            match="exact" if exact else "text",
        )
    for id_, orphans in board.answers.items():
        for at, answer in orphans:
            yield NotImported(at, f"an answer to question {id_}, which is not there", answer)
