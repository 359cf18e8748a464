"""``gate backup``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from gate.cli.messages import patience
from gate.cli.options import config_option, json_option
from gate.cli.storefile import contents, store_file
from gate.stores.backup import back_up


@click.command()
@config_option
@json_option
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
def command(*, config: Path, out: Path, as_json: bool) -> None:
    """Copy the SQLite store into a new file, as it is at one moment, while the gate runs.

    The copy is checked. It holds marks and statistics; keep config.toml, keys.toml and your bank files too.

    Example: gate backup --config my-gate/config.toml gate-2026-11-25.db
    """
    with patience(f"Copying into {out} ..."):
        copied = back_up(store_file(config, verb="backed up"), out)
    if as_json:
        click.echo(json.dumps({"file": str(out), **asdict(copied)}, indent=2))
        return
    click.echo(f"{out}: {contents(copied)}; sound")
    click.echo(f"restore: gate restore --config {config} {out}")
