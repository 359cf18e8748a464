"""``gate serve``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from gate import __version__
from gate.bank.question import Bank
from gate.cli.loading import explain, inspect
from gate.cli.messages import counted, without_password
from gate.cli.options import config_option
from gate.cli.running import address, run, scratch_folder, shown
from gate.config import Config, Rate, Site
from gate.errors import GateError
from gate.live import Live
from gate.web.request_log import log_as_json
from gate.web.serving import Service, service_app

_log = logging.getLogger("gate")

_SITES_SHOWN = 5
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


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
    live = _opened(service)
    settings = live.config
    try:
        ip, port = address(settings.server.host, settings.server.port)
        click.echo(start_line(settings, live.gatekeeper.bank))
    finally:
        live.close()
    log_as_json()
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
    languages = ", ".join(f"{lang} {number}" for lang, number in bank.languages.items())
    questions = f"{counted(len(bank.enabled), 'question')}, {counted(bank.variants, 'variant')} ({languages})"
    parts = (
        f"gate {__version__} on {shown(config.server.host, config.server.port)}",
        f"store {without_password(config.store.url)}",
        f"bank {questions}",
        f"{counted(len(config.sites), 'site')}{_names(config.sites)}",
        f"limits {', '.join(_limits(config)) or 'none'}",
        counted(config.server.workers, "worker"),
    )
    return "; ".join((*parts, "TEST KEYS ARE ON") if config.server.testing else parts)


def warnings(config: Config) -> Iterator[str]:
    """Yield what the operator of a running service should know."""
    if config.server.testing:
        yield "test keys are on: anybody can look them up; set [server] testing = false for real use"
    if config.dashboard.enabled:
        yield "[dashboard] enabled has no effect: this version has no dashboard"
    if config.store.url == "memory://":
        yield "the store is memory alone: at a restart all used tokens are forgotten, and refused"


def _names(sites: tuple[Site, ...]) -> str:
    names = [site.name or site.sitekey for site in sites[:_SITES_SHOWN]]
    more = [f"{len(sites) - _SITES_SHOWN} more"] if len(sites) > _SITES_SHOWN else []
    return f" ({', '.join(names + more)})" if names else ""


def _limits(config: Config) -> Iterator[str]:
    limits = config.limits
    for name in ("challenges", "answers", "wrong_answers", "tokens"):
        rate: Rate | None = getattr(limits, name)
        yield f"{name} {_spelled(rate) if rate else 'off'}"


def _spelled(rate: Rate) -> str:
    """Write a rate as the config does: "60/10 minutes"."""
    size, unit = next((size, unit) for size, unit in _UNITS if rate.window % size == 0)
    number = int(rate.window // size)
    return f"{rate.count}/{unit if number == 1 else counted(number, unit)}"
