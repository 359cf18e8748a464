"""A bank as CSV or JSON, for other programs: nobody is held by the file format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gate.bank.importers.spreadsheet import RISKY
from gate.bank.question import Bank, Question, Variant

_HEADER = ("lang", "match", "enabled", "question")


def export_json(bank: Bank, variants: int | None = None) -> Iterator[str]:
    """Yield a JSON list of questions, an object to a line.

    Args:
        bank: what is written, questions that are off too.
        variants: of a question with more variants so many are written, evenly chosen; all without it.
    """
    yield "["
    separator = "\n"
    for question, variant in _wordings(bank, variants):
        yield separator + json.dumps(_as_object(question, variant), ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n"


def export_csv(bank: Bank, variants: int | None = None) -> Iterator[str]:
    """Yield CSV: language, match, whether it is on, the question, then an answer in each cell.

    A cell that a spreadsheet would take for a formula begins with a '; importing takes it off again.
    ``variants`` is as in ``export_json``.
    """
    most = max((len(variant.accept) for _, variant in _wordings(bank, variants)), default=1)
    yield _csv_row([*_HEADER, *["answer"] * most])
    for question, variant in _wordings(bank, variants):
        enabled = str(question.enabled).lower()
        texts = (variant.ask, *variant.accept)
        yield _csv_row([question.lang, question.match, enabled, *map(_safe, texts)])


FORMATS: Mapping[str, Callable[[Bank, int | None], Iterator[str]]] = {"csv": export_csv, "json": export_json}


def chosen(question: Question, variants: int | None) -> int:
    """Return how many of a question's variants are written."""
    count = question.wording.count
    return count if variants is None else min(count, variants)


def _wordings(bank: Bank, variants: int | None) -> Iterator[tuple[Question, Variant]]:
    for question in bank.questions:
        count = question.wording.count
        written = chosen(question, variants)
        for number in range(written):
            yield question, question.wording.variant(number * count // written)


def _as_object(question: Question, variant: Variant) -> dict[str, Any]:
    """Return what the import of JSON reads; what has its usual value is left out."""
    of_one = question.wording.count == 1
    given: dict[str, Any] = {
        "id": question.id if of_one else None,
        "lang": question.lang,
        "question": variant.ask,
        "answers": list(variant.accept),
        "match": question.match if question.match != "text" else None,
        "family": question.family if question.family != question.id or not of_one else None,
        "typos": question.typos if question.typos != 1 else None,
        "hint": question.hint,
        "see": question.see,
        "tags": sorted(question.tags) or None,
        "weight": _weight(question) if of_one and question.weight != 1 else None,
        "enabled": None if question.enabled else False,
    }
    return {key: value for key, value in given.items() if value is not None}


def _weight(question: Question) -> float:
    return int(question.weight) if question.weight.is_integer() else question.weight


def _safe(text: str) -> str:
    """Mark as text what a spreadsheet would take for a formula, and what looks so marked already."""
    return f"'{text}" if text.lstrip("'").startswith(tuple(RISKY)) else text


def _csv_row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
