"""The gate as the model drives it: processes that share a store, an operator's files, a clock that may be set."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.config import parse_config
from gate.gatekeeper import Gatekeeper
from gate.signing.keys import KeyRing
from gate.stores.base import Event, Kind, Spend, Store, open_store
from gate.stores.marks import MARGIN
from gate.stores.sqlite import SqliteStore
from gate.web.api import respond
from gate.web.reader import Request
from gate.web.replies import Reply
from tests.service import Clock

CHALLENGE_LIFE, TOKEN_LIFE, SKEW = 600, 300, 5.0
TTL = {Kind.CHALLENGE: CHALLENGE_LIFE, Kind.TOKEN: CHALLENGE_LIFE + TOKEN_LIFE, Kind.RECEIPT: 90 * 86_400.0}
SECRETS = {name: f"Secret-Of-{name}-0123456789-abcdef" for name in ("forum", "other")}
ANSWERS = {
    f"What does the {animal} say?": sound
    for animal, sound in [("cow", "moo"), ("cat", "meow"), ("dog", "woof"), ("duck", "quack")]
}

_CONFIG = parse_config(
    {
        "signing": {"current": "0Zm5vM1qTzS3x8LrYw7uJk2dHc9bNf4Ga6Ee"},
        "server": {"workers": 1},
        "store": {"url": "memory://"},
        "challenge": {"lifetime": CHALLENGE_LIFE, "min_seconds": 0},
        "token": {"lifetime": TOKEN_LIFE},
        "limits": {"answers": "40/minute", "wrong_answers": "20/minute"},
        "site": [{"name": name, "sitekey": name, "secret": secret} for name, secret in SECRETS.items()],
    },
    place="model",
    base=Path(),
    environ={},
)


def _bank(asks: list[str]) -> Bank:
    questions = [
        f"[[question]]\nask = {json.dumps(ask)}\naccept = {json.dumps(ANSWERS[ask])}" for ask in asks
    ]
    return parse_bank({"bank.toml": "\n".join(['lang = "en"', *questions]).encode()})


BANKS = [_bank(list(ANSWERS)[:3]), _bank(list(ANSWERS)[1:]), _bank(list(ANSWERS)[2:])]


class Death(BaseException):
    """The process that serves a request is gone."""


class Meeting:
    """Where racing requests wait for each other, until each is here or has gone home without coming by."""

    def __init__(self, runners: int) -> None:
        self._missing = runners
        self._here: set[int] = set()
        self._changed = threading.Condition()

    def set_out(self) -> None:
        """Start to run on this thread, which may have run for another before."""
        with self._changed:
            self._here.discard(threading.get_ident())

    def arrive(self) -> None:
        """Wait for all the others."""
        with self._changed:
            self.leave()
            self._changed.wait_for(lambda: self._missing <= 0)

    def leave(self) -> None:
        """Have nobody wait for this thread any more."""
        with self._changed:
            self._missing -= threading.get_ident() not in self._here
            self._here.add(threading.get_ident())
            self._changed.notify_all()


class Mortal:
    """A store whose process can die just before or just after it sets a mark, and before which racers meet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.dies = ""
        self.last: Spend | None = None
        self.ttls = dict(TTL)
        self.meeting: Meeting | None = None

    def spend(self, kind: Kind, site: bytes, id: bytes, ttl: float, *args: Any) -> Spend:
        self.last, self.ttls[kind] = None, ttl
        if self.dies == "before":
            raise Death
        if self.meeting is not None:
            self.meeting.arrive()
        self.last = self._store.spend(kind, site, id, ttl, *args)
        if self.dies == "after":
            raise Death
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Process:
    """One worker: its connection to the store, the bank and the keys that it has taken over."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bank, self.before, self.keys = world.bank, world.bank, world.keys
        self.start()

    def start(self) -> None:
        """Begin anew, knowing only what the operator's files and the store say."""
        self.store = Mortal(self._world.open_store())
        self.bank = self.before = self._world.bank
        self.take_over()

    def take_over(self) -> None:
        """Look at the operator's files."""
        if self._world.bank is not self.bank:
            self.before, self.bank = self.bank, self._world.bank
        self.keys = self._world.keys
        self.gatekeeper = Gatekeeper(
            _CONFIG,
            bank=self.bank,
            previous_bank=self.before,
            keys=KeyRing.of(*self.keys),
            store=self.store,
            clock=self._world.clock,
            random=self._world.random,
        )

    def knows(self, ask: str) -> bool:
        return any(
            q.wording.variant(0).ask == ask for bank in (self.bank, self.before) for q in bank.questions
        )

    def die(self) -> None:
        """Leave everything as it is, counts that were not written included, and start again."""
        self.store.close()
        self.start()

    def send(self, path: str, fields: Mapping[str, str]) -> Reply:
        body = json.dumps(fields).encode()
        request = Request(method="POST", content_type="application/json", body=body, address="8.8.8.8")
        return respond(self.gatekeeper, path, request)


class World:
    """Processes over one store, which is in memory (one process) or in a SQLite file (two)."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.clock = Clock()
        self.stopwatch = Clock(0.0)
        self.bank = BANKS[0]
        self._drawn = itertools.count(1)  # which racing threads may share
        self.keys: tuple[str, tuple[str, ...]] = (self.random(32).hex(), ())
        self.folder = folder
        self._kind = kind
        self._copies = 0
        self.processes = [Process(self) for _ in range(1 if kind == "memory" else 2)]

    def random(self, size: int) -> bytes:
        """Return bytes that never come again, but come alike in every run."""
        return hashlib.shake_128(next(self._drawn).to_bytes(8, "big")).digest(size)

    @property
    def file(self) -> Path:
        return self.folder / "gate.db"

    @property
    def in_memory(self) -> bool:
        return self._kind == "memory"

    def open_store(self) -> Store:
        if self.in_memory:
            return open_store("memory://", clock=self.clock)
        return SqliteStore(f"sqlite:///{self.file}", self.file, clock=self.clock, monotonic=self.stopwatch)

    @property
    def copies(self) -> int:
        """How many copies of the file there are."""
        return self._copies

    def rotate(self, *, drop: bool) -> None:
        """Sign with a new key; the last one goes on verifying unless it is dropped, in an emergency."""
        current, _ = self.keys
        self.keys = (self.random(32).hex(), () if drop else (current,))

    def purge(self, process: Process, kind: Kind) -> None:
        """Set as many marks as bring a writer to its turn to purge, to be kept as long as the gate last wished."""
        for _ in range(64):
            name = int(self.clock() * 1000).to_bytes(6, "big") + self.random(10)
            process.store.spend(kind, b"a site..", name, process.store.ttls[kind], process.store.epoch, b"")

    def may_be_purged(self, kind: Kind, made: float, latest: float) -> bool:
        """Say whether a mark made at ``made`` may be gone if the clock has been at ``latest``."""
        return made <= latest - TTL[kind] - MARGIN

    def copy(self) -> None:
        """Keep a sound copy of the file as it is now, and of the files beside it."""
        self._copies += 1
        folder = self.folder / f"copy-{self._copies}"
        folder.mkdir()
        for path in self._beside():
            shutil.copy2(path, folder)
        source, target = sqlite3.connect(self.file), sqlite3.connect(folder / "gate.db")
        source.backup(target)
        source.close()
        target.close()

    def put_back(self, number: int, *, replaced: bool, beside: bool) -> None:
        """Stop all processes, put back one of the copies, start them."""
        folder = self.folder / f"copy-{1 + number % self._copies}"
        for process in self.processes:
            process.store.close()
        self._remove_log()
        if replaced:
            self.file.unlink()
        for path in [folder / "gate.db", *(folder.glob("gate.db-*") if beside else ())]:
            shutil.copy(path, self.folder)
        for process in self.processes:
            process.start()

    def wipe(self) -> None:
        """Lose the store while it is in use."""
        if self.in_memory:
            self.processes[0].die()
            return
        self._remove_log()
        self.file.unlink()

    def close(self) -> None:
        for process in self.processes:
            process.gatekeeper.statistics.flush()
            process.store.close()

    def counted(self) -> dict[Event, int]:
        """Return how often each event stands in the statistics, written or not."""
        counts = dict.fromkeys(Event, 0)
        for process in self.processes:
            process.gatekeeper.statistics.flush()
        for row, number in self.processes[0].store.stats(0):
            counts[row.event] += number
        return counts

    def _beside(self) -> list[Path]:
        return [
            path for path in self.folder.glob("gate.db-*") if path.name in ("gate.db-witness", "gate.db-seal")
        ]

    def _remove_log(self) -> None:
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
