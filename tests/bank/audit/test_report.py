"""The JSON: its keys, its order, and advice in words."""

from __future__ import annotations

import json

import pytest

from gate.bank.audit import audit
from gate.bank.audit.advice import frequency
from gate.bank.audit.attackers import ATTACKERS
from gate.bank.load import load_bank
from gate.bank.question import Bank
from tests.bank.audit.banks import FOUNDING, bank, fixed, report


def test_the_keys_are_those_that_are_promised() -> None:
    found = report(FOUNDING, fixed("Was ist drei plus vier?", "7", lang="de")).as_json()
    assert list(found) == [
        "schema",
        "pass_rate",
        "pass_rate_choosing",
        "floor",
        "harvest",
        "attackers",
        "languages",
        "questions",
    ]
    assert list(found["attackers"]) == list(ATTACKERS)
    assert list(found["languages"]) == ["en", "de"]
    question = found["questions"][0]
    assert {"id", "ask", "lang", "family", "variants", "attackers", "best", "advice"} <= set(question)
    assert question["ask"] == "How do you spell green?"
    assert list(question["attackers"]) == list(ATTACKERS)
    assert question["best"] == max(question["attackers"].values()) == 0.2
    assert found["schema"] == 1
    assert found["harvest"] is None


def test_harvest_is_named_only_when_asked_for() -> None:
    found = audit(bank(FOUNDING), harvest=1).as_json()
    assert found["harvest"] == 1
    assert list(found["attackers"]) == [*ATTACKERS, "harvest"]
    assert found["questions"][0]["attackers"]["harvest"] == 1
    assert found["questions"][0]["best"] == 0.2
    assert "A table of solved challenges answers it every time" in found["questions"][0]["advice"]


def test_the_same_bank_gives_the_same_json() -> None:
    halves = (
        '[[question]]\nask = "Which {{ a }}?"\naccept = "{{ a }}"\nvary = { a = { from = 1, to = 2000 } }\n'
    )
    one, other = (json.dumps(audit(bank(FOUNDING + halves)).as_json()) for _ in range(2))
    assert one == other
    assert "NaN" not in one


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1.0, "every time"),
        (0.97, "nearly every time"),
        (0.9, "nine times in ten"),
        (0.6, "six times in ten"),
        (0.5, "one time in two"),
        (0.2, "one time in five"),
        (1 / 11, "one time in eleven"),
        (0.001, "one time in 1,000"),
    ],
)
def test_rates_are_said_in_words(rate: float, words: str) -> None:
    assert frequency(rate) == words


@pytest.mark.parametrize(
    ("ask", "accept", "part"),
    [
        ("What is two plus three?", "5", "is worked out from its numbers"),
        ("Which day comes after Monday?", "Tuesday", "is answered from word lists"),
        ("Write tip backwards.", "pit", "is a game with letters or word order"),
        ("What colour is the sky?", "blue", "is asked all over the web"),
        ("Is ice cold?", "yes", "can be guessed from its form"),
    ],
)
def test_advice_says_what_passes_and_what_to_do(ask: str, accept: str, part: str) -> None:
    advice = report(fixed(ask, accept)).questions[0].advice
    assert part in advice
    assert advice.startswith(f'"{ask}"')
    assert advice.endswith("weight below 1.")


def test_a_question_that_is_rare_already_is_not_to_be_made_rare() -> None:
    assert "weight" not in report(fixed("Is ice cold?", "yes", weight=0.1)).questions[0].advice


def test_a_bank_that_scripts_pass_is_told_so() -> None:
    (language,) = report(fixed("What is two plus three?", "5")).languages
    assert language.advice[0].startswith("A script passes every time")
    assert language.advice[1].startswith("A script that skips until it knows the question passes every time")


def test_the_shipped_english_questions_are_audited() -> None:
    shipped = load_bank(["starter"])
    english = Bank(question for question in shipped.questions if question.lang == "en")
    found = audit(english)
    assert len(found.questions) == len(english.enabled)
    founding = next(question for question in found.questions if question.ask == "How do you spell green?")
    assert founding.attackers["echo"] == 0.2
