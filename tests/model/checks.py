"""What must hold after each step of the model, whatever the steps are."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from gate.stores.base import Event, Kind, Spend
from gate.web.replies import REPEATED, Reply
from tests.model.calls import Call, Proof, Ticket, form_of, typed
from tests.model.world import CHALLENGE_LIFE, SECRETS, SKEW, TOKEN_LIFE, Death, Meeting, Process, World

UNJUDGED = {"missing-input-answer", "answer-too-long", "answered-too-fast", "rate-limited"}


class Checked(RuleBasedStateMachine):
    """Sends calls in several manners, notes what came of them, and knows what may and what must come of them."""

    kind: ClassVar[str]
    steps: ClassVar[int] = 0
    passed: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
        self.world = World(self.kind, self.folder)
        self.epoch = self.world.processes[0].store.epoch
        self.latest = self.world.clock()
        # where the clock has been since the last check
        self.times = [self.world.clock()]
        self.disturbed = False
        self.tickets: list[Ticket] = []
        self.proofs: list[Proof] = []
        self.calls: list[Call] = []
        self.receipts: dict[str, str] = {}
        self.reports: set[tuple[str, bytes]] = set()

    @invariant()
    def a_store_forgets_only_for_a_reason(self) -> None:
        type(self).steps += 1
        times, self.times = self.times, [self.world.clock()]
        found = {process.store.epoch for process in self.world.processes} - {self.epoch}
        if not found and not self.disturbed:
            return
        # others have seen the epoch change a second later
        self.world.stopwatch.tick(1.0)
        (epoch,) = {process.store.epoch for process in self.world.processes}
        went_back = self.world.may_be_purged(Kind.CHALLENGE, min(times) + SKEW, self.latest)
        assert epoch == self.epoch or self.disturbed or went_back
        if epoch != self.epoch:
            self.latest = max(times)
        self.epoch, self.disturbed = epoch, False

    def teardown(self) -> None:
        counts = self.world.counted()
        assert counts[Event.SPAM] + counts[Event.HAM] <= len(self.reports)
        assert counts[Event.PASSED] <= sum(bool(ticket.spent) for ticket in self.tickets)
        type(self).passed += sum(ticket.seen for ticket in self.tickets)
        self.world.close()
        shutil.rmtree(self.folder)

    def _crash(self, process: Process) -> None:
        self.disturbed = self.disturbed or self.world.in_memory
        process.die()

    def _tick(self, seconds: float) -> None:
        self.world.clock.tick(seconds)
        self.times.append(self.world.clock())
        self.latest = max(self.latest, self.world.clock())

    def _ask(self, at: int, *, site: str, address: str, **form: str) -> None:
        process, poster = self._process(at), {"remoteip": address} if address else {}
        reply = process.send("/v1/challenge", {"secret": SECRETS[site], **poster, **form})
        assert reply.status in (200, 429), reply
        self._note_question(process, json.loads(reply.body), site, form, process.keys[0])

    def _note_mark(self, call: Call) -> None:
        """Note that a mark was set for a call whose reply was lost."""
        if call.judges:
            call.ticket.judged = call.ticket.judged or call.name
        if call.lets_through and (call.right or not call.judges):
            call.ticket.spent = call.ticket.spent or call.name

    def _token(self, proof: Proof, fit: str, key: str, *, peeks: bool = False) -> Call:
        fields = {**form_of(proof.ticket, fit), "response": proof.token, "idempotency_key": key}
        peek = {"peek": "true"} if peeks else {}
        return Call("/v1/verify", fields | peek, proof.ticket, proof=proof, fits=fit == "fits", peeks=peeks)

    def _answer(self, path: str, ticket: Ticket, how: str, fit: str, key: str, address: str = "") -> Call:
        fields = {**form_of(ticket, fit), "challenge": ticket.challenge, "answer": typed(ticket, how)}
        more = {"idempotency_key": key, "remoteip": address}
        return Call(path, fields | more, ticket, right=how == "right", fits=fit == "fits")

    def _send(self, at: int, call: Call, manner: str) -> None:
        """Send a call once; or from several threads; or lose the process just before or after it sets a mark."""
        process = self._process(at)
        self.calls.append(call)
        due = self._is_due(process, call)
        if manner == "race":
            codes = self._race(call)
        elif manner == "once":
            codes = {self._read(process, call, process.send(call.path, call.fields))}
        else:
            codes = self._lose(process, call, when=manner)
        assert not due or codes & {"", "rate-limited", "lost"}, f"refused for no reason: {codes}"

    def _race(self, call: Call) -> set[str]:
        """Send a call twice to each process at once, and with it rivals that differ in their key alone."""
        rivals = [call, call, replace(call, fields={**call.fields, "idempotency_key": "key-3"})]
        if "secret" not in call.fields:
            rivals = [call, call, call]
        runs = [(process, rival) for process in self.world.processes for rival in rivals]
        meeting = Meeting(len(runs))

        def run(process: Process, rival: Call) -> tuple[Process, Call, Reply]:
            meeting.set_out()
            process.store.meeting = meeting
            reply = process.send(rival.path, rival.fields)
            meeting.leave()
            return process, rival, reply

        with ThreadPoolExecutor(len(runs)) as pool:
            replies = list(pool.map(run, *zip(*runs, strict=True)))
        for process in self.world.processes:
            process.store.meeting = None
        # a repeat may come back before its first
        found = sorted(replies, key=lambda run: REPEATED in run[2].headers)
        return {self._read(*run) for run in found}

    def _lose(self, process: Process, call: Call, *, when: str) -> set[str]:
        process.store.dies = when
        try:
            return {self._read(process, call, process.send(call.path, call.fields))}
        except Death:
            if process.store.last is Spend.WON:
                self._note_mark(call)
            self._crash(process)
            return {"lost"}
        finally:
            process.store.dies = ""

    def _read(self, process: Process, call: Call, reply: Reply) -> str:
        """Note what a reply says of a ticket, and that it may say so; return its code."""
        ticket, body, code = call.ticket, json.loads(reply.body), _code(reply)
        assert code != "internal-error"
        if (code == "" and call.judges) or code == "incorrect-answer":
            assert not ticket.judged or call.repeats(ticket.judged), (
                f"judged twice: {ticket.judged}, then {call.name}"
            )
            assert call.right is (code == "")
            ticket.judged = call.name
        if code == "":
            self._check_yes(process, call, repeated=REPEATED in reply.headers)
            if "token" in body:
                self.proofs.append(Proof(body["token"], ticket, self.world.clock()))
            if "receipt" in body:
                self.receipts[body["receipt"]] = ticket.site
        if "next" in body:
            assert code not in UNJUDGED
            self._note_question(process, body["next"], ticket.site, ticket.form, ticket.key)
        return code

    def _check_yes(self, process: Process, call: Call, *, repeated: bool) -> None:
        ticket = call.ticket
        assert call.fits
        assert self._is_alive(process, call)
        if not call.lets_through:
            assert call.judges or not ticket.spent or ticket.spent == call.name
            return
        assert not ticket.spent or call.repeats(ticket.spent), (
            f"accepted twice: {ticket.spent}, then {call.name}"
        )
        assert repeated is bool(ticket.spent), "a repeat must be marked, and only a repeat"
        ticket.seen += not repeated
        ticket.spent = call.name

    def _is_alive(self, process: Process, call: Call) -> bool:
        """Say whether what the call shows can be known and is neither too old nor from the future."""
        ticket, now = call.ticket, self.world.clock()
        made, life = ticket.made, CHALLENGE_LIFE
        if call.proof is not None:
            made, life = max(ticket.made, call.proof.answered), TOKEN_LIFE
            start = call.proof.answered
        else:
            start = ticket.made
        known = ticket.epoch == process.store.epoch and ticket.key in (process.keys[0], *process.keys[1])
        return known and made - SKEW <= now <= start + life + SKEW

    def _is_due(self, process: Process, call: Call) -> bool:
        """Say whether an honest first try may not be refused."""
        ticket, now = call.ticket, self.world.clock()
        kind = Kind.CHALLENGE if call.judges else Kind.TOKEN
        if not call.fits or self.disturbed or not self._is_alive(process, call):
            return False
        if self.world.may_be_purged(kind, ticket.made, self.latest):
            return False
        if not call.judges:
            return not ticket.spent or call.repeats(ticket.spent)
        thought = now >= ticket.made
        return call.right and not ticket.judged and thought and process.knows(ticket.ask)

    def _note_question(
        self, process: Process, body: Mapping[str, Any], site: str, form: Mapping[str, str], key: str
    ) -> bool:
        """Note a question where there is one; what descends from another keeps its form and its key."""
        if "challenge" not in body:
            return False
        now, epoch = self.world.clock(), process.store.epoch
        made = int(now * 1000) / 1000
        self.tickets.append(Ticket(body["challenge"], body["question"], site, form, made, epoch, key))
        return True

    def _process(self, at: int) -> Process:
        return self.world.processes[at % len(self.world.processes)]


def _code(reply: Reply) -> str:
    body = json.loads(reply.body)
    return "" if body.get("success") else str(body["error-codes"][0])
