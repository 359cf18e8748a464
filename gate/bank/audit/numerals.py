"""Finding numbers in a question, in digits or in the words of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate.answers.normalise import fold, table
from gate.answers.numbers import in_words, ways
from gate.bank.audit.vocabulary import Vocabulary, fold_word, split_words

_SAID = (*range(1001), *range(1100, 2000, 100), *range(2000, 10001, 1000))
_SAID_WITHOUT_ONE = (100, 1000)
"""Numbers that are said in two ways: "one hundred" and "a hundred"."""

_MOST_WORDS = 8
_KANA = re.compile("[ぁ-ヺ]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands in the folded text."""

    value: int
    start: int
    end: int


def find_numbers(line: str, vocabulary: Vocabulary) -> list[Number]:
    """Find all numbers; what is an article as well ("une") counts only where it makes a second number."""
    found = list(_in_words(line, vocabulary) if vocabulary.spaced else _in_text(line, vocabulary.lang))
    strong = [number for number in found if line[number.start : number.end] not in vocabulary.articles]
    return strong if len(strong) != 1 else found


def _in_words(line: str, vocabulary: Vocabulary) -> Iterator[Number]:
    names = _names(vocabulary.lang)
    words = [(match[0], *match.span()) for match in re.finditer(r"\S+", line)]
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _MOST_WORDS), at, -1):
            said = line[words[at][1] : words[end - 1][2]]
            if "  " in said:
                continue  # a comma parts two numbers
            said = said.replace(" ", "")
            value = int(said) if end == at + 1 and said.isdecimal() and len(said) < 13 else names.get(said)
            if value is not None:
                yield Number(value, words[at][1], words[end - 1][2])
                at = end
                break
        else:
            at += 1


def _in_text(line: str, lang: str) -> Iterator[Number]:
    names = _names(lang)
    for match in _pattern(lang).finditer(line):
        yield Number(names[match[0]] if match[0] in names else int(match[0]), *match.span())


@lru_cache(maxsize=16)
def _pattern(lang: str) -> re.Pattern[str]:
    names = sorted(_names(lang), key=len, reverse=True)
    return re.compile("|".join(["[0-9]{1,12}", *map(re.escape, names)]))


@lru_cache(maxsize=16)
def _names(lang: str) -> dict[str, int]:
    """Return what numbers are called, folded and without gaps."""
    names: dict[str, int] = {}
    for number, texts in table("number_words").get(lang, {}).get("words", {}).items():
        # In Japanese the readings in kana are left out: in a text without spaces they are everywhere.
        said = (_folded(text, lang) for text in texts if lang != "ja" or not _KANA.match(text))
        names.update(dict.fromkeys(said, int(number)))
    for number in _SAID:
        try:
            names[_folded(in_words(number, lang), lang)] = number
        except ValueError:
            continue
    for number in _SAID_WITHOUT_ONE:
        names.update(("".join(phrase), number) for phrase in ways(number, lang))
    return names


def _folded(text: str, lang: str) -> str:
    joined = "".join(fold_word(word, lang) for word in split_words(text))
    return joined or fold(text)[0]
