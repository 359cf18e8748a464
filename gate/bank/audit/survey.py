"""Lets every attacker try one question, and counts how often each is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import fsum

from gate.answers.judge import is_right
from gate.answers.numbers import forms_with_digits
from gate.bank.audit.asked import Asked
from gate.bank.audit.attackers import ATTACKERS
from gate.bank.draw import stream
from gate.bank.question import Question, Variant

SAMPLE = 500
"""Variants of a question that are tried: all of them, or one drawn from each of so many equal parts."""

Judged = tuple[tuple[str, ...], str, str, int]
"""What the judge is given beside the answer: what is accepted, how it is matched, language and typos."""


@dataclass(slots=True)
class Survey:
    """How one question fared: for each attacker, how many of the variants it passes with which chance."""

    question: Question
    tried: int = 0
    chances: dict[str, Counter[float]] = field(
        default_factory=lambda: {each: Counter() for each in ATTACKERS}
    )
    answers: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[float, str]] = field(default_factory=dict)

    def rate(self, attacker: str) -> float:
        """The chance that an attacker passes a variant drawn at random."""
        return fsum(chance * times for chance, times in self.chances[attacker].items()) / self.tried

    @property
    def best_attacker(self) -> str:
        """The attacker that passes most often; of equals the first."""
        return max(ATTACKERS, key=self.rate)

    def try_one(self, variant: Variant) -> None:
        """Let every attacker try one variant, which it sees as its wording alone."""
        question = self.question
        asked = Asked(variant.ask, question.lang)
        judged = (variant.accept, question.match, question.lang, question.typos)
        for name, attack in ATTACKERS.items():
            chance = _chance(attack(asked), judged)
            self.chances[name][chance] += 1
            if chance > self.examples.get(name, (0.0, ""))[0]:
                self.examples[name] = (chance, variant.ask)
        forms = {form for answer in variant.accept for form in forms_with_digits(answer, question.lang)}
        self.answers.update(forms)
        self.tried += 1


def sampled(question: Question) -> int:
    """Return how many variants of a question are tried."""
    return min(question.wording.count, SAMPLE)


def survey(question: Question, tried: Callable[[], None]) -> Survey:
    """Try the variants of a question one by one; ``tried`` is called after each."""
    found = Survey(question)
    for number in _numbers(question):
        found.try_one(question.wording.variant(number))
        tried()
    return found


def _numbers(question: Question) -> Iterator[int]:
    """Pick the variants to try, the same ones each time.

    One is drawn from each part, since even steps through a question with several varied values would
    meet some of these values always together.
    """
    count = question.wording.count
    if count <= SAMPLE:
        yield from range(count)
        return
    below = stream(b"gate bank audit", question.id.encode())
    for part in range(SAMPLE):
        start, end = part * count // SAMPLE, (part + 1) * count // SAMPLE
        yield start + below(end - start)


def _chance(guesses: tuple[str, ...], judged: Judged) -> float:
    return sum(_passes(guess, judged) for guess in guesses) / len(guesses) if guesses else 0.0


@lru_cache(maxsize=65_536)
def _passes(guess: str, judged: Judged) -> bool:
    accepted, match, lang, typos = judged
    return is_right(guess, accepted, match=match, lang=lang, typos=typos)
