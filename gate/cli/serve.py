"""``gate serve``."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from gate import __version__
from gate.bank.question import Bank
from gate.cli.loading import explain, inspect
from gate.cli.options import config_option
from gate.cli.running import address, run, scratch_folder, shown
from gate.config import Config
from gate.errors import GateError
from gate.live import Live
from gate.parsing import counted
from gate.summary import summary
from gate.web.request_log import log_as_json
from gate.web.serving import Service, service_app

_log = logging.getLogger("gate")


@click.command()
@config_option
@click.option("--host", help="Listen on this address instead of [server] host.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Listen on this port instead of [server] port.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes, instead of [server] workers.")
@click.option(
    "--yes-test-keys",
    is_flag=True,
    help="Accept the published test keys on an address that others can reach. They let anybody through.",
)
def command(
    *, config: Path, host: str | None, port: int | None, workers: int | None, yes_test_keys: bool
) -> None:
    """Run the service until it is stopped: Ctrl-C, or SIGTERM, after which requests in flight are finished.

    Everything is checked first. Standard error carries the log, a JSON object a line. Changed questions, keys and
    sites are taken over while it runs; [server] and [store] are read at the start.

    Example: gate serve --config my-gate/config.toml --port 9000
    """
    overrides = {
        f"GATE_SERVER__{name}": str(value)
        for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers))
        if value is not None
    }
    with scratch_folder("gate-") as scratch:
        service = Service(
            config=config.absolute(),
            last_good=scratch / "last-good",
            overrides=overrides,
            allow_public_test_keys=yes_test_keys,
        )
        _serve(service)


def _serve(service: Service) -> None:
    log_as_json()
    live = _opened(service)
    settings = live.config
    try:
        ip, port = address(settings.server.host, settings.server.port)
        click.echo(start_line(settings, live.gatekeeper.bank))
    finally:
        live.close()
    for warning in warnings(settings):
        _log.warning(warning)
    run(partial(service_app, service), host=ip, port=port, workers=settings.server.workers)


def _opened(service: Service) -> Live:
    """Load everything, which also writes the last good state for the workers; raise with every fault there is."""
    try:
        return service.open()
    except GateError as error:
        found = inspect(
            service.config, service.environ, allow_public_test_keys=service.allow_public_test_keys
        )
        raise explain(error, found) from error


def start_line(config: Config, bank: Bank) -> str:
    """Say in one line what is about to be served, and where."""
    parts = (
        f"gate {__version__} on {shown(config.server.host, config.server.port)}",
        *summary(config, bank),
        counted(config.server.workers, "worker"),
    )
    return "; ".join((*parts, "TEST KEYS ARE ON") if config.server.testing else parts)


def warnings(config: Config) -> Iterator[str]:
    """Yield what the operator of a running service should know."""
    if config.server.testing:
        yield "test keys are on: anybody can look them up; set [server] testing = false for real use"
    if config.dashboard.enabled:
        yield "[dashboard] enabled has no effect: this version has no dashboard"
    if os.environ.get("PYTHONHASHSEED", "random") != "random":
        yield "PYTHONHASHSEED is set: who knows it can send field names that are slow to tell apart; unset it"
    if config.store.url == "memory://":
        yield "the store is memory alone: at a restart all used tokens are forgotten, and refused"
