"""What the model remembers of challenges and tokens, and the requests that it makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.model.world import ANSWERS, SECRETS

T = TypeVar("T")
_TYPED = {"right": "", "wrong": "oink", "empty": " ", "long": "moo" * 100}


@dataclass(eq=False)
class Ticket:
    """One challenge and what descends from it: judged once, accepted once.

    ``judged`` and ``spent`` say what the call was that did it; ``seen`` how often it was accepted afresh.
    """

    challenge: str
    ask: str
    site: str
    form: Mapping[str, str]
    made: float
    epoch: bytes
    key: str
    judged: str = ""
    spent: str = ""
    seen: int = 0


@dataclass(eq=False)
class Proof:
    """A token, and when it was made out."""

    token: str
    ticket: Ticket
    answered: float


@dataclass(eq=False)
class Call:
    """A request about a ticket; ``right`` if its answer is, ``fits`` if site, action and subject are the ticket's."""

    path: str
    fields: Mapping[str, str]
    ticket: Ticket
    proof: Proof | None = None
    right: bool = False
    fits: bool = True
    peeks: bool = False
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {name: value for name, value in self.fields.items() if value}
        self.name = f"{self.path} {sorted(self.fields.items())}"

    def repeats(self, name: str) -> bool:
        """Whether it is known as a repeat of the call ``name``: without a key nothing tells it from a rival."""
        return name == self.name and "idempotency_key" in self.fields

    @property
    def judges(self) -> bool:
        return self.proof is None

    @property
    def lets_through(self) -> bool:
        """Whether a yes to it lets a reply through."""
        return self.path == "/v1/verify" and not self.peeks


def pick(things: Sequence[T], which: int) -> T:
    """Take the last of them for 0, and those before for larger numbers."""
    return things[-1 - which % len(things)]


def typed(ticket: Ticket, how: str) -> str:
    return _TYPED[how] or ANSWERS[ticket.ask]


def form_of(ticket: Ticket, fit: str) -> dict[str, str]:
    """Return what the forum sends of the ticket's form, with one part of it another's."""
    form = {"secret": SECRETS[ticket.site], **ticket.form}
    others = {
        "action": "login",
        "about": "" if ticket.form["about"] else "18",
        "secret": SECRETS["other" if ticket.site == "forum" else "forum"],
    }
    return {**form, fit: others[fit]} if fit in others else form
