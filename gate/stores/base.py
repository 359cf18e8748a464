"""The door of the stores: what they promise, and opening one by its URL."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from gate.errors import StoreError
from gate.stores.breaker import Breaker
from gate.stores.contract import EPOCH_BYTES, ID_BYTES, STATS_DAYS, Event, Kind, Spend, Store, Tally
from gate.stores.memory import MemoryStore
from gate.stores.servers import SCHEMES, require_client, without_password
from gate.stores.sqlite import SqliteStore, file_of

__all__ = ["EPOCH_BYTES", "ID_BYTES", "STATS_DAYS", "Event", "Kind", "Spend", "Store", "Tally", "open_store"]


def open_store(
    url: str,
    *,
    base: Path = Path("."),
    clock: Callable[[], float] = time.time,
    workers: int = 1,
    allow_eviction: bool = False,
) -> Store:
    """Open the store that ``url`` names, creating it where there is none; raise ``StoreError`` if it cannot be used.

    ``memory://`` lives in this process alone; ``sqlite:///name.db`` is a file relative to ``base``,
    ``sqlite:////folder/name.db`` one at that place; for Redis and Valkey see ``servers.connect``. ``clock`` gives
    seconds since 1970; ``workers`` is how many processes will share the store; ``allow_eviction`` puts up with a
    server that may drop what it was told to keep.
    """
    if url == "memory://":
        return _open_memory(url, clock, workers)
    file = file_of(url, base)
    if file is not None:
        return Breaker(SqliteStore(url, file, clock=clock))
    if url.partition("://")[0] in SCHEMES:
        return Breaker(_open_redis(url, clock, allow_eviction=allow_eviction))
    raise StoreError(
        without_password(url),
        "no store is known by this address",
        f"use memory://, sqlite:///relative.db, sqlite:////absolute.db or one of {', '.join(SCHEMES)} with ://",
    )


def _open_memory(url: str, clock: Callable[[], float], workers: int) -> Store:
    if workers > 1:
        raise StoreError(
            url,
            f"{workers} workers cannot share one process's memory: each would accept the same token",
            "set workers = 1, or use sqlite:///gate.db",
        )
    return MemoryStore(clock=clock)


def _open_redis(url: str, clock: Callable[[], float], *, allow_eviction: bool) -> Store:
    # Only here: its client is an optional extra.
    require_client(url)
    from gate.stores.redis import RedisStore

    return RedisStore(url, clock=clock, allow_eviction=allow_eviction)
