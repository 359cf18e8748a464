"""From what an importer yields to a bank that loads: answers tidied, twins merged, every question checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from gate.bank.entry import BankFile, default_id, read_entry
from gate.bank.importers.result import Found, Item, Note, NotImported, Result
from gate.parsing import Faults, quoted

_Key = tuple[str, str | None, str]


def assemble(items: Iterable[Item], lang: str = "en") -> Result:
    """Sort out what an importer found; ``lang`` is the language of questions that name none.

    Every question of the result can be loaded. Questions with the same words, language and match become one.
    """
    result = Result()
    merged: dict[_Key, Found] = {}
    for item in items:
        if isinstance(item, NotImported):
            result.not_imported.append(item)
        elif isinstance(item, Note):
            result.notes.append(item)
        else:
            _take(item, lang, merged, result)
    result.questions.extend(_with_own_ids(merged.values()))
    return result


def table_of(found: Found) -> dict[str, Any]:
    """Return a question as the bank file has it."""
    table: dict[str, Any] = {"ask": found.ask, "accept": list(found.accept)}
    if found.lang is not None:
        table["lang"] = found.lang
    if found.match != "text":
        table["match"] = found.match
    return table | dict(found.more)


def _take(found: Found, lang: str, merged: dict[_Key, Found], result: Result) -> None:
    """Tidy a question and put it with the others, or note why it cannot be used."""
    key = (found.ask.strip(), found.lang, found.match)
    before = merged.get(key)
    accept = tuple(_tidied(found, before.accept if before else (), result))
    tidy = replace(found, ask=key[0], accept=accept)
    problem = _problem(tidy, lang) if accept else "it has no answer"
    if problem is not None:
        result.not_imported.append(NotImported(found.at, problem, key[0]))
    elif before is None:
        merged[key] = tidy
    else:
        merged[key] = replace(before, accept=accept)
        note = f"{quoted(key[0])} stands at {before.at} already; the answers of both are put together"
        result.notes.append(Note(found.at, note))


def _tidied(found: Found, known: Sequence[str], result: Result) -> Iterable[str]:
    """Return the answers without empty ones and repetitions; ``known`` come first."""
    kept: dict[str, str] = {_folded(answer, found.match): answer for answer in known}
    for answer in map(str.strip, found.accept):
        folded = _folded(answer, found.match)
        if not answer:
            if known or any(map(str.strip, found.accept)):
                reason = "one of its answers is empty; the others are taken"
                result.not_imported.append(NotImported(found.at, reason, found.ask))
        elif folded not in kept:
            kept[folded] = answer
        elif kept[folded] != answer:
            note = f"{quoted(answer)} differs from {quoted(kept[folded])} only in case, and is left out"
            result.notes.append(Note(found.at, note))
    return kept.values()


def _folded(answer: str, match: str) -> str:
    return answer if match == "exact" else answer.casefold()


def _problem(found: Found, lang: str) -> str | None:
    """Say why a bank with this question would be refused."""
    table = table_of(found)
    strings = (found.ask, *found.accept, *(value for value in found.more.values() if isinstance(value, str)))
    if any("\ud800" <= character <= "\udfff" for text in strings for character in text):
        return "half of a surrogate pair stands in it, which is no character"
    faults = Faults()
    read_entry(table, 1, BankFile(name="", lang=lang), faults)
    if not faults.found:
        return None
    fault = faults.found[0]
    return f"{fault.place.rpartition(': ')[2]}: {fault.problem}; {fault.remedy}"


def _with_own_ids(questions: Iterable[Found]) -> Iterable[Found]:
    """Give an id to a question whose words stand twice, in two languages or with two kinds of match."""
    taken: set[str] = set()
    for found in questions:
        id_ = name = str(found.more.get("id") or default_id(found.ask))
        number = 2
        while id_ in taken:
            id_ = f"{name[:56]}-{number}"
            number += 1
        taken.add(id_)
        yield found if id_ == name else replace(found, more={**found.more, "id": id_})
