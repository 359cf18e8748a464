"""The store's file is damaged, deleted or replaced while the forum has it open: what was spent stays spent."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gate.stores.base import Kind, open_store
from tests.cli.processes import GATE, PATIENCE, clean_environ, free_port, wait_for
from tests.faults.promise import Forum, Promise, forum
from tests.service import write_banks, write_config

PAGE = 4096


def header(path: Path) -> None:
    """Write over the first hundred bytes."""
    _overwrite(path, 0, 100)


def middle(path: Path) -> None:
    """Write over every page but the first."""
    _overwrite(path, PAGE, path.stat().st_size - PAGE)


def cut(path: Path) -> None:
    """Lose the second half."""
    os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE)


def _overwrite(path: Path, start: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


def settle(place: Forum) -> None:
    """Have all that was written in the file itself, as it is whenever SQLite has found the time for it."""
    with closing(sqlite3.connect(place.database, isolation_level=None)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)


def move_away(place: Forum) -> None:
    """Do what the message says."""
    place.database.rename(place.database.with_name("damaged"))


@pytest.mark.parametrize("damage", [header, middle, cut])
def test_a_damaged_file_lets_nothing_through_until_it_is_moved_away(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    with forum(tmp_path) as place:
        promise = Promise.before(place)
        settle(place)
        damage(place.database)
        promise.is_closed("the (file is not a database|database is damaged).*move it away")
        move_away(place)
        promise.is_over(reset=True)


@pytest.mark.parametrize("damage", [header, middle])
def test_a_damaged_file_stops_the_start_with_the_remedy(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    write_banks(tmp_path)
    config = write_config(tmp_path, store={"url": "sqlite:///gate.db"})
    store = open_store("sqlite:///gate.db", base=tmp_path)
    store.spend(Kind.TOKEN, b"12345678", bytes(16), 60, store.epoch, b"mine")
    store.close()
    damage(tmp_path / "gate.db")
    before = (tmp_path / "gate.db").read_bytes()
    command = [*GATE, "serve", "--config", str(config), "--port", str(free_port())]
    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=clean_environ(), check=False
    )
    assert (shown.returncode, shown.stdout) == (1, "")
    (line,) = shown.stderr.splitlines()
    assert "sqlite:///gate.db: the " in line
    assert "; move it away" in line
    assert (tmp_path / "gate.db").read_bytes() == before, "never recreated in silence"


def delete_file(place: Forum, _: Path) -> None:
    place.database.unlink()


def delete_folder(place: Forum, _: Path) -> None:
    shutil.rmtree(place.database.parent)


def copy_over(place: Forum, old: Path) -> None:
    """As ``cp`` does it: the file keeps its inode."""
    place.database.write_bytes((old / "gate.db").read_bytes())


def move_over(place: Forum, old: Path) -> None:
    """As ``mv`` and ``rsync`` do it: another inode."""
    (old / "gate.db").replace(place.database)


def copy_all_over(place: Forum, old: Path) -> None:
    """The whole folder, its times kept, every file in place: the witness of then would testify for the file of then."""
    for file in old.iterdir():
        (place.database.parent / file.name).write_bytes(file.read_bytes())
        shutil.copystat(file, place.database.parent / file.name)


@pytest.mark.parametrize("fault", [delete_file, delete_folder, copy_over, move_over, copy_all_over])
def test_a_file_that_is_not_the_one_last_written_costs_one_more_question(
    tmp_path: Path, fault: Callable[[Forum, Path], None]
) -> None:
    """Two workers have it open; each must notice."""
    with forum(tmp_path, workers=2) as place:
        settle(place)
        old = tmp_path / "old"
        shutil.copytree(place.database.parent, old)
        promise = Promise.before(place)
        settle(place)
        fault(place, old)
        promise.lets_nothing_spent_through(times=4)
        promise.is_over(reset=True)
        promise.is_logged("two stores seen", "warning")


def test_a_restored_copy_that_is_a_copy_of_now_is_not_trusted_by_the_next_start(tmp_path: Path) -> None:
    with forum(tmp_path) as place:
        promise = Promise.before(place)
        settle(place)
        old = tmp_path / "old"
        shutil.copytree(place.database.parent, old)
        late = place.token()
        assert place.verify(late).json["success"]
        place.server.end()
    wait_for(place.server.group_is_gone, "the end of every process")
    shutil.rmtree(tmp_path / "store")
    shutil.copytree(old, tmp_path / "store")
    with forum(tmp_path) as place:
        for token in (late, *promise.spent, *promise.unspent):
            assert place.verify(token).json["error-codes"] == ["timeout-or-duplicate"]
        assert place.verify(place.token()).json["success"]
