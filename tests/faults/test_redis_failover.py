"""Masters that die, hang or move while gates write to them: whatever marks a failover loses, nothing passes twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Kind, Spend, Store, open_store
from tests.cli.processes import wait_for
from tests.faults.writers import SITE, Writers, new_id, replay, spend_all
from tests.stores.redis_servers import Cluster, SentinelSet, cluster, link, sentinel_set

BACK_WITHIN = 60.0
"""Seconds that a failover may take here: the servers' own time, several elections if votes are split, and a busy
machine's."""


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
        marks = servers.master.marks()
        lost = [each for each in writers.won if each[0][6:] not in marks]
        assert len(lost) > 100, "marks that the gates had been told of"
        assert spend_all(gate, lost) == {Spend.RESET: len(lost)}
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
