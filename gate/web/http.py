"""Between the requests and responses of WSGI and Flask and the plain ones that the endpoints know."""

from __future__ import annotations

import logging
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Request as FlaskRequest
from flask import Response
from werkzeug.datastructures import LanguageAccept, MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import get_input_stream

from gate.languages import LONGEST_TAG
from gate.live import Live
from gate.verdicts import Code, Refused
from gate.web.health import Health
from gate.web.lenient import MOST_BODY
from gate.web.proxies import Client, client_of
from gate.web.reader import MAX_BODY, Request
from gate.web.replies import Reply, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_log = logging.getLogger("gate")

_MOST_LANGUAGES = 16
_USUAL_HEADER = 128
_MOST_READ_AWAY = 32 * 1024 * 1024


def caller_of(environ: WSGIEnvironment, live: Live, health: Health) -> Client:
    """Return whose request it is; a proxy that nobody configured is told to ``health``."""
    client = client_of(
        environ.get("REMOTE_ADDR"),
        environ.get("HTTP_X_FORWARDED_FOR"),
        live.config.server.trusted_proxies,
    )
    health.saw_proxy(hidden=client.hidden)
    return client


def plain_request(environ: WSGIEnvironment, client: Client) -> Request:
    """Return what the endpoints need of a request; raise ``HTTPException`` if its sender is gone."""
    return Request(
        method=environ["REQUEST_METHOD"].upper(),
        # A client that did not escape its query meant UTF-8; what is not becomes a surrogate, which is refused.
        query=environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "surrogateescape"),
        content_type=environ.get("CONTENT_TYPE", ""),
        body=_body(environ),
        origin=environ.get("HTTP_ORIGIN"),
        bearer=_bearer(environ.get("HTTP_AUTHORIZATION", "")),
        address=client.address,
        langs=preferred_languages(environ),
    )


def mirror_request(request: FlaskRequest) -> Request:
    """Return what the mirrors need of a Flask request: they take longer bodies, and such without a length."""
    request.max_content_length = MOST_BODY
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except HTTPException:
        body = None
        _read_away(request)
    return Request(method=request.method, query=_query(request), body=body)


def query_fields(request: FlaskRequest) -> MultiDict[str, str]:
    """Return what stands in the query, also where that is not UTF-8: ``request.args`` raises then."""
    return MultiDict(parse_qsl(_query(request), keep_blank_values=True, errors="replace"))


def flask_response(reply: Reply) -> Response:
    """Return a reply as Flask's response."""
    response = Response(reply.body, status=reply.status)
    response.headers.clear()
    response.headers.update({"Content-Length": str(len(reply.body)), **reply.headers})
    return response


def unreadable(error: HTTPException) -> Reply:
    """Return the refusal of a request that cannot be read as HTTP."""
    detail = f"{error.name}: the request cannot be read."
    return refusal(Refused(code=Code.BAD_REQUEST, detail=detail), status=error.code or 400)


def unforeseen(error: Exception) -> Reply:
    """Log a fault of the gate's own and return what is said of it."""
    _log.error("unforeseen error", exc_info=error)
    return refusal(Refused(code=Code.INTERNAL_ERROR, retry_after=1), status=500)


def preferred_languages(environ: WSGIEnvironment) -> tuple[str, ...]:
    """Return the languages that the browser prefers, best first; no more and no longer than people have them."""
    header = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    return _languages_of(header) if len(header) <= _USUAL_HEADER else _languages_of.__wrapped__(header)


@lru_cache(maxsize=1024)
def _languages_of(header: str) -> tuple[str, ...]:
    accepted = parse_accept_header(header, LanguageAccept)
    wanted = (tag for tag, quality in accepted if quality > 0 and tag != "*")
    return tuple(tag for tag in islice(wanted, _MOST_LANGUAGES) if len(tag) <= LONGEST_TAG)


def _query(request: FlaskRequest) -> str:
    return request.query_string.decode("utf-8", "replace")


def _read_away(request: FlaskRequest) -> None:
    """Read what is left of a body: a client that is still sending when the reply comes takes it for a crash."""
    left = min(request.content_length or _MOST_READ_AWAY, _MOST_READ_AWAY)
    while left > 0 and (read := request.environ["wsgi.input"].read(min(left, MOST_BODY))):
        left -= len(read)


def _body(environ: WSGIEnvironment) -> bytes | None:
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    try:
        return get_input_stream(environ, max_content_length=MAX_BODY).read()
    except RequestEntityTooLarge:
        return None


def _bearer(authorization: str) -> str | None:
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None
