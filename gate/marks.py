"""Which marks the gate sets, and how long each must outlive what it marks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from gate.config import Config
from gate.signing.claims import RECEIPT_MS, Challenge, Receipt, Token
from gate.stores.base import Kind, Spend, Store

_log = logging.getLogger("gate")

_RECEIPT_SECONDS = RECEIPT_MS / 1000


class Marks:
    """Sets marks in the store. An empty proof stands for a request that nobody will repeat."""

    def __init__(self, config: Config, store: Store, random: Callable[[int], bytes]) -> None:
        self._challenge_ttl = config.challenge.lifetime
        # A token's id bears the time of its challenge, so its mark must outlive both.
        self._token_ttl = config.challenge.lifetime + config.token.lifetime
        self._store = store
        self._random = random

    def challenge(self, challenge: Challenge, proof: bytes, *, peek: bool = False) -> Spend:
        """Mark a challenge as judged or skipped; with ``peek`` only say what that would come to."""
        if peek:
            return self._peek(Kind.CHALLENGE, challenge, proof)
        ttl = self._challenge_ttl
        return self._spend(Kind.CHALLENGE, challenge.site, challenge.id, ttl, challenge.epoch, proof)

    def token(self, token: Token, proof: bytes, *, peek: bool = False) -> Spend:
        """Mark a token as spent; with ``peek`` only say what that would come to."""
        if peek:
            return self._peek(Kind.TOKEN, token, proof)
        return self._spend(Kind.TOKEN, token.site, token.id, self._token_ttl, token.epoch, proof)

    def receipt(self, receipt: Receipt) -> Spend:
        """Mark a receipt as reported."""
        epoch = self._store.epoch
        return self._spend(Kind.RECEIPT, receipt.site, receipt.token_id, _RECEIPT_SECONDS, epoch, b"")

    def _peek(self, kind: Kind, claims: Challenge | Token, proof: bytes) -> Spend:
        return self._store.peek(kind, claims.site, claims.id, claims.epoch, self._or_any(proof))

    def _spend(self, kind: Kind, site: bytes, name: bytes, ttl: float, epoch: bytes, proof: bytes) -> Spend:
        spend = self._store.spend(kind, site, name, ttl, epoch, self._or_any(proof))
        if spend is Spend.RESET:
            _log.warning(
                "two stores seen: a %s came back that another store was to remember, so it is asked anew; "
                "either the store was replaced, or machines that share keys do not share a store",
                kind,
            )
        return spend

    def _or_any(self, proof: bytes) -> bytes:
        return proof or self._random(16)
