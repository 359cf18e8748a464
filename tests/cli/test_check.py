"""``gate check``."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import FORUM, OTHER, Invoke
from tests.faults.disks import without_privileges
from tests.service import SECRET, SIGNING, write_config


def test_a_good_config_is_fine_and_the_next_command_is_named(invoke: Invoke, config: Path) -> None:
    result = invoke("check", "--config", config)
    assert result.exit_code == 0
    assert "fine: 2 sites, 9 questions with 9 variants in" in result.stdout
    assert result.stdout.splitlines()[-1] == f"next: gate serve --config {config}"
    assert result.stderr == ""


def test_it_changes_nothing(invoke: Invoke, config: Path) -> None:
    before = sorted(config.parent.rglob("*"))
    assert f"gate will create {config.parent / 'gate.db'}" in invoke("check", "--config", config).stdout
    assert sorted(config.parent.rglob("*")) == before


def test_all_faults_of_config_keys_bank_and_store_come_at_once(invoke: Invoke, config: Path) -> None:
    write_config(
        config.parent,
        server={"port": 0, "wrokers": 2},
        store={"url": "sqlite:///gate.db"},
        site=[{**FORUM, "secret": "short"}],
    )
    (config.parent / "bank" / "en.toml").write_text('[[question]]\nask = "Why?"\n')
    result = invoke("check", "--config", config)
    assert result.exit_code == 1
    assert result.stdout == ""
    for part in ("[server] port", 'did you mean "workers"?', "[[site]] #1", "bank/en.toml", "accept"):
        assert part in result.stderr
    *faults, count = result.stderr.splitlines()
    assert count == f"{len(faults)} faults in 2 files"


def test_a_store_that_cannot_be_used_is_a_fault_beside_the_others(invoke: Invoke, config: Path) -> None:
    connection = sqlite3.connect(config.parent / "gate.db")
    connection.execute("CREATE TABLE other (name TEXT)")
    connection.close()
    (config.parent / "bank" / "en.toml").write_text("[[question]]\n")
    result = invoke("check", "--config", config)
    assert result.exit_code == 1
    assert "store sqlite:///gate.db: " in result.stderr
    assert "bank/en.toml" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("site", "part"),
    [
        ({"langs": ["pl"]}, "no enabled question in pl"),
        ({"tags": ["cats"]}, "with one of the tags cats"),
        ({"langs": ["en", "de"], "tags": ["colour"]}, 'no enabled question in "de"'),
    ],
)
def test_a_site_that_no_question_fits_is_a_fault(
    invoke: Invoke, config: Path, site: dict[str, object], part: str
) -> None:
    write_config(config.parent, site=[{**OTHER, **site}])
    result = invoke("check", "--config", config)
    assert result.exit_code == 1
    assert 'config.toml: [[site]] #1 "other"' in result.stderr
    assert part in result.stderr


def test_what_may_not_be_meant_is_a_warning(invoke: Invoke, config: Path) -> None:
    write_config(
        config.parent,
        server={"host": "0.0.0.0", "testing": True},  # noqa: S104 - that is the point
        challenge={"min_seconds": 0},
        limits={"answers": ""},
        site=[{**OTHER, "langs": ["en", "pl"]}],
    )
    config.chmod(0o644)
    result = invoke("check", "--config", config)
    assert result.exit_code == 0
    for part in (
        "testing",
        "memory://",
        "min_seconds",
        "[limits] answers",
        "hosts = []",
        "in pl",
        "chmod 600",
    ):
        assert any(part in line for line in result.stdout.splitlines() if line.startswith("warning: ")), part
    assert result.stdout.endswith(" --yes-test-keys\n")


def test_a_path_that_leads_nowhere_is_wrong_use(invoke: Invoke, config: Path) -> None:
    result = invoke("check", "--config", "nowhere.toml")
    assert result.exit_code == 2
    assert "`gate init`" in result.stderr
    assert invoke("check", "--config", config.parent).exit_code == 2
    assert invoke("check").exit_code == 2


def test_a_config_that_may_not_be_read_is_wrong_use(config: Path) -> None:
    config.chmod(0)
    command = [*without_privileges(), sys.executable, "-m", "gate", "check", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f'"{config}" cannot be read; run this as the user that owns it' in done.stderr


def test_no_secret_is_shown(invoke: Invoke, config: Path) -> None:
    good = invoke("check", "--config", config)
    write_config(config.parent, signing={"current": SIGNING, "previous": [SIGNING]})
    bad = invoke("check", "--config", config)
    assert bad.exit_code == 1
    assert SIGNING not in good.output + bad.output
    assert SECRET not in good.output + bad.output


def test_settings_from_the_environment_count(
    invoke: Invoke, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATE_SERVER__WORKERS", "many")
    result = invoke("check", "--config", config)
    assert result.exit_code == 1
    assert result.stderr.endswith("\n1 fault\n")
