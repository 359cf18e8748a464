"""A SQLite file that is deleted, replaced or copied back re-opens nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Kind, Spend
from gate.stores.sqlite import SqliteStore

Open = Callable[[], SqliteStore]
Spender = Callable[..., Spend]
NewId = Callable[[], bytes]


def write_over(source: Path, target: Path) -> None:
    """Copy as `cp` does: into the file that is there, which keeps its inode."""
    target.write_bytes(source.read_bytes())


def restore_folder(source: Path, target: Path, copy: Callable[[Path, Path], object]) -> None:
    for file in source.iterdir():
        copy(file, target / file.name)


def test_deleted_while_open(open_sqlite: Open, path: Path, spend: Spender, new_id: NewId) -> None:
    store, other, name = open_sqlite(), open_sqlite(), new_id()
    epoch = store.epoch
    assert spend(store, name) is Spend.WON
    path.unlink()
    assert spend(store, name, epoch=epoch) is Spend.RESET
    assert spend(other, name, epoch=epoch) is Spend.RESET
    assert store.epoch != epoch
    assert store.epoch == open_sqlite().epoch
    name = new_id()
    assert spend(store, name) is Spend.WON
    assert spend(other, name, epoch=store.epoch, proof=b"yours") is Spend.LOST


def test_deleted_with_its_folder(open_sqlite: Open, path: Path, spend: Spender, new_id: NewId) -> None:
    store, name = open_sqlite(), new_id()
    epoch = store.epoch
    spend(store, name)
    shutil.rmtree(path.parent)
    assert spend(store, name, epoch=epoch) is Spend.RESET
    assert spend(store, new_id(), epoch=open_sqlite().epoch) is Spend.WON


def test_another_store_moved_over_it_while_open(
    open_sqlite: Open, path: Path, tmp_path: Path, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    epoch = store.epoch
    spend(store, name)
    foreign = SqliteStore("sqlite:///other.db", tmp_path / "other.db")
    foreign_epoch = foreign.epoch
    foreign.close()
    os.replace(tmp_path / "other.db", path)
    assert spend(store, name, epoch=epoch) is Spend.RESET
    assert spend(store, name, epoch=foreign_epoch) is Spend.RESET
    assert spend(store, new_id(), epoch=open_sqlite().epoch) is Spend.WON


@pytest.mark.parametrize("copy", [write_over, shutil.copy, shutil.copy2])
@pytest.mark.parametrize("closed", [True, False])
def test_an_older_copy_written_over_it(
    open_sqlite: Open,
    path: Path,
    tmp_path: Path,
    spend: Spender,
    new_id: NewId,
    copy: Callable[[Path, Path], object],
    closed: bool,  # noqa: FBT001
) -> None:
    store, early, late = open_sqlite(), new_id(), new_id()
    epoch = store.epoch
    spend(store, early)
    store.close()
    shutil.copy2(path, tmp_path / "backup")
    spend(store, late)
    if closed:
        store.close()
    copy(tmp_path / "backup", path)
    if not closed:
        assert spend(store, late, epoch=epoch) is not Spend.WON
    again = open_sqlite()
    assert [spend(again, name, epoch=epoch, proof=b"new") for name in (early, late)].count(Spend.WON) == 0
    assert spend(again, new_id()) is Spend.WON


@pytest.mark.parametrize("copy", [write_over, shutil.copy, shutil.copy2])
def test_the_whole_folder_copied_back(
    open_sqlite: Open,
    path: Path,
    tmp_path: Path,
    spend: Spender,
    new_id: NewId,
    copy: Callable[[Path, Path], object],
) -> None:
    store, early, late = open_sqlite(), new_id(), new_id()
    epoch = store.epoch
    spend(store, early)
    store.close()
    shutil.copytree(path.parent, tmp_path / "backup")
    spend(store, late)
    store.close()
    restore_folder(tmp_path / "backup", path.parent, copy)
    again = open_sqlite()
    assert again.epoch != epoch
    assert spend(again, late, epoch=epoch) is Spend.RESET


def test_a_copy_elsewhere_is_another_store(
    open_sqlite: Open, path: Path, tmp_path: Path, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    spend(store, new_id())
    store.close()
    shutil.copytree(path.parent, tmp_path / "elsewhere")
    elsewhere = SqliteStore("sqlite:///copy", tmp_path / "elsewhere" / path.name)
    assert spend(elsewhere, name, epoch=store.epoch) is Spend.RESET
    assert spend(store, name) is Spend.WON
    elsewhere.close()


@pytest.mark.parametrize("ending", ["-witness", "-seal"])
@pytest.mark.parametrize("harm", ["deleted", "emptied", "scribbled"])
def test_a_missing_or_damaged_witness_is_not_trusted(
    open_sqlite: Open, path: Path, spend: Spender, new_id: NewId, ending: str, harm: str
) -> None:
    store, name = open_sqlite(), new_id()
    epoch = store.epoch
    spend(store, name)
    store.close()
    beside = path.with_name(path.name + ending)
    if harm == "deleted":
        beside.unlink()
    else:
        beside.write_bytes(b"" if harm == "emptied" else b"x" * 4096)
    again = open_sqlite()
    assert spend(again, name, epoch=epoch) is Spend.RESET
    assert again.epoch == open_sqlite().epoch


def test_a_running_store_notices_within_a_second(path: Path, spend: Spender, new_id: NewId) -> None:
    seconds = [0.0]
    store = SqliteStore("sqlite:///gate.db", path, monotonic=lambda: seconds[0])
    epoch = store.epoch
    spend(store, new_id())
    path.with_name(path.name + "-witness").unlink()
    assert store.epoch == epoch
    seconds[0] = 1.0
    assert store.epoch != epoch
    assert spend(store, new_id(), epoch=epoch) is Spend.RESET
    store.close()


def test_a_new_epoch_drawn_by_one_process_reaches_the_others(
    path: Path, open_sqlite: Open, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    epoch = store.epoch
    path.with_name(path.name + "-seal").unlink()
    other = open_sqlite()
    assert other.epoch != epoch
    assert spend(store, new_id(), epoch=epoch) is Spend.RESET
    assert store.epoch == other.epoch


def test_another_boot_of_the_machine_is_another_epoch(
    path: Path, open_sqlite: Open, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    epoch = store.epoch
    spend(store, name)
    store.close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE state SET boot = 'the one before'")
    connection.close()
    assert spend(open_sqlite(), name, epoch=epoch) is Spend.RESET


def test_a_damaged_file_is_refused_and_left_as_it_is(path: Path, open_sqlite: Open) -> None:
    open_sqlite().close()
    content = b"scribble" + path.read_bytes()[8:]
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"not a database.*move it away") as caught:
        open_sqlite()
    assert caught.value.problem.startswith("the file is not a database")
    assert path.read_bytes() == content


def test_a_peek_after_a_replacement_is_a_reset(open_sqlite: Open, path: Path, new_id: NewId) -> None:
    store = open_sqlite()
    epoch = store.epoch
    path.unlink()
    assert store.peek(Kind.TOKEN, b"site-one", new_id(), epoch, b"mine") is Spend.RESET


def test_a_database_of_another_epoch_than_its_witness_is_not_trusted(
    path: Path, open_sqlite: Open, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    spend(store, name)
    store.close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE state SET epoch = x'0102030405060708'")
    connection.close()
    assert spend(open_sqlite(), name, epoch=bytes(range(1, 9)), proof=b"new") is Spend.RESET


def test_a_running_store_notices_an_older_copy_written_over_it(
    path: Path, tmp_path: Path, spend: Spender, new_id: NewId
) -> None:
    """Even where all that SQLite needs is in its page cache."""
    seconds = [0.0]
    store = SqliteStore("sqlite:///gate.db", path, monotonic=lambda: seconds[0])
    epoch = store.epoch
    other = sqlite3.connect(path)
    for name in (new_id(), new_id()):
        shutil.copy(path, tmp_path / "backup")
        assert spend(store, name) is Spend.WON
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert spend(store, name) is Spend.OWN
    write_over(tmp_path / "backup", path)
    seconds[0] = 1.0
    assert store.epoch != epoch
    assert spend(store, name, epoch=epoch, proof=b"new") is Spend.RESET
    other.close()
    store.close()


def test_what_a_deleted_file_leaves_behind_is_not_taken_over(
    path: Path, open_sqlite: Open, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]
    before = [os.open(file, os.O_RDONLY) for file in beside]  # held open, so that no inode is used again
    path.unlink()
    assert spend(store, new_id()) is Spend.RESET
    for held, file in zip(before, beside, strict=True):
        assert not os.path.samestat(os.fstat(held), file.stat())
        os.close(held)
