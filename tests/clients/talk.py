"""How a test and the process of a client library talk: one line of JSON each way."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Verify = Callable[[str | None], object]
"""Gives a library the token that a form brought, None where it brought none, and returns what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The gate that a library is pointed at; ``tls`` is host and port where it speaks TLS."""

    url: str
    tls: str
    sitekey: str
    secret: str


PAGE = {"page": True}
"""Said in place of a token: asks a ``Form`` for its part of the page."""


@dataclass(frozen=True, slots=True)
class Form:
    """A library that also renders what a page needs, script and all."""

    verify: Verify
    page: Callable[[], str]

    def __call__(self, response: str | None) -> object:
        return self.verify(response)


Clients = Mapping[str, Callable[[Gate], Verify]]


def talk(clients: Clients) -> None:
    """Set up the client named by the first argument for the gate in the second, then judge line by line.

    Anything but True is a no, as it is in a site's own ``if``.
    """
    name, gate = sys.argv[1:]
    verify = clients[name](Gate(**json.loads(gate)))
    for line in sys.stdin:
        said = json.loads(line)
        try:
            if said == PAGE and isinstance(verify, Form):
                verdict = verify.page()
            else:
                verdict = "pass" if verify(said) is True else "refuse"
        except Exception as error:
            verdict = f"{type(error).__name__}: {error}"
        sys.stdout.write(f"{json.dumps(verdict)}\n")
        sys.stdout.flush()
