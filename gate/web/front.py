"""The busiest routes, answered before Flask, whose own share of a request is many times the gate's.

Whatever is not plain goes on to Flask. What comes out is the same, header for header and letter for letter, but where
Flask's router refuses a name in Host, or a WebSocket: nothing here depends on either.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from gate.live import Live
from gate.web.api import respond
from gate.web.health import Health
from gate.web.http import caller_of, plain_request, unforeseen, unreadable
from gate.web.replies import Reply
from gate.web.request_log import log_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOT = ("/v1/challenge", "/v1/answer", "/v1/verify")
_METHODS = ("GET", "POST")


class Front:
    """A WSGI application in front of another: it answers GET and POST for ``HOT``, and hands all else on."""

    def __init__(self, behind: WSGIApplication, live: Live, health: Health) -> None:
        self.behind = behind
        self._live = live
        self._health = health

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, and write its line in the log."""
        _go_by_length(environ)
        route, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if route not in HOT or method not in _METHODS:
            return self.behind(environ, start_response)
        started = time.perf_counter()
        reply = self._reply(route, environ)
        log_request(method, route, reply.status, time.perf_counter() - started, reply.code)
        start_response(
            f"{reply.status} {HTTP_STATUS_CODES[reply.status].upper()}",
            [("Content-Length", str(len(reply.body))), *reply.headers.items()],
        )
        return [reply.body]

    def _reply(self, route: str, environ: WSGIEnvironment) -> Reply:
        try:
            request = plain_request(environ, caller_of(environ, self._live, self._health))
            return respond(self._live.gatekeeper, route, request)
        except HTTPException as error:
            return unreadable(error)
        except Exception as error:
            return unforeseen(error)


def _go_by_length(environ: WSGIEnvironment) -> None:
    """Let a body be as long as was said: granian hands over one that broke off as if it were whole.

    Of a form, what came may lack the very fields that bind a token; werkzeug refuses what is too short, unless the
    server says that it sees to that itself.
    """
    if environ.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" not in environ:
        environ.pop("wsgi.input_terminated", None)
