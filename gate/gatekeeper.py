"""The policy: ask, answer, verify, report. Clock, randomness, bank, keys and store are passed in."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from gate.asking import Asking, Form, Reader
from gate.bank.question import Bank
from gate.clients import EVERYBODY, NOBODY, ClientKey, Poster, client_key
from gate.config import Config, Site
from gate.errors import StoreError
from gate.expected import ANYTHING, Expected, forced, mismatch
from gate.hosts import fitting
from gate.judging import Judged, Judging, Opened
from gate.limiter import AskedTable, Limiter
from gate.marks import Marks
from gate.signing.claims import MOST_TOKEN_HOST, Challenge, ExpiredError, Receipt, Token, TokenError
from gate.signing.keys import KeyRing
from gate.signing.tokens import Sealer
from gate.sites import Sites
from gate.statistics import Statistics
from gate.stores.base import Event, Spend, Store
from gate.verdicts import Answered, Asked, Code, Refused, Verdict

# Before a proof: what was judged to let a reply through must not, repeated, give a token for another.
_FOR_TOKEN, _FOR_REPLY = b"token ", b"reply "
_ASK_AGAIN = frozenset({Code.INCORRECT_ANSWER, Code.CHALLENGE_EXPIRED, Code.CHALLENGE_USED})


class Gatekeeper:
    """Decides everything; knows no web and no files.

    Methods return values of ``gate.verdicts`` that are true only where the poster may go on. A store that does
    not answer raises ``StoreError``, a bank that has nothing to ask ``BankError``: nothing was let through.
    """

    def __init__(
        self,
        config: Config,
        *,
        bank: Bank,
        keys: KeyRing,
        store: Store,
        previous_bank: Bank | None = None,
        asked: AskedTable | None = None,
        statistics: Statistics | None = None,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.config = config
        self.bank = bank
        self.sites = Sites(config.all_sites)
        self.statistics = statistics or Statistics(store, clock)
        self._keys = keys
        self._clock = clock
        self._sealer = Sealer(keys)
        self._marks = Marks(config, store, random)
        self._limiter = Limiter(config.limits, store=store, asked=asked or AskedTable(clock), clock=clock)
        self._asking = Asking(
            config, bank=bank, keys=keys, sealer=self._sealer, store=store, clock=clock, random=random
        )
        self._judging = Judging(
            config,
            banks=(bank,) if previous_bank is None else (bank, previous_bank),
            sites=self.sites,
            sealer=self._sealer,
            marks=self._marks,
            limiter=self._limiter,
            clock=clock,
        )
        self._question_names: dict[bytes, dict[bytes, str]] = {}

    def ask(
        self,
        site: Site,
        *,
        action: str = "",
        about: str | None = None,
        lang: str | None = None,
        instead_of: str | None = None,
        poster: Poster = NOBODY,
    ) -> Asked | Refused:
        """Put a question for ``site``; the store is written to only where ``instead_of`` is skipped.

        ``about`` is the subject (a topic's address or number) that challenge and token are bound to, ``lang`` a
        BCP 47 tag that the page wants, ``instead_of`` a challenge whose question the poster does not want.
        """
        if poster.host is not None and not site.allows(poster.host):
            return _foreign(poster.host)
        client = self._client(poster)
        opened = None
        if instead_of is not None:
            opened = self._judging.open(instead_of)
            if opened is None or opened.site is not site:
                return Refused(code=Code.INVALID_CHALLENGE)
        waiting = self._limiter.ask(client, site.short)
        if waiting is not None:
            return Refused(code=Code.RATE_LIMITED, retry_after=waiting)
        avoid = self._skip(opened, client) if opened is not None else None
        if opened is not None and not action and about is None:
            form = Form.of(opened.challenge)
        else:
            form = self._asking.form(action=action, about=about, host=poster.host)
        reader = Reader(client=client, lang=lang, langs=poster.langs, avoid=avoid)
        return self._ask(site, form, reader)

    def recall(self, challenge: str) -> Asked | None:
        """Return the question that a challenge stands for, to show it again; None if it cannot be known."""
        opened = self._judging.open(challenge)
        if opened is None or opened.question is None:
            return None
        left = opened.challenge.expires_ms / 1000 - self._clock()
        variant = opened.question.wording.variant(opened.challenge.variant)
        return self._asking.asked(opened.site, opened.question, variant, challenge, left)

    def answer(
        self,
        challenge: str,
        answer: str,
        *,
        cdata: str = "",
        site: Site | None = None,
        poster: Poster = NOBODY,
        proof: bytes = b"",
    ) -> Answered:
        """Judge ``answer``, once: right gives a token, wrong the next question.

        ``site`` is who asks to have it judged, where that is known. ``proof`` (of the caller's choosing) tells an
        equal repeat of one request from a rival: the repeat is judged again, to the same end.
        """
        opened = self._judging.open(challenge)
        if opened is None or (site is not None and opened.site is not site):
            return Answered(refused=Refused(code=Code.INVALID_CHALLENGE))
        judged = self._judge(opened, answer, poster, _marked(proof, _FOR_TOKEN))
        if judged.refused is not None:
            return Answered(refused=judged.refused, next=self._next(judged.refused, opened, poster))
        token = self._sealer.write_token(self._claims(opened, poster, cdata))
        return Answered(token=token, expires_in=self.config.token.lifetime)

    def verify(
        self,
        site: Site,
        response: str,
        *,
        expected: Expected = ANYTHING,
        proof: bytes = b"",
        peek: bool = False,
    ) -> Verdict:
        """Trade a token for yes or no. A yes spends it, unless ``peek``; what does not match does not spend it."""
        always = forced(site)
        if always is not None:
            return Verdict(refused=always)
        try:
            token = self._sealer.read_token(response, self._clock())
        except ExpiredError:
            return Verdict(refused=Refused(code=Code.TIMEOUT_OR_DUPLICATE, expired=True))
        except TokenError:
            return Verdict(refused=Refused(code=Code.INVALID_RESPONSE))
        made_for = self.sites.with_hash(token.site, token.kid, self._sealer)
        refused = mismatch(site, made_for, token, expected, self._sealer, foreign=Code.INVALID_RESPONSE)
        if refused is not None:
            return Verdict(refused=self._duplicate(token, proof, refused))
        spend = self._marks.token(token, proof, peek=peek)
        if spend in (Spend.LOST, Spend.RESET):
            return Verdict(refused=Refused(code=Code.TIMEOUT_OR_DUPLICATE, expired=spend is Spend.RESET))
        if spend is Spend.WON and not peek:
            self.statistics.add(Event.PASSED, site.name, self._question_id(token.kid, token.question))
        return self._let_through(token, repeated=spend is Spend.OWN, receipt=not peek)

    def verify_answer(
        self,
        site: Site,
        challenge: str,
        answer: str,
        *,
        expected: Expected = ANYTHING,
        cdata: str = "",
        poster: Poster = NOBODY,
        proof: bytes = b"",
    ) -> Verdict:
        """Judge an answer and let the reply through in one step, with one mark: the challenge's."""
        always = forced(site)
        if always is not None:
            return Verdict(refused=always)
        opened = self._judging.open(challenge)
        if opened is None:
            return Verdict(refused=Refused(code=Code.INVALID_CHALLENGE))
        refused = mismatch(
            site, opened.site, opened.challenge, expected, self._sealer, foreign=Code.INVALID_CHALLENGE
        )
        if refused is not None:
            refused = self._duplicate(opened.challenge, _marked(proof, _FOR_REPLY), refused)
            return Verdict(refused=refused, next=self._next(refused, opened, poster))
        judged = self._judge(opened, answer, poster, _marked(proof, _FOR_REPLY))
        if judged.refused is not None:
            return Verdict(refused=judged.refused, next=self._next(judged.refused, opened, poster))
        claims = self._claims(opened, poster, cdata)
        if judged.fresh:
            self.statistics.add(Event.PASSED, site.name, self._question_id(claims.kid, claims.question))
        return self._let_through(claims, repeated=not judged.fresh)

    def reopen(self, verdict: Verdict) -> str | None:
        """Return a fresh token for the answer that ``verdict`` let through: the host refused the reply after all.

        However often one reply is reopened, it is one token: what was posted again and again carries one more reply.
        """
        if not verdict or verdict.claims is None:
            return None
        expires_ms = int((self._clock() + self.config.token.lifetime) * 1000)
        claims = verdict.claims
        return self._sealer.write_token(
            replace(claims, id=self._sealer.reopened_id(claims), expires_ms=expires_ms)
        )

    def report(self, site: Site, receipt: str, *, spam: bool) -> Refused | None:
        """Count a posted reply as spam or as fine, once per receipt; return None if the receipt is good."""
        try:
            claims = self._sealer.read_receipt(receipt, self._clock())
        except TokenError:
            return Refused(
                code=Code.INVALID_RESPONSE,
                detail="This receipt was not made here or is older than 90 days: it cannot be reported.",
            )
        if claims.site != self._sealer.keyed_hash(claims.kid, "site", site.sitekey):
            return Refused(
                code=Code.INVALID_RESPONSE,
                detail="This receipt belongs to another site: report it with that site's secret.",
            )
        if self._marks.receipt(claims) is Spend.WON:
            question = self._question_id(claims.kid, claims.question)
            self.statistics.add(Event.SPAM if spam else Event.HAM, site.name, question)
        return None

    def _duplicate(self, claims: Token | Challenge, proof: bytes, refused: Refused) -> Refused:
        """Return how a mismatch is refused: a keyed request for what was spent or judged is a duplicate first."""
        if not proof or refused.code in (Code.INVALID_RESPONSE, Code.INVALID_CHALLENGE):
            return refused
        if isinstance(claims, Token):
            spend, code = self._marks.token(claims, proof, peek=True), Code.TIMEOUT_OR_DUPLICATE
        else:
            spend, code = self._marks.challenge(claims, proof, peek=True), Code.CHALLENGE_USED
        return Refused(code=code) if spend is Spend.LOST else refused

    def _ask(self, site: Site, form: Form, reader: Reader) -> Asked:
        asked, question_id = self._asking.ask(site, form, reader)
        self.statistics.add(Event.ASKED, site.name, question_id)
        return asked

    def _skip(self, opened: Opened, client: ClientKey | None) -> str | None:
        """Mark a challenge as used unanswered; return the family that shall not come next, if any."""
        challenge, question = opened.challenge, opened.question
        if self._marks.challenge(challenge, b"") is not Spend.WON or question is None:
            return None
        self.statistics.add(Event.SKIPPED, opened.site.name, question.id)
        return question.family if self._asking.skip(opened.site, client) else None

    def _judge(self, opened: Opened, answer: str, poster: Poster, proof: bytes) -> Judged:
        site = opened.site
        if poster.host is not None and not site.allows(poster.host):
            return Judged(refused=_foreign(poster.host))
        client = self._client(poster)
        judged = self._judging.judge(opened, answer, client, proof)
        if judged.fresh and opened.question is not None:
            right = judged.refused is None
            with contextlib.suppress(StoreError):
                # The mark is set: failing now would take the answer and give nothing for it.
                self._limiter.judged(client, site.short, right=right)
                self._asking.turn(site, client)
            self.statistics.add(Event.RIGHT if right else Event.WRONG, site.name, opened.question.id)
        return judged

    def _next(self, refused: Refused, opened: Opened, poster: Poster) -> Asked | None:
        """Put another question where the old one can no longer be answered, for the same form."""
        client = self._client(poster)
        site, question = opened.site, opened.question
        if refused.code not in _ASK_AGAIN or self._limiter.ask(client, site.short) is not None:
            return None
        reader = Reader(
            client=client,
            lang=question.lang if question else None,
            langs=poster.langs,
            avoid=question.family if question and refused.code is Code.INCORRECT_ANSWER else None,
        )
        return self._ask(site, Form.of(opened.challenge), reader)

    def _claims(self, opened: Opened, poster: Poster, cdata: str) -> Token:
        """Return what a token for the answer to this challenge says; its id follows from the challenge's."""
        challenge, question = opened.challenge, opened.question
        now = self._clock()
        return Token(
            id=self._sealer.token_id(challenge),
            kid=challenge.kid,
            site=challenge.site,
            action=challenge.action,
            subject=challenge.subject,
            epoch=challenge.epoch,
            question=self._sealer.keyed_hash(challenge.kid, "question", question.id if question else ""),
            host=fitting(poster.host, MOST_TOKEN_HOST) or challenge.host,
            cdata=cdata,
            answered_ms=int(now * 1000),
            expires_ms=int((now + self.config.token.lifetime) * 1000),
        )

    def _let_through(self, claims: Token, *, repeated: bool, receipt: bool = True) -> Verdict:
        return Verdict(
            let_through=True,
            answered_at=claims.answered_ms / 1000,
            hostname=claims.host,
            action=claims.action,
            cdata=claims.cdata,
            receipt=self._sealer.write_receipt(Receipt.of(claims)) if receipt else None,
            repeated=repeated,
            claims=claims,
        )

    def _question_id(self, kid: bytes, hashed: bytes) -> str:
        """Return the id behind a question's keyed hash, "" if the bank no longer holds it."""
        names = self._question_names.get(kid)
        if names is None:
            names = {
                self._sealer.keyed_hash(kid, "question", question.id): question.id
                for question in self.bank.questions
            }
            self._question_names[kid] = names
        return names.get(hashed, "")

    def _client(self, poster: Poster) -> ClientKey | None:
        if poster.client is None:
            return None
        return client_key(self._keys, poster.client, self._clock()) or EVERYBODY


def _marked(proof: bytes, purpose: bytes) -> bytes:
    """Return a proof that holds for one purpose alone; no proof stays none."""
    return purpose + proof if proof else b""


def _foreign(host: str) -> Refused:
    return Refused(
        code=Code.HOSTNAME_MISMATCH,
        detail=f'The site does not allow pages of "{host}": add it to `hosts` of its [[site]] entry.',
    )
