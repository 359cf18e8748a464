"""The system's Chromium, as the tests start it: without it they fail, for nothing else tells what a person sees."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 60.0
"""Seconds after which what a page was to do is not waited for any more: only a page that hangs takes so long."""

_PROGRAM = "/usr/bin/chromium"
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium_running(*more: str) -> Iterator[Browser]:
    """Start Chromium with ``more`` arguments, and end it; for a module's tests at the most.

    While Playwright runs, its event loop stands in the way of others in the same process.
    """
    assert Path(_PROGRAM).exists(), f"these tests need {_PROGRAM}: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_PROGRAM,
            args=[*_ARGUMENTS, *more],
            # Playwright turns off what brings a page back as it was left; people's browsers have it.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


def until(page: Page, condition: Callable[[], Any], what: str) -> Any:
    """Wait, while the page and who listens to it go on, until ``condition`` returns something true; return that."""
    give_up = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < give_up, f"waited {PATIENCE:g} s in vain: {what}"
        page.wait_for_timeout(20)
    return found


def resize(page: Page, width: int, height: int) -> None:
    """Give a page another size and wait until it has it."""
    page.set_viewport_size({"width": width, "height": height})
    until(page, lambda: page.evaluate("innerWidth") == width, f"a page {width} pixels wide")


def dressed(page: Page) -> None:
    """Wait until the style sheets that a page links have come, those that a script linked as well."""
    loaded = "[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)"
    until(page, lambda: page.evaluate(loaded), "the style sheets")
