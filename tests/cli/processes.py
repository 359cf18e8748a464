"""The program as a person starts it: real processes, each with an end to its patience."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gate

PATIENCE = 60.0
GATE = (sys.executable, "-m", "gate")
PORTS = range(20_000, 32_000)
"""Below those that the system gives to whoever connects somewhere meanwhile."""
_ESTABLISHED, _LISTENING = "01", "0A"
_ROOT = str(Path(gate.__file__).parents[1])


def run_gate(*args: str | Path, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "gate", *map(str, args)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=clean_environ(**environ),
        check=False,
    )


def free_port() -> int:
    """Return a port that nobody has, and that no test is given again: it may be some time until it is listened on."""
    while True:
        port = secrets.choice(_OWN_PORTS)
        _OWN_PORTS.remove(port)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("", port))
            return port


def _own_ports() -> list[int]:
    """Return the ports that no other process of these tests gives away: pytest-xdist numbers them gw0, gw1."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return list(PORTS[number :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))])


_OWN_PORTS = _own_ports()


def wait_for(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until ``condition`` returns something true; return that."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {patience:g} s in vain: {what}")


class Running:
    """A server that was started; it leads a process group of its own, so that nothing of it can be left."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self._folder = folder

    @property
    def out(self) -> str:
        return (self._folder / "out").read_text()

    @property
    def err(self) -> str:
        return (self._folder / "err").read_text()

    def log(self, message: str) -> list[dict[str, Any]]:
        """Return the log's lines with this message; every line of standard error must be one of the log."""
        lines = [json.loads(line) for line in self.err.splitlines()]
        return [line for line in lines if line["message"] == message]

    def get(self, path: str, **query: str) -> Any:
        return self._send("GET", f"{path}?{urlencode(query)}", None)

    def post(self, path: str, **fields: str) -> Any:
        return self._send("POST", path, urlencode(fields))

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.out + self.err
        try:
            return bool(self.get("/healthz")["alive"])
        except (OSError, http.client.HTTPException):
            return False

    def workers(self) -> list[int]:
        return [pid for pid in children(self.process.pid) if "spawn_main" in _command_line(pid)]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to the parent and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def group_is_gone(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def _send(self, method: str, path: str, body: str | None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body, kind)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def running(
    folder: Path, port: int, *args: str | Path, command: Sequence[str | Path] = GATE, **environ: str
) -> Iterator[Running]:
    """Start a server; whatever is left of it at the end is killed."""
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(
            [*map(str, command), *map(str, args)],
            stdout=out,
            stderr=err,
            text=True,
            env=clean_environ(**environ),
            start_new_session=True,
        )
    server = Running(process, port, folder)
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def serving(config: Path, *more: str, workers: int = 2, **environ: str) -> Iterator[Running]:
    """Run ``gate serve`` on a free port until it is left; ``environ`` comes on top of a clean environment."""
    port = free_port()
    args = ("serve", "--config", str(config), "--port", str(port), "--workers", str(workers), *more)
    with running(config.parent, port, *args, TMPDIR=str(config.parent), **environ) as server:
        wait_for(server.is_up, "the service")
        yield server


def unread(port: int) -> int:
    """Return how many connections to a port no process has accepted yet, and bytes that it has not read of others."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(
        int(queues.partition(":")[2], 16)
        for _, local, _, state, queues, *_ in rows
        if state in (_ESTABLISHED, _LISTENING) and int(local.partition(":")[2], 16) == port
    )


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == pid:
                found.append(int(folder.name))
    return found


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def clean_environ(**more: str) -> dict[str, str]:
    """Return the environment without what changes how the gate runs, and with the checkout to import from."""
    changing = ("GATE_", "PYTHONHASHSEED")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(changing)}
    return {**ours, "PYTHONPATH": _ROOT, **more}


@contextmanager
def busy(work: Callable[[], None], done: threading.Event, threads: int = 3) -> Iterator[None]:
    """Have threads at ``work`` meanwhile, which ends once ``done`` is set."""
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        done.set()
        for worker in workers:
            worker.join()
