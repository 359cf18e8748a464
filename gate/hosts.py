"""Host names of pages: read from an Origin, compared as a whole, ports left out."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(origin: str) -> str:
    """Return the host of an ``Origin`` or ``Referer`` header in lower case; "null" for one without a host."""
    try:
        return (urlsplit(origin).hostname or "null").rstrip(".")
    except ValueError:
        return "null"


def same_host(one: str, other: str) -> bool:
    """Say whether two host names, with or without a port, are one."""
    return _bare(one) == _bare(other)


def fitting(host: str | None, most: int) -> str:
    """Return a host that can be signed: plain ASCII of at most ``most`` characters, else ""."""
    return host if host and host.isascii() and len(host) <= most else ""


def _bare(host: str) -> str:
    return host_of(f"//{host}")
