"""Limits per client and site: how often may it ask, answer, be wrong, be right."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from gate.clients import ClientKey
from gate.config import LimitSettings, Rate
from gate.stores.base import Store


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
        """Count one more in the current window of ``window`` seconds; return the new count."""
        current = (window, int(self._clock() // window))
        with self._lock:
            if current != self._window:
                self._window = current
                self._counts = {}
            if key not in self._counts and len(self._counts) >= self._size:
                key = b""
            self._counts[key] = count = self._counts.get(key, 0) + 1
        return count


class Limiter:
    """Holds each client at each site to the configured rates; a client of None is not limited.

    ``site`` is any short name of the site in bytes. What is returned is how many seconds to wait, or None.
    """

    def __init__(
        self, limits: LimitSettings, *, store: Store, asked: AskedTable, clock: Callable[[], float]
    ) -> None:
        self._limits = limits
        self._store = store
        self._asked = asked
        self._clock = clock

    def ask(self, client: ClientKey | None, site: bytes) -> int | None:
        """Count one question asked."""
        rate = self._limits.challenges
        if client is None or rate is None:
            return None
        return self._wait(rate, self._asked.hit(client + site, rate.window))

    def answer(self, client: ClientKey | None, site: bytes) -> int | None:
        """Count one answer about to be judged, unless too many wrong or right ones came before it."""
        if client is None:
            return None
        limits = self._limits
        return (
            self._reached(limits.wrong_answers, counter(b"wrong", client, site))
            or self._reached(limits.tokens, counter(b"token", client, site))
            or self._hit(limits.answers, counter(b"answer", client, site))
        )

    def judged(self, client: ClientKey | None, site: bytes, *, right: bool) -> None:
        """Count one answer that was judged."""
        if client is None:
            return
        rate = self._limits.tokens if right else self._limits.wrong_answers
        self._hit(rate, counter(b"token" if right else b"wrong", client, site))

    def _hit(self, rate: Rate | None, key: bytes) -> int | None:
        return None if rate is None else self._wait(rate, self._store.hit(key, rate.window))

    def _reached(self, rate: Rate | None, key: bytes) -> int | None:
        return None if rate is None else self._wait(rate, self._store.count(key, rate.window) + 1)

    def _wait(self, rate: Rate, count: int) -> int | None:
        if count <= rate.count:
            return None
        return max(1, math.ceil(rate.window - self._clock() % rate.window))


def counter(name: bytes, client: ClientKey, site: bytes) -> bytes:
    """Return the store's key for one of a client's counters at a site."""
    return name + b":" + client + site
