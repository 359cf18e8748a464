"""Judging an answer: what a challenge stands for, what is sent back unjudged, right or wrong, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gate.answers.normalise import MAX_CHARACTERS, forms
from gate.bank.question import Bank, Question
from gate.clients import ClientKey
from gate.config import Config, Outcome, Site
from gate.limiter import Limiter
from gate.marks import Marks
from gate.signing.claims import Challenge, ExpiredError, TokenError, id_time
from gate.signing.tokens import Sealer
from gate.sites import Sites
from gate.stores.base import Spend
from gate.verdicts import Code, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A challenge that was made here: what it says, whose it is, the question it stands for, if still known."""

    challenge: Challenge
    site: Site
    question: Question | None
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How an answer was taken: right where ``refused`` is None.

    ``fresh``: it was judged now and the challenge marked; else it was sent back unjudged, or is the repeat of a
    request that was judged before.
    """

    refused: Refused | None = None
    fresh: bool = False


class Judging:
    """Opens challenges and judges answers to them, each challenge once."""

    def __init__(
        self,
        config: Config,
        *,
        banks: Sequence[Bank],
        sites: Sites,
        sealer: Sealer,
        marks: Marks,
        limiter: Limiter,
        clock: Callable[[], float],
    ) -> None:
        self._min_seconds = config.challenge.min_seconds
        self._banks = banks
        self._sites = sites
        self._sealer = sealer
        self._marks = marks
        self._limiter = limiter
        self._clock = clock

    def open(self, text: str) -> Opened | None:
        """Return what a challenge says, even an expired one; None if it was not made here."""
        expired = False
        try:
            challenge = self._sealer.read_challenge(text, self._clock())
        except ExpiredError as error:
            if not isinstance(error.claims, Challenge):
                return None
            challenge, expired = error.claims, True
        except TokenError:
            return None
        site = self._sites.with_hash(challenge.site, challenge.kid, self._sealer)
        if site is None:
            return None
        found = (bank.find(challenge.question) for bank in self._banks)
        question = next((question for question in found if question is not None), None)
        return Opened(challenge=challenge, site=site, question=question, expired=expired)

    def judge(self, opened: Opened, answer: str, client: ClientKey | None, proof: bytes) -> Judged:
        """Judge an answer and mark the challenge, or say why it was sent back unjudged."""
        if opened.question is None or opened.expired:
            return Judged(refused=Refused(code=Code.CHALLENGE_EXPIRED))
        refused = self._sent_back(opened, opened.question, answer, client)
        if refused is not None and not self._is_repeated(refused, opened.challenge, proof):
            return Judged(refused=refused)
        right = _is_right(opened.site, opened.question, opened.challenge.variant, answer)
        spend = self._marks.challenge(opened.challenge, proof)
        if spend is Spend.LOST:
            return Judged(refused=Refused(code=Code.CHALLENGE_USED))
        if spend is Spend.RESET:
            return Judged(refused=Refused(code=Code.CHALLENGE_EXPIRED))
        wrong = None if right else Refused(code=Code.INCORRECT_ANSWER)
        return Judged(refused=wrong, fresh=spend is Spend.WON)

    def _is_repeated(self, refused: Refused, challenge: Challenge, proof: bytes) -> bool:
        """Say whether a limit was reached by this very request when it came first: it gets its verdict again."""
        if refused.code is not Code.RATE_LIMITED or not proof:
            return False
        return self._marks.challenge(challenge, proof, peek=True) is Spend.OWN

    def _sent_back(
        self, opened: Opened, question: Question, answer: str, client: ClientKey | None
    ) -> Refused | None:
        if len(answer) > MAX_CHARACTERS:
            return Refused(code=Code.ANSWER_TOO_LONG)
        if not forms(answer, question.lang):
            return Refused(code=Code.MISSING_ANSWER)
        age = self._clock() - id_time(opened.challenge.id)
        if opened.site.outcome is Outcome.NORMAL and self._min_seconds > 0 and age < self._min_seconds:
            return Refused(code=Code.ANSWERED_TOO_FAST, retry_after=1)
        waiting = self._limiter.answer(client, opened.site.short)
        if waiting is not None:
            return Refused(code=Code.RATE_LIMITED, retry_after=waiting)
        return None


def _is_right(site: Site, question: Question, variant: int, answer: str) -> bool:
    if site.outcome is not Outcome.NORMAL:
        return site.outcome is not Outcome.FAIL
    return question.takes(answer, question.wording.variant(variant))
