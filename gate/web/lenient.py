"""The kind reader in front of the mirrors: whatever a client of the incumbents sends, in one flat table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser

from gate.web.reader import Request

MOST_BODY = 64 * 1024
_MOST_FIELDS = 1000

Pairs = Iterable[tuple[str, str]]


class UnreadableError(ValueError):
    """A request in which no field can be found."""


def read_kindly(request: Request) -> Mapping[str, str]:
    """Return the fields of a request, or raise ``UnreadableError``.

    The body is believed rather than its Content-Type, which many clients get wrong: JSON begins with a bracket,
    multipart with its boundary, all else is a form. A field of the body goes before one of the query, since a
    client that fills both has put into the URL what is the same each time.
    """
    if request.body is None or len(request.body) > MOST_BODY or len(request.query) > MOST_BODY:
        raise UnreadableError
    body = _once(_body(request.body))
    return {**_once(_form(request.query)), **{name: value for name, value in body.items() if value.strip()}}


def _body(body: bytes) -> Pairs:
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _json(text)
    if text.startswith("--") and "content-disposition" in text.lower():
        return _multipart(body)
    if text and "=" not in text:
        raise UnreadableError
    return _form(text)


def _json(text: str) -> Pairs:
    try:
        parsed = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        raise UnreadableError from None
    if not isinstance(parsed, tuple):
        raise UnreadableError
    return [(name, _as_text(value)) for name, value in parsed]


def _as_text(value: object) -> str:
    """Return a value of JSON as a form would have it; a list or an object says nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else ""


def _multipart(body: bytes) -> Pairs:
    body = body.lstrip()
    boundary = body.partition(b"\n")[0].strip().removeprefix(b"--")
    parser = MultiPartParser(max_form_memory_size=MOST_BODY, max_form_parts=_MOST_FIELDS)
    try:
        form, _ = parser.parse(BytesIO(body), boundary, len(body))
    except (ValueError, HTTPException):
        raise UnreadableError from None
    return list(form.items(multi=True))


def _form(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise UnreadableError from None


def _once(pairs: Pairs) -> dict[str, str]:
    """Return each field once, as it came first.

    Some clients put the token into the form without escaping it, so that a poster can append fields to it: those
    must not replace the site's own. No honest client names two secrets.
    """
    fields: dict[str, str] = {}
    for name, value in _named(pairs):
        if fields.setdefault(name, value) != value and name == "secret":
            raise UnreadableError
    return fields


def _named(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """Yield the pairs with secrets as they were pasted: without the white space around them."""
    for name, value in pairs:
        yield name, value.strip() if name == "secret" else value
