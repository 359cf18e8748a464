"""Asks a person questions in the terminal and keeps the score."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from statistics import median

import click

from gate.answers.judge import is_right
from gate.bank.draw import draw
from gate.bank.question import Bank, Question, Variant
from gate.parsing import counted


@dataclass(slots=True)
class Tries:
    """How somebody did: right or wrong of those answered, and the seconds each took."""

    right: int = 0
    skipped: int = 0
    seconds: list[float] = field(default_factory=list)

    def summary(self) -> str:
        """Return the score: "you: 9 of 12, median 3.1 s"."""
        parts = [f"you: {self.right} of {len(self.seconds)}"]
        if self.seconds:
            parts.append(f"median {median(self.seconds):.1f} s")
        if self.skipped:
            parts.append(f"{counted(self.skipped, 'question')} skipped")
        return ", ".join(parts)


def try_bank(bank: Bank, lang: str, tries: Tries, *, count: int, show: bool) -> None:
    """Ask ``count`` questions, or fewer where the input ends; the score goes into ``tries``."""
    family = None
    for number in range(1, count + 1):
        drawn = draw(bank, lang=lang, tags=(), rng=secrets.randbelow, avoid_family=family)
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
        right = _is_right(answer, drawn.question, variant)
        tries.right += right
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


def _is_right(answer: str, question: Question, variant: Variant) -> bool:
    return is_right(answer, variant.accept, match=question.match, lang=question.lang, typos=question.typos)


def _accepted(variant: Variant, *, show: bool) -> str:
    return f"; accepted: {', '.join(variant.accept)}" if show else ""
