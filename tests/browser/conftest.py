"""A real browser, sites for it to visit, and ears for everything that a page must not do."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    ViewportSize,
    WebError,
    expect,
)

from tests.browser.people import Person
from tests.browser.sites import MakeSite, Site, answers, demo_site
from tests.browser.states import STATES, Look, LookAt, Shown, Stage
from tests.chromium import PATIENCE, chromium_running

SCREEN: ViewportSize = {"width": 1280, "height": 900}
expect.set_options(timeout=PATIENCE * 1000)
_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (404|422)")
_LISTEN = """document.addEventListener("securitypolicyviolation",
  event => console.error("policy: " + event.violatedDirective + " " + event.blockedURI));"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_running() as browser:
        yield browser


class Ears:
    """Hears what pages say behind a reader's back: script errors, refused loads, dialogs."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)

    def _error(self, error: WebError) -> None:
        self.heard.append(str(error.error))

    def _dialog(self, dialog: Dialog) -> None:
        self.heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        name = message.location["url"].rpartition("/")[2]
        # A form that is sent back is a 422, and a page that is missing a 404: those were meant. Nobody has an icon,
        # and whoever is quicker than the page keeps the focus.
        meant = _REFUSAL.match(message.text) and "." not in name
        if not (
            meant or name == "favicon.ico" or message.text.startswith("Autofocus processing was blocked")
        ):
            self.heard.append(f"{message.text} at {name}")


def _context(chromium: Browser, ears: Ears, *, javascript: bool = True, **settings: Any) -> BrowserContext:
    """Open a browser of its own (cookies, cache) that somebody listens to."""
    context = chromium.new_context(
        java_script_enabled=javascript,
        **{"locale": "en-GB", "viewport": SCREEN, **settings},
    )
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(_LISTEN)
    ears.listen(context)
    return context


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own; ``javascript=False`` turns scripts off."""
    ears = Ears()
    contexts: list[BrowserContext] = []

    def make(**settings: Any) -> Page:
        contexts.append(_context(chromium, ears, **settings))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()
    assert ears.heard == []


@pytest.fixture(scope="module")
def wall(chromium: Browser) -> Iterator[tuple[Page, Ears]]:
    """A page that shows one look after the other, and who listens to it."""
    ears = Ears()
    context = _context(chromium, ears)
    yield context.new_page(), ears
    context.close()


@pytest.fixture(params=[True, False], ids=["js", "nojs"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="session")
def known() -> Mapping[str, str]:
    """An accepted answer to every wording that the sites ask."""
    return answers()


@pytest.fixture(scope="module")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo forum, shared by a module's tests: each finds its posts by its own name."""
    site = demo_site(tmp_path_factory.mktemp("demo"))
    yield site
    site.close()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Start a site of a test's own: ``own_site(demo_site, limits=...)``."""
    started: list[Site] = []
    numbers = count()

    def make(start: Callable[..., Site], **settings: Any) -> Site:
        started.append(start(tmp_path / f"site-{next(numbers)}", **settings))
        return started[-1]

    yield make
    for site in started:
        site.close()


@pytest.fixture
def make_person(new_page: Callable[..., Page], known: Mapping[str, str]) -> Callable[..., Person]:
    """Make somebody with a browser: ``make_person(site, javascript=False)``."""

    def make(site: Site, *, page: Page | None = None, **settings: Any) -> Person:
        return Person(page or new_page(**settings), site, known, f"Ana {secrets.token_hex(4)}")

    return make


@pytest.fixture
def person(forum: Site, make_person: Callable[..., Person], *, javascript: bool) -> Person:
    """Somebody at the reply form, with JavaScript and without."""
    return make_person(forum, javascript=javascript).open()


@pytest.fixture(scope="session")
def remembered() -> dict[tuple[str, bool], Look]:
    return {}


@pytest.fixture
def look(
    remembered: dict[tuple[str, bool], Look],
    stage: Stage,
    wall: tuple[Page, Ears],
    new_page: Callable[..., Page],
) -> Iterator[LookAt]:
    """Show what the form looks like in a state: brought about once, looked at from many sides.

    The page is shown again by a browser with scripts, from the very HTML: what looks at it needs them.
    """
    page, ears = wall

    def at(state: str, **settings: Any) -> Shown:
        key = (state, stage.javascript)
        if key not in remembered:
            person = STATES[state](stage)
            person.note_question()
            remembered[key] = Look(person.page.content(), tuple(person.asked), person.name)
        if settings:
            return remembered[key].shown(new_page(**settings))
        page.emulate_media(media="null", color_scheme="null", forced_colors="null")
        page.set_viewport_size(SCREEN)
        return remembered[key].shown(page)

    yield at
    heard, ears.heard = ears.heard, []
    assert heard == []


@pytest.fixture
def stage(own_site: MakeSite, make_person: Callable[..., Person], *, javascript: bool) -> Stage:
    return Stage(own_site, make_person, javascript)
