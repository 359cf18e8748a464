"""Finding the site that a request speaks for, by sitekey or by secret."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from gate.config import Site
from gate.signing.tokens import Sealer


class Sites:
    """All sites of a configuration, the test sites included while testing is on."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._sites = tuple(sites)
        self._by_sitekey = {site.sitekey: site for site in self._sites}
        self._by_secret = {_digest(site.secret): site for site in self._sites}
        self._by_hash: dict[bytes, dict[bytes, Site]] = {}

    def __iter__(self) -> Iterator[Site]:
        return iter(self._sites)

    def __len__(self) -> int:
        return len(self._sites)

    def with_sitekey(self, sitekey: str) -> Site | None:
        """Return the site with this public key."""
        return self._by_sitekey.get(sitekey)

    def with_secret(self, secret: str) -> Site | None:
        """Return the site with this secret; takes the same time for a wrong one, however near."""
        digest = _digest(secret)
        site = self._by_secret.get(digest)
        expected = _digest(site.secret) if site else digest[::-1]
        return site if hmac.compare_digest(expected, digest) else None

    def any_allows(self, host: str) -> bool:
        """Say whether pages of ``host`` may ask for any site at all."""
        return any(site.allows(host) for site in self._sites)

    def with_hash(self, hashed: bytes, kid: bytes, sealer: Sealer) -> Site | None:
        """Return the site that a token signed with key ``kid`` names by this hash."""
        known = self._by_hash.get(kid)
        if known is None:
            known = {sealer.keyed_hash(kid, "site", site.sitekey): site for site in self._sites}
            self._by_hash[kid] = known
        return known.get(hashed)


def _digest(secret: str) -> bytes:
    return blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=32).digest()
