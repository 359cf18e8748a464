"""A breaker around a store: after a failure nobody waits for its time-out until one probe got through."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, TypeVarTuple

from gate.errors import StoreError
from gate.stores.contract import Kind, Spend, Store, Tally

__all__ = ["Breaker"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_log = logging.getLogger("gate")


class Breaker:
    """The store behind it, except that for ``pause`` seconds after a ``StoreError`` every call raises it.

    Then one call at a time is let through; the first that succeeds opens the way for all. Only ``close``
    always passes. The log says when the store fails, why, and when it answers again.
    """

    def __init__(
        self, store: Store, *, clock: Callable[[], float] = time.monotonic, pause: float = 1.0
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._error: StoreError | None = None
        self._probe_at = 0.0
        self._probing = False

    @property
    def epoch(self) -> bytes:
        """As the store's."""
        return self._call(lambda: self._store.epoch)

    def spend(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        ttl: float,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """As the store's."""
        return self._call(self._store.spend, kind, site, id, ttl, epoch, proof)

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """As the store's."""
        return self._call(self._store.peek, kind, site, id, epoch, proof)

    def hit(self, key: bytes, window: float) -> int:
        """As the store's."""
        return self._call(self._store.hit, key, window)

    def count(self, key: bytes, window: float) -> int:
        """As the store's."""
        return self._call(self._store.count, key, window)

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """As the store's."""
        self._call(self._store.tally, rows)

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """As the store's."""
        return self._call(self._store.stats, since)

    def ping(self) -> None:
        """As the store's."""
        self._call(self._store.ping)

    def close(self) -> None:
        """As the store's."""
        self._store.close()

    def _call(self, verb: Callable[[*Ts], T], *args: *Ts) -> T:
        if self._error is not None:
            return self._probe(verb, *args)
        try:
            return verb(*args)
        except StoreError as error:
            self._trip(error)
            raise

    def _probe(self, verb: Callable[[*Ts], T], *args: *Ts) -> T:
        with self._lock:
            error = self._error
            if error is not None and (self._probing or self._clock() < self._probe_at):
                # a copy, since one exception raised by many threads would gather all their tracebacks
                raise StoreError(error.url, error.problem, error.remedy)
            self._probing = True
        try:
            result = verb(*args)
        except StoreError as error:
            self._trip(error)
            raise
        finally:
            self._probing = False
        with self._lock:
            recovered, self._error = self._error is not None, None
        if recovered:
            _log.info("the store answers again")
        return result

    def _trip(self, error: StoreError) -> None:
        with self._lock:
            if self._error is None or self._error.problem != error.problem:
                _log.error("%s", error)
            self._error = StoreError(error.url, error.problem, error.remedy)
            self._probe_at = self._clock() + self._pause
