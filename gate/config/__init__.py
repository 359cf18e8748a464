"""config.toml and the environment, as one frozen ``Config``; each setting is declared exactly once."""

from __future__ import annotations

from gate.config.load import load_config, parse_config
from gate.config.sample import Row, example_path, example_toml, settings
from gate.config.sections import (
    BankSettings,
    ChallengeSettings,
    Config,
    DashboardSettings,
    LimitSettings,
    MetricsSettings,
    ServerSettings,
    SigningSettings,
    StoreSettings,
    TokenSettings,
)
from gate.config.sites import Outcome, Site
from gate.config.testkeys import TEST_KEYS, TEST_SITES

__all__ = [
    "TEST_KEYS",
    "TEST_SITES",
    "BankSettings",
    "ChallengeSettings",
    "Config",
    "DashboardSettings",
    "LimitSettings",
    "MetricsSettings",
    "Outcome",
    "Row",
    "ServerSettings",
    "SigningSettings",
    "Site",
    "StoreSettings",
    "TokenSettings",
    "example_path",
    "example_toml",
    "load_config",
    "parse_config",
    "settings",
]
