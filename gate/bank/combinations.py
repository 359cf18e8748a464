"""The values that a question varies: every combination, or those that ``where`` and ``distinct`` leave."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from gate.bank.templates import Template

MOST_VARIANTS = 100_000
"""More variants in one question are refused."""

MOST_TRIED = 250_000
"""So many combinations are put to ``where`` and ``distinct``; trying more would hold up the start."""

Values = Mapping[str, Any]


class TooManyError(Exception):
    """More variants than allowed; the message says how many."""


@dataclass(frozen=True, slots=True)
class Combinations:
    """All combinations of the columns' values, numbered.

    ``kept`` lists the surviving ones where some are left out. Names are in alphabetical order, so that a number
    means the same however the file orders them.
    """

    columns: Mapping[str, Sequence[Any]]
    kept: Sequence[int] | None = None

    @property
    def count(self) -> int:
        """How many there are."""
        return _size(self.columns) if self.kept is None else len(self.kept)

    def values(self, number: int) -> Values:
        """Return combination ``number``; raise ``IndexError`` if there is none."""
        if not 0 <= number < self.count:
            raise IndexError(f"variant {number} of {self.count}")
        place = number if self.kept is None else self.kept[number]
        return _values_at(self.columns, place)


def combine(
    columns: Mapping[str, Sequence[Any]], *, distinct: bool = False, where: Sequence[Template] = ()
) -> Combinations:
    """Number the combinations that ``distinct`` and every part of ``where`` leave.

    Raises ``TooManyError``, and whatever ``where`` raises.
    """
    columns = {name: columns[name] for name in sorted(columns)}
    total = _size(columns)
    if not where and not distinct:
        if total > MOST_VARIANTS:
            raise TooManyError(f"{total:,} variants")
        return Combinations(columns)
    kept = array("I")
    tests = [*([_distinct(columns)] if distinct else []), *(_where(columns, part) for part in where)]
    for place, indices in zip(range(min(total, MOST_TRIED)), _indices(columns), strict=False):
        if all(test(indices) for test in tests):
            kept.append(place)
    if len(kept) > MOST_VARIANTS:
        raise TooManyError(f"{'more than ' if total > MOST_TRIED else ''}{len(kept):,} variants")
    if total > MOST_TRIED:
        raise TooManyError(f"{total:,} combinations to try, more than {MOST_TRIED:,}")
    return Combinations(columns, kept)


Test = Callable[[Sequence[int]], bool]


def _size(columns: Mapping[str, Sequence[Any]]) -> int:
    return prod(len(column) for column in columns.values())


def _values_at(columns: Mapping[str, Sequence[Any]], place: int) -> dict[str, Any]:
    values = {}
    for name, column in columns.items():
        place, index = divmod(place, len(column))
        values[name] = column[index]
    return values


def _indices(columns: Mapping[str, Sequence[Any]]) -> Iterator[list[int]]:
    """Count through the combinations as ``_values_at`` numbers them: the first column turns fastest."""
    sizes = [len(column) for column in columns.values()]
    indices = [0] * len(sizes)
    while True:
        yield indices
        for column, size in enumerate(sizes):
            indices[column] += 1
            if indices[column] < size:
                break
            indices[column] = 0
        else:
            return


def _distinct(columns: Mapping[str, Sequence[Any]]) -> Test:
    """Compare values by number, since tables cannot be put into a set."""
    numbers: dict[str, int] = {}
    numbered = [
        [numbers.setdefault(json.dumps(value, sort_keys=True), len(numbers)) for value in column]
        for column in columns.values()
    ]
    wanted = len(numbered)

    def test(indices: Sequence[int]) -> bool:
        return len({column[index] for column, index in zip(numbered, indices, strict=True)}) == wanted

    return test


def _where(columns: Mapping[str, Sequence[Any]], where: Template) -> Test:
    """Ask ``where`` once for each combination of the names that it mentions."""
    mentioned = [(at, name, columns[name]) for at, name in enumerate(columns) if name in where.names]
    verdicts: dict[tuple[int, ...], bool] = {}

    def test(indices: Sequence[int]) -> bool:
        key = tuple(indices[at] for at, _, _ in mentioned)
        verdict = verdicts.get(key)
        if verdict is None:
            values = {name: column[indices[at]] for at, name, column in mentioned}
            verdict = verdicts[key] = bool(where.render(values))
        return verdict

    return test
