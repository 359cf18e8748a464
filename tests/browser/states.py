"""The states that the reply form can be in, each brought about as a person would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Route

from gate.places import STATIC
from tests.browser.people import TEXT, Person
from tests.browser.sites import TWO, MakeSite, demo_site, plain_site

ALIKE = {"files": [TWO]}
HELPED = str(Path(__file__).with_name("helped.toml"))
SECRET = "mJ4cT9wXr2LbN7qVz5KfHs8dPg1yAeUo"
NOBODY = "http://127.0.0.1:1"
"""Where nothing listens."""


@dataclass(frozen=True)
class Stage:
    """What a state is made from: sites, people, and whether their browsers run scripts."""

    make_site: MakeSite
    make_person: Callable[..., Person]
    javascript: bool

    def person(self, **settings: object) -> Person:
        site = self.make_site(demo_site, bank=ALIKE, **settings)
        return self.make_person(site, javascript=self.javascript).open()


def fresh(stage: Stage) -> Person:
    """The form as it is found."""
    person = stage.person()
    person.note_question()
    return person


def wrong(stage: Stage) -> Person:
    """The answer was wrong: another question is there."""
    return fresh(stage).write().answer("certainly wrong").post()


def another(stage: Stage) -> Person:
    """Another question was asked for."""
    return fresh(stage).write(body="").press("Another question")


def empty(stage: Stage) -> Person:
    """Nothing at all was filled in."""
    return fresh(stage).write(name="", email="", topic="", body="").answer("").post()


def other_wrong(stage: Stage) -> Person:
    """The answer was right and is held; another field is wrong."""
    return fresh(stage).write(email="ana").answer().post()


def held(stage: Stage) -> Person:
    """The reply is shown, not posted, and its answer held."""
    return fresh(stage).write().answer().press("Preview")


def limited(stage: Stage) -> Person:
    """There were too many tries from this network."""
    person = stage.person(limits={"answers": "1/year", "challenges": ""})
    person.write().answer("certainly wrong").post()
    person.answer().post()
    return person


def down(stage: Stage) -> Person:
    """The store of the gate does not answer."""
    person = fresh(stage).write().answer()
    with person.site.store_down(wait=False):
        person.post()
    return person


def unreachable(stage: Stage) -> Person:
    """A gate elsewhere did not answer when the form was opened: there is no question to show."""
    site = stage.make_site(plain_site, GATE_URL=NOBODY, GATE_SITEKEY="forum", GATE_SECRET=SECRET)
    person = stage.make_person(site, javascript=stage.javascript)
    person.page.goto(site.url)
    return person


def helped(stage: Stage) -> Person:
    """The question has a hint and a page that helps, the site a contact; the answer was forgotten."""
    site = {"sitekey": "forum", "secret": SECRET, "contact": "mailto:help@forum.example.org"}
    person = stage.make_person(
        stage.make_site(demo_site, bank={"files": [HELPED]}, site=[site]), javascript=stage.javascript
    ).open()
    person.note_question()
    return person.write().answer("").post()


def repeated(stage: Stage) -> Person:
    """A host shows its form again where the same reply came twice; the demo would lead to the post."""
    site = stage.make_site(plain_site, bank=ALIKE)
    person = stage.make_person(site, javascript=stage.javascript)
    person.page.goto(site.url)
    person.page.locator("#email").fill("ana@example.org")
    person.page.locator("#body").fill(TEXT)
    person.answer()
    return person.post().back().post()


@dataclass(frozen=True)
class Look:
    """The page of a state: its HTML, the questions asked on the way to it, and the poster's name."""

    html: str
    asked: tuple[str, ...]
    name: str

    def shown(self, page: Page) -> Shown:
        """Show it in ``page``, which loads nothing from anywhere."""

        def serve(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            if name.endswith(".css"):
                route.fulfill(path=STATIC / name)
            else:
                route.fulfill(body=self.html, content_type="text/html; charset=utf-8")

        page.unroute_all()
        page.route("**/*", serve)
        page.goto("http://forum.example.org/")
        return Shown(page, self)


@dataclass(frozen=True)
class Shown:
    """A page that shows a ``look``."""

    page: Page
    look: Look


LookAt = Callable[..., Shown]

STATES: dict[str, Callable[[Stage], Person]] = {
    state.__name__: state
    for state in (
        fresh,
        wrong,
        another,
        empty,
        other_wrong,
        held,
        limited,
        down,
        unreachable,
        helped,
        repeated,
    )
}

VIEWS = ("/", "/?page=2", "/topic/1", "/topic/77", "/moderate", "/ways")
"""The forum's pages apart from the form."""
