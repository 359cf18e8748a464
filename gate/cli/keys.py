"""``gate keys``: fresh secrets."""

from __future__ import annotations

import secrets
import sys

import click

from gate.signing.strength import weak_reason

_BYTES = 48


@click.group()
def command() -> None:
    """Make fresh secrets.

    Example: gate keys new
    """


@command.command("new")
def new() -> None:
    """Print a fresh secret on one line: good as a key that signs, and as a site's secret.

    \b
    Example: gate keys new > signing.key     then, in config.toml:
        [signing]
        current_file = "signing.key"
    """
    click.echo(fresh_secret())
    if sys.stdout.isatty():
        click.echo(
            "Paste it as current in [signing], or as secret in a [[site]]; it is kept nowhere.", err=True
        )


def fresh_secret() -> str:
    """Return 64 letters, digits, - and _ that nobody can guess."""
    secret = secrets.token_urlsafe(_BYTES)
    # Chance can write "changeme" too, and a leading - looks like an option to other programs.
    return secret if weak_reason(secret.encode()) is None and secret[0] != "-" else fresh_secret()
