"""Reads the statistics that running gates keep in the store."""

from __future__ import annotations

import time
from contextlib import closing

from gate.cli.messages import Refused
from gate.config import Config
from gate.live import open_store_of
from gate.stores.base import Tally
from gate.stores.sqlite import file_of


def rows_of(config: Config, days: int) -> list[tuple[Tally, int]]:
    """Return the rows of the last so many days, up to now; raise ``Refused`` where none can be had from outside."""
    url = config.store.url
    if url == "memory://":
        raise Refused(
            'memory:// keeps statistics for the gate alone; set url = "sqlite:///gate.db" in [store]'
        )
    file = file_of(url, config.base)
    if file is not None and not file.exists():
        raise Refused(f"{file} is not there yet; the gate makes it when it is started")
    with closing(open_store_of(config)) as store:
        return list(store.stats(int(time.time() // 3600) - 24 * days))
