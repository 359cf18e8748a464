"""docs/accessibility.md names a test for each of the 25 statements, and every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| .* \| (.*) \|$", re.MULTILINE)


def test_each_statement_has_its_tests_and_they_are_there() -> None:
    rows = ROW.findall((ROOT / "docs" / "accessibility.md").read_text("utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, 26))
    files = [*(ROOT / "tests" / "browser").glob("test_*.py"), *(ROOT / "tests" / "widget").glob("test_*.py")]
    there = {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    named = {name for _, tests in rows for name in re.findall(r"`(test_\w+)`", tests)}
    assert all("`test_" in tests for _, tests in rows)
    assert named - there == set()
    assert {name for name in there if re.match(r"test_\d\d_", name)} - named == set(), (
        "the page forgets a test"
    )
