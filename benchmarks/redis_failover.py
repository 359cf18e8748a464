"""Kill a Sentinel set's master under writers, again and again: marks lost, ids let through twice, seconds closed.

    python benchmarks/redis_failover.py --rounds 30 --lag 0.05

Real servers on this machine: a master, two replicas, three Sentinels that find a master down after 1 s. ``--lag``
lets the replicas hear of each write so many seconds later, as over a slow or a far link.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate.stores.base import Spend, open_store
from tests.cli.processes import wait_for
from tests.faults.writers import Writers, new_id, replay, spend_all
from tests.stores.redis_servers import link, sentinel_set


class Round(NamedTuple):
    """What one failover came to."""

    acknowledged: int
    lost: int
    twice: int
    asked_again: int
    closed: float


def failover(folder: Path, lag: float, gates: int, threads: int) -> Round:
    """Run writers for half a second, kill the master, go on until its successor has taken writes for a while."""
    with (
        sentinel_set(folder, replicas=2, down_after_ms=1000) as servers,
        closing(open_store(servers.url)) as gate,
    ):
        old, *replicas = servers.servers
        with link(old.port) as carried:
            if lag:
                for each in replicas:
                    with each.admin() as admin:
                        admin.replicaof("127.0.0.1", str(carried.port))
                wait_for(servers.is_in_step, "the replicas")
                carried.delay = lag
            unspent = [(new_id(), gate.epoch) for _ in range(100)]
            writers = Writers(servers.url, gates=gates, threads=threads)
            time.sleep(0.5)
            carried.is_cut = bool(lag)  # what is on its way when the master dies does not arrive
            old.kill()
            killed, before = time.monotonic(), writers.count()
            wait_for(lambda: writers.count() > before + threads * gates, "the successor")
            closed = time.monotonic() - killed
            time.sleep(0.5)
            writers.stop()
        marks = servers.master.marks()
        lost = sum(token[6:] not in marks for token, _ in writers.won)
        verdicts = replay(gate, writers.won)
        twice = verdicts[Spend.WON] + verdicts[Spend.OWN]
        return Round(len(writers.won), lost, twice, spend_all(gate, unspent)[Spend.RESET], closed)


def main() -> None:
    """Run the rounds and print what came of them."""
    logging.disable()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lag", type=float, default=0.0, help="seconds that replication lags behind")
    parser.add_argument("--gates", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4, help="writers of each gate")
    options = parser.parse_args()
    rounds = []
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(failover(Path(folder) / "set", options.lag, options.gates, options.threads))
        print(
            number + 1, *(f"{name}={value:.6g}" for name, value in rounds[-1]._asdict().items()), flush=True
        )
    acknowledged, lost, twice, asked_again, _ = map(sum, zip(*rounds, strict=True))
    print(
        f"{options.rounds} failovers, replication {options.lag:g} s behind: {acknowledged} marks acknowledged, "
        f"{lost} lost (most in one: {max(each.lost for each in rounds)}), {twice} ids let through twice; "
        f"of {100 * options.rounds} unspent tokens {asked_again} cost one more question; "
        f"closed for {statistics.median(each.closed for each in rounds):.1f} s "
        f"(longest {max(each.closed for each in rounds):.1f} s)"
    )


if __name__ == "__main__":
    main()
