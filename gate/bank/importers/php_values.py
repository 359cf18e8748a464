"""Literal values of a PHP file: texts, numbers and arrays of them; of everything else only the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from gate.bank.importers.php import Token

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ENDS = frozenset({",", ";", "=>", *_CLOSING.values()})
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Text:
    """A text or a number, as text."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What only PHP itself could work out."""

    reason: str
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an array; ``key`` is None where the array is a plain list."""

    key: Text | Dynamic | Array | None
    value: Text | Dynamic | Array
    line: int


@dataclass(frozen=True, slots=True)
class Array:
    """An array's entries, in order."""

    entries: tuple[Entry, ...]
    line: int

    @property
    def value(self) -> str:
        """Nothing: an array is no text."""
        return ""


Value = Text | Dynamic | Array


class Values:
    """Reads values from tokens; ``at`` is the number of the next token."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def sign(self, *signs: str) -> bool:
        """Read these signs or names if they come next, one after the other."""
        following = self.tokens[self.at : self.at + len(signs)]
        if len(following) < len(signs) or any(
            token.kind not in ("sign", "name") or token.value.lower() != sign
            for token, sign in zip(following, signs, strict=True)
        ):
            return False
        self.at += len(signs)
        return True

    def value(self, depth: int = 0) -> Value:
        """Read one value, up to the comma, arrow or bracket behind it."""
        start = self.at
        found = (self._array(depth) if depth < _DEEPEST else None) or self._text()
        if found is not None and self._ended():
            return found
        return self._dynamic(start)

    def _array(self, depth: int) -> Array | None:
        start = self.at
        line = self.tokens[start].line if start < len(self.tokens) else 0
        if self.sign("array", "("):
            closing = ")"
        elif self.sign("["):
            closing = "]"
        else:
            return None
        entries: list[Entry] = []
        while not self.sign(closing):
            if self.at >= len(self.tokens):
                self.at = start
                return None
            if self.sign(","):
                continue
            before = self.at
            entries.append(self._entry(depth))
            if self.at == before:
                self.at += 1
        return Array(tuple(entries), line)

    def _entry(self, depth: int) -> Entry:
        line = self.tokens[self.at].line
        value = self.value(depth + 1)
        if self.sign("=>"):
            return Entry(value, self.value(depth + 1), line)
        return Entry(None, value, line)

    def _text(self) -> Text | None:
        """Read texts and numbers joined by points."""
        parts: list[str] = []
        line = 0
        while self.at < len(self.tokens):
            minus = self.sign("-")
            token = self.tokens[self.at] if self.at < len(self.tokens) else None
            if token is None or token.kind not in ("number", *(() if minus else ("text",))):
                return None
            line = line or token.line
            parts.append(f"-{token.value}" if minus else token.value)
            self.at += 1
            if not self.sign("."):
                return Text("".join(parts), line)
        return None

    def _ended(self) -> bool:
        if self.at >= len(self.tokens):
            return True
        token = self.tokens[self.at]
        return token.kind == "sign" and token.value in _ENDS

    def _dynamic(self, start: int) -> Dynamic:
        """Skip to the end of the expression that begins at token ``start``."""
        self.at = start
        open_: list[str] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            sign = token.value if token.kind == "sign" else ""
            if not open_ and sign in _ENDS:
                break
            if sign in _CLOSING:
                open_.append(_CLOSING[sign])
            elif open_ and sign == open_[-1]:
                open_.pop()
            elif sign == ";":
                break
            self.at += 1
        passed = self.tokens[start : self.at]
        line = passed[0].line if passed else self._line()
        return Dynamic(_reason(passed), line, " ".join(token.source for token in passed))

    def _line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)].line if self.tokens else 1


def _reason(passed: Sequence[Token]) -> str:
    """Say what in an expression is no literal."""
    for token, following in zip_longest(passed, passed[1:]):
        if token.kind in ("dynamic", "broken"):
            return token.value
        if token.kind == "variable":
            return f"it uses the variable {token.value}"
        if token.kind == "name" and token.value.lower() != "array":
            called = following is not None and following.value == "("
            return (
                f"it calls {token.value}()"
                if called
                else f"it uses {token.value}, which is no text or number"
            )
    if [token.value for token in passed[:2]] == ["{", "{"]:
        return "it is a placeholder, to be filled in elsewhere"
    return "it is an expression, and gate runs no PHP" if passed else "nothing stands there"
