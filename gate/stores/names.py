"""Connections to Redis that look up names in time: a resolver that hangs holds nobody up."""

from __future__ import annotations

import socket
import threading
from typing import Any

from redis.connection import Connection, SSLConnection
from redis.sentinel import SentinelManagedConnection

__all__ = ["UNKNOWN", "NamedConnection", "NamedSSLConnection", "NamedSentinelConnection", "Names"]

UNKNOWN = "name not found"
"""What an error says that is about the name."""


class Names:
    """Looks names up, each in a thread of its own; what was found last counts where there is no answer in time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, list[str]] = {}
        self._running: dict[str, threading.Thread] = {}

    def addresses(self, name: str, seconds: float) -> list[str]:
        """Return the addresses of ``name``, which may be one itself; raise ``OSError`` if none is known in time."""
        with self._lock:
            thread = self._running.get(name)
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=self._look_up, args=(name,), daemon=True)
                self._running[name] = thread
                thread.start()
        thread.join(seconds)
        found = self._found.get(name)
        if not found:
            raise socket.gaierror(socket.EAI_AGAIN, UNKNOWN)
        return found

    def _look_up(self, name: str) -> None:
        try:
            places = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError:
            return
        self._found[name] = [str(place[4][0]) for place in places]


class NamedConnection(Connection):
    """A connection by TCP."""

    names = Names()

    def _connect(self) -> Any:
        name, failure = self.host, OSError()
        try:
            for address in self.names.addresses(name, self.socket_connect_timeout or 0):
                self.host = address
                try:
                    return super()._connect()  # type: ignore[no-untyped-call]  # the library has no types for it
                except OSError as error:
                    failure = error
        finally:
            self.host = name
        raise failure


class NamedSSLConnection(SSLConnection, NamedConnection):
    """A connection by TLS; the certificate must be the name's."""


class NamedSentinelConnection(SentinelManagedConnection, NamedConnection):
    """A connection to the server that Sentinels name."""
