"""A process of its own for the store tests: `spender.py DATABASE|URL TASK ARGUMENT`."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections import Counter
from importlib import import_module
from pathlib import Path

from gate.errors import StoreError
from gate.stores.base import Kind, Spend, Store, open_store
from gate.stores.sqlite import SqliteStore

SITE, DAY = b"site-one", 86_400.0
PATIENCE = 30.0
WAITS = (
    "gate.stores.database._BUSY_SECONDS",
    "gate.stores.place._LOCK_SECONDS",
    "gate.stores.servers.CONNECT_SECONDS",
    "gate.stores.servers.REPLY_SECONDS",
    "gate.stores.redis_epoch.REPLY_SECONDS",
)
"""How long a store waits for what. Where many run at once, their turn is long in coming, and that is no failure."""


def id_of(number: int) -> bytes:
    return (1_800_000_000_000 + number).to_bytes(6, "big") + bytes(10)


def spend(store: Store, number: int) -> Spend:
    return store.spend(Kind.TOKEN, SITE, id_of(number), DAY, store.epoch, os.urandom(16))


def race(store: Store, numbers: int) -> Counter[str]:
    """Once told to, let 16 threads spend the same ids, and count the verdicts."""
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    def run() -> None:
        for number in range(numbers):
            verdict = spend(store, number)
            with lock:
                counts[verdict.value] += 1

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


def fork(store: Store, children: int) -> Counter[str]:
    """Fork with the connection open; parent and children spend the same ids."""
    spend(store, 1_000_000)
    store.hit(b"before", 60)
    reader, writer = os.pipe()
    for _ in range(children):
        if os.fork() == 0:
            won = sum(spend(store, number) is Spend.WON for number in range(200))
            os.write(writer, f"{won}\n".encode())
            os._exit(0)
    won = sum(spend(store, number) is Spend.WON for number in range(200))
    for _ in range(children):
        os.wait()
    os.close(writer)
    with os.fdopen(reader) as reports:
        return Counter(won=won + sum(int(line) for line in reports))


def outlive(store: Store, ids: int) -> Counter[str]:
    """Fork with the connection open, and let another connection come and go while the child has its own."""
    spend(store, 1_000_000)
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        spend(store, 1_000_001)
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        won = sum(spend(store, number) is Spend.WON for number in range(ids))
        os._exit(0 if won == ids else 1)
    os.read(ready[0], 1)
    spend(store, 1_000_002)
    store.close()
    os.write(go[1], b"x")
    _, status = os.waitpid(child, 0)
    return Counter({"child": status}) + Counter(spend(store, number).value for number in range(ids))


def report(store: Store, first: int) -> Counter[str]:
    """Spend one id after the other for ever, and name each that is won, at once."""
    number = first
    while spend(store, number) is Spend.WON:
        os.write(1, f"{number}\n".encode())
        number += 1
    return Counter()


def hang(store: Store, ids: int) -> Counter[str]:
    """Spend some ids, name the verdicts, and wait with the file open until killed."""
    print(*(spend(store, number).value for number in range(ids)), flush=True)  # noqa: T201
    sys.stdin.readline()
    return Counter()


def fill(store: Store, limit: int) -> Counter[str]:
    """Spend until the file may grow no further, then lift the limit and go on."""
    counts: Counter[str] = Counter()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    number = 0
    while counts["error"] < 10:
        try:
            counts["before" if spend(store, number) is Spend.WON else "odd"] += 1
        except StoreError as error:
            print(error, file=sys.stderr)  # noqa: T201
            counts["error"] += 1
        number += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    for again in range(number):
        counts["after " + spend(store, again).value] += 1
    return counts


def clock() -> float:
    return 1_800_000_000.0


def open_at(place: str) -> Store:
    """Open a Redis by its URL, or a database by its path: that one without a breaker, to see every failure."""
    if "://" in place:
        return open_store(place, clock=clock)
    return SqliteStore(f"sqlite:///{place}", Path(place), clock=clock)


def main() -> None:
    """Do one task and print the counts."""
    for module, _, constant in (name.rpartition(".") for name in WAITS):
        setattr(import_module(module), constant, PATIENCE)
    store = open_at(sys.argv[1])
    tasks = {
        "race": race,
        "fork": fork,
        "outlive": outlive,
        "report": report,
        "hang": hang,
        "fill": fill,
    }
    task = tasks[sys.argv[2]]
    for name, number in task(store, int(sys.argv[3])).items():
        print(name, number, sep="=")  # noqa: T201


if __name__ == "__main__":
    main()
