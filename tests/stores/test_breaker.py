"""After a failure the breaker answers at once, then lets one probe through."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from gate.errors import StoreError
from gate.stores.breaker import Breaker
from gate.stores.memory import MemoryStore


class Flaky(MemoryStore):
    """A store that fails on demand, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.broken = False
        self.on_ping: Callable[[], None] = lambda: None

    def ping(self) -> None:
        self.asked += 1
        self.on_ping()
        if self.broken:
            raise StoreError("flaky://", "it broke", "mend it")


@pytest.fixture
def flaky() -> Flaky:
    return Flaky()


@pytest.fixture
def seconds() -> list[float]:
    return [0.0]


@pytest.fixture
def breaker(flaky: Flaky, seconds: list[float]) -> Breaker:
    return Breaker(flaky, clock=lambda: seconds[0])


def fail(breaker: Breaker, flaky: Flaky) -> None:
    flaky.broken = True
    with pytest.raises(StoreError):
        breaker.ping()


def test_a_store_that_works_is_left_alone(breaker: Breaker, flaky: Flaky) -> None:
    breaker.ping()
    breaker.ping()
    assert flaky.asked == 2
    assert breaker.epoch == flaky.epoch
    assert breaker.hit(b"key", 60) == 1


def test_after_a_failure_nobody_is_kept_waiting(breaker: Breaker, flaky: Flaky, seconds: list[float]) -> None:
    fail(breaker, flaky)
    seconds[0] = 0.9
    with pytest.raises(StoreError, match="it broke; mend it") as caught:
        breaker.hit(b"key", 60)
    assert (caught.value.url, flaky.asked) == ("flaky://", 1)
    with pytest.raises(StoreError):
        _ = breaker.epoch


def test_a_probe_that_succeeds_ends_it(breaker: Breaker, flaky: Flaky, seconds: list[float]) -> None:
    fail(breaker, flaky)
    flaky.broken = False
    seconds[0] = 1.0
    breaker.ping()
    breaker.ping()
    assert flaky.asked == 3


def test_a_probe_that_fails_begins_another_second(
    breaker: Breaker, flaky: Flaky, seconds: list[float]
) -> None:
    fail(breaker, flaky)
    seconds[0] = 1.0
    fail(breaker, flaky)
    seconds[0] = 1.9
    fail(breaker, flaky)
    assert flaky.asked == 2


def test_only_one_probe_runs_at_a_time(breaker: Breaker, flaky: Flaky, seconds: list[float]) -> None:
    fail(breaker, flaky)
    flaky.broken = False
    seconds[0] = 1.0
    probing, finish = threading.Event(), threading.Event()

    def wait() -> None:
        probing.set()
        assert finish.wait(10)

    flaky.on_ping = wait
    probe = threading.Thread(target=breaker.ping)
    probe.start()
    assert probing.wait(10)
    with pytest.raises(StoreError):
        breaker.hit(b"key", 60)
    finish.set()
    probe.join()
    assert breaker.hit(b"key", 60) == 1


def test_a_probe_that_crashes_lets_the_next_one_through(
    breaker: Breaker, flaky: Flaky, seconds: list[float]
) -> None:
    fail(breaker, flaky)
    flaky.broken = False
    seconds[0] = 1.0

    def crash() -> None:
        raise ZeroDivisionError

    flaky.on_ping = crash
    with pytest.raises(ZeroDivisionError):
        breaker.ping()
    assert breaker.hit(b"key", 60) == 1


def test_close_always_passes(breaker: Breaker, flaky: Flaky) -> None:
    fail(breaker, flaky)
    breaker.close()
