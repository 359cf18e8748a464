"""Statements 22 to 25: narrow, large, dark, in forced colours, from right to left, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from gate.places import STATIC
from tests.browser.people import TEXT, Person
from tests.browser.sites import CALM, MakeSite, Site, demo_site, plain_site
from tests.browser.states import STATES, VIEWS, LookAt
from tests.chromium import resize

MakePerson = Callable[..., Person]
NewPage = Callable[..., Page]

LONG = "Donaudampfschifffahrtsgesellschaft" * 3

SIDEWAYS = """() => {
  const limit = document.documentElement.clientWidth;
  const outside = [...document.querySelectorAll("body *")].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && (box.right > limit + 1 || box.left < -1);
  });
  return outside.map(e => e.outerHTML.slice(0, 80)).concat(
    document.documentElement.scrollWidth > limit ? ["the page scrolls sideways"] : []);
}"""

CLIPPED = """() => [...document.querySelectorAll("body *")].filter(e => {
  const style = getComputedStyle(e);
  if (e.matches("textarea, .gate-default, input") || style.display === "inline") return false;
  const hides = style.overflowX !== "visible" || style.overflowY !== "visible" || e.matches("button, .button");
  return hides && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
}).map(e => e.outerHTML.slice(0, 80))"""

SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""

CONTRAST = """selector => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  return [...document.querySelectorAll(selector)].filter(e => e.offsetWidth > 1).map(e => {
    e.focus();
    const style = getComputedStyle(e), around = behind(e.parentElement);
    return { what: e.id || e.textContent, border: Math.max(ratio(style.borderTopColor, around),
             ratio(style.backgroundColor, around)), ring: ratio(style.outlineColor, around) };
  });
}"""

CONTROLS = "input:not([type=hidden]):not([type=checkbox]), textarea, button:not(.gate-default), .button"


@pytest.fixture
def javascript() -> bool:
    """How a page looks has nothing to do with scripts, of which the form has none."""
    return True


@pytest.mark.parametrize("state", STATES)
def test_22_nothing_scrolls_sideways_at_320_pixels(state: str, look: LookAt) -> None:
    """320 CSS pixels are also what a screen of 1280 shows at 400 %."""
    page = look(state).page
    resize(page, 320, 256)
    assert page.evaluate(SIDEWAYS) == []


@pytest.mark.parametrize("view", VIEWS)
def test_22_the_other_pages_are_narrow_too(view: str, forum: Site, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 320, "height": 256})
    page.goto(forum.url + view)
    assert page.evaluate(SIDEWAYS) == []


def test_22_words_without_a_gap_and_wide_text_stay_inside(person: Person) -> None:
    page = person.page
    resize(page, 320, 600)
    person.write(
        topic=LONG, body=f"{LONG}\n" + "    | " * 60, email=f"{'x' * 60}@{'y' * 60}.example.org"
    ).answer()
    person.press("Preview")
    assert page.evaluate(SIDEWAYS) == []
    person.post()
    assert person.posted() == 1
    assert page.evaluate(SIDEWAYS) == []
    for view in ("/", "/moderate"):
        page.goto(person.site.url + view)
        assert page.evaluate(SIDEWAYS) == []


def test_22_a_question_with_a_long_word_stays_inside_on_a_page_that_has_no_rule_for_it(
    own_site: MakeSite, make_person: MakePerson, tmp_path: Path
) -> None:
    bank = tmp_path / "long.toml"
    bank.write_text(f'[[question]]\nask = "What is {LONG}?"\naccept = "ships"\nhint = "see {LONG}"\n')
    site = own_site(plain_site, bank={"files": [str(bank)]})
    page = make_person(site, viewport={"width": 320, "height": 600}).page
    page.goto(site.url)
    for answer in ("certainly wrong", ""):
        page.locator('link[href$="demo.css"]').evaluate("link => link.remove()")
        expect(page.locator(".gate-question")).to_contain_text(LONG)
        assert page.evaluate(SIDEWAYS) == []
        page.locator("#gate-answer").fill(answer)
        with page.expect_navigation():
            page.get_by_role("button", name="Post", exact=True).click()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("state", ["wrong", "held", "limited"])
def test_22_wider_spacing_clips_nothing(state: str, width: int, look: LookAt) -> None:
    page = look(state, viewport={"width": width, "height": 600}).page
    page.add_style_tag(content=SPACED)
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SIDEWAYS) == []


@pytest.mark.parametrize("width", [640, 1280])
def test_22_text_of_twice_the_size_clips_nothing(width: int, forum: Site, make_person: MakePerson) -> None:
    person = make_person(forum, bypass_csp=True, viewport={"width": width, "height": 600}).open()
    person.write(email="ana").answer("certainly wrong").post()
    person.page.add_style_tag(content="html { font-size: 200% !important; }")
    assert person.page.evaluate(CLIPPED) == []
    assert person.page.evaluate(SIDEWAYS) == []


def test_22_the_page_may_be_zoomed(person: Person) -> None:
    viewport = person.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert viewport == "width=device-width, initial-scale=1"


def test_22_a_phone_does_not_zoom_into_a_box(person: Person) -> None:
    """iOS zooms into any box whose letters are smaller than 16 pixels, and does not zoom out again."""
    resize(person.page, 360, 640)
    boxes = person.page.locator("input:not([type=hidden], [type=checkbox]), textarea")
    sizes = boxes.evaluate_all("them => them.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert len(sizes) == 5
    assert min(sizes) >= 16


@pytest.mark.parametrize("view", ["/", "/topic/1", "/topic/1/reply"])
def test_a_slow_line_carries_little(view: str, forum: Site, new_page: NewPage) -> None:
    """A page and its two style sheets are all there is, and less than a picture would be."""
    page = new_page()
    responses: list[Response] = []
    page.on("response", lambda got: responses.append(got))
    page.goto(forum.url + view, wait_until="networkidle")
    sheets = {"/gate/demo.css", "/gate/gate.css"} if view.endswith("reply") else {"/gate/demo.css"}
    loaded = {got.url.removeprefix(forum.url): len(got.body()) for got in responses}
    assert loaded.keys() - {"/favicon.ico"} == {view, *sheets}
    assert sum(loaded.values()) < 32 * 1024


SMALL = """selector => [...document.querySelectorAll(selector)].map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height < 44 || box.width < 24).map(([e, box]) => `${box.height} ${e.outerHTML}`)"""


@pytest.mark.parametrize("state", STATES)
def test_23_what_is_pressed_is_44_pixels_high(state: str, look: LookAt) -> None:
    page = look(state).page
    for width in (1280, 360):
        resize(page, width, 800)
        pressed = f"main :is({CONTROLS}, .gate a), .top a"
        assert page.locator(pressed).count() >= 3
        assert page.evaluate(SMALL, pressed) == []


def test_23_a_ticks_label_is_part_of_its_target(person: Person) -> None:
    label = person.page.get_by_text("No Text: the topic says it all")
    box = label.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    label.click(position={"x": box["width"] - 4, "y": 4})
    expect(person.page.get_by_label("No Text")).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["fresh", "wrong", "held"])
def test_24_borders_and_rings_stand_out(state: str, scheme: str, look: LookAt) -> None:
    """Text is axe's part; of borders and focus rings it knows nothing."""
    page = look(state).page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.keyboard.press("Tab")  # from now on focus is shown
    seen = page.evaluate(CONTRAST, CONTROLS)
    assert len(seen) >= 6
    assert [one for one in seen if one["border"] < 3 or one["ring"] < 3] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_24_every_colour_is_set_outright(scheme: str, person: Person) -> None:
    """What the browser would choose by itself for links and boxes is chosen by the page."""
    page = person.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    shown = page.evaluate(
        """() => [..."a, html, textarea, input:not([type=hidden]), button:not(.gate-default)".split(", ")]
             .flatMap(selector => [...document.querySelectorAll(selector)])
             .map(e => getComputedStyle(e)).flatMap(s => [s.color, s.backgroundColor])"""
    )
    assert not {"rgb(0, 0, 238)", "rgb(158, 158, 255)", "rgb(239, 239, 239)", "rgb(107, 107, 107)"} & set(
        shown
    )
    background = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) > 384) is (scheme == "light")


@pytest.mark.parametrize("state", STATES)
def test_25_forced_colours_leave_real_borders_and_words(state: str, look: LookAt) -> None:
    page = look(state).page
    page.emulate_media(forced_colors="active")
    for control in page.locator(f"{CONTROLS}, .gate").all():
        style, width = control.evaluate(
            "e => [getComputedStyle(e).borderTopStyle, parseFloat(getComputedStyle(e).borderTopWidth)]"
        )
        assert style not in ("none", "hidden")
        assert width >= 1
    if state in ("other_wrong", "held"):
        expect(page.locator("p.gate-held")).to_contain_text("Answered")
    if state in ("wrong", "empty"):
        expect(page.locator(".gate-error")).to_contain_text("Error:")
    if state in ("limited", "down"):
        expect(page.locator(".gate-error")).to_contain_text("Your text is kept")
    page.keyboard.press("Tab")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("state", STATES)
def test_25_nothing_moves(state: str, look: LookAt) -> None:
    page = look(state).page
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].map(e => getComputedStyle(e))
             .filter(s => s.transitionDuration !== "0s" || s.animationName !== "none"
               || s.scrollBehavior !== "auto").length"""
    )
    assert moving == 0
    assert page.locator("marquee, blink, video, canvas, img").count() == 0


ARABIC = """lang = "ar"
[[question]]
ask = "ما لون العشب؟"
accept = ["أخضر"]
hint = "كلمة واحدة"
[[question]]
ask = "ما لون الثلج؟"
accept = ["أبيض"]
family = "snow"
"""


def test_25_a_page_from_right_to_left(
    own_site: MakeSite, make_person: MakePerson, tmp_path: Path, *, javascript: bool
) -> None:
    bank = tmp_path / "ar.toml"
    bank.write_text(ARABIC, "utf-8")
    site = own_site(plain_site, lang="ar", dir="rtl", bank={"files": [str(bank)], "lang": "ar"})
    person = make_person(site, javascript=javascript, locale="ar", viewport={"width": 320, "height": 600})
    page = person.page
    page.goto(site.url)
    label, box = page.locator(".gate-question"), person.box
    expect(label).to_have_attribute("dir", "rtl")
    expect(label).to_have_attribute("lang", "ar")
    assert page.evaluate(SIDEWAYS) == []
    for one in (label, box, page.locator("#body")):
        shape = one.bounding_box()
        assert shape is not None
        assert 320 - shape["x"] - shape["width"] < 40, "everything begins at the right"
    box.fill("خطأ")
    assert box.evaluate("e => getComputedStyle(e).direction") == "rtl"
    page.locator("#body").fill("نص")
    person.post()
    error = page.locator(".gate-error")
    style = error.evaluate("e => [getComputedStyle(e).borderRightWidth, getComputedStyle(e).borderLeftWidth]")
    assert style == ["4px", "0px"], "the mark of an error stands where the reading begins"
    box.fill("green")
    assert box.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert page.evaluate(SIDEWAYS) == []


@pytest.mark.parametrize("name", ["gate.css", "demo.css"])
def test_25_style_sheets_know_no_left_and_right(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"[\w-]*\b(?:left|right)\b[\w-]*", css) == []


def test_25_paper_shows_the_text_whole_and_no_gate(person: Person) -> None:
    page = person.write().answer().post().page
    page.emulate_media(media="print")
    for line in TEXT.split("\n"):
        if line:
            expect(page.get_by_text(line)).to_be_visible()
    expect(page.locator(".button, .top nav").first).to_be_hidden()


def test_25_a_reply_in_the_making_can_be_printed(person: Person) -> None:
    """A text box prints what it shows: on paper it is as high as its text."""
    page = person.page
    person.write(body="\n".join(f"line {number}" for number in range(60)))
    page.emulate_media(media="print")
    expect(page.locator(".gate")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    shown, whole = page.locator("#body").evaluate("e => [e.clientHeight, e.scrollHeight]")
    assert shown >= whole


def test_19_the_field_looks_like_its_page(
    own_site: MakeSite, make_person: MakePerson, *, javascript: bool
) -> None:
    """Light DOM that inherits: a rule of the page as weak as can be wins over the field's own."""
    person = make_person(own_site(demo_site, **CALM), javascript=javascript, bypass_csp=True).open()
    page = person.page
    assert page.locator("iframe, template, slot").count() == 0
    page.add_style_tag(
        content="body { font-family: monospace; color: rgb(1, 2, 3); } label { color: inherit } "
        "fieldset, div { border-color: rgb(4, 5, 6); } p { font-style: italic; }"
    )
    style = "e => { const s = getComputedStyle(e); return [s.fontFamily, s.color, s.fontStyle]; }"
    assert page.locator(".gate-question").evaluate(style)[:2] == ["monospace", "rgb(1, 2, 3)"]
    assert page.locator(".gate-title").evaluate(style)[2] == "italic"
    assert person.box.evaluate(style)[0] == "monospace"
