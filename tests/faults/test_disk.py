"""A disk that is full, a folder that cannot be written: nothing is let through, and it goes on by itself."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.processes import GATE, PATIENCE, clean_environ, free_port
from tests.faults.disks import Disk, SizeLimit, read_only, small_disk, without_privileges
from tests.faults.forum import STORE
from tests.faults.promise import Promise, forum
from tests.service import write_banks, write_config


@pytest.fixture(params=["disk", "limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    makers: dict[str, Callable[[Path], Disk]] = {"disk": small_disk, "limit": lambda _: SizeLimit()}
    return makers[request.param](tmp_path / STORE)


def test_a_full_disk_lets_nothing_through_and_recovers_when_there_is_room(tmp_path: Path, disk: Disk) -> None:
    with forum(tmp_path, *disk.prefix) as place:
        promise = Promise.before(place)
        disk.fill(place)
        promise.is_closed("the disk (is full|did not read or write)")
        disk.free(place)
        promise.is_over()


def test_a_store_that_may_not_be_written_lets_nothing_through_until_it_may(tmp_path: Path) -> None:
    """A backup that another user put back, into a folder that is now that user's alone."""
    with forum(tmp_path, *without_privileges()) as place:
        promise = Promise.before(place)
        copy = place.database.with_name("copy")
        shutil.copy(place.database, copy)
        copy.chmod(0o444)
        copy.replace(place.database)
        place.database.parent.chmod(0o555)
        promise.is_closed("cannot be (written|opened).*; let the user that runs the gate write")
        place.database.parent.chmod(0o755)
        place.database.chmod(0o644)
        promise.is_over(reset=True)


@pytest.mark.parametrize("where", ["closed folder", "read-only disk"])
def test_a_start_where_nothing_can_be_written_is_refused_with_the_remedy(tmp_path: Path, where: str) -> None:
    write_banks(tmp_path)
    folder = tmp_path / "store"
    folder.mkdir()
    config = write_config(tmp_path, store={"url": "sqlite:///store/gate.db"})
    if where == "closed folder":
        folder.chmod(0o555)
    prefix = without_privileges() if where == "closed folder" else read_only(folder)
    command = [*prefix, *GATE, "serve", "--config", str(config), "--port", str(free_port())]
    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=clean_environ(), check=False
    )
    assert (shown.returncode, shown.stdout) == (1, "")
    (line,) = shown.stderr.splitlines()
    assert "sqlite:///store/gate.db: the folder " in line
    assert "; let the user that runs the gate write" in line or "; choose another folder" in line
