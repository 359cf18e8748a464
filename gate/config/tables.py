"""The tables of a configuration before they are checked, each value with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.config.sections import SECTIONS
from gate.config.settings import declared, keys_of
from gate.config.sites import Site
from gate.parsing import Faults, kind_of, nearest

MOST_SITES = 1000


@dataclass(slots=True, kw_only=True)
class Table:
    """The raw values of one section; ``variables`` names the environment variable that a value came from."""

    place: str
    section: type
    values: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def place_of(self, key: str) -> str:
        """Say where the value of ``key`` stands."""
        return self.variables.get(key) or f"{self.place} {key}"

    def has(self, key: str) -> bool:
        """Say whether ``key`` is set to something: an empty text or list is as good as none."""
        return self.values.get(key) not in (None, "", [], ())

    def override(self, key: str, value: Any, variable: str) -> None:
        """Set ``key`` from the environment, and drop what the file has in its stead."""
        for rival in rivals_of(self.section, key):
            if rival not in self.variables:
                self.values.pop(rival, None)
        self.values[key] = value
        self.variables[key] = variable


@dataclass(slots=True, kw_only=True)
class Tables:
    """All tables of one configuration."""

    place: str
    sections: dict[str, Table]
    sites: list[Table]

    def new_site(self, values: dict[str, Any] | None = None, *, number: int) -> Table:
        """Append a site, named by its number in the file, counted from 1."""
        place = f"{self.place}: [[site]] #{number}"
        table = Table(place=place, section=Site, values=values or {})
        self.sites.append(table)
        return table


def stand_ins(section: type) -> dict[str, tuple[str, ...]]:
    """Return the keys of a section that may be set instead of others, with those others."""
    found: dict[str, tuple[str, ...]] = {}
    for setting in declared(section):
        if setting.instead_of:
            found[setting.name] = setting.instead_of
        if setting.file_key:
            found[setting.file_key] = (setting.name,)
    return found


def rivals_of(section: type, key: str) -> Iterator[str]:
    """Yield the keys of a section that ``key`` stands in for, and those that stand in for it."""
    for stand_in, replaced in stand_ins(section).items():
        if stand_in == key:
            yield from replaced
        elif key in replaced:
            yield stand_in


def sort_out(raw: Mapping[str, Any], place: str, faults: Faults) -> Tables:
    """Lay out the tables of a parsed file; what is no known section, or no table, is a fault."""
    sections = {
        name: Table(place=f"{place}: [{name}]", section=section) for name, section in SECTIONS.items()
    }
    tables = Tables(place=place, sections=sections, sites=[])
    for name, value in raw.items():
        if name == "site":
            _sort_out_sites(value, tables, faults)
        elif name not in sections:
            faults.add(f"{place}: {name}", "unknown section", nearest(str(name), [*sections, "site"]))
        elif isinstance(value, Mapping):
            sections[name].values = {str(key): item for key, item in value.items()}
        else:
            faults.add(f"{place}: {name}", f"no table but {kind_of(value)}", f"write [{name}] above its keys")
    return tables


def _sort_out_sites(value: object, tables: Tables, faults: Faults) -> None:
    place = f"{tables.place}: site"
    if not isinstance(value, list | tuple):
        remedy = "write [[site]], in two brackets, above its keys"
        faults.add(place, f"no list of tables but {kind_of(value)}", remedy)
        return
    if len(value) > MOST_SITES:
        faults.add(place, f"{len(value)} sites", f"{MOST_SITES} is the most")
        return
    for number, item in enumerate(value, 1):
        if isinstance(item, Mapping):
            tables.new_site({str(key): each for key, each in item.items()}, number=number)
        else:
            faults.add(f"{place} #{number}", f"no table but {kind_of(item)}", "write [[site]] above its keys")


def note_unknown(table: Table, faults: Faults) -> None:
    """Note each key of a table that nobody reads, with the nearest known one."""
    known = keys_of(table.section)
    for key in table.values:
        if key not in known:
            faults.add(table.place_of(key), "unknown key", nearest(key, known))
