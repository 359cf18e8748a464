"""Text that was written for an HTML page, as the plain text that a bank's question is."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_TAG = re.compile(r"<(?:!--.*?--|/?([a-zA-Z][\w-]*)(?:\s[^<>]*|/)?)>", re.DOTALL)
_GAP = re.compile(r"[ \t\r\n\f\v]+")
_ONLY_LOOKS = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "center", "cite", "code", "div", "em"),
        *("font", "i", "kbd", "label", "mark", "nowiki", "p", "q", "s", "samp", "small", "span", "strong"),
        *("sub", "sup", "tt", "u", "var", "wbr"),
    }
)
_WITH_SPACE = frozenset({"br", "div", "p"})


@dataclass(frozen=True, slots=True)
class Plain:
    """The text, whether tags were taken out of it, and the tag that says more than text can."""

    text: str
    tags: bool = False
    telling: str | None = None


def plain(markup: str) -> Plain:
    """Take out tags that only shape the text, decode entities once, and make white space single spaces."""
    found = [match[1].lower() for match in _TAG.finditer(markup) if match[1]]
    telling = next((tag for tag in found if tag not in _ONLY_LOOKS), None)
    bare = _TAG.sub(lambda tag: " " if (tag[1] or "").lower() in _WITH_SPACE else "", markup)
    return Plain(one_line(html.unescape(bare)), tags=bare != markup, telling=telling)


def decoded(text: str) -> str:
    """Decode HTML entities once; tags stay as they are."""
    return one_line(html.unescape(text))


def one_line(text: str) -> str:
    """Make every run of white space one space, as a page shows it; no-break spaces stay."""
    return _GAP.sub(" ", text).strip()
