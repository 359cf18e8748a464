"""The object that pages call: ``gate``, and the three that it can stand in for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from gate.config.testkeys import HCAPTCHA, RECAPTCHA, TURNSTILE
from tests.widget.page import FORM, Visit
from tests.widget.servers import Gate

Go = Callable[..., Visit]


class Flavour(NamedTuple):
    path: str
    name: str
    mark: str
    field: str
    ids: tuple[object, object]
    none: object


FLAVOURS = [
    Flavour("gate.js", "gate", "gate-widget", "gate-response", ("gate-0", "gate-1"), ""),
    Flavour("recaptcha/api.js", "grecaptcha", "g-recaptcha", "g-recaptcha-response", (0, 1), ""),
    Flavour("1/api.js", "hcaptcha", "h-captcha", "h-captcha-response", ("hcaptcha-0", "hcaptcha-1"), ""),
    Flavour(
        "turnstile/v0/api.js",
        "turnstile",
        "cf-turnstile",
        "cf-turnstile-response",
        ("cf-chl-widget-0", "cf-chl-widget-1"),
        None,
    ),
]
RECORD = """
var calls = [];
function solved(token) { calls.push(['solved', token === document.querySelector('[name$=-response]').value, token]); }
function gone(...told) { calls.push(['gone', document.querySelector('[name$=-response]').value, ...told]); }
function failed(code) { calls.push(['failed', code]); }
"""
OWN = '<script src="/own/page.js"></script>'
every = pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)


def _tag(flavour: Flavour, query: str = "") -> str:
    return f'{OWN}<script src="GATE/{flavour.path}{query}" async defer></script>'


def _element(flavour: Flavour, more: str = "") -> str:
    return f'<div class="{flavour.mark}" data-sitekey="forum" {more}></div>'


@every
def test_its_elements_are_filled_and_its_field_is_sent(visit: Go, gate: Gate, flavour: Flavour) -> None:
    page = visit(FORM.format(_element(flavour)), head=_tag(flavour), scripts={"page.js": RECORD})
    page.question()
    assert page.field(flavour.field) == ""
    page.answered()
    page.page.get_by_role("button", name="Post").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert gate.verify(page.forum.posts[0][flavour.field])["success"]


@every
def test_ids_and_answers_have_the_incumbents_types(visit: Go, flavour: Flavour) -> None:
    page = visit(
        "<div id=one></div><div id=two></div>",
        head=_tag(flavour, "?render=explicit"),
        scripts={"page.js": RECORD},
    )
    page.comes(f"typeof window.{flavour.name}", "object")
    first = page.value(f"{flavour.name}.render('one', {{ sitekey: 'forum' }})")
    second = page.value(f"{flavour.name}.render(document.querySelector('#two'), {{ sitekey: 'forum' }})")
    assert (first, second) == flavour.ids
    assert page.value(f"{flavour.name}.getResponse()") == flavour.none
    assert page.value(f"{flavour.name}.getResponse() === undefined") is (flavour.none is None)
    page.answered(1)
    assert page.value(f"{flavour.name}.getResponse()") == flavour.none
    token = page.value(f"(id) => {flavour.name}.getResponse(id)", second)
    assert token
    assert page.value(f"document.querySelectorAll('[name={flavour.field}]')[1].value") == token
    assert page.value(f"(id) => {flavour.name}.getRespKey(id)", second)
    page.value(f"(id) => {flavour.name}.reset(id)", second)
    assert page.value(f"(id) => {flavour.name}.getResponse(id)", second) == flavour.none
    page.answered(0)
    page.value(f"{flavour.name}.remove(document.querySelector('#one'))")
    expect(page.page.locator(".gate-box")).to_have_count(1)
    assert page.value("document.querySelectorAll('#one > *').length") == 0
    assert page.value(f"{flavour.name}.render('#one', {{ sitekey: 'forum' }})") not in (first, second)


@every
def test_the_callback_comes_once_field_and_response_have_the_token(visit: Go, flavour: Flavour) -> None:
    own = f"""var calls = [];
    function heard(token) {{
      calls.push([token, document.querySelector('[name={flavour.field}]').value, {flavour.name}.getResponse()]);
    }}
    """
    page = visit(_element(flavour, 'data-callback="heard"'), head=_tag(flavour), scripts={"page.js": own})
    page.answered()
    token = page.value(f"{flavour.name}.getResponse()")
    page.comes("calls", [[token] * 3])


@every
def test_the_end_of_a_token_is_told_as_the_incumbent_tells_it(visit: Go, flavour: Flavour) -> None:
    page = visit(
        FORM.format(_element(flavour, 'data-expired-callback="gone"')),
        head=_tag(flavour),
        scripts={"page.js": RECORD},
        prepare=lambda browser: browser.clock.install(),
    )
    page.page.get_by_label("Body").fill("My own words")
    page.answered()
    token = page.field(flavour.field)
    assert page.value(f"{flavour.name}.isExpired()") is False
    page.page.clock.fast_forward(24 * 60 * 60 * 1000)
    page.comes("calls", [["gone", "", token] if flavour.name == "turnstile" else ["gone", "", None]])
    assert page.value(f"[{flavour.name}.isExpired(), {flavour.name}.getResponse()]") == [True, flavour.none]
    expect(page.page.get_by_label("Body")).to_have_value("My own words")
    page.answered()
    assert page.value(f"{flavour.name}.isExpired()") is False


@every
def test_callbacks_may_be_functions_and_unknown_parameters_are_ignored(visit: Go, flavour: Flavour) -> None:
    page = visit("<div id=one></div>", head=_tag(flavour, "?render=explicit"), scripts={"page.js": RECORD})
    page.comes(f"typeof window.{flavour.name}", "object")
    page.value(
        f"""() => {flavour.name}.render('one', {{
          sitekey: 'forum', callback: (token) => solved(token), theme: 'dark', size: 'normal', hl: 'en', isolated: true,
          badge: 'inline', tabindex: 3, stoken: null, 'error-callback': undefined,
        }})"""
    )
    page.answered()
    page.comes("calls.length", 1)


@every
def test_a_callback_that_is_missing_or_fails_is_the_pages_own_fault(visit: Go, flavour: Flavour) -> None:
    page = visit(
        _element(flavour, 'data-callback="nobody"') + _element(flavour, 'data-callback="broken"'),
        head=_tag(flavour),
        scripts={"page.js": "function broken() { throw new Error('the page is broken'); }"},
        faults=("the page is broken",),
    )
    page.answered(0)
    page.answered(1)


@every
def test_an_element_is_filled_once_and_later_parameters_count(visit: Go, flavour: Flavour) -> None:
    page = visit(_element(flavour, "id=one"), head=_tag(flavour), scripts={"page.js": RECORD})
    page.question()
    again = page.value(f"{flavour.name}.render('one', {{ callback: solved }})")
    assert again == flavour.ids[0]
    page.answered()
    page.comes("calls.length", 1)


@every
def test_an_element_that_is_not_there_is_told(visit: Go, flavour: Flavour) -> None:
    page = visit("", head=_tag(flavour), scripts={"page.js": RECORD})
    page.comes(f"typeof window.{flavour.name}", "object")
    told = page.value(
        f"() => {{ try {{ {flavour.name}.render('nowhere'); }} catch (error) {{ return error.message; }} }}"
    )
    assert "there is no element nowhere" in told


@every
def test_without_an_element_a_box_comes_at_the_end_of_the_page(visit: Go, flavour: Flavour) -> None:
    page = visit("", head=_tag(flavour, "?render=explicit"), scripts={"page.js": RECORD})
    page.comes(f"typeof window.{flavour.name}", "object")
    assert page.value(f"{flavour.name}.render({{ sitekey: 'forum', size: 'invisible' }})") == flavour.ids[0]
    page.answered()
    assert page.value("document.body.lastElementChild.querySelector('.gate-box') !== null")


@every
def test_a_function_is_called_once_there_is_something_to_call(visit: Go, flavour: Flavour) -> None:
    own = f"""{RECORD}
    function begin() {{
      calls.push(typeof {flavour.name}.render);
      {flavour.name}.render('one', {{ sitekey: 'forum' }});
    }}
    """
    query = "?onload=begin&render=explicit&hl=de&sentry=false&uj=1&host=example.org"
    page = visit("<div id=one></div>", head=_tag(flavour, query), scripts={"page.js": own})
    page.answered()
    assert page.value("calls") == ["function"]


@every
def test_ready_waits_for_the_page(visit: Go, flavour: Flavour) -> None:
    own = f"var seen = []; {flavour.name}.ready(() => seen.push(!!document.querySelector('h1')));"
    head = f'<script src="GATE/{flavour.path}"></script>{OWN}'
    page = visit("", head=head, scripts={"page.js": own})
    page.comes("seen", [True])
    page.value(f"{flavour.name}.ready(() => seen.push('late'))")
    page.comes("seen", [True, "late"])


@every
def test_a_gate_that_is_down_is_told_to_the_page(visit: Go, flavour: Flavour) -> None:
    page = visit(
        _element(flavour, 'data-error-callback="failed"'),
        head=_tag(flavour),
        scripts={"page.js": RECORD},
        prepare=lambda browser: browser.route("**/v1/**", lambda route: route.abort()),
        faults=("ERR_FAILED",),
    )
    expect(page.status()).to_have_text("The question could not be loaded.")
    page.comes("calls", [["failed", "300030" if flavour.name == "turnstile" else "network-error"]])


@every
def test_a_page_that_resets_at_every_error_and_end_asks_for_nothing_twice(
    visit: Go, flavour: Flavour
) -> None:
    """Wrappers for React, Vue and Solid do so: while the gate is down that must not become a storm."""
    own = f"function again() {{ {flavour.name}.reset(); }}"
    element = _element(flavour, 'data-error-callback="again" data-expired-callback="again"')
    page = visit(
        element, head=_tag(flavour), scripts={"page.js": own}, prepare=lambda browser: browser.clock.install()
    )
    page.answered()
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.clock.fast_forward(24 * 60 * 60 * 1000)
    expect(page.status()).to_contain_text("Answer one more question.")
    expect(page.box()).to_be_editable()
    assert len(asked) == 1
    page.take_gate_down()
    page.value("again()")
    expect(page.status()).to_have_text("The question could not be loaded.")
    page.page.wait_for_timeout(200)
    assert len(asked) == 2
    page.bring_gate_back()
    page.button("Try again").click()
    page.answered()


@every
def test_asked_for_a_token_the_invisible_kind_calls_back_only_then(visit: Go, flavour: Flavour) -> None:
    element = _element(flavour, 'data-size="invisible" data-callback="solved"')
    page = visit(element, head=_tag(flavour), scripts={"page.js": RECORD})
    page.answered()
    page.page.wait_for_timeout(50)
    assert page.value("calls") == []
    page.value(f"void {flavour.name}.execute()")
    page.comes("calls.length", 1)
    page.value(f"{flavour.name}.reset()")
    page.question()
    page.value(f"void {flavour.name}.execute()")
    expect(page.box()).to_be_focused()
    page.answered()
    page.comes("calls.length", 2)


@every
def test_what_execute_gives(visit: Go, flavour: Flavour) -> None:
    page = visit(_element(flavour), head=_tag(flavour), scripts={"page.js": RECORD})
    page.question()
    page.value(f"window.given = {flavour.name}.execute(undefined, {{ async: true }}), 0")
    page.answered()
    token = page.value(f"{flavour.name}.getResponse()")
    wanted = {
        "hcaptcha": {"response": token, "key": page.value(f"{flavour.name}.getRespKey()")},
        "turnstile": None,
    }.get(flavour.name, token)
    assert page.value("given") == wanted
    if flavour.name == "hcaptcha":
        assert page.value("hcaptcha.execute()") is None
        assert page.value("hcaptcha.execute({ async: true })") == wanted


def test_a_button_sends_once_the_answer_is_right(visit: Go) -> None:
    own = f"{RECORD} function send() {{ document.querySelector('form').submit(); }}"
    button = '<button class="g-recaptcha" data-sitekey="forum" data-callback="send" data-action="submit">Send</button>'
    page = visit(
        f'<form action="/post" method="post"><label>Body <input name="body"></label>{button}</form>',
        head=_tag(FLAVOURS[1]),
        scripts={"page.js": own},
    )
    page.question()
    page.page.get_by_role("button", name="Send").click()
    expect(page.box()).to_be_focused()
    page.box().fill("wrong")
    page.page.get_by_role("button", name="Send").click()
    expect(page.status()).to_contain_text("not the answer")
    page.box().fill(page.right())
    page.page.get_by_role("button", name="Send").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    assert page.forum.posts[0]["g-recaptcha-response"]


def test_a_button_keeps_the_pages_own_click_and_is_free_when_removed(visit: Go) -> None:
    own = f"{RECORD} addEventListener('load', () => {{ send.onclick = () => calls.push('own'); }});"
    page = visit(
        '<button id="send" class="g-recaptcha" data-sitekey="forum" data-callback="done">Send</button>',
        head=_tag(FLAVOURS[1]),
        scripts={"page.js": f"{own} function done() {{ calls.push('done'); }}"},
    )
    page.question()
    send = page.page.get_by_role("button", name="Send")
    send.click()
    expect(page.box()).to_be_focused()
    page.answer()
    page.comes("calls", ["own", "done"])
    page.value("grecaptcha.remove()")
    send.click()
    page.comes("calls", ["own", "done", "own"])
    page.value("grecaptcha.render('send')")
    page.question()
    send.click()
    expect(page.box()).to_be_focused()
    page.answer()
    page.comes("calls", ["own", "done", "own", "own", "done"])


def test_a_close_ends_the_wait(visit: Go) -> None:
    page = visit(_element(FLAVOURS[2]), head=_tag(FLAVOURS[2]), scripts={"page.js": RECORD})
    page.question()
    page.value("hcaptcha.execute({ async: true }).catch((reason) => calls.push(reason)), 0")
    page.value("hcaptcha.close()")
    page.comes("calls", ["challenge-closed"])
    for call in ("remove('nobody')", "close('nobody')", "setData('nobody', {})"):
        assert (
            page.value(f"() => {{ try {{ hcaptcha.{call}; }} catch (error) {{ return 'thrown'; }} }}")
            == "thrown"
        )
    page.value("hcaptcha.setData('hcaptcha-0', { rqdata: 'x' })")


def test_scores_are_refused_in_words(visit: Go) -> None:
    page = visit("", head=_tag(FLAVOURS[1], "?render=forum"), scripts={"page.js": RECORD})
    page.comes("typeof window.grecaptcha", "object")
    told = page.value("grecaptcha.execute('forum', { action: 'x' }).catch((error) => error.message)")
    assert "scores are not given" in told


def test_pages_of_recaptcha_enterprise_find_their_functions(visit: Go) -> None:
    own = f"""{RECORD}
    function begin() {{
      grecaptcha.enterprise.ready(() => {{
        window.box = grecaptcha.enterprise.render('one', {{ sitekey: 'forum', callback: solved }});
        grecaptcha.enterprise.execute(box, {{ action: 'reply' }}).then((token) => calls.push(token));
      }});
    }}
    """
    page = visit(
        "<div id=one></div>",
        head=_tag(FLAVOURS[1], "?onload=begin&render=explicit"),
        scripts={"page.js": own},
    )
    page.answered()
    page.comes("calls.length", 2)
    token = page.value("grecaptcha.enterprise.getResponse(box)")
    assert page.value("calls") == [token, ["solved", True, token]]


def test_functions_that_waited_for_recaptcha_are_called(visit: Go) -> None:
    own = """
    var seen = [];
    window.___grecaptcha_cfg = { fns: [] };
    window.grecaptcha = { ready: (action) => window.___grecaptcha_cfg.fns.push(action) };
    grecaptcha.ready(() => seen.push(typeof grecaptcha.render));
    """
    page = visit("", head=_tag(FLAVOURS[1]), scripts={"page.js": own})
    page.comes("seen", ["function"])


@pytest.mark.parametrize(
    ("flavour", "query", "name", "filled"),
    [
        (FLAVOURS[2], "", "object", 2),
        (FLAVOURS[2], "?recaptchacompat=off", "undefined", 1),
        (FLAVOURS[3], "", "undefined", 1),
        (FLAVOURS[3], "?compat=recaptcha", "object", 2),
    ],
    ids=lambda value: str(value) if not isinstance(value, Flavour) else value.name,
)
def test_one_that_stands_in_for_recaptcha(
    visit: Go, flavour: Flavour, query: str, name: str, filled: int
) -> None:
    page = visit(
        _element(flavour) + _element(FLAVOURS[1]), head=_tag(flavour, query), scripts={"page.js": RECORD}
    )
    page.answered()
    expect(page.page.locator(".gate-box")).to_have_count(filled)
    assert page.value("typeof window.grecaptcha") == name
    if filled == 2:
        assert page.field("g-recaptcha-response") == page.field(flavour.field) != ""
        assert page.value("grecaptcha.getResponse()") == page.field(flavour.field)
    else:
        expect(page.page.locator("[name=g-recaptcha-response]")).to_have_count(0)


def test_all_four_live_on_one_page(visit: Go) -> None:
    head = OWN + "".join(
        f'<script src="GATE/{flavour.path}?recaptchacompat=off" async></script>' for flavour in FLAVOURS
    )
    page = visit("".join(_element(flavour) for flavour in FLAVOURS), head=head, scripts={"page.js": RECORD})
    expect(page.page.locator(".gate-box")).to_have_count(4)
    for number, flavour in enumerate(FLAVOURS):
        page.answered(number)
        assert page.value(f"{flavour.name}.getResponse()") == page.field(flavour.field) != ""
    expect(page.page.locator(".gate-box")).to_have_count(4)


def test_the_fields_have_the_ids_that_pages_look_for(visit: Go) -> None:
    element = _element(FLAVOURS[1])
    page = visit(element + element, head=_tag(FLAVOURS[1]), scripts={"page.js": RECORD})
    page.answered(1)
    assert page.value("document.getElementById('g-recaptcha-response').tagName") == "TEXTAREA"
    assert page.value("document.getElementById('g-recaptcha-response').value") == ""
    assert page.value("document.getElementById('g-recaptcha-response-1').value") != ""
    expect(page.page.locator("textarea").first).to_be_hidden()


def test_turnstile_may_go_without_a_field_or_with_one_of_another_name(visit: Go) -> None:
    named = _element(FLAVOURS[3], 'data-response-field-name="proof"')
    page = visit(
        _element(FLAVOURS[3], 'data-response-field="false"') + named,
        head=_tag(FLAVOURS[3]),
        scripts={"page.js": RECORD},
    )
    page.answered(0)
    page.answered(1)
    assert page.field("proof")
    expect(page.page.locator("[name=cf-turnstile-response]")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "attributes", "lang"),
    [
        ("gate.js", 'data-lang="ja"', "ja"),
        ("gate.js?hl=ar", "", "ar"),
        ("recaptcha/api.js?hl=ja", "", "ja"),
        ("1/api.js", 'data-hl="ar"', "ar"),
        ("recaptcha/api.js?hl=ja,en%3Bq%3D0.9", "", "en"),
        ("1/api.js", 'data-hl="{{ locale }}"', "en"),
        ("turnstile/v0/api.js", 'data-language="ja-JP"', "ja"),
        ("turnstile/v0/api.js", 'data-language="auto"', "en"),
    ],
)
def test_the_language_is_told_as_the_incumbents_have_it(
    visit: Go, path: str, attributes: str, lang: str
) -> None:
    flavour = next(one for one in FLAVOURS if path.startswith(one.path))
    page = visit(_element(flavour, attributes), head=f'<script src="GATE/{path}"></script>')
    page.question()
    expect(page.group().locator("label")).to_have_attribute("lang", lang)
    expect(page.group()).to_have_attribute("lang", lang)
    expect(page.group()).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")


@pytest.mark.parametrize(
    "sitekey", ["test-pass", RECAPTCHA[0].sitekey, HCAPTCHA[0].sitekey, TURNSTILE[0].sitekey]
)
def test_a_test_key_is_seen(visit: Go, start_gate: Callable[..., Gate], sitekey: str) -> None:
    gate = start_gate(server={"testing": True, "workers": 1})
    page = visit(
        f'<div class="gate-widget" data-sitekey="{sitekey}"></div><div class="gate-widget" data-sitekey="forum"></div>',
        to=gate,
    )
    page.question(0)
    page.question(1)
    expect(page.group(0).get_by_text("Test keys are on: everybody is let through.")).to_be_visible()
    expect(page.group(1).get_by_text("Test keys are on: everybody is let through.")).to_be_hidden()
    page.answer(text="anything")
    expect(page.status()).to_contain_text("Right.")
