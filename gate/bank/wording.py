"""The two kinds of wording: one fixed text, or templates over varied values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gate.bank.combinations import Combinations
from gate.bank.question import Variant
from gate.bank.sandbox import RENDER_ERRORS
from gate.bank.templates import Template, describe
from gate.errors import BankError, Fault
from gate.parsing import kind_of

_SAMPLED = 7


@dataclass(frozen=True, slots=True)
class FixedWording:
    """A question without ``vary``: one variant, its text as it stands."""

    only: Variant

    @property
    def count(self) -> int:
        """Always one."""
        return 1

    def variant(self, number: int) -> Variant:
        """Return the one variant."""
        if number != 0:
            raise IndexError(f"variant {number} of 1")
        return self.only


@dataclass(frozen=True, slots=True)
class VariedWording:
    """A question with ``vary``; ``place`` is the question's, for messages."""

    place: str
    ask: Template
    accept: Sequence[Template]
    combinations: Combinations = field(repr=False)

    @property
    def count(self) -> int:
        """How many variants ``vary`` gives and ``where`` and ``distinct`` leave."""
        return self.combinations.count

    def variant(self, number: int) -> Variant:
        """Render variant ``number``; raise ``BankError`` if its templates do not fit its values."""
        values = self.combinations.values(number)
        key = "ask"
        try:
            ask = self.ask.render(values).strip()
            key = "accept"
            accept = tuple(_answers(template.render(values) for template in self.accept))
        except RENDER_ERRORS as error:
            raise self._fault(key, number, describe(error)) from error
        if not ask:
            raise self._fault("ask", number, "empty")
        if not accept or not all(accept):
            raise self._fault("accept", number, "empty")
        return Variant(ask=ask, accept=accept)

    def _fault(self, key: str, number: int, problem: str) -> BankError:
        named = f"{self.place}: {key}"
        return BankError(
            [Fault(named, f"variant {number + 1}: {problem}", "mend the template or the values it is given")]
        )


def sample(count: int) -> Iterator[int]:
    """Pick variant numbers to look at: first, last, and a few evenly between."""
    steps = min(count, _SAMPLED)
    return iter(sorted({step * (count - 1) // max(steps - 1, 1) for step in range(steps)}))


def _answers(rendered: Iterable[Any]) -> Iterator[str]:
    for value in rendered:
        yield from map(_answer, value if isinstance(value, list) else [value])


def _answer(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        return value.strip()
    raise TypeError(f"an answer is text or a whole number, not {kind_of(value)}")
