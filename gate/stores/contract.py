"""What a store must do: a few atomic verbs, no policy."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

__all__ = [
    "EPOCH_BYTES",
    "ID_BYTES",
    "STATS_DAYS",
    "Event",
    "Kind",
    "Spend",
    "Store",
    "Tally",
]

ID_BYTES = 16
EPOCH_BYTES = 8
STATS_DAYS = 400


class Kind(enum.StrEnum):
    """What a mark marks; each kind has marks of its own.

    Its members are texts, since the way to a mark looks things up by kind, and other members are slow to hash.
    """

    CHALLENGE = "challenge"
    TOKEN = "token"
    RECEIPT = "receipt"


class Spend(enum.Enum):
    """How an attempt to mark an id ended.

    ``WON``: nobody had marked it, now this caller has. ``OWN``: it was marked before with this very proof.
    ``LOST``: somebody else marked it, or its mark may have been purged. ``RESET``: the store is not the one
    that the id was made for, so it cannot know; ask one more question.
    """

    WON = "won"
    OWN = "own"
    LOST = "lost"
    RESET = "reset"


class Event(enum.Enum):
    """What statistics count, per question, site and hour."""

    ASKED = "asked"
    RIGHT = "right"
    WRONG = "wrong"
    SKIPPED = "skipped"
    PASSED = "passed"
    SPAM = "spam"
    HAM = "ham"


class Tally(NamedTuple):
    """One row of the statistics: hour (hours since 1970, UTC), a site's name, a question's id, event."""

    hour: int
    site: str
    question: str
    event: Event


class Store(Protocol):
    """Marks, counters and statistics. Every verb is atomic; every failure is a ``StoreError``."""

    @property
    def epoch(self) -> bytes:
        """Eight random bytes drawn when this store came into being; a lost or replaced store has others.

        Ask for it whenever an id is made: it changes while the store is open if its file is replaced.
        """

    def spend(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        ttl: float,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Mark ``id`` (16 bytes, the first 6 its time in ms) as used at ``site``, at most once ever.

        ``ttl`` is how long after its time an id can still be used, in seconds: the mark outlives it.
        ``epoch`` is the one the id was made under; ``proof`` tells a repeat of one request from a rival.
        Raises ``StoreError`` when it cannot know; a mark may be left then, so repeat with the same proof.
        """

    def peek(
        self,
        kind: Kind,
        site: bytes,
        id: bytes,
        epoch: bytes,
        proof: bytes,
    ) -> Spend:
        """Return how ``spend`` would end now, and mark nothing."""

    def hit(self, key: bytes, window: float) -> int:
        """Count one more in the current window of ``window`` seconds; return the new count.

        Windows are fixed and aligned to the clock; ``key`` has at most 64 bytes.
        """

    def count(self, key: bytes, window: float) -> int:
        """Return the count in the current window of ``window`` seconds."""

    def tally(self, rows: Mapping[Tally, int]) -> None:
        """Add to the statistics, all rows or none; they are kept for ``STATS_DAYS`` days."""

    def stats(self, since: int) -> Iterable[tuple[Tally, int]]:
        """Return the statistics from the hour ``since`` on, sorted by hour, site, question and event name."""

    def ping(self) -> None:
        """Do a real write that changes nothing of worth, so that a store that cannot write is noticed."""

    def close(self) -> None:
        """Let go of files and connections; calling twice is fine."""
