"""What was looked at, what was found, and what to do about it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass


class State(enum.StrEnum):
    """How a thing is: a fault lets spam in or keeps posters out; a warning may be meant so."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; ``remedy`` is empty where nothing is to be done."""

    check: str
    state: State
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        told = f"{self.check}: {self.found}"
        return f"{self.state:<8} {told}; {self.remedy}" if self.remedy else f"{self.state:<8} {told}"


class Findings:
    """All findings in order; each is told to ``tell`` when it is made."""

    def __init__(self, tell: Callable[[Finding], None]) -> None:
        self.found: list[Finding] = []
        self._tell = tell

    def ok(self, check: str, found: str) -> None:
        """Note that something is as it should be."""
        self._add(Finding(check=check, state=State.OK, found=found))

    def warn(self, check: str, found: str, remedy: str) -> None:
        """Note something that works but may not be meant."""
        self._add(Finding(check=check, state=State.WARNING, found=found, remedy=remedy))

    def fault(self, check: str, found: str, remedy: str) -> None:
        """Note something that must be mended."""
        self._add(Finding(check=check, state=State.FAULT, found=found, remedy=remedy))

    def judge(self, check: str, problem: str | None, remedy: str, *, fine: str) -> None:
        """Note a fault where there is a problem, else that all is fine."""
        if problem:
            self.fault(check, problem, remedy)
        else:
            self.ok(check, fine)

    def count(self, state: State) -> int:
        """Return how many findings are in this state."""
        return sum(finding.state is state for finding in self.found)

    def _add(self, finding: Finding) -> None:
        self.found.append(finding)
        self._tell(finding)
