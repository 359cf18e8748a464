from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAGES = {page.name: set(NAMED.findall(page.read_text("utf-8"))) for page in (ROOT / "docs").glob("*.md")}


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", sorted(name for name, named in PAGES.items() if named))
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    assert [(path, name) for path, name in PAGES[page] if name not in names_in(path)] == []


def test_every_fault_is_on_the_page_of_promises() -> None:
    """Redis has a page of its own; the rows of one fault may share a test."""
    files = [path for path in (ROOT / "tests" / "faults").glob("test_*.py") if "redis" not in path.name]
    assert len(files) > 5
    named = {path for path, _ in PAGES["promises.md"]}
    assert [path for path in files if path.relative_to(ROOT).as_posix() not in named] == []
