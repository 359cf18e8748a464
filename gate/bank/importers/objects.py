"""Questions in nested lists and maps, as JSON and YAML have them, whichever way they are laid out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.result import Found, Item, Note, NotImported, Place

_ASK = ("question", "ask", "q")
_ACCEPT = ("answers", "accept", "answer", "a")
_LANG = ("lang", "language", "locale")
_MORE = ("id", "family", "typos", "hint", "see", "tags", "weight", "enabled")
_VARIED = ("vary", "where", "distinct")
_COMMA = re.compile(r",(?!\d)|(?<!\d),")


class Number(str):
    """A number, spelled as in its source: 1.0 stays "1.0"."""

    __slots__ = ()


class Branch(Protocol):
    """A value of a document, with the line that it begins on."""

    @property
    def line(self) -> int:
        """The line, counted from 1."""

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""

    @property
    def is_map(self) -> bool:
        """Whether it has keys."""

    def items(self) -> Iterator[Branch]:
        """Yield a list's values."""

    def members(self) -> Iterator[tuple[str, Branch]]:
        """Yield a map's keys and values."""

    def plain(self) -> Any:
        """Return it as lists, maps, texts and numbers."""


def questions(branch: Branch, file: str, lang: str | None = None) -> Iterator[Item]:
    """Yield the questions of a list or a map.

    A list holds objects with question and answers; a map is such an object, or has questions as keys and their
    answers as values, or languages as keys, or everything under the key ``questions``, its own or that of the
    parts of a Rails configuration.
    """
    if branch.is_list:
        for item in branch.items():
            yield from _question(item, file, lang)
    elif not branch.is_map:
        yield NotImported(Place(file, branch.line), "neither a list nor a map of questions", _shown(branch))
    else:
        yield from _map(branch, dict(branch.members()), file, lang)


def _map(branch: Branch, members: Mapping[str, Branch], file: str, lang: str | None) -> Iterator[Item]:
    if _first(members, _ASK) is not None:
        yield from _question(branch, file, lang)
    elif "questions" in members:
        named = _first(members, _LANG)
        inner = closest_tag(str(named.plain())) if named is not None else None
        yield from _unread(members, ("questions", *_LANG), Place(file, branch.line), "the file's")
        yield from questions(members["questions"], file, inner or lang)
    elif members and all(closest_tag(key) and _has_objects(value) for key, value in members.items()):
        for key, value in members.items():
            yield from questions(value, file, closest_tag(key))
    elif parts := [
        key for key, value in members.items() if value.is_map and "questions" in dict(value.members())
    ]:
        yield from _unread(members, parts, Place(file, branch.line), "the file's")
        for key in parts:
            yield from questions(members[key], file, lang)
    else:
        # Not members.items(): a question that stands twice is no fault, and neither of the two may be lost.
        for key, value in branch.members():
            yield from _pair(Place(file, value.line), key, value.plain(), lang)


def _has_objects(value: Branch) -> bool:
    if value.is_list:
        return any(item.is_map for item in value.items())
    return value.is_map


def _question(branch: Branch, file: str, lang: str | None) -> Iterator[Item]:
    at = Place(file, branch.line)
    if not branch.is_map:
        yield NotImported(at, "it has no keys such as question and answers", _shown(branch))
        return
    given = {str(key): value for key, value in branch.plain().items()}
    ask = _first(given, _ASK)
    if not isinstance(ask, str):
        reason = "it has no question" if ask is None else "its question is no text; put it in quotes"
        yield NotImported(at, reason, _shown(branch))
    elif any(key in given for key in _VARIED):
        yield NotImported(at, "its variants cannot be imported; write it into the bank by hand", ask)
    else:
        yield from _overwritten(branch, at, ask)
        yield from _unread(given, (*_ASK, *_ACCEPT, *_LANG, "match", *_MORE), at, "its")
        accept = given.get("answers")
        if isinstance(accept, str) and not isinstance(accept, Number):
            given["answers"] = [part.strip() for part in _COMMA.split(accept)]
        yield from _built(at, ask, given, lang)


def _overwritten(branch: Branch, at: Place, ask: str) -> Iterator[NotImported]:
    names = [name for name, _ in branch.members()]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield NotImported(at, f'it has the key "{name}" more than once; the last one is taken', ask)


def _built(at: Place, ask: str, given: Mapping[str, Any], lang: str | None) -> Iterator[Item]:
    answers: list[str] = []
    yield from _answers(at, ask, _first(given, _ACCEPT), answers)
    named = _first(given, _LANG)
    tag = closest_tag(str(named)) if named is not None else lang
    if named and tag is None:
        yield Note(at, f'"{named}" is no language that gate knows; it counts as the file\'s')
    more = {key: _native(key, given[key]) for key in _MORE if given.get(key) is not None}
    match = str(given.get("match") or "text")
    if answers or not _first(given, _ACCEPT):
        yield Found(at=at, ask=ask, accept=tuple(answers), lang=tag or lang, match=match, more=more)


def _pair(at: Place, ask: str, accept: Any, lang: str | None) -> Iterator[Item]:
    answers: list[str] = []
    if isinstance(accept, dict):
        yield NotImported(at, "its answers are a map; write a list", ask)
        return
    yield from _answers(at, ask, accept, answers)
    if answers or accept in (None, [], ""):
        yield Found(at=at, ask=ask, accept=tuple(answers), lang=lang)


def _answers(at: Place, ask: str, given: Any, answers: list[str]) -> Iterator[NotImported]:
    """Put the answers that are text or numbers into ``answers``, and yield the others."""
    if given is None:
        return
    for value in given if isinstance(given, list) else [given]:
        if isinstance(value, str):
            answers.append(str(value))
        else:
            shown = "a list or a map" if isinstance(value, (list, dict)) else json.dumps(value)
            reason = f"an answer that is {shown}; put it in quotes if it is meant as a word"
            yield NotImported(at, reason, ask)


def _native(key: str, value: Any) -> Any:
    """Return a key's value in the kind that a bank has it in."""
    if key in ("typos", "weight") and isinstance(value, str):
        try:
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        except ValueError:
            return str(value)
    if key == "enabled" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), str(value))
    if isinstance(value, list):
        return [str(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _unread(given: Mapping[str, Any], known: Sequence[str], at: Place, whose: str) -> Iterator[Note]:
    unread = [key for key in given if key not in known]
    if unread:
        yield Note(at, f"{whose} {', '.join(unread)} {'is' if len(unread) == 1 else 'are'} left out")


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if name in given), None)


def _shown(branch: Branch) -> str:
    return str(branch.plain())
