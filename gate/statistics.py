"""Which questions are asked, answered and reported: counted in memory, added to the store every few seconds."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable

from gate.errors import StoreError
from gate.stores.base import Event, Store, Tally

_log = logging.getLogger("gate")

_FLUSH_SECONDS = 5.0
_MOST_ROWS = 20_000
"""A flood adds to numbers, not to rows; past this many rows of an unreachable store, counts are dropped."""


class Statistics:
    """Sums per question, site and hour. What a killed process had not flushed is lost: at most five seconds.

    Where the next event does not come to write them, a timer does.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._rows: Counter[Tally] = Counter()
        self._flushed = clock()

    def add(self, event: Event, site: str, question: str) -> None:
        """Count one event; never raises, whatever the store does."""
        now = self._clock()
        row = Tally(int(now // 3600), site, question, event)
        with self._lock:
            if row in self._rows or len(self._rows) < _MOST_ROWS:
                self._rows[row] += 1
            due = abs(now - self._flushed) >= _FLUSH_SECONDS
            if not due and not (self._timer and self._timer.is_alive()):  # after a fork none is
                self._timer = _timer(self.flush)
        if due:
            self.flush()

    def flush(self) -> None:
        """Hand what was counted to the store; keep it for the next time if the store refuses."""
        with self._writing:
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            rows, self._rows = self._rows, Counter()
            self._flushed = self._clock()
            if self._timer:
                self._timer.cancel()
                self._timer = None
        if not rows:
            return
        try:
            self._store.tally(rows)
        except StoreError as error:
            _log.warning("statistics not written: %s", error.problem)
            with self._lock:
                self._rows.update(rows)


def _timer(flush: Callable[[], None]) -> threading.Timer | None:
    """Start a timer; None where no thread can be had: the next event writes then."""
    timer = threading.Timer(_FLUSH_SECONDS, flush)
    timer.daemon = True
    try:
        timer.start()
    except RuntimeError:
        return None
    return timer
