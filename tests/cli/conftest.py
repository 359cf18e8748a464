"""What tests of the commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gate.cli.program import program
from tests.service import SITES, write_banks, write_config

Invoke = Callable[..., Result]

FORUM, OTHER = SITES


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Run a command in this process, in a folder of its own: ``invoke("check", "--config", path)``."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str | Path, stdin: str = "") -> Result:
        return CliRunner().invoke(program, [str(arg) for arg in args], input=stdin)

    return run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config that works, with a SQLite store and three small bank files beside it."""
    folder = tmp_path / "gate"
    folder.mkdir()
    write_banks(folder)
    path = write_config(folder, store={"url": "sqlite:///gate.db"})
    path.chmod(0o600)
    return path
