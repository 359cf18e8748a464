"""What the gatekeeper says: codes with their words, and the values that its methods return.

Every value is true only where the poster may go on, so a forgotten look at its parts lets nobody through.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from gate.signing.claims import Token


class Code(enum.StrEnum):
    """Error codes of the wire; Turnstile's and reCAPTCHA's where they exist, the gate's own for the rest."""

    MISSING_SECRET = "missing-input-secret"
    INVALID_SECRET = "invalid-input-secret"
    MISSING_RESPONSE = "missing-input-response"
    INVALID_RESPONSE = "invalid-input-response"
    TIMEOUT_OR_DUPLICATE = "timeout-or-duplicate"
    BAD_REQUEST = "bad-request"
    INTERNAL_ERROR = "internal-error"
    INVALID_SITEKEY = "invalid-sitekey"
    HOSTNAME_MISMATCH = "hostname-mismatch"
    ACTION_MISMATCH = "action-mismatch"
    ABOUT_MISMATCH = "about-mismatch"
    MISSING_CHALLENGE = "missing-input-challenge"
    INVALID_CHALLENGE = "invalid-input-challenge"
    CHALLENGE_EXPIRED = "challenge-expired"
    CHALLENGE_USED = "challenge-used"
    MISSING_ANSWER = "missing-input-answer"
    ANSWER_TOO_LONG = "answer-too-long"
    INCORRECT_ANSWER = "incorrect-answer"
    ANSWERED_TOO_FAST = "answered-too-fast"
    RATE_LIMITED = "rate-limited"


MESSAGES: dict[Code, str] = {
    Code.MISSING_SECRET: "The site's secret is missing: send it as `secret` or as `Authorization: Bearer`.",
    Code.INVALID_SECRET: "No site has this secret: compare it with the [[site]] entry of config.toml.",
    Code.MISSING_RESPONSE: "The token is missing: send the form's `gate-response` as `response`.",
    Code.INVALID_RESPONSE: "This token was not made here, was altered, or belongs to another site: ask again.",
    Code.TIMEOUT_OR_DUPLICATE: "This token was used before or is too old: ask the poster one more question.",
    Code.BAD_REQUEST: "The request cannot be read: see the API reference for its form.",
    Code.INTERNAL_ERROR: "The gate cannot check this now, so it lets nothing through: try again in a moment.",
    Code.INVALID_SITEKEY: "No site has this sitekey: compare it with the [[site]] entry of config.toml.",
    Code.HOSTNAME_MISMATCH: "This page's host is not one that the site allows: add it to `hosts` in config.toml.",
    Code.ACTION_MISMATCH: "The token was made for another action: pass the action that the form was given.",
    Code.ABOUT_MISMATCH: "The token was made for another subject: pass the `about` that the form was given.",
    Code.MISSING_CHALLENGE: "The challenge is missing: send back the one that came with the question.",
    Code.INVALID_CHALLENGE: "This challenge was not made here or was altered: ask for a new one.",
    Code.CHALLENGE_EXPIRED: "This question is too old to be judged: answer the new one.",
    Code.CHALLENGE_USED: "This question was answered before: answer the new one.",
    Code.MISSING_ANSWER: "The answer is empty: type an answer and send it again.",
    Code.ANSWER_TOO_LONG: "The answer is longer than 200 characters: a word or a number is enough.",
    Code.INCORRECT_ANSWER: "That is not the answer: here is another question.",
    Code.ANSWERED_TOO_FAST: "That was very quick: wait a second and send the same answer again.",
    Code.RATE_LIMITED: "Too many tries from here: wait a little and send the same again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No: why, in a code and in words; ``retry_after`` is in seconds, where waiting helps.

    ``expired`` tells the too old from the already used, which share a code.
    """

    code: Code
    detail: str = ""
    retry_after: int | None = None
    expired: bool = False

    @property
    def message(self) -> str:
        """What happened and what to do, in a sentence."""
        return self.detail or MESSAGES[self.code]

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to put to the poster, with the challenge that stands for it; ``expires_in`` is in seconds."""

    challenge: str = field(repr=False)
    question: str
    lang: str
    dir: str
    hint: str | None
    see: str | None
    contact: str | None
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How an answer was taken: with ``token`` it was right, else ``refused`` says why not.

    ``next`` is the question to put instead, where the old one can no longer be answered.
    """

    token: str | None = field(default=None, repr=False)
    expires_in: int = 0
    refused: Refused | None = None
    next: Asked | None = None

    def __bool__(self) -> bool:
        return self.token is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether this reply may be posted.

    ``answered_at`` is in seconds since 1970. ``repeated``: the same request was let through before, and this
    is its first verdict again. ``claims`` is what the token says, where this process has read it.
    """

    let_through: bool = False
    refused: Refused | None = None
    answered_at: float = 0.0
    hostname: str = ""
    action: str = ""
    cdata: str = ""
    receipt: str | None = field(default=None, repr=False)
    repeated: bool = False
    next: Asked | None = None
    claims: Token | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.let_through
