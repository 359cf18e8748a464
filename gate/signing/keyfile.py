"""The key file as a document that is edited: what people wrote into it stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import tomlkit
from tomlkit.items import AoT

from gate.errors import ConfigError, Fault
from gate.signing.claims import RECEIPT_MS, SKEW_MS
from gate.signing.keys import Key, KeyRing, load_keys

__all__ = ["Entry", "KeyFile"]

_HEADING = (
    "The keys that challenges, tokens and receipts are signed with. `signing` names the one that signs what",
    "is new; the others verify until they retire. `gate keys rotate` and `gate keys drop` look after this file.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key without its secret; times are seconds since 1970, None where the file has none."""

    name: str
    kid: str
    signs: bool
    created: float | None
    retires: float | None

    @property
    def gone(self) -> float | None:
        """When nothing at all can bear its signature any more, receipts included."""
        return None if self.retires is None else self.retires + (RECEIPT_MS + SKEW_MS) / 1000


class KeyFile:
    """The text of a key file; every change leaves one that loads.

    Raises ``ConfigError`` with every fault of ``text``; ``place`` is the file's name, for messages.
    """

    def __init__(self, text: str, place: str) -> None:
        self._place = place
        self._ring = load_keys(text, place)
        self._document: Any = tomlkit.parse(text.removeprefix("\ufeff"))
        if not isinstance(self._document["key"], AoT):
            remedy = "write [[key]] above the name and secret of each key"
            raise ConfigError(
                [Fault(f"{place}: key", "a list, in which no key can be changed alone", remedy)]
            )

    @classmethod
    def of(cls, ring: KeyRing, place: str) -> KeyFile:
        """Write down keys that stood elsewhere, each named after its wire id."""
        document: Any = tomlkit.document()
        for line in _HEADING:
            document.add(tomlkit.comment(line))
        document["signing"] = _name_of(ring.signing)
        document.add(tomlkit.nl())
        document["key"] = tomlkit.aot()
        for key in ring.keys:
            document["key"].append(_table(name=_name_of(key), secret=key.secret.decode()))
        return cls(tomlkit.dumps(document), place)

    @property
    def text(self) -> str:
        """The file as it is now."""
        return tomlkit.dumps(self._document)

    @property
    def signing(self) -> str:
        """The name of the key that signs."""
        return str(self._document["signing"])

    def entries(self) -> Iterator[Entry]:
        """Yield the keys in the order of the file."""
        kids = {key.name: key.kid.hex() for key in self._ring.keys}
        for table in self._document["key"]:
            name = str(table["name"])
            yield Entry(
                name=name,
                kid=kids[name],
                signs=name == self.signing,
                created=_seconds(table.get("created")),
                retires=_seconds(table.get("retires")),
            )

    def add(self, secret: str, now: float) -> str:
        """Add a key that signs nothing yet; return its name."""
        name = _name_of(Key(secret.encode()))
        self._document["key"].append(_table(name=name, secret=secret, created=_time(now)))
        self._reload()
        return name

    def sign_with(self, name: str, retires: float) -> None:
        """Let this key sign; every other one that has no end yet ends at ``retires``."""
        for table in self._document["key"]:
            if table["name"] == name:
                table.pop("retires", None)
            elif "retires" not in table:
                table["retires"] = _time(retires)
        self._document["signing"] = name
        self._reload()

    def drop(self, name: str) -> None:
        """Take a key out that does not sign."""
        keys = self._document["key"]
        del keys[next(number for number, table in enumerate(keys) if table["name"] == name)]
        self._reload()

    def prune(self, now: float) -> list[str]:
        """Take out the keys that nothing can need any more; return their names."""
        gone = [entry.name for entry in self.entries() if entry.gone is not None and entry.gone < now]
        for name in gone:
            self.drop(name)
        return gone

    def _reload(self) -> None:
        self._ring = load_keys(self.text, self._place)


def _name_of(key: Key) -> str:
    return f"key-{key.kid.hex()}"


def _table(**values: Any) -> Any:
    table = tomlkit.table()
    table.update(values)
    return table


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value.timestamp())
