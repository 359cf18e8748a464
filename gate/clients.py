"""Who is asking, without keeping who it was: an address becomes a keyed hash that changes daily."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from gate.signing.keys import KeyRing

ClientKey = NewType("ClientKey", bytes)
"""Sixteen bytes that stand for one client today."""

EVERYBODY = ClientKey(b"everybody".ljust(16, b"\0"))
"""The one client that all share where addresses cannot be told apart: limits hold for the whole site."""

_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Who is at the other end, as far as the way in could tell.

    ``client`` is an address, None where the way in does not limit (a server that sent no ``remoteip``), or ""
    where many share one address and limits act for the whole site. ``host`` is the host of the page, None
    where no browser said one. ``langs`` are the languages that the poster prefers, best first.
    """

    client: str | None = None
    host: str | None = None
    langs: Sequence[str] = ()


NOBODY = Poster()


def network_of(address: str) -> str | None:
    """Return what counts as one client: an IPv4 address, or the /64 an IPv6 address is in; None if it is neither."""
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip), 64), strict=False))
    return str(ip)


def client_key(keys: KeyRing, address: str, now: float) -> ClientKey | None:
    """Return the key of the client at ``address`` for the day of ``now`` (seconds); None if it is no address."""
    network = network_of(address)
    if network is None:
        return None
    day = int(now // _DAY)
    return ClientKey(keys.mac("client", f"{day}|{network}".encode())[:16])
