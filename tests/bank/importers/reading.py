"""Reads a text with an importer, as ``gate bank import`` does."""

from __future__ import annotations

import io

from gate.bank.importers import Options, Result, Source, import_bank


def imported(kind: str, *texts: str | bytes, split: str = "\n", lang: str = "en") -> Result:
    """Import texts as files called ``file``, ``file2`` …"""
    sources = [
        Source(f"file{number if number > 1 else ''}", io.BytesIO(_bytes(text)))
        for number, text in enumerate(texts, 1)
    ]
    return import_bank(kind, sources, Options(split=split), lang)


def answers(result: Result) -> dict[str, list[str]]:
    """Return the accepted answers by question."""
    return {found.ask: list(found.accept) for found in result.questions}


def reasons(result: Result) -> list[str]:
    """Return what was not imported, as it is shown."""
    return list(map(str, result.not_imported))


def notes(result: Result) -> list[str]:
    """Return the notes, as they are shown."""
    return list(map(str, result.notes))


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
