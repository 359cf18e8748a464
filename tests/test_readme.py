"""What the README tells people to type works as printed: its blocks are copied out of it and run."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.embedding.hosts import Browser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8080"
TYPED: dict[str, Any] = {"body": "Sharp blades cut cleaner."}

pytestmark = pytest.mark.xdist_group("port 8080")


def block(start: str) -> str:
    """Return the README's code block that starts with these words."""
    [found] = [text for text in re.findall(r"```\w+\n(.*?)```", README, re.DOTALL) if text.startswith(start)]
    return str(found)


def module(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("FLASK_SECRET_KEY", "k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg")
    path = folder / "readme_app.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location("readme_app", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "readme_app", loaded)
    spec.loader.exec_module(loaded)
    return loaded


def as_flask_form(source: str) -> str:
    changes = {
        "from wtforms import Form, TextAreaField": "from flask_wtf import FlaskForm\nfrom wtforms import TextAreaField",
        "class ReplyForm(Form)": "class ReplyForm(FlaskForm)",
        "ReplyForm(request.form)": "ReplyForm()",
        "{{ form.body }}": "{{ form.csrf_token }}{{ form.body }}",
    }
    for old, new in changes.items():
        assert old in source
        source = source.replace(old, new)
    return source


@pytest.mark.parametrize("form", ["Form", "FlaskForm"])
def test_the_flask_application(
    form: str, tmp_path: Path, solve: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = block("from flask import")
    loaded = module(tmp_path, source if form == "Form" else as_flask_form(source), monkeypatch)
    browser = Browser(loaded.app.test_client(), solve)
    first = browser.open()
    wait_out_min_seconds()
    wrong = browser.send(first, right=False, **TYPED)
    assert wrong.fields["body"] == TYPED["body"]
    assert wrong.question != first.question
    wait_out_min_seconds()
    held = browser.send(wrong, right=True, body="")
    assert held.question is None
    posted = browser.send(held, **TYPED)
    assert posted.html == "Posted."
    repeats = [browser.send(held, **TYPED) for _ in range(20)]
    assert all("already sent" in page.html for page in repeats)


def wait_out_min_seconds() -> None:
    """The README's application runs on the real clock, where an answer within a second is too quick."""
    time.sleep(1.05)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to type in, with `gate` on the path."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@contextlib.contextmanager
def running(command: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a line that does not end by itself, one at a time; at the end interrupt it as Ctrl-C does."""
    with (Path(tempfile.gettempdir()) / "gate-readme.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wait_for_the_port()
        with subprocess.Popen(["sh", "-c", command], cwd=folder, start_new_session=True) as process:
            try:
                yield process
            finally:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(30)


def wait_for_the_port() -> None:
    """Wait until nobody listens: a shell ends before what it started has."""
    deadline = time.monotonic() + 30
    with contextlib.suppress(ConnectionRefusedError):
        while time.monotonic() < deadline:
            socket.create_connection(("127.0.0.1", 8080), 5).close()
            time.sleep(0.1)
        pytest.fail("somebody else listens on port 8080")


def fetch(path: str, process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return a page, waiting for it until the program has had its time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(ADDRESS + path, timeout=5) as answer:
                return bytes(answer.read())
        except urllib.error.URLError:
            assert process.poll() is None, "the program has ended"
            assert time.monotonic() < deadline, f"{path} was not there in time"
            time.sleep(0.1)


def test_the_demo_from_a_fresh_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "gate"
    shutil.copytree(
        ROOT,
        checkout,
        ignore=shutil.ignore_patterns(
            *(".git", ".venv*", "build", "dist", ".*_cache", ".hypothesis", "__pycache__", "instance")
        ),
    )
    with running(block("python3 -m venv .venv && "), checkout) as process:
        page = fetch("/", process, 240).decode()
    assert "Moderated Discussions" in page


def test_the_service_and_its_curl_pair(commands: Path, solve: Callable[[str], str]) -> None:
    with running(block("gate init"), commands) as process:
        fetch("/healthz", process, 30)
        shown = sh(commands, block(". my-gate/keys.env"), only="challenge?")
        asked = json.loads(shown)
        wait_out_min_seconds()
        typed = block(". my-gate/keys.env").replace("CHALLENGE", asked["challenge"], 1)
        typed = typed.replace("answer=ANSWER", f"answer={solve(asked['question'])}")
        verdicts = [json.loads(sh(commands, typed, only="verify")) for _ in range(2)]
    assert verdicts[0]["success"] is True
    assert verdicts[1]["success"] is False
    assert verdicts[1]["error-codes"] == ["challenge-used"]


def sh(folder: Path, lines: str, *, only: str) -> str:
    """Type the line that reads the keys and the one with ``only`` in it; return what is shown."""
    typed = [line for line in lines.splitlines() if line.startswith(". ") or only in line]
    assert len(typed) == 2
    done = subprocess.run(
        ["sh", "-ec", "\n".join(typed)], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_commands_on_questions(commands: Path) -> None:
    subprocess.run(["gate", "init", "my-gate"], cwd=commands, check=True, capture_output=True)
    own = block("[[question]]")
    (commands / "my-gate" / "bank" / "own.toml").write_text(own)
    [command] = [
        " ".join(text.split())
        for text in re.findall(r"`(gate bank check[^`]*)`", README)
        if "my-gate" in text
    ]
    done = subprocess.run(["sh", "-c", command], cwd=commands, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(own)["question"][0]["accept"] == ["moderated"]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_ci_types_the_readmes_own_test_command() -> None:
    assert block("tests/run").strip() == "tests/run"
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec tests/run"
