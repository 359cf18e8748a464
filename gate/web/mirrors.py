"""siteverify as reCAPTCHA v2, hCaptcha and Turnstile have it: the gate's verdicts in the incumbents' words.

Their clients take anything but a 200 for a crash or an outage, so every reply is one, with JSON in it. No client
of theirs knows subjects: a token that was bound to one (``about``) is refused here, and good at /v1/verify.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from gate.config import Outcome, Site
from gate.config.testkeys import HCAPTCHA, RECAPTCHA, TURNSTILE
from gate.errors import StoreError
from gate.expected import Expected
from gate.gatekeeper import Gatekeeper
from gate.verdicts import Code, Refused
from gate.web.lenient import UnreadableError, read_kindly
from gate.web.proofs import proof_of
from gate.web.reader import Fields, Request
from gate.web.replies import Reply, json_reply, timestamp

_log = logging.getLogger("gate")

_TEST_HOST = "localhost"


class Passed(NamedTuple):
    """A yes, as far as the incumbents tell about it."""

    answered_at: float
    hostname: str
    action: str = ""
    cdata: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What one incumbent does in its own way.

    ``codes`` are its words for those of the gate's codes that it does not have, ``expired`` its word for a token
    that is too old where that differs from one already used. ``tests`` are its published test sites; those of
    them that let pass take the token ``dummy``, or any where it is None.
    """

    passed: Callable[[Passed], Mapping[str, Any]]
    refused: Callable[[str], Mapping[str, Any]]
    codes: Mapping[Code, str]
    expired: str = Code.TIMEOUT_OR_DUPLICATE
    tests: tuple[Site, ...] = field(repr=False)
    dummy: str | None = field(default=None, repr=False)
    reads_sitekey: bool = False
    reads_idempotency_key: bool = False

    def code(self, refused: Refused) -> str:
        """Return the incumbent's word for a refusal."""
        return self.expired if refused.expired else self.codes.get(refused.code, refused.code)

    def takes(self, site: Site, response: str) -> bool:
        """Say whether this is a test site and the token one that its widget would have given."""
        if site.outcome is not Outcome.PASS or site not in self.tests:
            return False
        return self.dummy is None or response == self.dummy


def siteverify(gatekeeper: Gatekeeper, path: str, request: Request, now: float) -> Reply:
    """Answer a request to one of ``MIRRORS``: with a 200, whatever comes; ``now`` is in seconds since 1970."""
    mirror = MIRRORS[path]
    try:
        verdict = _verdict(gatekeeper, mirror, request, now)
    except UnreadableError:
        verdict = Refused(code=Code.BAD_REQUEST)
    except StoreError:
        verdict = Refused(code=Code.INTERNAL_ERROR)
    except Exception:
        _log.exception("unforeseen error")
        verdict = Refused(code=Code.INTERNAL_ERROR)
    if isinstance(verdict, Passed):
        return json_reply(200, mirror.passed(verdict))
    return json_reply(200, mirror.refused(mirror.code(verdict)), code=verdict.code)


def _verdict(gatekeeper: Gatekeeper, mirror: Mirror, request: Request, now: float) -> Passed | Refused:
    if request.method not in ("GET", "POST"):
        return Refused(code=Code.BAD_REQUEST)
    fields = read_kindly(request)
    if not fields.get("secret"):
        return Refused(code=Code.MISSING_SECRET)
    site = gatekeeper.sites.with_secret(fields["secret"])
    if site is None:
        return Refused(code=Code.INVALID_SECRET)
    response = fields.get("response", "").strip()
    if not response:
        return Refused(code=Code.MISSING_RESPONSE)
    sitekey = fields.get("sitekey", "").strip() if mirror.reads_sitekey else ""
    if mirror.takes(site, response) and sitekey in ("", site.sitekey):
        return Passed(now, _TEST_HOST)
    return _traded(gatekeeper, site, response, sitekey, _proof(mirror, fields))


def _traded(
    gatekeeper: Gatekeeper, site: Site, response: str, sitekey: str, proof: bytes
) -> Passed | Refused:
    verdict = gatekeeper.verify(site, response, expected=Expected(sitekey=sitekey or None), proof=proof)
    if not verdict:
        return Refused(code=Code.INTERNAL_ERROR) if verdict.refused is None else verdict.refused
    return Passed(verdict.answered_at, verdict.hostname, verdict.action, verdict.cdata)


def _proof(mirror: Mirror, fields: Fields) -> bytes:
    """Return what makes a second request with one idempotency key the first one again; empty without a key."""
    key = fields.get("idempotency_key", "") if mirror.reads_idempotency_key else ""
    return proof_of(key) if key else b""


def _recaptcha_passed(passed: Passed) -> Mapping[str, Any]:
    """Say yes without `error-codes`, which some clients take for a no, and without `score`, which means v3."""
    return {"success": True, "challenge_ts": timestamp(passed.answered_at), "hostname": passed.hostname}


def _turnstile_passed(passed: Passed) -> Mapping[str, Any]:
    return {
        "success": True,
        "error-codes": [],
        "challenge_ts": _to_the_millisecond(passed.answered_at),
        "hostname": passed.hostname,
        "action": passed.action,
        "cdata": passed.cdata,
    }


def _recaptcha_refused(code: str) -> Mapping[str, Any]:
    return {"success": False, "error-codes": [code]}


def _turnstile_refused(code: str) -> Mapping[str, Any]:
    """Say no; the strings are there because clients look at them before they look at `success`."""
    return {
        "success": False,
        "error-codes": [code],
        "messages": [],
        "hostname": "",
        "action": "",
        "cdata": "",
    }


def _to_the_millisecond(seconds: float) -> str:
    """Return a time as ISO 8601 in UTC with milliseconds: "2026-11-25T10:00:00.096Z"."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


# Neither reCAPTCHA nor hCaptcha has a word for a fault of its own. `bad-request` accuses nobody's token.
_NO_FAULT_OF_ITS_OWN = {Code.INTERNAL_ERROR: Code.BAD_REQUEST, Code.ABOUT_MISMATCH: Code.INVALID_RESPONSE}

_RECAPTCHA = Mirror(
    passed=_recaptcha_passed, refused=_recaptcha_refused, codes=_NO_FAULT_OF_ITS_OWN, tests=RECAPTCHA
)
_HCAPTCHA = Mirror(
    passed=_recaptcha_passed,
    refused=_recaptcha_refused,
    codes={
        **_NO_FAULT_OF_ITS_OWN,
        Code.TIMEOUT_OR_DUPLICATE: "already-seen-response",
        Code.INVALID_SITEKEY: "sitekey-secret-mismatch",
    },
    expired="expired-input-response",
    tests=HCAPTCHA,
    dummy="10000000-aaaa-bbbb-cccc-000000000001",
    reads_sitekey=True,
)
_TURNSTILE = Mirror(
    passed=_turnstile_passed,
    refused=_turnstile_refused,
    codes={Code.ABOUT_MISMATCH: Code.INVALID_RESPONSE},
    tests=TURNSTILE,
    dummy="XXXX.DUMMY.TOKEN.XXXX",
    reads_idempotency_key=True,
)

MIRRORS: Mapping[str, Mirror] = {
    "/recaptcha/api/siteverify": _RECAPTCHA,
    "/siteverify": _HCAPTCHA,
    "/hcaptcha/siteverify": _HCAPTCHA,
    "/turnstile/v0/siteverify": _TURNSTILE,
}
