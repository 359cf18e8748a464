"""pytest fixtures with which a forum's own tests never meet a question.

Put ``from gate.testing import gate_down, gate_fails, gate_passes`` into your ``conftest.py`` and ask for the fixture
that a test needs; every ``GateField`` and ``gate.verify`` then ends that way, whatever was posted.
"""

from __future__ import annotations

import secrets

import pytest

from gate.errors import UnavailableError
from gate.verdicts import Asked, Code, Refused, Verdict
from gate.web import extension
from gate.web.attempt import Attempt

__all__ = ["gate_down", "gate_fails", "gate_passes"]

_RECEIPT = "test-"


@pytest.fixture
def gate_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is right, a missing one too, each with a receipt of its own, which can be reported."""
    monkeypatch.setattr(extension, "Attempt", _Passing)
    report = extension.Gate.report
    monkeypatch.setattr(
        extension.Gate,
        "report",
        lambda gate, receipt, verdict: (
            (receipt.startswith(_RECEIPT) and verdict in ("spam", "ham")) or report(gate, receipt, verdict)
        ),
    )


@pytest.fixture
def gate_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is wrong, and another question is put."""
    monkeypatch.setattr(extension, "Attempt", _Failing)


@pytest.fixture
def gate_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate cannot be reached: ``unavailable`` is set and nothing passes."""
    monkeypatch.setattr(extension, "Attempt", _Down)


class _Passing(Attempt):
    def _decide(self, *, spend: bool) -> None:
        if spend:
            self._settle(Verdict(let_through=True, receipt=f"{_RECEIPT}{secrets.token_hex(8)}"))
        else:
            self.reopen()

    def reopen(self) -> None:
        self._hold(f"{_RECEIPT}token")


class _Failing(Attempt):
    def _decide(self, *, spend: bool) -> None:
        self._refuse(Refused(code=Code.INCORRECT_ANSWER), None)

    def _recalled(self) -> Asked | None:
        return super()._recalled() or self._ask()


class _Down(Attempt):
    def _decide(self, *, spend: bool) -> None:
        self._ask()

    def _ask(self, instead_of: str | None = None) -> Asked | None:
        raise UnavailableError("the gate is down for this test", "ask for another fixture")
