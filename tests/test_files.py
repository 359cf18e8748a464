from __future__ import annotations

import os
from pathlib import Path

import pytest

from gate.errors import FaultsError
from gate.files import write_file


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "bank.toml", tmp_path / "link.toml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, b"new", instead_of=b"old")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["bank.toml", "link.toml"]


def test_a_file_that_somebody_else_changed_stays(tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_bytes(b"theirs")
    with pytest.raises(FaultsError, match="somebody else changed it just now; run the command again"):
        write_file(path, b"new", instead_of=b"old")
    assert path.read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["bank.toml"]


def test_a_disk_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bank.toml"
    path.write_bytes(b"old")

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["bank.toml"]
