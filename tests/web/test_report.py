from __future__ import annotations

import pytest

from gate.stores.base import Event
from tests.service import OTHER_SECRET, SECRET, Service, code_of


def receipt_of(service: Service) -> str:
    receipt: str = service.verify(service.token())["receipt"]
    return receipt


def reported(service: Service) -> dict[str, int]:
    """How many reports were counted, by verdict."""
    service.live.statistics.flush()
    counts: dict[str, int] = {}
    for row, number in service.live.store.stats(0):
        if row.event in (Event.SPAM, Event.HAM):
            counts[row.event.value] = counts.get(row.event.value, 0) + number
    return counts


@pytest.mark.parametrize("verdict", ["spam", "ham"])
def test_a_reply_is_reported_by_its_receipt(service: Service, verdict: str) -> None:
    fields = {"secret": SECRET, "receipt": receipt_of(service), "verdict": verdict}
    assert service.post("/v1/report", fields).json == {"success": True}
    assert reported(service) == {verdict: 1}


def test_a_form_and_a_bearer_secret_are_read_too(service: Service) -> None:
    fields = {"secret": SECRET, "receipt": receipt_of(service), "verdict": "spam"}
    assert service.post_form("/v1/report", fields).json == {"success": True}
    del fields["secret"]
    bearer = {"Authorization": f"Bearer {SECRET}"}
    assert service.post("/v1/report", fields, headers=bearer).json == {"success": True}


def test_a_receipt_counts_once_whatever_it_is_reported_as(service: Service) -> None:
    receipt = receipt_of(service)
    for verdict in ("spam", "spam", "ham"):
        fields = {"secret": SECRET, "receipt": receipt, "verdict": verdict}
        assert service.post("/v1/report", fields).json == {"success": True}
    assert reported(service) == {"spam": 1}


def test_another_sites_secret_does_not_report_and_leaves_the_receipt_good(service: Service) -> None:
    receipt = receipt_of(service)
    foreign = service.post("/v1/report", {"secret": OTHER_SECRET, "receipt": receipt, "verdict": "ham"})
    assert (foreign.status_code, code_of(foreign)) == (200, "invalid-input-response")
    service.post("/v1/report", {"secret": SECRET, "receipt": receipt, "verdict": "spam"})
    assert reported(service) == {"spam": 1}


def test_what_is_no_receipt_is_refused(service: Service) -> None:
    receipt = receipt_of(service)
    for text in ("x", receipt[:-2], f"{receipt}A", service.token(), service.ask()["challenge"]):
        response = service.post("/v1/report", {"secret": SECRET, "receipt": text, "verdict": "spam"})
        assert (response.status_code, code_of(response)) == (200, "invalid-input-response")
    assert reported(service) == {}


def test_a_receipt_is_good_for_ninety_days(service: Service) -> None:
    day = 86_400
    early, late = receipt_of(service), receipt_of(service)
    service.clock.tick(90 * day - 60)
    fields = {"secret": SECRET, "receipt": early, "verdict": "spam"}
    assert service.post("/v1/report", fields).json == {"success": True}
    service.clock.tick(120)
    response = service.post("/v1/report", {**fields, "receipt": late})
    assert code_of(response) == "invalid-input-response"
    assert "90 days" in response.json["message"]


@pytest.mark.parametrize("verdict", [None, "", "SPAM", "maybe", "true"])
def test_a_verdict_that_is_neither_spam_nor_ham_is_a_400(service: Service, verdict: str | None) -> None:
    fields = {"secret": SECRET, "receipt": receipt_of(service)}
    if verdict is not None:
        fields["verdict"] = verdict
    response = service.post("/v1/report", fields)
    assert (response.status_code, code_of(response)) == (400, "bad-request")
    assert "spam or ham" in response.json["message"]


def test_a_missing_receipt_or_secret_is_said(service: Service) -> None:
    response = service.post("/v1/report", {"secret": SECRET, "verdict": "spam"})
    assert (response.status_code, code_of(response)) == (200, "missing-input-response")
    assert "receipt" in response.json["message"]
    response = service.post("/v1/report", {"receipt": receipt_of(service), "verdict": "spam"})
    assert code_of(response) == "missing-input-secret"
    response = service.post("/v1/report", {"secret": "wrong", "receipt": "x", "verdict": "spam"})
    assert code_of(response) == "invalid-input-secret"
