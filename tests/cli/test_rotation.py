"""Keys changed under a running gate with several workers: nobody is refused, and a dropped key is dead at once."""

from __future__ import annotations

import json
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from gate.live import LOOK_SECONDS
from gate.signing.keys import load_keys
from tests.cli.conftest import OTHER
from tests.cli.processes import Running, busy, run_gate, serving, wait_for
from tests.service import NO_LIMITS, solutions, write_config


@pytest.fixture
def config(config: Path) -> Path:
    write_config(
        config.parent, store={"url": "sqlite:///gate.db"}, challenge={"min_seconds": 0}, limits=NO_LIMITS
    )
    return config


class Posters:
    """Threads that ask, answer and verify without a pause, each step on a connection of its own."""

    def __init__(self, server: Running) -> None:
        self.refused: list[Any] = []
        self.posts = 0
        self._server = server
        self._answers = solutions()
        self._done = threading.Event()

    def post(self) -> None:
        try:
            while not self._done.is_set():
                self._post_once()
        except Exception as error:  # the thread's end must be seen
            self.refused.append(repr(error))

    def _post_once(self) -> None:
        asked = self._server.get("/v1/challenge", sitekey="other")
        answer = self._answers[asked["question"]]
        answered = self._server.post("/v1/answer", challenge=asked["challenge"], answer=answer)
        if not answered["success"]:
            self.refused.append(answered)
            return
        verdict = self._server.post("/v1/verify", secret=OTHER["secret"], response=answered["token"])
        if not verdict["success"]:
            self.refused.append(verdict)
        self.posts += 1

    def busy(self) -> AbstractContextManager[None]:
        return busy(self.post, self._done)


def token_of(server: Running) -> str:
    asked = server.get("/v1/challenge", sitekey="other")
    answered = server.post("/v1/answer", challenge=asked["challenge"], answer=solutions()[asked["question"]])
    return str(answered["token"])


def is_good(server: Running, token: str) -> bool:
    """Ask a dozen times, so that every worker has its say; each must say the same."""
    said = {
        bool(server.post("/v1/verify", secret=OTHER["secret"], response=token, peek="true")["success"])
        for _ in range(12)
    }
    assert len(said) == 1, "the workers disagree"
    return said.pop()


def rotate(config: Path, *more: str) -> dict[str, Any]:
    shown = run_gate("keys", "rotate", "--config", config, "--json", *more)
    assert shown.returncode == 0, shown.stderr
    told: dict[str, Any] = json.loads(shown.stdout)
    return told


def test_two_rotations_under_load_refuse_nobody(config: Path, *, long_run: bool) -> None:
    with serving(config, workers=3 if long_run else 2) as server:
        posters = Posters(server)
        early = token_of(server)
        with posters.busy():
            first = rotate(config)
            middle = token_of(server)
            for _ in range(9 if long_run else 1):
                second = rotate(config, *(() if long_run else ("--to", first["before"])))
            posts = posters.posts
            wait_for(lambda: posters.posts > max(posts + 20, 50) or posters.refused, "more posts")
        assert posters.refused == []
        assert second["signing"] != first["signing"]
        assert is_good(server, early)
        assert is_good(server, middle)
        assert "files refused" not in server.err
        assert server.end() == 0


def test_a_new_key_is_known_for_some_seconds_before_it_signs(config: Path) -> None:
    """So every worker knows it, whenever it looks; in the test above they may happen to look all at once."""
    path = config.parent / "keys.toml"
    rotating = threading.Thread(target=rotate, args=(config,))
    rotating.start()
    wait_for(lambda: path.name in config.read_text(), "the keys")
    known, before = path.stat().st_mtime, load_keys(path.read_text(), path.name)
    rotating.join()
    after = load_keys(path.read_text(), path.name)
    assert {key.kid for key in before.keys} == {key.kid for key in after.keys}
    assert before.signing.kid != after.signing.kid
    assert path.stat().st_mtime - known > 2 * LOOK_SECONDS


def test_after_a_drop_every_old_token_is_refused_within_five_seconds(config: Path) -> None:
    with serving(config, workers=2) as server:
        posters = Posters(server)
        tokens = [token_of(server) for _ in range(5)]
        assert is_good(server, tokens[0])
        with posters.busy():
            listed = json.loads(run_gate("keys", "list", "--config", config, "--json").stdout)
            (name,) = [key["id"] for key in listed["keys"]]
            keys_written = config.parent / "keys.toml"
            dropping = threading.Thread(target=run_gate, args=("keys", "drop", name, "--config", config))
            dropping.start()
            wait_for(lambda: 'file = "keys.toml"' in config.read_text(), "the change in the files")
            assert keys_written.exists()
            time.sleep(4.5)
            assert not any(is_good(server, token) for token in tokens)
            dropping.join()
        assert is_good(server, token_of(server))
        assert server.end() == 0
