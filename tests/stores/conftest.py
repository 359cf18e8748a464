"""What the store tests share: a clock that is set by hand, ids made at its time, and the stores to run them on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate.stores.base import Kind, Spend, Store
from gate.stores.memory import MemoryStore
from gate.stores.redis import RedisStore
from gate.stores.sqlite import SqliteStore
from tests.stores import redis_servers
from tests.stores.spender import PATIENCE, WAITS

DAY = 86_400.0
FORMS = {
    "redis": "redis",
    "redis-unix": "redis",
    "redis-tls": "redis",
    "redis-sentinel": "redis-sentinel",
    "redis-cluster": "redis-cluster",
}
"""The forms of a Redis URL that stores are tested on, each with the group of tests that share its servers."""
REDIS = [pytest.param(form, marks=pytest.mark.xdist_group(group)) for form, group in FORMS.items()]


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


@pytest.fixture(scope="session")
def redis_doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_servers.Doors]:
    with redis_servers.doors(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="session")
def redis_sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_servers.SentinelSet]:
    folder = tmp_path_factory.mktemp("sentinel")
    with redis_servers.sentinel_set(folder, down_after_ms=redis_servers.CALM_MS) as running:
        yield running


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_servers.Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with redis_servers.cluster(folder, down_after_ms=redis_servers.CALM_MS) as running:
        yield running


@pytest.fixture
def empty_redis(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Empty the Redis that serves one of ``FORMS`` and return its URL."""
    fixtures = {"redis-sentinel": "redis_sentinels", "redis-cluster": "redis_cluster"}
    urls = {"redis-unix": "unix_url", "redis-tls": "tls_url"}

    def url_of(form: str) -> str:
        running = request.getfixturevalue(fixtures.get(form, "redis_doors"))
        running.flush()
        return str(getattr(running, urls.get(form, "url")))

    return url_of


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have stores that are opened from here on wait as long as those of ``spender.py`` do."""
    for constant in WAITS:
        monkeypatch.setattr(constant, PATIENCE)


@pytest.fixture(params=["memory", "sqlite", *REDIS])
def store(
    request: pytest.FixtureRequest,
    clock: Callable[[], float],
    empty_redis: Callable[[str], str],
    patience: None,
) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore(clock=clock)
    elif request.param == "sqlite":
        yield request.getfixturevalue("open_sqlite")()
    else:
        opened = RedisStore(empty_redis(request.param), clock=clock)
        yield opened
        opened.close()
