"""Letters: takes words apart as a question says, and finds its way in a list of words."""

from __future__ import annotations

import re
from collections.abc import Callable

from gate.bank.audit.asked import Asked, Guesses

_SPELLED = re.compile(r"(?<![\w-])(\w(?:\s?[-‐–.·・]\s?\w)+|\w(?: \w){3,})(?![\w-])")
_LONGEST = 3


def letters(asked: Asked) -> Guesses:
    """Return what the question makes of the words that it may be about (the first three of them)."""
    spelled = _SPELLED.search(asked.ask)
    if spelled:
        return ("".join(filter(str.isalnum, spelled[1])),)
    if asked.items and not asked.has("letter"):
        found = _next_to(asked) or _at_place(asked)
        if found:
            return (found,)
    if asked.has("join") and len(asked.candidates) > 1 and not asked.has("letter"):
        return ("".join(asked.candidates[:2]),)
    change = _change(asked)
    changed = map(change, asked.candidates[:_LONGEST]) if change else ()
    return tuple(dict.fromkeys(filter(None, changed)))


def _change(asked: Asked) -> Callable[[str], str] | None:
    """Return what to do with the word, if the keywords say it."""
    place = asked.place
    if asked.has("without") and place is not None:
        return lambda word: _without(word, place)
    if asked.has("letter") and place is not None:
        return lambda word: word[place] if place < len(word) else ""
    if asked.has("letters") and asked.has("how_many"):
        return lambda word: str(len(word))
    return (lambda word: word[::-1]) if asked.has("backwards") else None


def _without(word: str, place: int) -> str:
    place %= len(word)
    return word[:place] + word[place + 1 :]


def _at_place(asked: Asked) -> str | None:
    place = asked.place
    return asked.items[place] if place is not None and place < len(asked.items) else None


def _next_to(asked: Asked) -> str | None:
    """Return the neighbour of the listed word that the question names once more."""
    folded = [asked.folded(item) for item in asked.items]
    again = {at for at, item in enumerate(folded) if item and asked.line.count(item) > 1}
    if len(again) != 1 or not (asked.has("before") or asked.has("after")):
        return None
    at = again.pop() + (-1 if asked.has("before") else 1)
    return asked.items[at] if 0 <= at < len(asked.items) else None
