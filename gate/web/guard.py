"""What a form needs of a gate, whether it runs in this process or is a service elsewhere."""

from __future__ import annotations

from typing import Protocol

from gate.bank.draw import choose_language
from gate.clients import Poster
from gate.expected import Expected
from gate.live import Live
from gate.verdicts import Answered, Asked, Refused, Verdict


class Guard(Protocol):
    """A gate as one site sees it; see ``Gatekeeper`` for what each does.

    Every method but ``likely_language`` and ``recall`` may raise ``UnavailableError``: nothing was let through.
    """

    def ask(
        self,
        *,
        action: str = "",
        about: str | None = None,
        lang: str | None = None,
        instead_of: str | None = None,
        poster: Poster,
    ) -> Asked | Refused:
        """Put a question."""

    def recall(self, challenge: str) -> Asked | None:
        """Return the question that a challenge stands for."""

    def answer(self, challenge: str, answer: str, *, poster: Poster, proof: bytes) -> Answered:
        """Judge an answer and give a token for a right one."""

    def verify(self, response: str, *, expected: Expected, proof: bytes, peek: bool = False) -> Verdict:
        """Trade a token for yes or no."""

    def verify_answer(
        self, challenge: str, answer: str, *, expected: Expected, poster: Poster, proof: bytes
    ) -> Verdict:
        """Judge an answer and let the reply through in one step."""

    def reopen(self, verdict: Verdict) -> str | None:
        """Return a fresh token for an answer that was let through; None where that cannot be had."""

    def report(self, receipt: str, *, spam: bool) -> Refused | None:
        """Count a posted reply as spam or as fine."""

    def likely_language(self, poster: Poster) -> str:
        """Return the language that this poster would be asked in."""


class LocalGuard:
    """The gate in this process: the first site of a live configuration."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def ask(
        self,
        *,
        action: str = "",
        about: str | None = None,
        lang: str | None = None,
        instead_of: str | None = None,
        poster: Poster,
    ) -> Asked | Refused:
        """See ``Gatekeeper.ask``."""
        gatekeeper = self.live.gatekeeper
        return gatekeeper.ask(
            gatekeeper.config.sites[0],
            action=action,
            about=about,
            lang=lang,
            instead_of=instead_of,
            poster=poster,
        )

    def recall(self, challenge: str) -> Asked | None:
        """See ``Gatekeeper.recall``."""
        return self.live.gatekeeper.recall(challenge)

    def answer(self, challenge: str, answer: str, *, poster: Poster, proof: bytes) -> Answered:
        """See ``Gatekeeper.answer``."""
        return self.live.gatekeeper.answer(challenge, answer, poster=poster, proof=proof)

    def verify(self, response: str, *, expected: Expected, proof: bytes, peek: bool = False) -> Verdict:
        """See ``Gatekeeper.verify``."""
        gatekeeper = self.live.gatekeeper
        return gatekeeper.verify(
            gatekeeper.config.sites[0], response, expected=expected, proof=proof, peek=peek
        )

    def verify_answer(
        self, challenge: str, answer: str, *, expected: Expected, poster: Poster, proof: bytes
    ) -> Verdict:
        """See ``Gatekeeper.verify_answer``."""
        gatekeeper = self.live.gatekeeper
        return gatekeeper.verify_answer(
            gatekeeper.config.sites[0], challenge, answer, expected=expected, poster=poster, proof=proof
        )

    def reopen(self, verdict: Verdict) -> str | None:
        """See ``Gatekeeper.reopen``."""
        return self.live.gatekeeper.reopen(verdict)

    def report(self, receipt: str, *, spam: bool) -> Refused | None:
        """See ``Gatekeeper.report``."""
        gatekeeper = self.live.gatekeeper
        return gatekeeper.report(gatekeeper.config.sites[0], receipt, spam=spam)

    def likely_language(self, poster: Poster) -> str:
        """See ``Guard.likely_language``."""
        gatekeeper = self.live.gatekeeper
        langs = gatekeeper.config.langs_of(gatekeeper.config.sites[0])
        return choose_language(langs, poster.langs, None, gatekeeper.bank.languages)
