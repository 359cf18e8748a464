"""pytest fixtures with which a forum's own tests never meet a question.

Put ``from gate.testing import gate_down, gate_fails, gate_passes`` into your ``conftest.py`` and ask for the fixture
that a test needs; every ``GateField`` and ``gate.verify`` then ends that way, whatever was posted.
"""

from __future__ import annotations

import secrets

import pytest

from gate.verdicts import Code, Verdict
from gate.web.attempt import Attempt, State

__all__ = ["gate_down", "gate_fails", "gate_passes"]


@pytest.fixture
def gate_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is right, each with a receipt of its own; a missing one too."""
    monkeypatch.setattr(Attempt, "decide", _pass)


@pytest.fixture
def gate_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is wrong, and another question is put."""
    monkeypatch.setattr(Attempt, "decide", _fail)


@pytest.fixture
def gate_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate cannot be reached: ``unavailable`` is set and nothing passes."""
    monkeypatch.setattr(Attempt, "decide", _be_down)


def _pass(attempt: Attempt, *, spend: bool) -> State:
    attempt.verdict = attempt.verdict or Verdict(let_through=True, receipt=f"test-{secrets.token_hex(8)}")
    attempt.state = State.PASSED if spend else State.HELD
    return attempt.state


def _fail(attempt: Attempt, *, spend: bool) -> State:  # noqa: ARG001
    attempt.told = lambda words: words.say(Code.INCORRECT_ANSWER)
    attempt.state = State.REFUSED
    return attempt.state


def _be_down(attempt: Attempt, *, spend: bool) -> State:  # noqa: ARG001
    attempt.told = lambda words: words.unavailable
    attempt.state = State.UNAVAILABLE
    return attempt.state
