"""Settings from the environment: ``GATE_STORE__URL``, ``GATE_SITE__0__SECRET``. Others are not ours."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

from gate.config.settings import Setting, keys_of
from gate.config.tables import MOST_SITES, Table, Tables
from gate.parsing import Faults, nearest

_NUMBER = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)
_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")


def add_environment(tables: Tables, environ: Mapping[str, str], faults: Faults) -> None:
    """Put the settings of the environment over those of the file; a name that no setting has is a fault."""
    for variable, parts in _names(environ):
        if variable != variable.upper():
            faults.add(variable, "not in capitals", f"write {variable.upper()}")
            continue
        table = _table(tables, variable, parts, faults)
        if table is None:
            continue
        known = keys_of(table.section)
        key = parts[-1]
        if key in known:
            table.override(key, _from_text(known[key], environ[variable]), variable)
        else:
            faults.add(variable, f'unknown key "{key}"', nearest(key, known))


def _names(environ: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the variables that are ours, sites by their number, with the parts of their names."""
    ours = [name for name in environ if name.startswith("GATE_") and "__" in name[5:]]
    for name in sorted(ours, key=lambda name: (len(name.split("__")[1]), name)):
        yield name, name.removeprefix("GATE_").lower().split("__")


def _table(tables: Tables, variable: str, parts: list[str], faults: Faults) -> Table | None:
    if parts[0] == "site":
        return _site(tables, variable, parts, faults)
    table = tables.sections.get(parts[0])
    if table is None:
        names = [name.upper() for name in (*tables.sections, "site")]
        faults.add(variable, f'unknown section "{parts[0]}"', nearest(parts[0].upper(), names))
    elif len(parts) != 2:
        faults.add(variable, "not the name of a setting", f"write GATE_{parts[0].upper()}__ and the key")
        return None
    return table


def _site(tables: Tables, variable: str, parts: list[str], faults: Faults) -> Table | None:
    if len(parts) != 3 or not _NUMBER.fullmatch(parts[1]):
        faults.add(variable, "no site's number", "write GATE_SITE__0__ and the key, 0 being the first site")
        return None
    number = int(parts[1])
    count = len(tables.sites)
    if number > count or number >= MOST_SITES:
        faults.add(variable, f"there is no site {number}", f"the next one is GATE_SITE__{count}__")
        return None
    return tables.sites[number] if number < count else tables.new_site(number=number + 1)


def _from_text(setting: Setting | None, text: str) -> object:
    """Turn a variable's text into what the file would hold; what cannot be, stays text: a fault later."""
    kind = str if setting is None else setting.kind
    stripped = text.strip()
    if kind is bool and stripped.lower() in (*_TRUE, *_FALSE):
        return stripped.lower() in _TRUE
    if kind is int and re.fullmatch(r"[+-]?[0-9]{1,18}", stripped, re.ASCII):
        return int(stripped)
    if kind is float and re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", stripped, re.ASCII):
        return float(stripped)
    if kind is tuple:
        return _list_from_text(stripped)
    return text


def _list_from_text(text: str) -> object:
    if not text.startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return tomllib.loads(f"list = {text}")["list"]
    except (ValueError, RecursionError):
        return text
