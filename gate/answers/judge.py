"""The judge: decides whether what was typed is what the question asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gate.answers import numbers
from gate.answers.normalise import (
    MAX_CHARACTERS,
    UNSPACED,
    Letters,
    NormalAnswer,
    Phrase,
    base_language,
    fold,
    forms,
    phrases,
    settled,
    table,
    visible,
    whole_number,
)

MATCHES = ("text", "exact", "set")
"""The ways to match an answer, as the bank names them."""

_FORGIVING_LETTERS = 5
_SEPARATOR = re.compile(r"[\s,;/&،؛、，；／＆､]+")


@dataclass(frozen=True, slots=True)
class _Slippable:
    """A word in which one slip is forgiven and what stands before and after it.

    ``number`` is what the word names, or where ``whole`` is set, what all three say together.
    """

    before: str
    word: str
    after: str
    number: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class _Expected:
    """One accepted answer, worked out: its forms, number words included, and where a slip is forgiven."""

    forms: frozenset[NormalAnswer]
    slippable: tuple[_Slippable, ...]


def is_right(
    answer: str,
    accepted: Iterable[str | int] | str | int,
    *,
    match: str = "text",
    lang: str = "en",
    typos: int = 0,
) -> bool:
    """Decide whether ``answer``, as typed, is one of the ``accepted`` ones (all, with ``match="set"``).

    Args:
        answer: what the poster typed; more than 200 characters, or nothing visible, is wrong.
        accepted: the bank's answers, text or whole numbers; a single one need not be in a list.
        match: "text" (case, marks, punctuation and the like do not matter), "exact" (only Unicode form and
            outer white space do not), or "set" (every accepted answer once, in any order, separated).
        lang: the question's language, a BCP 47 tag: its number words, articles and "and" are understood.
        typos: 1 forgives one edit in an accepted word of five letters or more, unless it would make
            one number of another; 0 forgives none. Of no effect with ``match="exact"``.

    Raises:
        ValueError: unknown ``match``, or ``typos`` other than 0 and 1.
        TypeError: an accepted answer that is neither text nor a whole number.

    All accepted answers are gone through, whichever is met: near and far answers cost the same.
    """
    if match not in MATCHES:
        raise ValueError(f"match is {match!r}; known are {', '.join(MATCHES)}")
    if typos not in (0, 1):
        raise ValueError(f"typos is {typos!r}; give 0 or 1")
    if len(answer) > MAX_CHARACTERS or not visible(answer):
        return False
    items = _texts(accepted)
    if match == "exact":
        return _exact(answer) in {_exact(item) for item in items}
    expected = [_expected(item, lang) for item in items]
    if match == "set":
        return _covers(answer, expected, lang, typos)
    typed = _typed(answer, lang)
    met = [_meets(typed, each, lang, typos) for each in expected]
    return any(met)


def _texts(accepted: Iterable[str | int] | str | int) -> list[str]:
    items = [accepted] if isinstance(accepted, str | int) else list(accepted)
    for item in items:
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise TypeError(f"accepted answer {item!r} is neither text nor a whole number")
    return [str(item) for item in items]


def _exact(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


@lru_cache(maxsize=4096)
def _expected(text: str, lang: str) -> _Expected:
    found = set(forms(text, lang))
    slippable: list[_Slippable] = []
    for phrase, letters in phrases(text, lang).items():
        digits = whole_number(settled("".join(phrase)), lang)
        number = numbers.number_of(phrase, lang) if digits is None else _sayable(digits)
        if number is None:
            slippable += _slips(phrase, letters, lang, None)
            continue
        said = numbers.ways(number, lang)
        found |= {NormalAnswer(str(number)), *numbers.spoken(number, lang)}
        # A slip in a number is forgiven only where all numbers that it could mean are known.
        known = (way for way in said.items() if numbers.named("".join(way[0]), lang) == number)
        slippable += [slip for way in known for slip in _slips(*way, lang, number)]
    return _Expected(frozenset(found), tuple(dict.fromkeys(slippable)))


def _sayable(digits: str) -> int | None:
    return int(digits) if len(digits.lstrip("-")) <= numbers.MOST_DIGITS else None


def _slips(phrase: Phrase, letters: Letters, lang: str, number: int | None) -> list[_Slippable]:
    """The words of a phrase that are long enough for a slip; ``number`` is what all of it says, if any."""
    return [
        _Slippable(
            "".join(phrase[:i]),
            word,
            "".join(phrase[i + 1 :]),
            numbers.named(word, lang) if number is None else number,
            whole=number is not None,
        )
        for i, word in enumerate(phrase)
        if letters[i] >= _FORGIVING_LETTERS and not _has_digit(word)
    ]


def _has_digit(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _typed(answer: str, lang: str) -> frozenset[NormalAnswer]:
    """The forms of what was typed, with what dictation may have meant, large numbers in words, and no counter.

    Small numbers need no words here: an accepted word that names one has its digits among its forms.
    """
    found = forms(answer, lang)
    more: set[NormalAnswer] = set()
    for form in found:
        if base_language(lang) == "en" and form in numbers.SOUNDS_LIKE:
            more.add(NormalAnswer(numbers.SOUNDS_LIKE[form]))
        if counted := numbers.counted(form, lang):
            more.add(NormalAnswer(counted))
        digits = whole_number(form, lang)
        if digits is not None and (number := _sayable(digits)) is not None and not 0 <= number <= 100:
            more |= numbers.spoken(number, lang)
    return found | more


def _meets(typed: frozenset[NormalAnswer], expected: _Expected, lang: str, typos: int) -> bool:
    met = bool(typed & expected.forms)
    if typos:
        for form in typed:
            for slip in expected.slippable:
                met |= _forgiven(form, slip, lang)
    return met


def _forgiven(form: str, slip: _Slippable, lang: str) -> bool:
    typed = form[len(slip.before) : len(form) - len(slip.after)]
    if slip.before + typed + slip.after != form or not one_edit(typed, slip.word) or _has_digit(typed):
        return False
    if slip.number is not None:
        return numbers.nearby(form if slip.whole else typed, lang) == {slip.number}
    stands = numbers.named(slip.before, lang)
    if stands is not None and numbers.named(form[: len(slip.before) + 1], lang) not in (None, stands):
        return False  # "eighty lemons" is no slip of "eight lemons"
    return numbers.named(typed, lang) is None and numbers.named(form, lang) is None


def one_edit(typed: str, word: str) -> bool:
    """Say whether one letter inserted, deleted, replaced or swapped with the next makes the two the same."""
    if abs(len(typed) - len(word)) > 1:
        return False
    at = 0
    while at < min(len(typed), len(word)) and typed[at] == word[at]:
        at += 1
    return (
        typed[at + 1 :] == word[at + 1 :]
        or typed[at + 1 :] == word[at:]
        or typed[at:] == word[at + 1 :]
        or (typed[at : at + 2] == word[at : at + 2][::-1] and typed[at + 2 :] == word[at + 2 :])
    )


# --- match = "set" ---


def _covers(answer: str, expected: list[_Expected], lang: str, typos: int) -> bool:
    """Say whether the answer can be split so that each accepted answer is met exactly once."""
    text = visible(answer)
    parts = _parts(text, lang)
    joins = {i for i, (start, end) in enumerate(parts) if fold(text[start:end])[0] in _joining(lang)}
    longest = [max(map(len, each.forms), default=0) for each in expected]
    if len(parts) > sum(longest) + 4 * len(expected):
        return False
    matches: dict[int, list[tuple[int, int]]] = {}
    for i, (start, _) in enumerate(parts):
        for j in range(i, min(len(parts), i + max(longest, default=0) + 4)):
            typed = _typed(text[start : parts[j][1]], lang)
            met = [_meets(typed, each, lang, typos) for each in expected]
            matches.setdefault(i, []).extend((j + 1, item) for item, hit in enumerate(met) if hit)
    return _can_finish(matches, joins, len(parts), expected)


def _can_finish(
    matches: dict[int, list[tuple[int, int]]], joins: set[int], end: int, expected: list[_Expected]
) -> bool:
    """Walk over all (part, answers met so far) that can be reached, each once."""
    everything = (1 << len(expected)) - 1
    seen, todo = set(), [(0, 0)]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        at, met = state
        if at in joins and met and met != everything:
            todo.append((at + 1, met))
        tried: set[tuple[int, frozenset[NormalAnswer]]] = set()
        for after, item in matches.get(at, ()):
            # Of answers accepted twice ("2, 2 and 3") the first that is open will do.
            twin = (after, expected[item].forms)
            if not met >> item & 1 and twin not in tried:
                tried.add(twin)
                todo.append((after, met | 1 << item))
    return (end, everything) in seen


def _parts(text: str, lang: str) -> list[tuple[int, int]]:
    """Where the smallest parts of a set's answer start and end; the language's "and" is a part of its own."""
    found: list[tuple[int, int]] = []
    at = 0
    for gap in (*_SEPARATOR.finditer(text), None):
        end = gap.start() if gap else len(text)
        cuts = [at, *(at + cut for cut in _glued(text[at:end], lang) if at < at + cut < end), end]
        found += [(a, b) for a, b in pairwise(cuts) if a < b]
        at = gap.end() if gap else end
    return found


@lru_cache(maxsize=256)
def _joining(lang: str) -> frozenset[str]:
    known = table("languages").get(base_language(lang), {})
    return frozenset(fold(word)[0] for word in (*known.get("and", ()), *known.get("and_glued", ())))


def _glued(word: str, lang: str) -> list[int]:
    """Where to cut a word to free an "and" without a space: at the start, in CJK anywhere."""
    cuts: set[int] = set()
    for conjunction in table("languages").get(base_language(lang), {}).get("and_glued", ()):
        if base_language(lang) in UNSPACED:
            cuts.update(edge for found in re.finditer(conjunction, word) for edge in found.span())
        elif word.startswith(conjunction):
            cuts.add(len(conjunction))
    return sorted(cuts)
