"""A copy of the SQLite store holds all that the store did, and re-opens nothing where it is put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.backup import REPLACED, back_up, put_back
from gate.stores.base import Event, Kind, Spend, Tally
from gate.stores.sqlite import SqliteStore

Open = Callable[[], SqliteStore]
Spender = Callable[..., Spend]
NewId = Callable[[], bytes]

ROW = Tally(500_000, "Forum", "green", Event.RIGHT)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_it_is_taken_while_the_store_is_open_and_put_back_while_it_is(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId
) -> None:
    store, early, late = open_sqlite(), new_id(), new_id()
    first = store.epoch
    spend(store, early)
    store.tally({ROW: 7})
    copied = back_up(path, out)
    assert (copied.marks, copied.events, copied.size) == (1, 7, out.stat().st_size)
    spend(store, late)
    store.tally({ROW: 100})
    assert put_back(path, out) == copied
    assert list(store.stats(0)) == [(ROW, 7)]
    assert store.epoch != first
    assert [spend(store, name, epoch=first) for name in (early, late)] == [Spend.RESET] * 2
    assert spend(store, new_id()) is Spend.WON


def test_each_time_it_is_put_back_begins_an_epoch_of_its_own(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId
) -> None:
    store, name = open_sqlite(), new_id()
    back_up(path, out)
    epochs = {store.epoch}
    for _ in range(3):
        put_back(path, out)
        assert all(spend(store, name, epoch=epoch) is Spend.RESET for epoch in epochs)
        assert spend(store, name) is Spend.WON
        epochs.add(store.epoch)
    assert len(epochs) == 4


def test_an_old_epoch_is_not_revived_by_the_whole_folder_coming_back(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId, tmp_path: Path
) -> None:
    store, name = open_sqlite(), new_id()
    epoch = store.epoch
    back_up(path, out)
    spend(store, name)
    store.close()
    shutil.copytree(path.parent, tmp_path / "before")
    put_back(path, out)
    for file in (tmp_path / "before").iterdir():
        shutil.copy2(file, path.parent / file.name)
    assert spend(open_sqlite(), name, epoch=epoch) is not Spend.WON


def test_putting_back_what_was_there_undoes_it(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    back_up(path, out)
    store.tally({ROW: 9})
    put_back(path, out)
    assert list(store.stats(0)) == []
    put_back(path, path.with_name(path.name + REPLACED))
    assert list(store.stats(0)) == [(ROW, 9)]


def test_reports_made_before_the_backup_still_count_once(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId
) -> None:
    store, receipt = open_sqlite(), new_id()
    assert spend(store, receipt, kind=Kind.RECEIPT) is Spend.WON
    back_up(path, out)
    put_back(path, out)
    again = open_sqlite()
    assert spend(again, receipt, kind=Kind.RECEIPT, proof=b"again") is Spend.LOST


def test_it_mends_a_damaged_store(
    open_sqlite: Open, path: Path, out: Path, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    store.tally({ROW: 3})
    back_up(path, out)
    store.close()
    path.write_bytes(b"This is no database." * 500)
    with pytest.raises(StoreError):
        open_sqlite()
    put_back(path, out)
    again = open_sqlite()
    assert list(again.stats(0)) == [(ROW, 3)]
    assert spend(again, new_id()) is Spend.WON


def test_it_is_put_where_there_is_nothing_yet(
    open_sqlite: Open, path: Path, out: Path, tmp_path: Path
) -> None:
    open_sqlite().tally({ROW: 3})
    back_up(path, out)
    elsewhere = tmp_path / "new" / "folder" / "gate.db"
    put_back(elsewhere, out)
    store = SqliteStore("sqlite:///gate.db", elsewhere)
    assert list(store.stats(0)) == [(ROW, 3)]
    store.close()
    assert modes(elsewhere.parent) == {0o600}


def test_both_are_private_and_leave_nothing_else_behind(
    open_sqlite: Open, path: Path, tmp_path: Path
) -> None:
    open_sqlite().close()
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(path, folder / "one.db")
    put_back(path, folder / "one.db")
    assert [file.name for file in folder.iterdir()] == ["one.db"]
    assert modes(folder) | modes(path.parent) == {0o600}
    names = {file.name.removeprefix(path.name) for file in path.parent.iterdir()}
    assert names == {"", REPLACED, "-witness", "-seal"}


def test_what_is_no_backup_is_refused_and_the_store_stays(
    open_sqlite: Open, path: Path, tmp_path: Path, spend: Spender, new_id: NewId
) -> None:
    store = open_sqlite()
    epoch = store.epoch
    store.tally({ROW: 5})
    foreign, junk, empty = (tmp_path / name for name in ("foreign.db", "junk.db", "empty.db"))
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    junk.write_bytes(os.urandom(8192))
    empty.touch()
    link = tmp_path / "link.db"
    link.symlink_to(path)
    for file in (foreign, junk, empty, link, tmp_path / "missing.db"):
        with pytest.raises(StoreError) as refused:
            put_back(path, file)
        assert file.name in str(refused.value)
        assert list(store.stats(0)) == [(ROW, 5)]
    assert store.epoch == epoch
    assert not path.with_name(path.name + REPLACED).exists()


def test_a_backup_with_a_damaged_page_is_refused(open_sqlite: Open, path: Path, out: Path) -> None:
    store = open_sqlite()
    store.tally({ROW._replace(hour=ROW.hour - age): 1 for age in range(2000)})
    back_up(path, out)
    size = out.stat().st_size
    with out.open("rb+") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * 4096)
    with pytest.raises(StoreError, match="damaged"):
        put_back(path, out)
    assert len(list(store.stats(0))) == 2000


def test_an_existing_file_is_not_written_over(open_sqlite: Open, path: Path, out: Path) -> None:
    open_sqlite()
    out.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        back_up(path, out)
    assert out.read_text() == "mine"
