"""From config.toml and the environment to a ``Config``, or to every mistake in them at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.config import agreement
from gate.config.environment import add_environment
from gate.config.reading import SecretReader, read_secret, read_table
from gate.config.sections import SECTIONS, Config
from gate.config.sites import Site
from gate.config.tables import sort_out
from gate.errors import ConfigError
from gate.parsing import Faults, read_toml


def load_config(
    path: Path | None, *, environ: Mapping[str, str] = os.environ, allow_public_test_keys: bool = False
) -> Config:
    """Read the settings from a file and the environment; without a file, from the environment alone.

    Args:
        path: the file; relative paths in it are meant from its folder.
        environ: where ``GATE_STORE__URL`` and its like are looked up.
        allow_public_test_keys: whether ``testing`` is accepted where others can reach it.

    Raises:
        ConfigError: with every mistake found.
    """
    faults = Faults()
    if path is None:
        table: dict[str, Any] | None = {}
        place, base = "environment", Path.cwd()
    else:
        place, base = path.name, path.absolute().parent
        table = read_toml(path, place, faults, missing="correct the path, or run `gate init` to make one")
    if table is None:
        raise ConfigError(faults.found)
    return parse_config(
        table, place=place, base=base, environ=environ, allow_public_test_keys=allow_public_test_keys
    )


def parse_config(
    table: Mapping[str, Any],
    *,
    place: str,
    base: Path,
    environ: Mapping[str, str],
    embedded: bool = False,
    allow_public_test_keys: bool = False,
    secret_of: SecretReader = read_secret,
) -> Config:
    """Check a parsed file, or a mapping of the same shape, together with the environment.

    Args:
        table: sections by name, ``site`` a list of tables.
        place: what messages call the file.
        base: the folder that relative paths are meant from.
        environ: where ``GATE_STORE__URL`` and its like are looked up.
        embedded: whether a host application brings keys, site and processes, so that these may be missing.
        allow_public_test_keys: whether ``testing`` is accepted where others can reach it.
        secret_of: reads a file that a setting such as ``secret_file`` names.

    Raises:
        ConfigError: with every mistake found.
    """
    faults = Faults()
    secret_files: list[Path] = []

    def noted(path: Path) -> bytes:
        secret_files.append(path)
        return secret_of(path)

    tables = sort_out(table, place, faults)
    add_environment(tables, environ, faults)
    values = {name: read_table(each, base, faults, noted) for name, each in tables.sections.items()}
    sites = [read_table(each, base, faults, noted) for each in tables.sites]
    testing = bool(values["server"].get("testing"))

    agreement.check_times(values, tables.sections, faults)
    agreement.check_key_file(values, tables.sections, faults)
    agreement.check_sites(sites, tables.sites, faults, testing=testing)
    if not embedded:
        agreement.check_workers(values, tables.sections, faults)
        agreement.check_presence(tables, faults, testing=testing)
    if testing and not allow_public_test_keys:
        agreement.check_test_keys(values, tables.sections, faults)
    faults.raise_as(ConfigError)
    return Config(
        **{name: section(**values[name]) for name, section in SECTIONS.items()},
        sites=tuple(Site(**site) for site in sites),
        base=base,
        secret_files=tuple(secret_files),
    )
