"""One showing or submission of a guarded form: what was posted, what the gate says to it, what to show next."""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from gate.clients import Poster
from gate.errors import BankError, GateError, StoreError, UnavailableError
from gate.expected import Expected
from gate.verdicts import Asked, Code, Refused, Verdict
from gate.web.guard import Guard
from gate.web.proofs import proof_of
from gate.web.words import Told, Words, words_in

_log = logging.getLogger("gate")

CHALLENGE, ANSWER, RESPONSE, ANOTHER = "gate-challenge", "gate-answer", "gate-response", "gate-another"
"""The names of the form's fields. ``gate-again`` is one more, which is never read: it makes another form of it."""


class State(enum.StrEnum):
    """How the gate's part of the form looks."""

    FRESH = "fresh"
    REFUSED = "refused"
    SKIPPED = "skipped"
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
    """The form that asks: its site, action and subject, who is posting.

    ``lang`` is the page's language, None where the question's decides.
    """

    poster: Poster
    action: str = ""
    about: str | None = None
    lang: str | None = None


def submission(items: Iterable[tuple[str, str]]) -> Submission:
    """Read a posted form's names and values, in any order.

    JSON may escape halves of surrogate pairs, which no page can show.
    """
    pairs = sorted(items)
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value.encode(errors="replace").decode())
    return Submission(
        challenge=first.get(CHALLENGE, ""),
        answer=first.get(ANSWER, ""),
        response=first.get(RESPONSE, ""),
        another=ANOTHER in first,
        digest=proof_of(repr(pairs)),
    )


class Attempt:
    """The gate's side of one form. ``decide`` at most once does anything; later calls give the same verdict.

    ``given`` has the tokens that a request's attempts were given, by challenge and answer: where a page has two forms,
    a host may have both look at what one of them sent, and the answer is judged for the first that does.
    """

    def __init__(
        self, guard: Guard, page: Page, posted: Submission | None, given: dict[tuple[str, str], str]
    ) -> None:
        self._guard = guard
        self._page = page
        self._posted = posted or Submission()
        self._given = given
        self._asked: Asked | None = None
        self._decided = False
        self.lang = page.lang
        self.verdict: Verdict | None = None
        self.state = State.FRESH
        self.told: Told | None = None
        self.answer_refused = False
        self.answer = ""
        self.token = ""

    def __bool__(self) -> bool:
        return self.state is State.PASSED

    @property
    def receipt(self) -> str | None:
        """The receipt of the reply that was let through, now or by the first of equal posts."""
        return self.verdict.receipt if self.verdict else None

    @property
    def words(self) -> Words:
        """What the poster is told, in the page's language; else in the question's, shown or still to be drawn."""
        return words_in(
            self.lang or (self._asked.lang if self._asked else self._guard.likely_language(self._page.poster))
        )

    @property
    def message(self) -> str:
        """What to tell the poster about what was posted; "" where there is nothing to tell."""
        return self.told(self.words) if self.told else ""

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
            except (UnavailableError, BankError) as error:
                self._fail(error)
        return self.state

    def reopen(self) -> None:
        """Hold a fresh token for the same answer, where the host has no such reply after all.

        A gate elsewhere gives no second token: then the form asks another question.
        """
        if self.verdict is None or self.state not in (State.PASSED, State.REPEATED):
            return
        token = self._guard.reopen(self.verdict)
        if token is not None:
            self._hold(token)
        else:
            self.state = State.FRESH

    @property
    def question(self) -> Asked | None:
        """The question to show; drawn when first asked for. None where none is to be shown, or none can be."""
        if self._asked is None and self.state not in (State.HELD, State.REPEATED, State.UNAVAILABLE):
            try:
                self._asked = self._ask()
            except (UnavailableError, BankError) as error:
                self._fail(error)
        return self._asked

    @property
    def challenge(self) -> str:
        """The challenge that goes with the form: the question's, or what was posted if the gate is down."""
        if self._asked is not None:
            return self._asked.challenge
        return self._posted.challenge if self.unavailable else ""

    @property
    def again(self) -> str:
        """What tells a form that is sent again, because the gate could not be asked, from a second click on it.

        It may have been let through with nobody told: the second click is repeated then, this one asked anew.
        """
        return self._posted.digest.hex() if self.unavailable else ""

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
        old = self._recalled()
        asked = self._ask(instead_of=self._posted.challenge or None)
        if asked is not None:
            same = old is not None and old.question == asked.question
            self._tell(State.SKIPPED, lambda words: words.no_other if same else words.another_asked)
        self._asked = asked or old

    def _redeem(self, token: str, *, spend: bool) -> None:
        verdict = self._guard.verify(
            token, expected=self._expected(), proof=self._posted.digest, peek=not spend
        )
        if verdict and not spend:
            self._hold(token)
        else:
            self._settle(verdict)

    def _judge(self, *, spend: bool) -> None:
        posted, page = self._posted, self._page
        judged = (posted.challenge, posted.answer)
        if judged in self._given:
            self._redeem(self._given[judged], spend=spend)
            return
        if spend and not posted.another:
            self._settle(
                self._guard.verify_answer(
                    posted.challenge,
                    posted.answer,
                    expected=self._expected(),
                    poster=page.poster,
                    proof=posted.digest,
                )
            )
            return
        answered = self._guard.answer(
            posted.challenge, posted.answer, poster=page.poster, proof=posted.digest
        )
        if answered.token is not None:
            self._given[judged] = answered.token
            self._hold(answered.token)
        elif answered.refused is not None:
            self._refuse(answered.refused, answered.next)

    def _settle(self, verdict: Verdict) -> None:
        self.verdict = verdict
        if verdict.refused is not None:
            self._refuse(verdict.refused, verdict.next)
        elif verdict.repeated:
            self._tell(State.REPEATED, lambda words: words.repeated)
        else:
            self.state = State.PASSED

    def _hold(self, token: str) -> None:
        self._tell(State.HELD, lambda words: words.answered)
        self.token = token

    def _refuse(self, refused: Refused, following: Asked | None) -> None:
        old = self._recalled()
        self._tell(State.REFUSED, _about(refused, old))
        self.answer_refused = refused.code in _ANSWER_AT_FAULT
        self._asked = following
        if following is None and old is not None and refused.code in _STILL_GOOD:
            self._asked = old
            self.answer = self._posted.answer

    def _fail(self, error: GateError) -> None:
        if not isinstance(error, StoreError):  # a store's first fault is in the log already
            _log.error("%s", error.discreet)
        self._tell(State.UNAVAILABLE, lambda words: words.unavailable)
        self.answer = self._posted.answer
        self.token = self._posted.response
        self._asked = self._recalled()

    def _tell(self, state: State, told: Told) -> None:
        self.state = state
        self.told = told

    def _recalled(self) -> Asked | None:
        return self._guard.recall(self._posted.challenge) if self._posted.challenge else None

    def _ask(self, instead_of: str | None = None) -> Asked | None:
        page = self._page
        asked = self._guard.ask(
            action=page.action,
            about=page.about,
            lang=self.lang,
            instead_of=instead_of,
            poster=page.poster,
        )
        if isinstance(asked, Asked):
            return asked
        self._tell(State.REFUSED, _about(asked, None))
        return None

    def _expected(self) -> Expected:
        return Expected(action=self._page.action, about=self._page.about)


def _about(refused: Refused, asked: Asked | None) -> Told:
    """Return what to tell about a refusal; ``asked`` is the question that it is about."""
    question, lang = (asked.question, asked.lang) if asked else ("", "")
    return lambda words: words.say(refused.code, question=question, lang=lang, wait=refused.retry_after)


_STILL_GOOD = frozenset(
    {Code.MISSING_ANSWER, Code.ANSWER_TOO_LONG, Code.ANSWERED_TOO_FAST, Code.RATE_LIMITED}
)
"""Refusals that leave the challenge unjudged, so that the same question stays in the form."""

_ANSWER_AT_FAULT = frozenset({Code.INCORRECT_ANSWER, Code.MISSING_ANSWER, Code.ANSWER_TOO_LONG})
"""Refusals for what was typed, not for when or how often it was sent."""
