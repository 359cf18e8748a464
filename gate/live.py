"""Keeps one gatekeeper current: looks at the operator's files, takes a good change over, refuses a bad one."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gate.bank.question import Bank
from gate.config import Config
from gate.errors import GateError
from gate.gatekeeper import Gatekeeper
from gate.limiter import AskedTable
from gate.sources import Content, Loaded, Source, Stamp
from gate.statistics import Statistics
from gate.stores.base import Store, open_store

_log = logging.getLogger("gate")

LOOK_SECONDS = 1.0
_IDLE_SECONDS = 2.0
"""Who comes after so long a pause waits for the look: others may know a key by now that this process does not."""


class Live:
    """A gatekeeper that follows its files.

    Server and store settings are read once; all others are taken over within a second or so of a change, in one
    step. A change that cannot be used is refused: the last good state stays, ``reload_failed`` says why.

    Args:
        source: the operator's files.
        last_good: a file in which the last good state is kept for the next process, or None. It holds secrets.
        clock: seconds since 1970.
        monotonic: seconds that only go forward; says when to look at the files again.

    Raises:
        ConfigError, BankError: the files cannot be used, and ``last_good`` holds nothing.
        StoreError: the store cannot be used.
    """

    def __init__(
        self,
        source: Source,
        *,
        last_good: Path | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reload_failed = ""
        self._source = source
        self._last_good = last_good
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._looked = self._monotonic()
        self._stamp: Stamp = ()
        loaded = self._first()
        self._loaded = loaded
        self._previous_bank: Bank | None = None
        self.store: Store = open_store_of(loaded.config, clock=clock)
        self._asked = AskedTable(clock)
        self.statistics = Statistics(self.store, clock)
        self._gatekeeper = self._gatekeeper_for(loaded)

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._loaded.config

    @property
    def gatekeeper(self) -> Gatekeeper:
        """The gatekeeper in force; looks at the files first if a second has passed."""
        behind = self._monotonic() - self._looked
        if behind >= LOOK_SECONDS and self._lock.acquire(blocking=behind >= _IDLE_SECONDS):
            try:
                self._look_if_due()
            finally:
                self._lock.release()
        return self._gatekeeper

    def close(self) -> None:
        """Write what was counted and let go of the store."""
        self.statistics.flush()
        self.store.close()

    def _first(self) -> Loaded:
        try:
            content = self._source.read()
            loaded = self._source.parse(content)
        except GateError as error:
            kept = _kept(self._last_good)
            if kept is None:
                raise
            self._refuse(error)
            return self._source.parse(kept)
        self._settle(content, loaded)
        return loaded

    def _look_if_due(self) -> None:
        now = self._monotonic()
        behind = now - self._looked
        if behind < _IDLE_SECONDS:
            self._looked = now  # others go on meanwhile with what is in force
        if behind >= LOOK_SECONDS:
            self._look()
            self._looked = now

    def _look(self) -> None:
        stamp = self._source.stamp(self._loaded.config)
        if stamp == self._stamp:
            return
        try:
            content = self._source.read()
        except GateError as error:
            # What cannot be read now may be readable the next time, though no file has changed.
            self._stamp = ()
            self._refuse(error)
            return
        self._stamp = stamp
        try:
            loaded = self._source.parse(content)
        except GateError as error:
            self._refuse(error)
            return
        loaded = replace(loaded, config=self._as_started(loaded.config))
        if loaded.bank.digests != self._loaded.bank.digests:
            self._previous_bank = self._loaded.bank
        self._gatekeeper = self._gatekeeper_for(loaded)
        self._loaded = loaded
        self.reload_failed = ""
        self._settle(content, loaded)
        _log.info("files changed: taken over")

    def _as_started(self, config: Config) -> Config:
        """Keep the settings that a running process cannot change: the address decides, say, about test keys."""
        ours = self._loaded.config
        if (config.server, config.store) != (ours.server, ours.store):
            _log.warning("[server] or [store] changed: restart gate to take that over")
        return replace(config, server=ours.server, store=ours.store)

    def _gatekeeper_for(self, loaded: Loaded) -> Gatekeeper:
        return Gatekeeper(
            loaded.config,
            bank=loaded.bank,
            keys=loaded.keys,
            store=self.store,
            previous_bank=self._previous_bank,
            asked=self._asked,
            statistics=self.statistics,
            clock=self._clock,
        )

    def _refuse(self, error: GateError) -> None:
        if self.reload_failed != error.discreet:
            _log.error("files refused, the last good state stays: %s", error.discreet)
        self.reload_failed = error.discreet

    def _settle(self, content: Content, loaded: Loaded) -> None:
        """Remember what the files look like now, and what stood in them."""
        stamp = self._source.stamp(loaded.config)
        # A file that changed between reading and this stamp must be noticed by the next look.
        self._stamp = stamp if self._unchanged(content) else ()
        if self._last_good is None:
            return
        try:
            _write_private(self._last_good, content.dump())
        except OSError as error:
            _log.warning(
                "the last good state is not kept for a restart: %s (%s)", error.strerror, error.filename
            )

    def _unchanged(self, content: Content) -> bool:
        try:
            return self._source.read() == content
        except GateError:
            return False


def open_store_of(config: Config, *, clock: Callable[[], float] = time.time) -> Store:
    """Open the store that the settings name; raise ``StoreError`` if it cannot be used."""
    return open_store(
        config.store.url,
        base=config.base,
        clock=clock,
        workers=config.server.workers,
        allow_eviction=config.store.allow_eviction,
    )


def _kept(path: Path | None) -> Content | None:
    """Return the state that another process kept; None if there is none that can be read."""
    try:
        return None if path is None else Content.parse(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError):
        return None


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
