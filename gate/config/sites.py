"""A site: a page or forum that embeds the gate, with its public sitekey and private secret."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from hashlib import blake2b

from gate.config import checks
from gate.config.settings import setting


class Outcome(enum.Enum):
    """How a site's verdicts come about: by judging, or, for test keys, always the same."""

    NORMAL = "normal"
    PASS = "pass"
    FAIL = "fail"
    SPENT = "spent"
    EXPIRED = "expired"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A page or forum that embeds the gate; one [[site]] table each, add as many as you have."""

    name: str = setting("", help="What statistics and logs call the site.")
    sitekey: str = setting(
        "",
        required=True,
        make="run `gate site add`, or choose a short name such as my-forum",
        check=checks.sitekey,
        help="Public name of the site, which its pages carry: 1 to 64 letters, digits, - and _.",
    )
    secret: str = setting(
        "",
        required=True,
        secret=True,
        make="run `gate site add`, or paste what `gate keys new` prints",
        check=checks.site_secret,
        help="What the site's server shows when it verifies: 24 or more letters, digits, - and _. Never put "
        "it into a page.",
    )
    hosts: tuple[str, ...] = setting(
        (),
        check=checks.page_host,
        help='Hosts whose pages may ask, such as "forum.example.org", or "*.example.org" for all its '
        "sub-domains. [] allows any.",
    )
    langs: tuple[str, ...] = setting(
        (),
        check=checks.language,
        help='Languages that posters may be asked in, such as ["en", "pt-BR"]; the first is for those who '
        "prefer none of them. [] is the bank's lang alone.",
    )
    tags: tuple[str, ...] = setting((), help="Ask only questions with one of these tags. [] asks all.")
    contact: str = setting(
        "",
        check=checks.contact,
        help='Web address or "mailto:" link beside the question, for whoever cannot answer.',
    )
    outcome: Outcome = Outcome.NORMAL

    @property
    def short(self) -> bytes:
        """Eight bytes that stand for the site in keys of the store."""
        return blake2b(self.sitekey.encode(), digest_size=8).digest()

    def allows(self, host: str) -> bool:
        """Say whether pages of ``host`` may ask: by whole name, without port; any if ``hosts`` is empty."""
        if not self.hosts:
            return True
        name = checks.bare_host(host)
        return any(_covers(pattern, name) for pattern in self.hosts)


def _covers(pattern: str, name: str) -> bool:
    pattern = pattern.lower()
    if pattern.startswith("*."):
        return name.endswith(pattern[1:]) and len(name) >= len(pattern)
    return name == pattern
