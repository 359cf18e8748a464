"""Whatever is done with a forum's form, in any order: an answer carries one reply, and nothing typed is lost."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.embedded import Embedded

SHORT, LONG = 1_000, 100_000
"""Forms sent and opened: the same ones every time, or in the long form many that were never seen before."""

SETTINGS = settings(max_examples=50, stateful_step_count=40, suppress_health_check=list(HealthCheck))


def test_no_answer_carries_two_replies_and_no_text_is_lost(long_run: bool) -> None:  # noqa: FBT001
    while Embedded.steps < (LONG if long_run else SHORT):
        run_state_machine_as_test(Embedded, settings=SETTINGS)
    # there was something to get wrong
    assert Embedded.passed > Embedded.steps / 20
