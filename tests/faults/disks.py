"""Disks that are full, really: a small one of its own, or where none may be mounted a limit on the size of files."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from pathlib import Path
from typing import Protocol

from tests.faults.promise import Forum

_BYTES = 1_500_000
_SCRIPT = f'mount -t tmpfs -o size={_BYTES} none "$0" && exec "$@"'
_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


class Disk(Protocol):
    """Where a forum's store lies: ``prefix`` starts the forum there."""

    @property
    def prefix(self) -> tuple[str, ...]: ...

    def fill(self, forum: Forum) -> None: ...

    def free(self, forum: Forum) -> None: ...


class SmallDisk:
    """A file system in memory that only the forum sees; it is gone when the forum is."""

    def __init__(self, folder: Path, flags: str) -> None:
        self.prefix = ("unshare", flags, "sh", "-c", _SCRIPT, str(folder))

    def fill(self, forum: Forum) -> None:
        """Write into the folder until nothing more fits."""
        with contextlib.suppress(OSError), self._ballast(forum).open("wb", buffering=0) as file:
            while file.write(bytes(512)):
                pass

    def free(self, forum: Forum) -> None:
        self._ballast(forum).unlink()

    def _ballast(self, forum: Forum) -> Path:
        return forum.database.with_name("ballast")


class SizeLimit:
    """A limit on the size of the files that the forum's processes write, as a quota would hold them to."""

    prefix: tuple[str, ...] = ()

    def fill(self, forum: Forum) -> None:
        log = forum.database.with_name("gate.db-wal")
        self._limit(forum, log.stat().st_size)

    def free(self, forum: Forum) -> None:
        self._limit(forum, resource.RLIM_INFINITY)

    def _limit(self, forum: Forum, most: int) -> None:
        for pid in forum.server.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def mount_flags() -> str | None:
    """Return how this user may mount a file system where nobody else sees it; None if it may not."""
    for flags in ("-m", "-Urm"):
        command = ["unshare", flags, "sh", "-c", _SCRIPT, "/mnt", "true"]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return flags
    return None


def small_disk(folder: Path) -> Disk:
    """Return a disk that is mounted at ``folder``, or where that is not permitted the limit."""
    flags = mount_flags()
    return SizeLimit() if flags is None else SmallDisk(folder, flags)


def without_privileges() -> tuple[str, ...]:
    """Return what starts a program for which permissions hold, also where the tests run as root."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


def read_only(folder: Path) -> tuple[str, ...]:
    """Return what starts a program that finds ``folder`` on a read-only disk, or closed to writing."""
    flags = mount_flags()
    if flags is None:
        folder.chmod(0o555)
        return without_privileges()
    return ("unshare", flags, "sh", "-c", _READ_ONLY, str(folder))
