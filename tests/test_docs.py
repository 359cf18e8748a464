"""The pages hold together: every link leads somewhere, every test that a page names is there, and none that belongs
on a page is left out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAGES = {page.name: page.read_text("utf-8") for page in (ROOT / "docs").glob("*.md")}


def anchors(text: str) -> set[str]:
    """Return what the titles of a page are called in links."""
    titles = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in sorted(PAGES))])
def test_every_link_leads_to_a_file_and_a_title_that_are_there(page: str) -> None:
    file = ROOT / page
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text("utf-8")):
        if not link.startswith(("http:", "https:")):
            path, _, anchor = link.partition("#")
            target = file.parent / path if path else file
            assert target.is_file(), link
            assert not anchor or anchor in anchors(target.read_text("utf-8")), link


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of a file's test functions, those in classes too."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def files_in(folder: str) -> list[str]:
    return [file.relative_to(ROOT).as_posix() for file in (ROOT / "tests" / folder).glob("test_*.py")]


@pytest.mark.parametrize("page", sorted(name for name, text in PAGES.items() if NAMED.search(text)))
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    assert [(path, name) for path, name in NAMED.findall(PAGES[page]) if name not in names_in(path)] == []


def test_every_attack_is_on_the_page_of_threats() -> None:
    here = {(path, name) for path in files_in("attacks") for name in names_in(path)}
    assert len(here) > 40
    assert here - set(NAMED.findall(PAGES["threats.md"])) == set()


def test_every_threat_names_a_test_or_says_why_there_is_none() -> None:
    rows = [line for line in PAGES["threats.md"].splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith(("| attack |", "| what went wrong", "| --- "))]
    assert len(threats) > 80
    for row in threats:
        _, _, guard = row.strip("| ").split(" | ")
        assert NAMED.search(guard) or re.match("(Not tested|Not stopped|The operator's task)[:.]", guard), row


def test_every_fault_is_on_the_page_of_promises() -> None:
    """Redis has a page of its own; the rows of one fault may share a test."""
    files = [path for path in files_in("faults") if "redis" not in path]
    assert len(files) > 5
    named = {path for path, _ in NAMED.findall(PAGES["promises.md"])}
    assert set(files) - named == set()
