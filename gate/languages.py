"""Language tags as gate needs them: the primary subtag, and which way the script runs (BCP 47, RFC 5646)."""

from __future__ import annotations

LONGEST_TAG = 35
"""Characters of the longest tag that a page or browser is believed (RFC 5646, section 4.4.1)."""

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def primary(tag: str) -> str:
    """Return a tag's language without region or script: ``primary("pt-BR")`` is "pt"."""
    return tag.replace("_", "-").partition("-")[0].lower()


def direction(tag: str) -> str:
    """Return "rtl" or "ltr", the value of HTML's ``dir`` for text in this language."""
    return "rtl" if primary(tag) in _RIGHT_TO_LEFT else "ltr"
