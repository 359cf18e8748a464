"""``gate keys``: fresh secrets, and the change from one key to the next."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gate.cli.keyring import Keys
from gate.cli.loading import inspect
from gate.cli.messages import when
from gate.cli.options import config_option, json_option
from gate.errors import FaultsError
from gate.signing.claims import RECEIPT_MS
from gate.signing.keyfile import Entry
from gate.signing.strength import weak_reason
from gate.web.replies import timestamp

_BYTES = 48
_TAKEN_OVER_SECONDS = 5.0
"""After so long every worker has taken over what was written: each looks once a second."""

_MARGIN_SECONDS = 60.0
_RECEIPT_SECONDS = RECEIPT_MS / 1000

_COST = (
    "Challenges and tokens that it signed are refused within 5 seconds: whoever has a form open is asked one more "
    "question, and keeps what was typed. Receipts that it signed can no longer be reported."
)


@click.group()
def command() -> None:
    """Make fresh secrets, and change the key that signs.

    Example: gate keys rotate --config my-gate/config.toml
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


@command.command("list")
@config_option
@json_option
def list_(*, config: Path, as_json: bool) -> None:
    """Show which key signs, and until when each other one verifies. No secret is shown.

    Example: gate keys list --config my-gate/config.toml
    """
    entries = list(Keys(config).document.entries())
    if as_json:
        click.echo(json.dumps({"keys": [_plain(entry) for entry in entries]}, indent=2))
        return
    for entry in entries:
        made = f", made {when(entry.created)}" if entry.created is not None else ""
        click.echo(f"{entry.name}  {_role(entry)}{made}")


@command.command("rotate")
@config_option
@click.option("--to", metavar="KEYID", help="Let this key sign, which is there already, not a new one.")
@click.option("--prepare", is_flag=True, help="Make the new key known, and let it sign later: see --to.")
@json_option
def rotate(*, config: Path, to: str | None, prepare: bool, as_json: bool) -> None:
    """Let a new key sign. The one before verifies on until nothing that it signed is still in use.

    A running gate takes it over without a restart and refuses nobody: the new key is made known to all workers
    first, and signs some seconds later. Keys that stand in config.toml move to keys.toml, where each has its date.

    Example: gate keys rotate --config my-gate/config.toml
    """
    if to is not None and prepare:
        raise click.UsageError("--prepare makes a new key, so it takes no --to")
    keys = Keys(config)
    moved = keys.moves
    _refuse_faulty(config)
    before = keys.document.signing
    name = keys.document.add(fresh_secret(), time.time()) if to is None else keys.find(to, "--to")
    if to is None:
        keys.save()
        if not prepare:
            _wait(f"{name} is known now and signs in {_TAKEN_OVER_SECONDS:.0f} seconds ...")
    removed: list[str] = []
    if not prepare:
        keys.document.sign_with(name, time.time() + _longest_use(keys))
        removed = keys.document.prune(time.time())
        keys.save()
    _say_rotated(keys, before, name, removed, moved=moved, as_json=as_json)


@command.command("drop")
@click.argument("keyid", metavar="KEYID")
@config_option
@json_option
def drop(*, keyid: str, config: Path, as_json: bool) -> None:
    """Take a key out at once, because somebody else may know it. All that it signed is refused within 5 seconds.

    KEYID is as `gate keys list` shows it. If the key signs, a new one is made in its place.

    Example: gate keys drop key-1f0c9a2b --config my-gate/config.toml
    """
    keys = Keys(config)
    name = keys.find(keyid, "KEYID")
    made = None
    if name == keys.document.signing:
        made = keys.document.add(fresh_secret(), time.time())
        keys.document.sign_with(made, time.time() + _longest_use(keys))
    keys.document.drop(name)
    keys.save()
    signs = keys.document.signing
    if as_json:
        click.echo(
            json.dumps({"dropped": name, "made": made, "signing": signs, "file": str(keys.path)}, indent=2)
        )
    else:
        click.echo(f"{name} is dropped; {signs}{', which is new,' if made else ''} signs. {_COST}")
        click.echo(f"This cannot be undone: {keys.path.name} holds its secret no longer.")
    _refuse_faulty(
        config, "the key is out of the files, but a running gate refuses them as long as this is so:\n"
    )


def fresh_secret() -> str:
    """Return 64 letters, digits, - and _ that nobody can guess."""
    secret = secrets.token_urlsafe(_BYTES)
    # Chance can write "changeme" too, and a leading - looks like an option to other programs.
    return secret if weak_reason(secret.encode()) is None and secret[0] != "-" else fresh_secret()


def _longest_use(keys: Keys) -> float:
    """Return how long the last challenge signed before may be in use, the token that it gives included."""
    return keys.settings.challenge.lifetime + keys.settings.token.lifetime + _MARGIN_SECONDS


def _refuse_faulty(config: Path, prefix: str = "") -> None:
    """Raise where a gate would not take the files over, whatever their fault."""
    faults = inspect(config, os.environ, allow_public_test_keys=True).faults
    if faults:
        if prefix:
            click.echo(prefix, err=True, nl=False)
        raise FaultsError(faults)


def _wait(message: str) -> None:
    if sys.stderr.isatty():
        click.echo(message, err=True)
    time.sleep(_TAKEN_OVER_SECONDS)


def _say_rotated(
    keys: Keys, before: str, name: str, removed: Sequence[str], *, moved: bool, as_json: bool
) -> None:
    entries = {entry.name: entry for entry in keys.document.entries()}
    signs, config = keys.document.signing, keys.config
    undo = f"gate keys rotate --to {before} --config {config}"
    if as_json:
        body = {
            "signing": signs,
            "before": before,
            "file": str(keys.path),
            "keys": [_plain(entry) for entry in entries.values()],
            "removed": list(removed),
            "undo": undo,
        }
        click.echo(json.dumps(body, indent=2))
        return
    if moved:
        click.echo(
            f"The keys stand in {keys.path} now, which {config.name} names and its owner alone can read."
        )
    if signs != name:
        click.echo(f"{name} is known and signs nothing yet; {signs} signs.")
        click.echo(f"next: gate keys rotate --to {name} --config {config}")
        return
    click.echo(f"{name} signs now.")
    for entry in entries.values():
        if not entry.signs:
            click.echo(f"{entry.name} {_role(entry)}.")
    if removed:
        click.echo(f"Taken out, since nothing they signed is of use any more: {', '.join(removed)}.")
    if before != name:
        click.echo(f"undo: {undo}")


def _role(entry: Entry) -> str:
    if entry.signs:
        return "signs"
    if entry.retires is None:
        return "verifies, without an end"
    until, receipts = when(entry.retires), when(entry.retires + _RECEIPT_SECONDS)
    if entry.retires > time.time():
        return f"verifies until {until}, receipts for reports until {receipts}"
    return f"retired {until}; verifies receipts for reports until {receipts}"


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.name,
        "signs": entry.signs,
        "created": None if entry.created is None else timestamp(entry.created),
        "retires": None if entry.retires is None else timestamp(entry.retires),
    }
