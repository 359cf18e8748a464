"""From questions to the bank, checked against calculations by hand."""

from __future__ import annotations

import pytest

from gate.bank.audit import Report, audit
from gate.bank.audit.survey import SAMPLE
from tests.bank.audit.banks import FOUNDING, bank, fixed, report

EASY = {"ask": "What is two plus two?", "accept": "4"}
HARD = {"ask": "Which word is under the forum's name?", "accept": "kestrel"}
HALF = {"ask": "Which is heavier, a feather or a brick?", "accept": "brick"}
HALVES = """
[[question]]
id = "halves"
ask = "What is the opposite of {{ word }}?"
accept = "{{ 'cold' if word == 'hot' else 'x' }}"
vary = { word = ["hot", "magnanimous"] }
"""
LARGE = """
[[question]]
ask = "{{ a }} {{ b }} {{ c }} {{ d }}?"
accept = "{{ a if c == 0 else 'x' }}"
vary = { a = { from = 100, to = 149 }, b = { from = 200, to = 209 }, c = [0, 1], d = { from = 0, to = 9 } }
"""


def test_the_founding_question_falls_to_echo_one_time_in_five() -> None:
    question = report(FOUNDING).questions[0]
    assert question.attackers["echo"] == 0.2
    assert question.best == 0.2
    assert question.best_attacker == "echo"
    assert question.advice.startswith(
        '"How do you spell green?" contains its answer: '
        "a script that repeats words of the question passes one time in five;"
    )


def test_the_pass_rate_is_the_mean_of_the_best_by_weight() -> None:
    found = report(fixed(**EASY, weight=1), fixed(**HARD, weight=2), fixed(**HALF, weight=0.5))
    assert [question.best for question in found.questions] == [1, 0, 0.5]
    assert found.pass_rate == pytest.approx((1 * 1 + 2 * 0 + 0.5 * 0.5) / 3.5)
    assert found.attackers["arithmetic"] == pytest.approx(1 / 3.5)
    assert found.attackers["common"] == pytest.approx((1 / 22 + 0.5 * 0.5) / 3.5)


def test_what_is_never_asked_counts_for_nothing() -> None:
    found = report(fixed(**EASY, enabled=False), fixed(**HALF, weight=0), fixed(**HARD))
    assert [question.ask for question in found.questions] == [HARD["ask"]]
    assert found.pass_rate == 0


def test_choosing_waits_for_a_question_that_is_known() -> None:
    """Three questions of three families: after a skip one of the other two comes, each equally likely."""
    found = report(fixed(**EASY), fixed(**HARD), fixed("Who painted the door?", "Mirela"))
    # It is drawn at once (1/3), or after the first skip and so on: each time one of the other two comes.
    assert found.pass_rate_choosing == pytest.approx(1 - 2 / 3 * (1 / 2) ** 3)


def test_choosing_within_one_family_draws_anew() -> None:
    found = report(fixed(**EASY, family="all"), fixed(**HARD, family="all"))
    assert found.pass_rate_choosing == pytest.approx(1 - (1 / 2) ** 4)


def test_choosing_between_two_families_meets_both() -> None:
    assert report(fixed(**EASY, weight=0.01), fixed(**HARD)).pass_rate_choosing == pytest.approx(1)


def test_choosing_takes_the_odds_as_long_as_going_on_promises_no_more() -> None:
    """On the last draw but one an even chance is kept, unless the one question to come is worth more."""
    found = report(fixed(**HALF, family="all"), fixed(**HARD, family="all"))
    value = 0.25
    for _ in range(3):
        value = (max(0.5, value) + max(0, value)) / 2
    assert found.pass_rate_choosing == pytest.approx(value)


def test_choosing_tells_known_variants_from_others() -> None:
    found = audit(bank(HALVES))
    assert found.pass_rate == 0.5
    assert found.pass_rate_choosing == pytest.approx(1 - (1 / 2) ** 4)


def test_a_language_is_a_bank_of_its_own() -> None:
    found = report(fixed(**EASY), fixed(**HARD, lang="de"), fixed("Wer strich die Tür?", "Mirela", lang="de"))
    assert [(each.lang, each.pass_rate, each.pass_rate_choosing) for each in found.languages] == [
        ("en", 1, 1),
        ("de", 0, 0),
    ]
    assert found.pass_rate == pytest.approx(1 / 3)
    assert found.pass_rate_choosing == 1
    assert [question.share for question in found.questions] == [1, 0.5, 0.5]


def test_harvest_is_the_chance_that_a_wording_was_seen() -> None:
    found = audit(bank(fixed(**EASY, weight=3) + HALVES), harvest=10)
    easy, halves = found.questions
    assert easy.attackers["harvest"] == pytest.approx(1 - (1 - 3 / 4) ** 10)
    assert halves.attackers["harvest"] == pytest.approx(1 - (1 - 1 / 8) ** 10)
    assert halves.best == 0.5
    assert found.attackers["harvest"] == pytest.approx(
        0.75 * easy.attackers["harvest"] + 0.25 * halves.attackers["harvest"]
    )


def test_the_floor_is_the_best_answer_typed_unread() -> None:
    found = report(
        fixed(**HARD),
        fixed("What sits on the roof?", ["kestrel", "owl"]),
        fixed("What is in the jar?", "honey"),
        fixed("What is at the end?", "gate"),
    )
    assert found.languages[0].floor_answer == "kestrel"
    assert found.floor == 0.5
    assert 'Whoever types "kestrel" to every question passes one time in two' in found.languages[0].advice[-1]


def test_what_one_variant_accepts_is_no_blind_guess_unless_all_try_it() -> None:
    assert report(fixed(**HARD)).floor == 0
    assert report(fixed("Is ice cold?", "yes")).floor == 1


def test_a_long_question_is_sampled_evenly_and_the_same_each_time() -> None:
    """10,000 variants, of which a half is right for a quarter of the words."""
    one, other = audit(bank(LARGE)), audit(bank(LARGE))
    assert one == other
    question = one.questions[0]
    assert (question.variants, question.tried) == (10_000, SAMPLE)
    assert question.attackers["echo"] == pytest.approx(1 / 8, abs=0.025)


def test_progress_counts_up_to_all() -> None:
    seen: list[tuple[int, int]] = []
    audit(bank(HALVES + FOUNDING), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_report_is_frozen() -> None:
    found: Report = report(FOUNDING)
    with pytest.raises(AttributeError):
        found.pass_rate = 0.0  # type: ignore[misc]
