"""Arithmetic: reads the numbers of a question, in digits or words, and does with them what its keywords say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import prod

from gate.bank.audit.asked import Asked, Guesses

_SIGNS = {
    "+": "plus",
    "-": "minus",
    "−": "minus",
    "–": "minus",
    "*": "times",
    "×": "times",
    "÷": "divided",
    "/": "divided",
}
_OPERATORS = ("minus", "times", "divided", "plus")


def arithmetic(asked: Asked) -> Guesses:
    """Return the result; each number of the question where no keyword says what to do with them."""
    values = [number.value for number in asked.numbers]
    if len(values) < 2:
        return tuple(map(str, values)) if asked.has("digits") or asked.has("number") else ()
    for attempt in (_nth, _extreme, _next, _chain, _all_together):
        result = attempt(asked, values)
        if result is not None:
            return (str(result),)
    return tuple(dict.fromkeys(map(str, values))) if asked.has("how_many") or asked.has("number") else ()


def _nth(asked: Asked, values: list[int]) -> int | None:
    """Take the number at the place that the question names."""
    if asked.place is None or not asked.has("number") or len(values) <= max(asked.place, 1):
        return None
    return values[asked.place]


def _extreme(asked: Asked, values: list[int]) -> int | None:
    chooser: dict[str, Callable[[list[int]], int]] = {"bigger": max, "smaller": min}
    return next((choose(values) for key, choose in chooser.items() if asked.has(key)), None)


def _next(asked: Asked, values: list[int]) -> int | None:
    """Continue a row of numbers that has one step, or one factor."""
    if len(values) < 3 or not asked.has("next"):
        return None
    if len({b - a for a, b in pairwise(values)}) == 1:
        return 2 * values[-1] - values[-2]
    if values[0] and all(a * values[1] == b * values[0] for a, b in pairwise(values)):
        return values[-1] * values[1] // values[0]
    return None


def _chain(asked: Asked, values: list[int]) -> int | None:
    """Work out "three plus five minus one": an operator, and nothing else, between all neighbours."""
    operators = [_operator(asked, at) for at in range(len(values) - 1)]
    if None in operators:
        return None
    terms = [values[0]]
    for operator, value in zip(operators, values[1:], strict=True):
        if operator == "times":
            terms[-1] *= value
        elif operator == "divided":
            if not value or terms[-1] % value:
                return None
            terms[-1] //= value
        else:
            terms.append(-value if operator == "minus" else value)
    return sum(terms)


def _operator(asked: Asked, at: int) -> str | None:
    one, other = asked.numbers[at : at + 2]
    between = asked.line[one.end : other.start].strip()
    for key in _OPERATORS:
        pattern = asked.vocabulary.keywords.get(key)
        if pattern and pattern.fullmatch(between):
            return key
    signs = [sign for sign in asked.signs if sign in _SIGNS]
    if between in ("", *_SIGNS) and len(signs) == len(asked.numbers) - 1:
        return _SIGNS[signs[at]]
    return None


def _all_together(asked: Asked, values: list[int]) -> int | None:
    if asked.has("product"):
        return prod(values)
    if asked.has("difference"):
        return max(values) - sum(sorted(values)[:-1])
    return sum(values) if asked.has("sum") or _only_joined(asked) else None


def _only_joined(asked: Asked) -> bool:
    """Say whether the numbers stand beside each other with nothing but "and" between."""
    between = (asked.line[one.end : other.start].strip() for one, other in pairwise(asked.numbers))
    return all(map(asked.vocabulary.conjunctions.fullmatch, between))
