"""The door of the stores: what they promise, and opening one by its URL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from gate.errors import StoreError
from gate.stores.breaker import Breaker
from gate.stores.contract import EPOCH_BYTES, ID_BYTES, STATS_DAYS, Event, Kind, Spend, Store, Tally
from gate.stores.memory import MemoryStore
from gate.stores.sqlite import SqliteStore, path_of

__all__ = ["EPOCH_BYTES", "ID_BYTES", "STATS_DAYS", "Event", "Kind", "Spend", "Store", "Tally", "open_store"]


def open_store(
    url: str, *, base: Path = Path("."), clock: Callable[[], float] = time.time, workers: int = 1
) -> Store:
    """Open the store that ``url`` names, creating it where there is none.

    ``memory://`` lives in this process alone; ``sqlite:///name.db`` is a file relative to ``base``,
    ``sqlite:////folder/name.db`` one at that place. ``clock`` gives seconds since 1970; ``workers`` is how
    many processes will share the store. Raises ``StoreError`` if it cannot be used.
    """
    if url == "memory://":
        return _open_memory(url, clock, workers)
    if url.startswith("sqlite:///"):
        return Breaker(SqliteStore(url, path_of(url, base), clock=clock))
    raise StoreError(
        re.sub(r"//[^/@]*@", "//***@", url),
        "no store is known by this address",
        "use memory://, sqlite:///relative.db or sqlite:////absolute.db",
    )


def _open_memory(url: str, clock: Callable[[], float], workers: int) -> Store:
    if workers > 1:
        raise StoreError(
            url,
            f"{workers} workers cannot share one process's memory: each would accept the same token",
            "set workers = 1, or use sqlite:///gate.db",
        )
    return MemoryStore(clock=clock)
