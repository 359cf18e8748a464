"""Where a store lies, who may read it, and what is refused before anything is written."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate.errors import StoreError
from gate.stores.base import Kind, Spend, Store, open_store
from gate.stores.schema import SCHEMA
from gate.stores.sqlite import SqliteStore, pending_upgrade


@pytest.fixture
def open_umask() -> Iterator[None]:
    """As careless a umask as there can be."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def spend(store: Store) -> Spend:
    return store.spend(Kind.TOKEN, b"site-one", os.urandom(16), 60, store.epoch, b"mine")


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path, open_umask: None) -> None:
    store = open_store("sqlite:///a/b/gate.db", base=tmp_path)
    spend(store)
    files = {file.name: mode_of(file) for file in (tmp_path / "a" / "b").iterdir()}
    names = [f"gate.db{ending}" for ending in ("", "-wal", "-shm", "-witness", "-seal")]
    assert files == dict.fromkeys(names, 0o600)
    assert {mode_of(tmp_path / "a"), mode_of(tmp_path / "a" / "b")} == {0o700}
    store.close()


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_store("sqlite:///gate.db", base=tmp_path).close()
    assert mode_of(tmp_path) == 0o755


def test_a_relative_file_lies_in_the_base_and_an_absolute_one_does_not(tmp_path: Path) -> None:
    open_store("sqlite:///inside.db", base=tmp_path).close()
    open_store(f"sqlite:///{tmp_path}/absolute.db", base=Path("/nowhere")).close()
    assert (tmp_path / "inside.db").is_file()
    assert (tmp_path / "absolute.db").is_file()


@pytest.mark.parametrize("ending", ["", "-witness"])
def test_a_symbolic_link_is_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"gate.db{ending}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="symbolic link"):
        open_store("sqlite:///gate.db", base=tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_symbolic_link_that_appears_later_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    store = SqliteStore("sqlite:///gate.db", path)
    path.rename(tmp_path / "moved.db")
    path.symlink_to(tmp_path / "moved.db")
    with pytest.raises(StoreError, match="symbolic link"):
        spend(store)
    store.close()


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gate.db").mkdir()
    with pytest.raises(StoreError, match="not a regular file"):
        open_store("sqlite:///gate.db", base=tmp_path)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite://gate.db", "no store is known"),
        ("sqlite:///", "names no file"),
        ("sqlite:///folder/", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgres://host/db", "no store is known"),
        ("", "no store is known"),
        ("memory", "no store is known"),
    ],
)
def test_an_unknown_address_is_refused_with_the_known_ones(url: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=problem) as caught:
        open_store(url, base=tmp_path)
    assert "memory://" in caught.value.remedy
    assert "sqlite:///relative.db" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "mysql://gate:s3cret@host/db",
        "redis://gate:s3cret/x@127.0.0.1:1/0",
        "redis://gate:s3cret#x@127.0.0.1:1/0",
        "redis+sentinel://gate:s3cret/x@127.0.0.1:1/main",
        "redis+cluster://gate:[s3cret@127.0.0.1:1",
    ],
)
def test_a_password_in_an_address_is_not_repeated(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__}"


def test_memory_is_refused_to_several_workers() -> None:
    open_store("memory://", workers=1).close()
    with pytest.raises(StoreError, match="set workers = 1") as caught:
        open_store("memory://", workers=2)
    assert caught.value.url == "memory://"


def test_a_file_of_a_later_version_is_refused_untouched(tmp_path: Path) -> None:
    open_store("sqlite:///gate.db", base=tmp_path).close()
    connection = sqlite3.connect(tmp_path / "gate.db")
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    content = (tmp_path / "gate.db").read_bytes()
    for refused in (open_store, pending_upgrade):
        with pytest.raises(StoreError, match=f"schema {SCHEMA + 1}, this one knows {SCHEMA}"):
            refused("sqlite:///gate.db", base=tmp_path)
    assert (tmp_path / "gate.db").read_bytes() == content


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "forum.db")
    connection.execute("CREATE TABLE replies (body TEXT)")
    connection.close()
    content = (tmp_path / "forum.db").read_bytes()
    with pytest.raises(StoreError, match="another program's database"):
        open_store("sqlite:///forum.db", base=tmp_path)
    assert (tmp_path / "forum.db").read_bytes() == content


def test_an_upgrade_is_told_before_it_is_done(tmp_path: Path) -> None:
    assert pending_upgrade("sqlite:///gate.db", tmp_path) == (f"create {tmp_path}/gate.db",)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "gate.db").touch()
    assert pending_upgrade("sqlite:///gate.db", tmp_path)[0].startswith("create the tables")
    open_store("sqlite:///gate.db", base=tmp_path).close()
    assert pending_upgrade("sqlite:///gate.db", tmp_path) == ()


def test_the_file_is_in_wal_mode(open_sqlite: Callable[[], SqliteStore], path: Path) -> None:
    store = open_sqlite()
    assert path.with_name(path.name + "-wal").exists()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    store.close()
