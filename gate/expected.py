"""Whether a token, or a challenge, was made for the form that it comes back with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gate.config import Outcome, Site
from gate.errors import StoreError
from gate.hosts import same_host
from gate.signing.claims import NO_SUBJECT, Challenge, Token
from gate.signing.tokens import Sealer
from gate.verdicts import Code, Refused

MOST_ACTION, MOST_ABOUT = 32, 255
"""Characters of the longest action and the longest subject that a form may have."""

_NAME = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def is_name(text: str) -> bool:
    """Say whether a text has the letters of an action, which are those of ``cdata`` too."""
    return _NAME.fullmatch(text) is not None


def is_action(text: str) -> bool:
    """Say whether a form may have this action; "" is none."""
    return len(text) <= MOST_ACTION and is_name(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the forum expects a token to have been made for; None where it does not ask.

    ``about`` is stricter: a token that was bound to a subject passes only with the same one, and one that was
    not bound passes only without.
    """

    action: str | None = None
    about: str | None = None
    hostname: str | None = None
    sitekey: str | None = None


ANYTHING = Expected()


def mismatch(
    site: Site,
    made_for: Site | None,
    claims: Token | Challenge,
    expected: Expected,
    sealer: Sealer,
    *,
    foreign: Code,
) -> Refused | None:
    """Return why claims ``made_for`` one site are not for ``site`` and its form, or None.

    ``foreign`` is the code for another site's. Test sites that always pass pass each other's tokens: the published
    test keys come in several pairs.
    """
    if made_for is not site and not (made_for and made_for.outcome is site.outcome is Outcome.PASS):
        return Refused(code=foreign)
    if expected.sitekey is not None and expected.sitekey != site.sitekey:
        return Refused(code=Code.INVALID_SITEKEY)
    if expected.action is not None and expected.action != claims.action:
        return Refused(code=Code.ACTION_MISMATCH)
    subject = sealer.keyed_hash(claims.kid, "subject", expected.about) if expected.about else NO_SUBJECT
    if subject != claims.subject:
        return Refused(code=Code.ABOUT_MISMATCH)
    if expected.hostname is not None and not (claims.host and same_host(expected.hostname, claims.host)):
        return Refused(code=Code.HOSTNAME_MISMATCH)
    return None


def forced(site: Site) -> Refused | None:
    """Return the refusal that a test site always gives; raise ``StoreError`` for the one that is always down."""
    match site.outcome:
        case Outcome.DOWN:
            raise StoreError("test-down", "this test site is always down", "use another test key")
        case Outcome.FAIL:
            return Refused(code=Code.INVALID_RESPONSE)
        case Outcome.SPENT:
            return Refused(code=Code.TIMEOUT_OR_DUPLICATE)
        case Outcome.EXPIRED:
            return Refused(code=Code.TIMEOUT_OR_DUPLICATE, expired=True)
        case _:
            return None
