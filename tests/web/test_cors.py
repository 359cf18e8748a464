from __future__ import annotations

from collections.abc import Callable

import pytest

from gate.stores.base import Event
from tests.service import PAGE, SECRET, SITES, Reply, Service, code_of

ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A gate whose every site names its hosts."""
    return make_service(site=[SITES[0], {**SITES[1], "hosts": ["other.example"]}])


def challenge(service: Service, origin: str | None, sitekey: str = "forum") -> Reply:
    return service.get("/v1/challenge", {"sitekey": sitekey}, origin=origin)


def cors_headers(response: Reply) -> list[str]:
    return [name for name, _ in response.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize(
    "origin",
    [
        PAGE,
        f"{PAGE}:8443",
        "http://forum.example.org",
        "https://FORUM.example.org",
        "https://a.wiki.example.org",
    ],
)
def test_a_page_of_the_sites_hosts_may_read_the_question(service: Service, origin: str) -> None:
    response = challenge(service, origin)
    assert "question" in response.json
    assert response.headers[ALLOWED] == origin
    assert response.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://example.org",
        "https://wiki.example.org",
        "https://xforum.example.org",
        "https://forum.example.org.evil.example",
        "https://forum.example.org@evil.example",
        "https://other.example",
        "null",
        "",
        "forum.example.org",
        "https://[",
    ],
)
def test_any_other_page_is_refused_and_may_not_even_read_that(service: Service, origin: str) -> None:
    response = challenge(service, origin)
    assert (response.status_code, code_of(response)) == (200, "hostname-mismatch")
    assert "question" not in response.json
    assert not cors_headers(response)
    assert response.headers["Vary"] == "Origin"


def test_a_refused_page_makes_nothing_happen(service: Service) -> None:
    asked = service.ask()
    for _ in range(3):
        challenge(service, "https://evil.example")
        refused = service.get(
            "/v1/challenge",
            {"sitekey": "forum", "instead_of": asked["challenge"]},
            origin="https://evil.example",
        )
        assert code_of(refused) == "hostname-mismatch"
    service.clock.tick(2)
    for given in (service.right(asked), "purple"):
        response = service.post(
            "/v1/answer",
            {"challenge": asked["challenge"], "answer": given},
            origin="https://evil.example",
        )
        assert code_of(response) == "hostname-mismatch"
        assert not cors_headers(response)
    assert service.answer(asked)["success"]
    service.live.statistics.flush()
    events = {row.event: number for row, number in service.live.store.stats(0)}
    assert events == {Event.ASKED: 1, Event.RIGHT: 1}


def test_without_an_origin_hosts_are_not_asked(service: Service) -> None:
    response = challenge(service, None)
    assert "question" in response.json
    assert not cors_headers(response)


def test_a_site_without_hosts_takes_every_page(make_service: Callable[..., Service]) -> None:
    service = make_service()
    for origin in ("https://anywhere.example", "null"):
        response = challenge(service, origin, "other")
        assert "question" in response.json
        assert response.headers[ALLOWED] == origin


def test_an_allowed_page_may_read_why_it_was_refused(service: Service) -> None:
    response = service.get("/v1/challenge", {"sitekey": "nobody"}, origin=PAGE)
    assert (response.status_code, response.headers[ALLOWED]) == (404, PAGE)
    response = service.post("/v1/answer", {"challenge": "x", "answer": "y"}, origin=PAGE)
    assert (code_of(response), response.headers[ALLOWED]) == ("invalid-input-challenge", PAGE)
    response = service.get("/v1/challenge", {"sitekey": "forum", "action": "!"}, origin=PAGE)
    assert (response.status_code, response.headers[ALLOWED]) == (400, PAGE)
    assert response.headers["Access-Control-Expose-Headers"] == "Retry-After"


@pytest.mark.parametrize("path", ["/v1/challenge", "/v1/answer"])
def test_a_preflight_answers_a_page_that_any_site_allows(service: Service, path: str) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin in (PAGE, "https://other.example"):
        response = service.send("OPTIONS", path, origin=origin, headers=asks)
        assert (response.status_code, response.data) == (204, b"")
        assert response.headers[ALLOWED] == origin
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"
        assert "Access-Control-Allow-Credentials" not in response.headers
    for origin in ("https://evil.example", "null"):
        response = service.send("OPTIONS", path, origin=origin, headers=asks)
        assert response.status_code == 204
        assert not cors_headers(response)


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/report"])
def test_what_takes_a_secret_answers_no_page(service: Service, path: str) -> None:
    preflight = service.send("OPTIONS", path, origin=PAGE)
    assert preflight.status_code == 405
    fields = {"secret": SECRET, "response": service.token(), "receipt": "x", "verdict": "spam"}
    response = service.post(path, fields, origin=PAGE)
    assert response.status_code == 200
    assert not cors_headers(preflight)
    assert not cors_headers(response)


def test_an_origin_does_not_decide_a_servers_verdict(service: Service) -> None:
    token = service.token()
    response = service.post(
        "/v1/verify", {"secret": SECRET, "response": token}, origin="https://evil.example"
    )
    assert response.json["success"]
