"""Node's client libraries of the incumbents, unmodified from npm, pointed at a running gate by their settings alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.packages import install
from tests.clients.running import Running, client_of, passes_once_and_nothing_else

SOURCES = Path(__file__).parent / "node"
CLIENTS = {
    "@nestlab/google-recaptcha": "refuse",
    "better-auth as reCAPTCHA": "refuse",
    "better-auth as hCaptcha": "refuse",
    "better-auth as Turnstile": "refuse",
    "cf-turnstile": "Error: token is required and must be a string",
    "node-grecaptcha-verify": "refuse",
    "recaptcha-node": "refuse",
}
"""Each client, and what it says where a form brought no token."""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the packages; needs node and npm."""
    folder = tmp_path_factory.mktemp("node")
    install(SOURCES, folder)
    return folder


@pytest.mark.parametrize(("name", "missing"), CLIENTS.items(), ids=list(CLIENTS))
def test_a_stock_client_lets_a_right_answer_pass_once_and_nothing_else(
    running: Running, installed: Path, name: str, missing: str
) -> None:
    with client_of(
        running.gate, "node", "clients.mjs", name, folder=installed, authority=str(running.authority)
    ) as client:
        passes_once_and_nothing_else(running, client, missing=missing)
