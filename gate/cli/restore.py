"""``gate restore``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from gate.cli.messages import Refused, patience
from gate.cli.options import config_option, json_option
from gate.cli.storefile import contents, store_file
from gate.stores.backup import REPLACED, put_back


@click.command()
@config_option
@json_option
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def command(*, config: Path, file: Path, as_json: bool) -> None:
    """Put a backup in the place of the SQLite store, whether or not the gate runs.

    Nothing is re-opened: every challenge and token made before is refused, which costs each poster with an open
    form one more question, and nothing that was typed. Statistics are those of the backup. The store that was there
    is kept under another name.

    Example: gate restore --config my-gate/config.toml gate-2026-11-25.db
    """
    path = store_file(config, verb="restored")
    if file.exists() and path.exists() and file.samefile(path):
        raise Refused(f"{file} is the store itself; name a file that `gate backup` made")
    there = path.exists()
    with patience(f"Restoring {file} ..."):
        copied = put_back(path, file)
    aside = f"{path}{REPLACED}" if there else None
    if as_json:
        click.echo(json.dumps({"store": str(path), "replaced": aside, **asdict(copied)}, indent=2))
        return
    click.echo(f"{path} is restored: {contents(copied)}; whoever has a form open is asked one more question")
    if aside is not None:
        click.echo(f"undo: gate restore --config {config} {aside}")
