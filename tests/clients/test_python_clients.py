"""Client libraries of the incumbents, unmodified, pointed at a running gate by their settings alone."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.clients.running import Running, client_of, passes_once_and_nothing_else

ROOT = Path(__file__).parents[2]

CLIENTS = [
    ("flask_clients", "flask-wtf", "flask-wtf"),
    ("flask_clients", "flask-xcaptcha-as-recaptcha", "flask-xcaptcha"),
    ("flask_clients", "flask-xcaptcha-as-hcaptcha", "flask-xcaptcha"),
    ("flask_clients", "flask-hcaptcha", "flask-hcaptcha"),
    ("flask_clients", "flask-turnstile", "flask-turnstile"),
    ("django_clients", "django-recaptcha", "django-recaptcha"),
    ("django_clients", "django-hcaptcha", "django-hcaptcha"),
    ("django_clients", "django-hcaptcha-field", "django-hcaptcha-field"),
    ("django_clients", "django-turnstile", "django-turnstile"),
    ("django_clients", "drf-recaptcha", "drf-recaptcha"),
    ("django_clients", "drf-hcaptcha", "drf-hcaptcha"),
    ("plain_clients", "aiohcaptcha", "aiohcaptcha"),
    ("plain_clients", "norecaptcha", "norecaptcha"),
]


@pytest.mark.parametrize(("script", "name", "distribution"), CLIENTS, ids=[name for _, name, _ in CLIENTS])
def test_a_stock_client_lets_a_right_answer_pass_once_and_nothing_else(
    running: Running, script: str, name: str, distribution: str
) -> None:
    assert version(distribution)
    with client_of(
        running.gate,
        sys.executable,
        "-m",
        f"tests.clients.{script}",
        name,
        folder=ROOT,
        authority=str(running.authority),
    ) as client:
        passes_once_and_nothing_else(running, client)
