"""What ``gate bank check`` looks for: every variant rendered, and the weak spots of a bank that does load."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from gate.answers.judge import is_right
from gate.answers.normalise import UNSPACED, base_language
from gate.answers.numbers import forms_with_digits
from gate.bank.audit.asked import Asked
from gate.bank.blind import Accepted, blind_guesses
from gate.bank.characters import invisible, look_alikes
from gate.bank.entry import answer_problem
from gate.bank.guesses import or_word, yes_and_no
from gate.bank.question import Bank, Question, Variant
from gate.errors import BankError, Fault
from gate.parsing import counted, quoted

LARGEST_PASS = 0.05
"""What a blind guess, or a word of the question typed back, may pass of all draws without a warning."""

FEWEST_VARIANTS = 20
FEWEST_FAMILIES = 3
MOST_WORDS = 20

_RARE = 1.0
"""A question with less than the default weight is known to be weak, and was made rare on purpose."""

_SEVERAL = re.compile(r"[/;|()、，；｜／（）،؛]|,(?!\d)")

Weak = tuple[str, str, str]
"""A weak spot: the key it is in, what is wrong, and the remedy."""


def check_bank(bank: Bank) -> list[Fault]:
    """Render every variant of every question and return a warning for each weak spot, in words.

    A kind of warning is given once for a question, with the first variant that shows it. A variant that cannot
    be used at all raises ``BankError``, with the first one of every question.
    """
    faults: list[Fault] = []
    warnings: list[Fault] = []
    readings: list[_Reading] = []
    for question in bank.questions:
        reading = _Reading(question)
        try:
            reading.read_all()
        except BankError as error:
            faults.extend(error.faults)
        warnings.extend(reading.warnings.values())
        readings.append(reading)
    if faults:
        raise BankError(faults)
    for lang in bank.languages:
        asked = [
            reading
            for reading in readings
            if reading.question.lang == lang and reading.question in bank.enabled
        ]
        warnings.extend(_language_warnings(lang, asked))
    return warnings


@dataclass(slots=True)
class _Reading:
    """What was seen while all variants of one question were rendered."""

    question: Question
    warnings: dict[str, Fault] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    echoed: float = 0.0

    @property
    def echo(self) -> float:
        """The chance that one word of the question, typed back, is right."""
        return self.echoed / self.question.wording.count

    def read_all(self) -> None:
        question = self.question
        accepted: set[tuple[str, ...]] = set()
        if question.hint:
            self._warn_all(_odd_characters("hint", question.hint, question.lang))
        for number in range(question.wording.count):
            variant = question.wording.variant(number)
            if variant.accept not in accepted:
                accepted.add(variant.accept)
                self._refuse_unusable(variant, number)
                self._warn_all(_weak_answers(question, variant.accept))
            self.answers.update(sorted(_forms_of_all(variant.accept, question.lang)))
            self._warn_all(_weak_wording(question, variant.ask))
            self._note_echo(variant)
        known = _forms_of_all(tuple(yes_and_no(question.lang)), question.lang)
        if self.answers and known.issuperset(self.answers):
            self._warn(
                "accept", "only yes or no, so that every second guess passes", "ask for a word instead"
            )

    def _refuse_unusable(self, variant: Variant, number: int) -> None:
        for answer in variant.accept:
            problem = answer_problem(answer, self.question.lang)
            if problem:
                place = f"{self.question.place}: accept"
                remedy = "write an answer that can be typed"
                raise BankError([Fault(place, f"variant {number + 1}: {problem}", remedy)])

    def _note_echo(self, variant: Variant) -> None:
        chance = echo_chance(self.question, variant)
        self.echoed += chance
        if chance and self.question.weight >= _RARE:
            problem = f"the answer stands in the question {quoted(variant.ask)}"
            remedy = f"ask for what does not stand there, or make it rare with a weight below {_RARE:g}"
            self._warn("accept", problem, remedy, kind=remedy)

    def _warn_all(self, weak: Iterable[Weak]) -> None:
        for key, problem, remedy in weak:
            self._warn(key, problem, remedy, kind=f"{key}: {remedy}")

    def _warn(self, key: str, problem: str, remedy: str, *, kind: str = "") -> None:
        self.warnings.setdefault(kind or problem, Fault(f"{self.question.place}: {key}", problem, remedy))


def echo_chance(question: Question, variant: Variant) -> float:
    """Return the chance that a script is right which types back one word of the question, each equally likely."""
    asked = Asked(variant.ask, question.lang)
    words = asked.words
    judged = (variant.accept, question.lang, question.typos)
    hits = sum(_is_answer(word, *judged) for word in words)
    if not hits:
        line = f" {asked.line} "
        hits = any(" " in answer and f" {asked.folded(answer)} " in line for answer in variant.accept)
    return hits / max(len(words), 1)


def _weak_wording(question: Question, ask: str) -> Iterator[Weak]:
    words = len(ask.split())
    if words > MOST_WORDS and base_language(question.lang) not in UNSPACED:
        yield "ask", f"{words} words", f"ask in at most {MOST_WORDS}"
    yield from _odd_characters("ask", ask, question.lang)


def _weak_answers(question: Question, accept: Sequence[str]) -> Iterator[Weak]:
    for answer in accept:
        yield from _odd_characters("accept", answer, question.lang)
        if _looks_like_several(answer, question.lang):
            problem = f"{quoted(answer)} looks like several answers in one text"
            yield "accept", problem, "write each as a text of its own in the list"
    if question.match != "exact":
        for one, other in combinations(accept, 2):
            if one != other and one.casefold() == other.casefold():
                problem = f"{quoted(one)} and {quoted(other)} differ only in case"
                yield "accept", problem, "keep one: case does not matter"


def _odd_characters(key: str, text: str, lang: str) -> Iterator[Weak]:
    hidden = invisible(text, lang)
    if hidden:
        yield key, f"an invisible character (U+{ord(hidden):04X}) in {quoted(text)}", "remove it"
    for word, reason in look_alikes(text, lang):
        yield key, f"{quoted(word)} {reason}", "type it again on one keyboard"


def _looks_like_several(answer: str, lang: str) -> bool:
    if len(answer) < 3:
        return False
    between = or_word(lang)
    return bool(_SEVERAL.search(answer)) or (between is not None and between in answer.casefold())


def _language_warnings(lang: str, readings: Sequence[_Reading]) -> Iterator[Fault]:
    place = f'questions in "{lang}"'
    total = sum(reading.question.weight for reading in readings)
    shares = [reading.question.weight / total for reading in readings]
    guesses = blind_guesses(lang, map(_accepted, readings, shares))
    guess, passes = max(guesses.items(), key=lambda each: each[1], default=("", 0.0))
    if passes > LARGEST_PASS:
        remedy = "add questions with other answers, or lower the weight of those that it answers"
        yield Fault(place, f"the blind guess {quoted(guess)} passes {passes:.0%} of the draws", remedy)
    echoed = sum(share * reading.echo for reading, share in zip(readings, shares, strict=True))
    if echoed > LARGEST_PASS:
        problem = f"a word of the question, typed back, passes {echoed:.0%} of the draws"
        yield Fault(place, problem, "add questions whose answer does not stand in them")
    variants = sum(reading.question.wording.count for reading in readings)
    if variants < FEWEST_VARIANTS:
        problem = f"{counted(variants, 'variant')} in all, soon known by heart"
        yield Fault(place, problem, f"write at least {FEWEST_VARIANTS}; vary makes many of one question")
    families = len({reading.question.family for reading in readings})
    if families < FEWEST_FAMILIES:
        problem = f"{families} famil{'y' if families == 1 else 'ies'}"
        yield Fault(
            place, problem, f"write questions of at least {FEWEST_FAMILIES}: one family falls to one script"
        )


def _accepted(reading: _Reading, share: float) -> Accepted:
    return Accepted(share, reading.question.wording.count, reading.answers)


@lru_cache(maxsize=16_384)
def _forms_of_all(texts: tuple[str, ...], lang: str) -> frozenset[str]:
    return frozenset[str]().union(*(forms_with_digits(text, lang) for text in texts))


@lru_cache(maxsize=131_072)
def _is_answer(word: str, accept: tuple[str, ...], lang: str, typos: int) -> bool:
    return is_right(word, accept, lang=lang, typos=typos)
