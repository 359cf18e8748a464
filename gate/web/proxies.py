"""Whose address a request comes from, with and without proxies in front."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple


class Client(NamedTuple):
    """A client's address, "" where it cannot be told; ``hidden`` if a proxy stands in front that nobody configured."""

    address: str
    hidden: bool


def client_of(peer: str | None, forwarded: str | None, trusted_proxies: int) -> Client:
    """Return who is asking.

    ``peer`` is the connection's other end, ``forwarded`` the X-Forwarded-For header. Behind N trusted proxies the
    N-th entry from the right counts, since whatever stands further left is the client's own word. With N = 0 the
    header is not believed; seen from a private peer it means that all clients share that peer's address.
    """
    if trusted_proxies:
        entries = [_address(entry) for entry in (forwarded or "").split(",")]
        if forwarded and len(entries) >= trusted_proxies:
            return Client(entries[-trusted_proxies], hidden=False)
        return Client(_address(peer or ""), hidden=False)
    address = _address(peer or "")
    if forwarded and not (address and ipaddress.ip_address(address).is_global):
        return Client("", hidden=True)
    return Client(address, hidden=False)


def _address(text: str) -> str:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
