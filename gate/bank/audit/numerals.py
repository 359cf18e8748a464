"""Finding numbers in a question, in digits or in the words of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from gate.answers.normalise import fold
from gate.answers.numbers import MOST_DIGITS, in_words, ways
from gate.bank.audit.vocabulary import Vocabulary, fold_word, split_words

_SAID = (*range(1001), *range(1100, 2000, 100), *range(2000, 10001, 1000))
_MOST_WORDS = 8
_KANA = re.compile("[ぁ-ヺ]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands in the folded text."""

    value: int
    start: int
    end: int


def find_numbers(line: str, vocabulary: Vocabulary) -> list[Number]:
    """Find all numbers; what is an article as well ("une") counts only beside one other number."""
    found = list(_in_words(line, vocabulary) if vocabulary.spaced else _in_text(line, vocabulary))
    strong = [number for number in found if line[number.start : number.end] not in vocabulary.articles]
    return strong if len(strong) != 1 else found


def _in_words(line: str, vocabulary: Vocabulary) -> Iterator[Number]:
    words = [match.span() for match in re.finditer(r"\S+", line)]
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _MOST_WORDS), at, -1):
            value = _value(line[words[at][0] : words[end - 1][1]], vocabulary.lang)
            if value is not None:
                yield Number(value, words[at][0], words[end - 1][1])
                at = end
                break
        else:
            at += 1


def _value(said: str, lang: str) -> int | None:
    """Return the number that some words say; two spaces are a comma, which parts two numbers."""
    if said.isdecimal():
        return int(said) if len(said) <= MOST_DIGITS else None
    names = _names(lang)
    value = None if "  " in said else names.get(said.replace(" ", ""))
    if value is None and lang == "ar":
        return names.get(said.removeprefix("و"))  # "and" is written without a space
    return value


def _in_text(line: str, vocabulary: Vocabulary) -> Iterator[Number]:
    names = _names(vocabulary.lang)
    for match in _pattern(vocabulary.lang, vocabulary.false_numbers).finditer(line):
        if match["number"]:
            yield Number(int(names.get(match[0], match[0])), *match.span())


@lru_cache(maxsize=16)
def _pattern(lang: str, false_numbers: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(_names(lang), key=len, reverse=True)))
    passed_over = "|".join(map(re.escape, false_numbers)) or r"(?!)"
    return re.compile(f"{passed_over}|(?P<number>[0-9]{{1,12}}|{names})")


@lru_cache(maxsize=16)
def _names(lang: str) -> dict[str, int]:
    """Return what numbers are called, in every gender and manner, folded and without gaps."""
    names: dict[str, int] = {}
    for number in _SAID:
        english = ways(number, "en") if lang != "en" else ()  # "ten" is another word in Polish
        phrases = (phrase for phrase in ways(number, lang) if phrase not in english)
        for name in ("".join(_folded(word, lang) for word in phrase) for phrase in phrases):
            # In Japanese the readings in kana are left out: in a text without spaces they are everywhere.
            if lang != "ja" or not _KANA.match(name):
                names[name] = number
        with suppress(ValueError):
            names[_folded(in_words(number, lang), lang)] = number
    return names


def _folded(text: str, lang: str) -> str:
    joined = "".join(fold_word(word, lang) for word in split_words(text))
    return joined or fold(text)[0]
