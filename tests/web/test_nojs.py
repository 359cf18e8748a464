from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gate.errors import BankError, StoreError
from tests.service import HOME, NO_LIMITS, OTHER_SECRET, SECRET, Service

FORUM = {"Referer": "https://forum.example.org/topic/7"}
PATHS = ("/nojs", "/recaptcha/api/fallback")


@dataclass
class Seen(HTMLParser):
    """A page as its reader sees it."""

    reply: TestResponse
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    focused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.reply.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = str(found.get("id") or found.get("for") or found.get("name") or found.get("role") or tag)
        name = f"label {name}" if tag == "label" else name
        self.tags.append(tag)
        self.attributes[name] = found
        if "autofocus" in found:
            self.focused.append(name)
        if tag == "button":
            self.buttons.append(found)
        if tag == "a":
            self.links.append(found)
        if tag not in ("meta", "link", "input"):
            self._open.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            self.texts[name] = self.texts.get(name, "") + data

    @property
    def question(self) -> str:
        return self.texts["label gate-answer"]

    @property
    def challenge(self) -> str:
        return str(self.attributes["gate-challenge"]["value"])

    @property
    def message(self) -> str:
        return self.texts.get("alert", "")

    @property
    def code(self) -> str:
        return self.texts["gate-code"]


class Frame:
    """A poster in front of the frame, without JavaScript and cookies."""

    def __init__(self, service: Service, path: str = "/nojs", *, address: str = HOME, **query: str) -> None:
        self.service = service
        self.path = path
        self.query = query or {"sitekey": "forum"}
        self.address = address

    def open(self, headers: dict[str, str] | None = None, status: int = 200) -> Seen:
        reply = self.service.get(self.path, self.query, headers=headers, address=self.address)
        return self._see(reply, status)

    def press(self, page: Seen, answer: str = "", *, another: bool = False, status: int = 200) -> Seen:
        """Send the frame's form from the frame itself, as a browser with its Referrer-Policy does."""
        button = {"gate-another": "1"} if another else {}
        return self.post({"gate-challenge": page.challenge, "gate-answer": answer, **button}, status)

    def post(self, form: dict[str, str], status: int = 200) -> Seen:
        self.service.clock.tick(2)
        reply = self.service.send(
            "POST", self.path, query_string=self.query, data=form, origin="null", address=self.address
        )
        return self._see(reply, status)

    def another(self, page: Seen) -> Seen:
        return self.press(page, another=True)

    def right(self, page: Seen) -> Seen:
        return self.press(page, self.service.solutions[page.question])

    def _see(self, reply: TestResponse, status: int) -> Seen:
        assert reply.status_code == status, reply.text
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        return Seen(reply)


@pytest.fixture
def frame(service: Service) -> Frame:
    return Frame(service)


# From question to code


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["sitekey", "k"])
def test_a_right_answer_gives_a_code_that_passes(service: Service, path: str, name: str) -> None:
    frame = Frame(service, path, **{name: "forum"})
    done = frame.right(frame.open(FORUM))
    box = done.attributes["gate-code"]
    assert "readonly" in box
    assert done.texts["code"] == done.code
    assert "gate-answer" not in done.attributes
    pasted = f"\n      {done.code[:60]}\n{done.code[60:]}  \n"
    verdict = service.verify(pasted)
    assert (verdict["success"], verdict["hostname"]) == (True, "forum.example.org")


@pytest.mark.parametrize("path", ["/recaptcha/api/siteverify", "/siteverify", "/turnstile/v0/siteverify"])
def test_the_code_passes_each_mirror(service: Service, path: str) -> None:
    frame = Frame(service, "/recaptcha/api/fallback", k="forum", hl="en")
    done = frame.right(frame.open(FORUM))
    fields = {"secret": SECRET, "response": f"\n    {done.code}\n  "}
    first, second = (service.post_form(path, fields).get_json() for _ in range(2))
    assert (first["success"], first["hostname"]) == (True, "forum.example.org")
    assert second["success"] is False


def test_the_host_survives_wrong_answers_other_questions_and_lateness(frame: Frame) -> None:
    page = frame.another(frame.open(FORUM))
    page = frame.press(page, "wrong")
    frame.service.clock.tick(86_400 + 10)
    page = frame.press(page, "late")
    verdict = frame.service.verify(frame.right(page).code)
    assert (verdict["success"], verdict["hostname"]) == (True, "forum.example.org")


def test_a_page_that_says_nothing_of_itself_is_no_host(frame: Frame) -> None:
    verdict = frame.service.verify(frame.right(frame.open()).code)
    assert (verdict["success"], verdict["hostname"]) == (True, "")


def test_a_code_belongs_to_its_site(service: Service) -> None:
    frame = Frame(service, sitekey="other")
    done = frame.right(frame.open())
    assert service.verify(done.code)["success"] is False
    assert service.verify(done.code, OTHER_SECRET)["success"] is True


def test_a_wrong_answer_brings_another_question_and_says_so(frame: Frame) -> None:
    first = frame.open(FORUM)
    page = frame.press(first, "wrong")
    assert first.question in page.message
    assert "not the answer" in page.message
    assert page.question != first.question
    assert page.attributes["gate-answer"]["value"] == ""
    assert page.texts["title"].startswith("Error: ")


def test_another_question_costs_no_try_and_needs_no_answer(frame: Frame) -> None:
    first = frame.open(FORUM)
    page = frame.another(first)
    assert page.question != first.question
    assert page.message == ""
    assert frame.right(page).code
    used = frame.press(first, "anything")
    assert "already used" in used.message


def test_when_no_other_question_comes_the_frame_says_so(frame: Frame) -> None:
    page = frame.open(FORUM)
    for _ in range(3):
        page = frame.another(page)
    last = frame.another(page)
    assert last.question == page.question
    assert "no other question" in last.message


def test_a_page_loaded_again_shows_the_same_code(frame: Frame) -> None:
    page = frame.open(FORUM)
    codes = [frame.right(page).code, frame.right(page).code]
    verdicts = [frame.service.verify(code)["success"] for code in codes]
    assert verdicts == [True, False]


@pytest.mark.parametrize(
    ("answer", "words"), [("", "Type an answer"), ("  \u200b", "Type an answer"), ("x" * 201, "too long")]
)
def test_what_is_sent_back_unjudged_keeps_question_and_answer(frame: Frame, answer: str, words: str) -> None:
    first = frame.open(FORUM)
    page = frame.press(first, answer)
    assert words in page.message
    assert page.question == first.question
    assert page.attributes["gate-answer"]["value"] == answer
    assert frame.right(page).code


def test_too_fast_is_asked_to_send_the_same_again(frame: Frame) -> None:
    first = frame.open(FORUM)
    frame.service.clock.tick(-2)
    page = frame.press(first, "green")
    assert "Wait a second" in page.message
    assert page.attributes["gate-answer"]["value"] == "green"


@pytest.mark.parametrize("form", [{}, {"gate-challenge": "x", "gate-answer": "y"}, {"gate-another": "1"}])
def test_a_form_that_says_nothing_starts_again(frame: Frame, form: dict[str, str]) -> None:
    page = frame.post(form)
    assert "start again" in page.message
    assert frame.right(page).code


def test_a_body_that_is_too_long_is_words(frame: Frame) -> None:
    page = frame.post({"gate-challenge": "x" * 20_000}, status=413)
    assert "too long" in page.message


def test_rubys_gem_finds_the_frame_where_it_looks_for_it(service: Service) -> None:
    """With a language it asks for ``api.js?hl=de/fallback?k=forum``."""
    found = service.get("/recaptcha/api.js", {"hl": "de/fallback?k=forum"})
    assert (found.status_code, found.headers["Location"]) == (302, "api/fallback?k=forum&hl=de")
    page = Frame(service, "/recaptcha/api/fallback", k="forum", hl="de").open(FORUM)
    assert page.attributes["label gate-answer"]["lang"] == "de"
    assert service.get("/recaptcha/api.js", {"hl": "de"}).mimetype == "text/javascript"


# Refusals in words


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", [{}, {"k": "nobody"}, {"sitekey": ""}, {"lang": "en"}])
def test_an_unknown_sitekey_is_a_page_in_words(service: Service, path: str, query: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        page = Seen(service.send(method, path, query_string=query))
        assert page.reply.status_code == 404
        assert "sitekey" in page.message
        assert "frame-ancestors *" in page.reply.headers["Content-Security-Policy"]


def test_a_page_of_a_foreign_host_is_told_so(frame: Frame) -> None:
    page = frame.open({"Referer": "https://elsewhere.example/"}, status=403)
    assert "elsewhere.example" in page.message
    assert "gate-answer" not in page.attributes
    assert "frame-ancestors *" in page.reply.headers["Content-Security-Policy"]


def test_a_store_that_is_down_keeps_the_question(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    first = frame.open(FORUM)

    def down(*_: object) -> None:
        raise StoreError("memory://", "it is down", "start it")

    with monkeypatch.context() as patch:
        for verb in ("count", "hit", "spend"):
            patch.setattr(frame.service.live.store, verb, down)
        fresh = frame.open(FORUM, status=503)
        assert "cannot be reached" in fresh.message
        assert fresh.links[0]["href"] == "?sitekey=forum"
        page = frame.press(first, frame.service.solutions[first.question], status=503)
        assert "cannot be reached" in page.message
        assert page.reply.headers["Retry-After"] == "60"
        other = frame.press(first, "typed", status=503, another=True)
        assert (other.question, other.attributes["gate-answer"]["value"]) == (first.question, "typed")
    assert page.question == first.question
    assert page.attributes["gate-answer"]["value"]
    assert frame.service.verify(frame.right(page).code)["success"] is True


def test_a_bank_without_questions_is_words(
    frame: Frame, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def empty(*_: object, **__: object) -> None:
        raise BankError([])

    monkeypatch.setattr(frame.service.live.gatekeeper, "ask", empty)
    assert "cannot be reached" in frame.open(status=503).message
    assert "no question can be asked" in caplog.text


def test_too_many_questions_are_words(make_service: Callable[..., Service]) -> None:
    frame = Frame(make_service(limits={"challenges": "1/minute"}))
    first = frame.open(FORUM)
    page = frame.open(FORUM, status=429)
    assert "Wait 1 minute" in page.message
    assert int(page.reply.headers["Retry-After"]) > 0
    again = frame.press(first, "typed", status=429, another=True)
    assert again.question == first.question
    gone = frame.press(first, "wrong", status=429)
    assert "gate-answer" not in gone.attributes
    assert gone.links


def test_too_many_answers_are_words_and_the_question_stays(make_service: Callable[..., Service]) -> None:
    frame = Frame(make_service(limits={"wrong_answers": "1/10 minutes"}))
    page = frame.press(frame.open(FORUM), "wrong")
    limited = frame.press(page, "cat", status=429)
    assert "minute" in limited.message
    assert limited.question == page.question
    assert limited.attributes["gate-answer"]["value"] == "cat"
    frame.service.clock.tick(600)
    assert frame.right(limited).code


def test_limits_hold_for_the_poster_and_not_for_the_site(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"challenges": "1/minute"})
    Frame(service).open(FORUM)
    Frame(service, address="8.8.8.8").open(FORUM)


# A page that works anywhere


@pytest.mark.parametrize("path", PATHS)
def test_any_page_of_the_site_may_frame_it_and_no_other(service: Service, path: str) -> None:
    headers = Frame(service, path, k="forum").open(FORUM).reply.headers
    assert "X-Frame-Options" not in headers
    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
        "http://forum.example.org:* https://forum.example.org:* "
        "http://*.wiki.example.org:* https://*.wiki.example.org:*"
    )


def test_a_site_without_hosts_may_be_framed_by_anybody(service: Service) -> None:
    headers = Frame(service, sitekey="other").open().reply.headers
    assert headers["Content-Security-Policy"].endswith("; frame-ancestors *")


def test_a_host_that_no_policy_can_name_lets_anybody_frame_it(make_service: Callable[..., Service]) -> None:
    service = make_service(
        site=[{"sitekey": "forum", "secret": SECRET, "hosts": ["forum.example.org", "::1"]}]
    )
    page = Frame(service).open({"Referer": "http://[::1]:5000/topic"})
    assert page.reply.headers["Content-Security-Policy"].endswith("; frame-ancestors *")


def test_it_needs_neither_script_nor_cookie_nor_another_host(frame: Frame) -> None:
    for page in (first := frame.open(FORUM), frame.press(first, "wrong"), frame.right(frame.open(FORUM))):
        assert not {"script", "img", "iframe", "object"} & set(page.tags)
        assert "style=" not in page.reply.text
        assert " on" not in "".join(f" {name}" for found in page.attributes.values() for name in found)
        assert re.search("https?:", page.reply.text) is None
        assert "Set-Cookie" not in page.reply.headers
        assert page.attributes["robots"]["content"] == "noindex"


def test_the_question_is_the_label_with_its_own_language(make_service: Callable[..., Service]) -> None:
    service = make_service(limits=NO_LIMITS)
    for lang, direction in (("en", "ltr"), ("de", "ltr"), ("ar", "rtl")):
        for path, name in (("/nojs", "lang"), ("/recaptcha/api/fallback", "hl")):
            page = Frame(service, path, k="forum", **{name: lang}).open(FORUM)
            label = page.attributes["label gate-answer"]
            assert (label["lang"], label["dir"]) == (lang, direction)
            assert page.attributes["html"] == {"lang": lang, "dir": direction}
            assert page.attributes["gate-answer"]["dir"] == "auto"


def test_without_a_wish_of_the_page_the_browsers_language_counts(frame: Frame) -> None:
    page = frame.open({**FORUM, "Accept-Language": "de-AT, en;q=0.5"})
    assert page.attributes["label gate-answer"]["lang"] == "de"
    assert frame.press(page, "falsch").attributes["label gate-answer"]["lang"] == "de"


@pytest.mark.parametrize("lang", ["", "xx", "zh-CN", "'; --", "e" * 9, "en" * 400, "\0"])
def test_an_odd_language_is_no_fault(service: Service, lang: str) -> None:
    assert Frame(service, k="forum", hl=lang).open(FORUM).question


def test_enter_checks_the_answer(frame: Frame) -> None:
    """Enter presses a form's first button: that must not be the one for another question."""
    check, another = frame.open(FORUM).buttons
    assert (check["type"], check.get("name")) == ("submit", None)
    assert another["name"] == "gate-another"


def test_the_focus_waits_for_the_poster_and_goes_where_the_work_goes_on(frame: Frame) -> None:
    first = frame.open(FORUM)
    assert first.focused == []
    assert frame.another(first).focused == ["gate-answer"]
    wrong = frame.press(frame.open(FORUM), "wrong")
    assert wrong.focused == ["gate-error"]
    assert wrong.attributes["gate-error"]["tabindex"] == "-1"
    assert frame.right(wrong).focused == ["gate-code"]


def test_error_and_hint_are_tied_to_the_answer(make_service: Callable[..., Service]) -> None:
    service = make_service(limits=NO_LIMITS)
    frame = Frame(service, sitekey="other")
    page = frame.open()
    assert "aria-invalid" not in page.attributes["gate-answer"]
    for _ in range(30):
        page = frame.press(page, "wrong")
        box = page.attributes["gate-answer"]
        hint = " gate-hint" if "gate-hint" in page.attributes else ""
        assert (box["aria-invalid"], box["aria-describedby"]) == ("true", f"gate-error{hint}")


def test_help_opens_outside_the_frame(make_service: Callable[..., Service]) -> None:
    service = make_service(limits=NO_LIMITS)
    links = []
    for number in range(40):
        links += Frame(service, address=f"8.8.0.{number}", sitekey="other").open().links
    assert {link["href"] for link in links} == {"mailto:help@example.org", "https://example.org"}
    assert {(link["target"], link["rel"]) for link in links} == {("_blank", "noopener noreferrer")}


def test_nothing_from_outside_becomes_markup(frame: Frame) -> None:
    nasty = '"><script>alert(1)</script>'
    page = frame.press(frame.open(FORUM), nasty)
    assert "script" not in page.tags
    assert "script" not in frame.press(page, f"{nasty}{'x' * 200}").tags
    foreign = frame.open({"Referer": f"https://{nasty}/"}, status=403)
    assert "script" not in foreign.tags
    assert "script" not in Seen(frame.service.get("/nojs", {"k": "forum", "x": nasty})).tags


def test_a_test_site_is_marked(make_service: Callable[..., Service]) -> None:
    service = make_service(server={"testing": True})
    assert "Test keys" in Frame(service, sitekey="test-pass").open().texts["main"]
    assert "Test keys" not in Frame(service).open(FORUM).texts["main"]
    google = Frame(service, "/recaptcha/api/fallback", k="6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI")
    assert google.press(google.open(), "anything").code


def test_the_log_names_the_route_and_what_came_of_it(frame: Frame, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    done = frame.right(frame.open(FORUM))
    frame.press(frame.open(FORUM), "wrong")
    lines = [record.__dict__["fields"] for record in caplog.records if record.name == "gate.requests"]
    assert [(line["route"], line["code"]) for line in lines] == [
        ("/nojs", "ok"),
        ("/nojs", "ok"),
        ("/nojs", "ok"),
        ("/nojs", "incorrect-answer"),
    ]
    assert done.code not in repr(lines)


def test_other_methods_are_refused(service: Service) -> None:
    assert service.send("PUT", "/nojs", query_string={"k": "forum"}).status_code == 405


def test_the_code_is_good_for_the_action_and_subject_that_its_address_names(service: Service) -> None:
    frame = Frame(service, sitekey="forum", action="reply", about="topic 17/é")
    page = frame.another(frame.press(frame.open(FORUM), "wrong"))
    code = frame.right(page).code
    assert service.verify(code, action="reply", about="topic 18")["error-codes"] == ["about-mismatch"]
    assert service.verify(code, action="edit", about="topic 17/é")["error-codes"] == ["action-mismatch"]
    assert service.verify(code, action="reply", about="topic 17/é")["success"] is True


@pytest.mark.parametrize("query", [{"action": "a b"}, {"action": "a" * 33}, {"about": "a" * 256}])
def test_an_action_or_subject_that_cannot_be_signed_is_told_in_words(
    service: Service, query: dict[str, str]
) -> None:
    page = Frame(service, sitekey="forum", **query).open(FORUM, status=400)
    assert "correct the frame's address" in page.message
    assert "gate-challenge" not in page.attributes
