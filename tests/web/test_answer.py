from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import NO_LIMITS, PAGE, SECRET, Service, code_of


def test_a_right_answer_gives_a_token(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    answered = service.answer(asked)
    assert answered["success"] is True
    assert set(answered) == {"success", "token", "expires_in"}
    assert 100 <= len(answered["token"]) <= 512
    assert answered["expires_in"] == 86_400


def test_a_form_is_read_as_well_as_json(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    response = service.post_form(
        "/v1/answer", {"challenge": asked["challenge"], "answer": service.right(asked)}
    )
    assert response.json["success"] is True


def test_a_wrong_answer_gives_another_question_for_the_same_form(service: Service) -> None:
    asked = service.ask(action="reply", about="topic-1", lang="de")
    service.clock.tick(2)
    refused = service.answer(asked, "lila")
    assert code_of(refused) == "incorrect-answer"
    following = refused["next"]
    assert following["lang"] == "de"
    assert following["question"] != asked["question"]
    service.clock.tick(2)
    token = service.answer(following)["token"]
    assert service.verify(token, action="reply", about="topic-1")["success"]


def test_a_challenge_is_judged_once_whatever_the_first_answer_was(service: Service) -> None:
    for first in (None, "purple"):
        asked = service.ask()
        service.clock.tick(2)
        service.answer(asked, first)
        again = service.answer(asked)
        assert code_of(again) == "challenge-used"
        assert "token" not in again
        assert again["next"]["challenge"] != asked["challenge"]


def test_an_old_challenge_gives_a_new_question_unjudged(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(86_400 + 6)
    refused = service.answer(asked)
    assert code_of(refused) == "challenge-expired"
    service.clock.tick(2)
    assert service.answer(refused["next"])["success"]


def test_a_challenge_lives_as_long_as_it_was_said_to(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(asked["expires_in"])
    assert service.answer(asked)["success"]


@pytest.mark.parametrize("answer", ["", " ", "\u200b\u2060", "\t\n", "\u3164"])
def test_an_empty_answer_leaves_the_challenge_good(service: Service, answer: str) -> None:
    asked = service.ask()
    service.clock.tick(2)
    refused = service.answer(asked, answer)
    assert code_of(refused) == "missing-input-answer"
    assert "next" not in refused
    assert service.answer(asked)["success"]


def test_an_answer_that_is_not_sent_at_all_is_missing_too(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    assert code_of(service.post("/v1/answer", {"challenge": asked["challenge"]})) == "missing-input-answer"
    assert service.answer(asked)["success"]


def test_an_answer_that_is_too_long_leaves_the_challenge_good(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    for answer in ("x" * 201, "é" * 2000, "a\u0301\u0323" * 250):
        refused = service.answer(asked, answer)
        assert code_of(refused) == "answer-too-long"
        assert "next" not in refused
    assert service.answer(asked)["success"]


def test_two_hundred_characters_are_judged(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    assert code_of(service.answer(asked, "x" * 200)) == "incorrect-answer"


def test_an_answer_that_comes_too_fast_leaves_the_challenge_good(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(0.5)
    response = service.post("/v1/answer", {"challenge": asked["challenge"], "answer": service.right(asked)})
    assert (response.status_code, code_of(response)) == (200, "answered-too-fast")
    assert response.headers["Retry-After"] == "1"
    assert "next" not in response.json
    service.clock.tick(0.5)
    assert service.answer(asked)["success"]


def test_how_fast_is_too_fast_is_a_setting(make_service: Callable[..., Service]) -> None:
    service = make_service(challenge={"min_seconds": 0})
    assert service.answer(service.ask())["success"]


def test_what_was_not_made_here_is_no_challenge(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    challenge = asked["challenge"]
    for other in ("x", challenge[:-1], challenge + "A", f"B{challenge[1:]}", service.token(), "é" * 300):
        refused = service.answer({**asked, "challenge": other})
        assert code_of(refused) == "invalid-input-challenge"
        assert "next" not in refused
    assert service.answer(asked)["success"]


def test_white_space_from_copying_does_not_hurt_a_challenge(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    challenge = f" {asked['challenge'][:50]}\r\n{asked['challenge'][50:]} "
    assert service.answer({**asked, "challenge": challenge})["success"]


def test_a_missing_challenge_is_said(service: Service) -> None:
    for fields in (
        {"answer": "green"},
        *({"challenge": nothing, "answer": "green"} for nothing in ("", "\n ")),
    ):
        response = service.post("/v1/answer", fields)
        assert (response.status_code, code_of(response)) == (200, "missing-input-challenge")


def test_cdata_rides_in_the_token(service: Service) -> None:
    token = service.token(cdata="session_7-b")
    assert len(service.token(cdata="c" * 255)) <= 1024
    assert service.verify(token)["cdata"] == "session_7-b"


@pytest.mark.parametrize("cdata", ["c" * 256, "a b", "é", "a.b"])
def test_cdata_that_does_not_fit_is_a_400_and_the_challenge_stays_good(service: Service, cdata: str) -> None:
    asked = service.ask()
    service.clock.tick(2)
    fields = {"challenge": asked["challenge"], "answer": service.right(asked), "cdata": cdata}
    response = service.post("/v1/answer", fields)
    assert (response.status_code, code_of(response)) == (400, "bad-request")
    assert service.answer(asked)["success"]


def test_the_secret_is_not_needed_and_does_not_help(service: Service) -> None:
    asked = service.ask()
    service.clock.tick(2)
    assert code_of(service.answer(asked, "purple", secret=SECRET)) == "incorrect-answer"


# Limits


def limited(service: Service, asked: dict[str, str], answer: str | None = None) -> str | None:
    """Answer and return the seconds to wait, if it was refused for a limit."""
    given = service.right(asked) if answer is None else answer
    response = service.post("/v1/answer", {"challenge": asked["challenge"], "answer": given})
    if response.status_code != 429:
        return None
    assert code_of(response) == "rate-limited"
    assert "next" not in response.json
    return response.headers["Retry-After"]


@pytest.mark.parametrize(
    ("limit", "answer"), [("answers", "purple"), ("wrong_answers", "purple"), ("tokens", None)]
)
def test_beyond_a_limit_the_challenge_stays_unjudged_and_good(
    make_service: Callable[..., Service], limit: str, answer: str | None
) -> None:
    service = make_service(limits={limit: "2/10 minutes"})
    service.clock.tick(-service.clock.now % 600)
    for _ in range(2):
        asked = service.ask()
        service.clock.tick(2)
        assert limited(service, asked, answer) is None
    last = service.ask()
    service.clock.tick(2)
    assert limited(service, last) == str(600 - 6)
    assert limited(service, last) == str(600 - 6)
    service.clock.tick(600 - 6)
    assert service.answer(last)["success"]


def test_wrong_answers_do_not_count_as_right_ones_nor_right_ones_as_wrong(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(limits={"wrong_answers": "3/10 minutes", "tokens": "3/10 minutes"})
    service.clock.tick(-service.clock.now % 600)
    for answer in ("purple", None, "purple", None):
        asked = service.ask()
        service.clock.tick(2)
        assert limited(service, asked, answer) is None


def test_what_is_sent_back_unjudged_does_not_count(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"answers": "1/10 minutes"})
    asked = service.ask()
    for answer in ("", "x" * 201, None):
        assert limited(service, asked, answer) is None
    service.clock.tick(2)
    assert limited(service, asked) is None


def test_other_clients_and_sites_are_not_limited_with_it(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"answers": "1/10 minutes"})
    mine, hers, elsewhere = service.ask(), service.ask(address="8.8.8.8"), service.ask("other")
    service.clock.tick(2)
    assert limited(service, mine) is None
    assert service.answer(hers, address="8.8.8.8")["success"]
    assert limited(service, elsewhere) is None


def test_a_limit_that_is_turned_off_holds_nobody(make_service: Callable[..., Service]) -> None:
    service = make_service(limits=NO_LIMITS)
    for _ in range(70):
        asked = service.ask()
        service.clock.tick(2)
        assert limited(service, asked) is None


def test_no_next_question_is_put_beyond_the_limit_of_questions(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"challenges": "1/minute"})
    asked = service.ask()
    service.clock.tick(2)
    refused = service.answer(asked, "purple")
    assert code_of(refused) == "incorrect-answer"
    assert "next" not in refused


# Where the page is


def test_the_pages_host_rides_in_the_token(service: Service) -> None:
    asked = service.ask(origin=PAGE)
    service.clock.tick(2)
    token = service.answer(asked, origin=f"{PAGE}:8443")["token"]
    assert service.verify(token)["hostname"] == "forum.example.org"


def test_without_an_origin_the_host_is_empty(service: Service) -> None:
    assert service.verify(service.token())["hostname"] == ""


def test_an_answer_from_a_page_that_the_site_does_not_allow_is_not_judged(service: Service) -> None:
    asked = service.ask(origin=PAGE)
    service.clock.tick(2)
    refused = service.answer(asked, origin="https://evil.example")
    assert code_of(refused) == "hostname-mismatch"
    assert "next" not in refused
    assert service.answer(asked, origin=PAGE)["success"]


def test_no_answer_is_too_fast_where_no_time_is_asked_for(make_service: Callable[..., Service]) -> None:
    """Nor one on a machine whose clock is a little behind that of the one which asked."""
    service = make_service(challenge={"min_seconds": 0})
    for seconds in (0.0007, -2):
        asked = service.ask()
        service.clock.tick(seconds)
        assert service.answer(asked)["success"], seconds
