"""Between Flask's requests and responses and the plain ones that the endpoints know."""

from __future__ import annotations

from itertools import islice
from urllib.parse import parse_qsl

from flask import Request as FlaskRequest
from flask import Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gate.languages import LONGEST_TAG
from gate.web.lenient import MOST_BODY
from gate.web.proxies import Client
from gate.web.reader import MAX_BODY, Request
from gate.web.replies import Reply

_MOST_LANGUAGES = 16
_MOST_READ_AWAY = 32 * 1024 * 1024


def plain_request(request: FlaskRequest, client: Client) -> Request:
    """Return what the endpoints need of a Flask request."""
    return Request(
        method=request.method,
        # A client that did not escape its query meant UTF-8; what is not becomes a surrogate, which is refused.
        query=request.query_string.decode("utf-8", "surrogateescape"),
        content_type=request.headers.get("Content-Type", ""),
        body=_body(request),
        origin=request.headers.get("Origin"),
        bearer=_bearer(request),
        address=client.address,
        langs=preferred_languages(request),
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


def preferred_languages(request: FlaskRequest) -> tuple[str, ...]:
    """Return the languages that the browser prefers, best first; no more and no longer than people have them."""
    wanted = (tag for tag, quality in request.accept_languages if quality > 0 and tag != "*")
    return tuple(tag for tag in islice(wanted, _MOST_LANGUAGES) if len(tag) <= LONGEST_TAG)


def _query(request: FlaskRequest) -> str:
    return request.query_string.decode("utf-8", "replace")


def _read_away(request: FlaskRequest) -> None:
    """Read what is left of a body: a client that is still sending when the reply comes takes it for a crash."""
    left = min(request.content_length or _MOST_READ_AWAY, _MOST_READ_AWAY)
    while left > 0 and (read := request.environ["wsgi.input"].read(min(left, MOST_BODY))):
        left -= len(read)


def _body(request: FlaskRequest) -> bytes | None:
    if request.headers.get("Transfer-Encoding"):
        return None
    if request.content_length is not None and request.content_length > MAX_BODY:
        return None
    try:
        return request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        return None


def _bearer(request: FlaskRequest) -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None
