"""Questions as the text of a bank file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from gate.bank.importers.assemble import table_of
from gate.bank.importers.result import Found

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_JOINERS = "\u200c\u200d"
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Zl", "Zp")


def bank_text(questions: Iterable[Found], lang: str, heading: str = "") -> str:
    """Write a bank file; ``lang`` is the language of the file, ``heading`` a comment on its first line."""
    parts = [f"# {heading}\n"] if heading else []
    parts.append(f"lang = {toml_text(lang)}\n")
    parts.extend(question_text(table_of(found)) for found in questions)
    return "\n".join(parts)


def question_text(table: dict[str, Any]) -> str:
    """Write one ``[[question]]`` with its keys in the order of the table."""
    lines = ["[[question]]", *(f"{key} = {toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def toml_value(value: Any) -> str:
    """Write a text, number, boolean, or a list of these."""
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, (int, float)):
        return repr(value)
    raise TypeError(f"no TOML for {type(value).__name__}")


def toml_text(text: str) -> str:
    """Write a basic string; what a reader would not see is written as its number."""
    return f'"{"".join(_escaped(text))}"'


def _escaped(text: str) -> Iterator[str]:
    for character in text:
        if character in _SHORT:
            yield _SHORT[character]
        elif unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            code = ord(character)
            yield f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
        else:
            yield character
