"""Reads one table of raw values by its declarations: types, secrets from files, checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gate.config.settings import PLACEHOLDER, Setting, UnfitError, as_toml, declared
from gate.config.tables import Table, note_unknown, stand_ins
from gate.parsing import Faults, kind_of

_LONGEST_SECRET_FILE = 16_384

SecretReader = Callable[[Path], bytes]
"""Returns what stands in a file that holds a secret, or raises ``OSError``."""


def read_secret(path: Path) -> bytes:
    """Read a file that holds a secret; of one that is too long for that, no more than shows it."""
    with path.open("rb") as file:
        return file.read(_LONGEST_SECRET_FILE + 1)


def read_table(
    table: Table, base: Path, faults: Faults, secret_of: SecretReader = read_secret
) -> dict[str, Any]:
    """Return the values that are fine, given or default, by name; note a fault for each other one."""
    note_unknown(table, faults)
    values: dict[str, Any] = {}
    for setting in declared(table.section):
        before = len(faults.found)
        value = _read(setting, table, base, faults, secret_of)
        if len(faults.found) == before:
            values[setting.name] = value
    return values


def _read(setting: Setting, table: Table, base: Path, faults: Faults, secret_of: SecretReader) -> object:
    key = setting.name
    if setting.file_key and table.has(setting.file_key):
        key = setting.file_key
    _note_rivals(key, table, faults)
    place = table.place_of(key)
    if key not in table.values:
        if setting.required:
            faults.add(place, "missing", setting.make)
            return None
        raw = setting.default
    else:
        raw = table.values[key]
    try:
        if key == setting.file_key:
            raw = _secret_from(base / _typed(setting, raw, f'{key} = "path"'), secret_of)
        if setting.kind is tuple:
            return _items(setting, raw, table, faults)
        return _absolute(_fit(setting, _typed(setting, raw, _example(setting, table))), base)
    except UnfitError as unfit:
        faults.add(place, unfit.problem, unfit.remedy)
        return None


def _note_rivals(key: str, table: Table, faults: Faults) -> None:
    if not table.has(key):
        return
    for rival in stand_ins(table.section).get(key, ()):
        if table.has(rival):
            faults.add(table.place_of(key), f"{rival} is set too", f"keep one of {rival} and {key}")


def _typed(setting: Setting, raw: Any, example: str) -> Any:
    kind = setting.kind
    if kind is tuple and isinstance(raw, list):
        return tuple(raw)
    if isinstance(raw, bool) is (kind is bool):
        if isinstance(raw, kind):
            return raw
        if kind is float and isinstance(raw, int) and raw.bit_length() < 64:
            return float(raw)
    raise UnfitError(f"not {setting.kind_in_words} but {_kind(setting, raw)}", f"write it like {example}")


def _kind(setting: Setting, raw: object) -> str:
    described = kind_of(raw)
    return described.partition(" (")[0] if setting.secret else described


def _example(setting: Setting, table: Table) -> str:
    variable = table.variables.get(setting.name)
    spelled = as_toml(setting.default)
    return f"{variable}={spelled}" if variable else f"{setting.name} = {spelled}"


def _items(setting: Setting, raw: object, table: Table, faults: Faults) -> tuple[Any, ...]:
    good = []
    for number, item in enumerate(_typed(setting, raw, _example(setting, table)), 1):
        try:
            if not isinstance(item, str):
                raise UnfitError(f"not text but {_kind(setting, item)}", "put it in quotes")
            good.append(_fit(setting, item))
        except UnfitError as unfit:
            place = f"{table.place_of(setting.name)}, item {number}"
            faults.add(place, unfit.problem, unfit.remedy)
    return tuple(good)


def _fit(setting: Setting, value: Any) -> Any:
    if value == PLACEHOLDER:
        raise UnfitError('still the "..." of the sample file', setting.make or "write a value of your own")
    return setting.checked(value)


def _absolute(value: Any, base: Path) -> Any:
    return base / value if isinstance(value, Path) else value


def _secret_from(path: Path, secret_of: SecretReader) -> str:
    """Read a secret from a file, without its last line end."""
    try:
        content = secret_of(path)
        if len(content) > _LONGEST_SECRET_FILE:
            raise UnfitError(f'"{path}" is too long for a secret', "name a file that holds the secret alone")
        return content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except FileNotFoundError:
        raise UnfitError(
            f'there is no file "{path}"', "create it with the secret in it, or correct the path"
        ) from None
    except UnicodeDecodeError:
        raise UnfitError(f'"{path}" is not UTF-8', "write the secret in letters and digits") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UnfitError(f'"{path}" cannot be read: {reason}', "let this user read it") from None
