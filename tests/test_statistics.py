from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest

from gate.errors import StoreError
from gate.statistics import Statistics
from gate.stores.base import Event, Tally
from gate.stores.memory import MemoryStore
from tests.service import Clock


class Counted(MemoryStore):
    """Notes how often it was written to, and refuses while it is full."""

    writes = 0
    full = False

    def tally(self, rows: Mapping[Tally, int]) -> None:
        self.writes += 1
        if self.full:
            raise StoreError("memory://", "is full", "make room")
        super().tally(rows)


@pytest.fixture
def store(clock: Clock) -> Counted:
    return Counted(clock=clock)


@pytest.fixture
def statistics(store: Counted, clock: Clock) -> Statistics:
    return Statistics(store, clock)


def test_the_store_is_written_every_few_seconds_not_at_every_event(
    statistics: Statistics, store: Counted, clock: Clock
) -> None:
    for _ in range(100):
        statistics.add(Event.ASKED, "forum", "green")
    assert store.writes == 0
    clock.tick(5)
    statistics.add(Event.ASKED, "forum", "green")
    assert store.writes == 1
    assert [number for _, number in store.stats(0)] == [101]


def test_a_clock_set_back_does_not_stop_the_writing(
    statistics: Statistics, store: Counted, clock: Clock
) -> None:
    clock.tick(-10_000)
    statistics.add(Event.ASKED, "forum", "green")
    assert store.writes == 1


def test_hours_sites_questions_and_events_are_counted_apart(
    statistics: Statistics, store: Counted, clock: Clock
) -> None:
    hour = int(clock.now // 3600)
    for event, site, question in (
        (Event.ASKED, "forum", "green"),
        (Event.RIGHT, "forum", "green"),
        (Event.ASKED, "other", "green"),
        (Event.ASKED, "forum", "blue"),
    ):
        statistics.add(event, site, question)
    clock.tick(3600)
    statistics.add(Event.ASKED, "forum", "green")
    statistics.flush()
    rows = dict(store.stats(0))
    assert len(rows) == 5
    assert set(rows.values()) == {1}
    assert {row.hour for row in rows} == {hour, hour + 1}


def test_what_the_store_refuses_is_kept_for_the_next_time(
    statistics: Statistics, store: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    store.full = True
    statistics.add(Event.ASKED, "forum", "green")
    with caplog.at_level(logging.WARNING, "gate"):
        statistics.flush()
    assert "not written" in caplog.text
    statistics.add(Event.ASKED, "forum", "green")
    store.full = False
    statistics.flush()
    statistics.flush()
    assert [number for _, number in store.stats(0)] == [2]


def test_an_endless_failure_does_not_take_endless_memory(statistics: Statistics, store: Counted) -> None:
    store.full = True
    for number in range(20_100):
        statistics.add(Event.ASKED, "forum", f"question-{number}")
    statistics.add(Event.ASKED, "forum", "question-0")
    store.full = False
    statistics.flush()
    rows = dict(store.stats(0))
    assert len(rows) == 20_000
    assert max(rows.values()) == 2
