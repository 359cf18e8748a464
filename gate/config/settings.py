"""How a setting is declared: once, with name, type, default, unit and help; all else is read off that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

PLACEHOLDER = "..."
"""Stands in the sample file where the operator must put something; no setting takes it for a value."""

_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    tuple: "a list of texts",
}


class UnfitError(Exception):
    """A value that a setting does not take: what is wrong with it, what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One declared setting.

    ``default`` is as the file spells it, and its type is the setting's. ``check`` takes a value of that type
    (of a list: each item) and returns it as the program uses it, or raises ``UnfitError``. ``make`` tells
    where a value comes from that has no default. ``instead_of`` names keys that may not stand beside it.
    """

    name: str = ""
    default: Any
    help: str
    unit: str = ""
    secret: bool = False
    required: bool = False
    make: str = ""
    check: Callable[[Any], Any] | None = None
    instead_of: tuple[str, ...] = ()

    @property
    def kind(self) -> type:
        """The type that the file's value must have."""
        return type(self.default)

    @property
    def kind_in_words(self) -> str:
        """The type as a message names it."""
        return _WORDS[self.kind]

    @property
    def file_key(self) -> str | None:
        """The key that names a file to read this secret from."""
        return f"{self.name}_file" if self.secret and self.kind is str else None

    @property
    def sample(self) -> str:
        """The value that the sample file shows, as TOML."""
        return as_toml(PLACEHOLDER if self.make else self.default)

    def checked(self, value: Any) -> Any:
        """Return one value (of a list: one item) as the program uses it."""
        return value if self.check is None else self.check(value)


def setting(
    default: Any,
    *,
    help: str,
    unit: str = "",
    secret: bool = False,
    required: bool = False,
    make: str = "",
    check: Callable[[Any], Any] | None = None,
    instead_of: tuple[str, ...] = (),
) -> Any:
    """Declare a setting as a dataclass field; the arguments are those of ``Setting``."""
    declared = Setting(
        default=default,
        help=help,
        unit=unit,
        secret=secret,
        required=required,
        make=make,
        check=check,
        instead_of=instead_of,
    )
    value: Any
    if required:
        value = MISSING
    elif isinstance(default, tuple):
        value = tuple(declared.checked(item) for item in default)
    else:
        value = declared.checked(default)
    # The stubs of field() know no default that may be missing.
    make_field: Any = field
    return make_field(default=value, repr=not secret, metadata={"setting": declared})


def declared(section: type) -> Iterator[Setting]:
    """Yield the settings of a section's dataclass, in order."""
    for each in fields(section):
        found = each.metadata.get("setting")
        if found is not None:
            yield replace(found, name=each.name)


def keys_of(section: type) -> dict[str, Setting | None]:
    """Return all keys that a section reads; those for a file with a secret have no setting of their own."""
    keys: dict[str, Setting | None] = {}
    for each in declared(section):
        keys[each.name] = each
        if each.file_key:
            keys[each.file_key] = None
    return keys


def as_toml(value: Any) -> str:
    """Spell a value of a setting as TOML: ``as_toml(("a", "b"))`` is '["a", "b"]'."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
