from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import BANK, NO_LIMITS, OTHER_SECRET, PAGE, SECRET, SITES, Service, code_of, solutions

FAMILY = {
    "What colour is grass?": "nature",
    "What colour is a clear sky?": "nature",
    "What is the opposite of hot?": "opposites",
    "How many days has a week?": "counting",
    "What does a kitten become?": "animals",
    "What does ice melt into?": "matter",
}


def family(asked: dict[str, str]) -> str:
    return FAMILY[asked["question"]]


# What a question looks like


def test_a_page_is_given_a_question_by_its_sitekey(service: Service) -> None:
    asked = service.ask()
    assert asked["question"] in solutions(BANK)
    assert (asked["lang"], asked["dir"], asked["expires_in"]) == ("en", "ltr", 86_400)
    assert set(asked) == {"challenge", "question", "lang", "dir", "hint", "see", "expires_in"}


def test_a_challenge_is_opaque_and_at_most_256_characters_long(service: Service) -> None:
    asked = service.ask(action="a" * 32, about="x" * 255, origin=PAGE)
    assert len(asked["challenge"]) <= 256
    assert asked["challenge"].replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_two_challenges_for_one_question_have_nothing_in_common_but_the_site(service: Service) -> None:
    one, other = service.ask(), service.ask()
    assert one["question"] == other["question"]
    assert one["challenge"] != other["challenge"]


def test_hint_see_and_contact_come_with_the_question_that_has_them(service: Service) -> None:
    seen = {}
    for number in range(60):
        asked = service.ask("other", address=f"8.8.0.{number}")
        seen[asked["question"]] = asked
    assert seen["What does a kitten become?"]["hint"] == "It purrs."
    assert seen["What does a kitten become?"]["see"] is None
    assert seen["What does ice melt into?"]["see"] == "https://example.org"
    assert all(asked["contact"] == "mailto:help@example.org" for asked in seen.values())


def test_the_reply_is_json_that_nobody_keeps(service: Service) -> None:
    response = service.get("/v1/challenge", {"sitekey": "forum"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers


def test_a_server_is_given_a_question_by_its_secret(service: Service) -> None:
    for fields in ({"secret": SECRET}, {"secret": SECRET, "remoteip": "8.8.8.8", "action": "reply"}):
        assert service.post("/v1/challenge", fields).json["question"] in solutions()
        assert service.post_form("/v1/challenge", fields).json["question"] in solutions()


def test_the_secret_may_come_in_the_authorization_header(service: Service) -> None:
    for scheme in ("Bearer", "bearer"):
        response = service.post("/v1/challenge", headers={"Authorization": f"{scheme} {SECRET}"})
        assert response.status_code == 200
        assert "question" in response.json
    other = service.post("/v1/challenge", headers={"Authorization": f"Basic {SECRET}"})
    assert code_of(other) == "missing-input-secret"


def test_the_head_of_a_question_has_no_body(service: Service) -> None:
    response = service.send("HEAD", "/v1/challenge", query_string={"sitekey": "forum"})
    assert (response.status_code, response.data) == (200, b"")


# What is refused


@pytest.mark.parametrize(
    "query", [{}, {"sitekey": ""}, {"sitekey": "nobody"}, {"sitekey": "FORUM"}, {"sitekey": SECRET}]
)
def test_a_sitekey_that_no_site_has_is_a_404(service: Service, query: dict[str, str]) -> None:
    response = service.get("/v1/challenge", query)
    assert (response.status_code, code_of(response)) == (404, "invalid-sitekey")


def test_a_missing_or_wrong_secret_is_said(service: Service) -> None:
    missing = service.post("/v1/challenge", {"sitekey": "forum"})
    wrong = service.post("/v1/challenge", {"secret": "forum"})
    assert (missing.status_code, code_of(missing)) == (200, "missing-input-secret")
    assert (wrong.status_code, code_of(wrong)) == (200, "invalid-input-secret")


def test_a_secret_in_a_url_is_refused_before_anybody_gets_used_to_it(service: Service) -> None:
    response = service.get("/v1/challenge", {"sitekey": "forum", "secret": SECRET})
    assert (response.status_code, code_of(response)) == (400, "bad-request")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("action", "a" * 33),
        ("action", "a b"),
        ("action", "répondre"),
        ("action", "reply\n"),
        ("about", "x" * 256),
        ("lang", "english please"),
        ("lang", "e" * 36),
        ("lang", "../en"),
    ],
)
def test_a_field_that_does_not_fit_is_a_400_that_names_it(service: Service, field: str, value: str) -> None:
    response = service.get("/v1/challenge", {"sitekey": "forum", field: value})
    assert (response.status_code, code_of(response)) == (400, "bad-request")
    assert f'"{field}"' in response.json["message"]


# Languages


def test_the_page_chooses_among_the_sites_languages(service: Service) -> None:
    assert service.ask(lang="de")["lang"] == "de"
    assert service.ask(lang="de-AT")["lang"] == "de"
    assert service.ask(lang="ja")["lang"] == "en"
    arabic = service.ask(lang="ar")
    assert (arabic["lang"], arabic["dir"], arabic["question"]) == ("ar", "rtl", "كم يوما في الأسبوع؟")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("de", "de"),
        ("de-CH, en;q=0.9", "de"),
        ("fr, ar;q=0.5, de;q=0.8", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0, ar;q=0.1", "ar"),
        ("a-" * 4000, "en"),
    ],
)
def test_without_a_wish_of_the_page_the_browsers_counts(service: Service, header: str, lang: str) -> None:
    assert service.ask(headers={"Accept-Language": header})["lang"] == lang


def test_the_pages_wish_comes_before_the_browsers(service: Service) -> None:
    assert service.ask(lang="ar", headers={"Accept-Language": "de"})["lang"] == "ar"


def test_a_site_that_names_no_languages_asks_in_the_banks(service: Service) -> None:
    assert service.ask("other", lang="de", headers={"Accept-Language": "de"})["lang"] == "en"


def test_a_site_asks_only_what_has_one_of_its_tags(make_service: Callable[..., Service]) -> None:
    service = make_service(site=[{**SITES[0], "langs": ["en"], "tags": ["colour"]}])
    asked = {service.ask(address=f"8.8.0.{number}")["question"] for number in range(40)}
    assert asked == {"What colour is grass?", "What colour is a clear sky?"}


# Sticky draws


def test_asking_fifty_times_shows_one_question(service: Service) -> None:
    assert len({service.ask()["question"] for _ in range(50)}) == 1
    assert len({service.ask()["challenge"] for _ in range(50)}) == 50


def test_other_clients_sites_and_windows_see_others(service: Service) -> None:
    assert len({service.ask(address=f"8.8.0.{number}")["question"] for number in range(60)}) == 6
    by_site = {service.ask(sitekey)["question"] for sitekey in ("forum", "other") for _ in range(3)}
    assert len(by_site) <= 2
    seen = set()
    for _ in range(60):
        seen.add(service.ask()["question"])
        service.clock.tick(600)
    assert len(seen) > 3


def test_a_whole_network_of_version_6_is_one_client(service: Service) -> None:
    seen = {service.ask(address=f"2a00:1450:4001:81b::{number:x}")["question"] for number in range(1, 40)}
    assert len(seen) == 1
    seen = {service.ask(address=f"2a00:1450:4001:{number:x}::1")["question"] for number in range(1, 40)}
    assert len(seen) > 3


def test_a_server_that_passes_on_the_address_gets_the_same_question_for_it(service: Service) -> None:
    asked = {service.ask_with(remoteip="8.8.8.8")["question"] for _ in range(30)}
    assert len(asked) == 1
    assert asked == {service.ask(address="8.8.8.8")["question"]}
    assert len({service.ask_with()["question"] for _ in range(40)}) > 3
    assert len({service.ask_with(remoteip="not-an-address")["question"] for _ in range(40)}) > 3


def test_without_sticky_draws_every_question_comes_to_everybody(make_service: Callable[..., Service]) -> None:
    service = make_service(challenge={"sticky": ""}, limits=NO_LIMITS)
    assert len({service.ask()["question"] for _ in range(200)}) == 6


def test_a_skip_brings_another_family(service: Service) -> None:
    for number in range(20):
        address = f"8.8.1.{number}"
        first = service.ask(address=address)
        second = service.ask(address=address, instead_of=first["challenge"])
        assert family(second) != family(first)
        assert service.ask(address=address)["question"] == second["question"]


def test_after_three_skips_the_same_question_stays(service: Service) -> None:
    asked = [service.ask()]
    for _ in range(6):
        asked.append(service.ask(instead_of=asked[-1]["challenge"]))
    families = [family(each) for each in asked]
    assert families[0] != families[1] != families[2] != families[3]
    assert {each["question"] for each in asked[3:]} == {asked[3]["question"]}
    service.clock.tick(600)
    fresh = service.ask()
    assert family(service.ask(instead_of=fresh["challenge"])) != family(fresh)


def test_a_skipped_challenge_is_used_up(service: Service) -> None:
    first = service.ask()
    service.ask(instead_of=first["challenge"])
    service.clock.tick(2)
    assert code_of(service.answer(first)) == "challenge-used"


def test_one_challenge_can_be_skipped_once(service: Service) -> None:
    first = service.ask()
    second = service.ask(instead_of=first["challenge"])
    for _ in range(5):
        assert service.ask(instead_of=first["challenge"])["question"] == second["question"]


def test_a_skip_keeps_to_the_form_that_the_challenge_was_for(service: Service) -> None:
    first = service.ask(action="reply", about="topic-1")
    second = service.ask(instead_of=first["challenge"])
    service.clock.tick(2)
    assert service.verify(service.answer(second)["token"], action="reply", about="topic-1")["success"]


def test_a_wrong_answer_brings_another_question_that_stays(service: Service) -> None:
    first = service.ask()
    service.clock.tick(2)
    following = service.answer(first, "purple")["next"]
    assert family(following) != family(first)
    assert service.ask()["question"] == following["question"]


def test_without_sticky_draws_too_another_family_follows(make_service: Callable[..., Service]) -> None:
    service = make_service(challenge={"sticky": "", "min_seconds": 0}, limits={"wrong_answers": ""})
    for _ in range(40):
        asked = service.ask()
        assert family(service.ask(instead_of=asked["challenge"])) != family(asked)
        wrong = service.ask_with()
        assert family(service.verify_answer(wrong, "purple")["next"]) != family(wrong)


def test_what_was_not_made_here_is_not_skipped(service: Service) -> None:
    good = service.ask()["challenge"]
    altered = good[:-2] + ("B" if good[-2] == "A" else "A") + good[-1]
    for instead_of in ("x", altered, service.token(), service.ask("other")["challenge"]):
        response = service.get("/v1/challenge", {"sitekey": "forum", "instead_of": instead_of})
        assert (response.status_code, code_of(response)) == (200, "invalid-input-challenge")
    response = service.post("/v1/challenge", {"secret": OTHER_SECRET, "instead_of": good})
    assert code_of(response) == "invalid-input-challenge"


# Limits


def test_too_many_questions_in_a_minute_are_refused_with_the_time_to_wait(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(limits={"challenges": "3/minute"})
    service.clock.tick(-service.clock.now % 60 + 48)
    for _ in range(3):
        service.ask()
    refused = service.get("/v1/challenge", {"sitekey": "forum"})
    assert (refused.status_code, code_of(refused)) == (429, "rate-limited")
    assert refused.headers["Retry-After"] == "12"
    service.ask(address="8.8.8.8")
    service.ask("other")
    service.clock.tick(12)
    service.ask()


def test_a_server_is_limited_by_the_address_that_it_passes_on_and_by_no_other(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(limits={"challenges": "2/minute"})
    for _ in range(10):
        service.ask_with()
        service.ask_with(remoteip="unknown")
    for _ in range(2):
        service.ask_with(remoteip="8.8.8.8")
    refused = service.post("/v1/challenge", {"secret": SECRET, "remoteip": "8.8.8.8"})
    assert (refused.status_code, code_of(refused)) == (429, "rate-limited")
    service.ask_with(remoteip="8.8.8.9")


def test_a_refused_skip_leaves_the_challenge_good(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"challenges": "1/minute"})
    asked = service.ask()
    refused = service.get("/v1/challenge", {"sitekey": "forum", "instead_of": asked["challenge"]})
    assert refused.status_code == 429
    service.clock.tick(2)
    assert service.answer(asked)["success"]
