"""The widget for pages: its script at four addresses, its style sheet, and its words in the poster's language.

Browsers keep these files for an hour; they set no cookies, and pages of any origin may load them.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug import Response as WerkzeugResponse

from gate.config.testkeys import TEST_SITES
from gate.live import Live
from gate.places import STATIC
from gate.verdicts import Code
from gate.web.words import words_in

SCRIPTS = ("/gate.js", "/recaptcha/api.js", "/1/api.js", "/turnstile/v0/api.js")
"""The widget's own address, and those of the scripts that it can stand in for."""

_NAMES = (
    "lang",
    "dir",
    "title",
    "why",
    "testing",
    "check",
    "another",
    "see",
    "contact",
    "retry",
    "checking",
    "right",
    "no_other",
    "not_loaded",
)
_CODES = (
    Code.INCORRECT_ANSWER,
    Code.MISSING_ANSWER,
    Code.ANSWER_TOO_LONG,
    Code.ANSWERED_TOO_FAST,
    Code.CHALLENGE_USED,
    Code.CHALLENGE_EXPIRED,
    Code.INVALID_CHALLENGE,
    Code.TIMEOUT_OR_DUPLICATE,
    Code.INTERNAL_ERROR,
)
_LONGEST_WAIT = 10

_SERVED_LINE = re.compile(r"^ *const SERVED = .*$", re.MULTILINE)
# Comments stand on lines of their own in the static files; taken out, a third less travels.
_COMMENT = re.compile(r"^ */\*[^*]*\*/\n|^ *//.*\n", re.MULTILINE)
_INDENT = re.compile(r"^ +", re.MULTILINE)


def widget_strings(lang: str) -> dict[str, str | list[str]]:
    """Return what the widget says in the language ``lang``, English where there is no catalogue of it.

    Sentences go by the error code that they stand for; ``minutes`` has the waits from one minute on.
    """
    words = words_in(lang)
    return {
        **{name: getattr(words, name) for name in _NAMES},
        **{str(code): words.say_here(code, question="{question}") for code in _CODES},
        str(Code.RATE_LIMITED): words.limited_here,
        "minutes": [words.minutes(number) for number in range(1, _LONGEST_WAIT + 1)],
    }


@cache
def script(*, testing: bool) -> str:
    """Return the widget's script as pages load it, with the test keys in it while they are on."""
    keys = [site.sitekey for site in TEST_SITES] if testing else []
    served = _json({"testKeys": keys, "words": widget_strings("en")})
    source = (STATIC / "gate.js").read_text("utf-8")
    return _slim(_SERVED_LINE.sub(lambda _: f"const SERVED = {served};", source, count=1))


@cache
def styles(*names: str) -> str:
    """Return static style sheets as pages load them, as one."""
    return _slim("".join((STATIC / name).read_text("utf-8") for name in names))


def add_widget(routes: Blueprint, live: Live) -> None:
    """Add the routes of the widget's files to ``routes``."""

    def javascript() -> Response:
        return _cached(script(testing=live.config.server.testing), "text/javascript")

    def recaptchas() -> WerkzeugResponse:
        lang, asks_for_frame, sitekey = request.args.get("hl", "").partition("/fallback?k=")
        if asks_for_frame:
            # Ruby's recaptcha gem derives the frame's address from the script's, and overlooks the query.
            return redirect(f"api/fallback?{urlencode({'k': sitekey, 'hl': lang})}")
        return javascript()

    views = {"/recaptcha/api.js": recaptchas}
    for path in SCRIPTS:
        routes.add_url_rule(
            path, path.strip("/").replace("/", "_").replace(".", "_"), views.get(path, javascript)
        )
    # The frame's rules are not for every page that has a widget.
    routes.add_url_rule("/gate.css", "widget_css", lambda: _cached(styles("gate.css"), "text/css"))
    routes.add_url_rule("/nojs.css", "css", lambda: _cached(styles("gate.css", "nojs.css"), "text/css"))
    routes.add_url_rule("/gate/strings/<lang>.json", "strings", _strings)


def _strings(lang: str) -> Response:
    return _cached(_json(widget_strings(lang)), "application/json")


def _cached(text: str, media_type: str) -> Response:
    """Return a file that every page may load and every cache may keep."""
    body = text.encode()
    squeezed = request.accept_encodings.quality("gzip") > 0
    response = Response(_gzipped(body) if squeezed else body, content_type=f"{media_type}; charset=utf-8")
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers.update(
        {
            "Cache-Control": "public, max-age=3600",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
    )
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _slim(text: str) -> str:
    return _INDENT.sub("", _COMMENT.sub("", text))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
