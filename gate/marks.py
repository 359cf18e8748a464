"""Which marks the gate sets, and how long each must outlive what it marks."""

from __future__ import annotations

from collections.abc import Callable

from gate.config import Config
from gate.signing.claims import RECEIPT_MS, Challenge, Receipt, Token
from gate.stores.base import Kind, Spend, Store

_RECEIPT_SECONDS = RECEIPT_MS / 1000


class Marks:
    """Sets marks in the store. An empty proof stands for a request that nobody will repeat."""

    def __init__(self, config: Config, store: Store, random: Callable[[int], bytes]) -> None:
        self._challenge_ttl = config.challenge.lifetime
        # A token's id bears the time of its challenge, so its mark must outlive both.
        self._token_ttl = config.challenge.lifetime + config.token.lifetime
        self._store = store
        self._random = random

    def challenge(self, challenge: Challenge, proof: bytes) -> Spend:
        """Mark a challenge as judged or skipped."""
        return self._store.spend(
            Kind.CHALLENGE,
            challenge.site,
            challenge.id,
            self._challenge_ttl,
            challenge.epoch,
            self._or_any(proof),
        )

    def token(self, token: Token, proof: bytes, *, peek: bool = False) -> Spend:
        """Mark a token as spent; with ``peek`` only say what that would come to."""
        if peek:
            return self._store.peek(Kind.TOKEN, token.site, token.id, token.epoch, self._or_any(proof))
        return self._store.spend(
            Kind.TOKEN, token.site, token.id, self._token_ttl, token.epoch, self._or_any(proof)
        )

    def receipt(self, receipt: Receipt) -> Spend:
        """Mark a receipt as reported."""
        return self._store.spend(
            Kind.RECEIPT,
            receipt.site,
            receipt.token_id,
            _RECEIPT_SECONDS,
            self._store.epoch,
            self._or_any(b""),
        )

    def _or_any(self, proof: bytes) -> bytes:
        return proof or self._random(16)
