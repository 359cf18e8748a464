"""Language tags as gate needs them: the primary subtag, and which way the script runs (BCP 47, RFC 5646)."""

from __future__ import annotations

import re

LONGEST_TAG = 35
"""Characters of the longest tag that a page or browser is believed (RFC 5646, section 4.4.1)."""

_TAG = re.compile(r"[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*", re.ASCII)
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def is_tag(text: str) -> bool:
    """Say whether a text from outside looks like a language tag; the parts may be joined by "_", as in locales."""
    return len(text) <= LONGEST_TAG and _TAG.fullmatch(text) is not None


def primary(tag: str) -> str:
    """Return a tag's language without region or script: ``primary("pt-BR")`` is "pt"."""
    return tag.replace("_", "-").partition("-")[0].lower()


def direction(tag: str) -> str:
    """Return "rtl" or "ltr", the value of HTML's ``dir`` for text in this language."""
    return "rtl" if primary(tag) in _RIGHT_TO_LEFT else "ltr"
