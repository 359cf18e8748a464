"""The machine's clock jumps: an hour back, ten years forward and back again, under a running forum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import wait_for
from tests.faults.promise import Forum, Promise, forum

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), Path("libfaketimeMT.so.1"))
HOUR, TEN_YEARS = 3600, 10 * 365 * 86_400


class Hand:
    """Sets the forum's clock, while the forum runs; its stop watches and its files keep the true time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)
        self.environ: dict[str, Any] = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, seconds: int) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(self._file)


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(tmp_path / "clock")


@pytest.fixture
def place(tmp_path: Path, hand: Hand) -> Iterator[Forum]:
    with forum(tmp_path, **hand.environ) as place:
        yield place


def test_an_hour_back_opens_nothing_and_costs_at_most_one_more_question(place: Forum, hand: Hand) -> None:
    promise = Promise.before(place)
    hand.set(-HOUR)
    promise.lets_nothing_spent_through(times=2)
    promise.is_over(reset=True, code="invalid-input-response")
    meanwhile = Promise.before(place)
    hand.set(0)
    meanwhile.posted = promise.posted
    meanwhile.is_over()
    for token in promise.unspent:
        assert [place.verify(token).json["success"] for _ in range(2)] == [True, False], "good again, once"
    promise.lets_nothing_spent_through(times=1)


def test_ten_years_forward_and_back_open_nothing(place: Forum, hand: Hand) -> None:
    past = Promise.before(place)
    hand.set(TEN_YEARS)
    past.lets_nothing_spent_through(times=2)
    assert not place.verify(past.unspent[0]).json["success"], "too old by far"
    then = Promise.before(place)
    for _ in range(70):
        assert place.verify(place.token()).json["success"], "so many that old marks are removed"
    hand.set(0)
    for promise in (past, then):
        promise.lets_nothing_spent_through(times=2)
    wait_for(place.is_ready, "the store")
    now = Promise.before(place)
    now.is_over()
    past.lets_nothing_spent_through(times=1)
