"""From questions to the bank: what passes on average, what a script passes that may skip, and a blind guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from gate.bank.audit.survey import Survey
from gate.bank.blind import Accepted, blind_guesses
from gate.bank.draw import MOST_SKIPS


class Floor(NamedTuple):
    """The answer that passes most draws when it is typed unread, and its rate."""

    answer: str
    rate: float


def mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean by weight."""
    return fsum(value * weight for value, weight in zip(values, weights, strict=True)) / fsum(weights)


def choosing(surveys: Sequence[Survey]) -> float:
    """Return what a script passes that sees up to four questions of one language, and answers one of them.

    It knows of every wording what its best attacker's chance is, and skips where going on promises more; it
    cannot go back. As in a real draw, the question after a skip is of another family while there is one.
    """
    weight: dict[str, float] = defaultdict(float)
    for survey in surveys:
        weight[survey.question.family] += survey.question.weight
    total = fsum(weight.values())
    going_on = dict.fromkeys(weight, 0.0)
    promised = 0.0
    for _ in range(MOST_SKIPS + 1):
        worth = [_worth(survey, going_on[survey.question.family]) for survey in surveys]
        by_family: dict[str, float] = defaultdict(float)
        for survey, value in zip(surveys, worth, strict=True):
            by_family[survey.question.family] += survey.question.weight * value
        promised = fsum(by_family.values())
        going_on = {
            family: (promised - by_family[family]) / (total - weight[family])
            if len(weight) > 1
            else promised / total
            for family in weight
        }
    return min(promised / total, 1.0)


def harvested(survey: Survey, share: float, solved: int) -> float:
    """Return the chance that one of ``solved`` earlier challenges had the very same wording."""
    return 1.0 - (1.0 - share / survey.question.wording.count) ** solved


def floor(surveys: Sequence[Survey]) -> Floor:
    """Find the answer that passes most draws of one language unread; of equals the first in the alphabet."""
    total = fsum(survey.question.weight for survey in surveys)
    accepted = (Accepted(each.question.weight / total, each.tried, each.answers) for each in surveys)
    guesses = blind_guesses(surveys[0].question.lang, accepted)
    answer = min(guesses, key=lambda form: (-guesses[form], form), default="")
    return Floor(answer, guesses.get(answer, 0.0))


def _worth(survey: Survey, going_on: float) -> float:
    chances = survey.chances[survey.best_attacker]
    return fsum(max(chance, going_on) * times for chance, times in chances.items()) / survey.tried
