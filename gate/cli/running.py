"""Runs an application on granian until somebody stops it."""

from __future__ import annotations

import errno
import multiprocessing
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.common import AbstractServer

from gate.cli.messages import Refused

BLOCKING_THREADS = 16
"""Threads of one worker. A request is a few milliseconds of Python, so for speed two would do; but a client that
sends its body slowly holds one until it is through, and granian's own default of hundreds makes Python thrash."""

FINISH_SECONDS = 25
"""How long requests in flight may take when the service is told to stop; less than service managers wait (30 s)."""

_BACKLOG = 1024

# To standard error as JSON lines, like all that the workers log; granian's own default is plain text on standard out.
_LOGGING: dict[str, Any] = {
    "formatters": {"json": {"()": "gate.web.request_log.JsonLines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    },
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Make a folder for this user alone, and remove it at the end, also if that is SIGTERM before ``run``."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    # Held back meanwhile: a folder that is made, and that nobody knows yet, would stay.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        signal.signal(signal.SIGTERM, leave)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        yield Path(folder)


def address(host: str, port: int) -> tuple[str, int]:
    """Return the IP address and port to listen on, a free one for port 0; raise ``Refused`` if it is not to be had.

    granian shares a port with whoever lets it, another gate for one, so that has to be looked at beforehand.
    """
    family, place = _resolved(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            raise Refused(_bind_problem(host, port, error)) from None
        bound: tuple[str, int] = probe.getsockname()[:2]
        return bound


def shown(host: str, port: int) -> str:
    """Return an address as a browser takes it."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(
    load: Callable[[], Any],
    *,
    host: str,
    port: int,
    workers: int,
    hang_up_ends: bool = False,
    started: Callable[[], None] | None = None,
) -> None:
    """Serve what ``load`` returns in each worker until SIGTERM (returns) or Ctrl-C (raises ``KeyboardInterrupt``).

    Args:
        load: builds the WSGI application; called in the workers, so it must be importable there.
        host: an IP address.
        port: the port.
        workers: how many processes.
        hang_up_ends: whether SIGHUP, which a closed terminal sends, ends all; else it starts the workers anew.
        started: called just before the workers are started.
    """
    # A fresh interpreter for each worker, as granian does where Python no longer forks: what the parent holds open,
    # its threads among them, stays with the parent.
    multiprocessing.set_start_method("spawn", force=True)
    server = _server(host, port, workers)
    stop: Callable[[], None] = server.signal_handler_interrupt
    pressed: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        pressed.append(number)
        stop()

    def prepare() -> None:
        signal.signal(signal.SIGINT, interrupt)
        if hang_up_ends:
            signal.signal(signal.SIGHUP, interrupt)
        if started is not None:
            started()

    server.on_startup(prepare)
    try:
        server.serve(target_loader=load, wrap_loader=False)
    except SystemExit as left:
        if not left.code:
            raise  # by ``scratch_folder``, for a SIGTERM that came before granian listened to it
        # granian says 1 too where a service manager has sent the signal to the workers themselves.
        if not server.interrupt_signal:
            raise Refused("the workers end again and again; what they wrote above says why") from None
    if signal.SIGINT in pressed:
        raise KeyboardInterrupt


def _server(host: str, port: int, workers: int) -> AbstractServer[Any]:
    return Granian(
        "gate",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=FINISH_SECONDS,
    )


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Refused(
            f"{host}: no such host ({error.strerror}); listen on 127.0.0.1, or on 0.0.0.0 for every network"
        ) from None
    # "localhost" is both kinds; what people type into other programs is the old one.
    family, _, _, _, place = min(found, key=lambda each: each[0] is not socket.AF_INET)
    return family, place


def _bind_problem(host: str, port: int, error: OSError) -> str:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use by another program; stop that one, or choose another port with --port"
    if error.errno == errno.EACCES:
        return f"this user may not listen on {where}; choose a port above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; listen on 127.0.0.1, or on 0.0.0.0 for every network"
    return f"cannot listen on {where}: {error.strerror}; choose another with --host or --port"
