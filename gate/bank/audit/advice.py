"""What the figures mean, and what would help, in words that a forum's owner understands."""

from __future__ import annotations

from collections.abc import Iterator

from gate.answers.numbers import in_words
from gate.bank.audit.survey import Survey
from gate.bank.audit.totals import Floor
from gate.parsing import quoted

WORTH_A_WORD = 0.1
"""A question that no attacker passes more often than this is left alone."""

HIGH_PASS_RATE = 0.2
HIGH_CHOOSING = 0.5
HIGH_FLOOR = 0.05

_REASONS = {
    "echo": "contains its answer: a script that repeats words of the question passes",
    "common": "can be guessed from its form: a script that tries what is listed, yes and no or small numbers passes",
    "arithmetic": "is worked out from its numbers: a script that adds, compares and counts on passes",
    "lexicon": "is answered from word lists: a script that knows colours, days, months, animals and opposites passes",
    "letters": "is a game with letters or word order: a script that knows the usual ones passes",
    "known": "is asked all over the web: a script with a list of such questions and their answers passes",
}
_REMEDIES = {
    "echo": "ask for what does not stand there",
    "common": "ask for something that has to be thought of",
    "arithmetic": "ask for something that is no number",
    "lexicon": "ask for what no common list holds",
    "letters": "ask what a word means, not how it is written",
    "known": "ask what only your community knows",
}


def frequency(rate: float) -> str:
    """Say a rate in words: 0.2 is "one time in five", 0.9 "nine times in ten"."""
    if rate >= 0.995:
        return "every time"
    if rate > 0.95:
        return "nearly every time"
    if rate > 0.55:
        return f"{in_words(round(rate * 10), 'en')} times in ten"
    once = round(1 / rate)
    return f"one time in {in_words(once, 'en') if once <= 20 else f'{once:,}'}"


def question_advice(survey: Survey, harvest: float | None) -> str:
    """Say what passes a question and what to do about it; nothing where it holds."""
    attacker = survey.best_attacker
    rate = survey.rate(attacker)
    sentences = []
    if rate >= WORTH_A_WORD:
        _, example = survey.examples[attacker]
        such_as = "" if survey.question.wording.count == 1 else "(and its variants) "
        rare = "" if survey.question.weight < 1 else ", or make it rare with a weight below 1"
        sentences.append(
            f"{quoted(example)} {such_as}{_REASONS[attacker]} {frequency(rate)}; {_REMEDIES[attacker]}{rare}."
        )
    if harvest is not None and harvest >= WORTH_A_WORD:
        sentences.append(
            f"A table of solved challenges answers it {frequency(harvest)}; give it more variants with vary."
        )
    return " ".join(sentences)


def language_advice(pass_rate: float, choosing: float, floor: Floor) -> Iterator[str]:
    """Say what is wrong with the questions of a language as a whole."""
    if pass_rate > HIGH_PASS_RATE:
        yield (
            f"A script passes {frequency(pass_rate)}: give the questions that it answers a lower weight, "
            "or write more of those that it does not."
        )
    if choosing > HIGH_CHOOSING:
        yield (
            f"A script that skips until it knows the question passes {frequency(choosing)}: too many draws, "
            "or too many families, are easy."
        )
    if floor.rate > HIGH_FLOOR:
        yield (
            f"Whoever types {quoted(floor.answer)} to every question passes {frequency(floor.rate)}: "
            "add questions with other answers."
        )
