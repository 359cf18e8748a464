"""A model of a forum's form: tabs, buttons and scripts in any order, and what must hold whatever they do."""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.embedding.hosts import Page
from tests.model.calls import pick
from tests.model.draws import answers, newest
from tests.model.forum import Forum
from tests.model.world import ANSWERS, CHALLENGE_LIFE, TOKEN_LIFE
from tests.service import Clock

_TYPED = {"wrong": "oink", "empty": " ", "long": "moo" * 100}
_MOST_BACK = 4.0

flaws = st.sampled_from([*["none"] * 5, "name", "body", "csrf_token"])
modes = st.sampled_from([*["keeps"] * 5, "refuses", "fails"])
texts = st.sampled_from(
    ["Sharp blades cut cleaner.", 'a <b> & "c" &amp; ü', "two\r\n\r\nlines ", "buy something"]
)
buttons = st.sampled_from([*["post"] * 5, *["preview"] * 2, "another"])
tricks = st.sampled_from(
    ["press", "empty", "zero", "false", "blank", "other name", "address", "denied in address"]
)
manners = st.sampled_from(["once", "once", "once", "twice", "at once"])
seconds = st.sampled_from([0.5, 2.0, 4.0, 30.0, -2.0, -4.0, 290.0, 310.0, 610.0])


@dataclass(eq=False)
class Ticket:
    """One question and what descends from it.

    ``spent`` are its tokens that let a reply through, and what was sent with each: the first, 0, is made of the
    answer, the next of what was reopened.
    """

    challenge: str
    ask: str
    made: float
    answered: bool = False
    judged: bool = False
    spent: dict[int, dict[str, str]] = field(default_factory=dict)
    kept: int = 0


@dataclass(eq=False)
class Tab:
    """A form as it stands in a browser: its question's ticket, or which token of it the form holds, and since when."""

    fields: dict[str, str]
    ticket: Ticket | None
    token: int | None = None
    since: float = 0.0


@dataclass(eq=False)
class Sent:
    """What a browser or a script sent of a tab."""

    tab: Tab
    fields: dict[str, str]
    query: dict[str, str]


class Embedded(RuleBasedStateMachine):
    """Posters, scripts and accidents at one forum, with a host of another make each time."""

    steps: ClassVar[int] = 0
    passed: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
        self.clock = Clock()
        self.latest = self.clock()
        self.tickets: dict[str, Ticket] = {}
        self.tabs: list[Tab] = []
        self.sent: list[Sent] = []

    @initialize(
        prefix=st.sampled_from(["", "a-"]),
        button=st.sampled_from(["field", "page", "gone"]),
        csrf=st.booleans(),
    )
    def begin(self, prefix: str, button: str, csrf: bool) -> None:  # noqa: FBT001
        self.forum = Forum(self.folder, self.clock, prefix, button, csrf)
        self.prefix = prefix
        self.preview = "preview" if button == "page" else f"{prefix}preview"
        self.open()
        self.send(0, "right", "none", "buy something", "post", "keeps", "once")

    def teardown(self) -> None:
        if hasattr(self, "forum"):
            type(self).passed += len(self.forum.kept)
            self.forum.stop()
        shutil.rmtree(self.folder)

    # Posters

    @rule()
    def open(self) -> None:
        type(self).steps += 1
        page = Page(_Shown(self.forum.get()))
        self.tabs.append(Tab(page.fields, self._ticket(page)))

    @rule(which=newest, how=answers, flaw=flaws, text=texts, button=buttons, mode=modes, manner=manners)
    def send(self, which: int, how: str, flaw: str, text: str, button: str, mode: str, manner: str) -> None:
        """Fill in a form and send it, perhaps with a fault, and whatever the forum makes of it."""
        tab = pick(self.tabs, which)
        fields = {**tab.fields, f"{self.prefix}name": "Ana", f"{self.prefix}body": text}
        if "gate-answer" in fields:
            fields["gate-answer"] = self._typed(tab, how)
        if f"{self.prefix}{flaw}" in fields:
            fields[f"{self.prefix}{flaw}"] = ""
        if button != "post":
            fields[self.preview if button == "preview" else "gate-another"] = "1"
        self._send(Sent(tab, fields, {}), mode, manner)

    @rule(flaw=flaws, text=texts, first=buttons, mode=modes, manner=manners)
    def hold_then_post(self, flaw: str, text: str, first: str, mode: str, manner: str) -> None:
        """Do all as it is meant to be done: answer, see something else wrong or a preview, post."""
        self.open()
        self.send(0, "right", flaw, text, first, mode, "once")
        self.send(0, "right", "none", text, "post", "keeps", manner)

    # Scripts

    @rule(which=newest, text=texts, same=st.booleans(), mode=modes, manner=manners)
    def again(self, which: int, text: str, same: bool, mode: str, manner: str) -> None:  # noqa: FBT001
        """Send what was sent before, to the letter or with another text."""
        old = pick(self.sent, which)
        changed = old.fields if same else {**old.fields, f"{self.prefix}body": text}
        self._send(Sent(old.tab, changed, old.query), mode, manner)

    @rule(which=newest, text=texts, trick=tricks, how=answers, flaw=flaws, times=st.integers(1, 3))
    def press(self, which: int, text: str, trick: str, how: str, flaw: str, times: int) -> None:
        """Have the button look pressed to one and not to another, with a text more each time."""
        if trick == "address" and self.forum.button == "page":
            trick = "denied in address"  # else the forum sees a preview in what it had let through
        tab = pick(self.tabs, which)
        value = {"empty": "", "zero": "0", "false": "false", "blank": " "}.get(trick, "1")
        other = "preview" if self.preview != "preview" else "a-preview"
        for time in range(times):
            fields = {**tab.fields, f"{self.prefix}name": "Ana", f"{self.prefix}body": f"{text}{time}"}
            if "gate-answer" in fields:
                fields["gate-answer"] = self._typed(tab, how)
            if f"{self.prefix}{flaw}" in fields:
                fields[f"{self.prefix}{flaw}"] = ""
            if trick != "address":
                fields[other if trick == "other name" else self.preview] = value
            query = {"address": {self.preview: "1"}, "denied in address": {self.preview: ""}}.get(trick, {})
            self._send(Sent(tab, fields, query), "keeps", "once")

    @rule(which=newest, other=newest, text=texts, how=answers)
    def mix(self, which: int, other: int, text: str, how: str) -> None:
        """Send the token of one form with the question of another."""
        tab, asked = pick(self.tabs, which), pick(self.tabs, other)
        mine = {name: value for name, value in tab.fields.items() if name != "gate-challenge"}
        fields = {**asked.fields, **mine, f"{self.prefix}name": "Eve", f"{self.prefix}body": text}
        if asked.ticket is not None and "gate-challenge" in fields:
            fields["gate-answer"] = self._typed(asked, how)
        source = tab if "gate-response" in mine or asked.ticket is None else asked
        self._send(Sent(source, fields, {}), "keeps", "once")

    # Accidents

    @rule()
    def restart(self) -> None:
        self.forum.stop()
        self.forum.start()

    @rule(step=seconds)
    def set_clock(self, step: float) -> None:
        self.clock.now = max(self.clock.now + step, self.latest - _MOST_BACK)
        self.latest = max(self.latest, self.clock.now)

    # What must hold

    def _send(self, sent: Sent, mode: str, manner: str) -> None:
        type(self).steps += 1
        tab, fields = sent.tab, sent.fields
        ticket = tab.ticket
        self.sent.append(sent)
        self.forum.mode = mode
        skips = "gate-another" in fields and not fields.get("gate-answer", "").strip()
        due, before = not skips and self._is_due(sent), len(self.forum.kept)
        if ticket is not None and not skips and self._is_right(sent):
            ticket.answered = True
        # of two at once the second may come back first
        results = sorted(self._results(sent, manner), key=_order)
        for result in results:
            self._note(sent, result, skips=skips, refused=mode == "refuses")
        if due:
            # of two at once one may be known as a repeat before the forum knows that it refuses the other
            known = [result for result in results if manner != "at once" or result != "repeated"]
            assert "kept" in known or "failed" in known or (known and all(map(_holds, known))), (
                "a right answer that nothing was posted with is asked for again"
            )
            if mode == "keeps" and self._is_complete(sent):
                assert "kept" in results, "refused for no reason"
        gained = len(self.forum.kept) - before
        assert gained <= 1
        if gained:
            assert ticket is not None
            assert ticket.answered, "let through without a right answer"
            ticket.kept += 1
            assert ticket.kept == 1, "one right answer let two replies through"
            assert list(self.forum.kept.values())[-1] == fields[f"{self.prefix}body"]

    def _results(self, sent: Sent, manner: str) -> list[str]:
        def post(_: int) -> str:
            return self.forum.post(sent.fields, sent.query)

        if manner != "at once":
            return [post(number) for number in range(2 if manner == "twice" else 1)]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(post, range(2)))

    def _note(self, sent: Sent, result: str, *, skips: bool, refused: bool) -> None:
        """Note what came of a form: kept, lost, or it stands in the browser again with all that was typed."""
        ticket, token = sent.tab.ticket, sent.tab.token
        unjudged = sent.fields.get("gate-answer", "") in ("", _TYPED["empty"], _TYPED["long"])
        if ticket is not None and token is None and (skips or not unjudged):
            ticket.judged = True
        if result in ("kept", "failed"):
            assert ticket is not None
            ticket.spent[token or 0] = sent.fields
        if result == "repeated":
            assert ticket is not None
            assert ticket.spent[token or 0] == sent.fields, "taken for a reply that it is not"
        if result in ("kept", "failed", "repeated"):
            return
        page = Page(_Shown(result))
        for name in ("name", "body"):
            typed = sent.fields[f"{self.prefix}{name}"]
            assert page.fields[f"{self.prefix}{name}"] == typed, "what was typed is lost"
        if "gate-response" not in page.fields:
            self.tabs.append(Tab(page.fields, self._ticket(page)))
            return
        assert page.question is None
        assert ticket is not None
        # else it is the token that it was, or the first one, which may be spent by now
        reopened = self._is_complete(sent) and (refused or (token or 0) in ticket.spent)
        if reopened:
            assert ticket.spent.setdefault(token or 0, sent.fields) == sent.fields
        held = (token or 0) + reopened
        self.tabs.append(Tab(page.fields, ticket, held, self.clock()))

    def _ticket(self, page: Page) -> Ticket | None:
        challenge = page.fields.get("gate-challenge")
        if challenge is None:
            return None
        return self.tickets.setdefault(challenge, Ticket(challenge, page.question or "", self.clock()))

    def _typed(self, tab: Tab, how: str) -> str:
        return _TYPED.get(how) or ANSWERS.get(tab.ticket.ask if tab.ticket else "", "moo")

    def _is_right(self, sent: Sent) -> bool:
        ticket = sent.tab.ticket
        return ticket is not None and sent.fields.get("gate-answer") == ANSWERS[ticket.ask]

    def _is_complete(self, sent: Sent) -> bool:
        """Say whether a form has all that it needs, and no button of it was pressed but Post."""
        needed = ["name", "body", *(["csrf_token"] if self.forum.csrf else [])]
        held = self.forum.button != "gone" and (self.preview in sent.fields or self.preview in sent.query)
        return (
            all(sent.fields.get(f"{self.prefix}{name}") for name in needed)
            and not held
            and "gate-another" not in sent.fields
        )

    def _is_due(self, sent: Sent) -> bool:
        """Say whether this may not be refused: its answer or its token is good, in time, and was never used."""
        tab, now = sent.tab, self.clock()
        if tab.ticket is None:
            return False
        if tab.token is not None:
            return tab.token not in tab.ticket.spent and now <= tab.since + TOKEN_LIFE - _MOST_BACK
        if tab.ticket.judged or not self._is_right(sent):
            return False
        return now <= tab.ticket.made + CHALLENGE_LIFE - _MOST_BACK


@dataclass
class _Shown:
    html: str

    def get_data(self, *, as_text: bool) -> str:
        return self.html if as_text else ""


def _order(result: str) -> int:
    return {"kept": 0, "failed": 0, "repeated": 2}.get(result, 1)


def _holds(result: str) -> bool:
    return "gate-response" in Page(_Shown(result)).fields
