"""What the strict reader makes of requests, as seen from outside: a 4xx that says what, never a guess or a 500."""

from __future__ import annotations

import io
import itertools
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.service import SECRET, Reply, Service, code_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BODY_ENDPOINTS = ("/v1/challenge", "/v1/answer", "/v1/verify", "/v1/report")


def send_body(
    service: Service, body: bytes, content_type: str = JSON, path: str = "/v1/verify", **more: Any
) -> Reply:
    return service.send("POST", path, data=body, content_type=content_type, **more)


def assert_refused(response: Reply, status: int = 400) -> None:
    assert (response.status_code, code_of(response)) == (status, "bad-request"), response.text
    assert response.headers["Content-Type"] == JSON
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"1",
        b"[]",
        b'"secret"',
        b"{}{}",
        b"{'secret': 'x'}",
        b'{"secret": "x",}',
        b'\xef\xbb\xbf{"secret": "x"}',
        b'{"secret": "a", "secret": "b"}',
        b'{"secret": "a", "\\u0073ecret": "a"}',
        b'{"secret": 1}',
        b'{"secret": 1e999}',
        b'{"secret": null}',
        b'{"secret": true}',
        b'{"secret": ["x"]}',
        b'{"secret": {"x": "y"}}',
        b'{"secret": NaN}',
        b'{"secret": -Infinity}',
        b'{"x": NaN}',
        b'{"secret": ' + b"9" * 5000 + b"}",
        b'{"secret": "\\ud800"}',
        b'{"\\udfff": "x"}',
        b'{"secret": "\x00"}',
        b'{"secret": "\n"}',
        b'{"secret": "\xff"}',
        b'{"secret": "\xed\xa0\x80"}',
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b'{"deep":' + b'{"a":' * 2_000 + b"1" + b"}" * 2_001,
        '{"secret": "x"}'.encode("utf-16"),
        '{"secret": "x"}'.encode("utf-32-le"),
        b'{"peek": "perhaps"}',
        b'{"peek": 1}',
        json.dumps({f"field-{number}": "" for number in range(33)}).encode(),
    ],
    ids=lambda body: body[:24].decode("ascii", "backslashreplace"),
)
def test_json_that_is_not_one_flat_object_of_strings_is_refused(service: Service, body: bytes) -> None:
    for path in BODY_ENDPOINTS:
        assert_refused(send_body(service, body, path=path))


@pytest.mark.parametrize("name", ["seceret", "Secret", "respnse", "idempotencyKey", "remote_ip", "host_name"])
def test_a_slip_of_the_pen_is_refused_lest_it_switch_a_check_off(service: Service, name: str) -> None:
    token = service.token()
    assert_refused(service.post("/v1/verify", {"secret": SECRET, "response": token, name: "x"}))
    assert service.verify(token)["success"]


@pytest.mark.parametrize(
    "body",
    [
        b"secret=a&secret=b",
        b"secret=a&%73ecret=a",
        b"secret=%FF",
        b"secret=\xff",
        b"secret=%ED%A0%80",
        b"&".join(b"a%d=b" % number for number in range(33)),
        b"&" * 40,
        b"peek=perhaps",
        b"remote_ip=8.8.8.8",
    ],
)
def test_a_form_with_doubtful_fields_is_refused(service: Service, body: bytes) -> None:
    assert_refused(send_body(service, body, FORM))


def test_a_doubled_field_does_not_spend_a_token(service: Service) -> None:
    token = service.token()
    for body, content_type in (
        (f"secret={SECRET}&response={token}&response={token}", FORM),
        (f'{{"secret":"{SECRET}","response":"{token}","response":"{token}"}}', JSON),
    ):
        assert_refused(send_body(service, body.encode(), content_type))
    assert_refused(service.post("/v1/verify", {"secret": SECRET}, query_string={"response": token}))
    assert service.verify(token)["success"]


def test_the_message_names_what_is_wrong(service: Service) -> None:
    def message(body: bytes, content_type: str = JSON) -> str:
        text: str = send_body(service, body, content_type).json["message"]
        return text

    assert message(b'{"secret": "a", "secret": "b"}') == 'Field "secret" comes twice: send it once.'
    assert message(b'{"secret": 1}') == 'Field "secret" must be a string.'
    assert message(b'{"responce": "x"}') == 'Field "responce" is unknown: did you mean "response"?'
    assert "line 1 column 2" in message(b"{")
    assert "NaN" in message(b'{"secret": NaN}')
    assert "UTF-8 at byte 12" in message(b'{"secret": "\xff"}')
    assert "32 fields" in message(b"&".join(b"a%d=" % number for number in range(33)), FORM)
    assert message(json.dumps({"é" * 999: 1}).encode()).count("\\xe9") == 40


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json;charset=latin-1",
        "application/json; version=1; charset=utf-16",
        f"{FORM}; charset=iso-8859-1",
        "application/jsonx",
    ],
)
def test_another_type_or_encoding_is_a_415(service: Service, content_type: str) -> None:
    for path in BODY_ENDPOINTS:
        assert_refused(send_body(service, b'{"secret": "x"}', content_type, path), 415)


@pytest.mark.parametrize("body", [b'{"secret": "x"}', b' \n{"secret": "a=b&c"}'])
def test_json_that_is_sent_as_a_form_is_told_what_is_missing(service: Service, body: bytes) -> None:
    """What `curl -d` does with it."""
    for path in BODY_ENDPOINTS:
        reply = send_body(service, body, "application/x-www-form-urlencoded", path)
        assert_refused(reply, 415)
        assert "say Content-Type: application/json" in reply.json["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json ; charset=utf-8; version=1",
        "application/json; odata=verbose",
    ],
)
def test_json_is_known_however_its_type_is_written(service: Service, content_type: str) -> None:
    body = json.dumps({"secret": SECRET, "response": service.token()}).encode()
    assert send_body(service, body, content_type).json["success"]


def test_nothing_at_all_is_read_as_no_fields(service: Service) -> None:
    response = service.send("POST", "/v1/verify")
    assert (response.status_code, code_of(response)) == (200, "missing-input-secret")


@pytest.mark.parametrize("size", [16 * 1024 + 1, 1_000_000])
@pytest.mark.parametrize("path", BODY_ENDPOINTS)
def test_a_body_beyond_sixteen_kibibytes_is_a_413(service: Service, path: str, size: int) -> None:
    for content_type in (JSON, FORM, "text/plain"):
        assert_refused(send_body(service, b"x" * size, content_type, path), 413)


def test_a_body_of_sixteen_kibibytes_is_read(service: Service) -> None:
    frame = json.dumps({"secret": SECRET, "response": ""}).encode()
    body = json.dumps({"secret": SECRET, "response": "x" * (16 * 1024 - len(frame))}).encode()
    assert len(body) == 16 * 1024
    assert code_of(send_body(service, body)) == "invalid-input-response"


def test_forty_thousand_fields_are_refused_unread(service: Service) -> None:
    form = b"&".join(b"f%d=" % number for number in range(40_000))
    assert_refused(send_body(service, form, FORM), 413)
    query = form.decode()
    assert service.send("GET", "/v1/challenge", query_string=query).status_code == 413


def test_field_names_whose_hashes_collide_are_counted_like_any_others(service: Service) -> None:
    alike = (name for name in map("f{}".format, itertools.count()) if hash(name) % 4096 == 0)
    fields = dict.fromkeys(itertools.islice(alike, 33), "x")
    for kind, write in ((JSON, json.dumps), (FORM, urlencode)):
        assert_refused(send_body(service, write(fields).encode(), kind))
    fields.popitem()
    for kind, write in ((JSON, json.dumps), (FORM, urlencode)):
        assert code_of(send_body(service, write(fields).encode(), kind)) == "missing-input-secret"


def test_a_body_whose_length_is_not_said_is_a_413(service: Service) -> None:
    body = b'{"secret": "x"}'
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    response = service.send(
        "POST", "/v1/verify", input_stream=io.BytesIO(body), content_type=JSON, environ=chunked
    )
    assert_refused(response, 413)


def test_a_length_that_lies_does_no_harm(service: Service) -> None:
    body = io.BytesIO(b'{"secret": "x"}')
    for length in ("-1", "abc", "999", "99999999999999999999"):
        response = service.send(
            "POST", "/v1/verify", input_stream=body, content_type=JSON, environ={"CONTENT_LENGTH": length}
        )
        assert response.status_code in (400, 413)


@pytest.mark.parametrize(
    "query",
    ["sitekey=forum&sitekey=other", "sitekey=%FF", "sitekey=forum&about=\xff", "site_key=forum", "&" * 40],
)
def test_a_doubtful_query_is_refused(service: Service, query: str) -> None:
    response = service.send("GET", "/v1/challenge", environ={"QUERY_STRING": query})
    assert_refused(response)


@pytest.mark.parametrize("path", BODY_ENDPOINTS)
def test_a_post_with_a_query_is_refused(service: Service, path: str) -> None:
    response = service.post(path, {"secret": SECRET}, query_string="sitekey=forum")
    assert_refused(response)
    assert "URL" in response.json["message"]


def test_the_body_of_a_get_is_not_read(service: Service) -> None:
    body = b'{"sitekey": "forum"}'
    response = service.send("GET", "/v1/challenge", data=body, content_type=JSON)
    assert (response.status_code, code_of(response)) == (404, "invalid-sitekey")
    response = service.send(
        "GET", "/v1/challenge", query_string="sitekey=forum", data=b"[" * 9000, content_type=JSON
    )
    assert response.status_code == 200


def test_fields_of_other_endpoints_and_of_nobody_are_ignored(service: Service) -> None:
    fields = {"sitekey": "forum", "response": "x", "theme": "dark", "utm_source": "x", "": "y", "é": "é"}
    assert service.get("/v1/challenge", fields).status_code == 200


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/challenge", "GET, HEAD, POST, OPTIONS"),
        ("/v1/answer", "POST, OPTIONS"),
        ("/v1/verify", "POST"),
        ("/v1/report", "POST"),
    ],
)
def test_another_method_is_a_405_that_names_the_right_ones(service: Service, path: str, allowed: str) -> None:
    taken = allowed.split(", ")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
        if method in taken:
            continue
        response = service.send(method, path)
        assert (response.status_code, response.headers["Allow"]) == (405, allowed), method
        if method != "HEAD":
            assert code_of(response) == "bad-request"
            assert allowed in response.json["message"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/gate.css", "/openapi.json", "/"])
def test_what_is_only_read_takes_no_other_method(service: Service, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "TRACE"):
        response = service.send(method, path)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert code_of(response) == "bad-request"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/challenge/", "/v2/verify", "/favicon.ico", "/%00", "/../etc"]
)
def test_an_address_that_is_not_there_is_a_404_that_names_those_that_are(service: Service, path: str) -> None:
    response = service.get(path)
    assert_refused(response, 404)
    assert "/v1/challenge" in response.json["message"]


def test_the_page_at_the_root_says_what_this_is_and_runs_no_script(service: Service) -> None:
    response = service.get("/")
    assert response.status_code == 200
    assert "question" in response.text
    assert "Test keys" not in response.text
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in response.text


def test_style_sheet_and_api_description_are_served(service: Service) -> None:
    style = service.get("/gate.css")
    assert (style.status_code, style.mimetype) == (200, "text/css")
    described = service.get("/openapi.json")
    assert (described.status_code, described.mimetype) == (200, JSON)
    assert described.json["openapi"].startswith("3.1")
