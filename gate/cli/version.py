"""``gate version``."""

from __future__ import annotations

import platform

import click

from gate import __version__


@click.command()
def command() -> None:
    """Say which version of gate this is, and which Python runs it.

    Example: gate version
    """
    click.echo(f"gate {__version__} (Python {platform.python_version()})")
