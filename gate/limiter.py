"""Limits per client and site: how often may it ask, answer, be wrong, be right."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Protocol

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from gate.clients import ClientKey
from gate.config import LimitSettings
from gate.errors import StoreError
from gate.stores.base import Store


class Counters(Protocol):
    """What a limit needs of a store: counts in fixed windows, aligned to the clock."""

    def hit(self, key: bytes, window: float) -> int:
        """Count one more in the current window of ``window`` seconds; return the new count."""

    def count(self, key: bytes, window: float) -> int:
        """Return the count in the current window of ``window`` seconds."""


class AskedTable:
    """Counts questions asked in this process's memory, so that asking writes nothing to the store.

    At most ``size`` clients are told apart within one window; those beyond share one count.
    """

    def __init__(self, clock: Callable[[], float], *, size: int = 50_000) -> None:
        self._clock = clock
        self._size = size
        self._lock = threading.Lock()
        self._window = (0.0, 0)
        self._counts: dict[bytes, int] = {}

    def hit(self, key: bytes, window: float) -> int:
        """Count one more; see ``Counters.hit``."""
        with self._lock:
            key = self._place(key, window)
            self._counts[key] = count = self._counts.get(key, 0) + 1
        return count

    def count(self, key: bytes, window: float) -> int:
        """Return the current count; see ``Counters.count``."""
        with self._lock:
            return self._counts.get(self._place(key, window), 0)

    def _place(self, key: bytes, window: float) -> bytes:
        """Begin a new window if it is time; return under which key a client is counted."""
        current = (window, int(self._clock() // window))
        if current != self._window:
            self._window = current
            self._counts = {}
        return key if key in self._counts or len(self._counts) < self._size else b""


class Limiter:
    """Holds each client at each site to the configured rates; a client of None is not limited.

    ``site`` is any short name of the site in bytes. What is returned is how many seconds to wait, or None.
    """

    def __init__(
        self, limits: LimitSettings, *, store: Store, asked: AskedTable, clock: Callable[[], float]
    ) -> None:
        self._challenges = _Limit("asked", limits.challenges, asked, clock)
        self._answers = _Limit("answer", limits.answers, store, clock)
        self._wrong_answers = _Limit("wrong", limits.wrong_answers, store, clock)
        self._tokens = _Limit("token", limits.tokens, store, clock)

    def ask(self, client: ClientKey | None, site: bytes) -> int | None:
        """Count one question asked."""
        return None if client is None else self._challenges.hit(client + site)

    def answer(self, client: ClientKey | None, site: bytes) -> int | None:
        """Count one answer about to be judged, unless too many wrong or right ones came before it."""
        if client is None:
            return None
        who = client + site
        return self._wrong_answers.reached(who) or self._tokens.reached(who) or self._answers.hit(who)

    def judged(self, client: ClientKey | None, site: bytes, *, right: bool) -> None:
        """Count one answer that was judged."""
        if client is not None:
            (self._tokens if right else self._wrong_answers).hit(client + site)


class _Limit:
    """One rate, held by the library's strategy; a rate of None refuses nobody and counts nothing."""

    def __init__(
        self, name: str, rate: RateLimitItem | None, counters: Counters, clock: Callable[[], float]
    ) -> None:
        self._name = name
        self._rate = rate
        self._clock = clock
        if rate is not None:
            self._strategy = FixedWindowRateLimiter(_Storage(counters, rate.get_expiry(), clock))

    def hit(self, who: bytes) -> int | None:
        """Count one more; return how long to wait if it is one too many."""
        if self._rate is None or self._strategy.hit(self._rate, *self._ids(who)):
            return None
        return self._wait(self._rate, who)

    def reached(self, who: bytes) -> int | None:
        """Count nothing; return how long to wait if one more would be too many."""
        if self._rate is None or self._strategy.test(self._rate, *self._ids(who)):
            return None
        return self._wait(self._rate, who)

    def _wait(self, rate: RateLimitItem, who: bytes) -> int:
        reset = self._strategy.get_window_stats(rate, *self._ids(who)).reset_time
        return max(1, math.ceil(reset - self._clock()))

    def _ids(self, who: bytes) -> tuple[str, str]:
        return self._name, who.decode("latin-1")


class _Storage(Storage):
    """Counters of ours, of windows of ``window`` seconds, as a strategy of the library asks for them.

    See https://limits.readthedocs.io/en/stable/custom-storage.html.
    """

    STORAGE_SCHEME = None
    base_exceptions = StoreError

    def __init__(self, counters: Counters, window: int, clock: Callable[[], float]) -> None:
        super().__init__()
        self._counters = counters
        self._window = window
        self._clock = clock

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._counters.hit(_without_rate(key), expiry)

    def get(self, key: str) -> int:
        return self._counters.count(_without_rate(key), self._window)

    def get_expiry(self, key: str) -> float:
        return (self._clock() // self._window + 1) * self._window

    # No strategy calls these.

    def check(self) -> bool:
        raise NotImplementedError

    def reset(self) -> None:
        raise NotImplementedError

    def clear(self, key: str) -> None:
        raise NotImplementedError


def _without_rate(key: str) -> bytes:
    """Return a key of the library without amount, multiple and unit: another rate goes on with what was counted."""
    return key.rsplit("/", 3)[0].encode("latin-1")
