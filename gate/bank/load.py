"""Loading a bank: every mistake in every file is found and named at once, or a whole bank comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gate.bank.entry import BankFile, Entry, read_entry
from gate.bank.question import Bank
from gate.bank.sources import Sources, collect_sources
from gate.bank.varied import check_list
from gate.errors import BankError
from gate.parsing import Faults, Fields, kind_of, parse_toml, unknown_keys

_FILE_KEYS = ("lang", "lists", "question")


def load_bank(files: Sequence[str], *, base: Path = Path("."), lang: str = "en") -> Bank:
    """Read and parse bank files; raise ``BankError`` with every fault of all of them.

    Args:
        files: paths and globs relative to ``base``, and the word "starter" for the shipped banks.
        base: the folder of the config file.
        lang: the language of files that name none (BCP 47).
    """
    faults = Faults()
    sources = collect_sources(files, base, faults)
    return _parse(sources, lang, faults)


def parse_bank(sources: Sources, lang: str = "en") -> Bank:
    """Parse files that were already read (see ``read_sources``); raise ``BankError`` with every fault."""
    return _parse(sources, lang, Faults())


def _parse(sources: Sources, lang: str, faults: Faults) -> Bank:
    entries = [entry for name, content in sources.items() for entry in _entries(name, content, lang, faults)]
    _refuse_twins(entries, faults)
    questions = [entry.question for entry in entries if entry.question is not None]
    bank = Bank(questions)
    if not bank.enabled and not faults.found:
        if sources:
            faults.add(
                ", ".join(sources), "no enabled question", 'write one, or put "starter" among the files'
            )
        else:
            remedy = 'check the paths, or put "starter" among the files'
            faults.add("bank", "no file was found, and so no enabled question", remedy)
    faults.raise_as(BankError)
    return bank


def _entries(name: str, content: bytes, lang: str, faults: Faults) -> Iterator[Entry]:
    document = parse_toml(content, name, faults)
    if document is None:
        return
    unknown_keys(document, _FILE_KEYS, name, faults)
    file = BankFile(name=name, lang=Fields(document, name, faults).language("lang") or lang)
    _read_lists(document.get("lists", {}), file, faults)
    tables = document.get("question", [])
    if not isinstance(tables, list):
        faults.add(f"{name}: question", f"{kind_of(tables)} is no list of questions", "write [[question]]")
        return
    for number, table in enumerate(tables, 1):
        yield read_entry(table, number, file, faults)


def _read_lists(lists: object, file: BankFile, faults: Faults) -> None:
    place = f"{file.name}: lists"
    if not isinstance(lists, dict):
        faults.add(
            place, f"{kind_of(lists)} is no table", 'write [lists], then lines such as colour = ["red"]'
        )
        return
    for name, values in lists.items():
        file.lists[name] = values if check_list(values, f"{place}.{name}", faults) else None


def _refuse_twins(entries: Sequence[Entry], faults: Faults) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.id in seen:
            faults.add(
                f"{entry.place}: id",
                f'"{entry.id}" is also the id of {seen[entry.id]}',
                "remove one of the two, or give it an id of its own",
            )
        elif entry.id is not None:
            seen[entry.id] = entry.place
