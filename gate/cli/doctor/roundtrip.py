"""One whole round, as a page and a forum's server make it: asked, answered in every way, replayed, verified."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping

from gate.bank.question import Question, Variant
from gate.cli.doctor import surroundings
from gate.cli.doctor.findings import Findings
from gate.cli.doctor.visitor import Reply, Visitor
from gate.config import Site
from gate.signing.claims import Challenge, ExpiredError, FutureError, TokenError
from gate.signing.tokens import Sealer
from gate.sources import Loaded
from gate.verdicts import Code

_WRONG = "wrong on purpose, says gate doctor"
_SAME = "name the config that the gate runs with; if it was changed, see /readyz and the gate's log"
_OTHER_KEYS = (
    "give every gate that answers at this address the same [signing] and [[site]]; not all have them"
)
_SEVERAL_GATES: Mapping[str, str] = {
    Code.INVALID_CHALLENGE: _OTHER_KEYS,
    Code.INVALID_RESPONSE: _OTHER_KEYS,
    Code.CHALLENGE_EXPIRED: "give every gate that answers at this address one [store] and the same questions; "
    "here one does not know what another has asked",
}
"""What such a code means for what was asked and answered a moment ago: that another gate was asked."""
_FOR_OPERATORS = {code.value for code in (Code.INVALID_SECRET, Code.HOSTNAME_MISMATCH, Code.BAD_REQUEST)}
"""Codes whose message tells the operator, rather than the poster, what to do."""


class Round:
    """A round at one site, with the keys and questions of the config at hand to answer by."""

    def __init__(self, visitor: Visitor, loaded: Loaded, site: Site, findings: Findings) -> None:
        self._visitor = visitor
        self._loaded = loaded
        self._site = site
        self._findings = findings
        self._sealer = Sealer(loaded.keys)

    def make(self) -> None:
        """Go through it as far as it goes; every step that goes otherwise than it should is a fault."""
        first, second = self.ask(), self.ask()
        if not self._is_asked(first) or not self._is_asked(second):
            return
        surroundings.look_at_headers(first, second, self._findings)
        if self._site.hosts:
            surroundings.look_at_origins(first, self._site, self._findings)
        if self._known(second.body) is None:
            return
        following = self._answer_badly(second.body)
        if following is not None:
            self._answer_rightly(following)
        surroundings.look_at_forwarding(self._loaded.config, self.ask, self._findings)

    def ask(self, **headers: str) -> Reply:
        """Ask as a page of the site does."""
        own = surroundings.origin_headers(self._site)
        return self._visitor.get("/v1/challenge", {"sitekey": self._site.sitekey}, **own, **headers)

    def _is_asked(self, reply: Reply) -> bool:
        if isinstance(reply.body.get("challenge"), str):
            return True
        remedy = str(reply.body.get("message") or "let the proxy pass on /v1/challenge, with its query")
        if reply.status == 429:
            remedy = surroundings.WAIT
        self._findings.fault("asking", f"no question comes, but {reply.codes}", remedy)
        return False

    def _answer_badly(self, asked: Mapping[str, object]) -> Mapping[str, object] | None:
        """Answer empty, then wrong; return the question that comes next."""
        empty = self._answer(asked, "")
        self._expect("empty answer", empty, "missing-input-answer")
        self._pause()
        wrong = self._answer(asked, _WRONG)
        self._expect("wrong answer", wrong, "incorrect-answer")
        following = wrong.body.get("next")
        return following if isinstance(following, dict) else None

    def _answer_rightly(self, asked: Mapping[str, object]) -> None:
        known = self._known(asked)
        if known is None:
            return
        question, variant = known
        answer = ", ".join(variant.accept) if question.match == "set" else variant.accept[0]
        if not question.takes(answer, variant):
            self._findings.fault(
                "right answer", f"{question.place} refuses its own answer", "see `gate bank check`"
            )
            return
        self._pause()
        right = self._answer(asked, answer)
        self._expect("right answer", right, "success")
        self._expect("replayed answer", self._answer(asked, answer), "challenge-used")
        token = right.body.get("token")
        if isinstance(token, str):
            self._verify(token)

    def _verify(self, token: str) -> None:
        """Verify a token with a secret that nobody has, then rightly, then once more."""
        verify = {"response": token, "secret": self._site.secret}
        stranger = self._visitor.post("/v1/verify", {**verify, "secret": secrets.token_urlsafe(32)})
        self._expect("wrong secret", stranger, "invalid-input-secret")
        self._expect("verify", self._visitor.post("/v1/verify", verify), "success")
        self._expect("replayed token", self._visitor.post("/v1/verify", verify), "timeout-or-duplicate")

    def _answer(self, asked: Mapping[str, object], answer: str) -> Reply:
        fields = {"challenge": str(asked.get("challenge")), "answer": answer}
        return self._visitor.post("/v1/answer", fields, **surroundings.origin_headers(self._site))

    def _expect(self, check: str, reply: Reply, expected: str) -> None:
        problem = None if reply.codes == expected else f"brings {reply.codes}, not {expected}"
        remedy = "see the gate's log, and whether a proxy answers in its place or repeats requests"
        if reply.status == 429:
            remedy = "wait ten minutes and run this again"
        elif reply.codes in _SEVERAL_GATES:
            remedy = _SEVERAL_GATES[reply.codes]
        elif reply.codes in _FOR_OPERATORS:
            remedy = str(reply.body.get("message"))
        self._findings.judge(check, problem, remedy, fine=expected)

    def _known(self, asked: Mapping[str, object]) -> tuple[Question, Variant] | None:
        """Return what a challenge stands for; note a fault where keys or questions are not those of the gate."""
        challenge = self._opened(str(asked.get("challenge")))
        if challenge is None:
            return None
        question = self._loaded.bank.find(challenge.question)
        if question is None:
            self._findings.fault("questions", "the gate asks what is not in the bank of this config", _SAME)
            return None
        return question, question.wording.variant(challenge.variant)

    def _opened(self, text: str) -> Challenge | None:
        try:
            challenge: object = self._sealer.read_challenge(text, time.time())
        except (FutureError, ExpiredError) as error:
            challenge = error.claims
        except TokenError:
            self._findings.fault("keys", "the gate signs with a key that is not in this config", _SAME)
            return None
        if not isinstance(challenge, Challenge):
            return None
        if not any(finding.check == "clock" for finding in self._findings.found):
            surroundings.look_at_clock(challenge.issued_ms / 1000, self._findings)
        return challenge

    def _pause(self) -> None:
        """Let so much time pass that the next answer does not come too fast."""
        least = self._loaded.config.challenge.min_seconds
        if least:
            time.sleep(least + 0.1)
