from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.service import SECRET, Service, code_of


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Read figures by name and labels, as Prometheus does."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels, reverse=True))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(metrics={"enabled": True})


def test_without_being_turned_on_there_are_none(make_service: Callable[..., Service]) -> None:
    response = make_service().get("/metrics")
    assert (response.status_code, code_of(response)) == (404, "bad-request")
    assert "[metrics]" in response.json["message"]


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("Bearer wrong", 401), ("hush-hush", 401), ("Bearer é", 401), ("Bearer hush-hush", 200)],
)
def test_a_token_is_asked_for_where_one_is_set(
    make_service: Callable[..., Service], header: str | None, status: int
) -> None:
    service = make_service(metrics={"enabled": True, "token": "hush-hush"})
    headers = {} if header is None else {"Authorization": header}
    response = service.get("/metrics", headers=headers)
    assert response.status_code == status
    if status == 401:
        assert code_of(response) == "bad-request"
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert "gate_" not in response.text


def test_what_happened_is_counted_by_site(service: Service) -> None:
    receipt = service.verify(service.token())["receipt"]
    service.post("/v1/report", {"secret": SECRET, "receipt": receipt, "verdict": "spam"})
    asked = service.ask()
    service.clock.tick(2)
    service.answer(asked, "purple")
    service.ask("other", instead_of=service.ask("other")["challenge"])
    response = service.get("/metrics")
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    figures = samples(response.text)
    events = {key[1:]: value for key, value in figures.items() if key[0] == "gate_events_total"}
    assert events == {
        ("Forum", "asked"): 3,
        ("Forum", "right"): 1,
        ("Forum", "wrong"): 1,
        ("Forum", "passed"): 1,
        ("Forum", "spam"): 1,
        ("Other", "asked"): 2,
        ("Other", "skipped"): 1,
    }
    assert figures[("gate_store_up",)] == 1
    assert figures[("gate_reload_failed",)] == 0
    assert figures[("gate_bank_questions",)] == 9
    assert figures[("gate_bank_variants",)] == 9


def test_a_refused_reload_is_seen(service: Service) -> None:
    (service.folder / "bank" / "en.toml").write_text("question = [")
    service.look()
    assert samples(service.get("/metrics").text)[("gate_reload_failed",)] == 1


def test_a_store_that_is_away_is_seen_and_the_other_figures_stay(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(metrics={"enabled": True}, store={"url": "sqlite:///gate.db"})
    with closing(sqlite3.connect(service.folder / "gate.db", isolation_level=None)) as rival:
        rival.execute("BEGIN EXCLUSIVE")
        response = service.get("/metrics")
    assert response.status_code == 200
    figures = samples(response.text)
    assert figures[("gate_store_up",)] == 0
    assert figures[("gate_bank_questions",)] == 9
