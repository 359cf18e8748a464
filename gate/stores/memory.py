"""The store in one process's memory: for tests, the demo and small forums that run a single worker."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from gate.stores.contract import EPOCH_BYTES, ID_BYTES, STATS_DAYS, Kind, Spend, Tally
from gate.stores.marks import MARGIN, TIME_BYTES, digest_of, horizon, mark_of, stranded

__all__ = ["MemoryStore"]

_BUCKET_MS = 60_000
_PURGE_EVERY = 64


class MemoryStore:
    """Marks in one dict per kind and minute, so that a purge lets go of whole minutes at once."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._epoch = secrets.token_bytes(EPOCH_BYTES)
        self._marks: dict[Kind, dict[int, dict[bytes, bytes]]] = {kind: {} for kind in Kind}
        self._purged: dict[Kind, bytes] = dict.fromkeys(Kind, b"")
        self._hits: dict[tuple[float, float], Counter[bytes]] = {}
        self._tallies: Counter[Tally] = Counter()
        self._tallied = 0
        self._spends = 0
        self._pid = os.getpid()

    @property
    def epoch(self) -> bytes:
        """The bytes drawn when this process made the store; a forked child is another store, with its own."""
        if self._pid != os.getpid():
            self._renew()
        return self._epoch

    def spend(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        ttl: float,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Mark ``id`` as used; see ``Store.spend``."""
        mark, digest, minute = mark_of(id, site), digest_of(proof), _minute_of(id)
        with self._lock:
            verdict = self._classify(kind, minute, mark, epoch, digest)
            if verdict is Spend.WON:
                self._marks[kind].setdefault(minute, {})[mark] = digest
                self._spends += 1
                if self._spends % _PURGE_EVERY == 0:
                    self._purge_marks(kind, ttl)
            return verdict

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Say how ``spend`` would end; see ``Store.peek``."""
        with self._lock:
            return self._classify(kind, _minute_of(id), mark_of(id, site), epoch, digest_of(proof))

    def hit(self, key: bytes, window: float) -> int:
        """Count one more; see ``Store.hit``."""
        with self._lock:
            now = self._clock()
            start = now // window * window
            hits = self._hits.get((window, start))
            if hits is None:
                self._purge_hits(now)
                hits = self._hits[window, start] = Counter()
            hits[key] += 1
            return hits[key]

    def count(self, key: bytes, window: float) -> int:
        """Return the current count; see ``Store.count``."""
        with self._lock:
            start = self._clock() // window * window
            return self._hits.get((window, start), Counter())[key]

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """Add to the statistics; see ``Store.tally``."""
        hour = int(self._clock() // 3600)
        with self._lock:
            self._tallies.update(rows)
            if hour != self._tallied:
                self._tallied = hour
                for row in [row for row in self._tallies if row.hour < hour - STATS_DAYS * 24]:
                    del self._tallies[row]

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """Return the statistics; see ``Store.stats``."""
        with self._lock:
            found = [(row, number) for row, number in self._tallies.items() if row.hour >= since]
        return sorted(found, key=lambda pair: (*pair[0][:3], pair[0].event.value))

    def ping(self) -> None:
        """Do nothing: a dict can always be written."""

    def close(self) -> None:
        """Do nothing: there is no file to let go of."""

    def _classify(self, kind: Kind, minute: int, mark: bytes, epoch: bytes, digest: bytes) -> Spend:
        if epoch != self.epoch:
            return Spend.RESET
        known = self._marks[kind].get(minute, {}).get(mark)
        if known is not None:
            return Spend.OWN if known == digest else Spend.LOST
        if mark[:ID_BYTES] > self._purged[kind]:
            return Spend.WON
        if not stranded(self._purged[kind], self._clock()):
            return Spend.LOST
        self._renew()
        return Spend.RESET

    def _renew(self) -> None:
        self._epoch = secrets.token_bytes(EPOCH_BYTES)
        self._purged = dict.fromkeys(Kind, b"")
        self._pid = os.getpid()

    def _purge_marks(self, kind: Kind, ttl: float) -> None:
        first_kept = int.from_bytes(horizon(self._clock(), ttl), "big") // _BUCKET_MS
        minutes = self._marks[kind]
        old = [minute for minute in minutes if minute < first_kept]
        if old:
            highest = max(minutes[max(old)])[:ID_BYTES]
            self._purged[kind] = max(self._purged[kind], highest)
        for minute in old:
            del minutes[minute]

    def _purge_hits(self, now: float) -> None:
        for window, start in [slot for slot in self._hits if sum(slot) + MARGIN < now]:
            del self._hits[window, start]


def _minute_of(name: bytes) -> int:
    return int.from_bytes(name[:TIME_BYTES], "big") // _BUCKET_MS
