"""Where a SQLite file lies: made private before SQLite opens it, never through a symbolic link."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

__all__ = ["boot_id", "exclusively", "place_of", "prepare"]

_LOCK_SECONDS = 2.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """Return what tells this boot of the machine from the last one; empty where the system does not say."""
    try:
        return _BOOT_ID.read_text().strip()
    except (FileNotFoundError, PermissionError):
        return ""


def place_of(path: str) -> tuple[int, int]:
    """Return device and inode of the file at ``path``; ``OSError`` if it is missing or a symbolic link."""
    found = os.stat(path, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return found.st_dev, found.st_ino


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Be the only process that opens or creates ``path``; makes its folders, readable by this user alone."""
    for folder in [folder for folder in reversed(path.parents) if not folder.exists()]:
        folder.mkdir(mode=0o700, exist_ok=True)
    folder_file = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(folder_file, path)
        yield
    finally:
        os.close(folder_file)


def prepare(path: Path) -> None:
    """Make ``path`` an empty private file unless it is there; call it ``exclusively``."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        # The log of a file that is gone would be taken for the new one's.
        for ending in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(path, flags, 0o600))
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def _lock(folder_file: int, path: Path) -> None:
    # Bounded, since anybody who may read the folder may hold this lock.
    give_up = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(folder_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise OSError(
                    errno.EBUSY, "another process holds a lock on the folder", str(path.parent)
                ) from None
            time.sleep(0.002)
        else:
            return
