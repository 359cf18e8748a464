"""Requests that went wrong, by the ten thousand: honest ones, and what can be done to them."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, urlencode

from werkzeug.datastructures import Headers

from gate.web.mirrors import MIRRORS
from gate.web.nojs import FRAMES
from tests.service import OTHER_SECRET, SECRET, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "a-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"

# No value that a field could honestly have: whatever is let through, is let through wrongly.
NASTY: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    [],
    {},
    [["x"]],
    {"a": {"b": {"c": {"d": {}}}}},
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e\u200b\ufeff",
    "\ufdfa" * 200,
    "e\u0301\u0327" * 3000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}%s%n${jndi:ldap://x}",
    "../../etc/passwd",
    "A" * 300,
    "A" * 20_000,
    "eyJhbGciOiJub25lIn0.e30.",
    ".eJyrVkrLz1eyUkpKLFKqBQAdegQ0.x",
]
NASTY_BYTES = [
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"%00",
    b"%FF",
    b"&",
    b"=",
    b'"',
    b"{",
    b"[" * 999,
    b"NaN",
    b"\r\n",
]
NAMES = [
    "secret",
    "response",
    "challenge",
    "answer",
    "peek",
    "verdict",
    "sitekey",
    "k",
    "about",
    "",
    "é",
    "__proto__",
]
TYPES = [JSON, FORM, MULTIPART, "", "text/plain", f"{JSON}; charset=utf-16", "\xff/é", "multipart/form-data"]
METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "x\u00ff"]
HEADERS = {
    "HTTP_ORIGIN": ["null", "https://[", "https://forum.example.org", "javascript:0", "http://\xff"],
    "HTTP_REFERER": ["https://[::1", "x", "https://" + "a" * 999, "//\xe9"],
    "HTTP_AUTHORIZATION": ["Bearer", "Bearer \xff", "bearer  x", "Basic OjE=", "\0"],
    "HTTP_ACCEPT_LANGUAGE": ["*", "q=", "a-" * 999, "de;q=nan", "de;q=1e999, \xff", "en;q=-1"],
    "HTTP_X_FORWARDED_FOR": ["1", "::", ",,,", "1.2.3.4, x", "[", "fe80::1%\xff", "9" * 999],
    "HTTP_TRANSFER_ENCODING": ["chunked", "gzip, chunked"],
    "HTTP_HOST": ["", "evil.example", "[", "a\xff", "x:99999"],
    "HTTP_COOKIE": ["=", "session=\xff"],
    "CONTENT_LENGTH": ["", "-1", "x", "0", "99999999999999999999", "5"],
    "REMOTE_ADDR": ["", "unix:", "::ffff:8.8.8.8", "fe80::1%eth0", "999.9.9.9"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=nan", "*;q=\xff"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it stands in the environment that a server hands over."""

    method: str = "POST"
    path: str
    fields: Mapping[str, Any]
    kind: str = JSON
    query: bytes = b""
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> bytes:
        """The body: what was made of it, else the fields as the content type has them."""
        return self.body if self.body is not None else encoded(self.fields, self.kind)

    def environ(self) -> dict[str, Any]:
        written = self.written
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query.decode("latin-1"),
            "CONTENT_TYPE": self.kind,
            "CONTENT_LENGTH": str(len(written)),
            "REMOTE_ADDR": "8.8.4.4",
            "SERVER_NAME": "gate.example",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(written),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **self.headers,
        }


def encoded(fields: Mapping[str, Any], kind: str) -> bytes:
    if kind == MULTIPART:
        part = '--{}\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        parts = "".join(part.format(BOUNDARY, name, value) for name, value in fields.items())
        return f"{parts}--{BOUNDARY}--\r\n".encode("utf-8", "surrogatepass")
    if kind.startswith(JSON):
        return json.dumps(fields).encode()
    texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in fields.items()}
    return urlencode(texts).encode()


def change_a_value(sent: Sent, rng: random.Random) -> Sent:
    if not sent.fields:
        return sent
    return replace(sent, fields={**sent.fields, rng.choice(list(sent.fields)): rng.choice(NASTY)})


def add_a_field(sent: Sent, rng: random.Random) -> Sent:
    return replace(sent, fields={rng.choice(NAMES): rng.choice(NASTY), **sent.fields})


def rename_a_field(sent: Sent, rng: random.Random) -> Sent:
    chosen, name = rng.choice([*sent.fields, ""]), rng.choice(NAMES)
    return replace(sent, fields={name if key == chosen else key: value for key, value in sent.fields.items()})


def drop_a_field(sent: Sent, rng: random.Random) -> Sent:
    chosen = rng.choice([*sent.fields, ""])
    return replace(sent, fields={key: value for key, value in sent.fields.items() if key != chosen})


def respell_a_value(sent: Sent, rng: random.Random) -> Sent:
    """Change one letter of a value, as one who is after another spelling of a token does."""
    name = rng.choice([*sent.fields, ""])
    value = sent.fields.get(name)
    if not isinstance(value, str) or not value:
        return sent
    place = rng.choice([0, len(value) - 1, rng.randrange(len(value))])
    letter = rng.choice("AQgw019-_.=+/ é\n%")
    return replace(
        sent, fields={**sent.fields, name: value[:place] + letter + value[place + rng.randrange(2) :]}
    )


def double_a_field(sent: Sent, rng: random.Random) -> Sent:
    """Write the body twice, or a field of it once more."""
    written = sent.written
    if sent.kind.startswith(JSON):
        return replace(sent, body=written[:-1] + b"," + written[1:])
    return replace(sent, body=written + rng.choice([b"&", b""]) + written)


def damage_bytes(sent: Sent, rng: random.Random) -> Sent:
    written = bytearray(sent.written)
    for _ in range(rng.choice([1, 1, 2, 8])):
        place = rng.randrange(len(written) + 1)
        match rng.randrange(4):
            case 0 if place < len(written):
                written[place] ^= 1 << rng.randrange(8)
            case 1:
                del written[place : place + rng.choice([1, 2, 40])]
            case 2:
                written[place:place] = rng.choice(NASTY_BYTES)
            case _:
                written[place:place] = written[place : place + rng.choice([1, 9, 200])]
    return replace(sent, body=bytes(written))


def cut_off(sent: Sent, rng: random.Random) -> Sent:
    written = sent.written
    return replace(sent, body=written[: rng.randrange(len(written) + 1)])


def call_it_something_else(sent: Sent, rng: random.Random) -> Sent:
    return replace(sent, body=sent.written, kind=rng.choice(TYPES))


def move_to_the_query(sent: Sent, rng: random.Random) -> Sent:
    query = encoded(sent.fields, FORM)
    return replace(sent, query=query, body=rng.choice([b"", sent.written]))


def damage_the_query(sent: Sent, rng: random.Random) -> Sent:
    noise = rng.choice(
        [*NASTY_BYTES, quote_from_bytes(rng.randbytes(4)).encode(), b"a=%ED%A0%80", b"hl=\xff"]
    )
    return replace(sent, query=rng.choice([sent.query + b"&" + noise, noise + sent.query, noise]))


def use_another_method(sent: Sent, rng: random.Random) -> Sent:
    return replace(sent, method=rng.choice(METHODS))


def add_a_header(sent: Sent, rng: random.Random) -> Sent:
    name = rng.choice(list(HEADERS))
    return replace(sent, headers={**sent.headers, name: rng.choice(HEADERS[name])})


MUTATIONS: list[Callable[[Sent, random.Random], Sent]] = [
    change_a_value,
    change_a_value,
    respell_a_value,
    respell_a_value,
    add_a_field,
    rename_a_field,
    drop_a_field,
    double_a_field,
    damage_bytes,
    damage_bytes,
    cut_off,
    call_it_something_else,
    move_to_the_query,
    damage_the_query,
    use_another_method,
    add_a_header,
    add_a_header,
]


@dataclass(frozen=True)
class Material:
    """What somebody may hold who has no right to a yes: a token of another site, and what was used up."""

    good: str
    spent: str
    used: str
    answer: str
    fresh: str
    receipt: str


def material(service: Service) -> Material:
    good, spent = service.token(), service.token()
    receipt = service.verify(spent)["receipt"]
    used, fresh = service.ask(), service.ask()
    service.clock.tick(2)
    assert service.answer(used)["success"]
    return Material(good, spent, used["challenge"], service.right(used), fresh["challenge"], receipt)


def honest(held: Material) -> Iterator[Sent]:
    """Yield the requests, well-formed all of them, that none of the mutations can make into a rightful yes."""
    answered = {"challenge": held.used, "answer": held.answer}
    yield Sent(path="/v1/challenge", method="GET", fields={}, query=b"sitekey=forum&action=reply&lang=en")
    for kind in (JSON, FORM):
        yield Sent(path="/v1/challenge", fields={"secret": SECRET, "remoteip": "8.8.8.8"}, kind=kind)
        yield Sent(path="/v1/challenge", fields={"secret": SECRET, "instead_of": held.used}, kind=kind)
        yield Sent(path="/v1/answer", fields={**answered, "cdata": "x"}, kind=kind)
        yield Sent(
            path="/v1/answer", fields={**answered, "secret": SECRET, "idempotency_key": "k"}, kind=kind
        )
        yield Sent(path="/v1/answer", fields={"challenge": held.fresh, "answer": "purple"}, kind=kind)
        yield Sent(
            path="/v1/verify", fields={"secret": SECRET, "response": held.spent, "peek": "true"}, kind=kind
        )
        yield Sent(path="/v1/verify", fields={"secret": SECRET, **answered, "action": ""}, kind=kind)
        yield Sent(path="/v1/verify", fields={"secret": OTHER_SECRET, "response": held.good}, kind=kind)
        spam = {"secret": OTHER_SECRET, "receipt": held.receipt, "verdict": "spam"}
        yield Sent(path="/v1/report", fields=spam, kind=kind)
    for path in MIRRORS:
        for secret, token in ((SECRET, held.spent), (OTHER_SECRET, held.good)):
            fields = {"secret": secret, "response": token, "remoteip": "8.8.8.8", "sitekey": ""}
            for kind in (JSON, FORM, MULTIPART):
                yield Sent(path=path, fields=fields, kind=kind)
            yield Sent(path=path, method="GET", fields={}, query=encoded(fields, FORM), kind="")
    for path in FRAMES:
        fields = {"gate-challenge": held.used, "gate-answer": held.answer}
        for kind in (FORM, MULTIPART):
            yield Sent(path=path, fields=fields, query=b"sitekey=forum", kind=kind)
        yield Sent(path=path, fields={**fields, "gate-another": "1"}, query=b"k=forum&hl=en", kind=FORM)


def mutated(originals: Sequence[Sent], number: int) -> Sent:
    """Return the request with this number: one of the originals with none to three things done to it."""
    rng = random.Random(number)
    sent = originals[number % len(originals)]
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        sent = rng.choice(MUTATIONS)(sent, rng)
    return sent


def send(app: WSGIApplication, sent: Sent) -> tuple[int, Headers, bytes]:
    """Send a request as a server hands it over; return status, headers and body."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return io.BytesIO().write

    body = app(sent.environ(), start_response)
    try:
        whole = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    ((status, headers),) = started
    return int(status[:3]), Headers(headers), whole
