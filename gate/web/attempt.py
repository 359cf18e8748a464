"""One showing or submission of a guarded form: what was posted, what the gate says to it, what to show next."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from gate.clients import Poster
from gate.config import Site
from gate.errors import StoreError
from gate.expected import Expected
from gate.gatekeeper import Gatekeeper
from gate.verdicts import Asked, Code, Refused, Verdict
from gate.web import words

CHALLENGE, ANSWER, RESPONSE, ANOTHER = "gate-challenge", "gate-answer", "gate-response", "gate-another"
"""The names of the form's fields."""


class State(enum.StrEnum):
    """How the gate's part of the form looks."""

    FRESH = "fresh"
    REFUSED = "refused"
    HELD = "held"
    PASSED = "passed"
    REPEATED = "repeated"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a browser posted: the gate's own fields, and a digest of the whole form that tells a double click."""

    challenge: str = ""
    answer: str = ""
    response: str = ""
    another: bool = False
    digest: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The form that asks: its site, action and subject, who is posting, in which language."""

    site: Site
    poster: Poster
    action: str = ""
    about: str | None = None
    lang: str | None = None


def submission(items: Iterable[tuple[str, str]]) -> Submission:
    """Read a posted form's names and values, in any order."""
    pairs = sorted(items)
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    return Submission(
        challenge=first.get(CHALLENGE, ""),
        answer=first.get(ANSWER, ""),
        response=first.get(RESPONSE, ""),
        another=ANOTHER in first,
        digest=blake2b(repr(pairs).encode("utf-8", "surrogatepass"), digest_size=16).digest(),
    )


class Attempt:
    """The gate's side of one form. ``decide`` at most once does anything; later calls give the same verdict."""

    def __init__(self, gatekeeper: Callable[[], Gatekeeper], page: Page, posted: Submission | None) -> None:
        self._gatekeeper = gatekeeper
        self._page = page
        self._posted = posted or Submission()
        self._verdict: Verdict | None = None
        self._asked: Asked | None = None
        self._decided = False
        self.state = State.FRESH
        self.message = ""
        self.answer = ""
        self.token = ""

    def __bool__(self) -> bool:
        return self.state is State.PASSED

    @property
    def receipt(self) -> str | None:
        """The receipt of the reply that was let through, now or by the first of equal posts."""
        return self._verdict.receipt if self._verdict else None

    @property
    def repeated(self) -> bool:
        """Whether this very form was let through before."""
        return self.state is State.REPEATED

    @property
    def unavailable(self) -> bool:
        """Whether the gate could not be asked; nothing is let through then."""
        return self.state is State.UNAVAILABLE

    def decide(self, *, spend: bool) -> State:
        """Judge what was posted; with ``spend`` let the reply through, else hold a right answer for later."""
        if not self._decided:
            self._decided = True
            try:
                self._decide(spend=spend)
            except StoreError:
                self._fail()
        return self.state

    def reopen(self) -> None:
        """Hold a fresh token for the same answer, where the host has no such reply after all."""
        if self._verdict is None or self.state not in (State.PASSED, State.REPEATED):
            return
        token = self._gatekeeper().reopen(self._verdict)
        if token is not None:
            self._hold(token)

    @property
    def question(self) -> Asked | None:
        """The question to show; drawn when first asked for. None where none is to be shown, or none can be."""
        if self._asked is None and self.state in (State.FRESH, State.REFUSED, State.PASSED):
            try:
                self._asked = self._ask()
            except StoreError:
                self._fail()
        return self._asked

    @property
    def challenge(self) -> str:
        """The challenge that goes with the form: the question's, or what was posted if the gate is down."""
        if self._asked is not None:
            return self._asked.challenge
        return self._posted.challenge if self.unavailable else ""

    def _decide(self, *, spend: bool) -> None:
        posted = self._posted
        if posted.another and not posted.answer.strip():
            self._another()
        elif posted.response:
            self._redeem(posted.response, spend=spend)
        elif posted.challenge:
            self._judge(spend=spend)
        else:
            self._refuse(Refused(code=Code.MISSING_ANSWER), None)

    def _another(self) -> None:
        asked = self._ask(instead_of=self._posted.challenge or None)
        if isinstance(asked, Asked):
            self._asked = asked
        self.state = State.REFUSED
        self.message = self.message or words.ANOTHER

    def _redeem(self, token: str, *, spend: bool) -> None:
        verdict = self._gatekeeper().verify(
            self._page.site, token, expected=self._expected(), proof=self._posted.digest, peek=not spend
        )
        if verdict and not spend:
            self._hold(token)
        else:
            self._settle(verdict)

    def _judge(self, *, spend: bool) -> None:
        posted, page = self._posted, self._page
        if spend and not posted.another:
            self._settle(
                self._gatekeeper().verify_answer(
                    page.site,
                    posted.challenge,
                    posted.answer,
                    expected=self._expected(),
                    poster=page.poster,
                    proof=posted.digest,
                )
            )
            return
        answered = self._gatekeeper().answer(
            posted.challenge, posted.answer, poster=page.poster, proof=posted.digest
        )
        if answered.token is not None:
            self._hold(answered.token)
        elif answered.refused is not None:
            self._refuse(answered.refused, answered.next)

    def _settle(self, verdict: Verdict) -> None:
        self._verdict = verdict
        if verdict.refused is not None:
            self._refuse(verdict.refused, verdict.next)
        elif verdict.repeated:
            self.state = State.REPEATED
            self.message = words.REPEATED
        else:
            self.state = State.PASSED

    def _hold(self, token: str) -> None:
        self.state = State.HELD
        self.message = words.ANSWERED
        self.token = token

    def _refuse(self, refused: Refused, following: Asked | None) -> None:
        old = self._gatekeeper().recall(self._posted.challenge) if self._posted.challenge else None
        self.state = State.REFUSED
        self.message = words.say(refused.code, question=old.question if old else "", wait=refused.retry_after)
        self._asked = following
        if following is None and old is not None and refused.code in _STILL_GOOD:
            self._asked = old
            self.answer = self._posted.answer

    def _fail(self) -> None:
        self.state = State.UNAVAILABLE
        self.message = words.UNAVAILABLE
        self.answer = self._posted.answer
        self.token = self._posted.response
        self._asked = self._gatekeeper().recall(self._posted.challenge) if self._posted.challenge else None

    def _ask(self, instead_of: str | None = None) -> Asked | None:
        page = self._page
        asked = self._gatekeeper().ask(
            page.site,
            action=page.action,
            about=page.about,
            lang=page.lang,
            instead_of=instead_of,
            poster=page.poster,
        )
        if isinstance(asked, Asked):
            return asked
        self.state = State.REFUSED
        self.message = words.say(asked.code, wait=asked.retry_after)
        return None

    def _expected(self) -> Expected:
        return Expected(action=self._page.action, about=self._page.about)


_STILL_GOOD = frozenset(
    {Code.MISSING_ANSWER, Code.ANSWER_TOO_LONG, Code.ANSWERED_TOO_FAST, Code.RATE_LIMITED}
)
"""Refusals that leave the challenge unjudged, so that the same question stays in the form."""
