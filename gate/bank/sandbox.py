"""Jinja2 cut down to what a question needs: no loops, no methods, no way to grow, and seven filters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gate.answers.numbers import in_words, ordinal
from gate.parsing import kind_of

RENDER_ERRORS = (
    TemplateError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    RuntimeError,
    MemoryError,
)
"""What a template may raise: its own errors, and Python's where an operator or filter does not fit."""

_LONGEST_RESULT = 2_000
_LARGEST_NUMBER = 10**12
_LARGEST_EXPONENT = 12


@lru_cache(maxsize=64)
def sandbox(lang: str) -> Sandbox:
    """Return the environment that compiles the templates of questions in ``lang``."""
    environment = Sandbox(undefined=StrictUndefined, finalize=_printable, cache_size=0, auto_reload=False)
    environment.tests = {}
    environment.globals = {"letter": letter}
    environment.filters = {
        "words": lambda number: _words(_whole(number), lang),
        "ordinal": lambda number: _ordinal(_whole(number), lang),
        "letter": letter,
        "reverse": _reverse,
        "upper": partial(_upper, lang=lang),
        "length": _length,
        "spelled": lambda text: "-".join(letters(text)),
    }
    return environment


class Sandbox(ImmutableSandboxedEnvironment):
    """Members of a table and places in a list can be read; attributes and methods of values cannot."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read a table's member or a list's place."""
        if isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(f'a list item has no "{argument}"')
        if isinstance(obj, (str, list)) and isinstance(argument, (int, slice)):
            try:
                return obj[argument]
            except IndexError:
                return self.undefined(f"there is no place {argument} in {kind_of(obj)}")
        return self.undefined(f'{kind_of(obj)} has no "{argument}"')

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a table's member; ``items`` or ``upper`` are no methods here."""
        return self.getitem(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate within bounds, so that no template can fill the memory or run for minutes."""
        del context
        match left, operator, right:
            case int(), _, int():
                return _calculate(operator, left, right)
            case (str(), "+", str()) | (list(), "+", list()):
                _check_length(len(left) + len(right))
                return left + right
            case (str(), "*", int()) | (int(), "*", str()):
                _check_length(len(left) * right if isinstance(left, str) else left * len(right))
                return left * right
        raise TemplateRuntimeError(f'"{operator}" does not go between {kind_of(left)} and {kind_of(right)}')


def letters(text: str) -> list[str]:
    """Split text into letters, each with its combining marks; raise ``TypeError`` for anything else."""
    if not isinstance(text, str):
        raise TypeError(f"letters are in text, not in {kind_of(text)}")
    found: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if found and unicodedata.category(character).startswith("M"):
            found[-1] += character
        else:
            found.append(character)
    return found


def letter(text: str, place: int) -> str:
    """Return the letter at a place, counted from 1."""
    found = letters(text)
    if not 1 <= _whole(place) <= len(found):
        raise ValueError(f'"{text}" has no letter {place}, only 1 to {len(found)}')
    return found[place - 1]


_words = lru_cache(maxsize=4096)(in_words)
_ordinal = lru_cache(maxsize=4096)(ordinal)


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"a whole number is needed, not {kind_of(value)}")
    return value


def _reverse(value: Any) -> Any:
    return value[::-1] if isinstance(value, list) else "".join(reversed(letters(value)))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else len(letters(value))


def _upper(value: Any, lang: str) -> str:
    text = "".join(letters(value))
    if lang.split("-")[0] in ("tr", "az"):
        text = text.replace("i", "İ")
    return text.upper()


def _printable(value: Any) -> Any:
    if type(value) is int or isinstance(value, str):
        return value
    raise TypeError(f"only text and whole numbers can be shown, not {kind_of(value)}")


def _check_length(length: int) -> None:
    if length > _LONGEST_RESULT:
        raise TemplateRuntimeError("the result is too long")


def _calculate(operator: str, left: int, right: int) -> int:
    _check_size(left)
    _check_size(right)
    if operator in ("/", "//", "%") and right == 0:
        raise TemplateRuntimeError("division by zero")
    if operator == "**" and not 0 <= right <= _LARGEST_EXPONENT:
        raise TemplateRuntimeError(f"an exponent must be 0 to {_LARGEST_EXPONENT}")
    if operator == "/":
        if left % right:
            raise TemplateRuntimeError(f'"{left} / {right}" is no whole number; // rounds down')
        operator = "//"
    result: int = Sandbox.default_binop_table[operator](left, right)
    _check_size(result)
    return result


def _check_size(number: int) -> None:
    if abs(number) > _LARGEST_NUMBER:
        raise TemplateRuntimeError("a number is too large")
