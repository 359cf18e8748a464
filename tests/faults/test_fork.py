"""Workers forked from a process that has the store open, as preloading servers do it."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cli.processes import children, free_port, running, wait_for
from tests.faults.promise import Forum, Promise

PRELOADED = (sys.executable, Path(__file__).with_name("preloaded.py"))


def test_workers_forked_after_the_store_was_opened_accept_each_token_once(
    tmp_path: Path, *, long_run: bool
) -> None:
    port, tokens, rivals = free_port(), 2500 if long_run else 100, 4
    with running(tmp_path, port, str(tmp_path), str(port), command=PRELOADED) as server:
        wait_for(server.is_up, "the first worker")
        wait_for(lambda: len(children(server.process.pid)) == 4, "the other workers")
        place = Forum(server, tmp_path)
        held = [place.token() for _ in range(tokens)]

        def success(token: str) -> bool:
            return bool(place.verify(token).json["success"])

        with ThreadPoolExecutor(8) as threads:
            wins = Counter(threads.map(success, [token for token in held for _ in range(rivals)]))
        assert wins == {True: tokens, False: tokens * (rivals - 1)}
        assert place.is_sound()
        Promise.before(place).is_over()
