"""``gate demo``."""

from __future__ import annotations

import http.client
import threading
import time
from functools import partial

import click

from gate.cli.running import address, run, scratch_folder, shown
from gate.web.serving import demo_app

_HOST = "127.0.0.1"
_PATIENCE = 60.0


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    help="Listen on this port; 0 takes a free one.",
)
def command(*, port: int) -> None:
    """Run a small forum with the gate before it, on this machine alone, until Ctrl-C.

    Nothing has to be set up, and nothing stays: what is posted lives in a scratch folder that is removed at the end.

    Example: gate demo --port 9000
    """
    ip, port = address(_HOST, port)
    with scratch_folder("gate-demo-") as scratch:
        announcer = threading.Thread(target=_announce, args=(port,), daemon=True)
        run(
            partial(demo_app, scratch, port),
            host=ip,
            port=port,
            workers=1,
            hang_up_ends=True,
            started=announcer.start,
        )


def _announce(port: int) -> None:
    """Print the address as soon as somebody who clicks it gets an answer."""
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        if _answers(port):
            click.echo(f"Demo forum: {shown(_HOST, port)}")
            click.echo("Ctrl-C ends it.", err=True)
            return
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
