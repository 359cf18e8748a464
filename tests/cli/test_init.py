"""``gate init``."""

from __future__ import annotations

import os
import pwd
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gate.bank.load import load_bank, parse_bank
from gate.config import example_toml, load_config
from tests.cli.conftest import Invoke


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_it_makes_works_at_once(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("init", "my-gate")
    assert result.exit_code == 0
    assert "gate serve --config my-gate/config.toml" in result.stdout
    checked = invoke("check", "--config", "my-gate/config.toml")
    assert checked.exit_code == 0
    assert "fine: 1 site" in checked.stdout


def test_the_folder_is_called_gate_by_default(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("init").exit_code == 0
    assert (tmp_path / "gate" / "config.toml").is_file()


def test_secrets_are_fresh_private_and_not_shown(invoke: Invoke, tmp_path: Path) -> None:
    shown = invoke("init", "one").output + invoke("init", "two").output
    one, two = (load_config(tmp_path / name / "config.toml", environ={}) for name in ("one", "two"))
    secrets = {one.signing.current, two.signing.current, one.sites[0].secret, two.sites[0].secret}
    assert len(secrets) == 4
    assert not any(secret in shown for secret in secrets)
    assert _mode(tmp_path / "one" / "config.toml") == _mode(tmp_path / "one" / "keys.env") == 0o600


def test_keys_env_has_the_sites_pair_and_the_curl_line_its_sitekey(invoke: Invoke, tmp_path: Path) -> None:
    shown = invoke("init", "my-gate").stdout
    (site,) = load_config(tmp_path / "my-gate" / "config.toml", environ={}).sites
    keys = (tmp_path / "my-gate" / "keys.env").read_text()
    assert keys == f"GATE_SITEKEY={site.sitekey}\nGATE_SECRET={site.secret}\n"
    assert f"/v1/challenge?sitekey={site.sitekey}'" in shown


def test_the_config_shows_every_key_with_its_default(invoke: Invoke, tmp_path: Path) -> None:
    invoke("init", "my-gate")
    ours = (tmp_path / "my-gate" / "config.toml").read_text().partition("\n\n\n")[2].splitlines()
    sample = example_toml().partition("\n\n\n")[2].splitlines()
    changed = [before for before, after in zip(sample, ours, strict=True) if before != after]
    assert changed == ['current = "..."', 'name = ""', 'sitekey = "..."', 'secret = "..."']


def test_the_examples_are_questions_once_their_comment_signs_are_gone(invoke: Invoke, tmp_path: Path) -> None:
    invoke("init", "my-gate")
    file = tmp_path / "my-gate" / "bank" / "my-questions.toml"
    other = b'question = [{ ask = "How many?", accept = 1 }]'
    assert len(parse_bank({"other.toml": other, "own.toml": file.read_bytes()}).questions) == 1
    file.write_text(re.sub(r"^#(?! \w)", "", file.read_text(), flags=re.MULTILINE))
    assert load_bank([str(file)]).variants == 3


def test_what_is_there_already_is_left_alone(invoke: Invoke, tmp_path: Path) -> None:
    invoke("init", "my-gate")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = invoke("init", "my-gate")
    assert result.exit_code == 1
    assert "config.toml" in result.stderr
    assert "another folder" in result.stderr
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_gitignore_that_is_there_is_kept(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    result = invoke("init", ".")
    assert result.exit_code == 0
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n"
    assert "keys.env" in result.stderr


def test_a_file_in_the_folders_place_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "my-gate").write_text("")
    result = invoke("init", "my-gate")
    assert result.exit_code == 1
    assert result.stderr.startswith("my-gate is a file; ")


def test_secrets_do_not_get_into_the_package_where_its_source_is_checked_out(
    invoke: Invoke, tmp_path: Path
) -> None:
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "__init__.py").touch()
    result = invoke("init")
    assert result.exit_code == 1
    assert result.stderr == "gate holds a Python package; name another folder: gate init my-gate\n"
    assert [path.name for path in (tmp_path / "gate").iterdir()] == ["__init__.py"]


def test_a_folder_that_may_not_be_written_is_named(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)  # noqa: S103 - nobody may look, and not write
        monkeypatch.chdir(folder)
        with somebody_else():
            result = invoke("init", "my-gate")
        monkeypatch.undo()
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be a user whom permissions bind: root may write everywhere."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(own)
