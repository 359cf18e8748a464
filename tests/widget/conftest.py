"""A browser, a gate and a forum; a fault that the browser's console tells is a fault of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import PATIENCE, chromium_running
from tests.widget.page import Visit
from tests.widget.servers import Forum, Gate

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_running("--enable-features=BackForwardCache") as browser:
        yield browser


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    gate = Gate(tmp_path_factory.mktemp("gate") / "plain")
    yield gate
    gate.close()


@pytest.fixture
def start_gate(tmp_path: Path) -> Iterator[Callable[..., Gate]]:
    """Start gates with settings of one's own."""
    started: list[Gate] = []

    def start(**settings: Any) -> Gate:
        started.append(Gate(tmp_path / f"gate{len(started)}", **settings))
        return started[-1]

    yield start
    for gate in started:
        gate.close()


@pytest.fixture(scope="session")
def forums() -> Iterator[Forum]:
    forum = Forum()
    yield forum
    forum.close()


@pytest.fixture
def forum(forums: Forum, gate: Gate) -> Forum:
    """The forum, empty, with a policy that allows ``gate``."""
    forums.pages.clear()
    forums.scripts.clear()
    forums.posts.clear()
    forums.allow(gate.url)
    return forums


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in a browser of their own: ``new_page(locale="ar")``; options as Playwright's contexts have."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(PATIENCE * 1000)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def visit(gate: Gate, forum: Forum, new_page: Callable[..., Page]) -> Iterator[Callable[..., Visit]]:
    """Put a page into the forum and open it: ``visit(body, scripts=…)``; faults that nobody expected fail the test."""
    visits: list[Visit] = []

    def go(body: str, *, to: Gate | None = None, options: dict[str, Any] | None = None, **more: Any) -> Visit:
        if to is not None:
            forum.allow(to.url)
        visits.append(Visit(new_page(**(options or {})), to or gate, forum, body, **more))
        return visits[-1]

    yield go
    for one in visits:
        assert one.faults == []
