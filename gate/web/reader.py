"""The strict reader in front of every /v1 endpoint: one body, one meaning, or a 400 that says what."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from gate.errors import GateError

MAX_BODY = 16 * 1024
MAX_FIELDS = 32
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false", "": "false"}

Fields = Mapping[str, str]
"""The fields of a request, each once; ``peek`` is "true" or "false"."""


class RequestError(GateError):
    """A request that cannot be read: ``status`` is the HTTP status, ``problem`` what is wrong and what to do."""

    code = "bad-request"

    def __init__(self, problem: str, *, status: int = 400) -> None:
        self.problem = problem
        self.status = status
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request as an adapter hands it over.

    ``body`` is None where it is longer than ``MAX_BODY`` or its length is not said; ``address`` is the client's
    as the proxies leave it, "" where it cannot be told.
    """

    method: str
    query: str = ""
    content_type: str = ""
    body: bytes | None = b""
    origin: str | None = None
    bearer: str | None = None
    address: str = ""
    langs: tuple[str, ...] = ()


def read_fields(request: Request, known: Iterable[str], every: Iterable[str]) -> Fields:
    """Return the fields of a request, or raise ``RequestError``.

    ``known`` are the fields that this endpoint reads. Others are ignored, unless they look like a slip of the
    pen for one of them (and are none of ``every``, the fields of all endpoints): a typo must not switch a check off.
    """
    if request.method in ("GET", "HEAD"):
        fields = _form(request.query, "query")
    else:
        if request.query:
            raise RequestError(
                "This endpoint reads its fields from the body alone: move them out of the URL."
            )
        fields = _body(request)
    _refuse_typos(fields, known, every)
    if "peek" in fields:
        fields["peek"] = _boolean("peek", fields["peek"])
    return fields


def _body(request: Request) -> dict[str, str]:
    if request.body is None:
        raise RequestError(
            f"The body is longer than {MAX_BODY} bytes, or its length is not said.", status=413
        )
    media_type, _, parameters = request.content_type.partition(";")
    media_type = media_type.strip().lower()
    if not media_type and not request.body:
        return {}
    if not _charsets(parameters) <= {"utf-8", "utf8"}:
        raise RequestError("The body must be UTF-8.", status=415)
    if media_type == "application/json":
        return _json(_text(request.body))
    if media_type == "application/x-www-form-urlencoded":
        if request.body.lstrip().startswith(b"{"):
            raise RequestError("The body looks like JSON: say Content-Type: application/json.", status=415)
        return _form(_text(request.body), "body")
    raise RequestError(
        "Send application/json or application/x-www-form-urlencoded, and say so in Content-Type.", status=415
    )


def _charsets(parameters: str) -> set[str]:
    pairs = (part.strip().lower().partition("=") for part in parameters.split(";"))
    return {value.strip('"') for name, _, value in pairs if name == "charset"}


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(f"The body is not UTF-8 at byte {error.start}.") from None


def _json(text: str) -> dict[str, str]:
    try:
        parsed = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_constant)
    except RecursionError:
        raise RequestError("The JSON is nested too deeply: send one flat object.") from None
    except ValueError as error:
        raise RequestError(f"The body is not JSON: {error}.") from None
    if not isinstance(parsed, _Pairs):
        raise RequestError("The JSON must be one object whose values are strings.")
    return _unique(((name, _string(name, value)) for name, value in parsed), len(parsed))


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as written, its repeated keys included."""


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _string(name: str, value: object) -> str:
    if isinstance(value, bool) and name == "peek":
        return str(value).lower()
    if not isinstance(value, str):
        raise RequestError(f'Field "{_shown(name)}" must be a string.')
    return value


def _form(text: str, where: str) -> dict[str, str]:
    if len(text) > MAX_BODY:
        raise RequestError(f"The {where} is longer than {MAX_BODY} bytes.", status=413)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise RequestError(f"The {where} is not UTF-8.") from None
    except ValueError:
        raise RequestError(f"The {where} has more than {MAX_FIELDS} fields.") from None
    return _unique(pairs, len(pairs))


def _unique(pairs: Iterable[tuple[str, str]], count: int) -> dict[str, str]:
    if count > MAX_FIELDS:
        raise RequestError(f"The body has more than {MAX_FIELDS} fields.")
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise RequestError(f'Field "{_shown(name)}" comes twice: send it once.')
        if not (_encodable(name) and _encodable(value)):
            raise RequestError("A field holds half of a surrogate pair: send well-formed Unicode.")
        fields[name] = value
    return fields


def _encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_typos(fields: Fields, known: Iterable[str], every: Iterable[str]) -> None:
    names = sorted(known)
    for name in set(fields).difference(names, every):
        close = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.8)
        if close:
            raise RequestError(f'Field "{_shown(name)}" is unknown: did you mean "{close[0]}"?')


def _boolean(name: str, value: str) -> str:
    try:
        return _BOOLEANS[value.lower()]
    except KeyError:
        raise RequestError(f'Field "{name}" must be true or false.') from None


def _shown(name: str) -> str:
    return name[:40].encode("ascii", "backslashreplace").decode()
