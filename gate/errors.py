"""The errors that gate raises: one root, parts as attributes, a stable wire code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# From the first sign to the last, since what is quoted may hold such signs itself.
_QUOTED = re.compile(r'".*"|\(.*\)', re.DOTALL)


class GateError(Exception):
    """Anything that gate itself refuses; ``code`` is what the wire calls it."""

    code = "internal-error"

    @property
    def discreet(self) -> str:
        """The message as logs and public pages may have it."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a file: where it stands, what is wrong, what to do about it."""

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}"


class FaultsError(GateError):
    """A file that cannot be used; ``faults`` holds every mistake in it, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ConfigError(FaultsError):
    """The settings cannot be used."""


class BankError(FaultsError):
    """The question bank cannot be used."""

    @property
    def discreet(self) -> str:
        """The message without what it quotes from the bank: answers may be among that."""
        return "\n".join(
            f"{fault.place}: {_QUOTED.sub('...', fault.problem)}; {_QUOTED.sub('...', fault.remedy)}"
            for fault in self.faults
        )


class ExplainedError(GateError):
    """One thing that is wrong: ``problem`` says what it is, ``remedy`` what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}")


class WeakKeyError(ExplainedError):
    """A signing key that anybody could guess."""


class UnavailableError(ExplainedError):
    """Nothing can be decided now, so nothing may be let through; problem and remedy are for the operator."""


class StoreError(UnavailableError):
    """The store did not do what it was asked; ``url`` names it, without a password."""

    def __init__(self, url: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.url = url

    def __str__(self) -> str:
        return f"store {self.url}: {self.problem}; {self.remedy}"
