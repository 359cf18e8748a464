from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from gate.errors import StoreError
from tests.service import OTHER_SECRET, PAGE, SECRET, Service

RECAPTCHA = "/recaptcha/api/siteverify"
HCAPTCHA = "/hcaptcha/siteverify"
HCAPTCHA_ROOT = "/siteverify"
TURNSTILE = "/turnstile/v0/siteverify"
PATHS = (RECAPTCHA, HCAPTCHA_ROOT, HCAPTCHA, TURNSTILE)

BOUNDARY = "----a1b2c3"
FORM = "application/x-www-form-urlencoded"


def multipart(fields: Mapping[str, str]) -> bytes:
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{''.join(parts)}--{BOUNDARY}--\r\n".encode()


def raw(body: bytes | str, content_type: str | None) -> dict[str, Any]:
    data = body.encode() if isinstance(body, str) else body
    return {"data": data, "content_type": content_type}


WAYS: dict[str, tuple[str, Callable[[Mapping[str, str]], dict[str, Any]]]] = {
    "query": ("GET", lambda fields: {"query_string": fields}),
    "form": ("POST", lambda fields: raw(urlencode(fields), FORM)),
    "form-charset": ("POST", lambda fields: raw(urlencode(fields), f"{FORM}; charset=ISO-8859-1")),
    "multipart": ("POST", lambda f: raw(multipart(f), f"multipart/form-data; boundary={BOUNDARY}")),
    "json": ("POST", lambda fields: raw(json.dumps(fields), "application/json")),
    "json-charset": ("POST", lambda fields: raw(json.dumps(fields), "application/json; charset=utf-8")),
    "json-utf-16": (
        "POST",
        lambda f: raw(json.dumps(f).encode("utf-16"), "application/json; charset=utf-16"),
    ),
    "post-query": ("POST", lambda fields: {"query_string": fields}),
    "post-query-form": ("POST", lambda fields: {"query_string": fields, **raw("", FORM)}),
    "json-as-form": ("POST", lambda fields: raw(json.dumps(fields), FORM)),
    "json-as-text": ("POST", lambda fields: raw(json.dumps(fields), "text/plain")),
    "json-untyped": ("POST", lambda fields: raw(json.dumps(fields), None)),
    "form-as-json": ("POST", lambda fields: raw(urlencode(fields), "application/json")),
    "form-untyped": ("POST", lambda fields: raw(urlencode(fields), None)),
    "multipart-untyped": ("POST", lambda fields: raw(multipart(fields), None)),
}


def send(service: Service, path: str, fields: Mapping[str, str], way: str = "form") -> TestResponse:
    method, arguments = WAYS[way]
    return service.send(method, path, **arguments(fields))


def verdict(service: Service, path: str, response: str, secret: str = SECRET, **more: str) -> dict[str, Any]:
    """Verify as a client does; what comes back must be a 200 with JSON, whatever is in it."""
    reply = send(service, path, {"secret": secret, "response": response, **more})
    return checked(reply)


def checked(reply: TestResponse) -> dict[str, Any]:
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = reply.get_json()
    assert isinstance(body["success"], bool)
    return body


def code(body: dict[str, Any]) -> str:
    assert body["success"] is False, body
    (only,) = body["error-codes"]
    return str(only)


def page_token(service: Service, *, action: str = "", cdata: str = "") -> str:
    """Ask and answer from the forum's own page."""
    asked = service.ask(origin=PAGE, action=action)
    service.clock.tick(2)
    token: str = service.answer(asked, origin=PAGE, cdata=cdata)["token"]
    return token


def bytes_of(reply: TestResponse) -> str:
    checked(reply)
    return reply.get_data(as_text=True)


# What each says, to the byte


def test_recaptcha_says_yes_without_error_codes_score_and_action(service: Service) -> None:
    service.clock.now = 1_800_000_000.096
    token = page_token(service, action="reply", cdata="a1")
    assert bytes_of(send(service, RECAPTCHA, {"secret": SECRET, "response": token})) == (
        '{"success":true,"challenge_ts":"2027-01-15T08:00:02Z","hostname":"forum.example.org"}'
    )


@pytest.mark.parametrize("path", [HCAPTCHA, HCAPTCHA_ROOT])
def test_hcaptcha_says_yes_without_error_codes_and_score(service: Service, path: str) -> None:
    token = page_token(service, action="reply", cdata="a1")
    assert bytes_of(send(service, path, {"secret": SECRET, "response": token})) == (
        '{"success":true,"challenge_ts":"2027-01-15T08:00:02Z","hostname":"forum.example.org"}'
    )


def test_turnstile_says_yes_with_action_and_cdata_and_an_empty_list_of_errors(service: Service) -> None:
    service.clock.now = 1_800_000_000.096
    token = page_token(service, action="reply", cdata="a1")
    assert bytes_of(send(service, TURNSTILE, {"secret": SECRET, "response": token})) == (
        '{"success":true,"error-codes":[],"challenge_ts":"2027-01-15T08:00:02.096Z",'
        '"hostname":"forum.example.org","action":"reply","cdata":"a1"}'
    )


def test_turnstile_strings_are_there_when_nothing_was_said(service: Service) -> None:
    body = verdict(service, TURNSTILE, service.token())
    assert (body["hostname"], body["action"], body["cdata"]) == ("", "", "")


@pytest.mark.parametrize("path", PATHS)
def test_the_time_is_one_that_python_reads(service: Service, path: str) -> None:
    body = verdict(service, path, service.token())
    assert body["challenge_ts"].endswith("Z")
    assert datetime.fromisoformat(body["challenge_ts"]).timestamp() == service.clock.now


def test_no_says_why_in_one_code(service: Service) -> None:
    for path in (RECAPTCHA, HCAPTCHA, HCAPTCHA_ROOT):
        assert bytes_of(send(service, path, {"secret": SECRET, "response": "x"})) == (
            '{"success":false,"error-codes":["invalid-input-response"]}'
        )
    assert bytes_of(send(service, TURNSTILE, {"secret": SECRET, "response": "x"})) == (
        '{"success":false,"error-codes":["invalid-input-response"],"messages":[],'
        '"hostname":"","action":"","cdata":""}'
    )


@pytest.mark.parametrize("path", PATHS)
def test_nobody_keeps_a_verdict(service: Service, path: str) -> None:
    reply = send(service, path, {"secret": SECRET, "response": "x"})
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in reply.headers
    assert "Access-Control-Allow-Origin" not in reply.headers


# Each way of sending


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PATHS)
def test_a_token_passes_once_however_it_is_sent(service: Service, path: str, way: str) -> None:
    fields = {"secret": SECRET, "response": service.token()}
    assert checked(send(service, path, fields, way))["success"] is True
    assert checked(send(service, path, fields, way))["success"] is False


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PATHS)
def test_each_fault_has_its_code_however_it_is_sent(service: Service, path: str, way: str) -> None:
    def sent(fields: Mapping[str, str]) -> str:
        return code(checked(send(service, path, fields, way)))

    token = service.token()
    assert sent({"response": token}) == "missing-input-secret"
    assert sent({"secret": "", "response": token}) == "missing-input-secret"
    assert sent({"secret": "wrong", "response": token}) == "invalid-input-secret"
    assert sent({"secret": SECRET}) == "missing-input-response"
    assert sent({"secret": SECRET, "response": " "}) == "missing-input-response"
    assert sent({"secret": SECRET, "response": f"{token[:-1]}!"}) == "invalid-input-response"
    assert sent({"secret": OTHER_SECRET, "response": token}) == "invalid-input-response"
    assert checked(send(service, path, {"secret": SECRET, "response": token}, way))["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_nothing_at_all_misses_the_secret_first(service: Service, path: str) -> None:
    for method in ("GET", "POST"):
        assert code(checked(service.send(method, path))) == "missing-input-secret"


@pytest.mark.parametrize("path", PATHS)
def test_the_body_goes_before_the_query(service: Service, path: str) -> None:
    token = service.token()
    reply = service.send(
        "POST",
        path,
        query_string={"secret": SECRET, "response": "from the query"},
        **raw(urlencode({"response": token, "secret": ""}), FORM),
    )
    assert checked(reply)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_what_a_poster_appends_to_a_token_replaces_nothing(service: Service, path: str) -> None:
    """A client that does not escape the token lets a poster add fields: the site's secret must stay in force."""
    own = service.token("other")
    for form in (
        f"secret={SECRET}&response=x&response={own}",
        f"secret={SECRET}&response={own}&secret={OTHER_SECRET}",
        f"response={own}&secret={OTHER_SECRET}&secret={SECRET}",
    ):
        assert checked(service.send("POST", path, **raw(form, FORM)))["success"] is False
        assert checked(service.send("GET", path, query_string=form))["success"] is False
    assert verdict(service, path, own, OTHER_SECRET)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_a_field_that_comes_twice_counts_as_it_came_first(service: Service, path: str) -> None:
    form = f"secret={SECRET}&response={service.token()}&response=again&secret={SECRET}"
    assert checked(service.send("POST", path, **raw(form, FORM)))["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_json_nulls_and_numbers_are_taken_as_a_form_has_them(service: Service, path: str) -> None:
    odd: dict[str, object] = {"remoteip": None, "n": 1, "l": [{}], "t": True}
    fields = {"secret": SECRET, "response": service.token(), **odd}
    assert checked(service.send("POST", path, json=fields))["success"] is True
    assert code(checked(service.send("POST", path, json={"secret": SECRET, "response": 7}))) == (
        "invalid-input-response"
    )
    assert code(checked(service.send("POST", path, json={"secret": SECRET, "response": None}))) == (
        "missing-input-response"
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_secret_may_have_white_space_around_it(service: Service, path: str) -> None:
    assert verdict(service, path, service.token(), f" {SECRET}\n")["success"] is True


# Whatever comes


BAD = {
    "half an object": b'{"secret": "',
    "a list": b"[1, 2]",
    "words": b"hello there",
    "nothing but bytes": bytes(range(128, 256)).replace(b"=", b""),
    "deep": b'{"a":' * 2_000,
    "many fields": b"a=1&" * 1_500,
    "too long": b"secret=" + b"x" * 70_000,
    "far too long": b"x" * 3_000_000,
    "half a multipart": multipart({"secret": SECRET, "response": "x"})[:70],
    "a number without end": b'{"secret": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_read_is_a_bad_request(service: Service, path: str, what: str) -> None:
    for content_type in (FORM, "application/json", "multipart/form-data", "image/png", None):
        assert code(checked(service.send("POST", path, **raw(BAD[what], content_type)))) == "bad-request"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "NONSENSE"])
@pytest.mark.parametrize("path", PATHS)
def test_any_other_method_is_a_bad_request_and_spends_nothing(
    service: Service, path: str, method: str
) -> None:
    fields = {"secret": SECRET, "response": service.token()}
    assert code(checked(service.send(method, path, query_string=fields))) == "bad-request"
    assert code(checked(service.send(method, path, data=fields))) == "bad-request"
    head = service.send("HEAD", path, query_string=fields)
    assert (head.status_code, head.headers["Content-Type"]) == (200, "application/json")
    assert verdict(service, path, fields["response"])["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_odd_text_is_an_invalid_token(service: Service, path: str) -> None:
    for response in ("\0", "é", "\u200b" * 50, "💩", "a" * 60_000, "%ff", "undefined", "null", ".", "\ud800"):
        reply = service.send("POST", path, json={"secret": SECRET, "response": response})
        assert code(checked(reply)) == "invalid-input-response"
    assert code(checked(service.send("POST", path, json={"secret": "\ud800é", "response": "x"}))) == (
        "invalid-input-secret"
    )
    assert code(checked(service.send("GET", path, query_string="secret=%ff%00&response=%ff"))) == (
        "invalid-input-secret"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (RECAPTCHA, "bad-request"),
        (HCAPTCHA, "bad-request"),
        (HCAPTCHA_ROOT, "bad-request"),
        (TURNSTILE, "internal-error"),
    ],
)
def test_a_store_that_is_down_lets_nobody_through_and_spends_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, path: str, expected: str
) -> None:
    token = service.token()

    def down(*_: object) -> None:
        raise StoreError("memory://", "it is down", "start it")

    with monkeypatch.context() as patch:
        patch.setattr(service.live.store, "spend", down)
        assert code(verdict(service, path, token)) == expected
    assert verdict(service, path, token)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_a_fault_of_ours_is_a_no(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(service.live.gatekeeper, "verify", broken)
    assert code(verdict(service, path, "x")) in ("bad-request", "internal-error")
    assert "unforeseen error" in caplog.text


# Verdicts


@pytest.mark.parametrize(
    ("path", "spent", "expired"),
    [
        (RECAPTCHA, "timeout-or-duplicate", "timeout-or-duplicate"),
        (HCAPTCHA, "already-seen-response", "expired-input-response"),
        (HCAPTCHA_ROOT, "already-seen-response", "expired-input-response"),
        (TURNSTILE, "timeout-or-duplicate", "timeout-or-duplicate"),
    ],
)
def test_spent_and_too_old_have_the_incumbents_words(
    service: Service, path: str, spent: str, expired: str
) -> None:
    token, late = service.token(), service.token()
    verdict(service, path, token)
    assert code(verdict(service, path, token)) == spent
    service.clock.tick(86_400 + 10)
    assert code(verdict(service, path, late)) == expired


@pytest.mark.parametrize("path", PATHS)
def test_a_token_is_good_for_hours_and_not_for_minutes(service: Service, path: str) -> None:
    token = service.token()
    service.clock.tick(12 * 3_600)
    assert verdict(service, path, token)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_one_token_passes_through_one_door_only(service: Service, path: str) -> None:
    token = service.token()
    assert verdict(service, path, token)["success"] is True
    for other in PATHS:
        assert verdict(service, other, token)["success"] is False
    assert service.verify(token)["success"] is False


@pytest.mark.parametrize("path", PATHS)
def test_of_many_at_once_one_passes(service: Service, path: str) -> None:
    token = service.token()
    start = threading.Barrier(8)
    passed: list[bool] = []

    def race() -> None:
        client = service.app.test_client()
        start.wait()
        reply = client.post(path, data={"secret": SECRET, "response": token})
        passed.append(reply.get_json()["success"])

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 7 + [True]


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_secret_spends_nothing(service: Service, path: str) -> None:
    token = service.token()
    assert code(verdict(service, path, token, "wrong")) == "invalid-input-secret"
    assert code(verdict(service, path, token, OTHER_SECRET)) == "invalid-input-response"
    assert verdict(service, path, token)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_white_space_in_a_pasted_token_is_dropped(service: Service, path: str) -> None:
    token = service.token()
    pasted = f"\r\n    {token[:40]}\n  {token[40:80]} \t{token[80:]}\n"
    assert verdict(service, path, pasted)["success"] is True


@pytest.mark.parametrize(
    "remoteip",
    ["None", "", "8.8.4.4, 10.0.0.1", "2001:db8::1", "localhost", "'; --", "999.1.1.1", "::ffff:1.2.3.4"],
)
@pytest.mark.parametrize("path", PATHS)
def test_remoteip_decides_nothing(service: Service, path: str, remoteip: str) -> None:
    assert verdict(service, path, service.token(), remoteip=remoteip)["success"] is True


@pytest.mark.parametrize("path", PATHS)
def test_unknown_parameters_are_ignored(service: Service, path: str) -> None:
    more = {"version": "php_1.3.1", "responce": "x", "score": "0.9", "hostname": "elsewhere.example"}
    more |= {"peek": "maybe", "action": "other", "about": "topic", "challenge": "x", "answer": "y"}
    token = service.token(action="reply")
    assert verdict(service, path, token, **more)["success"] is True
    assert verdict(service, path, token, **more)["success"] is False


@pytest.mark.parametrize("path", PATHS)
def test_a_token_with_a_subject_is_for_the_gates_own_verify_alone(service: Service, path: str) -> None:
    token = service.token(about="topic-7")
    for more in ({}, {"about": "topic-7"}):
        assert code(verdict(service, path, token, **more)) == "invalid-input-response"
    assert service.verify(token, about="topic-7")["success"] is True


def test_a_sitekey_that_is_not_the_secrets_is_a_mismatch_for_hcaptcha(service: Service) -> None:
    for path in (HCAPTCHA, HCAPTCHA_ROOT):
        token = service.token()
        assert code(verdict(service, path, token, sitekey="other")) == "sitekey-secret-mismatch"
        assert code(verdict(service, path, token, sitekey="nobody")) == "sitekey-secret-mismatch"
        assert verdict(service, path, token, sitekey="forum")["success"] is True


@pytest.mark.parametrize("path", [RECAPTCHA, TURNSTILE])
def test_the_others_know_no_sitekey(service: Service, path: str) -> None:
    assert verdict(service, path, service.token(), sitekey="other")["success"] is True


def test_turnstile_repeats_its_verdict_for_the_same_idempotency_key(service: Service) -> None:
    fields = {"secret": SECRET, "response": page_token(service, action="reply"), "idempotency_key": "8f9e"}
    first = bytes_of(send(service, TURNSTILE, fields))
    assert '"success":true' in first
    assert bytes_of(send(service, TURNSTILE, {**fields, "remoteip": "8.8.8.8"}, "json")) == first
    assert code(verdict(service, TURNSTILE, fields["response"])) == "timeout-or-duplicate"
    assert code(verdict(service, TURNSTILE, fields["response"], idempotency_key="other")) == (
        "timeout-or-duplicate"
    )
    assert bytes_of(send(service, TURNSTILE, fields)) == first


def test_turnstile_wants_the_key_on_the_first_call(service: Service) -> None:
    token = service.token()
    assert verdict(service, TURNSTILE, token)["success"] is True
    assert code(verdict(service, TURNSTILE, token, idempotency_key="8f9e")) == "timeout-or-duplicate"


@pytest.mark.parametrize("path", [RECAPTCHA, HCAPTCHA, HCAPTCHA_ROOT])
def test_the_others_know_no_idempotency_key(service: Service, path: str) -> None:
    token = service.token()
    assert verdict(service, path, token, idempotency_key="8f9e")["success"] is True
    assert verdict(service, path, token, idempotency_key="8f9e")["success"] is False


def test_tokens_have_letters_and_length_that_every_client_lets_through(service: Service) -> None:
    for token in (service.token(), page_token(service, action="a" * 32, cdata="c" * 255)):
        assert 100 <= len(token) <= 2_048
        assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
        assert token.isascii()


@pytest.mark.parametrize("way", ["query", "form", "json"])
@pytest.mark.parametrize("path", PATHS)
def test_no_log_line_holds_a_secret_or_a_token(
    service: Service, caplog: pytest.LogCaptureFixture, path: str, way: str
) -> None:
    caplog.set_level("DEBUG")
    fields = {"secret": SECRET, "response": service.token()}
    send(service, path, fields, way)
    send(service, path, {**fields, "secret": "a-wrong-one"}, way)
    lines = [record.__dict__.get("fields", {}) for record in caplog.records if record.name == "gate.requests"]
    assert [line["route"] for line in lines[-2:]] == [path, path]
    assert [line["code"] for line in lines[-2:]] == ["ok", "invalid-input-secret"]
    shown = repr([record.__dict__ for record in caplog.records]) + caplog.text
    assert SECRET not in shown
    assert "a-wrong-one" not in shown
    assert fields["response"] not in shown


# Test keys

GOOGLES = "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"
HCAPTCHAS = f"0x{'0' * 40}"
HCAPTCHA_DUMMY = "10000000-aaaa-bbbb-cccc-000000000001"
TURNSTILES = {number: f"{number}x0000000000000000000000000000000AA" for number in (1, 2, 3)}
TURNSTILE_DUMMY = "XXXX.DUMMY.TOKEN.XXXX"


@pytest.fixture
def testing(make_service: Callable[..., Service]) -> Service:
    return make_service(server={"testing": True})


@pytest.mark.parametrize("secret", [GOOGLES, HCAPTCHAS, *TURNSTILES.values()])
@pytest.mark.parametrize("path", PATHS)
def test_published_secrets_are_refused_unless_testing_is_on(service: Service, path: str, secret: str) -> None:
    for response in ("x", HCAPTCHA_DUMMY, TURNSTILE_DUMMY, service.token()):
        assert code(verdict(service, path, response, secret)) == "invalid-input-secret"


def test_googles_test_secret_lets_everything_pass_while_testing_is_on(testing: Service) -> None:
    for response in ("x", "x", "PASSED", testing.token("6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI")):
        body = verdict(testing, RECAPTCHA, response, GOOGLES)
        assert (body["success"], set(body)) == (True, {"success", "challenge_ts", "hostname"})
    assert code(verdict(testing, RECAPTCHA, "", GOOGLES)) == "missing-input-response"


@pytest.mark.parametrize("path", [HCAPTCHA, HCAPTCHA_ROOT])
def test_hcaptchas_test_secret_takes_its_dummy_and_its_own_sites_tokens(testing: Service, path: str) -> None:
    sitekey = "10000000-ffff-ffff-ffff-000000000001"
    assert verdict(testing, path, HCAPTCHA_DUMMY, HCAPTCHAS)["success"] is True
    assert verdict(testing, path, HCAPTCHA_DUMMY, HCAPTCHAS, sitekey=sitekey)["success"] is True
    assert verdict(testing, path, testing.token(sitekey), HCAPTCHAS)["success"] is True
    assert verdict(testing, path, HCAPTCHA_DUMMY, HCAPTCHAS, sitekey="forum")["success"] is False
    for response in ("x", TURNSTILE_DUMMY, testing.token()):
        assert code(verdict(testing, path, response, HCAPTCHAS)) == "invalid-input-response"


def test_turnstiles_test_secrets_act_as_published(testing: Service) -> None:
    body = verdict(testing, TURNSTILE, TURNSTILE_DUMMY, TURNSTILES[1])
    assert (body["success"], body["error-codes"]) == (True, [])
    assert set(body) == {"success", "error-codes", "challenge_ts", "hostname", "action", "cdata"}
    assert code(verdict(testing, TURNSTILE, TURNSTILE_DUMMY, TURNSTILES[2])) == "invalid-input-response"
    assert code(verdict(testing, TURNSTILE, TURNSTILE_DUMMY, TURNSTILES[3])) == "timeout-or-duplicate"
    for sitekey in ("1x00000000000000000000AA", "1x00000000000000000000BB", "3x00000000000000000000FF"):
        assert verdict(testing, TURNSTILE, testing.token(sitekey), TURNSTILES[1])["success"] is True
    for response in ("x", HCAPTCHA_DUMMY, testing.token()):
        assert code(verdict(testing, TURNSTILE, response, TURNSTILES[1])) == "invalid-input-response"


@pytest.mark.parametrize("path", PATHS)
def test_real_secrets_take_no_dummy(testing: Service, path: str) -> None:
    test_token = testing.token("test-pass")
    for response in (HCAPTCHA_DUMMY, TURNSTILE_DUMMY, "PASSED", test_token):
        assert code(verdict(testing, path, response)) == "invalid-input-response"


@pytest.mark.parametrize("path", PATHS)
def test_a_test_secret_takes_another_incumbents_dummy_nowhere(testing: Service, path: str) -> None:
    own = {RECAPTCHA: GOOGLES, TURNSTILE: TURNSTILES[1]}.get(path, HCAPTCHAS)
    for secret in {GOOGLES, HCAPTCHAS, TURNSTILES[1]} - {own}:
        for response in (HCAPTCHA_DUMMY, TURNSTILE_DUMMY):
            assert code(verdict(testing, path, response, secret)) == "invalid-input-response"


@pytest.mark.parametrize("path", PATHS)
def test_the_gates_own_test_keys_say_what_they_are_named_for(testing: Service, path: str) -> None:
    hcaptcha = path in (HCAPTCHA, HCAPTCHA_ROOT)
    token = testing.token("test-pass")
    assert verdict(testing, path, token, "test-pass")["success"] is True
    assert code(verdict(testing, path, "x", "test-fail")) == "invalid-input-response"
    assert code(verdict(testing, path, "x", "test-spent")) == (
        "already-seen-response" if hcaptcha else "timeout-or-duplicate"
    )
    assert code(verdict(testing, path, "x", "test-expired")) == (
        "expired-input-response" if hcaptcha else "timeout-or-duplicate"
    )
    assert code(verdict(testing, path, "x", "test-down")) == (
        "internal-error" if path == TURNSTILE else "bad-request"
    )
