"""Echo: types back a word of the question."""

from __future__ import annotations

from gate.bank.audit.asked import Asked, Guesses


def echo(asked: Asked) -> Guesses:
    """Return every word of the question, as it stands."""
    return asked.words
