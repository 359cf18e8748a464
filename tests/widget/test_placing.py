"""Where and when the script may come: late, twice, with the page or after it; and where its elements may be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.chromium import until
from tests.widget.page import FORM, SCRIPT, WIDGET, Visit

Go = Callable[..., Visit]

INSERT = """
const script = document.createElement('script');
script.src = 'GATE/gate.js';
document.head.append(script);
"""


@pytest.mark.parametrize(
    "attributes", ["", "async", "defer", "crossorigin=anonymous", "type=module crossorigin"]
)
def test_the_script_may_stand_before_its_element(visit: Go, attributes: str) -> None:
    page = visit(WIDGET, head=f'<script src="GATE/gate.js" {attributes}></script>')
    page.answered()
    assert page.field()


def test_the_script_may_stand_after_its_element(visit: Go) -> None:
    page = visit(WIDGET + '<script src="GATE/gate.js"></script>', head="")
    page.answered()


def test_another_script_may_insert_it(visit: Go) -> None:
    page = visit(WIDGET, head='<script src="/own/page.js"></script>', scripts={"page.js": INSERT})
    page.answered()


def test_it_may_come_long_after_the_page(visit: Go) -> None:
    page = visit(WIDGET, head="")
    expect(page.page.locator(".gate-box")).to_have_count(0)
    page.page.add_script_tag(url=f"{page.gate.url}/gate.js")
    page.answered()


def test_loaded_twice_it_fills_an_element_once(visit: Go) -> None:
    page = visit(WIDGET, head=SCRIPT + SCRIPT.replace("gate.js", "gate.js?again"))
    page.question()
    page.page.add_script_tag(url=f"{page.gate.url}/gate.js?once-more")
    page.answered()
    expect(page.page.locator(".gate-box")).to_have_count(1)
    expect(page.page.locator("link[rel=stylesheet]")).to_have_count(1)


def test_two_on_a_page_do_not_know_each_other(visit: Go) -> None:
    page = visit(FORM.format(WIDGET) + FORM.format(WIDGET))
    page.question(0)
    page.answered(1)
    first, second = page.page.locator("[name=gate-response]").all()
    assert first.input_value() == ""
    assert second.input_value() == page.value(
        "gate.getResponse(document.querySelectorAll('.gate-widget')[1])"
    )
    ids = page.value("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    page.answered(0)


def test_an_element_that_is_added_later_is_filled(visit: Go) -> None:
    page = visit("<div id=place></div>")
    page.comes("typeof gate", "object")
    page.value(
        """() => {
          const form = document.createElement('form');
          form.append(Object.assign(document.createElement('div'), { className: 'gate-widget' }));
          form.firstChild.dataset.sitekey = 'forum';
          document.querySelector('#place').append(form);
        }"""
    )
    page.answered()


def test_a_copy_of_what_was_filled_is_asked_for_itself_and_brings_no_token(visit: Go) -> None:
    page = visit(f"<form>{WIDGET}</form>")
    page.answered()
    page.value(
        """() => {
          const form = document.querySelector('form');
          form.replaceWith(form.cloneNode(true));
        }"""
    )
    expect(page.status()).not_to_contain_text("Right.")
    expect(page.page.locator(".gate-box")).to_have_count(1)
    expect(page.page.locator("[name=gate-response]")).to_have_count(1)
    assert page.field() == ""
    page.answered()


def test_a_part_of_the_page_that_was_replaced_is_no_longer_meant(visit: Go) -> None:
    page = visit(f"<main id=place>{WIDGET}</main>")
    page.answered()
    page.value("markup => { document.querySelector('#place').innerHTML = markup; }", WIDGET)
    page.answered()
    assert page.field() == page.value("gate.getResponse()") != ""
    page.value("gate.reset()")
    page.comes("gate.getResponse()", "")
    assert page.field() == ""


def test_told_to_wait_it_fills_nothing_by_itself(visit: Go) -> None:
    page = visit(WIDGET, head='<script src="GATE/gate.js?render=explicit"></script>')
    page.page.wait_for_timeout(200)
    expect(page.page.locator(".gate-box")).to_have_count(0)
    page.value("gate.render('.gate-widget')")
    page.answered()


def test_an_element_may_be_filled_before_it_is_attached(visit: Go) -> None:
    page = visit("<div id=place></div>")
    page.comes("typeof gate", "object")
    page.value(
        """() => {
          window.apart = document.createElement('div');
          gate.render(apart, { sitekey: 'forum' });
        }"""
    )
    page.page.wait_for_timeout(200)
    page.value("document.querySelector('#place').append(apart)")
    page.answered()


def test_it_works_in_an_open_shadow_root(visit: Go) -> None:
    page = visit("<div id=place></div>")
    page.comes("typeof gate", "object")
    page.value(
        """() => {
          const root = document.querySelector('#place').attachShadow({ mode: 'open' });
          gate.render(root.appendChild(document.createElement('div')), { sitekey: 'forum' });
        }"""
    )
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    expect(page.box()).to_be_focused()
    page.answered()
    page.comes("document.querySelector('#place').shadowRoot.querySelector('link').sheet !== null", True)


def test_it_works_behind_a_prefix(visit: Go) -> None:
    """The address of the script says where the gate is, whatever stands before it on the way."""

    def bare(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/behind/a", "")))

    def prefix(browser: Page) -> None:
        browser.route("**/behind/a/*", bare)

    page = visit(WIDGET, head='<script src="GATE/behind/a/gate.js"></script>', prepare=prefix)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    page.comes("typeof gate", "object")
    until(page.page, lambda: any("/behind/a/v1/challenge" in url for url in asked), "a question")
    page.faults.clear()


def test_an_element_with_the_id_gate_is_no_api(visit: Go) -> None:
    page = visit(f'<div id="gate">{WIDGET}</div>')
    page.answered()
    assert page.value("gate.nodeType === undefined && typeof gate.render === 'function'")
    assert page.value("typeof document.getElementById('gate').render") == "undefined"


def test_a_function_is_called_once_the_global_is_there(visit: Go) -> None:
    own = "var calls = []; function begin() { calls.push(typeof gate.render); }"
    head = (
        '<script src="GATE/gate.js?onload=begin&amp;unknown=1"></script><script src="/own/page.js"></script>'
    )
    page = visit(WIDGET, head=head, scripts={"page.js": own})
    page.answered()
    assert page.value("calls") == ["function"]


@pytest.mark.parametrize("attributes", ["async", "defer"])
def test_a_function_may_be_defined_by_a_later_script(visit: Go, attributes: str) -> None:
    own = "var calls = 0; function begin() { calls += 1; }"
    head = f'<script src="GATE/gate.js?onload=begin" {attributes}></script><script src="/own/page.js" defer></script>'
    page = visit(WIDGET, head=head, scripts={"page.js": own})
    page.comes("calls", 1)
    page.answered()


def test_a_function_that_is_missing_is_no_fault(visit: Go) -> None:
    page = visit(WIDGET, head='<script src="GATE/gate.js?onload=nobody"></script>')
    page.answered()


def test_it_runs_under_a_nonce_with_strict_dynamic(visit: Go) -> None:
    def strict(policy: str) -> str:
        return re.sub("script-src [^;]*", "script-src 'nonce-abc' 'strict-dynamic'", policy)

    page = visit(WIDGET, head='<script src="GATE/gate.js" nonce="abc"></script>', policy=strict)
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    page.answered()


def test_it_needs_no_trusted_types_policy(visit: Go) -> None:
    page = visit(
        WIDGET, policy=lambda policy: f"{policy}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    page.answered()
