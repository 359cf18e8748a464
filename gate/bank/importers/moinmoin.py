"""MoinMoin's TextCha: a Python dict of questions and regular expressions; Python code is never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from gate.bank.importers.languages import closest_tag
from gate.bank.importers.patterns import UnfoldableError, unfold
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source

_BEGIN = re.compile(r"^[ \t]*textchas\s*=\s*(?=\{)", re.MULTILINE)
_PIECE = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<prefix> \b[uUbBrR]{1,2}(?=["']) )
    | (?P<text> \"{3}(?:[^\\]|\\.)*?\"{3} | '{3}(?:[^\\]|\\.)*?'{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<bracket> [{}] )
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read wikiconfig.py, or a part of it: what is assigned to ``textchas``."""
    for source in sources:
        text = source.text()
        begins = [match.end() for match in _BEGIN.finditer(text)]
        if not begins and text.lstrip().startswith("{"):
            begins = [text.index("{")]
        for begin in begins:
            yield from _languages(_literal(text, begin), text.count("\n", 0, begin), source.name)


def _literal(text: str, begin: int) -> str:
    """Cut out the dict that begins there, in the Python of today: without ``ur`` before a text."""
    parts: list[str] = []
    depth = 0
    for match in _PIECE.finditer(text, begin):
        prefix = match["prefix"]
        parts.append(("r" if "r" in prefix.lower() else "") if prefix else match[0])
        depth += {"{": 1, "}": -1}.get(match["bracket"] or "", 0)
        if depth == 0 and match["bracket"]:
            break
    return "".join(parts)


def _languages(literal: str, lines_before: int, name: str) -> Iterator[Item]:
    try:
        with warnings.catch_warnings():
            # A pattern such as "\." in a text that is not raw.
            warnings.simplefilter("ignore")
            tree = ast.parse(literal, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = lines_before + (getattr(error, "lineno", None) or 1)
        yield NotImported(
            Place(name, line), "no Python dict that can be read; nothing of it is imported", literal
        )
        return
    noted = False
    for key, value in _entries(tree):
        at = Place(name, lines_before + value.lineno)
        lang = _text(key) if key is not None else None
        if lang is None or not isinstance(value, ast.Dict):
            yield NotImported(at, "no language with a dict of questions", ast.unparse(value))
            continue
        if closest_tag(lang) is None:
            yield Note(at, f'"{lang}" is no language that gate knows; it counts as the file\'s')
        for item in _questions(value, closest_tag(lang), lines_before, name):
            if isinstance(item, Found) and not noted:
                yield Note(
                    item.at, "MoinMoin took whatever begins with an answer; gate takes the answer alone"
                )
                noted = True
            yield item


def _questions(table: ast.Dict, lang: str | None, lines_before: int, name: str) -> Iterator[Item]:
    for key, value in _entries(table):
        at = Place(name, lines_before + (key or value).lineno)
        ask = _text(key) if key is not None else None
        pattern = _text(value)
        if ask is None or pattern is None:
            shown = ask or ast.unparse(key or value)
            yield NotImported(at, "its question or answer is no plain text, and gate runs no Python", shown)
            continue
        try:
            answers = unfold(pattern)
        except UnfoldableError as error:
            yield NotImported(at, f"{error}, in the pattern {pattern}", ask)
        else:
            yield Found(at=at, ask=" ".join(ask.split()), accept=answers, lang=lang)


def _entries(node: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    if isinstance(node, ast.Dict):
        yield from zip(node.keys, node.values, strict=True)


def _text(node: ast.expr) -> str | None:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    return str(value) if isinstance(value, (str, int)) else None
