"""What a script knows of a language: keywords, and lists of colours, days, months and animals, from data files."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from gate.answers.normalise import UNSPACED, base_language, fold, table

KINDS = ("day", "month", "colour", "animal")
"""What a list of names is a list of; also the keyword that asks for it."""

_NOWHERE = re.compile(r"(?!)")
_LISTS = {"day": "days", "month": "months", "colour": "colours", "animal": "animals"}
# Keywords that talk about a word, and are therefore not the word that is talked about.
_ABOUT_WORDS = (
    *("after", "before", "odd", "opposite", "letter", "letters", "word", "last"),
    *("backwards", "without", "join", "how_many", "number", "digits"),
)
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
_NOT_IN_WORD = re.compile(r"[^\w\u0300-\u036f\u064b-\u065f\u0670]+")


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names, found in a text in any of their forms; ``plain`` is what a script would answer."""

    plain: tuple[str, ...]
    pattern: re.Pattern[str]
    _one: tuple[re.Pattern[str], ...]

    def index(self, text: str) -> int | None:
        """Return the place in the list of a name that makes up all of a folded text."""
        return next((at for at, pattern in enumerate(self._one) if pattern.fullmatch(text)), None)

    def find(self, line: str) -> list[tuple[int, int, int]]:
        """Return each name found in a folded text: its place in the list, where it starts and ends."""
        found = ((self.index(match[0]), *match.span()) for match in self.pattern.finditer(line))
        return [(at, start, end) for at, start, end in found if at is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One language as the attackers know it; empty for a language without a data file."""

    lang: str
    spaced: bool
    yes_no: tuple[str, ...]
    frequent: tuple[str, ...]
    keywords: Mapping[str, re.Pattern[str]]
    kinds: Mapping[str, str]
    names: Mapping[str, Names]
    ordinals: tuple[re.Pattern[str], ...]
    opposites: Mapping[str, tuple[str, ...]]
    known: tuple[tuple[tuple[re.Pattern[str], ...], str], ...]
    noise: re.Pattern[str]
    gaps: re.Pattern[str]
    list_ends: re.Pattern[str]
    false_numbers: tuple[str, ...]
    alternatives: re.Pattern[str]
    conjunctions: re.Pattern[str]
    articles: frozenset[str]

    def find(self, key: str, line: str) -> re.Match[str] | None:
        """Find a keyword in a folded text."""
        return self.keywords.get(key, _NOWHERE).search(line)


@lru_cache(maxsize=64)
def vocabulary(lang: str) -> Vocabulary:
    """Return what the attackers know of a language (BCP 47)."""
    base = base_language(lang)
    file = resources.files("gate.bank.audit") / "data" / f"{base}.toml"
    data = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    reader = _Reader(base)
    joining = [
        word for word in table("languages").get(base, {}).get("and", ()) if word not in data.get("or", ())
    ]
    keywords: dict[str, str] = data.get("keywords", {})
    return Vocabulary(
        lang=base,
        spaced=base not in UNSPACED,
        yes_no=tuple(data.get("yes_no", ())),
        frequent=tuple(data.get("frequent", ())),
        keywords={key: reader.pattern([text]) for key, text in keywords.items()},
        kinds={kind: _split(keywords[kind])[0] for kind in KINDS if kind in keywords},
        names={kind: reader.names(data.get(_LISTS[kind], ())) for kind in KINDS},
        ordinals=tuple(reader.pattern([text]) for text in data.get("ordinals", ())),
        opposites=_pairs(data.get("opposites", ()), reader),
        known=tuple(
            (tuple(reader.pattern([key]) for key in keys), answer) for *keys, answer in data.get("known", ())
        ),
        noise=reader.noise(data),
        gaps=_any_of(data.get("gaps", "").split()),
        list_ends=_any_of(data.get("list_ends", "").split()),
        false_numbers=tuple(data.get("false_numbers", "").split()),
        alternatives=reader.separator(data.get("or", ())),
        conjunctions=reader.separator([*data.get("or", ()), *joining]),
        articles=frozenset(map(reader.fold, table("languages").get(base, {}).get("articles", ()))),
    )


def split_words(text: str) -> list[str]:
    """Cut a text at everything that is no letter, digit or mark of one."""
    return [word for word in _NOT_IN_WORD.split(unicodedata.normalize("NFC", text)) if word]


@lru_cache(maxsize=65_536)
def fold_word(word: str, base: str) -> str:
    """Fold one word as the judge does; an Arabic article goes too."""
    folded = fold(word)[0].replace(" ", "")
    if base == "ar":
        for article in _ARTICLES:
            if folded.startswith(article) and len(folded) > len(article) + 1:
                return folded.removeprefix(article)
    return folded


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def _any_of(parts: Iterable[str]) -> re.Pattern[str]:
    """Match one of some texts, the longest first; nothing if there is none."""
    longest = sorted(parts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))) if longest else _NOWHERE


def _pairs(pairs: Iterable[Sequence[str]], reader: _Reader) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in pairs:
        for word, answer in ((one, other), (other, one)):
            known = found.get(reader.fold(word), ())
            found[reader.fold(word)] = known if answer in known else (*known, answer)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Compiles the notation of the data files: "|" alternatives, "*" any ending, "^" the question's start.

    In a language that writes no spaces a keyword is found anywhere in the text.
    """

    base: str

    def fold(self, text: str) -> str:
        if self.base in UNSPACED:
            return fold(text)[0]
        return " ".join(fold_word(word, self.base) for word in split_words(text))

    def pattern(self, texts: Iterable[str]) -> re.Pattern[str]:
        expressions = [self._expression(part) for text in texts for part in _split(text) if part]
        longest = sorted(expressions, key=len, reverse=True)
        return re.compile("|".join(longest)) if longest else _NOWHERE

    def names(self, entries: Sequence[str]) -> Names:
        plain = tuple(_split(entry)[0] for entry in entries)
        return Names(plain, self.pattern(entries), tuple(self.pattern([entry]) for entry in entries))

    def separator(self, words: Iterable[str]) -> re.Pattern[str]:
        """Match a word for "or" or "and" between two things, as it stands in the question."""
        escaped = "|".join(map(re.escape, words))
        if not escaped:
            return _NOWHERE
        return re.compile(f"(?:{escaped})" if self.base in UNSPACED else rf"(?i)(?<!\S)(?:{escaped})(?!\S)")

    def noise(self, data: Mapping[str, Any]) -> re.Pattern[str]:
        """Match a single word that only shapes the question."""
        phrases = [
            *data.get("ordinals", ()),
            *(data.get("keywords", {}).get(key, "") for key in _ABOUT_WORDS),
        ]
        words = {
            word.lstrip("^") for phrase in phrases for part in _split(phrase) for word in self._words(part)
        }
        return self.pattern([*sorted(words), *data.get("stop", "").replace("'", " ").split()])

    def _words(self, part: str) -> Iterator[str]:
        yield from [part] if self.base in UNSPACED else part.split()

    def _expression(self, part: str) -> str:
        folded = re.escape(self.fold(part.strip("^*")))
        if self.base in UNSPACED:
            return folded
        start, end = (r"\A" if part.startswith("^") else r"(?<!\S)"), (r"\S*" if part.endswith("*") else "")
        return rf"{start}{folded}{end}(?!\S)"
