from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.service import NO_LIMITS, OTHER_SECRET, PAGE, SECRET, SITES, Service, code_of

# Yes


def test_a_good_token_is_let_through_and_says_where_it_comes_from(service: Service) -> None:
    asked = service.ask(action="reply", origin=PAGE)
    service.clock.tick(2)
    token = service.answer(asked, origin=PAGE, cdata="session-7")["token"]
    service.clock.tick(600)
    verdict = service.verify(token)
    receipt = verdict.pop("receipt")
    assert verdict == {
        "success": True,
        "challenge_ts": "2027-01-15T08:00:02Z",
        "hostname": "forum.example.org",
        "action": "reply",
        "cdata": "session-7",
        "error-codes": [],
    }
    assert re.fullmatch(r"[A-Za-z0-9_.-]{50,200}", receipt)


def test_a_form_and_a_bearer_secret_are_read_too(service: Service) -> None:
    fields = {"secret": SECRET, "response": service.token()}
    assert service.post_form("/v1/verify", fields).json["success"]
    bearer = {"Authorization": f"Bearer {SECRET}"}
    response = service.post("/v1/verify", {"response": service.token()}, headers=bearer)
    assert response.json["success"]


def test_white_space_from_copying_does_not_hurt_a_token(service: Service) -> None:
    token = service.token()
    assert service.verify(f"  {token[:60]}\r\n {token[60:]}\n")["success"]


def test_fields_that_decide_nothing_are_read_and_left_alone(service: Service) -> None:
    assert service.verify(service.token(), remoteip="8.8.8.8")["success"]
    assert service.verify(service.token(), remoteip="no address", verdict="spam", theme="dark")["success"]


# No, and nothing is spent


def test_the_same_token_is_let_through_once(service: Service) -> None:
    token = service.token()
    assert service.verify(token)["success"]
    for _ in range(3):
        refused = service.verify(token)
        assert code_of(refused) == "timeout-or-duplicate"
        assert "receipt" not in refused


def test_every_other_spelling_of_a_spent_token_is_refused(service: Service) -> None:
    token = service.token()
    assert service.verify(token)["success"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings = [token[:-1] + last for last in alphabet]
    spellings += [token + junk for junk in ("=", "==", "!", "é", ".", "A", "\0", "%20")]
    spellings += [token[:20] + junk + token[20:] for junk in ("!", "*", "=", "é")]
    for spelling in spellings:
        assert service.verify(spelling)["success"] is False


def test_a_missing_secret_is_said_before_anything_else(service: Service) -> None:
    token = service.token()
    assert code_of(service.post("/v1/verify", {"response": token})) == "missing-input-secret"
    assert code_of(service.verify(token, secret="")) == "missing-input-secret"
    empty = service.post("/v1/verify", {"response": token}, headers={"Authorization": "Bearer "})
    assert code_of(empty) == "missing-input-secret"
    assert service.verify(token)["success"]


@pytest.mark.parametrize(
    "secret", ["forum", SECRET[:-1], f"{SECRET} ", SECRET.upper(), "é", "\x00", "x" * 9000]
)
def test_a_wrong_secret_spends_nothing(service: Service, secret: str) -> None:
    token = service.token()
    assert code_of(service.verify(token, secret=secret)) == "invalid-input-secret"
    assert service.verify(token)["success"]


def test_another_sites_secret_does_not_open_a_token_nor_spend_it(service: Service) -> None:
    token = service.token()
    assert code_of(service.verify(token, secret=OTHER_SECRET)) == "invalid-input-response"
    assert service.verify(token)["success"]


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ({"action": "login"}, {"action": "reply"}, "action-mismatch"),
        ({"action": "Reply"}, {}, "action-mismatch"),
        ({"sitekey": "other"}, {"sitekey": "forum"}, "invalid-sitekey"),
        ({"sitekey": "nobody"}, {}, "invalid-sitekey"),
        ({"hostname": "evil.example"}, {"hostname": "forum.example.org"}, "hostname-mismatch"),
        ({"hostname": "example.org"}, {"hostname": "FORUM.example.org:8443"}, "hostname-mismatch"),
        ({"hostname": "null"}, {}, "hostname-mismatch"),
    ],
)
def test_what_was_made_for_another_form_is_refused_and_not_spent(
    service: Service, wrong: dict[str, str], right: dict[str, str], code: str
) -> None:
    asked = service.ask(action="reply", origin=PAGE)
    service.clock.tick(2)
    token = service.answer(asked, origin=PAGE)["token"]
    assert code_of(service.verify(token, **wrong)) == code
    assert service.verify(token, **right)["success"]


@pytest.mark.parametrize("hostname", ["forum.example.org", "null", ":80", "/", "[", "?"])
def test_a_token_that_names_no_host_fits_no_expected_one(service: Service, hostname: str) -> None:
    token = service.token()
    assert code_of(service.verify(token, hostname=hostname)) == "hostname-mismatch"
    assert service.verify(token)["success"]


def test_a_token_about_something_verifies_only_with_the_same_subject(service: Service) -> None:
    token = service.token(about="https://forum.example.org/topic/17?page=2")
    for about in ({}, {"about": ""}, {"about": "17"}, {"about": "https://forum.example.org/topic/18?page=2"}):
        assert code_of(service.verify(token, **about)) == "about-mismatch"
    assert service.verify(token, about="https://forum.example.org/topic/17?page=2")["success"]


def test_a_token_about_nothing_verifies_only_without_a_subject(service: Service) -> None:
    token = service.token()
    assert code_of(service.verify(token, about="17")) == "about-mismatch"
    assert service.verify(token)["success"]


def test_a_subject_is_the_same_however_it_was_sent(service: Service) -> None:
    for about in ("日本語", "a+b c&d=e%20f", "é"):
        escaped = service.token(about=about)
        assert service.verify(escaped, about=about)["success"]
    unescaped = "sitekey=forum&about=日本".encode().decode("latin-1")
    raw = service.send("GET", "/v1/challenge", environ={"QUERY_STRING": unescaped})
    service.clock.tick(2)
    token = service.answer(raw.json)["token"]
    assert service.verify(token, about="日本")["success"]


@pytest.mark.parametrize("response", ["x", "é" * 500, "A" * 9000, "a.b", "..", "null"])
def test_what_is_no_token_is_invalid(service: Service, response: str) -> None:
    assert code_of(service.verify(response)) == "invalid-input-response"


def test_a_challenge_or_a_receipt_is_no_token(service: Service) -> None:
    receipt = service.verify(service.token())["receipt"]
    for response in (service.ask()["challenge"], receipt):
        assert code_of(service.verify(response)) == "invalid-input-response"


def test_a_missing_token_is_said(service: Service) -> None:
    assert code_of(service.verdict({"secret": SECRET})) == "missing-input-response"
    for nothing in ("", " \r\n\t"):
        assert code_of(service.verify(nothing)) == "missing-input-response"


def test_a_token_lives_as_long_as_it_was_said_to(service: Service) -> None:
    service_token = service.token()
    service.clock.tick(86_400 + 5)
    assert service.verify(service_token)["success"]
    late = service.token()
    service.clock.tick(86_400 + 6)
    assert code_of(service.verify(late)) == "timeout-or-duplicate"


def test_a_token_from_the_future_is_not_believed(service: Service) -> None:
    token = service.token()
    service.clock.tick(-30)
    assert code_of(service.verify(token)) == "invalid-input-response"
    service.clock.tick(26)
    assert service.verify(token)["success"]


# Peeking


def test_a_peek_spends_nothing_and_gives_no_receipt(service: Service) -> None:
    token = service.token()
    for peek in (True, "true", "1", "TRUE"):
        peeked = service.verify(token, peek=peek)
        assert peeked["success"]
        assert "receipt" not in peeked
    assert service.verify(token, peek=False)["success"]


def test_a_spent_token_is_seen_to_be_spent(service: Service) -> None:
    token = service.token()
    service.verify(token)
    assert code_of(service.verify(token, peek=True)) == "timeout-or-duplicate"


def test_a_peek_looks_at_what_the_token_was_made_for(service: Service) -> None:
    token = service.token(action="reply")
    assert code_of(service.verify(token, action="login", peek=True)) == "action-mismatch"


def test_a_peek_that_is_neither_true_nor_false_is_a_400(service: Service) -> None:
    token = service.token()
    response = service.post("/v1/verify", {"secret": SECRET, "response": token, "peek": "maybe"})
    assert (response.status_code, code_of(response)) == (400, "bad-request")
    assert service.verify(token)["success"]


# The same request once more


def test_a_repeat_with_the_same_key_gets_the_first_verdict_again(service: Service) -> None:
    token = service.token(action="reply")
    fields = {"action": "reply", "idempotency_key": "post-4711"}
    first = service.verify(token, **fields)
    service.clock.tick(30)
    assert first["success"]
    assert service.verify(token, **fields) == first
    as_form = service.post_form("/v1/verify", {"secret": SECRET, "response": token, **fields})
    assert as_form.json == first
    bearer = {"Authorization": f"Bearer {SECRET}"}
    as_bearer = service.post("/v1/verify", {"response": token, **fields}, headers=bearer)
    assert as_bearer.json == first


@pytest.mark.parametrize(
    "second",
    [
        {"idempotency_key": "other"},
        {},
        {"idempotency_key": ""},
        {"idempotency_key": "post-4711", "action": "reply"},
        {"idempotency_key": "post-4711", "remoteip": "8.8.8.8"},
        {"idempotency_key": "post-4711", "action": "login"},
        {"idempotency_key": "other", "about": "another topic"},
        {"idempotency_key": "post-4711", "hostname": "elsewhere.example.org"},
    ],
)
def test_with_another_key_or_other_fields_it_is_a_duplicate(service: Service, second: dict[str, str]) -> None:
    token = service.token(action="reply")
    assert service.verify(token, idempotency_key="post-4711")["success"]
    assert code_of(service.verify(token, **second)) == "timeout-or-duplicate"


def test_one_key_for_two_tokens_is_two_requests(service: Service) -> None:
    one, other = service.token(), service.token()
    assert service.verify(one, idempotency_key="k")["success"]
    assert service.verify(other, idempotency_key="k")["success"]


def test_a_refused_request_does_not_use_up_its_key(service: Service) -> None:
    token = service.token(action="reply")
    assert code_of(service.verify(token, action="login", idempotency_key="k")) == "action-mismatch"
    assert service.verify(token, action="reply", idempotency_key="k")["success"]


def test_an_idempotency_key_that_is_too_long_is_a_400(service: Service) -> None:
    fields = {"secret": SECRET, "response": "x", "idempotency_key": "k" * 256}
    assert service.post("/v1/verify", fields).status_code == 400


# Both steps in one


def test_challenge_and_answer_are_verified_in_one_step(service: Service) -> None:
    asked = service.ask_with(action="reply", about="17")
    service.clock.tick(2)
    verdict = service.verify_answer(asked, action="reply", about="17")
    assert verdict["success"]
    assert (verdict["challenge_ts"], verdict["action"]) == ("2027-01-15T08:00:02Z", "reply")
    assert service.post(
        "/v1/report", {"secret": SECRET, "receipt": verdict["receipt"], "verdict": "spam"}
    ).json["success"]


def test_in_one_step_a_challenge_is_let_through_once(service: Service) -> None:
    asked = service.ask_with()
    service.clock.tick(2)
    assert service.verify_answer(asked)["success"]
    again = service.verify_answer(asked)
    assert code_of(again) == "challenge-used"
    assert again["next"]["question"] in service.solutions


def test_one_answer_gives_a_token_or_a_verdict_never_both(service: Service) -> None:
    for first, second in (("answer", "verify_answer"), ("verify_answer", "answer")):
        asked = service.ask()
        service.clock.tick(2)
        assert getattr(service, first)(asked)["success"]
        assert code_of(getattr(service, second)(asked)) == "challenge-used"


def test_a_wrong_answer_in_one_step_brings_the_next_question(service: Service) -> None:
    asked = service.ask_with(remoteip="8.8.8.8", about="17", lang="de")
    service.clock.tick(2)
    refused = service.verify_answer(asked, "lila", about="17", remoteip="8.8.8.8")
    assert code_of(refused) == "incorrect-answer"
    assert "receipt" not in refused
    assert (refused["next"]["lang"], refused["next"]["question"] != asked["question"]) == ("de", True)
    service.clock.tick(2)
    assert service.verify_answer(refused["next"], about="17")["success"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"secret": "nobody"}, "invalid-input-secret"),
        ({"secret": OTHER_SECRET}, "invalid-input-challenge"),
        ({"sitekey": "other"}, "invalid-sitekey"),
        ({"action": "login"}, "action-mismatch"),
        ({"about": "18"}, "about-mismatch"),
        ({"about": ""}, "about-mismatch"),
        ({"hostname": "evil.example"}, "hostname-mismatch"),
    ],
)
def test_in_one_step_a_mismatch_leaves_the_challenge_unjudged(
    service: Service, wrong: dict[str, str], code: str
) -> None:
    asked = service.ask(action="reply", about="17", origin=PAGE)
    service.clock.tick(2)
    right = {"action": "reply", "about": "17", "hostname": "forum.example.org", "sitekey": "forum"}
    refused = service.verify_answer(asked, **{**right, **wrong})
    assert code_of(refused) == code
    assert "next" not in refused
    assert service.verify_answer(asked, **right)["success"]


def test_in_one_step_too_the_unjudged_stays_good(service: Service) -> None:
    asked = service.ask_with()
    assert code_of(service.verify_answer(asked)) == "answered-too-fast"
    service.clock.tick(2)
    assert code_of(service.verify_answer(asked, "")) == "missing-input-answer"
    assert code_of(service.verify_answer(asked, "x" * 201)) == "answer-too-long"
    missing = service.verdict({"secret": SECRET, "challenge": asked["challenge"]})
    assert code_of(missing) == "missing-input-answer"
    assert service.verify_answer(asked)["success"]


def test_in_one_step_an_old_challenge_brings_the_next_question(service: Service) -> None:
    asked = service.ask_with()
    service.clock.tick(86_400 + 6)
    refused = service.verify_answer(asked)
    assert code_of(refused) == "challenge-expired"
    assert refused["next"]["question"] in service.solutions


def test_an_answer_without_its_challenge_is_said(service: Service) -> None:
    for fields in (
        {"answer": "green"},
        *({"answer": "green", "challenge": nothing} for nothing in ("", "\n ")),
    ):
        assert code_of(service.verdict({"secret": SECRET, **fields})) == "missing-input-challenge"
    assert (
        code_of(service.verdict({"secret": SECRET, "challenge": "x", "answer": "y"}))
        == "invalid-input-challenge"
    )


def test_in_one_step_a_repeat_with_the_same_key_gets_the_first_verdict_again(service: Service) -> None:
    asked = service.ask_with()
    service.clock.tick(2)
    first = service.verify_answer(asked, idempotency_key="post-1")
    assert first["success"]
    assert service.verify_answer(asked, idempotency_key="post-1") == first
    for fields in ({"idempotency_key": "post-2"}, {}, {"idempotency_key": "post-1", "remoteip": "8.8.8.8"}):
        assert code_of(service.verify_answer(asked, **fields)) == "challenge-used"
    wrong = service.verify_answer(asked, "purple", idempotency_key="post-1")
    assert code_of(wrong) == "challenge-used"
    other_form = service.verify_answer(asked, idempotency_key="post-1", action="login")
    assert code_of(other_form) == "challenge-used"
    assert "question" in other_form["next"]


def test_in_one_step_a_refused_request_does_not_use_up_its_key(service: Service) -> None:
    asked = service.ask_with(action="reply")
    service.clock.tick(2)
    assert code_of(service.verify_answer(asked, action="login", idempotency_key="k")) == "action-mismatch"
    assert service.verify_answer(asked, action="reply", idempotency_key="k")["success"]


@pytest.mark.parametrize("limit", ["answers", "tokens"])
def test_a_repeat_gets_the_first_verdict_though_that_reached_a_limit(
    make_service: Callable[..., Service], limit: str
) -> None:
    service = make_service(limits={limit: "1/10 minutes"}, challenge={"min_seconds": 0})
    service.clock.tick(-service.clock.now % 600 + 100)
    asked, other = service.ask_with(), service.ask_with()
    fields = {"remoteip": "8.8.8.8", "idempotency_key": "post-1"}
    first = service.verify_answer(asked, **fields)
    assert first["success"]
    assert service.verify_answer(asked, **fields) == first
    for one, key in ((asked, "post-2"), (other, "post-1")):
        body = {"challenge": one["challenge"], "answer": service.right(one), "idempotency_key": key}
        refused = service.post("/v1/verify", {"secret": SECRET, "remoteip": "8.8.8.8", **body})
        assert code_of(refused) == "rate-limited"


def test_in_one_step_a_wrong_answer_stays_wrong_when_repeated(service: Service) -> None:
    asked = service.ask_with()
    service.clock.tick(2)
    for _ in range(2):
        assert code_of(service.verify_answer(asked, "purple", idempotency_key="k")) == "incorrect-answer"


def test_a_peek_at_an_answer_is_refused_rather_than_judged(service: Service) -> None:
    asked = service.ask_with()
    service.clock.tick(2)
    fields = {"secret": SECRET, "challenge": asked["challenge"], "answer": service.right(asked)}
    for more in ({"peek": True}, {"response": service.token()}):
        response = service.post("/v1/verify", {**fields, **more})
        assert (response.status_code, code_of(response)) == (400, "bad-request")
    assert service.verify_answer(asked)["success"]


# Limits


def test_servers_are_limited_by_the_posters_address_where_they_pass_it_on(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(limits={"answers": "2/10 minutes"}, challenge={"min_seconds": 0})
    service.clock.tick(-service.clock.now % 600 + 100)
    for _ in range(2):
        assert service.verify_answer(service.ask_with(), remoteip="8.8.8.8")["success"]
    asked = service.ask_with()
    fields = {
        "secret": SECRET,
        "challenge": asked["challenge"],
        "answer": service.right(asked),
        "remoteip": "8.8.8.8",
    }
    refused = service.post("/v1/verify", fields)
    assert (refused.status_code, code_of(refused)) == (429, "rate-limited")
    assert refused.headers["Retry-After"] == "500"
    assert service.verify_answer(asked, remoteip="8.8.8.9")["success"]
    for _ in range(5):
        assert service.verify_answer(service.ask_with())["success"]
        assert service.verify_answer(service.ask_with(), remoteip="unknown")["success"]


def test_tokens_are_verified_without_a_limit(make_service: Callable[..., Service]) -> None:
    many = make_service(limits=NO_LIMITS)
    tokens = [many.token() for _ in range(30)]
    assert all(many.verify(token, remoteip="8.8.8.8")["success"] for token in tokens)


# Settings


def test_sites_are_told_apart_by_their_secrets(make_service: Callable[..., Service]) -> None:
    sites: list[dict[str, Any]] = [
        {"sitekey": f"site-{number}", "secret": f"{number}-{SECRET}"} for number in range(3)
    ]
    service = make_service(site=sites)
    for made_for in range(3):
        token = service.token(f"site-{made_for}")
        for asking in (*(n for n in range(3) if n != made_for), made_for):
            verdict = service.verify(token, secret=f"{asking}-{SECRET}")
            assert verdict["success"] is (asking == made_for)


def test_a_site_that_is_gone_takes_its_tokens_with_it(make_service: Callable[..., Service]) -> None:
    service = make_service()
    token, asked = service.token("other"), service.ask("other")
    make_service(site=SITES[:1])  # writes the file anew
    service.look()
    service.clock.tick(2)
    assert code_of(service.verify(token)) == "invalid-input-response"
    assert code_of(service.answer(asked)) == "invalid-input-challenge"
    assert code_of(service.verify(token, secret=OTHER_SECRET)) == "invalid-input-secret"
