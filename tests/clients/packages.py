"""Packages from npm, in the versions of a lock file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def install(sources: Path, folder: Path) -> None:
    """Copy ``sources`` into ``folder`` and install what their package.json names; needs node and npm.

    What a registry does not give at once is asked for again, five times within minutes.
    """
    shutil.copytree(sources, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--fetch-retries=5"]
    run(folder, "npm", "ci", *options)


def run(folder: Path, *command: str) -> None:
    """Run a command in ``folder``; it must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
