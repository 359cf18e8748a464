"""The fixtures of ``gate.testing``: a forum's own tests never meet a question."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gate import Gate
from gate.testing import gate_down, gate_fails, gate_passes  # noqa: F401 - fixtures are found by their names
from tests.embedding.hosts import Host

TYPED = {"name": "Ana", "body": "Sharp blades cut cleaner."}


@pytest.fixture
def form_class() -> Any:
    from tests.embedding.hosts import PlainForm

    return PlainForm


@pytest.mark.usefixtures("gate_passes")
def test_gate_passes_lets_every_reply_through_with_a_receipt_of_its_own(host: Host) -> None:
    for _ in range(2):
        assert host.app.test_client().post("/", data=TYPED).get_data(as_text=True) == "posted"
    assert len(set(host.receipts)) == 2
    assert None not in host.receipts


@pytest.mark.usefixtures("gate_passes")
def test_gate_passes_holds_while_another_field_is_wrong(host: Host) -> None:
    page = host.app.test_client().post("/", data={**TYPED, "name": ""}).get_data(as_text=True)
    assert host.posted == []
    assert "Answered" in page
    assert "gate-response" in page


@pytest.mark.usefixtures("gate_passes")
def test_gate_passes_gives_receipts_that_can_be_reported_and_answers_that_can_be_reopened(host: Host) -> None:
    host.app.test_client().post("/", data=TYPED)
    gate, field, receipt = Gate(), host.forms[0].gate, host.receipts[0] or ""
    with host.app.test_request_context("/"):
        assert gate.report(receipt, "spam") is True
        assert gate.report("another", "spam") is False
        with pytest.raises(ValueError, match="verdict"):
            gate.report(receipt, "junk")
        field.reopen()
        assert "Answered" in field()


@pytest.mark.usefixtures("gate_fails")
def test_gate_fails_refuses_every_reply_in_the_gates_words(host: Host) -> None:
    page = host.app.test_client().post("/", data=TYPED).get_data(as_text=True)
    assert host.posted == []
    assert re.search("“.+” That is not the answer", page)
    assert 'aria-invalid="true"' in page


@pytest.mark.usefixtures("gate_down")
def test_gate_down_is_an_outage(host: Host) -> None:
    page = host.app.test_client().post("/", data=TYPED).get_data(as_text=True)
    assert host.posted == []
    assert host.forms[0].gate.unavailable
    assert "cannot be reached" in page
    assert "cannot be reached" in host.app.test_client().get("/").get_data(as_text=True)
