"""GateField in front of a gate elsewhere: the same promises over HTTP, and closed where it cannot be reached."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from gate import GateClient, GateField
from gate.errors import ConfigError, UnavailableError
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app
from tests.embedding.hosts import OFF, Browser, Host, PlainForm, make_host

KEY = "k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg4QiTo6Vh"
SECRET = KEY[::-1]
TYPED: dict[str, Any] = {"name": "Ana", "body": "Sharp blades cut cleaner."}


class Service:
    """A gate on a port of its own, which can be stopped and started again."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        table = {"signing": {"current": KEY}, "site": [{"sitekey": "forum", "secret": SECRET}], **settings}
        self.live = Live(Source(table=table, base=folder, environ={}))
        self._app = create_app(self.live)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: BaseWSGIServer | None = None
        self.start()

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path / "service", **OFF)
    yield running
    running.stop()
    running.live.close()


def host_of(service: Service, folder: Path) -> Host:
    return make_host(folder, PlainForm, GATE_URL=service.url, GATE_SITEKEY="forum", GATE_SECRET=SECRET)


@pytest.fixture
def host(service: Service, tmp_path: Path) -> Host:
    return host_of(service, tmp_path / "forum")


@pytest.fixture
def browser(host: Host, solve: Callable[[str], str]) -> Browser:
    return Browser(host.app.test_client(), solve)


def test_wrong_held_right_and_repeated(host: Host, browser: Browser) -> None:
    first = browser.open()
    wrong = browser.send(first, right=False, **TYPED)
    assert wrong.question != first.question
    assert wrong.fields["body"] == TYPED["body"]
    held = browser.send(wrong, right=True, name="")
    assert held.question is None
    assert browser.send(held, name="Ana").html == "posted"
    browser.send(held, name="Ana")
    assert host.posted == [TYPED["body"]]
    assert host.forms[-1].gate.repeated
    assert host.forms[-1].gate.receipt == host.receipts[0]


def test_one_step_and_repeated(host: Host, browser: Browser) -> None:
    page = browser.open()
    answer = browser.solve(page.question or "")
    for _ in range(5):
        browser.send(page, gate_answer=answer, **TYPED)
    assert host.posted == [TYPED["body"]]
    assert host.forms[-1].gate.repeated


def test_an_empty_answer_keeps_the_question(browser: Browser) -> None:
    first = browser.open()
    page = browser.send(first, gate_answer=" ", **TYPED)
    assert page.question == first.question
    assert page.fields["gate-challenge"] == first.fields["gate-challenge"]
    assert browser.send(page, right=True).html == "posted"


def test_a_stopped_gate_lets_nothing_through_and_keeps_the_text(
    service: Service, host: Host, browser: Browser
) -> None:
    page = browser.open()
    service.stop()
    down = browser.send(page, right=True, **TYPED)
    assert host.posted == []
    assert host.forms[-1].gate.unavailable
    assert down.fields["body"] == TYPED["body"]
    assert down.question == page.question
    assert "cannot be reached" in browser.open().html
    service.start()
    assert browser.send(down).html == "posted"


def test_a_gate_that_hangs_is_asked_twice_and_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = GateClient(f"http://127.0.0.1:{silent.getsockname()[1]}", "forum", SECRET, timeout=0.2)
        with pytest.raises(UnavailableError):
            client.ask()
        silent.settimeout(0)
        calls = [silent.accept()[0] for _ in range(2)]
        with pytest.raises(BlockingIOError):
            silent.accept()
        first, again = (call.recv(65_536) for call in calls)
        assert first == again
        for call in calls:
            call.close()


def test_a_gate_that_answers_drop_by_drop_is_given_up_too() -> None:
    total, sent = 5_000, []

    def drip(server: socket.socket) -> None:
        for _ in range(2):
            call = server.accept()[0]
            with call, suppress(OSError):
                call.recv(65_536)
                call.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
                for _ in range(total):
                    call.sendall(b" ")
                    sent.append(1)
                    time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        client = GateClient(f"http://127.0.0.1:{server.getsockname()[1]}", "forum", SECRET, timeout=1)
        with pytest.raises(UnavailableError):
            client.ask()
        dripping.join()
    assert len(sent) < total


ODD_REPLIES: dict[str, bytes] = {
    "nothing": b"",
    "no HTTP": b"hello there\r\n\r\n",
    "an error page": b"HTTP/1.1 500 Broken\r\nContent-Length: 6\r\n\r\n<html>",
    "a page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nContent-Length: 2\r\n\r\n{}",
    "half": b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"success": true',
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "odd length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
    **{
        name: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        for name, body in {
            "empty": b"",
            "a list": b"[true]",
            "a number": b"1",
            "deep": b'{"a":' * 10_000,
            "far too long": b'{"success": true, "x": "%s"}' % (b"x" * 100_000),
            "no verdict": b"{}",
            "a word for yes": b'{"success": "true", "token": "x"}',
            "a number for yes": b'{"success": 1, "token": "x"}',
            "no code": b'{"success": false, "error-codes": []}',
            "an odd code": b'{"success": false, "error-codes": [{}]}',
            "a code nobody knows": b'{"success": false, "error-codes": ["new"]}',
            "an odd question": b'{"challenge": 7, "question": null, "lang": [], "see": {}, "expires_in": "soon"}',
            "an odd next": b'{"success": false, "error-codes": ["incorrect-answer"], "next": [7]}',
            "half a surrogate": b'{"challenge": "x", "question": "\\ud800", "lang": "\\ud800"}',
        }.items()
    },
}


def test_whatever_answers_in_the_gates_place_the_host_shows_its_form(host: Host, browser: Browser) -> None:
    fresh = browser.open()
    held = browser.send(browser.open(), right=True, name="")
    visitor = host.app.test_client()
    for name, reply in ODD_REPLIES.items():
        odd = Odd(reply)
        host.app.extensions["gate"] = GateClient(odd.url, "forum", SECRET, timeout=1)
        for page in (fresh, held):
            response = visitor.post("/", data={**page.fields, **TYPED, "gate-answer": "green"})
            assert response.status_code == 200, name
            assert TYPED["body"] in response.get_data(as_text=True), name
        assert visitor.get("/").status_code == 200, name
        odd.close()
    assert host.posted == []


def test_a_wrong_secret_is_an_outage_not_an_error_page(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = make_host(tmp_path, PlainForm, GATE_URL=service.url, GATE_SITEKEY="forum", GATE_SECRET="x" * 30)
    response = host.app.test_client().get("/")
    assert response.status_code == 200
    assert "cannot be reached" in response.get_data(as_text=True)
    assert any(
        "the gate refused this site's request (invalid-input-secret)" in line for line in caplog.messages
    )


@pytest.mark.parametrize("given", [7, lambda request: len(request.path)], ids=["number", "function"])
def test_a_topics_number_is_a_subject_as_good_as_text(
    service: Service, tmp_path: Path, solve: Callable[[str], str], given: Any
) -> None:
    class TopicForm(PlainForm):
        gate = GateField(action="reply", about=given)

    host = make_host(tmp_path, TopicForm, GATE_URL=service.url, GATE_SITEKEY="forum", GATE_SECRET=SECRET)
    browser = Browser(host.app.test_client(), solve)
    assert browser.send(browser.open(), right=True, **TYPED).html == "posted"


@pytest.mark.parametrize(
    "settings",
    [
        {"GATE_URL": "gate.example.org", "GATE_SITEKEY": "forum", "GATE_SECRET": SECRET},
        {"GATE_URL": "https://gate.example.org", "GATE_SITEKEY": "forum"},
    ],
)
def test_incomplete_settings_stop_the_start(tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        make_host(tmp_path, PlainForm, **settings)


def test_limits_fall_on_the_poster_not_on_the_forum(tmp_path: Path, solve: Callable[[str], str]) -> None:
    limits: dict[str, str] = {**OFF["limits"], "wrong_answers": "2/year"}
    running = Service(tmp_path / "service", challenge={"min_seconds": 0}, limits=limits)
    host = host_of(running, tmp_path / "forum")

    def client(address: str) -> Browser:
        visitor = host.app.test_client()
        visitor.environ_base["REMOTE_ADDR"] = address
        return Browser(visitor, solve)

    tired, fresh = client("203.0.113.1"), client("203.0.113.2")
    page = tired.open()
    for _ in range(2):
        page = tired.send(page, right=False, **TYPED)
    limited = tired.send(page, right=True, **TYPED)
    assert host.posted == []
    assert "many tries" in limited.html
    assert fresh.send(fresh.open(), right=True, **TYPED).html == "posted"
    running.stop()
    running.live.close()


def test_a_lost_reply_is_asked_for_once_more_and_posts_once(
    service: Service, host: Host, browser: Browser
) -> None:
    """The first reply is lost after the token was spent: nobody can tell whose it was, so one more question."""
    page = browser.open()
    lossy = Lossy(service.port)
    host.app.extensions["gate"] = GateClient(lossy.url, "forum", SECRET, timeout=1)
    again = browser.send(page, right=True, **TYPED)
    assert host.posted == []
    assert again.fields["body"] == TYPED["body"]
    assert again.question is not None
    assert browser.send(again, right=True).html == "posted"
    assert host.posted == [TYPED["body"]]
    lossy.close()


class Listener:
    """A server of few words; ``_carry`` says what it does for whoever comes."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        raise NotImplementedError


class Odd(Listener):
    """A server that says the same to everybody."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        super().__init__()

    def _carry(self, near: socket.socket) -> None:
        with near:
            near.recv(65_536)
            near.sendall(self._reply)


class Lossy(Listener):
    """A proxy that drops the first reply and hands on the others."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._lose = True
        super().__init__()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._target)) as far:
            asking = threading.Thread(target=_pump, args=(near, far), daemon=True)
            asking.start()
            reply = far.recv(65_536)
            if self._lose:
                self._lose = False
                return
            near.sendall(reply)
            _pump(far, near)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(65_536):
            target.sendall(chunk)
    except OSError:
        return


@pytest.mark.parametrize("right", [True, False])
def test_the_lines_for_python_of_the_api_page(
    service: Service, solve: Callable[[str], str], *, right: bool
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "http.md").read_text("utf-8")
    [lines] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    ask, _, verify = lines.partition("# when the form comes back:\n")
    ask = ask.replace("https://gate.example.org", service.url).replace('"my-forum"', '"forum"')
    done: dict[str, tuple[Any, ...]] = {}
    names: dict[str, Any] = {
        "SECRET": SECRET,
        "body": "Text",
        "save": lambda *told: done.update(saved=told),
        "show": lambda *told: done.update(shown=told),
    }
    exec(ask, names)  # noqa: S102 - the page's own lines
    asked = names["asked"]
    names |= {"challenge": asked.challenge, "answer": solve(asked.question) if right else "wrong"}
    exec(verify, names)  # noqa: S102
    if right:
        body, receipt = done["saved"]
        assert body == "Text"
        assert receipt
    else:
        body, message, following = done["shown"]
        assert (body, bool(message)) == ("Text", True)
        assert following.question != asked.question
