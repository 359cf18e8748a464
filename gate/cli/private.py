"""Writing files that hold secrets: as a whole or not at all, for the gate's user alone."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from pathlib import Path

from gate.cli.messages import Refused
from gate.files import write_file

__all__ = ["read_text", "write_private", "write_text"]


def read_text(path: Path) -> str:
    """Return a file's text to the letter, with its line ends; raise ``Refused`` if that cannot be had."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}); let this user read it") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8; save it as UTF-8") from None


def write_text(path: Path, text: str, *, instead_of: str) -> None:
    """Write a file that is there, in one step; owner and mode stay.

    Raises ``Refused`` where it cannot be written, ``FaultsError`` where ``instead_of`` does not stand there any more:
    it is then as before.
    """
    try:
        write_file(path, text.encode(), instead_of=instead_of.encode())
    except OSError as error:
        raise _refused(path, error) from None


def write_private(path: Path, text: str, *, like: Path, instead_of: str | None) -> None:
    """Write a file with secrets, in one step, mode 0600; raise as ``write_text`` does.

    The group may read on where the file was given to a group on purpose: not the one its owner has anyway.

    Args:
        path: where to.
        text: what to write.
        like: a file whose owner and group a new one takes, so that the gate can read it whoever runs this.
        instead_of: what must still stand there, None for nothing.
    """
    try:
        if instead_of is None:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
            owner = like.stat()
            with contextlib.suppress(PermissionError):
                os.chown(path, owner.st_uid, owner.st_gid)
        path.chmod(_mode(path if instead_of is not None else like))
    except OSError as error:
        raise _refused(path, error) from None
    try:
        write_text(path, text, instead_of=instead_of or "")
    except BaseException:
        if instead_of is None:
            path.unlink(missing_ok=True)
        raise


def _refused(path: Path, error: OSError) -> Refused:
    reason = f"{path} cannot be written ({error.strerror}), and is as before"
    return Refused(f"{reason}; run this as the user that owns {path.parent}")


def _mode(pattern: Path) -> int:
    status = pattern.stat()
    shared = status.st_mode & stat.S_IRGRP and status.st_gid != _own_group(status.st_uid)
    return 0o640 if shared else 0o600


def _own_group(user: int) -> int:
    try:
        return pwd.getpwuid(user).pw_gid
    except KeyError:
        return -1
