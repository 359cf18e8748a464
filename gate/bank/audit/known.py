"""Known: looks the question up in a list of widely published question and answer pairs."""

from __future__ import annotations

from gate.bank.audit.asked import Asked, Guesses


def known(asked: Asked) -> Guesses:
    """Return the answers of the pairs whose keywords are all in the question."""
    pairs = asked.vocabulary.known
    found = (answer for keys, answer in pairs if all(key.search(asked.line) for key in keys))
    return tuple(dict.fromkeys(found))
