"""Whatever is done, memory and SQLite give the same verdicts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.stores.base import Kind, Spend, Store
from gate.stores.memory import MemoryStore
from gate.stores.sqlite import SqliteStore

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


class Pair:
    """Both stores under one clock; asserts that they agree, and that no id is won twice."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.latest = START
        self.memory = MemoryStore(clock=lambda: self.now)
        self.sqlite = SqliteStore("sqlite:///gate.db", folder / "gate.db", clock=lambda: self.now)
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

        in_memory, in_sqlite = verdict(self.memory), verdict(self.sqlite)
        key = (kind, site, name)
        assert Spend.WON not in (in_memory, in_sqlite) or key not in self.won
        if Spend.WON in (in_memory, in_sqlite):
            self.won.add(key)
        # what can no longer be used is purged by each in its own steps
        if int.from_bytes(name[:6], "big") / 1000 + TTL > self.latest:
            assert in_memory is in_sqlite

    def hit(self, key: bytes, window: float) -> None:
        assert self.memory.hit(key, window) == self.sqlite.hit(key, window)
        assert self.memory.count(key, window) == self.sqlite.count(key, window)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.latest = max(self.latest, self.now)

    def crowd(self, kind: Kind) -> None:
        """Make each store clean up."""
        for _ in range(64):
            self.made += 1
            name = int(self.now * 1000).to_bytes(6, "big") + b"\xfe" + self.made.to_bytes(9, "big")
            self.spend_id(kind, b"crowd", name, b"a", True)


@settings(max_examples=60, deadline=None)
@given(st.lists(SPENDS | HITS | WAITS | CROWDS, max_size=40))
def test_memory_and_sqlite_agree(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(Path(folder))
        for verb, *arguments in steps:
            getattr(pair, str(verb))(*arguments)
        pair.sqlite.close()
