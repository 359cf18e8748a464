"""Options that several commands take."""

from __future__ import annotations

import os
from pathlib import Path

import click

_PATH = click.Path(path_type=Path, readable=False)
"""Not looked at by click, whose messages have no remedy."""


def _existing(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is None or (value.is_file() and os.access(value, os.R_OK)):
        return value
    if value.is_file():
        problem = f'"{value}" cannot be read; run this as the user that owns it, or change its permissions'
    elif value.is_dir():
        problem = f'"{value}" is a folder; name the file in it, such as {value / "config.toml"}'
    elif value.exists():
        problem = f'"{value}" is no ordinary file; name a config.toml'
    else:
        problem = f'there is no file "{value}"; correct the path, or run `gate init` to make one'
    raise click.BadParameter(problem, ctx=context, param=parameter)


config_option = click.option(
    "--config",
    "-c",
    type=_PATH,
    callback=_existing,
    required=True,
    metavar="FILE",
    help="The config.toml that `gate init` made.",
)

optional_config_option = click.option(
    "--config",
    "-c",
    type=_PATH,
    callback=_existing,
    metavar="FILE",
    help="Take the questions and the language that this config.toml names.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
