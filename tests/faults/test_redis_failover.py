"""Masters that die, hang or move while gates write to them: whatever marks a failover loses, nothing passes twice."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Kind, Spend, Store, open_store
from tests.cli.processes import wait_for
from tests.stores.redis_servers import Cluster, SentinelSet, cluster, link, sentinel_set

SITE = b"8 bytes."
BACK_WITHIN = 15.0
"""Seconds that a failover may take here: the servers' own time, and a busy machine's."""


def new_id() -> bytes:
    return int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)


class Writers:
    """Gates that spend one id after the other, whatever happens, each trying again until it has an answer."""

    def __init__(self, url: str, gates: int = 2, threads: int = 2) -> None:
        self.won: list[tuple[bytes, bytes]] = []
        self.refused = 0
        self._done = threading.Event()
        self._stores = [open_store(url) for _ in range(gates)]
        self._threads = [
            threading.Thread(target=self._write, args=(store,)) for store in self._stores for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def count(self) -> int:
        return len(self.won)

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()
        for store in self._stores:
            store.close()

    def _write(self, store: Store) -> None:
        while not self._done.is_set():
            try:
                token, epoch = new_id(), store.epoch
                if store.spend(Kind.TOKEN, SITE, token, 600, epoch, token) is Spend.WON:
                    self.won.append((token, epoch))
            except StoreError:
                self.refused += 1
                time.sleep(0.05)


def spend_all(store: Store, ids: list[tuple[bytes, bytes]], proof: bytes = b"first") -> Counter[Spend]:
    return Counter(store.spend(Kind.TOKEN, SITE, token, 600, epoch, proof) for token, epoch in ids)


def replay(store: Store, won: list[tuple[bytes, bytes]]) -> Counter[Spend]:
    """Try every id that was let through once more, as a rival."""
    return spend_all(store, won, b"rival")


def marks(store_url: str) -> int:
    """Return how many token marks a server holds."""
    import redis

    with redis.Redis.from_url(store_url) as admin:
        pages = [key for key in admin.scan_iter(b"{g*}t*", count=1000) if not key.endswith(b"pages")]
        return sum(admin.hlen(page) - 1 for page in pages)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[SentinelSet]:
    with sentinel_set(tmp_path / "set", replicas=2) as running:
        yield running


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster", replica=True) as running:
        yield running


def test_what_a_failover_loses_is_not_let_through_again(servers: SentinelSet) -> None:
    """The replicas hear nothing for a moment, then the master is killed: the marks of that moment are lost."""
    old, *replicas = servers.servers
    with link(old.port) as carried, closing(open_store(servers.url)) as gate:
        for each in replicas:
            with each.admin() as admin:
                admin.replicaof("127.0.0.1", str(carried.port))
        wait_for(servers.is_in_step, "the replicas, over the link")
        before = gate.epoch, new_id()
        writers = Writers(servers.url)
        wait_for(lambda: writers.count() > 200, "the first marks")
        carried.is_cut = True
        cut_at = writers.count()
        wait_for(lambda: writers.count() > cut_at + 200, "marks that no replica hears of")
        old.kill()
        lost_from = writers.count()
        wait_for(lambda: writers.count() > lost_from + 100, "the promoted replica", BACK_WITHIN)
        writers.stop()
        assert writers.refused > 0, "the gates were closed in between"
        assert marks(servers.master.url) < len(writers.won) - 100, "marks were lost"
        assert replay(gate, writers.won)[Spend.WON] == 0
        assert gate.spend(Kind.TOKEN, SITE, before[1], 600, before[0], b"late") is Spend.RESET
        assert gate.epoch != before[0]


def test_two_masters_at_once_do_not_both_take_a_token(servers: SentinelSet) -> None:
    """A master hangs and is replaced; when it goes on, it believes itself to be the master still."""
    old = servers.servers[0]
    with closing(open_store(old.url)) as left_behind, closing(open_store(servers.url)) as gate:
        assert left_behind.epoch == gate.epoch
        early = [(new_id(), gate.epoch) for _ in range(50)]
        for sentinel in servers.sentinels:
            sentinel.pause()  # so that nobody tells the old master later
        with servers.servers[1].admin() as admin:
            admin.replicaof("NO", "ONE")
        with closing(open_store(servers.servers[1].url)) as ahead:
            late = [(new_id(), ahead.epoch) for _ in range(50)]
            taken = spend_all(left_behind, early + late) + replay(ahead, early + late)
        assert taken == {Spend.WON: 100, Spend.RESET: 100}


def test_a_cluster_fails_over_and_lets_nothing_through_again(nodes: Cluster) -> None:
    killed, replica = nodes.servers[0], nodes.servers[3]
    with closing(open_store(nodes.url)) as gate:
        before = gate.epoch, new_id()
        writers = Writers(nodes.url)
        wait_for(lambda: writers.count() > 200, "the first marks")
        killed.kill()
        lost_from = writers.count()
        wait_for(lambda: writers.count() > lost_from + 100, "the promoted replica", BACK_WITHIN)
        writers.stop()
        assert replica.info("replication")["role"] == "master"
        assert writers.refused > 0, "the gates were closed in between"
        assert replay(gate, writers.won)[Spend.WON] == 0
        assert gate.spend(Kind.TOKEN, SITE, before[1], 600, before[0], b"late") is Spend.RESET


def test_a_cluster_that_lacks_slots_is_told_and_comes_back(nodes: Cluster) -> None:
    first = nodes.owner(b"{g0}")
    killed = nodes.servers[2 if first == 1 else 1]  # one without a replica, that is not the first to be asked
    with closing(open_store(nodes.url)) as gate:
        spent = [(new_id(), gate.epoch) for _ in range(50)]
        assert spend_all(gate, spent) == {Spend.WON: 50}
        killed.kill()
        problems: list[str] = []
        wait_for(lambda: "cluster is down" in _problem(gate, problems), "CLUSTERDOWN", BACK_WITHIN)
        killed.start()
        wait_for(lambda: not _problem(gate, problems), "the cluster", BACK_WITHIN)
        assert replay(gate, spent) == {Spend.RESET: 50}
        assert spend_all(gate, [(new_id(), gate.epoch) for _ in range(50)]) == {Spend.WON: 50}


def _problem(store: Store, problems: list[str]) -> str:
    try:
        store.ping()
    except StoreError as error:
        problems.append(error.problem)
        return error.problem
    return ""


def test_a_slot_that_moves_to_another_master_opens_nothing(nodes: Cluster) -> None:
    with closing(open_store(nodes.url)) as gate:
        spent = [(new_id(), gate.epoch) for _ in range(100)]
        assert spend_all(gate, spent) == {Spend.WON: 100}
        nodes.move(b"{g0}")
        wait_for(lambda: not _problem(gate, []), "the cluster", BACK_WITHIN)
        assert set(replay(gate, spent)) <= {Spend.RESET, Spend.LOST}
        assert spend_all(gate, [(new_id(), gate.epoch) for _ in range(100)]) == {Spend.WON: 100}
