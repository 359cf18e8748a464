"""The file of a SQLite store, for the commands that copy it."""

from __future__ import annotations

from pathlib import Path

from gate.cli.messages import Refused
from gate.config import load_config
from gate.parsing import counted
from gate.stores.backup import Copied
from gate.stores.servers import without_password
from gate.stores.sqlite import file_of


def store_file(config: Path, *, verb: str) -> Path:
    """Return the SQLite file that a config names; raise ``Refused`` for another store, with what to do there.

    ``verb`` is what the command would do to it: "backed up", "restored".
    """
    settings = load_config(config, allow_public_test_keys=True)
    url = settings.store.url
    file = file_of(url, settings.base)
    if file is not None:
        return file
    if url == "memory://":
        raise Refused(f'memory:// keeps nothing that can be {verb}; set url = "sqlite:///gate.db" in [store]')
    raise Refused(
        f"{without_password(url)} is {verb} by its own means: `redis-cli BGSAVE` writes dump.rdb, and a server "
        "that starts with an older one re-opens nothing, since gate begins a new epoch after each start of it"
    )


def contents(copied: Copied) -> str:
    """Say what a copy holds."""
    events = f"statistics of {counted(copied.events, 'event')}"
    return f"{counted(copied.marks, 'mark')}, {events}, {copied.size / 1000:,.0f} kB"
