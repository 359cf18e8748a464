"""A bank whose every answer is a word of its own: wherever one is found that was not typed, it leaked."""

from __future__ import annotations

import base64
from collections.abc import Iterator

BANK = """
lang = "en"
[lists]
card = [
    { name = "sun", word = "quoxalbern" },
    { name = "moon", word = "vystramole" },
    { name = "star", word = "jelkwithan" },
]
[[question]]
id = "card"
ask = "What stands on the card with the {{ c.name }}?"
accept = "{{ c.word }}"
vary = { c = "card" }
[[question]]
id = "door"
ask = "What is the word for the door?"
accept = ["drumfexol", "pirzanquet"]
hint = "It was told at the last meeting."
see = "https://example.org/rules"
[[question]]
id = "number"
ask = "How many members has the club?"
accept = 90817263
[[question]]
id = "two"
ask = "Who are the two founders?"
accept = ["Wexhulm", "Tabrinoq"]
match = "set"
[[question]]
id = "retired"
ask = "What was the word last year?"
accept = "hovventlik"
enabled = false
"""

ANSWERS = (
    "quoxalbern",
    "vystramole",
    "jelkwithan",
    "drumfexol",
    "pirzanquet",
    "90817263",
    "Wexhulm",
    "Tabrinoq",
    "hovventlik",
)


def traces(answer: str) -> Iterator[bytes]:
    """Yield what gives an answer away, in lower case: plain, hexadecimal, and base64 wherever it may begin."""
    for spelling in (answer, answer.upper(), answer.capitalize()):
        octets = spelling.encode()
        yield octets.lower()
        yield octets.hex().encode()
        yield octets[::-1].lower()
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + octets)
            # The letters at either end also depend on what stands before and after.
            yield coded[4 if shift else 0 : -4].lower()


def leaks(haystack: bytes) -> list[str]:
    """Return the answers of which ``haystack`` bears a trace."""
    lower = haystack.lower()
    return [answer for answer in ANSWERS if any(trace in lower for trace in traces(answer))]
