"""The shipped banks, every variant of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from functools import cache

import pytest

from gate.answers.judge import is_right
from gate.bank.check import check_bank
from gate.bank.load import load_bank
from gate.bank.question import Bank, Question, Variant

MOST_WORDS = 20
CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")


@cache
def starter() -> Bank:
    return load_bank(["starter"])


@cache
def variants() -> list[tuple[Question, Variant]]:
    return [(q, q.wording.variant(number)) for q in starter().questions for number in range(q.wording.count)]


def judged(question: Question, variant: Variant, answer: str) -> bool:
    return is_right(answer, variant.accept, match=question.match, lang=question.lang, typos=question.typos)


def test_the_founding_question_is_there() -> None:
    found = [variant for _, variant in variants() if variant.ask == "How do you spell green?"]
    assert found == [Variant(ask="How do you spell green?", accept=("green",))]


def test_it_is_large_and_mixed_enough() -> None:
    bank = starter()
    varied = [question for question in bank.questions if question.wording.count > 1]
    assert len(bank.questions) >= 24
    assert len(varied) >= 12
    assert len({question.family for question in bank.questions}) >= 8
    assert bank.variants >= 3_000
    assert max(question.wording.count for question in bank.questions) <= 0.6 * bank.variants


def test_letter_games_are_one_family_of_low_weight() -> None:
    total = sum(question.weight for question in starter().enabled)
    letter_games = [question for question in starter().enabled if question.family == "spelling"]
    assert len(letter_games) >= 5
    assert sum(question.weight for question in letter_games) <= 0.05 * total


def test_every_own_answer_is_right() -> None:
    wrong = [(v.ask, answer) for q, v in variants() for answer in v.accept if not judged(q, v, answer)]
    assert wrong == []


def test_nothing_of_a_template_is_left() -> None:
    rests = ("{{", "}}", "{%", "%}", "None", "Undefined", "[", "]", "  ", "\n")
    left = [
        v.ask for _, v in variants() for text in (v.ask, *v.accept) if any(rest in text for rest in rests)
    ]
    assert left == []


def test_echo_and_emptiness_are_wrong() -> None:
    passed = [v.ask for q, v in variants() for typed in (v.ask, "", " ", "\u200b") if judged(q, v, typed)]
    assert passed == []


def test_another_word_of_the_question_is_wrong() -> None:
    passed = []
    for question, variant in variants():
        for word in set(variant.ask.split()):
            if judged(question, variant, word) and not is_right(word, variant.accept, lang=question.lang):
                passed.append((variant.ask, word, variant.accept))
    assert passed == []


def test_cyrillic_look_alikes_are_wrong() -> None:
    seen: set[tuple[tuple[str, ...], str]] = set()
    for question, variant in variants():
        for answer in variant.accept:
            forged = answer.translate(CYRILLIC)
            changed = sum(one != other for one, other in zip(answer, forged, strict=True))
            # One foreign letter in a word of five is a typing slip, which the question forgives.
            if changed and (changed > 1 or len(answer) < 5) and (variant.accept, answer) not in seen:
                seen.add((variant.accept, answer))
                assert not judged(question, variant, forged), (variant.ask, forged)
    assert len(seen) > 300


def test_equal_wordings_accept_equal_answers() -> None:
    accepted: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for _, variant in variants():
        accepted[variant.ask].add(variant.accept)
    assert {ask: answers for ask, answers in accepted.items() if len(answers) > 1} == {}


def test_no_question_is_long() -> None:
    lengths = [len(variant.ask.split()) for _, variant in variants()]
    assert max(lengths) <= MOST_WORDS
    assert sum(length <= 12 for length in lengths) >= 0.5 * len(lengths)


def test_the_check_finds_nothing() -> None:
    assert check_bank(starter()) == []


def test_it_loads_and_renders_fast() -> None:
    starter()
    started = time.process_time()
    load_bank(["starter"])
    loading = time.process_time() - started
    bank = starter()
    started = time.process_time()
    for question in bank.questions:
        for number in range(min(question.wording.count, 50)):
            question.wording.variant(number)
    rendering = time.process_time() - started
    rendered = sum(min(question.wording.count, 50) for question in bank.questions)
    assert loading < 0.3
    assert rendering / rendered < 100e-6


@pytest.mark.parametrize("module", ["gate.bank.load", "gate.bank.draw", "gate.bank.check"])
def test_the_bank_loads_no_web_framework(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('flask', 'werkzeug', 'wtforms', 'click') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
