"""The frame without JavaScript: asks in a page of another host and gives a code to paste into its form.

It needs no cookies: what it must remember, the host of the embedding page too, is signed into the challenge.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import Request, render_template
from werkzeug.exceptions import HTTPException

from gate.clients import Poster
from gate.config import Outcome, Site
from gate.errors import BankError, StoreError
from gate.expected import MOST_ABOUT, is_action
from gate.gatekeeper import Gatekeeper
from gate.hosts import host_of
from gate.languages import is_tag
from gate.verdicts import Asked, Code, Refused
from gate.web.attempt import ANOTHER, ANSWER, CHALLENGE
from gate.web.http import preferred_languages, query_fields
from gate.web.proofs import proof_of
from gate.web.proxies import Client
from gate.web.reader import MAX_BODY
from gate.web.replies import COMMON_HEADERS, Reply
from gate.web.words import Told, Words, words_in

_log = logging.getLogger("gate")

FRAMES = ("/nojs", "/recaptcha/api/fallback")
"""The frame's addresses: the gate's own, and the one that pages written for reCAPTCHA know."""

_UNKNOWN = (
    "No site has this sitekey. If this is your site, compare it with the [[site]] entry of config.toml."
)
_UNFIT = "action takes 1 to 32 letters, digits, - and _, about at most 255 characters: correct the frame's address."
_STATUS = {Code.RATE_LIMITED: 429, Code.INTERNAL_ERROR: 503, Code.HOSTNAME_MISMATCH: 403}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of the frame. ``lang`` is what the embedding page wants, None if it does not say; ``action`` and
    ``about`` are what the token is for, "" for anything.
    """

    lang: str | None
    action: str
    about: str
    poster: Poster
    form: Mapping[str, str]

    @property
    def challenge(self) -> str:
        """The challenge that comes back."""
        return self.form.get(CHALLENGE, "")

    @property
    def answer(self) -> str:
        """What was typed."""
        return self.form.get(ANSWER, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the frame shows: a question, a code to copy, or neither; ``told`` says what went wrong.

    ``lang`` is the language of the question that it is about; ``posted``: the poster is at work in the frame, so
    the focus may go to where it goes on.
    """

    status: int = 200
    code: str = "ok"
    told: Told | None = None
    lang: str = ""
    asked: Asked | None = None
    answer: str = ""
    token: str | None = field(default=None, repr=False)
    retry_after: int | None = None
    posted: bool = True


def frame_reply(gatekeeper: Gatekeeper, request: Request, client: Client) -> Reply:
    """Answer a request to one of ``FRAMES`` with a page."""
    site = gatekeeper.sites.with_sitekey(_argument(request, "sitekey", "k"))
    if site is None:
        unknown = Page(status=404, code=Code.INVALID_SITEKEY, told=lambda _: _UNKNOWN, posted=False)
        return _reply(unknown, None, words_in("en"), "")
    wanted = _lang(request)
    try:
        visit = _visit(request, client)
        if not is_action(visit.action) or len(visit.about) > MOST_ABOUT:
            unfit = Page(status=400, code=Code.BAD_REQUEST, told=lambda _: _UNFIT, posted=False)
            return _reply(unfit, None, words_in("en"), "")
        page = _decided(gatekeeper, site, visit, first=request.method != "POST")
    except HTTPException:
        page = _refused(Refused(code=Code.ANSWER_TOO_LONG), status=413)
    if request.method != "POST":
        page = replace(page, posted=False)
    words = words_in(wanted or page.lang or gatekeeper.config.bank.lang)
    return _reply(page, site, words, f"?{request.query_string.decode('ascii', 'replace')}")


def _lang(request: Request) -> str | None:
    lang = _argument(request, "lang", "hl")
    return lang if is_tag(lang) else None


def _visit(request: Request, client: Client) -> Visit:
    """Return what a request brings. Only the frame's first one comes from the embedding page, and names it."""
    request.max_content_length = MAX_BODY
    referer = request.headers.get("Referer") if request.method != "POST" else None
    return Visit(
        lang=_lang(request),
        action=_argument(request, "action"),
        about=_argument(request, "about"),
        poster=Poster(
            client=client.address,
            host=host_of(referer) if referer else None,
            langs=preferred_languages(request.environ),
        ),
        form=request.form.to_dict(),
    )


def _argument(request: Request, *names: str) -> str:
    fields = query_fields(request)
    return next((fields[name].strip() for name in names if fields.get(name)), "")


def _decided(gatekeeper: Gatekeeper, site: Site, visit: Visit, *, first: bool) -> Page:
    try:
        if first:
            return _fresh(gatekeeper, site, visit)
        if ANOTHER in visit.form:
            return _other(gatekeeper, site, visit)
        return _judged(gatekeeper, site, visit)
    except (StoreError, BankError) as error:
        if isinstance(error, BankError):
            _log.error("no question can be asked: %s", error.discreet)
        return _again(gatekeeper, visit, Refused(code=Code.INTERNAL_ERROR, retry_after=60))


def _fresh(gatekeeper: Gatekeeper, site: Site, visit: Visit, told: Told | None = None) -> Page:
    asked = gatekeeper.ask(
        site, action=visit.action, about=visit.about or None, lang=visit.lang, poster=visit.poster
    )
    if isinstance(asked, Refused):
        return _refused(asked)
    return Page(asked=asked, lang=asked.lang, told=told)


def _other(gatekeeper: Gatekeeper, site: Site, visit: Visit) -> Page:
    before = gatekeeper.recall(visit.challenge)
    asked = gatekeeper.ask(site, lang=visit.lang, instead_of=visit.challenge, poster=visit.poster)
    if isinstance(asked, Refused):
        if asked.code is Code.INVALID_CHALLENGE:
            return _fresh(gatekeeper, site, visit, _start_again)
        return _again(gatekeeper, visit, asked)
    same = before is not None and before.question == asked.question
    return Page(asked=asked, lang=asked.lang, told=(lambda words: words.no_other) if same else None)


def _judged(gatekeeper: Gatekeeper, site: Site, visit: Visit) -> Page:
    before = gatekeeper.recall(visit.challenge)
    # A page that is loaded again shows the same code.
    proof = proof_of(f"{visit.challenge}\0{visit.answer}")
    answered = gatekeeper.answer(visit.challenge, visit.answer, poster=visit.poster, proof=proof)
    if answered.refused is None:
        return Page(token=answered.token, lang=before.lang if before else "")
    if answered.refused.code is Code.INVALID_CHALLENGE:
        return _fresh(gatekeeper, site, visit, _start_again)
    if answered.next is None:
        return _again(gatekeeper, visit, answered.refused)
    told = _said(answered.refused, before)
    return Page(asked=answered.next, lang=answered.next.lang, told=told, code=answered.refused.code)


def _again(gatekeeper: Gatekeeper, visit: Visit, refused: Refused) -> Page:
    """Show the question as it was, with what was typed: it was sent back unjudged."""
    if refused.code in (Code.INCORRECT_ANSWER, Code.CHALLENGE_USED, Code.CHALLENGE_EXPIRED):
        # It can no longer be answered, and no other came in its place: this client has asked too often.
        return _refused(Refused(code=Code.RATE_LIMITED, retry_after=60))
    asked = gatekeeper.recall(visit.challenge)
    return _refused(refused, asked=asked, answer=visit.answer)


def _refused(
    refused: Refused, *, status: int | None = None, asked: Asked | None = None, answer: str = ""
) -> Page:
    return Page(
        status=status or _STATUS.get(refused.code, 200),
        code=refused.code,
        told=_said(refused, asked),
        lang=asked.lang if asked else "",
        asked=asked,
        answer=answer,
        retry_after=refused.retry_after,
    )


def _said(refused: Refused, asked: Asked | None) -> Told:
    if refused.code is Code.HOSTNAME_MISMATCH:
        return lambda _: refused.message  # for whoever set the page up: posters never see it
    question, lang = (asked.question, asked.lang) if asked else ("", "")
    return lambda words: words.say_here(refused.code, question=question, lang=lang, wait=refused.retry_after)


def _start_again(words: Words) -> str:
    return words.start_again_here


def _reply(page: Page, site: Site | None, words: Words, again: str) -> Reply:
    """Return a page as it goes out; ``again`` is the query that opens the frame once more."""
    testing = site is not None and site.outcome is not Outcome.NORMAL
    message = page.told(words) if page.told else ""
    body = render_template(
        "gate/nojs.html", page=page, message=message, words=words, testing=testing, again=again
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        **COMMON_HEADERS,
        "Content-Security-Policy": _policy(page, site),
        "X-Robots-Tag": "noindex",
    }
    if page.retry_after is not None:
        headers["Retry-After"] = str(page.retry_after)
    return Reply(status=page.status, body=body.encode(), headers=headers, code=page.code)


def _policy(page: Page, site: Site | None) -> str:
    """Let the site's pages frame this one; words for whoever set it up wrongly show everywhere."""
    hosts = site.hosts if site is not None and page.code != Code.HOSTNAME_MISMATCH else ()
    # A host without scheme and port would mean the usual ports alone; an IPv6 address cannot be written here.
    named = [f"http://{host}:* https://{host}:*" for host in hosts if ":" not in host]
    ancestors = " ".join(named) if len(named) == len(hosts) and hosts else "*"
    return (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
