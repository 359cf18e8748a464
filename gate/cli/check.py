"""``gate check``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from gate.bank.question import Bank
from gate.cli.loading import inspect
from gate.cli.options import config_option
from gate.config import Config, load_config
from gate.errors import ConfigError, Fault, FaultsError, StoreError
from gate.live import open_store_of
from gate.parsing import counted
from gate.sources import unasked_languages
from gate.stores.servers import without_password
from gate.stores.sqlite import file_of, pending_upgrade


@click.command()
@config_option
def command(*, config: Path) -> None:
    """Say everything that is wrong with config, keys, questions and store, each with its remedy.

    Changes nothing: a store that is not there yet is not made. Exit code 1 if something is wrong; what could be
    better is a warning.

    Example: gate check --config my-gate/config.toml
    """
    found = inspect(config, os.environ, allow_public_test_keys=True)
    faults = list(found.faults)
    store = ""
    if found.config is not None:
        try:
            store = store_state(found.config)
        except StoreError as error:
            place = f"store {without_password(error.url)}"
            faults.append(Fault(place, error.problem, error.remedy))
    if faults or found.config is None or found.bank is None:
        raise FaultsError(faults)
    for warning in warnings(found.config, found.bank, config):
        click.echo(f"warning: {warning}")
    click.echo(f"fine: {_summary(found.config, found.bank)}; {store}")
    permission = " --yes-test-keys" if _needs_permission(config) else ""
    click.echo(f"next: gate serve --config {config}{permission}")


def store_state(config: Config) -> str:
    """Open the store if that changes nothing about it, else say what opening would do; raise ``StoreError``."""
    url, base = config.store.url, config.base
    file = file_of(url, base)
    steps = pending_upgrade(url, base) if file is not None else ()
    if file is not None and steps:
        _refuse_unwritable(url, file)
        return f"at its start gate will {' and '.join(steps)}"
    with closing(open_store_of(config)) as store:
        store.ping()
    return f"the store {without_password(url)} answers"


def warnings(config: Config, bank: Bank, path: Path) -> Iterator[str]:
    """Yield what works but may not be meant."""
    yield from _server_warnings(config, path)
    for number, site in enumerate(config.sites, 1):
        place = f'{path.name}: [[site]] #{number} "{site.sitekey}"'
        if not site.hosts:
            yield f'{place}: hosts = [] lets any page ask; write hosts = ["forum.example.org"] with your own'
        missing = unasked_languages(config, bank, site)
        if missing:
            yield f"{place}: no question in {', '.join(missing)}; such posters are asked in another language"


def _server_warnings(config: Config, path: Path) -> Iterator[str]:
    server = f"{path.name}: [server]"
    if config.server.testing:
        yield f"{server} testing: anybody can look up the test keys; set it to false for real use"
    if config.server.testing and _needs_permission(path):
        yield f'{server} host: others can reach "{config.server.host}"; gate serve asks for --yes-test-keys'
    if config.store.url == "memory://":
        yield f"{path.name}: [store] url: memory:// forgets all at a restart, and then asks everybody again"
    if config.challenge.min_seconds == 0:
        yield f"{path.name}: [challenge] min_seconds: 0 lets scripts answer at once; 1.0 is usual"
    for name in ("answers", "wrong_answers", "tokens"):
        if getattr(config.limits, name) is None:
            yield f'{path.name}: [limits] {name}: "" sets no limit, so that a script may guess on and on'
    files = [path] if config.signing.file is None else [path, config.signing.file]
    yield from (
        f"{file}: other users of this machine can read it, and it holds secrets; chmod 600 {file}"
        for file in files
        if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    )


def _summary(config: Config, bank: Bank) -> str:
    languages = ", ".join(bank.languages)
    questions = f"{counted(len(bank.enabled), 'question')} with {counted(bank.variants, 'variant')}"
    return f"{counted(len(config.sites), 'site')}, {questions} in {languages}"


def _needs_permission(path: Path) -> bool:
    """Say whether a config, fine otherwise, is refused for test keys on an address that others can reach."""
    try:
        load_config(path)
    except ConfigError:
        return True
    return False


def _refuse_unwritable(url: str, file: Path) -> None:
    """Raise ``StoreError`` where the file, or the first folder that is there, may not be written."""
    target = next(place for place in (file, *file.parents) if place.exists())
    if not os.access(target, os.W_OK):
        remedy = "let the user that runs the gate write there, or choose another path in [store] url"
        raise StoreError(url, f"{target} cannot be written", remedy)
