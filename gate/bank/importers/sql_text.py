"""The lexical side of SQL dumps: names, literals and comments over a stream that is read in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TextIO

_PIECE = 1 << 16
_AHEAD = 512

_BLANK = re.compile(r"\s+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_BARE_NAME = re.compile(r"[^\s(),;.`\"'\[\]]+")
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
_HEX = re.compile(r"[0-9a-fA-F]+")
_LINE = re.compile(r"[^\n]+")
_DULL = re.compile(r"[^'\"`;/#$-]+")
_DULL_VALUE = re.compile(r"[^'\"`;,()/#$-]+")
_NO_STAR = re.compile(r"[^*]+")
_DOLLAR = re.compile(r"\$\w*\$")
_UP_TO = {quote: re.compile(rf"[^{quote}\\]+") for quote in "'\"`"}
_UP_TO_PLAIN = {quote: re.compile(rf"[^{quote}]+") for quote in "'\"`"}
_PAST = {quote: re.compile(rf"(?:[^{quote}\\]++|\\.)++", re.DOTALL) for quote in "'\"`"}
_INTRODUCER = re.compile(r"(?:[eEnN]|_\w+\s?)(?=')")

_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_COPY_ESCAPE = re.compile(r"\\(.)")
_COPY_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Unreadable:
    """A value that is no literal, such as a call."""


UNREADABLE: Final = Unreadable()
Value = str | Unreadable | None


class Scanner:
    """Reads an SQL text from left to right; ``plain_backslash`` says that a backslash escapes nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self.plain_backslash = False

    @property
    def line(self) -> int:
        """The line that is being read."""
        return self._line + self._buffer.count("\n", 0, self._at)

    def peek(self, ahead: int = 0) -> str:
        """Return the character ``ahead`` of the next one, "" at the end."""
        self._fill()
        return self._buffer[self._at + ahead : self._at + ahead + 1]

    def accept(self, text: str) -> bool:
        """Read ``text`` if it comes next."""
        self._fill()
        found = self._buffer.startswith(text, self._at)
        if found:
            self._at += len(text)
        return found

    def skip_blank(self) -> bool:
        """Skip white space and comments; tell whether anything follows."""
        while True:
            self._run(_BLANK, keep=False)
            if not self._skip_comment():
                return self.peek() != ""

    def word(self) -> str:
        """Read a word, in capitals; "" where none comes."""
        return self._one(_WORD).upper()

    def name(self) -> str:
        """Read a name, quoted or not; of ``database.table`` the last part."""
        while True:
            quote = self.peek()
            if quote in ('"', "`"):
                name = self._quoted(quote) or ""
            elif self.accept("["):
                name = self._one(re.compile(r"[^\]]*"))
                self.accept("]")
            else:
                name = self._one(_BARE_NAME)
            if not self.accept("."):
                return name

    def names(self) -> list[str]:
        """Read a list of names in parentheses, if one comes next."""
        self.skip_blank()
        if self.peek() != "(":
            return []
        return list(self.definitions())

    def definitions(self) -> Iterator[str]:
        """Yield the first name of each part of a list in parentheses."""
        self.skip_blank()
        if not self.accept("("):
            return
        while self.peek():
            self.skip_blank()
            yield self.name()
            self._skip_value()
            if not self.accept(","):
                self.accept(")")
                return

    def row(self) -> list[Value] | None:
        """Read the values in parentheses; None where the text ends before they do."""
        self.accept("(")
        values: list[Value] = []
        while True:
            self.skip_blank()
            values.append(self._value())
            if self.accept(","):
                continue
            return values if self.accept(")") else None

    def skip_statement(self) -> None:
        """Skip what is left of a statement, to behind its semicolon."""
        while True:
            self._run(_DULL, keep=False)
            if self.peek() in ("", ";"):
                self.accept(";")
                return
            self._skip_odd()

    def rest_of_line(self) -> str:
        """Read to the end of the line."""
        line = self._run(_LINE)
        self.accept("\n")
        return line.removesuffix("\r")

    def copied_rows(self, *, keep: bool) -> Iterator[tuple[int, list[Value]]]:
        r"""Yield line and values of each row of a COPY block, up to its ``\.``."""
        while self.peek():
            if self.accept("\\."):
                self.rest_of_line()
                return
            line = self.line if keep else 0
            if keep:
                yield line, [_copied(value) for value in self.rest_of_line().split("\t")]
            else:
                self._run(_LINE, keep=False)
                self.accept("\n")

    def _value(self) -> Value:
        introducer = self._one(_INTRODUCER)
        quote = self.peek()
        if quote in ("'", '"'):
            value: Value = self._texts(quote, escapes=introducer in ("e", "E") or None)
        elif self.accept("0x") or self.accept("0X"):
            value = _from_hex(self._run(_HEX))
        elif number := self._one(_NUMBER):
            value = number
        else:
            word = self.word()
            value = {"NULL": None, "TRUE": "1", "FALSE": "0"}.get(word, UNREADABLE)
        # 'x'::text is x; CONCAT('x', 'y') and 'x' || 'y' are not.
        self.skip_blank()
        if self.peek() not in ("", ",", ")", ";", ":") and self.word() != "COLLATE":
            value = UNREADABLE
        self._skip_value()
        return value

    def _texts(self, quote: str, *, escapes: bool | None) -> str | None:
        """Read a text, and those that stand right behind it: 'x' 'y' is xy."""
        text = self._quoted(quote, escapes=escapes)
        while text is not None and self.skip_blank() and self.peek() == quote:
            more = self._quoted(quote, escapes=escapes)
            text = None if more is None else text + more
        return text

    def _skip_value(self) -> None:
        """Skip to the comma or parenthesis that ends a value."""
        depth = 0
        while True:
            self._run(_DULL_VALUE, keep=False)
            match self.peek():
                case "" | ";":
                    return
                case "(":
                    depth += 1
                    self._at += 1
                case ")" | "," if not depth:
                    return
                case ")":
                    depth -= 1
                    self._at += 1
                case ",":
                    self._at += 1
                case _:
                    self._skip_odd()

    def _skip_odd(self) -> None:
        """Skip a quoted text, a comment, or the one character that only looked like the start of it."""
        quote = self.peek()
        if quote in ("'", '"', "`"):
            self._quoted(quote, keep=False)
        elif quote == "$" and (tag := self._one(_DOLLAR)):
            self._skip_past(tag)
        elif not self._skip_comment():
            self._at += 1

    def _skip_comment(self) -> bool:
        self._fill()
        if self.accept("--") or self.accept("#"):
            self._run(_LINE, keep=False)
            return True
        if not self.accept("/*"):
            return False
        while self.peek() and not self.accept("*/"):
            if self.peek() == "*":
                self._at += 1
            self._run(_NO_STAR, keep=False)
        return True

    def _skip_past(self, text: str) -> None:
        while self.peek():
            found = self._buffer.find(text, self._at)
            if found >= 0:
                self._at = found + len(text)
                return
            self._at = max(self._at, len(self._buffer) - len(text) + 1)
            if self._ended:
                self._at = len(self._buffer)
            self._fill()

    def _quoted(self, quote: str, *, escapes: bool | None = None, keep: bool = True) -> str | None:
        """Read a text in quotes; None where the end of the file comes before the closing one."""
        if escapes is None:
            escapes = not self.plain_backslash and quote != "`"
        up_to = (_UP_TO_PLAIN if not escapes else _UP_TO if keep else _PAST)[quote]
        self._at += 1
        parts: list[str] = []
        while True:
            piece = self._run(up_to, keep=keep)
            if self.accept(quote + quote):
                piece += quote
            elif self.accept(quote):
                return "".join([*parts, piece])
            elif self.accept("\\"):
                character = self.peek()
                self._at += len(character)
                piece += _ESCAPES.get(character, character)
            elif not self.peek():
                return None
            if keep:
                parts.append(piece)

    def _one(self, pattern: re.Pattern[str]) -> str:
        """Read what a short pattern matches here."""
        self._fill()
        match = pattern.match(self._buffer, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _run(self, pattern: re.Pattern[str], *, keep: bool = True) -> str:
        """Read a run of any length; without ``keep`` it is forgotten."""
        parts: list[str] = []
        while self._fill() and (match := pattern.match(self._buffer, self._at)):
            self._at = match.end()
            if keep:
                parts.append(match[0])
            if self._at < len(self._buffer):
                break
        return "".join(parts)

    def _fill(self) -> bool:
        """See that some characters are at hand; tell whether any are."""
        if len(self._buffer) - self._at < _AHEAD and not self._ended:
            self._line += self._buffer.count("\n", 0, self._at)
            piece = self._stream.read(_PIECE)
            self._ended = not piece
            self._buffer = self._buffer[self._at :] + piece
            self._at = 0
        return self._at < len(self._buffer)


def _from_hex(digits: str) -> str:
    """Return a text that was dumped in hexadecimal."""
    return bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace")


def _copied(value: str) -> str | None:
    if value == "\\N":
        return None
    return _COPY_ESCAPE.sub(lambda escape: _COPY_ESCAPES.get(escape[1], escape[1]), value)
