"""docs/flask.md: its application and its tests run as they stand there, its words are the code's."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask, request

from gate import Gate, GateField, testing
from gate.web.attempt import Attempt
from tests.cli.processes import PATIENCE, clean_environ
from tests.embedding.documented import PAGE, write_forum
from tests.embedding.hosts import OFF, SECRET_KEY, Browser, Page

TEXT = PAGE.read_text("utf-8")


@pytest.fixture
def forum(tmp_path: Path) -> Iterator[ModuleType]:
    """The module ``forum`` of the page."""
    spec = importlib.util.spec_from_file_location("documented_forum", write_forum(tmp_path) / "forum.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def create(forum: ModuleType, tmp_path: Path) -> Callable[..., Flask]:
    """The page's factory; each application with a folder of its own, unless one is given."""
    numbers = iter(range(100))

    def make(folder: Path | None = None, **config: Any) -> Flask:
        config = {"SECRET_KEY": SECRET_KEY, "GATE_CONFIG": OFF, **config}
        app: Flask = forum.create_app(str(folder or tmp_path / f"instance-{next(numbers)}"), **config)
        return app

    return make


def send(app: Flask, page: Page, address: str = "203.0.113.1", **fields: str) -> Any:
    fields = {**page.fields, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return app.test_client().post(
        "/topic/1/reply", data=fields, headers={"X-Forwarded-For": f"198.51.100.9, {address}"}
    )


def opened(app: Flask) -> Page:
    return Page(app.test_client().get("/topic/1/reply"))


def posts(app: Flask) -> list[str]:
    found: list[str] = app.test_client().get("/topic/1").get_json()["posts"]
    return found


def test_the_forum_posts_once_previews_and_keeps_the_text(
    create: Callable[..., Flask], solve: Callable[[str], str]
) -> None:
    app = create()
    page = opened(app)
    page = Page(send(app, page, body="One", gate_answer="certainly wrong"))
    assert page.fields["body"] == "One"
    preview = Page(send(app, page, preview="1", gate_answer=solve(page.question or "")))
    assert preview.question is None
    assert posts(app) == []
    assert [send(app, preview).status_code for _ in range(3)] == [303, 303, 303]
    assert posts(app) == ["One"]


def test_a_reply_that_the_forum_could_not_store_keeps_its_answer(
    create: Callable[..., Flask], solve: Callable[[str], str], tmp_path: Path
) -> None:
    app = create(tmp_path / "instance")
    page = opened(app)
    (tmp_path / "instance" / "posts.db").write_bytes(b"")
    held = Page(send(app, page, body="One", gate_answer=solve(page.question or "")))
    assert held.question is None
    assert held.fields["body"] == "One"
    create(tmp_path / "instance")
    assert send(app, held).status_code == 303
    assert posts(app) == ["One"]


def test_an_application_factory_may_be_called_any_number_of_times(
    create: Callable[..., Flask], solve: Callable[[str], str]
) -> None:
    """One ``Gate`` and one form class serve several applications, and keep them apart."""
    apps = [create(SECRET_KEY=f"{number}-long-and-random-key-4711") for number in range(3)]
    pages = [opened(app) for app in apps]
    for app, page in zip(apps, pages, strict=True):
        for foreign in (other for other in pages if other is not page):
            assert send(app, foreign, body="x", gate_answer=solve(foreign.question or "")).status_code == 200
        assert posts(app) == []
        assert send(app, page, body="x", gate_answer=solve(page.question or "")).status_code == 303
    assert [posts(app) for app in apps] == [["x"]] * 3


def test_behind_a_proxy_limits_fall_on_the_poster(
    create: Callable[..., Flask], solve: Callable[[str], str]
) -> None:
    """ProxyFix of the page believes one proxy: the last address counts, the one before it is the poster's own word."""
    app = create(GATE_CONFIG={**OFF, "limits": {**OFF["limits"], "wrong_answers": "2/year"}})
    page = opened(app)
    for _ in range(2):
        page = Page(send(app, page, body="x", gate_answer="certainly wrong"))
    right = solve(page.question or "")
    limited = send(app, page, body="x", gate_answer=right)
    assert "many tries" in limited.text
    assert send(app, page, "203.0.113.2", body="x", gate_answer=right).status_code == 303


def test_without_proxyfix_the_header_is_only_a_word(tmp_path: Path) -> None:
    """Whoever writes another address into each request is not another client."""
    app = Flask("forum", instance_path=str(tmp_path))
    limits = {**OFF["limits"], "wrong_answers": "2/year"}
    app.config.update(SECRET_KEY=SECRET_KEY, GATE_CONFIG={**OFF, "limits": limits})
    gate = Gate(app)
    app.add_url_rule(
        "/topic/1/reply",
        view_func=lambda: str(gate(gate.verify(request) if request.method == "POST" else None)),
        methods=["GET", "POST"],
    )
    page = opened(app)
    for number in range(3):
        response = send(app, page, f"203.0.113.{number}", gate_answer="certainly wrong")
        page = Page(response)
    assert "many tries" in response.text


def test_the_pages_own_tests_pass(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=write_forum(tmp_path),
        env=clean_environ(),
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,
        check=False,
    )
    assert ran.stdout.splitlines()[-1].startswith("3 passed"), ran.stdout + ran.stderr


def test_the_form_without_wtforms_works(tmp_path: Path, solve: Callable[[str], str]) -> None:
    block = next(block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "verify" in block)
    template = re.search(r"and `({{ gate\(result.*?}})` in the form", TEXT)
    assert template is not None
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "reply.html").write_text(template[1], "utf-8")
    app = Flask("forum", instance_path=str(tmp_path), root_path=str(tmp_path))
    app.config.update(SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)
    exec(block, {"app": app, "gate": gate, "request": request, "render_template": _render})  # noqa: S102
    app.add_url_rule("/", view_func=lambda: _render("reply.html", result=None), methods=["GET"])
    app.add_url_rule("/", endpoint="post", view_func=app.view_functions["reply"], methods=["POST"])
    browser = Browser(app.test_client(), solve)
    held = browser.send(browser.open(), right=True, body="")
    assert held.question is None
    assert browser.send(held, body="text").html == "Posted."


def _render(name: str, **values: Any) -> str:
    from flask import render_template

    return render_template(name, **values)


def test_every_fixture_and_every_public_name_of_field_and_result_is_described() -> None:
    for name in testing.__all__:
        assert f"| `{name}` |" in TEXT
    for owner in (GateField, Attempt):
        for name in ("receipt", "repeated", "unavailable", "reopen"):
            assert hasattr(owner, name)
            assert name in TEXT
