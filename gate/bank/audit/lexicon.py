"""Lexicon: knows the colours, days, months, commonest animals and opposites of the question's language."""

from __future__ import annotations

from collections.abc import Iterable

from gate.bank.audit.asked import Asked, Guesses
from gate.bank.audit.vocabulary import KINDS

_IN_A_ROW = ("day", "month")
_FARTHEST = 12
_SHORTEST_STEM = 3
_FEWEST_LISTED = 3


def lexicon(asked: Asked) -> Guesses:
    """Return an opposite, the day or month some steps on, how many or the n-th of a kind, or all of it."""
    if asked.has("opposite"):
        return _opposites(asked, asked.candidates) or _opposites(asked, [word for word, _ in asked.tokens])
    if len(asked.items) < _FEWEST_LISTED and (denied := _denied(asked)):
        return _opposites(asked, denied)
    kind = _kind_asked_for(asked)
    found = _steps_on(asked, kind) or _counted(asked, kind) or _sorted_out(asked, kind)
    if found or kind is None:
        return found
    return _mentioned(asked, kind) or asked.vocabulary.names[kind].plain


def _opposites(asked: Asked, words: Iterable[str]) -> Guesses:
    pairs = asked.vocabulary.opposites
    return tuple(dict.fromkeys(answer for word in words for answer in pairs.get(asked.folded(word), ())))


def _denied(asked: Asked) -> list[str]:
    """Return the words with a known opposite that a thing is said not to be: "hot", if the soup is not hot."""
    match = asked.vocabulary.find("negated", asked.line)
    if match is None:
        return []
    known = sorted(asked.vocabulary.opposites, key=len, reverse=True)
    if not asked.vocabulary.spaced:
        before, after = asked.line[: match.start()], asked.line[match.end() :]
        return [word for word in known if after.startswith(word) or _ends_as(before, word)][:1]
    said_no = {asked.folded(word) for word in asked.vocabulary.yes_no}
    words = [word for _, word in asked.tokens if word not in said_no]
    exact = [word for word in words if word in asked.vocabulary.opposites]
    return exact or [word for word in known if any(_of_one_stem(word, other) for other in words)]


def _ends_as(text: str, word: str) -> bool:
    """Tell whether a text ends in a word, or in what is left of a Japanese adjective before its ending."""
    return text.endswith(word) or (word.endswith("い") and text.endswith(word[:-1]))


def _of_one_stem(word: str, other: str) -> bool:
    """Tell whether two words differ in their last two letters at most, as gender and case make them."""
    stem = max(_SHORTEST_STEM, max(len(word), len(other)) - 2)
    return word[:stem] == other[:stem]


def _kind_asked_for(asked: Asked) -> str | None:
    """Return the kind whose keyword comes first."""
    found = {kind: match.start() for kind in KINDS if (match := asked.vocabulary.find(kind, asked.line))}
    return min(found, key=lambda kind: found[kind]) if found else None


def _steps_on(asked: Asked, kind: str | None) -> Guesses:
    """Count on or back from the day or month that is named; one step, unless the question has a number."""
    for row in _IN_A_ROW:
        names = asked.vocabulary.names[row]
        named = names.find(asked.line) if kind in (row, None) else []
        if len({at for at, _, _ in named}) == 1:
            at, start, end = named[0]
            outside = (number.value for number in asked.numbers if not start <= number.start < end)
            steps = next((value for value in outside if 0 < value <= _FARTHEST), 1)
            direction = _direction(asked, asked.line[:start] + " " + asked.line[end:], steps)
            if direction:
                return (names.plain[(at + direction) % len(names.plain)],)
    return ()


def _direction(asked: Asked, rest: str, steps: int) -> int:
    find = asked.vocabulary.find
    named = (("was_yesterday", 1), ("is_tomorrow", -1), ("after2", 2), ("before2", -2))
    for key, step in (*named, ("before", -steps), ("after", steps)):
        if find(key, rest):
            return step
    return 0


def _counted(asked: Asked, kind: str | None) -> Guesses:
    """Count the names of a kind that the question lists, or take the n-th of them."""
    names = _mentioned(asked, kind) if kind else ()
    if len(names) > 1 and asked.has("how_many"):
        return (str(len(names)),)
    if asked.place is None or len(names) <= max(asked.place, 1):
        return ()
    return (names[asked.place],)


def _sorted_out(asked: Asked, kind: str | None) -> Guesses:
    """Choose among listed things: those of a kind, the one that is of no kind, or what all of them are."""
    kinds = {item: _kinds_of(asked, item) for item in asked.items}
    if not kinds:
        return ()
    for each in (kind,) if kind else KINDS:
        members = [item for item in kinds if each in kinds[item]]
        others = [item for item in kinds if each not in kinds[item]]
        if asked.has("odd") and len(others) == 1 and (len(members) > 1 or kind):
            return (others[0],)
        if kind and members and others:
            return tuple(members)
        if not others and not kind and asked.has("kind"):
            return (asked.vocabulary.kinds[each],)
    return ()


def _kinds_of(asked: Asked, item: str) -> set[str]:
    folded = asked.folded(item) if asked.vocabulary.spaced else item
    articles = asked.vocabulary.articles
    shorter = " ".join(word for word in folded.split() if word not in articles)
    return {kind for kind in KINDS if asked.vocabulary.names[kind].index(shorter) is not None}


def _mentioned(asked: Asked, kind: str) -> Guesses:
    names = asked.vocabulary.names[kind]
    return tuple(dict.fromkeys(names.plain[at] for at, _, _ in names.find(asked.line)))
