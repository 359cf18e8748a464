"""Files that are written as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from gate.errors import Fault, FaultsError


def write_file(path: Path, content: bytes, *, instead_of: bytes | None = None) -> None:
    """Write a file so that it is there as a whole or not at all; an existing one keeps owner and mode.

    Args:
        path: where to; a symbolic link is followed.
        content: what to write.
        instead_of: what must still stand there; else ``FaultsError``, since somebody changed it meanwhile.
    """
    path = path.resolve()
    before = path.stat() if path.exists() else None
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            if before is not None:
                # A file that root edits stays its owner's, as far as this user may say so.
                with contextlib.suppress(PermissionError):
                    os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), _usual_mode() if before is None else before.st_mode & 0o7777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if instead_of is not None and path.read_bytes() != instead_of:
            raise FaultsError(
                [Fault(path.name, "somebody else changed it just now", "run the command again")]
            )
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let what was renamed in a folder outlast a power cut, where the file system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
