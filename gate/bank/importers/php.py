"""The tokens of a PHP file: enough to find literals, never to run anything.

Source: the PHP manual, "Strings", "Integers", "Comments" and "PHP tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "variable", "name", "sign", "dynamic", "broken"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token; of a "dynamic" or "broken" text, ``value`` is the reason and ``source`` how it is written."""

    kind: Kind
    value: str
    line: int
    source: str = ""


_TOKEN = re.compile(
    r"""
      (?P<close> \?> )
    | (?P<blank> \s+ | //[^\n]*?(?=\n|\?>|\Z) | \#(?!\[)[^\n]*?(?=\n|\?>|\Z) | /\*.*?(?:\*/|\Z) )
    | (?P<heredoc> <<<[ \t]*(?P<quote>["']?)(?P<label>[^\W\d]\w*)(?P=quote)[ \t]*\n )
    | (?P<single> '(?:[^'\\]|\\.)*+' )
    | (?P<double> "(?:[^"\\]|\\.)*+" )
    | (?P<shell> `[^`]*` )
    | (?P<unclosed> ['"`] )
    | (?P<variable> \$+[^\W\d]\w* )
    | (?P<number> 0[xX][0-9a-fA-F_]+ | 0[bB][01_]+ | (?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)? )
    | (?P<name> \\?[^\W\d]\w*(?:\\[^\W\d]\w*)* )
    | (?P<sign> => | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN = re.compile(r"<\?(?:php\b|=)?", re.IGNORECASE)
_ESCAPE = re.compile(
    r"\\(?:(?P<plain>[nrtvef\\$\"])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u\{(?P<code>[0-9A-Fa-f]+)\})"
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f"}
_VARIABLE_IN_TEXT = re.compile(r"(?<!\\)(?:\\\\)*(?:\{?(\$[^\W\d]\w*)|(\$\{))")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|<\?|@[A-Z_]{3,}@", re.DOTALL)


def tokens(text: str) -> Iterator[Token]:
    """Yield what stands between PHP's tags; all of the text where there is no such tag."""
    at, line = _begin(text, 0), 1
    counted = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return
        line += text.count("\n", counted, at)
        counted = at
        at = match.end()
        if match.lastgroup == "close":
            at = _begin(text, at, needed=True)
        elif match["heredoc"]:
            token, at = _heredoc(text, match, line)
            yield token
        elif match["unclosed"]:
            reason = "a text without its closing quote, so that nothing behind it can be read"
            yield Token("broken", reason, line, text[match.start() : match.start() + 80])
            return
        elif not match["blank"]:
            yield _token(match, line)


def _begin(text: str, at: int, *, needed: bool = False) -> int:
    opening = _OPEN.search(text, at)
    if opening is None:
        return len(text) if needed else at
    return opening.end()


def _token(match: re.Match[str], line: int) -> Token:
    source = match[0]
    if match["single"]:
        return _text(re.sub(r"\\([\\'])", r"\1", source[1:-1]), line, source)
    if match["double"]:
        return _interpolated(source[1:-1], line, source)
    if match["shell"]:
        return Token("dynamic", "the output of a shell command", line, source)
    if match["variable"]:
        return Token("variable", source, line, source)
    if match["number"]:
        return Token("number", _number(source), line, source)
    return Token("name" if match["name"] else "sign", source, line, source)


def _text(text: str, line: int, source: str) -> Token:
    placeholder = _PLACEHOLDER.search(text)
    if placeholder:
        return Token(
            "dynamic", f"it has the placeholder {placeholder[0]}, to be filled in elsewhere", line, text
        )
    return Token("text", text, line, source)


def _interpolated(raw: str, line: int, source: str) -> Token:
    """Read what stands between double quotes, or in a heredoc."""
    variable = _VARIABLE_IN_TEXT.search(raw)
    if variable:
        reason = f"it uses the variable {variable[1]}" if variable[1] else "it has the placeholder ${…}"
        return Token("dynamic", reason, line, raw)
    return _text(_ESCAPE.sub(_unescaped, raw), line, source)


def _unescaped(escape: re.Match[str]) -> str:
    if escape["plain"]:
        return _PLAIN.get(escape["plain"], escape["plain"])
    if escape["octal"]:
        return chr(int(escape["octal"], 8) & 0xFF)
    code = int(escape["hex"] or escape["code"], 16)
    return chr(code) if code <= 0x10FFFF else escape[0]


def _heredoc(text: str, opening: re.Match[str], line: int) -> tuple[Token, int]:
    """Read a heredoc or nowdoc, its closing label perhaps indented and its lines with it."""
    closing = re.compile(rf"^([ \t]*){opening['label']}\b", re.MULTILINE).search(text, opening.end())
    if closing is None:
        reason = f"a text without its closing {opening['label']}, so that nothing behind it can be read"
        return Token("broken", reason, line, opening[0].strip()), len(text)
    indent = re.compile(rf"^{closing[1]}", re.MULTILINE)
    raw = indent.sub("", text[opening.end() : closing.start()]).removesuffix("\n")
    token = _text(raw, line, raw) if opening["quote"] == "'" else _interpolated(raw, line, raw)
    return token, closing.end()


def _number(source: str) -> str:
    """Return a whole number in decimal, as PHP would show it; a fraction as it is written."""
    digits = source.replace("_", "")
    if re.fullmatch(r"0[0-7]+", digits):
        return str(int(digits, 8))
    if digits[:2].lower() in ("0x", "0b"):
        return str(int(digits, 0))
    return digits
