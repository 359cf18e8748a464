"""A gate whose answers are words that occur nowhere else, and every limit of which is off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.secretive import BANK
from tests.service import Service, solutions

OFF = {"challenges": "", "answers": "", "wrong_answers": "", "tokens": ""}


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(limits=OFF)


@pytest.fixture
def secretive(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """A gate with the bank of ``secretive.py``, a file for its store, and metrics."""
    folder = tmp_path / "secretive"
    (folder / "bank").mkdir(parents=True)
    (folder / "bank" / "en.toml").write_text(BANK)
    service = make_service(
        folder=folder,
        limits=OFF,
        metrics={"enabled": True},
        store={"url": "sqlite:///gate.db"},
        challenge={"sticky": ""},
    )
    service.solutions = {**solutions(BANK), "Who are the two founders?": "Wexhulm, Tabrinoq"}
    return service
