"""CSV: the question, its answers in the cells behind it, and other columns by the names in the first row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source
from gate.bank.importers.tabular import read_csv
from gate.parsing import quoted

RISKY = "=+-@\t\r\n＝＋－＠"
"""A cell that begins with one of these is a formula to a spreadsheet; a ' before it says that it is text."""

_QUOTED_CELL = re.compile(rf"''*[{re.escape(RISKY)}]")
_DATE = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}|\d{1,2}-[A-Za-z]{3}(?:-\d{2,4})?|[A-Za-z]{3}-\d{2}|\d{4}-\d{2}-\d{2}[T ].*"
)
_QUESTION = (
    *("question", "ask", "frage", "pregunta", "domanda", "pergunta", "vraag", "pytanie", "вопрос", "soru"),
    *("質問", "問題", "问题", "سؤال", "السؤال"),
)
_NAMES = {
    **dict.fromkeys(_QUESTION, "question"),
    "lang": "lang",
    "language": "lang",
    "match": "match",
    "enabled": "enabled",
}
_ANSWER = re.compile(
    r"(?:answers?|accept|antwort(?:en)?|réponses?|respuestas?|rispost[ae]|respostas?|antwoord(?:en)?|odpowied(?:ź|zi)"
    r"|ответы?|cevap(?:lar)?|yanıt(?:lar)?|答え|回答|答案|(?:ال)?(?:جواب|إجابة))[ _]?\d*"
)


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read CSV files, with or without a header row."""
    for source in sources:
        columns: list[str] | None = None
        with source.open() as stream:
            for line, row in read_csv(stream, source.name):
                if columns is None:
                    columns = _columns(row)
                    if columns:
                        yield from _unread(columns, row, Place(source.name, line))
                        continue
                if any(cell.strip() for cell in row):
                    yield from _question(row, columns, Place(source.name, line))


def text_of(cell: str) -> str:
    """Take off the ' with which a spreadsheet marks text that looks like a formula."""
    return cell[1:] if _QUOTED_CELL.match(cell) else cell


def _columns(row: Sequence[str]) -> list[str]:
    """Return what each column holds, none where the row is no header."""
    names = [cell.strip().lower() for cell in row]
    if not set(_QUESTION) & set(names):
        return []
    return [_NAMES.get(name, "answer" if _ANSWER.fullmatch(name) or not name else "") for name in names]


def _unread(columns: Sequence[str], row: Sequence[str], at: Place) -> Iterator[Note]:
    unread = [quoted(cell) for cell, column in zip(row, columns, strict=True) if not column]
    if unread:
        yield Note(at, f"left out: the column{'s'[: len(unread) - 1]} {', '.join(unread)}")


def _question(row: Sequence[str], columns: Sequence[str] | None, at: Place) -> Iterator[Item]:
    cells = [text_of(cell).strip() for cell in row]
    if columns:
        named = [*columns, *["answer"] * (len(cells) - len(columns))]
        values = {column: cell for column, cell in zip(named, cells, strict=False) if column != "answer"}
        answers = [cell for column, cell in zip(named, cells, strict=False) if column == "answer" and cell]
    else:
        values, answers = {"question": cells[0]}, [cell for cell in cells[1:] if cell]
    ask = values.get("question", "")
    if not ask or not answers:
        missing = "question" if not ask else "answer"
        yield NotImported(at, f"no {missing} stands in this row", ask or ", ".join(answers))
        return
    for answer in answers:
        if _DATE.fullmatch(answer):
            text = f"{quoted(answer)} looks like a date that a spreadsheet made of something else; look at it"
            yield Note(at, text)
    yield from _built(at, ask, answers, values)


def _built(at: Place, ask: str, answers: Sequence[str], values: Mapping[str, str]) -> Iterator[Item]:
    lang = closest_tag(values["lang"]) if values.get("lang") else None
    if values.get("lang") and lang is None:
        yield Note(at, f'"{values["lang"]}" is no language that gate knows; it counts as the file\'s')
    off = values.get("enabled", "").lower() in ("false", "0", "no")
    more = {"enabled": False} if off else {}
    yield Found(
        at=at, ask=ask, accept=tuple(answers), lang=lang, match=values.get("match") or "text", more=more
    )
