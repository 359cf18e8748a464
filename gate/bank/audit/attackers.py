"""The attackers by name. Each is told an ``Asked`` and nothing else: no answers, no id, no hint."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gate.bank.audit.arithmetic import arithmetic
from gate.bank.audit.asked import Asked, Guesses
from gate.bank.audit.common import common
from gate.bank.audit.echo import echo
from gate.bank.audit.known import known
from gate.bank.audit.letters import letters
from gate.bank.audit.lexicon import lexicon

Attacker = Callable[[Asked], Guesses]

ATTACKERS: Mapping[str, Attacker] = {
    "echo": echo,
    "common": common,
    "arithmetic": arithmetic,
    "lexicon": lexicon,
    "letters": letters,
    "known": known,
}

HARVEST = "harvest"
"""The name of what a table of solved challenges passes; it reads no question and counts for no ``best``."""
