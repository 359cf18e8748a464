"""The store in Redis, on a real server: once each, and nothing re-opened by a restart or a flush."""

from __future__ import annotations

import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from gate.errors import StoreError
from gate.stores.base import Event, Kind, Spend, Store, Tally, open_store

SITE = b"8 bytes."


class Server:
    """A Redis on a port of its own that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.client().ping()
            except redis.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def store(server: Server) -> Store:
    return open_store(server.url)


def name() -> bytes:
    return int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)


def spend(store: Store, id_: bytes, *, epoch: bytes | None = None, proof: bytes = b"one") -> Spend:
    return store.spend(Kind.TOKEN, SITE, id_, 600, epoch or store.epoch, proof)


def until_back(store: Store) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            store.ping()
        except StoreError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def test_won_own_lost_and_reset(store: Store) -> None:
    token = name()
    assert spend(store, token) is Spend.WON
    assert spend(store, token) is Spend.OWN
    assert spend(store, token, proof=b"another") is Spend.LOST
    assert spend(store, name(), epoch=b"8 other.") is Spend.RESET
    assert store.peek(Kind.TOKEN, SITE, token, store.epoch, b"one") is Spend.OWN
    assert store.peek(Kind.TOKEN, SITE, name(), store.epoch, b"one") is Spend.WON
    assert store.spend(Kind.CHALLENGE, SITE, token, 600, store.epoch, b"one") is Spend.WON


def test_two_gates_on_one_server_race_and_each_token_passes_once(server: Server) -> None:
    stores = [open_store(server.url), open_store(server.url)]
    assert stores[0].epoch == stores[1].epoch
    tokens = [name() for _ in range(200)]

    def race(number: int) -> int:
        return sum(spend(stores[number % 2], token, proof=b"%d" % number) is Spend.WON for token in tokens)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == len(tokens)


def test_a_restart_without_its_data_opens_nothing_again(server: Server, store: Store) -> None:
    token, epoch = name(), store.epoch
    assert spend(store, token, epoch=epoch) is Spend.WON
    server.stop()
    with pytest.raises(StoreError, match="cannot be reached"):
        spend(store, name(), epoch=epoch)
    server.start()
    until_back(store)
    assert spend(store, token, epoch=epoch) is Spend.RESET
    assert spend(store, name()) is Spend.WON


def test_a_flush_opens_nothing_again(server: Server, store: Store) -> None:
    token, epoch = name(), store.epoch
    assert spend(store, token, epoch=epoch) is Spend.WON
    server.client().flushall()
    assert spend(store, token, epoch=epoch) is Spend.RESET


def test_a_server_that_may_forget_is_refused(server: Server) -> None:
    server.client().config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(StoreError, match="maxmemory-policy is allkeys-lru"):
        open_store(server.url)
    assert open_store(server.url, allow_eviction=True).epoch


def test_counters_and_statistics(store: Store) -> None:
    assert [store.hit(b"key", 3600), store.hit(b"key", 3600), store.count(b"key", 3600)] == [1, 2, 2]
    row = Tally(int(time.time() // 3600), "forum", "green", Event.ASKED)
    store.tally({row: 2})
    store.tally({row: 3})
    assert list(store.stats(0)) == [(row, 5)]


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store("redis://127.0.0.1:1/0")
