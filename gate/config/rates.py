"""Spans of time and rates as people write them: "10 minutes", "60/10 minutes"; "" turns one off."""

from __future__ import annotations

import re

import limits

from gate.config.settings import UnfitError
from gate.parsing import quoted

_SPAN = r"([0-9]{1,6})?\s*(?:second|minute|hour|day|month|year)s?"
_SPAN_ALONE = re.compile(_SPAN, re.IGNORECASE)
_RATE = re.compile(rf"([0-9]{{1,9}})\s*(?:/|per\s)\s*{_SPAN}", re.IGNORECASE)


def rate(text: str) -> limits.RateLimitItem | None:
    """Read a rate in the notation of the library limits; "" is None: no limit."""
    if not text:
        return None
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise UnfitError(f"{quoted(text)} is not a rate", 'write it like "60/10 minutes", or "" for no limit')
    # The library reads "5/0 minutes" as one minute, and takes 0 as the limit that nobody meets.
    if int(found[1]) == 0 or int(found[2] or 1) == 0:
        raise UnfitError(f"{quoted(text)} lets nobody in", 'write at least "1/minute", or "" for no limit')
    return limits.parse(text.strip())


def seconds(text: str) -> float:
    """Read a span of time, in seconds; "" is 0: off."""
    if not text:
        return 0.0
    found = _SPAN_ALONE.fullmatch(text.strip())
    if found is None or int(found[1] or 1) == 0:
        raise UnfitError(f"{quoted(text)} is not a span of time", 'write it like "10 minutes", or ""')
    return float(limits.parse(f"1/{text.strip()}").get_expiry())
