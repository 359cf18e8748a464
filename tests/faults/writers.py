"""Gates under load, whatever happens to their store: what they let through, and whether any of it passes again."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable

from gate.errors import StoreError
from gate.stores.base import Kind, Spend, Store, open_store

SITE = b"8 bytes."
Won = tuple[bytes, bytes]
"""An id and the epoch it was made under."""


def new_id() -> bytes:
    return int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)


class Writers:
    """Gates that spend one id after the other, in threads of their own, until they are stopped."""

    def __init__(self, url: str, *, gates: int = 2, threads: int = 2) -> None:
        self.won: list[Won] = []
        self.refused = 0
        self._done = threading.Event()
        self._stores = [open_store(url) for _ in range(gates)]
        self._threads = [
            threading.Thread(target=self._write, args=(store,))
            for store in self._stores
            for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def count(self) -> int:
        return len(self.won)

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()
        for store in self._stores:
            store.close()

    def _write(self, store: Store) -> None:
        while not self._done.is_set():
            try:
                token, epoch = new_id(), store.epoch
                if store.spend(Kind.TOKEN, SITE, token, 600, epoch, token) is Spend.WON:
                    self.won.append((token, epoch))
            except StoreError:
                self.refused += 1
                time.sleep(0.02)


def spend_all(store: Store, ids: Iterable[Won], proof: bytes = b"first") -> Counter[Spend]:
    """Spend ids, each until there is an answer."""
    return Counter(_spend(store, token, epoch, proof) for token, epoch in ids)


def _spend(store: Store, token: bytes, epoch: bytes, proof: bytes) -> Spend:
    give_up = time.monotonic() + 20
    while True:
        try:
            return store.spend(Kind.TOKEN, SITE, token, 600, epoch, proof)
        except StoreError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def replay(store: Store, won: Iterable[Won]) -> Counter[Spend]:
    """Try every id that was let through once more, as a rival."""
    return spend_all(store, won, b"rival")
