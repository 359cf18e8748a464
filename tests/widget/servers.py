"""A gate and a forum on two origins, both really listening, and the questions that the widget's tests know."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from gate.live import Live
from gate.web.app import create_app
from tests.service import NO_LIMITS, SECRET, Clock, make_live, solutions

BANKS: dict[str, str] = {
    "en": """
lang = "en"
question = [
    { id = "grass", ask = "What colour is grass?", accept = "green", hint = "Look outside." },
    { id = "hot", ask = "What is the opposite of hot?", accept = ["cold", "cool"] },
    { id = "week", ask = "How many days has a week?", accept = 7, see = "https://example.org/week" },
    { id = "kitten", ask = "What does a kitten become?", accept = "cat" },
]
""",
    "ar": """
lang = "ar"
question = [
    { id = "usbu", ask = "كم يوما في الأسبوع؟", accept = 7 },
    { id = "ushb", ask = "ما لون العشب؟", accept = "أخضر" },
]
""",
    "ja": """
lang = "ja"
question = [
    { id = "shuu", ask = "一週間は何日ですか？", accept = 7 },
    { id = "kusa", ask = "草は何色ですか？", accept = ["緑", "みどり"] },
]
""",
}
SETTINGS: Mapping[str, Any] = {
    "challenge": {"min_seconds": 0, "sticky": ""},
    "limits": NO_LIMITS,
}
SITES: list[dict[str, Any]] = [
    {"sitekey": "forum", "secret": SECRET, "hosts": ["localhost"], "langs": ["en", "ar", "ja"]},
    {"sitekey": "other", "secret": f"other-{SECRET}", "hosts": ["other.example.org"]},
    {"sitekey": "helpful", "secret": f"help-{SECRET}", "contact": "mailto:help@example.org"},
]
ANSWERS = solutions(*BANKS.values())
_POLICIES = re.compile(r"```\n(.+?)\n```", re.DOTALL)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Server:
    """A WSGI application that listens on a free port until ``close``."""

    def __init__(self, app: Any, name: str = "127.0.0.1") -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://{name}:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Gate(Server):
    """The gate as pages meet it."""

    def __init__(self, folder: Path, *, one: str = "", **settings: Any) -> None:
        (folder / "bank").mkdir(parents=True)
        for name, text in (BANKS | {"one": one} if one else BANKS).items():
            (folder / "bank" / f"{name}.toml").write_text(text, "utf-8")
        self.clock = Clock()
        self.live: Live = make_live(folder, self.clock, **{"site": SITES, **SETTINGS, **settings})
        super().__init__(create_app(self.live))

    def close(self) -> None:
        super().close()
        self.live.close()

    def verify(self, token: str, secret: str = SECRET, **fields: str) -> dict[str, Any]:
        """Verify as the forum's server does."""
        app = create_app(self.live)
        reply = app.test_client().post("/v1/verify", json={"secret": secret, "response": token, **fields})
        body: dict[str, Any] = reply.get_json()
        return body


class Forum(Server):
    """Pages of another origin than the gate's, under the policy that the documentation tells."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.scripts: dict[str, str] = {}
        self.posts: list[dict[str, str]] = []
        self.policy = ""
        app = Flask("forum", static_folder=None)
        app.add_url_rule("/post", "post", self._post, methods=["POST"])
        app.add_url_rule("/own/<name>", "script", self._script)
        app.add_url_rule("/<name>", "page", self._page)
        super().__init__(app, name="localhost")

    def allow(self, gate: str) -> None:
        """Send the policy of docs/csp.md for a gate at this address, and what the forum itself needs."""
        text = Path("docs/csp.md").read_text("utf-8").replace("https://gate.example.org", gate)
        allowed = "; ".join(_POLICIES.findall(text))
        own = allowed.replace("script-src", "script-src 'self'").replace("style-src", "style-src 'self'")
        self.policy = f"default-src 'none'; {own}; form-action 'self'; base-uri 'none'"

    def _page(self, name: str) -> Response:
        if name not in self.pages:
            return Response(status=204 if name == "favicon.ico" else 404)
        page = Response(self.pages[name], content_type="text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = self.policy
        return page

    def _script(self, name: str) -> Response:
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(self.scripts[name], content_type=f"{kind}; charset=utf-8")

    def _post(self) -> Response:
        self.posts.append(request.form.to_dict())
        if request.headers.get("Accept") == "application/json":
            return jsonify(self.posts[-1])
        return Response("<!doctype html><title>Posted</title><h1>Posted</h1>")
