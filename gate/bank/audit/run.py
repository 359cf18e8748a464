"""The audit: every enabled question, then each language, then the bank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from math import fsum

from gate.bank.audit.advice import language_advice, question_advice
from gate.bank.audit.attackers import ATTACKERS, HARVEST
from gate.bank.audit.report import LanguageReport, QuestionReport, Report
from gate.bank.audit.survey import Survey, sampled, survey
from gate.bank.audit.totals import choosing, floor, harvested, mean
from gate.bank.question import Bank

Progress = Callable[[int, int], None]
"""Is told how many variants were tried, and how many will be."""


def audit(bank: Bank, *, harvest: int | None = None, progress: Progress | None = None) -> Report:
    """Let the scripted attackers answer the bank's enabled questions through the judge, one try each.

    Args:
        bank: from ``load_bank``.
        harvest: also work out what a table of so many solved challenges (per language) passes.
        progress: called now and then with the variants tried so far, and those in all.

    Raises ``BankError`` for a variant that cannot be rendered. The same bank gives the same report.
    """
    surveys = _survey_all(bank, progress)
    questions = tuple(_question(each, _share(each, surveys), harvest) for each in surveys)
    languages = tuple(
        _language(lang, [each for each in surveys if each.question.lang == lang], questions)
        for lang in bank.languages
    )
    weights = [each.question.weight for each in surveys]
    return Report(
        pass_rate=mean([question.best for question in questions], weights),
        pass_rate_choosing=max(language.pass_rate_choosing for language in languages),
        attackers=_means(questions, weights),
        floor=max(language.floor for language in languages),
        harvest=harvest,
        languages=languages,
        questions=questions,
    )


def _survey_all(bank: Bank, progress: Progress | None) -> list[Survey]:
    total = sum(map(sampled, bank.enabled))
    done = count(1)

    def tried() -> None:
        if progress:
            progress(next(done), total)

    return [survey(question, tried) for question in bank.enabled]


def _share(one: Survey, surveys: Sequence[Survey]) -> float:
    lang = one.question.lang
    return one.question.weight / fsum(each.question.weight for each in surveys if each.question.lang == lang)


def _question(found: Survey, share: float, harvest: int | None) -> QuestionReport:
    rates = {name: found.rate(name) for name in ATTACKERS}
    best = found.best_attacker
    passes = None if harvest is None else harvested(found, share, harvest)
    return QuestionReport(
        id=found.question.id,
        ask=found.question.wording.variant(0).ask,
        lang=found.question.lang,
        family=found.question.family,
        variants=found.question.wording.count,
        tried=found.tried,
        share=share,
        attackers=rates if passes is None else {**rates, HARVEST: passes},
        best=rates[best],
        best_attacker=best,
        advice=question_advice(found, passes),
    )


def _language(lang: str, surveys: Sequence[Survey], questions: Sequence[QuestionReport]) -> LanguageReport:
    own = [question for question in questions if question.lang == lang]
    weights = [each.question.weight for each in surveys]
    pass_rate = mean([question.best for question in own], weights)
    passes_choosing = choosing(surveys)
    blind = floor(surveys)
    return LanguageReport(
        lang=lang,
        questions=len(own),
        variants=sum(question.variants for question in own),
        pass_rate=pass_rate,
        pass_rate_choosing=passes_choosing,
        attackers=_means(own, weights),
        floor=blind.rate,
        floor_answer=blind.answer,
        advice=tuple(language_advice(pass_rate, passes_choosing, blind)),
    )


def _means(questions: Sequence[QuestionReport], weights: Sequence[float]) -> dict[str, float]:
    names = questions[0].attackers
    return {name: mean([question.attackers[name] for question in questions], weights) for name in names}
