"""What a worker process runs: builds its application from files, and leaves nothing behind when it goes."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from gate.errors import GateError
from gate.live import Live
from gate.sources import Source
from gate.statistics import FLUSH_SECONDS
from gate.web.request_log import log_as_json

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The applications, and Flask with them, are imported where they are built: the parent of the workers names these
# functions, and never calls them.

_log = logging.getLogger("gate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a worker needs to know; handed from process to process, so it names files and holds no secret.

    ``overrides`` are settings as the environment would have them (``GATE_SERVER__PORT``). ``last_good`` is the
    file in which the last good state waits for a worker that starts while the operator's files are broken.
    """

    config: Path
    last_good: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    allow_public_test_keys: bool = False

    @property
    def environ(self) -> dict[str, str]:
        """The environment with the overrides in it."""
        return {**os.environ, **self.overrides}

    def open(self) -> Live:
        """Load everything and open the store; raise ``GateError`` if that cannot be done."""
        source = Source(self.config, environ=self.environ, allow_public_test_keys=self.allow_public_test_keys)
        return Live(source, last_good=self.last_good)


def service_app(service: Service) -> WSGIApplication:
    """Build the service in a worker; whatever it has counted is written when the worker ends."""
    from gate.web.app import create_app

    log_as_json()
    _follow_parent()
    try:
        live = service.open()
    except GateError as error:
        _log.error("a worker cannot start: %s", error.discreet)
        raise SystemExit(1) from None
    atexit.register(live.close)
    threading.Thread(target=_write_counts, args=(live,), daemon=True).start()
    return create_app(live)


def demo_app(folder: Path, port: int) -> WSGIApplication:
    """Build the demo forum in a worker, with the published test keys on."""
    from gate.web.demo import create_demo

    _follow_parent()
    return create_demo(folder, {"server": {"port": port, "testing": True}})


def _write_counts(live: Live) -> None:
    """Write what was counted where no further event comes to do it."""
    while True:
        time.sleep(FLUSH_SECONDS)
        live.statistics.flush()


def _follow_parent() -> None:
    """End when the parent process is gone: a worker left alone would hold the port, and nobody would stop it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
