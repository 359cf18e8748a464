"""Laws of the strict reader, over whatever bytes may come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gate.web.api import ENDPOINTS
from gate.web.reader import MAX_BODY, MAX_FIELDS, Fields, Request, RequestError, read_fields

EVERY = frozenset[str]().union(*(endpoint.fields for endpoint in ENDPOINTS.values()))
KNOWN = ENDPOINTS["/v1/verify"].fields
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "FOO"])
content_types = st.one_of(
    st.sampled_from([JSON, FORM, "", f"{JSON}; charset=utf-8", "multipart/form-data; boundary=x"]), st.text()
)
names = st.one_of(st.sampled_from(sorted(EVERY)), st.text(max_size=20))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
json_bodies = st.one_of(values, st.dictionaries(names, values)).map(lambda value: json.dumps(value).encode())
form_bodies = st.lists(st.tuples(names, st.text())).map(
    lambda pairs: urlencode(pairs, errors="surrogatepass").encode()
)
bodies = st.one_of(st.binary(max_size=300), json_bodies, form_bodies, st.none())
queries = st.one_of(st.text(), form_bodies.map(bytes.decode))
well_formed = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
other_names = well_formed.filter(lambda name: name not in EVERY)


def read(request: Request) -> Fields | RequestError:
    try:
        return read_fields(request, KNOWN, EVERY)
    except RequestError as error:
        return error


def sent(body: bytes, content_type: str) -> Fields | RequestError:
    return read(Request(method="POST", content_type=content_type, body=body))


@settings(max_examples=400)
@given(method=methods, query=queries, content_type=content_types, body=bodies)
@example(method="POST", query="", content_type=JSON, body=b"[" * MAX_BODY)
@example(method="POST", query="", content_type=JSON, body=b'{"peek":' + b"9" * 5000 + b"}")
@example(method="POST", query="", content_type=JSON, body=b'{"a": "\\ud800"}')
@example(method="GET", query="a=\udcff", content_type="", body=b"")
@example(method="GET", query="a=%ff", content_type="", body=b"")
def test_whatever_comes_it_is_fields_or_a_refusal(
    method: str, query: str, content_type: str, body: bytes | None
) -> None:
    result = read(Request(method=method, query=query, content_type=content_type, body=body))
    if isinstance(result, RequestError):
        assert result.status in (400, 413, 415)
        assert result.problem.encode("utf-8")
        return
    assert isinstance(result, Mapping)
    assert len(result) <= MAX_FIELDS
    for name, value in result.items():
        assert isinstance(value, str)
        (name + value).encode("utf-8")
    assert result.get("peek", "true") in ("true", "false")


@settings(max_examples=200)
@given(st.dictionaries(st.one_of(st.sampled_from(sorted(EVERY)), other_names), well_formed, max_size=40))
def test_a_json_body_a_form_and_a_query_of_the_same_fields_read_the_same(fields: dict[str, str]) -> None:
    as_json = sent(json.dumps(fields, ensure_ascii=False).encode(), JSON)
    as_form = sent(urlencode(fields).encode(), FORM)
    as_query = read(Request(method="GET", query=urlencode(fields)))
    escaped = sent(json.dumps(fields).encode(), JSON)
    if isinstance(as_json, RequestError):
        for other in (as_form, as_query, escaped):
            assert isinstance(other, RequestError)
            assert other.status == as_json.status
    else:
        assert as_json == as_form == as_query == escaped
        assert {**as_json, "peek": ""} == {**fields, "peek": ""}


@given(st.sampled_from(sorted(KNOWN)), well_formed, well_formed)
def test_a_field_that_comes_twice_is_refused(name: str, one: str, other: str) -> None:
    twice = f"{{{json.dumps(name)}: {json.dumps(one)}, {json.dumps(name)}: {json.dumps(other)}}}"
    assert isinstance(sent(twice.encode(), JSON), RequestError)
    assert isinstance(sent(urlencode([(name, one), (name, other)]).encode(), FORM), RequestError)


@given(st.sampled_from(sorted(KNOWN - {"peek"})), values.filter(lambda value: not isinstance(value, str)))
def test_what_is_not_text_is_refused(name: str, value: object) -> None:
    refused = sent(json.dumps({name: value}).encode(), JSON)
    assert isinstance(refused, RequestError)
    assert refused.status == 400


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_message_shows_no_value(value: str) -> None:
    secret = f"hush-{value}-hush"
    for body in (
        f'{{"secret": {json.dumps(secret)}, "secret": {json.dumps(secret)}}}',
        f'{{"secret": [{json.dumps(secret)}]}}',
        f'{{"secret": {json.dumps(secret)}, "respons": "x"}}',
        f'{{"secret": {json.dumps(secret)},}}',
    ):
        refused = sent(body.encode(), JSON)
        assert isinstance(refused, RequestError)
        assert "hush" not in refused.problem


@given(
    st.sampled_from(
        ["seccret", "secret_", "Secret", "responses", "idempotency-key", "remote-ip", "hostnames"]
    )
)
def test_a_near_miss_of_a_field_is_refused_with_its_name(name: str) -> None:
    refused = sent(json.dumps({name: "x"}).encode(), JSON)
    assert isinstance(refused, RequestError)
    assert "did you mean" in refused.problem
