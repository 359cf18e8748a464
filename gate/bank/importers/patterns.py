"""Simple regular expressions unfolded into the texts that they stand for; all others are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 64
"""So many answers may one pattern stand for."""

_FLAGS = re.compile(r"\(\?[iuLmsx]+\)")
_ENDS = re.compile(r"^(?:\^|\\A|(?: |\\s)[*+]?)+|(?:(?<!\\)\$|\\Z|(?: |\\s)[*+]?)+$")
_SPECIAL = ".^$*+?{}[]()|\\"


class UnfoldableError(Exception):
    """A pattern that stands for more than a few texts; the message says what in it does."""


def unfold(pattern: str) -> tuple[str, ...]:
    """Return the texts that a pattern matches; raise ``UnfoldableError`` where they cannot be listed.

    Known are alternatives, groups, an optional character or group, and spaces that may be there or not.
    """
    bare = _ENDS.sub("", _FLAGS.sub("", pattern))
    reader = _Pattern(bare)
    found = reader.alternatives()
    if reader.at < len(bare):
        raise UnfoldableError("a closing parenthesis too many")
    return tuple(dict.fromkeys(" ".join(text.split()) for text in found))


class _Pattern:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def alternatives(self) -> list[str]:
        found = self._sequence()
        while self._accept("|"):
            found = _bounded([*found, *self._sequence()])
        return found

    def _sequence(self) -> list[str]:
        texts = [""]
        while self.at < len(self._text) and self._text[self.at] not in "|)":
            following = self._repeated()
            texts = _bounded([text + more for text in texts for more in following])
        return texts

    def _repeated(self) -> list[str]:
        """Read one character or group, with the sign behind it that repeats it."""
        begin = self.at
        choices = list(self._one())
        is_space = self._text[begin : self.at] in (" ", "\\s")
        if self._accept("?"):
            choices = [*choices, ""]
        elif is_space and (self._accept("*") or self._accept("+")):
            choices = [" "]
        following = self._text[self.at : self.at + 1]
        if following and following in "*+?{":
            raise UnfoldableError(f'"{self._text[begin : self.at + 1]}" has no end to what it matches')
        return choices

    def _one(self) -> Iterator[str]:
        character = self._text[self.at]
        self.at += 1
        if character == "(":
            self._accept("?:")
            if self._text[self.at : self.at + 1] == "?":
                raise UnfoldableError(f'"({self._text[self.at : self.at + 3]}" is more than a group')
            yield from self.alternatives()
            if not self._accept(")"):
                raise UnfoldableError("a parenthesis is not closed")
        elif character == "\\":
            yield self._escaped()
        elif character in _SPECIAL:
            meaning = "any character" if character == "." else "more than text"
            raise UnfoldableError(f'"{character}" stands for {meaning}')
        else:
            yield character

    def _escaped(self) -> str:
        """Read what follows a backslash: a sign that is meant as such, a space, or a character's number."""
        code = re.compile(r"u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})").match(self._text, self.at)
        if code:
            self.at = code.end()
            return chr(int(code[1] or code[2], 16))
        character = self._text[self.at : self.at + 1]
        self.at += 1
        if character == "s":
            return " "
        if character == "b":
            return ""
        if not character or character.isalnum():
            raise UnfoldableError(f'"\\{character}" stands for more than one text')
        return character

    def _accept(self, text: str) -> bool:
        found = self._text.startswith(text, self.at)
        if found:
            self.at += len(text)
        return found


def _bounded(texts: list[str]) -> list[str]:
    if len(texts) > MOST:
        raise UnfoldableError(f"it stands for more than {MOST} answers")
    return texts
