"""Redis as the tests need it: real servers on free ports, alone, in a Sentinel set or a Cluster, and a bad link."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import redis
import trustme
from redis.crc import key_slot

from tests.cli.processes import free_port, wait_for

HOST = "127.0.0.1"
SET = "gate"
SLOTS = 16_384
DOWN_AFTER_MS = 600
"""How soon a master that does not answer is taken for dead, where a test is about that."""
CALM_MS = 60_000
"""The same where no test is: however busy the machine, no master is replaced."""
# Whatever becomes of the tests, no server outlives them.
_LEASH = ("setpriv", "--pdeathsig", "KILL", "--")


class Server:
    """One Redis that keeps nothing on disk unless ``options`` say so."""

    def __init__(self, folder: Path, *options: str, program: str = "redis-server", port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port or free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._program = program
        self._options = options
        self.start()

    def start(self, *options: str, wait: bool = True) -> None:
        """Start it, or start it again; ``wait`` until it serves."""
        given = ("--port", str(self.port), "--dir", str(self.folder), "--save", "", *self._options, *options)
        command = given if self._program == "redis-server" else self._options
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen([*_LEASH, self._program, *command], stdout=log, stderr=log)
        if wait:
            wait_for(self.is_up, f"{self._program} in {self.folder}")

    def admin(self) -> redis.Redis:
        return redis.Redis(host=HOST, port=self.port, socket_timeout=5)

    def is_up(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with self.admin() as admin, contextlib.suppress(redis.ConnectionError, redis.BusyLoadingError):
            return bool(admin.ping())
        return False

    def info(self, section: str) -> Any:
        with self.admin() as admin:
            return admin.info(section)

    def configure(self, name: str, value: str | int) -> None:
        """Change one of its settings."""
        with self.admin() as admin:
            admin.config_set(name, value)

    def flush(self) -> None:
        with self.admin() as admin:
            admin.flushall()

    def marks(self) -> set[bytes]:
        """Return the random half of each id that it holds a token mark of."""
        with self.admin() as admin:
            pages = [key for key in admin.scan_iter(b"{g*}t*", count=1000) if not key.endswith(b"pages")]
            return {field[3:13] for page in pages for field in admin.hkeys(page) if field != b"high"}

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: connections are taken and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def server(folder: Path, *options: str) -> Iterator[Server]:
    running = Server(folder, *options)
    try:
        yield running
    finally:
        running.kill()


class Doors(Server):
    """One Redis that can be reached by TCP, by TLS and through a socket file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        ca, certificate, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
        issued = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(ca)
        issued.private_key_pem.write_to_path(key)
        issued.cert_chain_pems[0].write_to_path(certificate)
        # A socket's path is short: the folders of tests are not.
        self.socket = f"/tmp/gate-redis-{free_port()}.sock"  # noqa: S108
        tls_port = free_port()
        self.tls_url = f"rediss://localhost:{tls_port}/0?ssl_ca_certs={ca}"
        self.untrusted_url = f"rediss://localhost:{tls_port}/0"
        self.unix_url = f"unix://{self.socket}?db=0"
        tls = ("--tls-port", str(tls_port), "--tls-auth-clients", "no", "--tls-ca-cert-file", str(ca))
        identity = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key))
        super().__init__(folder, "--unixsocket", self.socket, *tls, *identity)


@contextmanager
def doors(folder: Path) -> Iterator[Doors]:
    running = Doors(folder)
    try:
        yield running
    finally:
        running.kill()
        Path(running.socket).unlink(missing_ok=True)


class SentinelSet:
    """A master, its replicas, and three Sentinels that know each other from the start."""

    def __init__(self, folder: Path, stack: ExitStack, replicas: int, down_after_ms: int) -> None:
        self._down_after_ms = down_after_ms
        quick = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
        self.servers = [stack.enter_context(server(folder / "master", *quick))]
        for number in range(replicas):
            options = (*quick, "--replicaof", HOST, str(self.servers[0].port))
            self.servers.append(stack.enter_context(server(folder / f"replica{number}", *options)))
        wait_for(self.is_in_step, "the replicas")
        ports = [free_port() for _ in range(3)]
        self.sentinels = [
            stack.enter_context(self._sentinel(folder / f"sentinel{number}", number, ports))
            for number in range(3)
        ]
        self.url = "redis+sentinel://" + ",".join(f"{HOST}:{port}" for port in ports) + f"/{SET}"

    @property
    def master(self) -> Server:
        """The one that the Sentinels name."""
        with self.sentinels[0].admin() as admin:
            _, port = admin.sentinel_get_master_addr_by_name(SET)
        return next(each for each in self.servers if each.port == int(port))

    def is_in_step(self) -> bool:
        return all(each.info("replication")["master_link_status"] == "up" for each in self.servers[1:])

    def flush(self) -> None:
        self.master.flush()

    @contextmanager
    def _sentinel(self, folder: Path, number: int, ports: list[int]) -> Iterator[Server]:
        folder.mkdir()
        config = folder / "sentinel.conf"
        names = ["%040x" % (each + 1) for each in range(3)]
        lines = [
            f"port {ports[number]}",
            f"dir {folder}",
            f"sentinel myid {names[number]}",
            f"sentinel monitor {SET} {HOST} {self.servers[0].port} 2",
            f"sentinel down-after-milliseconds {SET} {self._down_after_ms}",
            f"sentinel failover-timeout {SET} 3000",
            *(f"sentinel known-replica {SET} {HOST} {each.port}" for each in self.servers[1:]),
            *(
                f"sentinel known-sentinel {SET} {HOST} {ports[other]} {names[other]}"
                for other in range(3)
                if other != number
            ),
        ]
        config.write_text("\n".join(lines) + "\n")
        running = Server(folder, str(config), program="redis-sentinel", port=ports[number])
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def sentinel_set(
    folder: Path, *, replicas: int = 1, down_after_ms: int = DOWN_AFTER_MS
) -> Iterator[SentinelSet]:
    with ExitStack() as stack:
        yield SentinelSet(folder, stack, replicas, down_after_ms)


class Cluster:
    """Three masters, each with a third of the slots, and perhaps a replica of the first."""

    def __init__(self, folder: Path, stack: ExitStack, *, replica: bool, down_after_ms: int) -> None:
        self._down_after_ms = down_after_ms
        count = 4 if replica else 3
        ports = [(free_port(), free_port()) for _ in range(count)]
        self.servers = [
            stack.enter_context(self._node(folder / f"node{number}", number, ports))
            for number in range(count)
        ]
        self.url = "redis+cluster://" + ",".join(f"{HOST}:{port}" for port, _ in ports[:3])
        wait_for(self.is_whole, "the cluster")

    def is_whole(self) -> bool:
        for each in self.servers:
            with each.admin() as admin:
                if admin.cluster("info")["cluster_state"] != "ok":
                    return False
        return True

    def flush(self) -> None:
        for each in self.servers[:3]:
            each.flush()

    def owner(self, key: bytes) -> int:
        """Which master has a key at the beginning."""
        slot = key_slot(key)
        return next(number for number in range(3) if slot < SLOTS * (number + 1) // 3)

    def move(self, key: bytes) -> None:
        """Move the slot of a key, with all that is in it, from its master to another one."""
        slot, source = key_slot(key), self.owner(key)
        target = (source + 1) % 3
        with ExitStack() as stack:
            admins = [stack.enter_context(each.admin()) for each in self.servers[:3]]

            def say(number: int, *words: str | int) -> None:
                admins[number].execute_command("CLUSTER", "SETSLOT", slot, *words)

            say(target, "IMPORTING", _name(source))
            say(source, "MIGRATING", _name(target))
            while keys := admins[source].execute_command("CLUSTER", "GETKEYSINSLOT", slot, 100):
                admins[source].migrate(HOST, self.servers[target].port, keys, 0, 5000)
            for number in (target, source, 3 - source - target):
                say(number, "NODE", _name(target))

    @contextmanager
    def _node(self, folder: Path, number: int, ports: list[tuple[int, int]]) -> Iterator[Server]:
        folder.mkdir(parents=True)
        (folder / "nodes.conf").write_text(_nodes(number, ports))
        options = ("--cluster-enabled", "yes", "--cluster-port", str(ports[number][1]))
        timing = ("--cluster-node-timeout", str(self._down_after_ms), "--repl-diskless-sync-delay", "0")
        running = Server(folder, *options, *timing, port=ports[number][0])
        try:
            yield running
        finally:
            running.kill()


def _name(number: int) -> str:
    return f"{number + 1:040x}"


def _nodes(myself: int, ports: list[tuple[int, int]]) -> str:
    """Return what a node that has long been in the cluster remembers of it."""
    bounds = [SLOTS * number // 3 for number in range(4)]
    lines = []
    for number, (port, bus) in enumerate(ports):
        flags = ("myself," if number == myself else "") + ("master" if number < 3 else "slave")
        master = "-" if number < 3 else _name(0)
        slots = f" {bounds[number]}-{bounds[number + 1] - 1}" if number < 3 else ""
        epoch = number + 1 if number < 3 else 1
        lines.append(f"{_name(number)} {HOST}:{port}@{bus} {flags} {master} 0 0 {epoch} connected{slots}")
    return "\n".join([*lines, "vars currentEpoch 3 lastVoteEpoch 0"]) + "\n"


@contextmanager
def cluster(folder: Path, *, replica: bool = False, down_after_ms: int = DOWN_AFTER_MS) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(folder, stack, replica=replica, down_after_ms=down_after_ms)


class Link:
    """A connection to a server that can be slow, lose replies that the server gave, or carry nothing at all.

    ``delay`` is how long what the server sends takes to arrive (s), ``to_lose`` how many of the next replies never
    do: the connection breaks instead. While ``is_cut`` all that is sent is swallowed.
    """

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.to_lose = 0
        self.is_cut = False
        self._target = port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"redis://{HOST}:{self.port}/0"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for each in (self._listener, *self._open):
            _hang_up(each)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._target))
            except OSError:
                _hang_up(client)
                continue
            self._open += (client, server)
            for source, sink, carry in ((client, server, self._ask), (server, client, self._reply)):
                threading.Thread(target=self._carry, args=(source, sink, carry), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, carry: Any) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                carry(sink, data)
        _hang_up(source)
        _hang_up(sink)

    def _ask(self, sink: socket.socket, data: bytes) -> None:
        if not self.is_cut:
            sink.sendall(data)

    def _reply(self, sink: socket.socket, data: bytes) -> None:
        if self.to_lose > 0:
            self.to_lose -= 1
            raise ConnectionAbortedError
        time.sleep(self.delay)
        if not self.is_cut:
            sink.sendall(data)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def link(port: int) -> Iterator[Link]:
    carried = Link(port)
    try:
        yield carried
    finally:
        carried.close()
