"""Statement 21: Back, reload, a second tab and a double click. One answer is one reply, and no text is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import TEXT, Person
from tests.browser.sites import MakeSite, Site, demo_site
from tests.chromium import until

MakePerson = Callable[..., Person]


def test_21_a_double_click_posts_once(person: Person) -> None:
    person.write().answer()
    with person.site.slow():  # else a slow second click meets the next page
        person.page.get_by_role("button", name="Post", exact=True).dblclick()
    assert person.posted() == 1


@pytest.mark.parametrize("held", [False, True], ids=["answer", "held"])
def test_21_a_slow_double_click_posts_once_and_shows_the_post(
    own_site: MakeSite, make_person: MakePerson, *, javascript: bool, held: bool
) -> None:
    site = own_site(demo_site)
    person = make_person(site, javascript=javascript).open().write().answer()
    if held:
        person.press("Preview")
    site.posts.clear()
    button = person.page.get_by_role("button", name="Post", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    with site.slow():
        person.page.mouse.click(box["x"] + 20, box["y"] + 20)
        until(person.page, lambda: len(site.posts) == 1, "the first click's post")
        person.page.mouse.click(box["x"] + 20, box["y"] + 20)
        until(person.page, lambda: len(site.posts) == 2, "the second click's, which is what this is about")
    assert person.posted() == 1
    assert len(site.posts) == 2


def post_and_come_back(person: Person, *, held: bool) -> None:
    """Post, and go back to the form.

    A preview is the answer to a post. Browsers do not keep such a page, they send the post again: here the reply
    is posted in another tab, and the page loaded anew.
    """
    person.write().answer()
    if not held:
        person.post().back()
        return
    page = person.press("Preview").page
    page.locator("form").evaluate("form => form.target = '_blank'")
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Post", exact=True).click()
    expect(popup.value.get_by_text("Your reply is here.")).to_be_visible()
    page.reload()


def test_21_back_and_post_again_leads_to_the_same_reply(person: Person, *, javascript: bool) -> None:
    """The page comes as it was left, out of the browser's memory: the box, the answer and the hidden parts."""
    if javascript:
        person.page.evaluate("window.left = 'as it was'")
    post_and_come_back(person, held=False)
    if javascript:
        assert person.page.evaluate("window.left") == "as it was", "the server was asked for the page again"
    assert person.kept()["body"] == TEXT, "Back brings the text"
    person.post()
    assert person.posted() == 1


@pytest.mark.parametrize("held", [False, True], ids=["answer", "held"])
def test_21_back_never_lets_a_spent_answer_through(person: Person, *, held: bool) -> None:
    """Another text costs one more question, and none of the text."""
    post_and_come_back(person, held=held)
    person.write(body="A second reply.").post()
    expect(person.page.locator(".problems")).to_contain_text("already used")
    assert person.kept()["body"] == "A second reply."
    assert len(person.site.by(person.name)) == 1
    person.answer().post()
    expect(person.page.get_by_text("Your reply is here.")).to_be_visible()
    assert len(person.site.by(person.name)) == 2


def test_21_a_reload_after_posting_sends_nothing_again(person: Person) -> None:
    person.write().answer().post()
    before = len(person.site.posts)
    person.page.reload()
    assert len(person.site.by(person.name)) == 1
    assert len(person.site.posts) == before
    assert not person.page.title().startswith("Your reply is posted")


def test_21_a_reload_of_a_form_that_was_sent_back_keeps_the_text(person: Person) -> None:
    """The browser sends the same post again: the same verdict, and the answer is still held."""
    person.write(email="ana").answer().post()
    expect(person.page.locator("p.gate-held")).to_be_visible()
    person.page.reload()
    expect(person.page.locator("p.gate-held")).to_be_visible()
    assert person.kept()["body"] == TEXT
    person.write().post()
    assert person.posted() == 1


def test_21_each_of_two_tabs_posts_its_own_reply(person: Person) -> None:
    other = Person(person.page.context.new_page(), person.site, person.answers, person.name).open(2)
    person.write().answer()
    other.write(body="In the other tab.").answer().post()
    expect(other.page.get_by_text("Your reply is here.")).to_be_visible()
    person.post()
    expect(person.page.get_by_text("Your reply is here.")).to_be_visible()
    assert {post.body for post in person.site.by(person.name)} == {TEXT, "In the other tab."}


def test_21_a_tab_that_was_doubled_posts_once(person: Person) -> None:
    """The copy of a tab holds the same question: posting the same text from both is one reply."""
    person.write().answer().press("Preview")
    html = person.page.content()
    copy = Person(person.page.context.new_page(), person.site, person.answers, person.name)
    copy.page.route(
        person.page.url, lambda route: route.fulfill(body=html, content_type="text/html"), times=1
    )
    copy.page.goto(person.page.url)
    copy.post()
    assert copy.posted() == 1
    person.post()
    assert person.posted() == 1


def test_21_an_answer_given_at_one_topic_does_not_post_at_another(person: Person) -> None:
    person.write().answer()
    person.page.locator("form").evaluate("form => form.action = '/topic/2/reply'")
    person.post()
    expect(person.page.locator(".problems")).to_be_visible()
    assert person.kept()["body"] == TEXT
    assert person.site.by(person.name) == []


def test_20_the_field_works_where_the_forum_allows_nothing(
    forum: Site, make_person: MakePerson, *, javascript: bool
) -> None:
    """No style sheet, no script, no picture arrives: the form is whole in the HTML."""
    person = make_person(forum, javascript=javascript)
    _html_alone(person.page)
    person.open().write().answer("certainly wrong").post()
    person.answer().press("Preview")
    person.post()
    assert person.posted() == 1


def _html_alone(page: Page) -> None:
    page.route(
        "**/*",
        lambda route: (
            route.continue_() if route.request.resource_type == "document" else route.fulfill(body="")
        ),
    )
