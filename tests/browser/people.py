"""Somebody at a browser, who reads the page and knows the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.sites import Site

TEXT = "First line.\nSecond line.\n\nEnd."


@dataclass
class Person:
    """Fills in the demo forum's reply form as people do; ``name`` is what the posts are found by."""

    page: Page
    site: Site
    answers: Mapping[str, str]
    name: str
    asked: list[str] = field(default_factory=list)

    def open(self, topic: int = 1) -> Person:
        self.page.goto(f"{self.site.url}/topic/{topic}/reply")
        return self

    def write(self, **changed: str) -> Person:
        """Fill in the fields of a good reply, those in ``changed`` with something else."""
        written = {"name": self.name, "email": "ana@example.org", "body": TEXT, **changed}
        for name, text in written.items():
            self.page.locator(f"#{name}").fill(text)
        return self

    @property
    def box(self) -> Locator:
        return self.page.locator("#gate-answer")

    @property
    def question(self) -> str:
        """The question on the page; empty if none is asked."""
        label = self.page.locator(".gate-question")
        return (label.text_content() or "") if label.count() else ""

    def note_question(self) -> None:
        """Remember what is asked now."""
        if self.question and self.question not in self.asked:
            self.asked.append(self.question)

    def answer(self, text: str | None = None) -> Person:
        """Type an answer, the right one if none is given."""
        self.note_question()
        self.box.fill(self.answers[self.question] if text is None else text)
        return self

    def press(self, button: str) -> Person:
        """Press a button of the form and wait for the page that it brings."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()
        return self

    def post(self) -> Person:
        return self.press("Post")

    def back(self) -> Person:
        """Go back to the form: the browser brings it as it was left, without asking the server."""
        self.page.evaluate("history.back()")
        self.page.get_by_role("button", name="Post", exact=True).wait_for()
        return self

    def kept(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {
            name: self.page.locator(f"#{name}").input_value() for name in ("name", "email", "topic", "body")
        }

    def problems(self) -> list[str]:
        return self.page.locator(".problems li").all_text_contents()

    def posted(self) -> int:
        """Wait until the page says that the reply is there; return how many there are by this person."""
        expect(self.page.get_by_text("Your reply is here.")).to_be_visible()
        return len(self.site.by(self.name))
