"""What challenge, token and receipt say, their ids, and why a signed text is not accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gate.errors import GateError

SKEW_MS = 5_000
"""How far clocks may differ, either way."""

RECEIPT_MS = 90 * 86_400_000
"""How long a receipt is good for."""

NO_SUBJECT = bytes(8)
"""Stands in the subject's place where there is none."""

MOST_ACTION = 32
MOST_CHALLENGE_HOST = 63
MOST_TOKEN_HOST = 253
MOST_CDATA = 255

HASH_BYTES = 8
TIME_BYTES = 6
_RANDOM_BYTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A variant put to a poster, for one site, action and subject; times are in milliseconds since 1970.

    ``kid`` names the key that signs it and hashes ``site`` and ``subject`` (``Sealer.keyed_hash``;
    ``NO_SUBJECT`` is none). ``action`` has at most 32 characters, ``host`` at most 63; "" is no host. Nobody
    without the key can read ``question`` (a digest of 8 bytes) and ``variant``.
    """

    id: bytes
    kid: bytes
    site: bytes
    subject: bytes
    action: str
    epoch: bytes
    question: bytes = field(repr=False)
    variant: int = field(repr=False)
    host: str = ""
    expires_ms: int

    @property
    def issued_ms(self) -> int:
        """When the question was put, from the id."""
        return id_ms(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Proof that a challenge was answered right; times are in milliseconds since 1970.

    The id is ``Sealer.token_id`` of the challenge, or ``Sealer.reopened_id`` of a spent token. ``kid``, ``site`` and
    ``subject`` are the challenge's; ``question`` is the keyed hash of the question's id. ``action`` has at
    most 32 characters, ``host`` 253, ``cdata`` 255.
    """

    id: bytes
    kid: bytes
    site: bytes
    subject: bytes
    action: str
    epoch: bytes
    question: bytes
    host: str = ""
    cdata: str = ""
    answered_ms: int
    expires_ms: int

    @property
    def issued_ms(self) -> int:
        """When the question was put, from the id."""
        return id_ms(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a token was spent, for reports only; good for 90 days from ``made_ms``.

    Hashes and ``kid`` are the token's, so that equal fields give an equal text again after a rotation.
    """

    kid: bytes
    token_id: bytes
    site: bytes
    question: bytes
    made_ms: int

    @classmethod
    def of(cls, token: Token) -> Receipt:
        """Return the receipt of a token that is spent."""
        return cls(
            kid=token.kid,
            token_id=token.id,
            site=token.site,
            question=token.question,
            made_ms=token.issued_ms,
        )

    @property
    def expires_ms(self) -> int:
        """When it can no longer be used."""
        return self.made_ms + RECEIPT_MS


class TokenError(GateError):
    """A signed text that is not accepted; ``kind`` is "challenge", "token" or "receipt"."""

    def __init__(self, kind: str, code: str, message: str) -> None:
        self.kind = kind
        self.code = code
        super().__init__(message)


class ForgedError(TokenError):
    """Not written here, altered, respelled, of another kind, or of a key unknown or retired."""

    def __init__(self, kind: str, code: str, reason: str) -> None:
        self.reason = reason
        super().__init__(kind, code, f"this {kind} cannot be accepted: {reason}")


class ExpiredError(TokenError):
    """Ours, but too old: ``claims`` is what it says, ``late_ms`` how long ago it expired."""

    def __init__(self, kind: str, code: str, claims: Challenge | Token | Receipt, late_ms: int) -> None:
        self.claims = claims
        self.late_ms = late_ms
        super().__init__(kind, code, f"this {kind} expired {late_ms / 1000:.0f} seconds ago")


class FutureError(TokenError):
    """Ours, but made ``ahead_ms`` from now, more than clocks may differ; ``claims`` is what it says."""

    def __init__(self, kind: str, code: str, claims: Challenge | Token | Receipt, ahead_ms: int) -> None:
        self.claims = claims
        self.ahead_ms = ahead_ms
        ahead = f"{ahead_ms / 1000:.0f} seconds from now"
        super().__init__(kind, code, f"this {kind} was made {ahead}: compare the servers' clocks")


def new_id(now: float, random: Callable[[int], bytes]) -> bytes:
    """Return a fresh id of 16 bytes: 6 of time in milliseconds, big-endian, and 10 random ones.

    Args:
        now: seconds since 1970.
        random: gives so many unpredictable bytes, as ``secrets.token_bytes`` does.
    """
    return round(now * 1000).to_bytes(TIME_BYTES, "big") + random(_RANDOM_BYTES)


def id_time(identifier: bytes) -> float:
    """Return when an id was made, in seconds since 1970."""
    return id_ms(identifier) / 1000


def id_ms(identifier: bytes) -> int:
    """Return when an id was made, in milliseconds since 1970."""
    return int.from_bytes(identifier[:TIME_BYTES], "big")
