from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from gate.web.proxies import Client, client_of
from tests.service import NO_LIMITS, Service


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("8.8.8.8", None, 0, Client("8.8.8.8", hidden=False)),
        ("8.8.8.8", "9.9.9.9", 0, Client("8.8.8.8", hidden=False)),
        ("10.0.0.1", "9.9.9.9", 0, Client("", hidden=True)),
        ("127.0.0.1", "9.9.9.9", 0, Client("", hidden=True)),
        ("::1", "9.9.9.9", 0, Client("", hidden=True)),
        ("100.64.0.1", "9.9.9.9", 0, Client("", hidden=True)),
        ("::ffff:10.0.0.1", "9.9.9.9", 0, Client("", hidden=True)),
        ("", "9.9.9.9", 0, Client("", hidden=True)),
        (None, None, 0, Client("", hidden=False)),
        ("10.0.0.1", "9.9.9.9", 1, Client("9.9.9.9", hidden=False)),
        ("10.0.0.1", "1.1.1.1, 9.9.9.9", 1, Client("9.9.9.9", hidden=False)),
        ("10.0.0.1", "1.1.1.1, 9.9.9.9", 2, Client("1.1.1.1", hidden=False)),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 9.9.9.9", 2, Client("1.1.1.1", hidden=False)),
        ("10.0.0.1", "9.9.9.9", 2, Client("10.0.0.1", hidden=False)),
        ("10.0.0.1", None, 1, Client("10.0.0.1", hidden=False)),
        ("10.0.0.1", "9.9.9.9:4711", 1, Client("9.9.9.9", hidden=False)),
        ("10.0.0.1", "[2a00::1]:4711", 1, Client("2a00::1", hidden=False)),
        ("10.0.0.1", "2a00::1", 1, Client("2a00::1", hidden=False)),
        ("10.0.0.1", "unknown", 1, Client("", hidden=False)),
        ("10.0.0.1", "9.9.9.9, ", 1, Client("", hidden=False)),
    ],
)
def test_whose_address_counts(peer: str | None, forwarded: str | None, trusted: int, client: Client) -> None:
    assert client_of(peer, forwarded, trusted) == client


def asks_until_limited(service: Service, forwarded: Callable[[int], str], address: str) -> int:
    for number in range(50):
        response = service.get(
            "/v1/challenge",
            {"sitekey": "forum"},
            address=address,
            headers={"X-Forwarded-For": forwarded(number)},
        )
        if response.status_code == 429:
            return number
    return 50


def test_made_up_forwarding_buys_no_more_questions(make_service: Callable[..., Service]) -> None:
    service = make_service(limits={"challenges": "5/minute"})
    assert asks_until_limited(service, lambda n: f"9.9.9.{n}", "8.8.8.8") == 5
    behind = make_service(limits={"challenges": "5/minute"}, server={"workers": 1, "trusted_proxies": 1})
    assert asks_until_limited(behind, lambda n: f"9.9.9.{n}, 8.8.8.8", "10.0.0.1") == 5
    assert asks_until_limited(behind, lambda n: f"9.9.9.{n}", "10.0.0.1") == 50


def test_a_proxy_that_nobody_configured_is_reported_and_limits_hold_for_the_site(
    make_service: Callable[..., Service], caplog: pytest.LogCaptureFixture
) -> None:
    service = make_service(limits={"challenges": "5/minute"})
    assert service.get("/readyz").json["proxies"] == "ok"
    with caplog.at_level(logging.WARNING, "gate"):
        assert asks_until_limited(service, lambda n: f"9.9.9.{n}", "10.0.0.1") == 5
    warnings = [record.getMessage() for record in caplog.records if record.name == "gate"]
    assert len(warnings) == 1
    assert "trusted_proxies" in warnings[0]
    ready = service.get("/readyz")
    assert ready.status_code == 200
    assert "trusted_proxies" in ready.json["proxies"]


def test_clients_that_cannot_be_told_apart_are_not_shown_one_sticky_question(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(limits=NO_LIMITS)
    seen = {
        service.ask(address="10.0.0.1", headers={"X-Forwarded-For": f"9.9.9.{number}"})["question"]
        for number in range(200)
    }
    assert len(seen) == 6
