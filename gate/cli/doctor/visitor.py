"""Requests to a running gate as it is reached from here, each over a connection of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from gate import __version__

TIMEOUT = 5.0
_LARGEST_REPLY = 1_000_000


class UnreachableError(Exception):
    """No answer came; the message says why, ``remedy`` what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; ``body`` is empty where it is no JSON object."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def codes(self) -> str:
        """The error codes, or what else tells how it was answered."""
        codes = self.body.get("error-codes")
        said = ", ".join(map(str, codes)) if isinstance(codes, list) else ""
        return said or ("success" if self.body.get("success") is True else f"HTTP {self.status}")

    def header(self, name: str) -> str:
        """Return a header's value, "" where there is none."""
        return self.headers.get(name, "")


class Visitor:
    """Speaks to the gate at ``url``; every method raises ``UnreachableError`` where no answer comes."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(total=TIMEOUT), retries=False)

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Reply:
        """Send a GET; a header's underscores stand for hyphens."""
        return self._send("GET", f"{path}?{urlencode(query)}" if query else path, None, headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Reply:
        """Send a form; headers as in ``get``."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, urlencode(fields).encode(), {**headers, **kind})

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Closed after each request, so that every worker gets its share of them.
        own = {"Connection": "close", "User-Agent": f"gate-doctor/{__version__}"}
        try:
            reply = self._http.request(
                method,
                self.url + path,
                body=body,
                headers={**own, **named},
                redirect=False,
                preload_content=False,
            )
            content = reply.read(_LARGEST_REPLY, decode_content=True)
            reply.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise _unreachable(error) from error
        return Reply(status=reply.status, headers=reply.headers, body=_object(content))


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unreachable(error: urllib3.exceptions.HTTPError) -> UnreachableError:
    start = "start it with `gate serve`, or name its address with --url"
    if isinstance(error, urllib3.exceptions.SSLError):
        if "CERTIFICATE" in str(error):
            return UnreachableError(
                f"its certificate is not accepted ({error})", "see the proxy's certificate"
            )
        return UnreachableError(f"it speaks no TLS ({error})", "name its http:// address with --url")
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return UnreachableError("there is no such host", "correct the name in --url, or enter it in the DNS")
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return UnreachableError("nobody listens there", start)
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return UnreachableError(
            f"no answer within {TIMEOUT:.0f} seconds", "see its log, and whether it is a gate"
        )
    return UnreachableError(f"the connection failed ({error})", start)
