"""``gate keys new``."""

from __future__ import annotations

from gate.config.checks import signing_secret, site_secret
from tests.cli.conftest import Invoke


def test_a_new_secret_is_one_line_good_for_signing_and_for_a_site(invoke: Invoke) -> None:
    result = invoke("keys", "new")
    assert result.exit_code == 0
    assert result.stderr == ""
    (secret,) = result.stdout.splitlines()
    assert len(secret) == 64
    assert signing_secret(secret) == site_secret(secret) == secret


def test_every_secret_is_another(invoke: Invoke) -> None:
    assert invoke("keys", "new").stdout != invoke("keys", "new").stdout
