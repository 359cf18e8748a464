"""The demo's secret: drawn by whoever comes first, the same for all processes of one folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def secret_key(path: Path) -> str:
    """Return the secret in ``path``, readable by this user alone; draw one if there is none yet."""
    if not path.exists():
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        # A link appears complete or not at all, and only for the first process that makes it.
        with suppress(FileExistsError):
            os.link(name, path)
        os.unlink(name)
    return path.read_text("ascii")
