"""A gate in a process of its own: `verifier.py CONFIG` lets 16 threads verify the same tokens, and counts the yes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from gate.live import Live
from gate.sources import Source
from tests.service import SECRET


def main() -> None:
    live = Live(Source(Path(sys.argv[1]), environ={}))
    print("ready", flush=True)  # noqa: T201
    tokens = sys.stdin.readline().split()
    site = live.gatekeeper.sites.with_secret(SECRET)
    assert site is not None
    won: list[str] = []

    def run() -> None:
        for token in tokens:
            if live.gatekeeper.verify(site, token):
                won.append(token)

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    live.close()
    print(len(won), len(set(won)))  # noqa: T201


if __name__ == "__main__":
    main()
