"""The store in Redis or Valkey, shared by any number of machines.

Keys are spread over ``BUCKETS`` slots by hash tag. Each bucket has a *state*: its epoch, the server that the epoch
was begun on, and up to where marks were purged. A server that was started anew, flushed or put in the place of
another is not the one in the state, or has none: then a new epoch is begun, and whatever was made before costs one
more question. So a lost tail of writes re-opens nothing.

Marks are written on *pages*, one hash for some minutes' ids; no key of theirs expires by the server's clock, which
may be wrong. Writers unlink pages whose ids are dead by their own clock, and note up to where.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import TypeVar

from gate.errors import StoreError
from gate.stores.contract import STATS_DAYS, Event, Kind, Spend, Tally
from gate.stores.marks import MARGIN, SKEW, TIME_BYTES, digest_of, horizon, mark_of
from gate.stores.redis_epoch import BUCKETS, RedisEpoch, state_key
from gate.stores.redis_faults import FAULTS, TardyError, explained, is_passing
from gate.stores.scripts import Script
from gate.stores.servers import connect, disconnect, without_password

__all__ = ["RedisStore"]

T = TypeVar("T")

_PAGE_MS = 300_000
_KINDS = {Kind.CHALLENGE: b"c", Kind.TOKEN: b"t", Kind.RECEIPT: b"r"}
_HOURS = b"{gs}hours"
_HOURS_AT_ONCE = 100


class RedisStore:
    """Marks, counters and statistics in Redis or Valkey; see ``connect`` for the URLs.

    A call whose reply was lost is made once more: it can neither win twice nor lose what it has won, and
    statistics count once, but ``hit`` may count two. Raises ``StoreError`` at once if the server cannot be used,
    or could drop what it was told to keep.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        allow_eviction: bool = False,
    ) -> None:
        self._url = url
        self._clock = clock
        self._spend_script = Script("here", "spend")
        self._hit_script, self._tally_script = Script("hit"), Script("tally")
        try:
            self._client = connect(url)
        except FAULTS as error:
            raise explained(url, error) from error
        shown = without_password(url)
        self._epoch = RedisEpoch(shown, self._client, monotonic, allow_eviction=allow_eviction)
        try:
            self._run(lambda: None)
        except StoreError:
            self.close()
            raise

    @property
    def epoch(self) -> bytes:
        """The epoch in force, as seen within the last second."""
        if not self._epoch.is_fresh:
            self._run(lambda: None)
        return self._epoch.seen

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
        # The random half tells a repeat of this very call, whose reply was lost, from an earlier request.
        value = digest_of(proof) + secrets.token_bytes(4)
        return self._mark(kind, mark_of(id, site), ttl, epoch, value)

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Say how ``spend`` would end; see ``Store.peek``."""
        return self._mark(kind, mark_of(id, site), 0, epoch, digest_of(proof), peek=True)

    def hit(self, key: bytes, window: float) -> int:
        """Count one more; see ``Store.hit``."""
        counter, kept = self._counter_key(key, window), int((window + MARGIN) * 1000)
        return int(self._run(lambda: self._hit_script.run(self._client, [counter], kept)))

    def count(self, key: bytes, window: float) -> int:
        """Return the current count; see ``Store.count``."""
        counter = self._counter_key(key, window)
        return int(self._run(lambda: self._client.get(counter)) or 0)

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """Add to the statistics; see ``Store.tally``."""
        if any(abs(number) >= 2**63 for number in rows.values()):
            raise OverflowError("statistics count up to 63 bits")
        hours = sorted({row.hour for row in rows})
        places = {hour: place for place, hour in enumerate(hours, start=3)}
        keys = [b"{gs}" + secrets.token_bytes(12), _HOURS, *map(_hour_key, hours)]
        args: list[bytes | int] = [int(self._clock() // 3600) - STATS_DAYS * 24]
        for row, number in rows.items():
            field = "\0".join((row.site, row.question, row.event.value)).encode()
            args += (places[row.hour], row.hour, field, number)
        self._run(lambda: self._tally_script.run(self._client, keys, *args))

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """Return the statistics; see ``Store.stats``."""
        rows = self._run(lambda: list(self._stats(since)))
        return sorted(rows, key=lambda row: (*row[0][:3], row[0].event.value))

    def ping(self) -> None:
        """Write the time of this call into each bucket's state."""
        self._run(lambda: self._epoch.note(b"%.3f" % self._clock()))

    def close(self) -> None:
        """Let go of all connections; whoever calls a verb afterwards opens others."""
        disconnect(self._client)

    def _mark(
        self, kind: Kind, mark: bytes, ttl: float, epoch: bytes, value: bytes, *, peek: bool = False
    ) -> Spend:
        bucket, letter = mark[15] % BUCKETS, _KINDS[kind]
        made, now = int.from_bytes(mark[:TIME_BYTES], "big"), self._clock()
        start = made - made % _PAGE_MS
        keys = (
            state_key(bucket),
            b"{g%x}%s%d" % (bucket, letter, start // _PAGE_MS),
            b"{g%x}%spages" % (bucket, letter),
        )
        args = (
            epoch,
            # what the page's name does not say
            (made - start).to_bytes(3, "big") + mark[TIME_BYTES:],
            b"" if peek else value,
            made,
            start,
            int.from_bytes(horizon(now, ttl), "big"),
            int((now + SKEW) * 1000),
            b"purged " + letter,
        )

        def run() -> bytes:
            found = bytes(self._spend_script.run(self._client, keys, *args, self._epoch.deadline(bucket)))
            if found == b"tardy":
                raise TardyError
            return found

        return self._read(self._run(run), value, epoch)

    def _read(self, found: bytes, value: bytes, epoch: bytes) -> Spend:
        if found in (value, b"fresh"):
            return Spend.WON
        if found == b"ended":
            return Spend.LOST
        if found.startswith(b"reset") and len(found) != len(value):
            if found[5:] != self._epoch.seen:
                self._epoch.doubt()
            return Spend.RESET
        if found == b"other":
            # It may be a replica, which answers but cannot be told anything: then this fails.
            self._epoch.doubt()
            self._run(lambda: None)
            return Spend.RESET
        if found == b"ahead":
            self._run(lambda: self._epoch.renew(epoch))
            return Spend.RESET
        return Spend.OWN if found[:8] == value[:8] else Spend.LOST

    def _run(self, verb: Callable[[], T]) -> T:
        """Call the server; if the connection was lost, once more."""
        try:
            return self._try(verb)
        except FAULTS as error:
            if not is_passing(error):
                raise explained(self._url, error) from error
        try:
            return self._try(verb)
        except FAULTS as error:
            raise explained(self._url, error) from error

    def _try(self, verb: Callable[[], T]) -> T:
        try:
            self._epoch.refresh()
            return verb()
        except Exception:
            self._epoch.doubt()
            raise

    def _counter_key(self, key: bytes, window: float) -> bytes:
        number = int(self._clock() // window)
        bucket = blake2b(key, digest_size=1).digest()[0] % BUCKETS
        return b"{g%x}h%s%d:%g" % (bucket, key, number, window)

    def _stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        hours = self._client.zrangebyscore(_HOURS, since, "+inf", withscores=True)
        for first in range(0, len(hours), _HOURS_AT_ONCE):
            some = hours[first : first + _HOURS_AT_ONCE]
            batch = self._client.pipeline(transaction=False)
            for key, _ in some:
                batch.hgetall(key)
            for (_, hour), rows in zip(some, batch.execute(), strict=True):
                for field, number in rows.items():
                    site, question, event = field.decode().split("\0")
                    yield Tally(int(hour), site, question, Event(event)), int(number)


def _hour_key(hour: int) -> bytes:
    return b"{gs}%d" % hour
