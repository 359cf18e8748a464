"""``gate site add``."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from gate.config import load_config
from tests.cli.conftest import Invoke
from tests.cli.processes import serving, wait_for
from tests.service import write_config


def test_it_adds_a_site_and_touches_nothing_else(invoke: Invoke, config: Path) -> None:
    before = config.read_text() + "# the end"
    config.write_text(before)
    config.chmod(0o640)
    args = (
        "--name",
        "Café «Nord»",
        "--host",
        "nord.example.org",
        "--host",
        "*.nord.example.org",
        "--lang",
        "de",
    )
    result = invoke("site", "add", "--config", config, *args)
    assert result.exit_code == 0, result.output
    assert config.read_text().startswith(before + "\n")
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    *_, site = load_config(config, environ={}).sites
    assert site.name == "Café «Nord»"
    assert site.hosts == ("nord.example.org", "*.nord.example.org")
    assert site.langs == ("de",)
    assert site.sitekey.startswith("cafe-nord-")
    assert f"sitekey = {site.sitekey}\nsecret  = {site.secret}\n" in result.stdout
    assert invoke("check", "--config", config).exit_code == 0


def test_json_holds_both_keys(invoke: Invoke, config: Path) -> None:
    shown = json.loads(invoke("site", "add", "--config", config, "--name", "ニュース", "--json").stdout)
    *_, site = load_config(config, environ={}).sites
    assert (shown["sitekey"], shown["secret"]) == (site.sitekey, site.secret)
    assert shown["sitekey"].startswith("site-")


def test_it_works_where_there_is_no_site_yet(invoke: Invoke, config: Path) -> None:
    write_config(config.parent, site=[])
    assert invoke("check", "--config", config).exit_code == 1
    assert invoke("site", "add", "--config", config, "--name", "First").exit_code == 0
    assert len(load_config(config, environ={}).sites) == 1


def test_a_running_gate_takes_it_over(invoke: Invoke, config: Path) -> None:
    write_config(config.parent, store={"url": "sqlite:///gate.db"})
    with serving(config, workers=1) as server:
        shown = json.loads(invoke("site", "add", "--config", config, "--name", "New", "--json").stdout)
        wait_for(lambda: "question" in server.get("/v1/challenge", sitekey=shown["sitekey"]), "the new site")
        assert server.end() == 0


@pytest.mark.parametrize(
    ("args", "code", "part"),
    [
        (("--name", "Forum"), 1, 'a site called "Forum" already'),
        (
            ("--name", "New", "--host", "https://forum.example.org/x"),
            2,
            'write the host alone: "forum.example.org"',
        ),
        (("--name", "New", "--lang", "no_such tag"), 2, "BCP 47"),
        (("--name", "New", "--lang", "german"), 2, "name a language of the bank: ar, de, en"),
        ((), 2, "--name"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    invoke: Invoke, config: Path, args: tuple[str, ...], code: int, part: str
) -> None:
    before = config.read_text()
    result = invoke("site", "add", "--config", config, *args)
    assert result.exit_code == code
    assert part in result.stderr
    assert config.read_text() == before


@pytest.mark.parametrize("text", ["site = [{}]\n", "[server]\nport = 'x'\n", "not toml"])
def test_a_config_with_faults_is_left_alone(invoke: Invoke, config: Path, text: str) -> None:
    config.write_text(text)
    result = invoke("site", "add", "--config", config, "--name", "New")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert config.read_text() == text


def test_a_site_without_a_name_is_wrong_use(invoke: Invoke, config: Path) -> None:
    before = config.read_text()
    result = invoke("site", "add", "--config", config, "--name", " ")
    assert result.exit_code == 2
    assert "Invalid value for --name" in result.stderr
    assert config.read_text() == before
