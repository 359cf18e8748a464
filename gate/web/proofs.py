"""What tells a request that is sent again from another one: the same proof, and the first verdict is repeated."""

from __future__ import annotations

from hashlib import blake2b


def proof_of(text: str) -> bytes:
    """Return the 16 bytes that stand for ``text``: all that two requests must have in common to be one."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
