"""The attackers speak the languages of the shipped banks: a small bank of each, a question of each kind."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from gate.bank.audit import QuestionReport, audit
from gate.bank.audit.attackers import ATTACKERS
from gate.bank.audit.vocabulary import KINDS, vocabulary
from gate.bank.load import load_bank

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "zh", "ar")
FOLDER = Path(__file__).parent / "mini"


@cache
def questions(lang: str) -> tuple[QuestionReport, ...]:
    return audit(load_bank([f"{lang}.toml"], base=FOLDER)).questions


def rates(lang: str, attacker: str) -> dict[str, float]:
    return {
        question.id: question.attackers[attacker]
        for question in questions(lang)
        if question.id.partition(" ")[0] == attacker
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("attacker", ["arithmetic", "lexicon", "letters", "known"])
def test_what_a_script_can_know_it_knows(lang: str, attacker: str) -> None:
    found = rates(lang, attacker)
    assert len(found) >= 2
    assert found == dict.fromkeys(found, 1.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_yes_or_no_is_tossed_for(lang: str) -> None:
    assert rates(lang, "common") == {"common": 0.5}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_of_the_question_is_found(lang: str) -> None:
    (rate,) = rates(lang, "echo").values()
    assert 0.1 < rate <= 0.5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_attacker_is_represented(lang: str) -> None:
    assert {question.id.partition(" ")[0] for question in questions(lang)} == set(ATTACKERS)
    assert len(questions(lang)) >= 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_vocabulary_is_whole(lang: str) -> None:
    words, english = vocabulary(lang), vocabulary("en")
    assert set(english.keywords) <= set(words.keywords)
    assert [len(words.names[kind].plain) for kind in ("day", "month")] == [7, 12]
    assert all(len(words.names[kind].plain) >= 10 for kind in ("colour", "animal"))
    assert len(words.yes_no) == 2
    assert len(words.known) >= 20
    assert len(words.opposites) >= 30
    for kind in KINDS:
        names = words.names[kind]
        assert len(set(names.plain)) == len(names.plain)


def test_a_region_speaks_its_language() -> None:
    assert vocabulary("pt-BR").yes_no == vocabulary("pt").yes_no
    assert vocabulary("tlh").yes_no == ()
