"""Somebody holds the store's file for five seconds: a backup that hangs, a forgotten database shell."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.processes import PATIENCE
from tests.faults.promise import Promise, forum

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.close()
            holder.wait(PATIENCE)


def test_a_lock_of_five_seconds_lets_nothing_through_and_spends_nothing(tmp_path: Path) -> None:
    with forum(tmp_path) as place:
        promise = Promise.before(place)
        with held(place.database):
            until = time.monotonic() + 5
            promise.is_closed("locked for more than 800 ms")
            while time.monotonic() < until:
                for token in promise.unspent:
                    reply = place.verify(token)
                    assert (reply.status_code, reply.json["error-codes"]) == (503, ["internal-error"])
        promise.is_over()
        promise.is_logged("the store answers again", "info")
