"""What every store must agree on about marks: their keys, how long they are kept, what a proof leaves."""

from __future__ import annotations

from hashlib import blake2b

from gate.stores.contract import ID_BYTES

__all__ = ["MARGIN", "SKEW", "TIME_BYTES", "digest_of", "horizon", "mark_of", "stranded"]

TIME_BYTES = 6
SKEW = 5.0
MARGIN = 2 * SKEW + 60.0
_LAST_MS = (1 << (8 * TIME_BYTES)) - 1


def mark_of(name: bytes, site: bytes) -> bytes:
    """Return the key of a mark, made of an id and a site: ordered by time, unique for both."""
    if len(name) != ID_BYTES:
        raise ValueError(f"an id has {ID_BYTES} bytes, not {len(name)}")
    return name + site


def digest_of(proof: bytes) -> bytes:
    """Return the eight bytes of a proof that a mark keeps."""
    return blake2b(proof, digest_size=8).digest()


def horizon(now: float, ttl: float) -> bytes:
    """Return the time prefix below which no id can still be used, skew and margin allowed for."""
    milliseconds = int((now - ttl - MARGIN) * 1000)
    return min(max(milliseconds, 0), _LAST_MS).to_bytes(TIME_BYTES, "big")


def stranded(watermark: bytes, now: float) -> bool:
    """Tell whether ids made now would be refused: the clock was ahead when the watermark was set."""
    return int.from_bytes(watermark[:TIME_BYTES], "big") > (now + SKEW) * 1000
