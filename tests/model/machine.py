"""A model of "accepted at most once": what may happen, in any order; ``checks`` says what must hold then."""

from __future__ import annotations

import json
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis.stateful import rule

from gate.stores.base import Kind
from tests.model.calls import Call, pick, typed
from tests.model.checks import Checked
from tests.model.draws import (
    actions,
    addresses,
    answers,
    fits,
    keys,
    kinds,
    leaps,
    manners,
    newest,
    number,
    place,
    rarely,
    sites,
    subjects,
)
from tests.model.world import BANKS, SECRETS


class Once(Checked):
    """Posters, forums, operators and accidents."""

    def __init__(self) -> None:
        super().__init__()
        # from here on there is one of everything, so that what is drawn depends on no outcome
        self.ask_and_answer(0, "forum", "", "8.8.8.8", verified=True)

    # Posters

    @rule(at=place, site=sites, action=actions, about=subjects, address=addresses, hurried=rarely)
    def ask(self, at: int, site: str, action: str, about: str, address: str, hurried: bool) -> None:  # noqa: FBT001
        self._ask(at, site=site, action=action, about=about, address=address)
        if not hurried:
            self._tick(2.0)

    @rule(at=place, site=sites, key=keys, address=addresses, verified=st.booleans())
    def ask_and_answer(self, at: int, site: str, key: str, address: str, verified: bool) -> None:  # noqa: FBT001
        """Do all as it is meant to be done; the forum verifies it now or later."""
        before, held = len(self.tickets), len(self.proofs)
        self._ask(at, site=site, action="reply", about="17", address=address)
        self._tick(2.0)
        if len(self.tickets) > before:
            self.answer(at, 0, "right", key, address, "once")
        if verified and len(self.proofs) > held:
            self.verify(at, 0, "fits", key, peeks=False, manner="once")

    @rule(at=place, site=sites, address=addresses, turned=st.booleans())
    def ask_and_answer_twice(self, at: int, site: str, address: str, turned: bool) -> None:  # noqa: FBT001
        """Send one answer in equal words for a token and for the reply itself, and verify what came of it."""
        before = len(self.tickets)
        self._ask(at, site=site, action="reply", about="17", address=address)
        if len(self.tickets) > before:
            self._tick(2.0)
            for path in sorted(["/v1/answer", "/v1/verify"], reverse=turned):
                self._send(
                    at, self._answer(path, self.tickets[-1], "right", "fits", "key-1", address), "once"
                )
            self.verify(at, 0, "fits", "key-2", peeks=False, manner="once")

    @rule(at=place, which=newest, address=addresses)
    def skip(self, at: int, which: int, address: str) -> None:
        ticket = pick(self.tickets, which)
        fields = {"secret": SECRETS[ticket.site], "instead_of": ticket.challenge, "remoteip": address}
        process = self._process(at)
        skipped = Call("/v1/challenge", fields, ticket)
        body = json.loads(process.send(skipped.path, skipped.fields).body)
        if self._note_question(process, body, ticket.site, ticket.form, ticket.key):
            ticket.judged = ticket.judged or skipped.name

    @rule(at=place, which=newest, how=answers, key=keys, address=addresses, manner=manners)
    def answer(self, at: int, which: int, how: str, key: str, address: str, manner: str) -> None:
        """Answer through the forum's own server, which sends all it knows."""
        self._send(
            at, self._answer("/v1/answer", pick(self.tickets, which), how, "fits", key, address), manner
        )

    @rule(at=place, which=newest, how=answers, manner=manners)
    def answer_from_page(self, at: int, which: int, how: str, manner: str) -> None:
        ticket = pick(self.tickets, which)
        fields = {"challenge": ticket.challenge, "answer": typed(ticket, how)}
        self._send(at, Call("/v1/answer", fields, ticket, right=how == "right"), manner)

    # Forums

    @rule(at=place, which=newest, fit=fits, key=keys, peeks=rarely, manner=manners)
    def verify(self, at: int, which: int, fit: str, key: str, peeks: bool, manner: str) -> None:  # noqa: FBT001
        self._send(at, self._token(pick(self.proofs, which), fit, key, peeks=peeks), manner)

    @rule(at=place, which=newest, how=answers, fit=fits, key=keys, address=addresses, manner=manners)
    def verify_answer(
        self, at: int, which: int, how: str, fit: str, key: str, address: str, manner: str
    ) -> None:
        self._send(at, self._answer("/v1/verify", pick(self.tickets, which), how, fit, key, address), manner)

    @rule(at=place, which=newest, manner=manners, other_door=st.booleans())
    def again(self, at: int, which: int, manner: str, other_door: bool) -> None:  # noqa: FBT001
        """Send what was sent before, to the letter; or ask for a token with what was to let a reply through."""
        call = pick(self.calls, which)
        if other_door and call.judges and call.fits and "secret" in call.fields:
            call = replace(call, path="/v1/verify" if call.path == "/v1/answer" else "/v1/answer")
        self._send(at, call, manner)

    @rule(at=place, which=newest, verdict=st.sampled_from(["spam", "ham"]))
    def report(self, at: int, which: int, verdict: str) -> None:
        receipt = pick(list(self.receipts), which)
        fields = {"secret": SECRETS[self.receipts[receipt]], "receipt": receipt, "verdict": verdict}
        self.reports.add((receipt, self.epoch))
        assert self._process(at).send("/v1/report", fields).status == 200

    # Accidents

    @rule(seconds=leaps)
    def set_clock(self, seconds: float) -> None:
        self._tick(seconds)
        self.world.stopwatch.tick(1.0)

    @rule(at=place, kind=kinds)
    def purge(self, at: int, kind: Kind) -> None:
        self.world.purge(self._process(at), kind)

    @rule(what=st.sampled_from(["crash", "crash", "copy", "put back", "wipe"]), which=number, flags=place)
    def accident(self, what: str, which: int, flags: int) -> None:
        """Kill a process; copy the file, or put such a copy in the place of it and perhaps of those beside it."""
        if what == "crash":
            self._crash(self._process(which))
        elif what == "wipe":
            self.disturbed = True
            self.world.wipe()
        elif what == "copy" and not self.world.in_memory:
            self.world.copy()
        elif what == "put back" and self.world.copies:
            self.disturbed = True
            self.world.put_back(which, replaced=bool(flags), beside=which % 2 == 0)

    # The operator

    @rule(
        what=st.sampled_from(["reload", "reload", "reload", "bank", "rotate", "rotate", "drop"]), which=number
    )
    def operate(self, what: str, which: int) -> None:
        """Change the bank or the keys, or have a process take the change over."""
        if what == "bank":
            self.world.bank = BANKS[which % len(BANKS)]
        elif what == "reload":
            self._process(which).take_over()
        else:
            self.world.rotate(drop=what == "drop")
