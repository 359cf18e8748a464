"""The system's Chromium, as the tests start it: without it they fail, for nothing else tells what a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

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
