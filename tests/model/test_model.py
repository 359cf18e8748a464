"""Whatever posters, forums, operators and accidents do, in any order: no challenge is accepted twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.lives import Lives

SHORT, LONG = 3_000, 500_000
"""Steps with each store: the same ones every time, or in the long form a million of both, never seen before."""

SETTINGS = settings(
    max_examples=50,
    stateful_step_count=80,
    suppress_health_check=list(HealthCheck),
)


class InMemory(Lives):
    kind = "memory"


class InFile(Lives):
    kind = "sqlite"


@pytest.mark.parametrize("machine", [InMemory, InFile])
def test_no_challenge_is_accepted_twice(machine: type[Lives], long_run: bool) -> None:  # noqa: FBT001
    while machine.steps < (LONG if long_run else SHORT):
        run_state_machine_as_test(machine, settings=SETTINGS)
    # there was something to get wrong
    assert machine.passed > machine.steps / 20
