"""Typed reading of parsed TOML and JSON: every fault is collected, each names its place and a remedy."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gate.errors import Fault, FaultsError


@dataclass(slots=True)
class Faults:
    """Collects the mistakes of one load, so that all are reported at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, place: str, problem: str, remedy: str) -> None:
        """Note one mistake and go on."""
        self.found.append(Fault(place, problem, remedy))

    def raise_as(self, error: type[FaultsError]) -> None:
        """Raise ``error`` with every mistake found so far, if there is one."""
        if self.found:
            raise error(self.found)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Take in the faults of a nested load and go on."""
        try:
            yield
        except FaultsError as error:
            self.found.extend(error.faults)


def kind_of(value: object) -> str:
    """Name a TOML value's type as its writer would: ``kind_of(True)`` is "a boolean (true)"."""
    match value:
        case bool():
            return f"a boolean ({str(value).lower()})"
        case str():
            return f'text ("{value[:40]}")'
        case int() if value.bit_length() > 64:
            return "a whole number (a very large one)"
        case int():
            return f"a whole number ({value})"
        case float():
            return f"a float ({value})"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__} ({value})"


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list what is known."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known here: {', '.join(names)}"


def unknown_keys(table: Mapping[str, Any], known: Iterable[str], place: str, faults: Faults) -> None:
    """Note each key of ``table`` that nobody reads, with the nearest known one."""
    names = set(known)
    for key in table:
        if key not in names:
            faults.add(f"{place}: {key}", "unknown key", nearest(key, names))


_LANGUAGE_TAG = re.compile(
    r"""
    (?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4,8} )   # language, with extended language subtags
    (?:-[a-z]{4})?                                     # script
    (?:-(?:[a-z]{2}|[0-9]{3}))?                        # region
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*           # variants
    (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*               # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?                         # private use
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def language_tag(text: str) -> str | None:
    """Return a well-formed BCP 47 tag in its usual spelling ("PT-br" is "pt-BR"), None if it is not one."""
    if len(text) > 64 or not _LANGUAGE_TAG.fullmatch(text):
        return None
    first, *rest = text.split("-")
    spelled = [first.lower()]
    in_extension = False
    for part in rest:
        in_extension = in_extension or len(part) == 1
        if in_extension or len(part) not in (2, 4) or part[0].isdigit():
            spelled.append(part.lower())
        else:
            spelled.append(part.upper() if len(part) == 2 else part.title())
    return "-".join(spelled)


def read_toml(
    path: Path, place: str, faults: Faults, *, missing: str = "correct the path or create the file"
) -> dict[str, Any] | None:
    """Read a TOML file (UTF-8, a BOM is fine); where that fails, note the fault and return None.

    ``missing`` is the remedy for a file that is not there.
    """
    try:
        return parse_toml(path.read_bytes(), place, faults)
    except FileNotFoundError:
        faults.add(place, f'there is no file "{path}"', missing)
    except (OSError, ValueError) as error:
        faults.add(
            place, f'"{path}" cannot be read: {reason_of(error)}', "make it a file that this user may read"
        )
    return None


def parse_toml(source: bytes, place: str, faults: Faults) -> dict[str, Any] | None:
    """Parse the bytes of a TOML file; where that fails, note the fault with its line and return None."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        faults.add(f"{place}: line {line}", "not UTF-8", "save the file in the encoding UTF-8")
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where, problem = _syntax_error(str(error), text)
        faults.add(f"{place}: {where}", problem, _syntax_remedy(where, problem, text))
    except (ValueError, RecursionError):
        # tomllib lets through what int() and the stack refuse.
        faults.add(place, "a number too long or lists too deep to read", "make it shorter")
    return None


def _syntax_error(message: str, text: str) -> tuple[str, str]:
    problem, _, where = message.rpartition(" (at ")
    problem = problem[:1].lower() + problem[1:]
    found = re.fullmatch(r"(line \d+, column \d+)\)", where)
    if found:
        return found[1], f"not TOML: {problem}"
    lines = text.splitlines() or [""]
    return f"line {len(lines)}, column {len(lines[-1]) + 1}", f"not TOML: the file ends here, but {problem}"


def _syntax_remedy(where: str, problem: str, text: str) -> str:
    """Guess what was meant at the place where TOML stumbled: most often a word without quotes."""
    number, column = map(int, re.findall(r"\d+", where))
    # tomllib counts the lines that end in "\n" alone, so no splitlines().
    line = "".join(text.split("\n")[number - 1 : number])
    if "\\" in problem:
        return "write \\\\ for a backslash, or put the text in 'single quotes'"
    if "overwrite" in problem or "twice" in problem:
        return "write each name once"
    if line[column - 1 : column] in tuple("“”„«»‘’"):
        return 'use straight quotes: "…"'
    if line[column - 2 : column - 1] == "'":
        return 'put a text with an apostrophe in "double quotes"'
    word = re.match(r"[^\W\d_][\w-]*", line[column - 1 :]) if "invalid value" in problem else None
    # Of 007, tomllib takes the first zero for a number and stops behind it.
    word = word or re.match(r"0\d+", line[max(column - 2, 0) :])
    if word is None:
        return 'see that texts stand in "quotes" and lists in [brackets]'
    if len(word[0]) > 20:
        # It may be a secret, and messages end up in logs.
        return "put it in quotes"
    return f"write {word[0].lower()}" if word[0] in ("True", "False") else f'put it in quotes: "{word[0]}"'


def reason_of(error: OSError | ValueError) -> str:
    """Return what went wrong with a file as the system says it, without the file's name."""
    return getattr(error, "strerror", None) or str(error)


def counted(number: int, noun: str) -> str:
    """Put a number before a noun: ``counted(2, "file")`` is "2 files"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quoted(text: str) -> str:
    """Put text into a message: in quotes, on one line, not longer than 60 characters."""
    return json.dumps(text if len(text) <= 60 else f"{text[:57]}...", ensure_ascii=False)


def in_quotes(value: object) -> str:
    """Return the remedy for a value that was meant as text, but that TOML takes for something else."""
    if isinstance(value, (dict, list)) or type(value) is int:
        return "write text in quotes, or a whole number"
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f'put it in quotes: "{shown}"'


@dataclass(frozen=True, slots=True)
class Fields:
    """One table being read: a getter returns None for an absent key, and notes a fault for a wrong value."""

    table: Mapping[str, Any]
    place: str
    faults: Faults

    def text(self, key: str, *, longest: int = 1_000) -> str | None:
        """Read text that says something, of at most ``longest`` characters."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._refuse(key, f"{kind_of(value)} is no text", "put it in quotes")
            return None
        if not value.strip():
            self._refuse(key, "empty", "write something, or remove the key")
            return None
        if len(value) > longest:
            self._refuse(key, f"{len(value):,} characters", f"write at most {longest:,}")
            return None
        return value.strip()

    def texts(self, key: str) -> list[str] | None:
        """Read a list of texts."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self._refuse(key, "not a list of texts", f'write {key} = ["one", "another"]')
            return None
        return [item.strip() for item in value]

    def boolean(self, key: str) -> bool | None:
        """Read ``true`` or ``false``."""
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._refuse(key, f"{kind_of(value)} is neither true nor false", "write true or false")
        return None

    def number(self, key: str, *, least: float) -> float | None:
        """Read a number, whole or not, of at least ``least``."""
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._refuse(key, f"{kind_of(value)} is no number", "write a number without quotes")
            return None
        if not least <= value <= 1_000_000_000:
            self._refuse(
                key, f"{kind_of(value)} is out of range", f"write a number from {least:g} to 1,000,000,000"
            )
            return None
        return float(value)

    def choice(self, key: str, choices: Sequence[str | int]) -> Any:
        """Read one of ``choices``."""
        value = self.table.get(key)
        if value is None or (type(value) in map(type, choices) and value in choices):
            return value
        known = " or ".join(f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in choices)
        self._refuse(key, f"{kind_of(value)} is not known here", f"write {known}")
        return None

    def language(self, key: str) -> str | None:
        """Read a well-formed BCP 47 tag, in its usual spelling."""
        value = self.text(key)
        tag = None if value is None else language_tag(value)
        if value is not None and tag is None:
            self._refuse(
                key, f"{quoted(value)} is no language tag", 'write one such as "en" or "pt-BR" (BCP 47)'
            )
        return tag

    def _refuse(self, key: str, problem: str, remedy: str) -> None:
        self.faults.add(f"{self.place}: {key}", problem, remedy)
