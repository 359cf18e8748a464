"""What the statistics say: sums by site and by question, and a verdict that admits what small numbers cannot tell."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gate.stores.base import Event, Tally

ENOUGH = 30
"""So many answers, or replies let through, before a share of them is spoken of."""

_Z = 1.96
_FEW_RIGHT = 0.8
_MANY_SKIPS = 0.3


class Verdict(enum.StrEnum):
    """What a question's figures say; each holds with 95 % confidence, or is not said."""

    TOO_FEW = "too few to tell"
    STOPS_PEOPLE = "stops people"
    BOTS_PASS = "bots pass"
    STOPS_BOTS = "stops bots"
    FINE = "fine"


@dataclass(slots=True)
class Sums:
    """How often each event happened."""

    counts: dict[Event, int] = field(default_factory=lambda: dict.fromkeys(Event, 0))

    def __getitem__(self, event: Event) -> int:
        return self.counts[event]

    @property
    def answered(self) -> int:
        """Answers that were judged."""
        return self[Event.RIGHT] + self[Event.WRONG]

    def add(self, event: Event, number: int) -> None:
        """Count more."""
        self.counts[event] += number

    def as_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {event.value: number for event, number in self.counts.items()}


def by_site(rows: Iterable[tuple[Tally, int]]) -> dict[str, Sums]:
    """Sum up rows of the statistics by the site's name."""
    sums: dict[str, Sums] = {}
    for row, number in rows:
        sums.setdefault(row.site, Sums()).add(row.event, number)
    return sums


def by_question(rows: Iterable[tuple[Tally, int]]) -> dict[str, Sums]:
    """Sum up rows of the statistics by the question's id; "" are questions that no bank held any more."""
    sums: dict[str, Sums] = {}
    for row, number in rows:
        sums.setdefault(row.question, Sums()).add(row.event, number)
    return sums


def total(sums: Mapping[str, Sums]) -> Sums:
    """Add up all of them."""
    everything = Sums()
    for each in sums.values():
        for event, number in each.counts.items():
            everything.add(event, number)
    return everything


def range_of(part: int, whole: int) -> tuple[float, float]:
    """Return between which shares the true one lies with 95 % confidence (Wilson's score interval)."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z / whole
    middle = share + square / 2
    spread = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole))
    return max(0.0, (middle - spread) / (1 + square)), min(1.0, (middle + spread) / (1 + square))


def verdict(question: Sums, everything: Sums) -> Verdict:
    """Say what a question's figures show beside those of all questions together.

    People and bots answer wrong alike, so "stops people" may also be the work of bots that try in vain.
    """
    passed, others = question[Event.PASSED], everything[Event.PASSED] - question[Event.PASSED]
    spared = False
    if passed >= ENOUGH and others >= ENOUGH:
        low, high = range_of(question[Event.SPAM], passed)
        usual_low, usual_high = range_of(everything[Event.SPAM] - question[Event.SPAM], others)
        if low > usual_high:
            return Verdict.BOTS_PASS
        spared = high < usual_low
    if question.answered >= ENOUGH and range_of(question[Event.RIGHT], question.answered)[1] < _FEW_RIGHT:
        return Verdict.STOPS_PEOPLE
    seen = question.answered + question[Event.SKIPPED]
    if seen >= ENOUGH and range_of(question[Event.SKIPPED], seen)[0] > _MANY_SKIPS:
        return Verdict.STOPS_PEOPLE
    if question.answered < ENOUGH:
        return Verdict.TOO_FEW
    return Verdict.STOPS_BOTS if spared else Verdict.FINE
