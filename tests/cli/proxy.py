"""A proxy of the worst kind: before a gate, and free to meddle with all that passes."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Headers = dict[str, str]


@dataclass
class Passing:
    """One exchange; what is changed here is changed for both sides. Names in ``headers`` are in lower case."""

    method: str
    path: str
    sent: Headers
    sent_body: bytes
    status: int = 0
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


def _nothing(passing: Passing) -> None:
    """Let it pass as it is."""


@contextmanager
def proxy(
    port: int,
    *,
    before: Callable[[Passing], None] = _nothing,
    after: Callable[[Passing], None] = _nothing,
    tls: ssl.SSLContext | None = None,
) -> Iterator[str]:
    """Stand before the gate at ``port``; ``before`` may answer for it by setting a status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            passing = Passing(self.command, self.path, dict(self.headers.items()), self._read())
            before(passing)
            if not passing.status:
                forward(port, passing)
            after(passing)
            self.send_response_only(passing.status)
            for name, value in passing.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(passing.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(passing.body)

        do_POST = do_GET  # noqa: N815 (the base's name)

        def _read(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def forward(port: int, passing: Passing) -> None:
    """Send it on to the gate, and take in what comes back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(passing.method, passing.path, passing.sent_body or None, passing.sent)
        reply = connection.getresponse()
        passing.status, passing.body = reply.status, reply.read()
        passing.headers = {name.lower(): value for name, value in reply.getheaders()}
        for name in ("content-length", "connection", "transfer-encoding"):
            passing.headers.pop(name, None)
    finally:
        connection.close()
