"""What tests of the core and of the service share: a frozen clock and a gate that is made of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from gate.bank.load import load_bank
from tests.service import Clock, Service, answers_to
from tests.service import make_live as live_from


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long form: minutes, not seconds")


def pytest_configure(config: pytest.Config) -> None:
    """Try the same examples every time, in the long form more and others; a slow machine is no failure."""
    shared = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("short", shared, derandomize=True)
    settings.register_profile("long", shared, max_examples=1_000)
    settings.load_profile("long" if config.getoption("--long") else "short")


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether tests may take minutes: ``tests/run --long``."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def solve() -> Callable[[str], str]:
    """Answer a question of the English starter bank, as a person would."""
    english = [question for question in load_bank(["starter"]).enabled if question.lang == "en"]
    return answers_to(english).__getitem__


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_service(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Service]]:
    """Start gates with settings of one's own: ``make_service(limits={"answers": "2/minute"})``."""
    started: list[Service] = []

    def make(*, folder: Path = tmp_path, **settings: Any) -> Service:
        stopwatch = Clock(0.0)
        live = live_from(folder, clock, stopwatch=stopwatch, **settings)
        started.append(Service(live, clock, stopwatch, folder))
        return started[-1]

    yield make
    for service in started:
        service.live.close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service()


@pytest.fixture
def app(service: Service) -> Flask:
    return service.app


@pytest.fixture
def client(service: Service) -> FlaskClient:
    return service.client
