"""Characters that a reader does not see, and words that look like others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from gate.answers.normalise import base_language, visible

_WORD = re.compile(r"[^\W\d_]+")
_CONFUSED = ("LATIN", "CYRILLIC", "GREEK")
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅαοινκρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_NOT_LATIN = frozenset({"be", "bg", "el", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})

# Persian, Kurdish, Urdu and the languages of India join and part letters with these two.
_JOINERS = "\u200c\u200d"
_JOINING = frozenset(
    {"ar", "bn", "ckb", "fa", "gu", "hi", "kn", "ml", "mr", "ne", "ps", "si", "ta", "te", "ur"}
)
_EMOJI_SELECTOR = "\ufe0f"


def invisible(text: str, lang: str) -> str | None:
    """Return the first character that shows nothing and has no business in text of ``lang``."""
    if len(visible(text)) == len(text.strip()):
        return None
    usual = _EMOJI_SELECTOR + (_JOINERS if base_language(lang) in _JOINING else "")
    for character in text:
        if not character.isspace() and character not in usual and not visible(character):
            return character
    return None


def look_alikes(text: str, lang: str) -> Iterator[tuple[str, str]]:
    """Yield each word that is not what it looks like, and why."""
    if text.isascii():
        return
    for word in _WORD.findall(text):
        reason = _looks_alike(word, base_language(lang))
        if reason:
            yield word, reason


@lru_cache(maxsize=65_536)
def _looks_alike(word: str, base: str) -> str | None:
    scripts = sorted({script for letter in word if (script := _script(letter)) in _CONFUSED})
    if len(scripts) > 1:
        return f"mixes {' and '.join(map(str.title, scripts))} letters"
    if base not in _NOT_LATIN and _LIKE_LATIN.issuperset(word):
        return f"looks Latin, but its letters are {scripts[0].title()}"
    return None


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
