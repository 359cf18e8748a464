"""Whatever is done, memory, SQLite and Redis give the same verdicts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.stores.base import Kind, Spend, Store
from gate.stores.memory import MemoryStore
from gate.stores.redis import RedisStore
from gate.stores.sqlite import SqliteStore
from tests.stores.redis_servers import Doors

START = 1_800_000_000.0
TTL = 600.0
SPENDS = st.tuples(
    st.just("spend"),
    st.sampled_from(Kind),
    st.sampled_from([b"site-one", b"site-two"]),
    st.integers(0, 12),
    st.sampled_from([b"a", b"b"]),
    st.booleans(),
)
HITS = st.tuples(st.just("hit"), st.sampled_from([b"x", b"y"]), st.sampled_from([10.0, 60.0]))
WAITS = st.tuples(st.just("wait"), st.sampled_from([1.0, 30.0, 300.0, -20.0]))
CROWDS = st.tuples(st.just("crowd"), st.sampled_from(Kind))


class Stores:
    """All stores under one clock; asserts that they agree, and that no id is won twice."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.now = START
        self.latest = START
        self.all: list[Store] = [
            MemoryStore(clock=lambda: self.now),
            SqliteStore("sqlite:///gate.db", folder / "gate.db", clock=lambda: self.now),
            RedisStore(redis_url, clock=lambda: self.now),
        ]
        self.won: set[tuple[Kind, bytes, bytes]] = set()
        self.made = 0

    def spend(self, kind: Kind, site: bytes, number: int, proof: bytes, right_epoch: bool) -> None:  # noqa: FBT001
        made = int((START + number * 60) * 1000)
        self.spend_id(kind, site, made.to_bytes(6, "big") + bytes([number]) * 10, proof, right_epoch)

    def spend_id(self, kind: Kind, site: bytes, name: bytes, proof: bytes, right_epoch: bool) -> None:  # noqa: FBT001
        def verdict(store: Store) -> Spend:
            epoch = store.epoch if right_epoch else b"otherone"
            foreseen = store.peek(kind, site, name, epoch, proof)
            spent = store.spend(kind, site, name, TTL, epoch, proof)
            assert foreseen is spent
            return spent

        verdicts = {verdict(store) for store in self.all}
        key = (kind, site, name)
        assert Spend.WON not in verdicts or key not in self.won
        if Spend.WON in verdicts:
            self.won.add(key)
        # what can no longer be used is purged by each in its own steps
        if int.from_bytes(name[:6], "big") / 1000 + TTL > self.latest:
            assert len(verdicts) == 1

    def hit(self, key: bytes, window: float) -> None:
        assert len({store.hit(key, window) for store in self.all}) == 1
        assert len({store.count(key, window) for store in self.all}) == 1

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.latest = max(self.latest, self.now)

    def crowd(self, kind: Kind) -> None:
        """Make each store clean up."""
        for _ in range(64):
            self.made += 1
            name = int(self.now * 1000).to_bytes(6, "big") + b"\xfe" + self.made.to_bytes(9, "big")
            self.spend_id(kind, b"crowd", name, b"a", True)


@settings(max_examples=40)
@given(st.lists(SPENDS | HITS | WAITS | CROWDS, max_size=40))
@pytest.mark.xdist_group("redis")
def test_all_stores_agree(redis_doors: Doors, steps: list[tuple[object, ...]]) -> None:
    redis_doors.flush()
    with tempfile.TemporaryDirectory() as folder:
        stores = Stores(Path(folder), redis_doors.url)
        for verb, *arguments in steps:
            getattr(stores, str(verb))(*arguments)
        for store in stores.all:
            store.close()
