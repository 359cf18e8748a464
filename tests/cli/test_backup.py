"""``gate backup`` and ``gate restore``, with a running gate under load and without one."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gate.stores.base import Event, Tally, open_store
from tests.cli.conftest import OTHER, Invoke
from tests.cli.processes import Running, busy, run_gate, serving, wait_for
from tests.service import NO_LIMITS, solutions, write_config

ROW = Tally(int(time.time() // 3600), "Forum", "green", Event.SPAM)


@pytest.fixture
def config(config: Path) -> Path:
    write_config(
        config.parent, store={"url": "sqlite:///gate.db"}, challenge={"min_seconds": 0}, limits=NO_LIMITS
    )
    return config


class Posters:
    """Threads that post without a pause and keep what was accepted: none of it may be accepted again."""

    def __init__(self, server: Running) -> None:
        self.answered: list[tuple[str, str]] = []
        self.accepted: list[str] = []
        self.replayed: list[str] = []
        self.failed: list[str] = []
        self._server = server
        self._done = threading.Event()

    def _post(self) -> None:
        answers = solutions()
        while not self._done.is_set():
            try:
                asked = self._server.get("/v1/challenge", sitekey="other")
                if asked.get("error-codes") == ["internal-error"]:
                    continue  # the file is being written by the restore, and the disk is slow
                answer = answers[asked["question"]]
                token = self._answer(asked["challenge"], answer)
                if token:
                    self.answered.append((asked["challenge"], answer))
                    if self._verify(token):
                        self.accepted.append(token)
            except Exception as error:  # the thread's end must be seen
                self.failed.append(repr(error))

    def have_posted(self, least: int) -> bool:
        return len(self.accepted) >= least

    def try_again(self) -> None:
        """Send everything again that was accepted once."""
        self.replayed += [token for token in list(self.accepted) if self._verify(token)]
        self.replayed += [
            challenge for challenge, answer in list(self.answered) if self._answer(challenge, answer)
        ]

    def _answer(self, challenge: str, answer: str) -> str:
        return str(self._server.post("/v1/answer", challenge=challenge, answer=answer).get("token", ""))

    def _verify(self, token: str) -> bool:
        return bool(self._server.post("/v1/verify", secret=OTHER["secret"], response=token)["success"])

    def busy(self) -> AbstractContextManager[None]:
        return busy(self._post, self._done)


def succeed(*args: str | Path) -> dict[str, Any]:
    shown = run_gate(*args, "--json")
    assert shown.returncode == 0, shown.stderr
    told: dict[str, Any] = json.loads(shown.stdout)
    return told


def is_sound(file: Path) -> bool:
    connection = sqlite3.connect(file)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    finally:
        connection.close()


def test_restored_again_and_again_under_load_it_accepts_nothing_twice(
    config: Path, tmp_path: Path, *, long_run: bool
) -> None:
    rounds = 20 if long_run else 3
    store = open_store("sqlite:///gate.db", base=config.parent)
    store.tally({ROW: 7})
    store.close()
    with serving(config, workers=2) as server:
        posters = Posters(server)
        with posters.busy():
            for number in range(rounds):
                accepted = len(posters.accepted)
                wait_for(partial(posters.have_posted, accepted + 20), "accepted replies")
                out = tmp_path / f"{number}.db"
                copied = succeed("backup", "--config", config, out)
                restored = succeed("restore", "--config", config, out)
                assert restored["events"] == copied["events"]
                assert restored["marks"] == copied["marks"] > 0
                assert is_sound(out)
        posters.try_again()
        assert posters.replayed == []
        assert posters.failed == []
        assert server.get("/readyz")["ready"]
        assert server.end() == 0
    assert is_sound(config.parent / "gate.db")
    store = open_store("sqlite:///gate.db", base=config.parent)
    assert sum(number for _, number in store.stats(0)) >= copied["events"]
    assert dict(store.stats(0))[ROW] == 7
    store.close()


def test_without_a_running_gate_it_says_what_it_did_and_how_to_undo_it(
    invoke: Invoke, config: Path, tmp_path: Path
) -> None:
    open_store("sqlite:///gate.db", base=config.parent).close()
    out = tmp_path / "copy.db"
    result = invoke("backup", "--config", config, out)
    assert result.exit_code == 0, result.output
    assert "0 marks, statistics of 0 events, 29 kB; sound" in result.stdout
    again = result.stdout.splitlines()[-1].removeprefix("restore: gate ").split()
    restored = invoke(*again)
    assert restored.exit_code == 0
    assert "one more question" in restored.stdout
    undo = restored.stdout.splitlines()[-1].removeprefix("undo: gate ").split()
    assert invoke(*undo).exit_code == 0
    assert invoke("check", "--config", config).exit_code == 0


def test_other_stores_are_told_what_to_do_instead(invoke: Invoke, config: Path) -> None:
    for url, part in (("memory://", "keeps nothing"), ("redis://me:pw@127.0.0.1/0", "BGSAVE")):
        write_config(config.parent, store={"url": url})
        for command in ("backup", "restore"):
            result = invoke(command, "--config", config, "copy.db")
            assert result.exit_code == 1
            assert part in result.stderr
            assert "pw" not in result.stderr
            assert len(result.stderr.splitlines()) == 1


def test_what_cannot_be_done_is_one_sentence(invoke: Invoke, config: Path, tmp_path: Path) -> None:
    assert "there is no" in invoke("backup", "--config", config, "copy.db").stderr
    open_store("sqlite:///gate.db", base=config.parent).close()
    (tmp_path / "mine").write_text("mine")
    for args in (
        ("backup", "--config", config, tmp_path / "mine"),
        ("backup", "--config", config, tmp_path / "no" / "folder.db"),
        ("restore", "--config", config, tmp_path / "mine"),
        ("restore", "--config", config, tmp_path / "missing.db"),
        ("restore", "--config", config, config.parent / "gate.db"),
        ("restore", "--config", config, tmp_path),
    ):
        result = invoke(*args)
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1, result.stderr


def test_a_folder_is_told_from_a_file_that_may_not_be_read(
    invoke: Invoke, config: Path, tmp_path: Path
) -> None:
    result = invoke("restore", "--config", config, tmp_path)
    assert "is a folder; name a file that `gate backup` made" in result.stderr


def test_a_file_that_is_no_store_is_no_backup(invoke: Invoke, config: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    with closing(sqlite3.connect(tmp_path / "foreign")) as foreign:
        foreign.execute("CREATE TABLE mine (x)")
    for name in ("text", "foreign"):
        result = invoke("restore", "--config", config, tmp_path / name)
        assert result.exit_code == 1
        assert result.stderr.endswith("; name a file that `gate backup` made\n")
