"""Changing one place in a bank file and nothing else: comments, order, spacing and line ends stay as they were.

The place is found in the text, and the result is read back and compared. A TOML library that keeps style (tomlkit
0.15 was tried) does not keep this: it moves lists that stand between questions, puts a new key below the comment
that announces the next question, changes line ends, and adds a question to a last line without an end.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gate.bank.importers.writing import question_text
from gate.bank.load import parse_bank
from gate.bank.question import Question
from gate.bank.sources import LARGEST_FILE
from gate.errors import BankError, Fault
from gate.parsing import quoted

_BESIDE = b"[[question]]\nask = 'another'\naccept = 'another'\nid = 'it stands in another file of the bank'\n"
_STRING_OR_HEADER = re.compile(
    r"""
      (?P<string> \"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\\n]|\\.)*" | '[^'\n]*' )
    | (?P<comment> \#[^\n]* )
    | (?P<header> (?<![^\n])[ \t]*\[\[?[^\n]* )
    | (?P<enabled> (?<![^\n])[ \t]*enabled[ \t]*=[ \t]*(?P<value>true|false)\b )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUESTION_HEADER = re.compile(r"""[ \t]*\[\[[ \t]*(["']?)question\1[ \t]*\]\][ \t]*(?:\#.*)?\r?""")


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's new content, and the question it is about; ``content`` is None where nothing changes."""

    question: Question
    content: bytes | None


def add_question(content: bytes, name: str, table: dict[str, Any]) -> Edit:
    """Put a question at the end of a bank file called ``name``; raise ``BankError`` where it would not load.

    ``table`` holds the question's keys as in the file.
    """
    text = _checked_text(content, name)
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = newline if text.endswith("\n") else newline * 2
    before = text + gap if text.strip() else text
    added = before + question_text(table).replace("\n", newline)
    changed = _encoded(added, content)
    if len(changed) > LARGEST_FILE:
        raise BankError([Fault(name, f"larger than {LARGEST_FILE:,} bytes", "add it to another file")])
    return Edit(_load(changed, name)[-1], changed)


def switch(content: bytes, name: str, id_: str, *, enabled: bool) -> Edit:
    """Switch the question with this id on or off; raise ``BankError`` where there is none."""
    text = _checked_text(content, name)
    questions = _load(content, name)
    number = next((at for at, question in enumerate(questions) if question.id == id_), None)
    if number is None:
        raise BankError([_unknown(name, id_, [question.id for question in questions])])
    if questions[number].enabled == enabled:
        return Edit(questions[number], None)
    changed = _encoded(_switched(text, number, enabled=enabled), content)
    expected = tomllib.loads(text)
    expected["question"][number]["enabled"] = enabled
    if _parsed(changed) != expected:
        problem = "written in a way that cannot be changed without touching the rest"
        remedy = f"write enabled = {str(enabled).lower()} there by hand"
        raise BankError([Fault(questions[number].place, problem, remedy)])
    return Edit(_load(changed, name)[number], changed)


def _checked_text(content: bytes, name: str) -> str:
    """Return the text of a file that loads, or is still empty."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if content.strip():
        _load(content, name)
    return text


def _encoded(text: str, before: bytes) -> bytes:
    return text.encode("utf-8-sig" if before.startswith(b"\xef\xbb\xbf") else "utf-8")


def _load(content: bytes, name: str) -> list[Question]:
    """Load a file as one of several: it may well have no question that is on."""
    bank = parse_bank({name: content, "another file": _BESIDE})
    return list(bank.questions[:-1])


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except ValueError:
        return None


def _switched(text: str, number: int, *, enabled: bool) -> str:
    """Change the value of ``enabled`` in question ``number`` (from 0), or put it below the question's header."""
    value = str(enabled).lower()
    at = None
    questions = -1
    for match in _pieces(text):
        if match["header"] is not None:
            questions += bool(_QUESTION_HEADER.fullmatch(match["header"]))
            if at is not None:
                break
            if questions == number:
                at = match.end()
        elif match["enabled"] and at is not None:
            return text[: match.start("value")] + value + text[match.end("value") :]
    if at is None:
        return text
    newline = "\r\n" if text[:at].endswith("\r") else "\n"
    line = f"\nenabled = {value}" + ("\r" if newline == "\r\n" else "")
    return text[:at] + line + text[at:]


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """Yield headers and values of ``enabled``; what stands in texts and comments is passed over."""
    return (
        match for match in _STRING_OR_HEADER.finditer(text) if match["header"] is not None or match["enabled"]
    )


def _unknown(name: str, id_: str, known: Sequence[str]) -> Fault:
    close = difflib.get_close_matches(id_, known, n=1, cutoff=0.6)
    remedy = f"did you mean {close[0]}?" if close else f"gate bank export {name} --format json shows them all"
    return Fault(name, f"no question has the id {quoted(id_)}", remedy)
