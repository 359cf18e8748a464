"""The test keys: the gate's own and those that the incumbents publish, on and off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gate.config import TEST_KEYS, TEST_SITES
from gate.errors import ConfigError
from tests.service import SECRET, SITES, Service, code_of, write_config

PASSING = [
    ("test-pass", "test-pass"),
    ("6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"),
    ("10000000-ffff-ffff-ffff-000000000001", "0x0000000000000000000000000000000000000000"),
    ("1x00000000000000000000AA", "1x0000000000000000000000000000000AA"),
    ("1x00000000000000000000BB", "1x0000000000000000000000000000000AA"),
    ("3x00000000000000000000FF", "1x0000000000000000000000000000000AA"),
]


@pytest.fixture
def testing(make_service: Callable[..., Service]) -> Service:
    return make_service(server={"testing": True, "workers": 1})


@pytest.mark.parametrize("key", sorted(TEST_KEYS))
def test_turned_off_no_published_key_opens_anything(service: Service, key: str) -> None:
    asked = service.get("/v1/challenge", {"sitekey": key})
    assert (asked.status_code, code_of(asked)) == (404, "invalid-sitekey")
    assert service.get("/nojs", {"sitekey": key}).status_code == 404
    for path, more in (("/v1/challenge", {}), ("/v1/verify", {"response": service.token()})):
        response = service.post(path, {"secret": key, **more})
        assert (response.status_code, code_of(response)) == (200, "invalid-input-secret")


@pytest.mark.parametrize(("sitekey", "secret"), PASSING)
def test_a_passing_pair_takes_any_answer_at_once_and_spends_its_token(
    testing: Service, sitekey: str, secret: str
) -> None:
    asked = testing.ask(sitekey, origin="https://anywhere.example")
    token = testing.answer(asked, "anything")["token"]
    assert testing.verify(token, secret=secret)["success"]
    assert code_of(testing.verify(token, secret=secret)) == "timeout-or-duplicate"
    assert testing.verify_answer(testing.ask(sitekey), "anything", secret=secret)["success"]


@pytest.mark.parametrize(
    ("sitekey", "secret"),
    [
        ("test-fail", "test-fail"),
        ("2x00000000000000000000AB", "2x0000000000000000000000000000000AA"),
        ("2x00000000000000000000BB", "2x0000000000000000000000000000000AA"),
    ],
)
def test_a_failing_pair_takes_no_answer(testing: Service, sitekey: str, secret: str) -> None:
    asked = testing.ask(sitekey)
    refused = testing.answer(asked)
    assert code_of(refused) == "incorrect-answer"
    assert "next" in refused
    assert code_of(testing.verify("anything", secret=secret)) == "invalid-input-response"
    assert code_of(testing.verify_answer(testing.ask(sitekey), secret=secret)) == "invalid-input-response"


@pytest.mark.parametrize("secret", ["test-spent", "test-expired", "3x0000000000000000000000000000000AA"])
def test_a_spent_or_expired_key_says_so_of_every_token(testing: Service, secret: str) -> None:
    assert code_of(testing.verify("anything", secret=secret)) == "timeout-or-duplicate"
    if secret.startswith("test-"):
        token = testing.answer(testing.ask(secret), "anything")["token"]
        assert code_of(testing.verify(token, secret=secret)) == "timeout-or-duplicate"


def test_the_key_that_is_down_is_down(testing: Service) -> None:
    token = testing.answer(testing.ask("test-down"), "anything")["token"]
    response = testing.post("/v1/verify", {"secret": "test-down", "response": token})
    assert (response.status_code, code_of(response)) == (503, "internal-error")
    assert response.headers["Retry-After"] == "1"
    assert testing.get("/readyz").status_code == 200


def test_real_sites_are_as_strict_as_ever(testing: Service) -> None:
    asked = testing.ask()
    testing.clock.tick(2)
    assert code_of(testing.answer(asked, "anything")) == "incorrect-answer"
    test_token = testing.answer(testing.ask("test-pass"), "anything")["token"]
    assert code_of(testing.verify(test_token, secret=SECRET)) == "invalid-input-response"
    assert code_of(testing.verify(testing.token(), secret="test-pass")) == "invalid-input-response"


def test_what_tests_are_on_is_said(testing: Service) -> None:
    assert testing.get("/readyz").json["testing"] is True
    assert "Test keys are on" in testing.get("/").text


def test_they_are_refused_where_others_can_reach_them(make_service: Callable[..., Service]) -> None:
    with pytest.raises(ConfigError, match="test keys"):
        make_service(server={"testing": True, "workers": 1, "host": "0.0.0.0"})  # noqa: S104


def test_no_site_of_ones_own_may_have_one(make_service: Callable[..., Service]) -> None:
    for site in TEST_SITES:
        with pytest.raises(ConfigError):
            make_service(site=[{**SITES[0], "sitekey": site.sitekey}])
        with pytest.raises(ConfigError):
            make_service(site=[{**SITES[0], "secret": site.secret}])


def test_they_are_not_turned_on_while_it_runs(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    write_config(service.folder, server={"testing": True, "workers": 1}, challenge={"lifetime": 60})
    service.look()
    assert service.ask()["expires_in"] == 60
    assert service.get("/v1/challenge", {"sitekey": "test-pass"}).status_code == 404
    assert service.get("/readyz").json["testing"] is False
    assert "restart gate" in caplog.text


def test_a_test_site_without_a_question_in_its_language_says_no_and_does_not_break(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(
        server={"testing": True, "workers": 1},
        bank={"files": ["bank/de.toml"]},
        site=[{**SITES[0], "langs": ["de"]}],
    )
    refused = service.get("/v1/challenge", {"sitekey": "test-pass"})
    assert (refused.status_code, code_of(refused)) == (503, "internal-error")
    assert service.ask()["lang"] == "de"
