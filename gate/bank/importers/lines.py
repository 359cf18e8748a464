"""Text: a question and its answers on a line, or in the small formats of wikis and site builders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source

_LOOKED_AT = 2_000
_MARK = re.compile(r".*[?？؟]", re.DOTALL)
_Q = re.compile(r"\s*Q\s*[:.)]\s*(.*)", re.IGNORECASE)
_A = re.compile(r"\s*A\s*[:.)]\s*(.*)", re.IGNORECASE)
_RULE = re.compile(r"\s*-{2,}\s*")
_COMMENT = re.compile(r"\s*#(?:\s|#|$)")
_MARKED = re.compile(r"\s*([?!])(?:([A-Z]{2}(?:[-_][A-Z]{2})?):)?\s*(.*)")

_Lines = Iterator[tuple[Place, str]]


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read text files; how one is laid out shows at its beginning."""
    for source in sources:
        with source.open() as stream:
            layout = _layout(stream)
        with source.open() as stream:
            yield from layout(_numbered(stream, source.name))


def _numbered(stream: TextIO, name: str) -> _Lines:
    for number, line in enumerate(stream, 1):
        yield Place(name, number), line.strip("\r\n")


def _layout(stream: TextIO) -> Callable[[_Lines], Iterator[Item]]:
    lines = [line for _, line in zip(range(_LOOKED_AT), stream, strict=False) if line.strip()]
    first = next((line for line in lines if not _COMMENT.match(line)), "")
    if _Q.match(first):
        return _pairs
    asked = _MARK.match(first)
    answered = asked is not None and first[asked.end() :].strip() != ""
    if not answered and any(_RULE.fullmatch(line) for line in lines):
        return _blocks
    if any(line.lstrip().startswith("?") for line in lines) and any(
        line.lstrip().startswith("!") for line in lines
    ):
        return _marked
    return _one_a_line


def _one_a_line(lines: _Lines) -> Iterator[Item]:
    """``Question? one|another``: the last question mark parts the two."""
    for at, line in _without_comments(lines):
        question = _MARK.match(line)
        if question is None:
            yield NotImported(at, "no question mark parts the question from its answers", line)
            continue
        answers = line[question.end() :].strip()
        yield from _found(
            at, question[0], answers.split("|"), "no answer stands behind its last question mark"
        )


def _pairs(lines: _Lines) -> Iterator[Item]:
    """``Q: …``, then one or more lines ``A: one|another``."""
    asked: tuple[Place, str] | None = None
    answers: list[str] = []
    for at, line in _without_comments(lines):
        question, answer = _Q.match(line), _A.match(line)
        if question:
            if asked is not None:
                yield from _found(*asked, answers, "no line that begins with A: stands below it")
            asked, answers = (at, question[1]), []
        elif answer and asked is not None:
            answers.extend(answer[1].split("|"))
        else:
            yield NotImported(at, "it begins neither with Q: nor, below a question, with A:", line)
    if asked is not None:
        yield from _found(*asked, answers, "no line that begins with A: stands below it")


def _blocks(lines: _Lines) -> Iterator[Item]:
    """Blocks between lines ``--``: the question, and on the next line its answers with commas between them."""
    block: list[tuple[Place, str]] = []
    for at, line in lines:
        if _RULE.fullmatch(line):
            yield from _block(block)
            block = []
        elif line.strip():
            block.append((at, line.strip()))
    yield from _block(block)


def _block(block: list[tuple[Place, str]]) -> Iterator[Item]:
    if not block:
        return
    at, question = block[0]
    if len(block) > 2:
        yield NotImported(
            at, f"a block of {len(block)} lines; it has a question and a line of answers", question
        )
        return
    yield from _found(
        at, question, block[1][1].split(",") if len(block) > 1 else [], "no answer stands below it"
    )


def _marked(lines: _Lines) -> Iterator[Item]:
    """``?Question`` and below it ``!answer``; a language may follow the mark: ``?DE:``."""
    asked: tuple[Place, str] | None = None
    answers: list[str] = []
    lang: str | None = None
    missing = "no line that begins with ! stands below it"
    for at, line in _without_comments(lines):
        match = _MARKED.fullmatch(line)
        if match and match[1] == "?":
            if asked is not None:
                yield from _found(*asked, answers, missing, lang)
            asked, answers = (at, match[3]), []
            lang = closest_tag(match[2]) if match[2] else None
        elif match and asked is not None:
            answers.append(match[3])
        else:
            yield NotImported(at, "it begins neither with ? nor, below a question, with !", line)
    if asked is not None:
        yield from _found(*asked, answers, missing, lang)


def _without_comments(lines: _Lines) -> _Lines:
    return ((at, line) for at, line in lines if line.strip() and not _COMMENT.match(line))


def _found(
    at: Place, ask: str, answers: Iterable[str], missing: str, lang: str | None = None
) -> Iterator[Item]:
    accept = tuple(answer.strip() for answer in answers if answer.strip())
    if not accept:
        yield NotImported(at, missing, ask)
        return
    if any(" or " in answer or "/" in answer for answer in accept):
        yield Note(at, "one of its answers looks like several; part them with |")
    yield Found(at=at, ask=ask, accept=accept, lang=lang)
