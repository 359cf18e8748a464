"""What a gate runs with, in the words of the line that is written when it starts."""

from __future__ import annotations

from collections.abc import Iterator

from limits import RateLimitItem

from gate.bank.question import Bank
from gate.config import Config, Site
from gate.parsing import counted
from gate.stores.servers import without_password

_SITES_SHOWN = 5


def summary(config: Config, bank: Bank) -> Iterator[str]:
    """Yield what is said of store, bank, sites and limits; no secret is in it."""
    languages = ", ".join(f"{lang} {number}" for lang, number in bank.languages.items())
    yield f"store {without_password(config.store.url)}"
    yield f"bank {counted(len(bank.enabled), 'question')}, {counted(bank.variants, 'variant')} ({languages})"
    yield f"{counted(len(config.sites), 'site')}{_names(config.sites)}"
    yield f"limits {', '.join(_limits(config)) or 'none'}"


def _names(sites: tuple[Site, ...]) -> str:
    names = [site.name or site.sitekey for site in sites[:_SITES_SHOWN]]
    more = [f"{len(sites) - _SITES_SHOWN} more"] if len(sites) > _SITES_SHOWN else []
    return f" ({', '.join(names + more)})" if names else ""


def _limits(config: Config) -> Iterator[str]:
    limits = config.limits
    for name in ("challenges", "answers", "wrong_answers", "tokens"):
        rate: RateLimitItem | None = getattr(limits, name)
        yield f"{name} {_spelled(rate) if rate else 'off'}"


def _spelled(rate: RateLimitItem) -> str:
    """Write a rate as the config does: "60/10 minutes"."""
    unit = rate.GRANULARITY.name
    return f"{rate.amount}/{unit if rate.multiples == 1 else counted(rate.multiples, unit)}"
