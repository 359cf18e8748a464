"""Changes to a config.toml that leave every comment and all else in it as it was."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from gate.config.settings import as_toml
from gate.errors import ConfigError, Fault

__all__ = ["add_site", "move_keys"]

_BOM = "\ufeff"


def move_keys(text: str, place: str, file: str) -> str:
    """Return the settings with their keys in ``file``, so that none is left in them.

    Raises:
        ConfigError: it is written in a way that cannot be changed without touching the rest.
    """
    plain = text.removeprefix(_BOM)
    document, expected = tomlkit.parse(plain), tomllib.loads(plain)
    for each in (document, expected):
        signing: Any = each["signing"]
        signing.pop("current_file", None)
        for key, empty in (("current", ""), ("previous", [])):
            if key in signing:
                signing[key] = empty
        signing["file"] = file
    remedy = f'move the keys to {file} by hand, and write file = "{file}"'
    return _checked(text[: -len(plain)] + tomlkit.dumps(document), expected, f"{place}: [signing]", remedy)


def add_site(text: str, place: str, site: Mapping[str, Any]) -> str:
    """Return the settings with one more site at the end; raise as ``move_keys`` does."""
    expected = tomllib.loads(text.removeprefix(_BOM))
    expected.setdefault("site", []).append({key: _plain(value) for key, value in site.items()})
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = ["", "[[site]]", *(f"{key} = {as_toml(value)}" for key, value in site.items()), ""]
    end = "" if not text or text.endswith("\n") else newline
    added = text + end + newline.join(lines)
    return _checked(added, expected, f"{place}: [[site]]", "add the site there by hand")


def _checked(changed: str, expected: Mapping[str, Any], place: str, remedy: str) -> str:
    try:
        if tomllib.loads(changed.removeprefix(_BOM)) == expected:
            return changed
    except ValueError:
        pass
    raise ConfigError(
        [Fault(place, "written in a way that cannot be changed without touching the rest", remedy)]
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
