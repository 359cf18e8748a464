"""Asks a person questions in the terminal and keeps the score."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from statistics import median

import click

from gate.bank.audit.asked import Asked
from gate.bank.audit.echo import echo
from gate.bank.draw import Below, draw
from gate.bank.question import Bank, Question, Variant
from gate.parsing import counted


@dataclass(slots=True)
class Tries:
    """How somebody did: right or wrong of those answered, the seconds each took, and a script beside it.

    ``echoed`` counts the same questions as right that the echo script passes, which types back one word of each.
    """

    right: int = 0
    echoed: int = 0
    skipped: int = 0
    seconds: list[float] = field(default_factory=list)

    def summary(self) -> str:
        """Return the score: "you: 12 of 12, median 3.1 s; the echo script: 2 of 12"."""
        answered = len(self.seconds)
        parts = [f"you: {self.right} of {answered}"]
        if self.seconds:
            parts.append(f"median {median(self.seconds):.1f} s")
        if self.skipped:
            parts.append(f"{counted(self.skipped, 'question')} skipped")
        return f"{', '.join(parts)}; the echo script: {self.echoed} of {answered}"


def try_bank(
    bank: Bank, lang: str, tries: Tries, *, count: int, show: bool, rng: Below = secrets.randbelow
) -> None:
    """Ask ``count`` questions, or fewer where the input ends; the score goes into ``tries``."""
    family = None
    for number in range(1, count + 1):
        drawn = draw(bank, lang=lang, tags=(), rng=rng, avoid_family=family)
        family = drawn.question.family
        variant = drawn.question.wording.variant(drawn.number)
        started = time.monotonic()
        answer = _asked(f"{number}/{count} {variant.ask}", drawn.question)
        if answer is None:
            click.echo()
            return
        if not answer.strip():
            tries.skipped += 1
            click.echo("  skipped" + _accepted(variant, show=show))
            continue
        tries.seconds.append(time.monotonic() - started)
        right = drawn.question.takes(answer, variant)
        tries.right += right
        tries.echoed += drawn.question.takes(_echo(variant.ask, lang, rng), variant)
        click.echo(("  right" if right else "  wrong") + _accepted(variant, show=show))


def _asked(text: str, question: Question) -> str | None:
    """Put a question and return what was typed, None at the end of the input."""
    click.echo(text)
    for more in (question.hint, question.see):
        if more:
            click.echo(f"  ({more})")
    try:
        return input("> ")
    except EOFError:
        return None


def _echo(ask: str, lang: str, rng: Below) -> str:
    """Return what the echo script types: one word of the question, each equally likely."""
    words = echo(Asked(ask, lang))
    return words[rng(len(words))] if words else ""


def _accepted(variant: Variant, *, show: bool) -> str:
    return f"; accepted: {', '.join(variant.accept)}" if show else ""
