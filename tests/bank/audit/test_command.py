"""``gate bank audit``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from gate.cli import auditing
from gate.cli.program import program
from tests.bank.audit.banks import FOUNDING, fixed

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Audit one bank: ``run(text, "--json")``."""
    monkeypatch.chdir(tmp_path)

    def audit(text: str, *args: str, columns: int = 80) -> Result:
        monkeypatch.setenv("COLUMNS", str(columns))
        Path("bank.toml").write_text(text, "utf-8")
        return CliRunner().invoke(program, ["bank", "audit", "bank.toml", *args])

    return audit


def test_json_is_the_only_thing_on_stdout(run: Run) -> None:
    result = run(FOUNDING, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["pass_rate"] == 0.2
    assert result.stderr == ""


def test_max_pass_lets_pass_what_is_not_above(run: Run) -> None:
    result = run(FOUNDING, "--json", "--max-pass", "0.2")
    assert result.exit_code == 0
    assert result.stderr == ""


def test_max_pass_names_every_language_that_is_above(run: Run) -> None:
    easy = fixed("Was ist drei plus vier?", "7", lang="de")
    result = run(FOUNDING + easy, "--json", "--max-pass", "0.1")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["languages"]["de"]["pass_rate"] == 1
    assert result.stderr == (
        "scripts pass 20 % of the draws in en and 100 % of the draws in de, and --max-pass allows 10%; "
        "give the questions that they answer a lower weight, or add others\n"
    )


def test_max_pass_is_about_each_language_not_the_mean(run: Run) -> None:
    hard = "".join(fixed(f"What is behind door {n}?", f"thing{n}") for n in range(20))
    result = run(hard + fixed("Was ist drei plus vier?", "7", lang="de"), "--max-pass", "0.2")
    assert result.exit_code == 1
    assert "in de" in result.stderr
    assert "in en" not in result.stderr


@pytest.mark.parametrize("args", [("--max-pass", "2"), ("--harvest", "0"), ("--max-pass", "x")])
def test_figures_out_of_range_are_wrong_use(run: Run, args: tuple[str, ...]) -> None:
    assert run(FOUNDING, *args).exit_code == 2


def test_a_bank_that_does_not_load_says_why(run: Run) -> None:
    result = run('[[question]]\nask = "Why?"\n', "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "accept" in result.stderr


def test_a_person_reads_a_table_and_advice(run: Run) -> None:
    result = run(FOUNDING + fixed("Who painted the door?", "Mirela"))
    assert result.exit_code == 0
    assert "en: 2 questions with 2 variants" in result.stdout
    assert "echo  How do you spell green?" in result.stdout
    assert "and 1 other question that scripts hardly pass" in result.stdout
    assert "scripts pass 10 % of the draws" in result.stdout
    assert "one time in five" in result.stdout


def test_harvest_has_a_column(run: Run) -> None:
    assert "harvest 100 %" in run(FOUNDING, "--harvest", "1000").stdout
    assert "harvest" in run(FOUNDING, "--harvest", "1000", columns=120).stdout.splitlines()[2]


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_the_table_fits_the_terminal(run: Run, columns: int) -> None:
    long = fixed(
        "下面哪个是颜色：桌子、绿色、河流、山、海、天空、树木、花草、房子、汽车、火车、飞机？",
        "绿色",
        lang="zh",
    )
    result = run(FOUNDING + long, columns=columns)
    rows = [line for line in result.stdout.splitlines() if " %  " in line and not line.startswith("-")]
    assert rows
    assert all(sum(map(auditing._columns, row)) <= columns for row in rows)


def test_progress_shows_on_a_terminal_after_a_second(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown on stderr, so that the JSON stays whole; not before a second has passed, and never in a pipe."""
    shown: list[Any] = []

    def progressbar(**how: Any) -> _Bar:
        shown.append(how)
        return _Bar()

    monkeypatch.setattr(auditing, "_PATIENCE", -1.0)
    monkeypatch.setattr(click, "progressbar", progressbar)
    assert run(FOUNDING, "--json").exit_code == 0
    assert shown == []
    monkeypatch.setattr(auditing, "_is_terminal", lambda: True)
    assert json.loads(run(FOUNDING, "--json").stdout)
    assert [how["length"] for how in shown] == [1]
    assert shown[0]["file"] is not sys.stdout


class _Bar:
    """A progress bar that draws nothing."""

    def update(self, steps: int) -> None:
        assert steps > 0

    def render_finish(self) -> None:
        pass
