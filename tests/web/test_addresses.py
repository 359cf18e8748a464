"""Limits count clients without keeping an address: not in the store's files, not in the table in memory."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable

from tests.service import SECRET, Service

ADDRESSES = ["198.18.77.201", "2a00:1450:4001:81b::200e"]


def spellings(address: str) -> set[bytes]:
    """Return how an address could stand somewhere: as text, long or short, in bytes, in hex and base64."""
    ip = ipaddress.ip_address(address)
    network = ip.packed[:8] if ip.version == 6 else ip.packed
    plain = {str(ip).encode(), ip.exploded.encode(), ip.packed, network}
    hexed = {each.hex().encode() for each in plain}
    return plain | hexed | {base64.b64encode(each).rstrip(b"=") for each in plain}


def test_no_address_is_kept_where_clients_are_counted(make_service: Callable[..., Service]) -> None:
    service = make_service(store={"url": "sqlite:///gate.db"}, limits={"wrong_answers": "2/10 minutes"})
    for address in ADDRESSES:
        for answer in (None, "purple", "purple", "purple"):
            asked = service.ask(address=address)
            service.clock.tick(2)
            fields = {"challenge": asked["challenge"], "answer": answer or service.right(asked)}
            service.post("/v1/answer", fields, address=address)
        service.ask_with(remoteip=address)
        service.verify_answer(service.ask_with(remoteip=address), "purple", remoteip=address)
        service.post("/v1/challenge", {"secret": SECRET, "remoteip": address})
    counters = list(service.live._asked._counts)
    service.live.close()
    kept = b"".join(path.read_bytes() for path in service.folder.glob("gate.db*")) + b"\0".join(counters)
    assert len(counters) == len(ADDRESSES)
    assert b"/wrong/" in kept
    for address in ADDRESSES:
        assert not [spelling for spelling in spellings(address) if spelling in kept]
