"""A gate whose answers are words that occur nowhere else, and every limit of which is off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.secretive import BANK
from tests.service import NO_LIMITS, Service, solutions


def folder_of(parent: Path, name: str) -> Path:
    """Make a folder for one of several gates."""
    folder = parent / name[:8]
    folder.mkdir()
    return folder


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(limits=NO_LIMITS)


@pytest.fixture
def secretive(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """A gate with the bank of ``secretive.py``, a file for its store, and metrics."""
    folder = tmp_path / "secretive"
    (folder / "bank").mkdir(parents=True)
    (folder / "bank" / "en.toml").write_text(BANK)
    service = make_service(
        folder=folder,
        limits=NO_LIMITS,
        metrics={"enabled": True},
        store={"url": "sqlite:///gate.db"},
        challenge={"sticky": ""},
    )
    service.solutions = {**solutions(BANK), "Who are the two founders?": "Wexhulm, Tabrinoq"}
    return service
