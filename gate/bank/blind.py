"""Blind guesses: answers that pass some draws of a language, typed without reading the question."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from gate.answers.numbers import forms_with_digits
from gate.bank.guesses import common_guesses


class Accepted(NamedTuple):
    """What one question accepts: its part of the draws, and of so many variants, how many accept each form."""

    share: float
    variants: int
    forms: Counter[str]


def blind_guesses(lang: str, questions: Iterable[Accepted]) -> dict[str, float]:
    """Return every answer that is worth typing unread, with the part of a language's draws that it passes.

    What a single variant accepts is left out, unless everybody tries it (yes, no, small numbers, colours): whoever
    types it knows that question.
    """
    rates: dict[str, float] = defaultdict(float)
    accepting: Counter[str] = Counter()
    for question in questions:
        accepting.update(question.forms)
        for form, variants in question.forms.items():
            rates[form] += question.share * variants / question.variants
    tried = frozenset[str]().union(*(forms_with_digits(guess, lang) for guess in common_guesses(lang)))
    return {form: rate for form, rate in rates.items() if accepting[form] > 1 or form in tried}
