"""Whole lives of a ticket, each in one step: what goes wrong only in a certain order is then tried at once."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis.stateful import rule

from gate.stores.base import Kind
from gate.stores.marks import MARGIN
from tests.model.calls import Call, Proof, Ticket
from tests.model.draws import keys, manners, misfits, place, sites
from tests.model.machine import Once
from tests.model.world import CHALLENGE_LIFE, SKEW, TOKEN_LIFE, TTL

_A_MINUTE_MORE = 61.0
ages = st.sampled_from(
    [-SKEW - 1.0, -SKEW, TOKEN_LIFE - 1.0, TOKEN_LIFE, TOKEN_LIFE + SKEW + 1.0, CHALLENGE_LIFE + SKEW + 1.0]
)
mishaps = st.sampled_from(["put back", "put back", "purge", "purge", "crash", "wipe", "reload", "nothing"])


class Lives(Once):
    """All that may happen in any order, and what happens to one ticket from its beginning to its end."""

    @rule(at=place, then=place, site=sites, peek_key=keys, key=keys, misfit=misfits, manner=manners)
    def look_twice_then_spend(
        self, at: int, then: int, site: str, peek_key: str, key: str, misfit: str, manner: str
    ) -> None:
        """Neither a peek nor another's form spends a token; afterwards it is good once, and a peek says so."""
        for proof in self._proven(at, site):
            self._send(at, self._token(proof, "fits", peek_key, peeks=True), "once")
            self._send(at, self._token(proof, misfit, key), "once")
            self._send(then, self._token(proof, "fits", key), manner)
            self._send(at, self._token(proof, "fits", "key-4", peeks=True), "once")
            self._send(at, self._token(proof, "fits", "key-4"), "once")

    @rule(at=place, then=place, site=sites, key=keys, age=ages)
    def come_late(self, at: int, then: int, site: str, key: str, age: float) -> None:
        """Neither a challenge nor a token is good before its time or after it."""
        for proof in self._proven(at, site):
            self._ask(at, site=site, address="", action="reply", about="17")
            ticket = self.tickets[-1]
            self._tick(age)
            self._send(then, self._token(proof, "fits", key), "once")
            self._send(then, self._answer("/v1/verify", ticket, "right", "fits", key), "once")
            self._tick(abs(age))

    @rule(at=place, then=place, site=sites, manner=manners)
    def think_long(self, at: int, then: int, site: str, manner: str) -> None:
        """Whoever answers at the last moment is not taken for one of those who came and went since he was asked."""
        for slow in self._asked(at, site):
            for quick in self._proven(then, site):
                self._send(then, self._token(quick, "fits", ""), "once")
            self._tick(CHALLENGE_LIFE - 10.0)
            held = len(self.proofs)
            self._send(at, self._answer("/v1/answer", slow, "right", "fits", ""), "once")
            self._tick(TOKEN_LIFE - 10.0)
            self.world.purge(self._process(then), Kind.TOKEN)
            for proof in self.proofs[held:]:
                self._send(then, self._token(proof, "fits", ""), manner)

    @rule(at=place, then=place, site=sites, manner=manners)
    def spend_two_of_one(self, at: int, then: int, site: str, manner: str) -> None:
        """A repeated answer gives another token, but they are good once together."""
        for ticket in self._asked(at, site):
            held = len(self.proofs)
            for _ in range(2):
                self._send(at, self._answer("/v1/answer", ticket, "right", "fits", "key-1"), "once")
                self._tick(1.0)
            for proof in self.proofs[held:]:
                self._send(then, self._token(proof, "fits", ""), manner)

    @rule(at=place, then=place, site=sites, manner=manners, mishap=mishaps, how=place)
    def spend_over_a_mishap(self, at: int, then: int, site: str, manner: str, mishap: str, how: int) -> None:
        """What the store was told before an accident, it knows after it, or it knows nothing of before."""
        for proof in self._proven(at, site):
            first, second = (self._token(proof, "fits", key) for key in ("key-1", "key-2"))
            self._over(mishap, how, Kind.TOKEN, at, then, (first, second), manner)

    @rule(at=place, then=place, site=sites, manner=manners, mishap=mishaps, how=place)
    def guess_over_a_mishap(self, at: int, then: int, site: str, manner: str, mishap: str, how: int) -> None:
        """Nobody gets a second guess by way of an accident."""
        for ticket in self._asked(at, site):
            wrong, right = (
                self._answer("/v1/verify", ticket, word, "fits", "") for word in ("wrong", "right")
            )
            self._over(mishap, how, Kind.CHALLENGE, at, then, (wrong, right), manner)

    def _over(
        self, mishap: str, how: int, kind: Kind, at: int, then: int, calls: tuple[Call, Call], manner: str
    ) -> None:
        """Make the first call, have the mishap, make the same again and then its rival."""
        first, rival = calls
        if mishap == "put back":
            self.accident("copy", 0, how)
        self._send(at, first, manner)
        if mishap == "put back" and not self.world.in_memory:
            self.disturbed = True
            self.world.put_back(self.world.copies - 1, replaced=bool(how), beside=at == then)
        elif mishap == "reload":
            self.operate("rotate", 0)
            self.operate("reload", then)
        elif mishap == "purge":
            self._purge_and_return(at, kind)
        elif mishap in ("crash", "wipe"):
            self.accident(mishap, at, how)
        self._send(then, first, "once")
        self._send(then, rival, "once")

    def _purge_and_return(self, at: int, kind: Kind) -> None:
        """Set the clock ahead until nothing of now is remembered, and back again."""
        ahead = TTL[kind] + MARGIN + _A_MINUTE_MORE
        self._tick(ahead)
        self.world.purge(self._process(at), kind)
        self._tick(-ahead)

    def _asked(self, at: int, site: str) -> list[Ticket]:
        """Return a new ticket, if there is one to be had now."""
        before = len(self.tickets)
        self._ask(at, site=site, address="", action="reply", about="17")
        self._tick(2.0)
        return self.tickets[before:]

    def _proven(self, at: int, site: str) -> list[Proof]:
        """Return a new token, if there is one to be had now."""
        held = len(self.proofs)
        for ticket in self._asked(at, site):
            self._send(at, self._answer("/v1/answer", ticket, "right", "fits", ""), "once")
        return self.proofs[held:]
