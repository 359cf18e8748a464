"""``gate keys``: new, list, rotate, drop, as they change files. How a running gate takes it: test_rotation.py."""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
import time
from pathlib import Path

import pytest

from gate.cli import keys
from gate.config import load_config
from gate.config.checks import signing_secret, site_secret
from gate.signing.keys import KeyRing, load_keys
from tests.cli.conftest import Invoke
from tests.service import OTHER_SIGNING, SIGNING, write_config

DAYS_90 = 90 * 86_400


@pytest.fixture(autouse=True)
def no_running_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to take anything over here."""
    monkeypatch.setattr(keys, "_TAKEN_OVER_SECONDS", 0.0)


def ring_of(config: Path) -> KeyRing:
    file = load_config(config, environ={}).signing.file
    assert file is not None
    return load_keys(file.read_bytes(), file.name)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_secret_is_one_line_good_for_signing_and_for_a_site(invoke: Invoke) -> None:
    result = invoke("keys", "new")
    assert result.exit_code == 0
    assert result.stderr == ""
    (secret,) = result.stdout.splitlines()
    assert len(secret) == 64
    assert signing_secret(secret) == site_secret(secret) == secret


def test_every_secret_is_another(invoke: Invoke) -> None:
    assert invoke("keys", "new").stdout != invoke("keys", "new").stdout


def test_rotation_moves_keys_out_of_the_config_and_touches_nothing_else_in_it(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("init", "gate")
    config = tmp_path / "gate" / "config.toml"
    before = config.read_text()
    (old,) = KeyRing.of(load_config(config, environ={}).signing.current).keys
    result = invoke("keys", "rotate", "--config", config)
    assert result.exit_code == 0, result.output
    after = config.read_text()
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert sorted(line[:11] for line in changed) == [
        "+ current =",
        '+ file = "k',
        "- current =",
        '- file = ""',
    ]
    ring = ring_of(config)
    assert ring.verifying(old.kid, time.time()) is not None, "the old key still verifies"
    assert ring.signing.kid != old.kid
    assert mode(config) == mode(tmp_path / "gate" / "keys.toml") == 0o600
    assert invoke("check", "--config", config).exit_code == 0
    assert not any(key.secret.decode() in result.output for key in ring.keys)
    assert "keys.toml" in (tmp_path / "gate" / ".gitignore").read_text()


def test_it_says_what_signs_until_when_the_old_one_verifies_and_how_to_undo(
    invoke: Invoke, config: Path
) -> None:
    result = invoke("keys", "rotate", "--config", config)
    (old,) = KeyRing.of(SIGNING).keys
    ring = ring_of(config)
    assert f"{ring.signing.name} signs now." in result.stdout
    assert re.search(rf"key-{old.kid.hex()} verifies until 20\d\d-\d\d-\d\d ", result.stdout)
    undo = result.stdout.splitlines()[-1].removeprefix("undo: gate ").split()
    assert invoke(*undo).exit_code == 0
    back = ring_of(config)
    assert back.signing.kid == old.kid
    assert back.verifying(ring.signing.kid, time.time()) is not None


def test_the_old_key_verifies_as_long_as_what_it_signed_is_of_use(invoke: Invoke, config: Path) -> None:
    write_config(config.parent, store={"url": "sqlite:///gate.db"}, challenge={"lifetime": 600})
    before = time.time()
    invoke("keys", "rotate", "--config", config)
    after = time.time()
    (old,) = KeyRing.of(SIGNING).keys
    (kept,) = [key for key in ring_of(config).keys if key.kid == old.kid]
    assert kept.retires is not None
    assert before + 600 + 86_400 + 5 <= kept.retires <= after + 600 + 86_400 + 90


def test_the_configs_previous_keys_move_too_and_get_an_end(invoke: Invoke, config: Path) -> None:
    signing = {"current": SIGNING, "previous": [OTHER_SIGNING]}
    write_config(config.parent, store={"url": "sqlite:///gate.db"}, signing=signing)
    assert invoke("keys", "rotate", "--config", config).exit_code == 0
    ring = ring_of(config)
    assert len(ring.keys) == 3
    assert [key.retires is None for key in ring.keys] == [key is ring.signing for key in ring.keys]


def test_a_key_from_a_file_of_its_own_moves_too(invoke: Invoke, config: Path) -> None:
    (config.parent / "signing.key").write_text(SIGNING + "\n")
    text = config.read_text()
    config.write_text(text.replace(f'current = "{SIGNING}"', 'current_file = "signing.key"'))
    assert invoke("keys", "rotate", "--config", config).exit_code == 0
    (old,) = KeyRing.of(SIGNING).keys
    assert ring_of(config).verifying(old.kid, time.time()) is not None


def test_what_people_wrote_into_the_key_file_stays(invoke: Invoke, config: Path) -> None:
    invoke("keys", "rotate", "--config", config)
    file = config.parent / "keys.toml"
    file.write_text("# mine\n" + file.read_text().replace("retires", "# soon\nretires"))
    file.chmod(0o644)
    assert invoke("keys", "rotate", "--config", config).exit_code == 0
    assert file.read_text().startswith("# mine\n")
    assert "\n# soon\n" in file.read_text()
    assert mode(file) == 0o600
    assert len(ring_of(config).keys) == 3


def test_files_from_windows_stay_so(invoke: Invoke, config: Path) -> None:
    config.write_bytes(b"\xef\xbb\xbf" + config.read_bytes().replace(b"\n", b"\r\n"))
    assert invoke("keys", "rotate", "--config", config).exit_code == 0
    file = config.parent / "keys.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert invoke("keys", "rotate", "--config", config).exit_code == 0
    assert config.read_bytes().startswith(b"\xef\xbb\xbf[server]\r\n")
    assert len(ring_of(config).keys) == 3
    assert invoke("site", "add", "--config", config, "--name", "New").exit_code == 0
    assert len(load_config(config, environ={}).sites) == 3


def test_keys_in_a_list_are_left_to_the_operator(invoke: Invoke, config: Path) -> None:
    invoke("keys", "rotate", "--config", config)
    file = config.parent / "keys.toml"
    file.write_text(f'signing = "a"\nkey = [{{ name = "a", secret = "{SIGNING}" }}]\n')
    result = invoke("keys", "rotate", "--config", config)
    assert result.exit_code == 1
    assert "write [[key]]" in result.stderr


def test_keys_of_no_use_any_more_are_taken_out(invoke: Invoke, config: Path) -> None:
    shown = json.loads(invoke("keys", "rotate", "--config", config, "--json").stdout)
    file = config.parent / "keys.toml"
    long_ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - DAYS_90 - 3600))
    file.write_text(re.sub(r"retires = .*", f"retires = {long_ago}", file.read_text()))
    again = json.loads(invoke("keys", "rotate", "--config", config, "--json").stdout)
    assert again["removed"] == [shown["before"]]
    assert {key["id"] for key in again["keys"]} == {shown["signing"], again["signing"]}


def test_json_is_all_that_stands_on_standard_output(invoke: Invoke, config: Path) -> None:
    shown = json.loads(invoke("keys", "rotate", "--config", config, "--json").stdout)
    assert [key["id"] for key in shown["keys"] if key["signs"]] == [shown["signing"]]
    assert shown["undo"].startswith(f"gate keys rotate --to {shown['before']} ")
    listed = json.loads(invoke("keys", "list", "--config", config, "--json").stdout)
    assert listed["keys"] == shown["keys"]


def test_a_key_can_be_made_known_first_and_sign_later(invoke: Invoke, config: Path) -> None:
    result = invoke("keys", "rotate", "--prepare", "--config", config)
    old = ring_of(config).signing
    assert old.kid == KeyRing.of(SIGNING).signing.kid
    following = result.stdout.splitlines()[-1].removeprefix("next: gate ").split()
    assert invoke(*following).exit_code == 0
    assert ring_of(config).signing.kid != old.kid
    assert len(ring_of(config).keys) == 2


def test_a_dropped_key_is_gone_and_it_is_said_what_that_costs(invoke: Invoke, config: Path) -> None:
    shown = json.loads(invoke("keys", "rotate", "--config", config, "--json").stdout)
    result = invoke("keys", "drop", shown["before"], "--config", config)
    assert result.exit_code == 0
    assert "one more question" in result.stdout
    assert [key.name for key in ring_of(config).keys] == [shown["signing"]]


def test_a_dropped_key_that_signed_gets_a_successor(invoke: Invoke, config: Path) -> None:
    old = KeyRing.of(SIGNING).signing
    result = invoke("keys", "drop", old.kid.hex(), "--config", config)
    assert result.exit_code == 0, result.output
    (only,) = ring_of(config).keys
    assert only.kid != old.kid
    assert SIGNING not in config.read_text()


def test_a_drop_that_a_running_gate_would_not_take_over_says_so(invoke: Invoke, config: Path) -> None:
    (config.parent / "bank" / "en.toml").write_text("[[question]]\nask = 5\n")
    result = invoke(
        "keys", "drop", KeyRing.of(SIGNING).signing.name.replace("current", ""), "--config", config
    )
    assert result.exit_code == 2
    name = f"key-{KeyRing.of(SIGNING).signing.kid.hex()}"
    result = invoke("keys", "drop", name, "--config", config)
    assert result.exit_code == 1
    assert "bank/en.toml" in result.stderr
    assert name not in {key.name for key in ring_of(config).keys}


def test_a_rotation_that_a_gate_would_not_take_over_changes_nothing(invoke: Invoke, config: Path) -> None:
    (config.parent / "bank" / "en.toml").write_text("[[question]]\nask = 5\n")
    before = config.read_bytes()
    result = invoke("keys", "rotate", "--config", config)
    assert result.exit_code == 1
    assert "bank/en.toml" in result.stderr
    assert config.read_bytes() == before
    assert not (config.parent / "keys.toml").exists()


def test_an_unknown_key_is_wrong_use_with_the_nearest_name(invoke: Invoke, config: Path) -> None:
    name = f"key-{KeyRing.of(SIGNING).signing.kid.hex()}"
    result = invoke("keys", "drop", name[:-1], "--config", config)
    assert result.exit_code == 2
    assert name in result.stderr
    other = invoke("keys", "rotate", "--to", "nothing", "--config", config)
    assert other.exit_code == 2
    assert "Invalid value for --to: no key has this id" in other.stderr


def test_keys_from_the_environment_are_left_to_the_operator(
    invoke: Invoke, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATE_SIGNING__CURRENT", OTHER_SIGNING)
    result = invoke("keys", "rotate", "--config", config)
    assert result.exit_code == 1
    assert "GATE_SIGNING__CURRENT" in result.stderr
    assert OTHER_SIGNING not in result.stderr


def test_a_key_file_that_nobody_named_is_not_written_over(invoke: Invoke, config: Path) -> None:
    (config.parent / "keys.toml").write_text("# somebody's\n")
    result = invoke("keys", "rotate", "--config", config)
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert (config.parent / "keys.toml").read_text() == "# somebody's\n"


def test_a_config_that_cannot_be_edited_is_left_alone(invoke: Invoke, config: Path) -> None:
    before = config.read_text()
    os.chmod(config.parent, 0o500)
    try:
        if os.access(config.parent, os.W_OK):  # root may write everywhere: take the place of the file instead
            (config.parent / "keys.toml").mkdir()
        result = invoke("keys", "rotate", "--config", config)
    finally:
        os.chmod(config.parent, 0o700)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert config.read_text() == before
