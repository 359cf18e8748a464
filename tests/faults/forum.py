"""The demo forum as a process of its own, the gate's store in a folder apart: `forum.py FOLDER PORT WORKERS`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gate.cli.running import run
from gate.web.request_log import log_as_json
from tests.service import NO_LIMITS, SECRET, SIGNING, write_banks

if TYPE_CHECKING:
    from flask import Flask

SITEKEY = "forum"
STORE = "store"


def settings(folder: Path) -> dict[str, Any]:
    """The gate of the forum: nothing that gets in the way of a hasty test, and questions that it knows."""
    return {
        "signing": {"current": SIGNING},
        "store": {"url": f"sqlite:///{folder / STORE / 'gate.db'}"},
        "bank": {"files": [str(folder / "bank" / "*.toml")]},
        "challenge": {"min_seconds": 0},
        "limits": NO_LIMITS,
        "metrics": {"enabled": True},
        "site": [{"sitekey": SITEKEY, "secret": SECRET, "langs": ["en"]}],
    }


def build(folder: Path) -> Flask:
    from gate.web.demo import create_demo

    log_as_json()
    return create_demo(folder, settings(folder))


def main() -> None:
    """Serve until it is stopped."""
    folder, port, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if not (folder / "bank").exists():
        write_banks(folder)
    run(partial(build, folder), host="127.0.0.1", port=port, workers=workers)


if __name__ == "__main__":
    main()
