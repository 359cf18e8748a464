from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.running import Running


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    gate = Running(tmp_path)
    yield gate
    gate.stop()
    gate.live.close()
