"""Whatever posters, forums, operators and accidents do, in any order: no challenge is accepted twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Once

SHORT, LONG = 1_000, 250_000
"""Steps of one run; the long form makes four of them."""


def run(machine: type[Once], steps: int) -> None:
    """Take at least ``steps`` steps, in lives of at most eighty."""
    fixed = settings(
        max_examples=50,
        stateful_step_count=80,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    while machine.steps < steps:
        run_state_machine_as_test(machine, settings=fixed)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("turn", [1, 2])
def test_no_challenge_is_accepted_twice(kind: str, turn: int, long_run: bool) -> None:  # noqa: FBT001
    machine = type("Machine", (Once,), {"kind": kind})
    if turn == 1 or long_run:
        run(machine, LONG if long_run else SHORT)
        assert machine.passed > machine.steps / 100
