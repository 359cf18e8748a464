"""What an audit found, as values and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA = 1
"""Raised when a key of the JSON goes or changes its meaning; new keys may come any time."""

_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReport:
    """One question: the chance (0 to 1) that each attacker passes it in one try.

    ``variants`` is how many there are, ``tried`` how many of them the attackers answered, ``share`` how much of
    its language's draws the question is. ``best`` is the highest rate but for ``harvest``.
    """

    id: str
    ask: str
    lang: str
    family: str
    variants: int
    tried: int
    share: float
    attackers: Mapping[str, float]
    best: float
    best_attacker: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageReport:
    """One language: the mean over its questions, by weight.

    ``floor`` is what ``floor_answer`` passes, typed to every question unread.
    """

    lang: str
    questions: int
    variants: int
    pass_rate: float
    pass_rate_choosing: float
    attackers: Mapping[str, float]
    floor: float
    floor_answer: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole bank: ``pass_rate`` is the mean over all enabled questions, by weight.

    ``pass_rate_choosing`` and ``floor`` are those of the worst language: a script that chooses may choose the
    language too. ``harvest`` is the number of solved challenges that was asked about.
    """

    pass_rate: float
    pass_rate_choosing: float
    attackers: Mapping[str, float]
    floor: float
    harvest: int | None
    languages: tuple[LanguageReport, ...]
    questions: tuple[QuestionReport, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values, rates rounded to six digits, in the order of the bank."""
        return {
            "schema": SCHEMA,
            "pass_rate": _rounded(self.pass_rate),
            "pass_rate_choosing": _rounded(self.pass_rate_choosing),
            "floor": _rounded(self.floor),
            "harvest": self.harvest,
            "attackers": _rates(self.attackers),
            "languages": {language.lang: _language(language) for language in self.languages},
            "questions": [_question(question) for question in self.questions],
        }


def _language(language: LanguageReport) -> dict[str, Any]:
    return {
        "questions": language.questions,
        "variants": language.variants,
        "pass_rate": _rounded(language.pass_rate),
        "pass_rate_choosing": _rounded(language.pass_rate_choosing),
        "floor": _rounded(language.floor),
        "floor_answer": language.floor_answer,
        "attackers": _rates(language.attackers),
        "advice": list(language.advice),
    }


def _question(question: QuestionReport) -> dict[str, Any]:
    return {
        "id": question.id,
        "ask": question.ask,
        "lang": question.lang,
        "family": question.family,
        "variants": question.variants,
        "tried": question.tried,
        "share": _rounded(question.share),
        "attackers": _rates(question.attackers),
        "best": _rounded(question.best),
        "advice": question.advice,
    }


def _rates(rates: Mapping[str, float]) -> dict[str, float]:
    return {name: _rounded(rate) for name, rate in rates.items()}


def _rounded(rate: float) -> float:
    return round(rate, _DIGITS)
