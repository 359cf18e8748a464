"""The application of docs/flask.md, as files that a person would make of that page."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "flask.md"
_FILE = re.compile(r"`([\w/.]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def write_forum(folder: Path) -> Path:
    """Write every file that the page names and shows."""
    files = dict(_FILE.findall(PAGE.read_text("utf-8")))
    assert set(files) == {"forum.py", "templates/reply.html", "conftest.py", "test_forum.py"}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
