"""What the store tests share: a clock that is set by hand, ids made at its time, and the stores to run them on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate.stores.base import Kind, Spend, Store
from gate.stores.memory import MemoryStore
from gate.stores.sqlite import SqliteStore

DAY = 86_400.0


class HandClock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@pytest.fixture
def clock(hand_clock: HandClock) -> Callable[[], float]:
    return hand_clock


@pytest.fixture
def elapse(hand_clock: HandClock) -> Callable[[float], None]:
    """Set the clock on by some seconds, or back."""

    def set_on(seconds: float) -> None:
        hand_clock.now += seconds

    return set_on


@pytest.fixture
def new_id(hand_clock: HandClock) -> Callable[[], bytes]:
    """Make an id of the clock's time, each one new."""
    numbers = itertools.count()

    def make() -> bytes:
        return int(hand_clock.now * 1000).to_bytes(6, "big") + next(numbers).to_bytes(10, "big")

    return make


@pytest.fixture
def spend() -> Callable[..., Spend]:
    """Spend an id at a store, with the usual arguments filled in."""

    def spend_at(
        store: Store,
        name: bytes,
        *,
        proof: bytes = b"mine",
        site: bytes = b"site-one",
        kind: Kind = Kind.TOKEN,
        ttl: float = DAY,
        epoch: bytes = b"",
    ) -> Spend:
        return store.spend(kind, site, name, ttl, epoch or store.epoch, proof)

    return spend_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "room" / "gate.db"


@pytest.fixture
def open_sqlite(clock: Callable[[], float], path: Path) -> Iterator[Callable[[], SqliteStore]]:
    """Open the one file, as another process or a restarted one would."""
    opened: list[SqliteStore] = []

    def open_once_more() -> SqliteStore:
        opened.append(SqliteStore(f"sqlite:///{path}", path, clock=clock))
        return opened[-1]

    yield open_once_more
    for store in opened:
        store.close()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, clock: Callable[[], float]) -> Store:
    if request.param == "memory":
        return MemoryStore(clock=clock)
    opened: SqliteStore = request.getfixturevalue("open_sqlite")()
    return opened
