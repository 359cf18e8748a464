"""MyBB's security questions, and other forums' tables with the answers of a question in one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gate.bank.importers.markup import decoded, plain
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source
from gate.bank.importers.sql import Row, read_rows

_TABLES = {"questions": ("qid", "question", "answer", "shown", "correct", "incorrect", "active")}


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read SQL dumps; ``options.split`` stands between a question's answers."""
    for source in sources:
        with source.open() as stream:
            for row in read_rows(stream, _TABLES):
                yield from _question(row, Place(source.name, row.line), options.split)


def _question(row: Row, at: Place, split: str) -> Iterator[Item]:
    answers = row.text("answer") or row.text("answers")
    if row.fault is not None:
        yield NotImported(at, row.fault)
        return
    if "question" not in row.values or not {"answer", "answers"} & row.values.keys():
        yield NotImported(at, "the table has no columns question and answer, so that it is another one")
        return
    text = plain(row.text("question"))
    if text.telling:
        yield NotImported(at, f"it shows more than text (<{text.telling}>)", text.text)
        return
    if text.tags:
        yield Note(at, "its HTML tags are taken out")
    accept = tuple(filter(None, (decoded(part) for part in _parts(answers, split))))
    off = row.text("active") == "0"
    yield Found(at=at, ask=text.text, accept=accept, more={"enabled": False} if off else {})


def _parts(answers: str, split: str) -> list[str]:
    return answers.splitlines() if split == "\n" else answers.split(split)
