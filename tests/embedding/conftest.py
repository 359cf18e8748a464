from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedding.hosts import Browser, GuardedFlaskForm, Host, PlainForm, make_host


@pytest.fixture(params=[PlainForm, GuardedFlaskForm], ids=["Form", "FlaskForm"])
def form_class(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def host(tmp_path: Path, form_class: Any) -> Host:
    return make_host(tmp_path, form_class)


@pytest.fixture
def browser(host: Host, solve: Callable[[str], str]) -> Iterator[Browser]:
    with host.app.test_client() as client:
        yield Browser(client, solve)
