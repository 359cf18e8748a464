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
    """Yield what gives an answer away: plain, backwards, hexadecimal, and base64 wherever in a text it may stand."""
    for spelling in {answer, answer.lower(), answer.upper(), answer.capitalize()}:
        octets = spelling.encode()
        yield from (octets, octets[::-1], octets.hex().encode(), octets.hex().upper().encode())
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + octets)
            # Letters at either end that also stand for a neighbour's bits are left out.
            yield coded[-(-8 * shift // 6) : 8 * (shift + len(octets)) // 6]


def leaks(haystack: bytes) -> list[str]:
    """Return the answers of which ``haystack`` bears a trace."""
    plain = haystack.translate(bytes.maketrans(b"-_", b"+/"))
    return [answer for answer in ANSWERS if any(trace in plain for trace in traces(answer))]
