"""Reads the statistics that running gates keep in the store."""

from __future__ import annotations

import time

from gate.cli.messages import Refused
from gate.config import Config
from gate.stores.base import Tally, open_store
from gate.stores.sqlite import path_of


def rows_of(config: Config, days: int) -> list[tuple[Tally, int]]:
    """Return the rows of the last so many days, up to now; raise ``Refused`` where none can be had from outside."""
    url = config.store.url
    if url == "memory://":
        raise Refused(
            'memory:// keeps statistics for the gate alone; set url = "sqlite:///gate.db" in [store]'
        )
    if url.startswith("sqlite:///") and not path_of(url, config.base).exists():
        raise Refused(f"{path_of(url, config.base)} is not there yet; the gate makes it when it is started")
    store = open_store(
        url, base=config.base, workers=config.server.workers, allow_eviction=config.store.allow_eviction
    )
    try:
        return list(store.stats(int(time.time() // 3600) - 24 * days))
    finally:
        store.close()
