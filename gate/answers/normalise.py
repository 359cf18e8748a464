"""The one place that knows Unicode: turns a text into the few forms in which two answers can meet.

Sources: UAX #15 (normalisation forms), UAX #44 (general categories), the Unicode Standard section 5.21
(characters that show nothing) and its section 3.13 (caseless matching).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NewType

from gate.languages import primary

MAX_CHARACTERS = 200
"""Characters of the longest answer looked at: composing a long run of combining marks is quadratic."""

NormalAnswer = NewType("NormalAnswer", str)
"""One form of an answer: safe to compare with another, and with nothing else."""

Phrase = tuple[str, ...]
"""One way of writing an answer, in words; joined without a gap they are a form."""

Letters = tuple[int, ...]
"""How many letters each word of a phrase has."""

UNSPACED = ("ja", "zh")
"""Languages that write no space between words."""

_TABLE_SIZE = 4096
_ROUNDS = 4

# Characters that show nothing though their category is that of a letter, mark or symbol: grapheme joiner,
# Hangul fillers, Khmer inherent vowels, Mongolian and other variation selectors, empty Braille cell, keycap.
_UNSEEN_RANGES = (
    *(range(code, code + 1) for code in (0x034F, 0x20E3, 0x2065, 0x2800, 0x3164, 0xFFA0)),
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    range(0x180B, 0x1810),
    range(0xFE00, 0xFE10),
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)
_TATWEEL = "\u0640"

_SINGLE_QUOTES = "`´‘’‚‛‹›′‵ʹʻʼʽˈʾʿ׳"
_DOUBLE_QUOTES = "“”„‟«»″‶〝〞〟״"
_PLAIN = {
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    "−": "-",
    "⁄": "/",
    "∕": "/",
    "٫": ".",
    "٬": ",",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    # Arabic is typed with and without the dots of these, and with the letters of Persian.
    "\u0649": "\u064a",
    "\u06cc": "\u064a",
    "\u0629": "\u0647",
    "\u06a9": "\u0643",
    "\u0671": "\u0627",
}
_SPELT_OUT = {"a\u0308": "ae", "o\u0308": "oe", "u\u0308": "ue", "a\u030a": "aa"}
_ONE_LETTER = str.maketrans({"ß": "s", "ẞ": "s", "æ": "a", "Æ": "a", "œ": "o", "Œ": "o"})
_MARKED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC")

# Punctuation that means something of its own; all other punctuation only shapes a sentence.
_TELLING = frozenset("#%&*@/\\‰‱§¶†‡※'-.,_")

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"
_FRACTION = "¼½¾⅐-⅟↉"
_FIGURE = rf"\d{_RAISED}"
# NFKC would run these into the digit beside them: 4² into 42, 2½ into 21/2.
_BESIDE_DIGIT = (
    (re.compile(rf"(?<=\d)(?=[{_RAISED}])|(?<=[{_RAISED}])(?=\d)"), "^"),
    (re.compile(rf"(?<=\d)(?=[{_LOWERED}])|(?<=[{_LOWERED}])(?=\d)"), "_"),
    (re.compile(rf"(?<=[{_FIGURE}])(?=[{_FRACTION}])|(?<=[{_FRACTION}])(?=[{_FIGURE}{_FRACTION}])"), "+"),
)

_SIGN = re.compile(r"[\s'-]*-\s*[.,]?[0-9]")
_BARE_POINT = re.compile(r"[\s'-]*([.,])[0-9]")
_LOOSE_POINT = re.compile(r"(?<![0-9])[.,]|[.,](?![0-9])")
_GAP = re.compile(r"[\s-]+")
_WHOLE = re.compile(r"-?[0-9]+")


class _Table(dict[int, str | None]):
    """A table for ``str.translate`` that works out each character when it is first met, within a bound."""

    def _rule(self, char: str) -> str | None:
        raise NotImplementedError

    def __missing__(self, code: int) -> str | None:
        value = self._rule(chr(code))
        if len(self) < _TABLE_SIZE:
            self[code] = value
        return value


class _Visible(_Table):
    def _rule(self, char: str) -> str | None:
        if char.isspace():
            return " "
        if char == _TATWEEL or unicodedata.category(char) in ("Cc", "Cf", "Cs"):
            return None
        return None if any(ord(char) in unseen for unseen in _UNSEEN_RANGES) else char


class _Plain(_Table):
    def _rule(self, char: str) -> str | None:
        if unicodedata.category(char) == "Nd":
            return str(unicodedata.decimal(char))
        if unicodedata.category(char) == "Pd":
            return "-"
        return _PLAIN.get(char, char)


class _Bare(_Table):
    def _rule(self, char: str) -> str | None:
        return None if unicodedata.category(char)[0] == "P" and char not in _TELLING else char


_VISIBLE, _PLAINER, _BARE = _Visible(), _Plain(), _Bare()


@cache
def table(name: str) -> dict[str, Any]:
    """Return the data file ``name`` of this package, parsed."""
    file = resources.files("gate.answers") / "data" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def base_language(lang: str) -> str:
    """Return the language of a BCP 47 tag, as the data files name it: ``pt-BR`` is ``pt``."""
    base = primary(lang)
    return {"nb": "no", "nn": "no", "iw": "he", "cmn": "zh", "in": "id"}.get(base, base)


def visible(text: str) -> str:
    """Drop what shows nothing, make all white space one kind, and trim."""
    return text.translate(_VISIBLE).strip()


def forms(text: str, lang: str) -> frozenset[NormalAnswer]:
    """Return the forms of ``text``, an answer to a question in ``lang`` (BCP 47).

    Two answers meet when they share a form. There is none for a text of white space and
    invisible characters, and none for one of more than ``MAX_CHARACTERS`` characters. Each form is one of
    its own forms. Never raises, whatever the characters.
    """
    found = {settled("".join(phrase)) for phrase in phrases(text, lang)}
    return frozenset(map(NormalAnswer, found | {whole_number(form, lang) or form for form in found}))


def phrases(text: str, lang: str) -> dict[Phrase, Letters]:
    """Return the ways of writing ``text``: marks dropped or spelt out, article or none, American spelling.

    With each, how many letters its words have: ä or ß is one, also where it is written as two.
    """
    if len(text) > MAX_CHARACTERS:
        return {}
    found: dict[Phrase, Letters] = {}
    spellings = fold(text)
    short = text.translate(_ONE_LETTER)
    as_typed = _readings(spellings[0] if short == text else fold(short)[0], lang)
    for folded in spellings:
        readings = _readings(folded, lang)
        # An article may be one in a single spelling only: "ä 0" begins with "a", "ae 0" does not.
        counted = as_typed if list(map(len, readings)) == list(map(len, as_typed)) else readings
        for phrase, typed in zip(readings, counted, strict=True):
            found.setdefault(phrase, tuple(map(_letters, typed)))
    return {**_american(found), **found} if base_language(lang) == "en" else found


def _readings(folded: str, lang: str) -> list[Phrase]:
    """Return the words of a folded text, with its article and without."""
    bare = folded.translate(_BARE).strip(" '")
    words = _words(bare)
    if not words:
        return [(kept,)] if (kept := folded.replace(" ", "")) else []
    return [words, *(shorter for rest in _without_article(bare, lang) if (shorter := _words(rest)))]


def _letters(word: str) -> int:
    return sum(map(str.isalpha, word))


def fold(text: str) -> tuple[str, ...]:
    """Fold case, width, marks, quotes, dashes and digits; two results where ä, ö, ü, å may be spelt out."""
    text = visible(text)
    if text.isascii():
        return (text.lower().replace("`", "'"),)
    for edge, mark in _BESIDE_DIGIT:
        text = edge.sub(mark, text)
    decomposed = unicodedata.normalize("NFD", _compatible(text))
    stripped, spelt_out = _without_marks(decomposed)
    plain = (unicodedata.normalize("NFC", each.translate(_PLAINER)) for each in (stripped, spelt_out))
    return tuple(dict.fromkeys(plain))


def settled(form: str) -> str:
    """Fold a joined form until it stays: where punctuation went, a mark may follow another letter now."""
    for _ in range(_ROUNDS):
        if form.isascii():
            break
        folded = fold(form)[0]
        again = "".join(_words(folded.translate(_BARE).strip(" '"))) or folded.replace(" ", "")
        if again == form:
            break
        form = again
    return form


def whole_number(form: str, lang: str) -> str | None:
    """Return the plain digits of a whole number: ``007`` is 7, ``400,000`` is 400000; None for anything else.

    The mark between groups of three digits is the language's own: ``1.000`` is a thousand in German only.
    """
    mark = table("languages").get(base_language(lang), {}).get("grouping", ",")
    if mark in form and mark and re.fullmatch(rf"-?[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", form):
        form = form.replace(mark, "")
    if not _WHOLE.fullmatch(form):
        return None
    digits = form.lstrip("-").lstrip("0")
    return ("-" if form[0] == "-" and digits else "") + (digits or "0")


def _compatible(text: str) -> str:
    """NFKC and case folding, each until the other finds nothing more to do."""
    for _ in range(_ROUNDS):
        again = unicodedata.normalize("NFKC", text).casefold().translate(_VISIBLE)
        if again == text:
            break
        text = again
    return text


@lru_cache(maxsize=_TABLE_SIZE)
def _drops_marks(letter: str) -> bool:
    return letter.isalpha() and unicodedata.name(letter, "").startswith(_MARKED_SCRIPTS)


def _without_marks(decomposed: str) -> tuple[str, str]:
    """Drop the marks of scripts that are read without them; the second result spells ä out as ae."""
    stripped: list[str] = []
    spelt_out: list[str] = []
    base = ""
    for char in decomposed:
        if unicodedata.category(char)[0] != "M":
            base = char
        elif base in ("", " ") and char == "\u0301":
            # NFKC turns the acute accent that people type for an apostrophe into a space with a mark.
            base = char = "'"
        elif base and _drops_marks(base):
            if longer := _SPELT_OUT.get(base + char):
                spelt_out[-1] = longer
            continue
        stripped.append(char)
        spelt_out.append(char)
    return "".join(stripped), "".join(spelt_out)


def _words(bare: str) -> Phrase:
    """Split at white space and hyphens; a leading minus or point before a digit stays with its number."""
    sign = "-" if _SIGN.match(bare) else ""
    point = match[1] if (match := _BARE_POINT.match(bare)) else ""
    tight = _LOOSE_POINT.sub("", bare).replace("'", "")
    words = tuple(word for word in _GAP.split(tight) if word)
    return (sign + point + words[0], *words[1:]) if words else ()


@lru_cache(maxsize=256)
def _articles(lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The openings that may be cut off, and those only off a word of some length."""
    known = table("languages").get(base_language(lang), {})
    spaced = tuple(f"{article} " for article in known.get("articles", ()))
    return spaced + tuple(known.get("elided", ())), tuple(known.get("prefixed", ()))


def _without_article(bare: str, lang: str) -> list[str]:
    openings, prefixes = _articles(lang)
    found = [bare[len(opening) :] for opening in openings if bare.startswith(opening)]
    if found and len(letters := bare.split(" ")) > 2 and all(len(letter) == 1 for letter in letters):
        return []  # a word spelt out letter by letter, "a p e"
    # A word of one letter is none: what looks like the article is part of a word such as "ألم".
    found += [
        bare[len(prefix) :]
        for prefix in prefixes
        if bare.startswith(prefix) and len(bare.split(" ")[0]) > len(prefix) + 1
    ]
    return found


@lru_cache(maxsize=1)
def _spelling() -> dict[str, str]:
    """British word -> American word."""
    twins: dict[str, str] = {}
    for group in table("spelling")["group"]:
        for ending in group["endings"]:
            british_end, _, american_end = ending.partition("=")
            for british, american in group["pairs"].items():
                twins[british + british_end] = american + (american_end or british_end)
    return twins


def _american(found: Iterable[Phrase]) -> dict[Phrase, Letters]:
    """Word by word, and as a whole for a word that was spelt with gaps."""
    twins = _spelling()
    by_word = {tuple(twins.get(word, word) for word in phrase) for phrase in found}
    whole = {(twins[joined],) for phrase in found if (joined := "".join(phrase)) in twins}
    return {phrase: tuple(map(_letters, phrase)) for phrase in by_word | whole}
