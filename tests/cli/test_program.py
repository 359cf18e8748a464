"""``gate`` itself: the overview, help, and what becomes of errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from gate.cli import version
from gate.cli.program import TASKS, names, program
from tests.cli.conftest import Invoke
from tests.cli.processes import PATIENCE, clean_environ, run_gate


def test_bare_gate_shows_every_command_by_task(invoke: Invoke) -> None:
    result = invoke()
    assert result.exit_code == 0
    assert result.stderr == ""
    for task, entries in TASKS.items():
        assert f"{task}:" in result.stdout
        for name, entry in entries.items():
            assert f"  {name} " in result.stdout
            assert entry.summary in result.stdout


@pytest.mark.parametrize("name", [*names(), "bank", "keys"])
def test_every_command_has_help_with_an_example(invoke: Invoke, name: str) -> None:
    short, long = invoke(*name.split(), "-h"), invoke(*name.split(), "--help")
    assert short.exit_code == long.exit_code == 0
    assert short.stdout == long.stdout
    assert f"Example: gate {name}" in short.stdout


def test_an_unknown_command_is_wrong_use(invoke: Invoke) -> None:
    result = invoke("serv")
    assert result.exit_code == 2
    assert 'there is no command "serv"; did you mean "serve"?' in result.stderr
    assert result.stdout == ""


def test_an_unforeseen_error_is_a_sentence_not_a_traceback(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("of all things")

    monkeypatch.setattr(version.command, "callback", fail)
    result = invoke("version")
    assert result.exit_code == 1
    assert "unforeseen ValueError: of all things" in result.stderr
    assert "Traceback" not in result.stderr
    assert isinstance(invoke("--debug", "version").exception, ValueError)


def test_ctrl_c_is_one_line_and_130(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(version.command, "callback", interrupt)
    result = invoke("version")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Stopped.\n")


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("?\n" * 1000)
    with (tmp_path / "answers").open() as answers:
        trying = subprocess.Popen(
            [sys.executable, "-m", "gate", "bank", "try", "--count", "1000", "--show"],
            stdin=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environ(),
        )
    assert trying.stdout
    assert trying.stdout.readline().startswith("1/1000 ")
    trying.stdout.close()
    assert trying.communicate(timeout=PATIENCE)[1] == ""
    assert trying.returncode == 1


def test_output_that_finds_no_room_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        shown = subprocess.run(
            [sys.executable, "-m", "gate", "keys", "new"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environ(),
            check=False,
        )
    assert shown.returncode == 1
    assert shown.stderr == (
        "the output cannot be written: No space left on device; make room, and run it again\n"
    )


def test_version_says_which_and_loads_nothing_more(invoke: Invoke) -> None:
    assert invoke("version").stdout.startswith(f"{invoke('--version').stdout.strip()} (Python ")
    script = (
        "import sys\nfrom gate.cli import main\ntry:\n    main(['version'])\nfinally:\n"
        "    print([name for name in ('flask', 'granian', 'jinja2', 'limits') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[1] == "[]"


def test_python_m_gate_is_the_command() -> None:
    assert run_gate("version").stdout.startswith("gate ")


def test_commands_are_listed_once() -> None:
    listed = program.list_commands(click.Context(program))
    assert len(listed) == len(set(listed))
