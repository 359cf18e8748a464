"""What is spoken in each state: the tree that a screen reader is given, kept in files.

``GATE_WRITE_SPOKEN=1`` writes the files anew; look at the difference before keeping it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.browser.states import STATES, LookAt

FILES = Path(__file__).with_name("spoken")


@pytest.mark.parametrize("state", STATES)
def test_what_is_spoken(state: str, look: LookAt) -> None:
    shown = look(state)
    spoken = shown.page.locator("main").aria_snapshot()
    for number, question in enumerate(shown.look.asked, 1):
        spoken = spoken.replace(question, f"QUESTION {number}")
    spoken = re.sub(r"\d+ \w+ \d{4}, \d\d:\d\d UTC|\d+ (?:minute|second)s?", "TIME", spoken)
    spoken = spoken.replace(shown.look.name, "NAME")
    file = FILES / f"{state}.yml"
    if os.environ.get("GATE_WRITE_SPOKEN"):
        file.write_text(spoken + "\n", "utf-8")
    assert spoken + "\n" == file.read_text("utf-8")
