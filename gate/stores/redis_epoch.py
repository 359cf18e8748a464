"""The epoch of a store in Redis: one for all buckets, bound to the server on which it was begun."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from gate.errors import StoreError
from gate.stores.contract import EPOCH_BYTES
from gate.stores.redis_faults import FAULTS, SharedError
from gate.stores.scripts import Script
from gate.stores.servers import REPLY_SECONDS, is_cluster, memory_policies

__all__ = ["BUCKETS", "RedisEpoch", "state_key"]

_log = logging.getLogger("gate")

BUCKETS = 16
_LOOK_SECONDS = 1.0
_POLICY_SECONDS = 60.0
_LOCK_MS = 1_000
_LOCK_TRIES = 60
_LOCK_PAUSE = 0.02
_LOCK = b"{g0}lock"


def state_key(bucket: int) -> bytes:
    """Return the key of a bucket's state: epoch, the server it belongs to, what was purged."""
    return b"{g%x}state" % bucket


def _states(buckets: Sequence[int]) -> list[bytes]:
    return [state_key(bucket) for bucket in buckets]


class RedisEpoch:
    """Looks once a second whether one epoch holds in all buckets, and begins another where none does.

    An epoch is drawn at random and written to each bucket at most once, by the one that drew it: no bucket can
    come to have it back after losing marks.
    """

    def __init__(
        self, url: str, client: Any, monotonic: Callable[[], float], *, allow_eviction: bool
    ) -> None:
        self._url = url
        self._client = client
        self._monotonic = monotonic
        self._allow_eviction = allow_eviction
        self._lock = threading.Lock()
        self._failures = 0
        self._failure: Exception | None = None
        self._epoch = b""
        self._clocks = [0.0] * BUCKETS
        self._look_at = self._policy_at = monotonic()
        self._look_script, self._renew_script = Script("here", "look"), Script("here", "renew")
        self._note_script = Script("note")
        buckets = range(BUCKETS)
        self._groups: Sequence[Sequence[int]] = (
            [[bucket] for bucket in buckets] if is_cluster(client) else [buckets]
        )

    def note(self, text: bytes) -> None:
        """Write ``text`` into every bucket's state: it can be written to then."""
        for buckets in self._groups:
            self._note_script.run(self._client, _states(buckets), text)

    @property
    def seen(self) -> bytes:
        """The epoch that was in force when last looked at."""
        return self._epoch

    @property
    def is_fresh(self) -> bool:
        """Whether that was within the last second, and nothing speaks against it."""
        return self._monotonic() < self._look_at

    def deadline(self, bucket: int) -> int:
        """Until when a call that is made now is waited for, by the clock of the bucket's server (ms)."""
        return int(self._clocks[bucket] + (self._monotonic() + REPLY_SECONDS) * 1000)

    def doubt(self) -> None:
        """Look before the next use."""
        self._look_at = self._monotonic()

    def refresh(self) -> None:
        """Look if it is time; whoever waits while another looks in vain fails with it."""
        if self.is_fresh:
            return
        failures = self._failures
        with self._lock:
            if self._failures != failures:
                raise SharedError from self._failure
            if not self.is_fresh:
                self._noting_failure(self._look)

    def renew(self, seen: bytes) -> None:
        """Begin another epoch if the one in force is still ``seen``."""
        with self._lock:
            self._noting_failure(lambda: self._take(self._begin(seen)))

    def _noting_failure(self, step: Callable[[], None]) -> None:
        try:
            step()
        except FAULTS as error:
            self._failure = error
            self._failures += 1
            raise

    def _look(self) -> None:
        if self._monotonic() >= self._policy_at:
            self._check_policy()
        epoch = self._agreed()
        if epoch is None:
            # Perhaps it is another server, which may have another policy.
            self._check_policy()
            epoch = self._begin(b"")
        self._take(epoch)

    def _take(self, epoch: bytes) -> None:
        self._epoch = epoch
        self._look_at = self._monotonic() + _LOOK_SECONDS

    def _agreed(self) -> bytes | None:
        epochs = set()
        for buckets in self._groups:
            clock, *epoch = self._look_script.run(self._client, _states(buckets))
            # Read after the reply came, so that it is rather behind than ahead.
            ahead = clock - self._monotonic() * 1000
            for bucket in buckets:
                self._clocks[bucket] = ahead
            epochs.add(epoch[0] if epoch else None)
        return epochs.pop() if len(epochs) == 1 else None

    def _begin(self, seen: bytes) -> bytes:
        # The lock only keeps gates from drawing against each other: were it lost, they would meet a second later.
        own = secrets.token_bytes(8)
        for _ in range(_LOCK_TRIES):
            if self._client.set(_LOCK, own, nx=True, px=_LOCK_MS):
                return self._begin_locked(seen, own)
            agreed = self._agreed()
            if agreed not in (None, seen):
                return agreed
            time.sleep(_LOCK_PAUSE)
        raise StoreError(
            self._url, "other gates keep beginning new epochs on it", "see whether its data keeps vanishing"
        )

    def _begin_locked(self, seen: bytes, own: bytes) -> bytes:
        try:
            agreed = self._agreed()
            return self._draw() if agreed in (None, seen) else agreed
        finally:
            if self._client.get(_LOCK) == own:
                self._client.delete(_LOCK)

    def _draw(self) -> bytes:
        epoch = secrets.token_bytes(EPOCH_BYTES)
        for buckets in self._groups:
            self._renew_script.run(self._client, _states(buckets), epoch)
        _log.warning(
            "a new epoch begins in %s: it is empty, was restarted, or took another's place; "
            "whatever was asked or answered before costs one more question",
            self._url,
        )
        return epoch

    def _check_policy(self) -> None:
        for policy in () if self._allow_eviction else memory_policies(self._client):
            if policy != "noeviction":
                raise StoreError(
                    self._url,
                    f"its maxmemory-policy is {policy}: short of memory it would forget used tokens",
                    "set maxmemory-policy noeviction, or allow_eviction = true in [store]",
                )
        self._policy_at = self._monotonic() + _POLICY_SECONDS
