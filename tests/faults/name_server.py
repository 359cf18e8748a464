"""A name server that falls silent: `unshare --mount name_server.py PORT REPLY` with a Redis on PORT.

Runs in a mount namespace of its own, in which ``ADDRESS`` is the machine's only name server. It asks a store on a
Redis that is known by name, lets the name server fall silent, breaks the connection, and prints as JSON how the store
and one that is new fare then.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import redis

from gate.errors import StoreError
from gate.stores.base import Kind, open_store

ADDRESS = "127.0.0.153"
NAME = "redis.gate.test"
SITE = b"8 bytes."


class NameServer:
    """Answers every question with 127.0.0.1, or with no address to one for IPv6, until it is silent."""

    def __init__(self) -> None:
        self.is_silent = False
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind((ADDRESS, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            asked, place = self._socket.recvfrom(512)
            end = asked.index(b"\0", 12) + 5
            is_v4 = asked[end - 4 : end - 2] == b"\0\1"
            head = asked[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_v4 else b"\0\0") + b"\0\0\0\0"
            record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if is_v4 else b""
            if not self.is_silent:
                self._socket.sendto(head + asked[12:end] + record, place)


def outcome(port: int, store: object | None = None) -> list[object]:
    """Return what a spend comes to, and after how many seconds; without a store, one is opened first."""
    started = time.monotonic()
    try:
        opened = store or open_store(f"redis://silent-{secrets.token_hex(4)}.gate.test:{port}/0")
        token = int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
        said = opened.spend(Kind.TOKEN, SITE, token, 600, opened.epoch, b"one").value  # type: ignore[attr-defined]
    except StoreError as error:
        said = error.problem
    return [said, time.monotonic() - started]


def main() -> None:
    port = int(sys.argv[1])
    settings = Path(sys.argv[2]) / "resolv.conf"
    settings.write_text(f"nameserver {ADDRESS}\n")
    subprocess.run(["mount", "--bind", settings, "/etc/resolv.conf"], check=True)
    server = NameServer()
    store = open_store(f"redis://{NAME}:{port}/0")
    outcomes = {"before": outcome(port, store)}
    server.is_silent = True
    outcomes["connected"] = outcome(port, store)
    with redis.Redis(port=port) as admin:
        admin.client_kill_filter(_type="normal", skipme=True)
    outcomes["connects again"] = outcome(port, store)
    outcomes["new"] = outcome(port)
    server.is_silent = False
    outcomes["after"] = outcome(port)
    print(json.dumps(outcomes))  # noqa: T201


if __name__ == "__main__":
    main()
