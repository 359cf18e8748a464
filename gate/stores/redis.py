"""The store in Redis or Valkey, shared by any number of machines.

Marks are spread over ``BUCKETS`` slots by hash tag; each bucket has a *state*: the epoch, the run of the server that
the epoch belongs to, and the highest time that the server's clock showed. A server that was started anew, flushed or
put in the place of another has another run or no state: then a new epoch is begun in all buckets, and whatever was
made before costs one more question. So a lost tail of writes re-opens nothing.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b, sha1
from importlib import resources
from typing import Any, TypeVar

import redis
from redis.exceptions import (
    ClusterDownError,
    ConnectionError,  # noqa: A004 - the library's own
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError,  # noqa: A004 - the library's own
)

from gate.errors import StoreError
from gate.stores.contract import EPOCH_BYTES, STATS_DAYS, Event, Kind, Spend, Tally
from gate.stores.marks import MARGIN, TIME_BYTES, digest_of, mark_of
from gate.stores.servers import connect, without_password

__all__ = ["RedisStore"]

T = TypeVar("T")

BUCKETS = 16
_CHECK_SECONDS = 1.0
_POLICY_SECONDS = 60.0
_LOCK_MS = 3_000
_LOCK_TRIES = 60
_LOCK_PAUSE = 0.05
_KINDS = {Kind.CHALLENGE: b"c", Kind.TOKEN: b"t", Kind.RECEIPT: b"r"}
_STATS_KEYS = b"{gs}"


class _Script:
    """A Lua script, sent by its hash where the server has it."""

    def __init__(self, name: str) -> None:
        self._text = resources.files("gate.stores").joinpath("lua", f"{name}.lua").read_bytes()
        self._hash = sha1(self._text, usedforsecurity=False).hexdigest()

    def run(self, client: Any, keys: list[bytes], *args: bytes | int) -> Any:
        try:
            return client.evalsha(self._hash, len(keys), *keys, *args)
        except NoScriptError:
            return client.eval(self._text, len(keys), *keys, *args)


class _UnknownRunError(ConnectionError):
    """A server answers that is not, or no longer, the one that the epoch belongs to."""


class RedisStore:
    """Marks, counters and statistics in Redis or Valkey; see ``connect`` for the URLs.

    Raises ``StoreError`` at once if the server cannot be used, or could drop what it was told to keep.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        allow_eviction: bool = False,
    ) -> None:
        self._url = without_password(url)
        self._clock = clock
        self._monotonic = monotonic
        self._allow_eviction = allow_eviction
        self._lock = threading.Lock()
        self._settling = threading.local()
        self._runs: frozenset[bytes] = frozenset()
        self._epoch = b""
        self._check_at = self._policy_at = 0.0
        self._spend_script, self._hit_script, self._renew_script = map(_Script, ("spend", "hit", "renew"))
        try:
            self._client = connect(url, self._greet)
        except (RedisError, OSError, ValueError) as error:
            raise self._explained(error) from error
        self._run(lambda: None)

    @property
    def epoch(self) -> bytes:
        """The epoch in force, as seen within the last second."""
        if self._monotonic() < self._check_at:
            return self._epoch
        return self._run(lambda: self._epoch)

    def spend(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,  # noqa: A002 (the protocol's name)
        ttl: float,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Mark ``id`` as used; see ``Store.spend``."""
        key = _mark_key(kind, id, site)
        # The random half tells a repeat of this very call, whose reply was lost, from an earlier request.
        value = digest_of(proof) + secrets.token_bytes(4)
        keep = int((ttl + MARGIN) * 1000)
        keys = [_state_key(_bucket(id)), key]
        args = (epoch, value, int.from_bytes(id[:TIME_BYTES], "big"), keep)
        found = self._run(lambda: self._spend_script.run(self._client, keys, *args))
        if found == value:
            return Spend.WON
        return self._read(found, proof)

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,  # noqa: A002 (the protocol's name)
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Say how ``spend`` would end; see ``Store.peek``."""
        key = _mark_key(kind, id, site)
        if self._run(lambda: self._client.hget(_state_key(_bucket(id)), "epoch")) != epoch:
            return Spend.RESET
        found = self._run(lambda: self._client.get(key))
        return Spend.WON if found is None else self._read(found, proof)

    def hit(self, key: bytes, window: float) -> int:
        """Count one more; see ``Store.hit``."""
        counter = self._counter_key(key, window)
        kept = int((window + MARGIN) * 1000)
        return int(self._run(lambda: self._hit_script.run(self._client, [counter], kept)))

    def count(self, key: bytes, window: float) -> int:
        """Return the current count; see ``Store.count``."""
        counter = self._counter_key(key, window)
        return int(self._run(lambda: self._client.get(counter)) or 0)

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """Add to the statistics; see ``Store.tally``."""

        def add() -> None:
            batch = self._client.pipeline(transaction=True)
            for row, number in rows.items():
                field = "\0".join((row.site, row.question, row.event.value))
                batch.hincrby(_hour_key(row.hour), field, number)
                batch.zadd(_STATS_KEYS + b"hours", {str(row.hour): row.hour})
                batch.expire(_hour_key(row.hour), STATS_DAYS * 86_400)
            batch.execute()

        self._run(add, once=True)

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """Return the statistics; see ``Store.stats``."""
        return self._run(
            lambda: sorted(self._stats(since), key=lambda row: (*row[0][:3], row[0].event.value))
        )

    def ping(self) -> None:
        """Write the time of this call into one bucket's state."""
        self._run(lambda: self._client.hset(_state_key(0), "pinged", str(self._clock())))

    def close(self) -> None:
        """Let go of all connections; whoever calls a verb afterwards opens others."""
        self._client.close()

    def _read(self, found: bytes, proof: bytes) -> Spend:
        if found == b"reset":
            self._check_at = 0.0
            return Spend.RESET
        if found == b"ahead":
            self._run(self._renew)
            return Spend.RESET
        return Spend.OWN if found[:8] == digest_of(proof) else Spend.LOST

    def _run(self, verb: Callable[[], T], *, once: bool = False) -> T:
        """Call the server; after a lost connection once more, since each verb but ``tally`` may be repeated."""
        try:
            self._ready()
            return verb()
        except (ConnectionError, TimeoutError, ClusterDownError) as error:
            self._check_at = 0.0
            if once and not isinstance(error, _UnknownRunError):
                raise self._explained(error) from error
        except (RedisError, OSError) as error:
            self._check_at = 0.0
            raise self._explained(error) from error
        try:
            self._ready()
            return verb()
        except (RedisError, OSError) as error:
            self._check_at = 0.0
            raise self._explained(error) from error

    def _ready(self) -> None:
        if self._monotonic() < self._check_at:
            return
        with self._lock:
            if self._monotonic() >= self._check_at:
                self._settle()
                self._check_at = self._monotonic() + _CHECK_SECONDS

    def _settle(self) -> None:
        """Make sure that one epoch holds in all buckets, on the servers that it was drawn for; else draw another."""
        self._settling.now = True
        try:
            self._check_policy()
            epoch = self._agreed()
            if epoch is None:
                epoch = self._renew()
            self._epoch = epoch
        finally:
            self._settling.now = False

    def _agreed(self) -> bytes | None:
        runs = self._runs_by_bucket()
        states = [self._client.hmget(_state_key(bucket), "epoch", "run") for bucket in range(BUCKETS)]
        epochs = {epoch for epoch, _ in states}
        fits = all(run == expected for (_, run), expected in zip(states, runs, strict=True))
        [epoch, *others] = epochs
        if others or epoch is None or not fits:
            return None
        self._runs = frozenset(runs)
        return bytes(epoch)

    def _renew(self) -> bytes:
        """Begin a new epoch in all buckets; whoever comes second takes over the first one's."""
        own = secrets.token_bytes(8)
        lock = _state_key(0) + b"lock"
        before = self._agreed()
        for _ in range(_LOCK_TRIES):
            if self._client.set(lock, own, nx=True, px=_LOCK_MS):
                break
            time.sleep(_LOCK_PAUSE)
        agreed = self._agreed()
        if agreed is not None and agreed != before:
            return agreed
        epoch = secrets.token_bytes(EPOCH_BYTES)
        runs = self._runs_by_bucket()
        for bucket in range(BUCKETS):
            self._renew_script.run(self._client, [_state_key(bucket)], epoch, runs[bucket])
        self._runs = frozenset(runs)
        self._client.delete(lock)
        self._epoch = epoch
        return epoch

    def _runs_by_bucket(self) -> list[bytes]:
        """Return for each bucket the run of the server that has it now."""
        if not isinstance(self._client, redis.RedisCluster):
            return [_run_of(self._client.info("server"))] * BUCKETS
        nodes = [self._client.get_node_from_key(_state_key(bucket)) for bucket in range(BUCKETS)]
        infos = {node.name: self._client.info("server", target_nodes=node) for node in nodes}
        return [_run_of(infos[node.name]) for node in nodes]

    def _greet(self, connection: Any) -> None:
        """Let a new connection through only to a server whose run is known: another may lack marks."""
        connection.on_connect()
        if getattr(self._settling, "now", False):
            return
        connection.send_command("INFO", "server")
        answer = connection.read_response()
        text = answer.decode() if isinstance(answer, bytes) else str(answer)
        run = dict(line.split(":", 1) for line in text.splitlines() if ":" in line).get("run_id", "")
        if _digest(run) not in self._runs:
            self._check_at = 0.0
            raise _UnknownRunError("the server was started anew, or is another one")

    def _check_policy(self) -> None:
        if self._allow_eviction or self._monotonic() < self._policy_at:
            return
        found = self._client.info("memory")
        infos = found.values() if isinstance(self._client, redis.RedisCluster) else [found]
        for info in infos:
            policy = info.get("maxmemory_policy", "noeviction")
            if policy != "noeviction":
                raise StoreError(
                    self._url,
                    f"its maxmemory-policy is {policy}: short of memory it would forget used tokens",
                    "set maxmemory-policy noeviction, or allow_eviction = true in [store]",
                )
        self._policy_at = self._monotonic() + _POLICY_SECONDS

    def _counter_key(self, key: bytes, window: float) -> bytes:
        number = int(self._clock() // window)
        bucket = blake2b(key, digest_size=1).digest()[0] % BUCKETS
        return b"{g%x}h%s%d:%g" % (bucket, key, number, window)

    def _stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        index = _STATS_KEYS + b"hours"
        self._client.zremrangebyscore(index, "-inf", int(self._clock() // 3600) - STATS_DAYS * 24)
        for hour in self._client.zrangebyscore(index, since, "+inf"):
            for field, number in self._client.hgetall(_hour_key(int(hour))).items():
                site, question, event = field.decode().split("\0")
                yield Tally(int(hour), site, question, Event(event)), int(number)

    def _explained(self, error: Exception) -> StoreError:
        """Return what went wrong in words, with what to do."""
        if isinstance(error, StoreError):
            return error
        for kinds, problem, remedy in _EXPLAINED:
            if isinstance(error, kinds):
                return StoreError(self._url, problem, remedy)
        return StoreError(self._url, f"refused: {error}", "look at the server's log")


_EXPLAINED: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((OutOfMemoryError,), "its memory is full", "give it more maxmemory"),
    ((ReadOnlyError,), "it is a replica and takes no writes", "name the master, or the set's Sentinels"),
    ((ClusterDownError,), "the cluster is down", "bring its missing masters back"),
    ((TimeoutError,), "it did not answer in time", "see whether it is overloaded or hangs"),
    ((ConnectionError, OSError), "it cannot be reached", "see whether it runs and listens there"),
)


def _digest(run: str) -> bytes:
    return blake2b(run.encode(), digest_size=8).digest()


def _run_of(info: Mapping[str, Any]) -> bytes:
    return _digest(str(info["run_id"]))


def _bucket(name: bytes) -> int:
    return name[-1] % BUCKETS


def _state_key(bucket: int) -> bytes:
    return b"{g%x}state" % bucket


def _mark_key(kind: Kind, name: bytes, site: bytes) -> bytes:
    # 27 bytes, since Redis rounds up: with two more, a mark would cost eight.
    return b"{g%x}%s%s" % (_bucket(name), _KINDS[kind], mark_of(name, site[:6]))


def _hour_key(hour: int) -> bytes:
    return _STATS_KEYS + b"%d" % hour
