"""Finding and reading bank files: paths, globs and the word "starter" become bytes by name."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from gate.errors import BankError
from gate.parsing import Faults, reason_of

STARTER = "starter"
"""Stands for the shipped banks in a list of files."""

LARGEST_FILE = 5_000_000
"""Bytes; a larger file is refused."""

Sources = Mapping[str, bytes]
"""Bank files by the name that messages call them; what ``parse_bank`` takes."""

_SHIPPED = Path(__file__).parent / "starter"


def read_sources(files: Sequence[str], base: Path = Path(".")) -> dict[str, bytes]:
    """Read the files that ``files`` names, relative to ``base``; raise ``BankError`` if any fails.

    An entry is a path, a glob (``**`` goes down; one that matches nothing is fine) or "starter". Files come
    in the order of the entries, each once.
    """
    faults = Faults()
    sources = collect_sources(files, base, faults)
    faults.raise_as(BankError)
    return sources


def collect_sources(files: Sequence[str], base: Path, faults: Faults) -> dict[str, bytes]:
    """Read what ``read_sources`` reads, but note what fails and go on."""
    sources: dict[str, bytes] = {}
    for name, path in find_sources(files, base):
        if name not in sources:
            content = _read(name, path, faults)
            if content is not None:
                sources[name] = content
    for entry in files:
        _check_folder(entry, base, faults)
    return sources


def find_sources(files: Sequence[str], base: Path = Path(".")) -> Iterator[tuple[str, Path]]:
    """Name the files that would be read, each with its path: what a reload has to look at."""
    for entry in files:
        if entry == STARTER:
            names = sorted(_matches("*.toml", _SHIPPED))
            yield from ((f"{STARTER}:{name}", _SHIPPED / name) for name in names)
        elif glob.has_magic(entry) and not _is_file(base / entry):
            names = sorted(_matches(entry, base))
            yield from ((name, base / name) for name in names if _is_file(base / name))
        else:
            yield entry, base / entry


def _check_folder(entry: str, base: Path, faults: Faults) -> None:
    """Note a folder that cannot be listed now: a glob finds nothing there, and its questions would go in silence."""
    if entry == STARTER:
        folder = _SHIPPED
    elif glob.has_magic(entry):
        folder = base.joinpath(*takewhile(lambda part: not glob.has_magic(part), Path(entry).parts))
    else:
        return
    try:
        os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        pass
    except OSError as error:
        faults.add(entry, f"its folder cannot be listed: {error.strerror}", "check the folder's permissions")


def _matches(pattern: str, base: Path) -> list[str]:
    try:
        return glob.glob(pattern, root_dir=base, recursive=True)
    except (OSError, ValueError):
        return []


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read(name: str, path: Path, faults: Faults) -> bytes | None:
    try:
        if path.is_dir():
            faults.add(name, "is a folder", f'write "{name.rstrip("/")}/*.toml"')
            return None
        if path.exists() and not path.is_file():
            faults.add(name, "is no ordinary file", "name a TOML file")
            return None
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        faults.add(name, "no such file", "check the path; one in a config begins in that config's folder")
    except (OSError, ValueError) as error:
        faults.add(name, f"cannot be read ({reason_of(error)})", "check the path and its permissions")
    else:
        if len(content) <= LARGEST_FILE:
            return content
        faults.add(name, f"larger than {LARGEST_FILE:,} bytes", "split it into several files")
    return None
