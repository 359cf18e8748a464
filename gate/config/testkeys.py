"""Sites with test keys, which are there while ``[server] testing`` is on: the gate's own and the incumbents'.

The incumbents' are the published ones (Google's FAQ on reCAPTCHA, the guides of hCaptcha and Turnstile).
Where one of their secrets serves several sitekeys, the others have a site of their own.
"""

from __future__ import annotations

from gate.config.sites import Outcome, Site


def _site(outcome: Outcome, sitekey: str, secret: str) -> Site:
    return Site(name=sitekey, sitekey=sitekey, secret=secret, outcome=outcome)


def _same(outcome: Outcome, key: str) -> Site:
    return _site(outcome, key, key)


_OWN = tuple(_same(outcome, f"test-{outcome.value}") for outcome in Outcome if outcome is not Outcome.NORMAL)

RECAPTCHA = (
    _site(
        Outcome.PASS, "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"
    ),
)
HCAPTCHA = (_site(Outcome.PASS, "10000000-ffff-ffff-ffff-000000000001", f"0x{'0' * 40}"),)
TURNSTILE = (
    _site(Outcome.PASS, "1x00000000000000000000AA", "1x0000000000000000000000000000000AA"),
    _same(Outcome.PASS, "1x00000000000000000000BB"),
    _site(Outcome.FAIL, "2x00000000000000000000AB", "2x0000000000000000000000000000000AA"),
    _same(Outcome.FAIL, "2x00000000000000000000BB"),
    _same(Outcome.PASS, "3x00000000000000000000FF"),
    _same(Outcome.SPENT, "3x0000000000000000000000000000000AA"),
)

TEST_SITES = (*_OWN, *RECAPTCHA, *HCAPTCHA, *TURNSTILE)

TEST_KEYS = frozenset(key for site in TEST_SITES for key in (site.sitekey, site.secret))
"""Every sitekey and secret that anybody can look up."""
