"""How the forum's pages show addresses, text and time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def mask(address: str) -> str:
    """Return an address that people can read and collectors cannot use: ``ana.delete@this.example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local}.delete@this.{domain}"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text: what stands between blank lines."""
    return [part for part in _BLANK_LINES.split(text.strip("\n")) if part.strip()]


def when(at: float, form: str = "") -> str:
    """Return a time (seconds since 1970) in words; with form "iso" as machines read it."""
    moment = datetime.fromtimestamp(at, UTC)
    if form == "iso":
        return moment.isoformat(timespec="seconds")
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
