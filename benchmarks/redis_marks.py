"""What a mark in Redis costs: bytes of the server's memory, microseconds of this process's and the server's CPU.

    python benchmarks/redis_marks.py --marks 200000 --per-minute 1000

A real server on this machine; ids are made as if so many were spent in a minute.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate.stores.base import Kind, Spend
from gate.stores.redis import RedisStore
from tests.stores.redis_servers import Server, server

SITE = b"8 bytes."
START = 1_800_000_000.0
LIFE = 172_800.0


def main() -> None:
    """Spend so many ids and print what they cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--marks", type=int, default=200_000)
    parser.add_argument("--per-minute", type=float, default=1000.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        now = [START]
        store = RedisStore(running.url, clock=lambda: now[0])
        epoch = store.epoch
        _spend(store, epoch, now[0])
        memory, cpu = running.info("memory")["used_memory"], _cpu(running)
        started, own = time.monotonic(), time.process_time()
        for _ in range(options.marks):
            now[0] += 60 / options.per_minute
            _spend(store, epoch, now[0])
        wall, own = time.monotonic() - started, time.process_time() - own
        used = running.info("memory")["used_memory"] - memory
        print(
            f"{options.marks} marks, {options.per_minute:g} a minute: {used / options.marks:.1f} bytes a mark; "
            f"{own / options.marks * 1e6:.0f} us of the gate's CPU, "
            f"{(_cpu(running) - cpu) / options.marks * 1e6:.0f} us of the server's, "
            f"{wall / options.marks * 1e6:.0f} us in all, one after the other"
        )
        store.close()


def _spend(store: RedisStore, epoch: bytes, now: float) -> None:
    name = int(now * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
    if store.spend(Kind.TOKEN, SITE, name, LIFE, epoch, secrets.token_bytes(16)) is not Spend.WON:
        raise SystemExit("a new id was refused")


def _cpu(running: Server) -> float:
    info = running.info("cpu")
    return float(info["used_cpu_user"] + info["used_cpu_sys"])


if __name__ == "__main__":
    main()
