"""The store in Redis, on real servers: nothing re-opened by what befalls its data, and what it refuses to work with."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Event, Kind, Spend, Store, Tally, open_store
from gate.stores.redis import RedisStore
from tests.stores import redis_servers
from tests.stores.redis_servers import HOST, Doors, Link, Server, link

SITE = b"8 bytes."
Open = Callable[..., Store]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.server(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def redis_link(server: Server) -> Iterator[Link]:
    with link(server.port) as carried:
        yield carried


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open stores that are closed in the end."""
    with ExitStack() as stack:

        def open_one(url: str, **options: bool) -> Store:
            found = open_store(url, **options)  # type: ignore[arg-type]
            stack.callback(found.close)
            return found

        yield open_one


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


# What befalls the data


def test_a_restart_without_its_data_opens_nothing_again(server: Server, opened: Open) -> None:
    store = opened(server.url)
    token, epoch = name(), store.epoch
    assert spend(store, token, epoch=epoch) is Spend.WON
    server.kill()
    with pytest.raises(StoreError, match="cannot be reached"):
        spend(store, name(), epoch=epoch)
    server.start()
    until_back(store)
    assert spend(store, token, epoch=epoch) is Spend.RESET
    assert spend(store, name()) is Spend.WON


def test_a_restart_from_an_older_snapshot_opens_nothing_again(server: Server, opened: Open) -> None:
    store = opened(server.url)
    epoch, before, after = store.epoch, name(), name()
    assert spend(store, before) is Spend.WON
    with server.admin() as admin:
        admin.save()
    assert spend(store, after) is Spend.WON
    server.kill()
    server.start()
    with server.admin() as admin:
        assert admin.dbsize() > 16, "its data is there again"
    until_back(store)
    assert {spend(store, token, epoch=epoch, proof=b"new") for token in (before, after)} == {Spend.RESET}
    assert spend(store, name()) is Spend.WON


def test_a_restart_from_a_log_that_lacks_its_end_opens_nothing_again(server: Server, opened: Open) -> None:
    server.kill()
    # By default a slow disk keeps what is to be logged in the server's memory: there would be no end to lack.
    server.start("--appendonly", "yes", "--appendfsync", "no")
    store = opened(server.url)
    epoch, tokens = store.epoch, [name() for _ in range(20)]
    assert {spend(store, token) for token in tokens} == {Spend.WON}
    server.kill()
    (log,) = (server.folder / "appendonlydir").glob("*.incr.aof")
    os.truncate(log, log.stat().st_size - 1000)
    server.start("--appendonly", "yes")
    until_back(store)
    assert {spend(store, token, epoch=epoch, proof=b"new") for token in tokens} == {Spend.RESET}


def test_a_flush_opens_nothing_again_and_what_comes_after_works_at_once(server: Server, opened: Open) -> None:
    store = opened(server.url)
    for _ in range(20):
        tokens, epoch = [name() for _ in range(10)], store.epoch
        assert {spend(store, token) for token in tokens} == {Spend.WON}
        server.flush()
        verdicts = {
            spend(store, token, epoch=epoch, proof=proof) for token in tokens for proof in (b"one", b"two")
        }
        assert verdicts == {Spend.RESET}
        assert spend(store, name()) is Spend.WON


def test_data_of_another_server_is_not_taken_for_its_own(
    server: Server, opened: Open, tmp_path: Path
) -> None:
    """A machine is cloned: both copies know the marks so far, and must not both take the next one."""
    store = opened(server.url)
    token, epoch = name(), store.epoch
    with server.admin() as admin:
        admin.save()
    (tmp_path / "clone").mkdir()
    shutil.copy(server.folder / "dump.rdb", tmp_path / "clone")
    with redis_servers.server(tmp_path / "clone") as clone:
        assert spend(store, token, epoch=epoch) is Spend.WON
        assert spend(opened(clone.url), token, epoch=epoch) is Spend.RESET


def test_a_database_swapped_away_and_back_remembers(server: Server, opened: Open) -> None:
    store = opened(server.url)
    token, epoch = name(), store.epoch
    assert spend(store, token) is Spend.WON
    with server.admin() as admin:
        admin.swapdb(0, 1)
        assert spend(store, token, epoch=epoch, proof=b"two") is Spend.RESET
        admin.swapdb(0, 1)
    assert spend(store, token, epoch=epoch, proof=b"two") is Spend.LOST


# Lost and late


def test_a_reply_that_is_lost_robs_nobody(redis_link: Link, opened: Open) -> None:
    store = opened(redis_link.url)
    spend(store, name())
    for _ in range(100):
        token, epoch = name(), store.epoch
        redis_link.to_lose = 1
        assert spend(store, token, epoch=epoch) is Spend.WON
        assert redis_link.to_lose == 0
        assert spend(store, token, epoch=epoch, proof=b"two") is Spend.LOST


def test_when_both_replies_are_lost_the_same_proof_is_known_again(
    redis_link: Link, server: Server, opened: Open
) -> None:
    store = RedisStore(redis_link.url)
    spend(store, name())
    token, epoch = name(), store.epoch
    redis_link.to_lose = 2
    with pytest.raises(StoreError, match="cannot be reached"):
        spend(store, token, epoch=epoch)
    other = opened(server.url)
    assert spend(other, token, epoch=epoch, proof=b"two") is Spend.LOST
    assert spend(store, token, epoch=epoch) is Spend.OWN
    store.close()


def test_what_the_server_comes_to_too_late_marks_nothing(server: Server) -> None:
    """It hung while it was asked; when it goes on it finds the question, which nobody waits for any more."""
    store = RedisStore(server.url)
    spend(store, name())
    token, epoch = name(), store.epoch
    server.pause()
    with pytest.raises(StoreError, match="did not answer in time"):
        spend(store, token, epoch=epoch)
    server.resume()
    assert spend(store, token, epoch=epoch, proof=b"two") is Spend.WON
    store.close()


def test_a_server_whose_clock_is_set_is_believed_again(server: Server) -> None:
    """Its clock only tells for how long a call has waited; here ours is set instead, which comes to the same."""
    now = [1000.0]
    store = RedisStore(server.url, monotonic=lambda: now[0])
    for seconds in (-900.0, 0.9, -0.6, 5000.0):
        now[0] += seconds
        token = name()
        assert spend(store, token) is Spend.WON
        assert spend(store, token, proof=b"two") is Spend.LOST
    store.close()


def test_a_server_that_nobody_can_connect_to_is_told_in_time() -> None:
    with socket.create_server((HOST, 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        queued = [socket.create_connection((HOST, port)) for _ in range(1)]
        started = time.monotonic()
        with pytest.raises(StoreError, match="did not answer in time"):
            open_store(f"redis://{HOST}:{port}/0")
        assert time.monotonic() - started < 10  # a connection is waited for minutes otherwise
        for each in queued:
            each.close()


# What it refuses to work with


def test_a_server_that_may_forget_is_refused(server: Server, opened: Open) -> None:
    server.configure("maxmemory-policy", "allkeys-lru")
    with pytest.raises(StoreError, match="maxmemory-policy is allkeys-lru"):
        open_store(server.url)
    assert opened(server.url, allow_eviction=True).epoch


def test_a_server_that_begins_to_forget_is_noticed_within_a_minute(server: Server) -> None:
    now = [0.0]
    store = RedisStore(server.url, monotonic=lambda: now[0])
    server.configure("maxmemory-policy", "volatile-ttl")
    now[0] = 61
    with pytest.raises(StoreError, match="maxmemory-policy is volatile-ttl"):
        spend(store, name())
    server.configure("maxmemory-policy", "noeviction")
    assert spend(store, name()) is Spend.WON
    store.close()


def test_a_full_server_refuses_and_drops_nothing(server: Server) -> None:
    store = RedisStore(server.url)
    epoch = store.epoch
    won: list[bytes] = []

    def fill() -> None:
        while len(won) < 100_000:
            token = name()
            assert spend(store, token, epoch=epoch) is Spend.WON
            won.append(token)

    server.configure("maxmemory", server.info("memory")["used_memory"] + 200_000)
    with pytest.raises(StoreError, match="its memory is full"):
        fill()
    assert len(won) > 100
    assert server.info("stats")["evicted_keys"] == 0
    server.configure("maxmemory", 0)
    assert {spend(store, token, epoch=epoch, proof=b"two") for token in won} == {Spend.LOST}
    store.close()


def test_a_user_that_may_do_little_is_enough(server: Server, opened: Open) -> None:
    """As on a managed Redis: no CONFIG, no KEYS, no FLUSHALL; only the gate's own keys."""
    with server.admin() as admin:
        rules = ("on", ">p@ss/word", "~{g*", "+@all", "-@dangerous", "+info")
        admin.execute_command("ACL", "SETUSER", "gate", *rules)
    store = opened(server.url.replace("//", "//gate:p%40ss%2Fword@"))
    assert spend(store, name()) is Spend.WON
    assert store.hit(b"key", 60) == 1
    row = Tally(int(time.time() // 3600), "forum", "green", Event.ASKED)
    store.tally({row: 2})
    assert list(store.stats(0)) == [(row, 2)]
    store.ping()
    server.configure("maxmemory-policy", "allkeys-random")
    with pytest.raises(StoreError, match="maxmemory-policy is allkeys-random") as caught:
        open_store(server.url.replace("//", "//gate:p%40ss%2Fword@"))
    assert "ss" not in caught.value.url


def test_the_wrong_password_is_told(server: Server) -> None:
    server.configure("requirepass", "secret")
    with pytest.raises(StoreError, match="put the right ones into the address"):
        open_store(server.url.replace("//", "//:wrong@"))
    with pytest.raises(StoreError, match=r"it wants a password|or wants one"):
        open_store(server.url)


@pytest.mark.xdist_group("redis")
def test_a_certificate_that_nobody_vouches_for_is_refused(redis_doors: Doors) -> None:
    with pytest.raises(StoreError, match="its certificate is not one that this machine trusts") as caught:
        open_store(redis_doors.untrusted_url)
    assert "ssl_ca_certs" in caught.value.remedy


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store("redis://127.0.0.1:1/0")


def test_a_mark_takes_at_most_160_bytes(server: Server) -> None:
    now = [1_800_000_000.0]
    store = RedisStore(server.url, clock=lambda: now[0])
    epoch, number = store.epoch, 3_000
    before = server.info("memory")["used_memory"]
    for _ in range(number):
        now[0] += 0.5
        token = int(now[0] * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
        assert spend(store, token, epoch=epoch) is Spend.WON
    assert (server.info("memory")["used_memory"] - before) / number <= 160
    store.close()


def test_two_gates_on_one_server_race_and_each_token_passes_once(server: Server, opened: Open) -> None:
    stores = [opened(server.url), opened(server.url)]
    assert stores[0].epoch == stores[1].epoch
    tokens = [name() for _ in range(200)]

    def race(number: int) -> int:
        return sum(spend(stores[number % 2], token, proof=b"%d" % number) is Spend.WON for token in tokens)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == len(tokens)
