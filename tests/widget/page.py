"""A page of the forum in a browser, and what people do with the widget on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Route, expect

from tests.chromium import PATIENCE, until
from tests.widget.servers import ANSWERS, Forum, Gate

WIDGET = '<div class="gate-widget" data-sitekey="forum"></div>'
SCRIPT = '<script src="GATE/gate.js" async></script>'
FORM = """<form action="/post" method="post"><label>Body <textarea name="body">Long text</textarea></label>
{}<button name="post" value="1">Post</button> <button name="preview" value="1">Preview</button></form>"""


class Visit:
    """A visit to a page of the forum; GATE in markup and scripts stands for the gate's address."""

    def __init__(
        self,
        page: Page,
        gate: Gate,
        forum: Forum,
        body: str,
        *,
        head: str = SCRIPT,
        scripts: Mapping[str, str] | None = None,
        lang: str = "en",
        name: str = "topic",
        prepare: Callable[[Page], object] | None = None,
        faults: tuple[str, ...] = (),
        policy: Callable[[str], str] = str,
    ) -> None:
        self.page, self.gate, self.forum = page, gate, forum
        self.faults: list[str] = []
        self.expected = faults
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._fault(str(error)))
        for own, text in (scripts or {}).items():
            forum.scripts[own] = text.replace("GATE", gate.url)
        forum.policy = policy(forum.policy)
        forum.pages[name] = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Topic</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f"<body><main><h1>Topic</h1>{body}</main></body></html>"
        ).replace("GATE", gate.url)
        if prepare is not None:
            prepare(page)
        self.url = f"{forum.url}/{name}"
        page.goto(self.url)

    def expect_faults(self, *parts: str) -> None:
        """Forgive, from now on, console errors that hold one of ``parts``."""
        self.expected += parts

    def take_gate_down(self) -> None:
        self.expect_faults("ERR_FAILED")
        self.page.route(f"{self.gate.url}/v1/**", _abort)

    def bring_gate_back(self) -> None:
        self.page.unroute(f"{self.gate.url}/v1/**", _abort)

    def group(self, number: int = 0) -> Locator:
        return self.page.locator(".gate-box").nth(number)

    def box(self, number: int = 0) -> Locator:
        return self.group(number).get_by_role("textbox")

    def status(self, number: int = 0) -> Locator:
        return self.group(number).get_by_role("status")

    def button(self, name: str, number: int = 0) -> Locator:
        return self.group(number).get_by_role("button", name=name)

    def question(self, number: int = 0) -> str:
        """Wait for a question that can be answered, and return it."""
        expect(self.box(number)).to_be_visible()
        expect(self.box(number)).to_be_editable()
        return self.group(number).locator("label").inner_text()

    def field(self, name: str = "gate-response") -> str:
        return self.page.locator(f"[name={name}]").first.input_value()

    def right(self, number: int = 0) -> str:
        return ANSWERS[self.question(number)]

    def answer(self, number: int = 0, *, text: str | None = None) -> None:
        """Type an answer, the right one unless told otherwise, and press Enter."""
        self.box(number).fill(self.right(number) if text is None else text)
        self.box(number).press("Enter")

    def answered(self, number: int = 0) -> None:
        """Answer right and wait until that is said."""
        self.answer(number)
        expect(self.status(number)).to_contain_text("Right. You can post now.")

    def value(self, expression: str, argument: object = None) -> Any:
        return self.page.evaluate(expression, argument)

    def comes(self, expression: str, value: Any) -> None:
        """Wait until an expression has a value."""
        give_up = time.monotonic() + PATIENCE
        while (found := self.value(expression)) != value:
            assert time.monotonic() < give_up, f"{expression} is {found!r}, not {value!r}"
            self.page.wait_for_timeout(20)

    def hold(self, path: str) -> Callable[[], Route]:
        """Let requests to the gate's ``path`` wait; what is returned waits until one has come, and returns it."""
        held: list[Route] = []
        self.page.route(f"{self.gate.url}{path}", lambda route: held.append(route))
        return lambda: until(self.page, lambda: held, f"a request for {path}")[0]

    def hears(self, part: str) -> None:
        """Wait until a fault is told that holds ``part``, and forgive it."""
        until(self.page, lambda: any(part in fault for fault in self.faults), part)
        self.faults.clear()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._fault(message.text)

    def _fault(self, text: str) -> None:
        if not any(part in text for part in self.expected):
            self.faults.append(text)


def _abort(route: Route) -> None:
    route.abort()
