"""Which questions are asked, answered and reported: counted in memory, added to the store every few seconds."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable

from gate.errors import StoreError
from gate.stores.base import Event, Store, Tally

_log = logging.getLogger("gate")

FLUSH_SECONDS = 5.0
"""How old counts may grow in memory while events come; in the service also while none does."""
_MOST_ROWS = 20_000
"""A flood adds to numbers, not to rows; past this many rows of an unreachable store, counts are dropped."""


class Statistics:
    """Sums per question, site and hour. What a killed process had not flushed is lost."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: Counter[Tally] = Counter()
        self._flushed = clock()

    def add(self, event: Event, site: str, question: str) -> None:
        """Count one event; never raises, whatever the store does."""
        now = self._clock()
        row = Tally(int(now // 3600), site, question, event)
        with self._lock:
            if row in self._rows or len(self._rows) < _MOST_ROWS:
                self._rows[row] += 1
            due = abs(now - self._flushed) >= FLUSH_SECONDS
        if due:
            self.flush()

    def flush(self) -> None:
        """Hand what was counted to the store; keep it for the next time if the store refuses."""
        with self._lock:
            rows, self._rows = self._rows, Counter()
            self._flushed = self._clock()
        if not rows:
            return
        try:
            self._store.tally(rows)
        except StoreError as error:
            _log.warning("statistics not written: %s", error.problem)
            with self._lock:
                self._rows.update(rows)
