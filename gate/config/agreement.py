"""What settings must agree on with each other."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from gate.config.tables import Table, Tables
from gate.config.testkeys import TEST_KEYS
from gate.parsing import Faults

SHORTEST_SECRET = 24

Values = Mapping[str, Any]
"""The settings of one table that are fine, by name; a setting with a fault is not there."""


def check_workers(values: Mapping[str, Values], tables: Mapping[str, Table], faults: Faults) -> None:
    """Note a store in memory that several processes would each have for themselves."""
    workers = values["server"].get("workers", 1)
    if workers > 1 and values["store"].get("url") == "memory://":
        faults.add(
            tables["store"].place_of("url"),
            f"memory:// is for one worker, and [server] workers is {workers}",
            'set workers = 1, or url = "sqlite:///gate.db"',
        )


def check_test_keys(values: Mapping[str, Values], tables: Mapping[str, Table], faults: Faults) -> None:
    """Note test keys, which let anybody through, on an address that others can reach."""
    host = values["server"].get("host", "localhost")
    if values["server"].get("testing") and not is_loopback(host):
        faults.add(
            tables["server"].place_of("testing"),
            f'test keys on "{host}" would let anybody through',
            'set testing = false or host = "127.0.0.1", or start with --yes-test-keys',
        )


def check_times(values: Mapping[str, Values], tables: Mapping[str, Table], faults: Faults) -> None:
    """Note a question that is out of date before it may be answered."""
    lifetime = values["challenge"].get("lifetime")
    least = values["challenge"].get("min_seconds")
    if lifetime is not None and least is not None and least >= lifetime:
        faults.add(
            tables["challenge"].place_of("min_seconds"),
            f"nobody can answer after {least:g} and within {lifetime} seconds",
            "set it well below lifetime; 1.0 is usual",
        )


def check_key_file(values: Mapping[str, Values], tables: Mapping[str, Table], faults: Faults) -> None:
    """Note that the file with the keys is not there."""
    file = values["signing"].get("file")
    if file is not None and not _is_file(file):
        faults.add(
            tables["signing"].place_of("file"),
            f'there is no file "{file}"',
            "make it with `gate init`, or correct the path",
        )


def check_presence(tables: Tables, faults: Faults, *, testing: bool) -> None:
    """Note that nothing signs, or that there is no site to ask for."""
    signing = tables.sections["signing"]
    if not any(signing.has(key) for key in ("current", "current_file", "file")):
        faults.add(
            signing.place_of("current"),
            "missing",
            'run `gate init`, or paste what `gate keys new` prints, or name a file: file = "keys.toml"',
        )
    if not tables.sites and not testing:
        faults.add(
            f"{tables.place}: [[site]]",
            "missing",
            "run `gate site add`, or write [[site]] with a sitekey and a secret",
        )


def check_sites(sites: Sequence[Values], tables: Sequence[Table], faults: Faults, *, testing: bool) -> None:
    """Note sites that cannot be told apart, and keys that anybody could know."""
    sitekeys = [site.get("sitekey") for site in sites]
    secrets = [site.get("secret") for site in sites]
    for number, (site, table) in enumerate(zip(sites, tables, strict=True)):
        sitekey, secret = site.get("sitekey"), site.get("secret")
        if sitekey is not None:
            _check_sitekey(sitekey, sitekeys[:number], table, faults, testing=testing)
        if secret is not None:
            place = table.place_of("secret_file" if table.has("secret_file") else "secret")
            problem = _secret_problem(secret, sitekeys, secrets[:number], testing=testing)
            if problem:
                remedy = "`gate keys new` prints a good one"
                faults.add(place, problem, _UNNEEDED if testing and secret in TEST_KEYS else remedy)


_UNNEEDED = "remove this [[site]]: while testing is on the test keys are there by themselves"


def _check_sitekey(
    sitekey: str, earlier: Sequence[object], table: Table, faults: Faults, *, testing: bool
) -> None:
    place = table.place_of("sitekey")
    if sitekey in TEST_KEYS:
        remedy = _UNNEEDED if testing else "choose a name of your own, or set [server] testing = true"
        faults.add(place, f'"{sitekey}" is a published test key', remedy)
    elif sitekey in earlier:
        faults.add(
            place, f'"{sitekey}" is also that of site #{earlier.index(sitekey) + 1}', "give each site its own"
        )


def _secret_problem(
    secret: str, sitekeys: Sequence[object], earlier: Sequence[object], *, testing: bool
) -> str | None:
    if secret in TEST_KEYS:
        return "a published test key, which anybody can look up"
    if secret in sitekeys:
        return f"the same as the sitekey of site #{sitekeys.index(secret) + 1}, which everybody can read"
    if len(secret) < SHORTEST_SECRET and not testing:
        return f"{len(secret)} characters, {SHORTEST_SECRET} is the least"
    if secret in earlier:
        return f"the same as that of site #{earlier.index(secret) + 1}"
    return None


def _is_file(path: Any) -> bool:
    try:
        return bool(path.is_file())
    except (OSError, ValueError):
        return False


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().removesuffix(".") == "localhost"
