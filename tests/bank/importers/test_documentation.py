"""The examples of docs/moving-banks.md are what really becomes of each file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gate.bank.importers import KINDS
from gate.bank.importers.writing import bank_text
from tests.bank.importers.reading import imported

PAGE = Path(__file__).parents[3] / "docs" / "moving-banks.md"
SECTIONS = {
    match[1]: section
    for section in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    if (match := re.search(r"gate bank import (\w+) ", section)) and match[1] in KINDS
}


def test_each_kind_has_a_section() -> None:
    assert list(SECTIONS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_becomes_what_the_page_says(kind: str) -> None:
    before, after = re.findall(r"^```\w+\n(.*?)^```$", SECTIONS[kind], flags=re.MULTILINE | re.DOTALL)
    written = bank_text(imported(kind, before).questions, "en")
    assert written == f'lang = "en"\n\n{after}'
