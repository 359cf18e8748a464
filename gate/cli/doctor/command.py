"""The command itself: what is looked at, in which order, and the exit code."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from gate.cli.doctor import premises, surroundings
from gate.cli.doctor.findings import Finding, Findings, State
from gate.cli.doctor.roundtrip import Round
from gate.cli.doctor.visitor import UnreachableError, Visitor
from gate.cli.loading import inspect
from gate.cli.messages import FAULTS_FOUND
from gate.cli.options import config_option, json_option
from gate.cli.running import shown
from gate.config import Config, Outcome
from gate.errors import GateError
from gate.parsing import counted
from gate.sources import Loaded, Source

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (what a config may say)


@click.command()
@config_option
@click.option(
    "--url", metavar="URL", help="Where posters reach the gate; by default where the config lets it listen."
)
@json_option
@click.pass_context
def command(context: click.Context, *, config: Path, url: str | None, as_json: bool) -> None:
    """Ask a running gate as posters and forums do, and say what is wrong on the way, each with its remedy.

    Answers a question empty, wrong, right and twice, verifies the token twice, and looks at clocks, proxies, store,
    caches, headers, test keys, secrets and file modes. It asks at the first site, whose statistics count it. Exit
    code 1 if something is wrong.

    Example: gate doctor --config my-gate/config.toml --url https://gate.example.org
    """
    if url is not None and not surroundings.is_address(url):
        raise click.BadParameter('write it like "https://gate.example.org"', param_hint="--url")
    findings = Findings(_ignore if as_json else _tell)
    where = _examine(config, url, findings)
    faults, warnings = findings.count(State.FAULT), findings.count(State.WARNING)
    if as_json:
        body = {
            "url": where,
            "faults": faults,
            "warnings": warnings,
            "checks": [asdict(finding) for finding in findings.found],
        }
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
    else:
        parts = [
            counted(number, noun) for number, noun in ((faults, "fault"), (warnings, "warning")) if number
        ]
        checks = counted(len(findings.found), "finding")
        click.echo(f"{'fine' if not faults else 'not fine'}: {', '.join([checks, *parts])}")
    context.exit(FAULTS_FOUND if faults else 0)


def _examine(config: Path, url: str | None, findings: Findings) -> str | None:
    """Look at everything that can be looked at; return the address that was asked."""
    loaded = _loaded(config, findings)
    where = url or (_address(loaded.config) if loaded is not None else None)
    if loaded is not None and where is not None:
        premises.look_around(loaded.config, config, where, findings)
    if where is None:
        return None
    visitor = Visitor(where)
    if not surroundings.reach(visitor, findings):
        return visitor.url
    try:
        if loaded is not None:
            _visit(visitor, loaded, findings)
        surroundings.look_at_readiness(visitor, findings)
        if loaded is not None:
            surroundings.look_for_silent_proxy(loaded.config, visitor.url, findings)
    except UnreachableError as error:
        findings.fault(
            "reachable", f"in the middle of it: {error}", "see the log of the gate, and of the proxy"
        )
    return visitor.url


def _loaded(config: Path, findings: Findings) -> Loaded | None:
    try:
        loaded = Source(config, allow_public_test_keys=True).load()
    except GateError as error:
        found = inspect(config, os.environ, allow_public_test_keys=True)
        for fault in found.faults:
            findings.fault("config", f"{fault.place}: {fault.problem}", fault.remedy)
        if not found.faults:
            findings.fault("config", str(error), "see `gate check`")
        return None
    findings.ok("config", "it loads, with its keys and questions")
    return loaded


def _visit(visitor: Visitor, loaded: Loaded, findings: Findings) -> None:
    site = next((site for site in loaded.config.all_sites if site.outcome is Outcome.NORMAL), None)
    if site is None:
        findings.warn("asking", "there is no site of your own to ask at", "make one with `gate site add`")
        return
    Round(visitor, loaded, site, findings).make()
    surroundings.look_at_frame(visitor, site, findings)
    surroundings.look_at_widget(visitor, findings)


def _address(config: Config) -> str:
    host = config.server.host
    return shown(_EVERYWHERE.get(host, host), config.server.port)


def _tell(finding: Finding) -> None:
    click.echo(str(finding))


def _ignore(_finding: Finding) -> None:
    """Say nothing yet: JSON comes in one piece."""
