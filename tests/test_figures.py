"""What the statistics are taken to say, and what they are too small to say."""

from __future__ import annotations

import pytest

from gate.figures import Sums, Verdict, by_question, by_site, range_of, total, verdict
from gate.stores.base import Event, Tally


def sums(**counts: int) -> Sums:
    found = Sums()
    for name, number in counts.items():
        found.add(Event(name), number)
    return found


USUAL = sums(asked=2000, right=1000, wrong=40, skipped=20, passed=1000, spam=20)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (sums(right=7, wrong=1, passed=7), Verdict.TOO_FEW),
        (sums(right=0, wrong=29), Verdict.TOO_FEW),
        (sums(right=0, wrong=30), Verdict.STOPS_PEOPLE),
        (sums(right=25, wrong=5), Verdict.FINE),
        (sums(right=600, wrong=400), Verdict.STOPS_PEOPLE),
        (sums(right=40, skipped=40), Verdict.STOPS_PEOPLE),
        (sums(right=98, wrong=2, passed=98), Verdict.FINE),
        (sums(right=100, passed=100, spam=20), Verdict.BOTS_PASS),
        (sums(right=20, passed=20, spam=20), Verdict.TOO_FEW),
        (sums(right=900, passed=900, spam=1), Verdict.STOPS_BOTS),
        (sums(right=60, passed=60, spam=0), Verdict.FINE),
    ],
)
def test_a_verdict_is_given_only_where_it_holds(question: Sums, said: Verdict) -> None:
    assert verdict(question, total({"this": question, "others": USUAL})) is said


def test_without_reports_nothing_is_said_of_bots() -> None:
    question = sums(right=500, passed=500)
    others = sums(right=5000, passed=5000)
    assert verdict(question, total({"this": question, "others": others})) is Verdict.FINE


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_the_range_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert range_of(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_rows_are_summed_over_hours_and_the_other_name() -> None:
    rows = [
        (Tally(hour, site, question, Event.ASKED), 1)
        for hour in range(3)
        for site in ("a", "b")
        for question in ("x", "y")
    ]
    assert by_site(rows)["a"][Event.ASKED] == by_question(rows)["y"][Event.ASKED] == 6
    assert total(by_site(rows))[Event.ASKED] == 12
