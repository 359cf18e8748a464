"""Common: guesses from the question's form alone, knowing nothing of what it asks."""

from __future__ import annotations

from gate.bank.audit.asked import Asked, Guesses

NUMBERS: Guesses = tuple(map(str, range(11)))
"""What a script tries where a number is asked for."""


def common(asked: Asked) -> Guesses:
    """Return yes and no, the things to choose from, small numbers, or those and frequent answers.

    Yes or no where the question is such a one; 0 to 10 where it asks how many; each of the things that it
    lists, where it lists some; else 0 to 10 and the language's eleven or so frequent answers.
    """
    words = asked.vocabulary
    if words.yes_no and _is_yes_or_no(asked):
        return words.yes_no
    if asked.has("how_many"):
        return NUMBERS
    return asked.items or (*NUMBERS, *words.frequent)


def _is_yes_or_no(asked: Asked) -> bool:
    """Tell whether the question offers both words, or is such a one by its form."""
    folded = {word for _, word in asked.tokens}
    if asked.vocabulary.spaced and folded.issuperset(map(asked.folded, asked.vocabulary.yes_no)):
        return True
    return asked.has("yes_or_no") and not asked.has("interrogative") and not asked.items
