"""The key ring: one key is named to sign, the others only verify until they retire.

Order means nothing here: which key signs is said by name.
"""

from __future__ import annotations

import hmac
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from gate.errors import ConfigError, ExplainedError, Fault, WeakKeyError
from gate.parsing import Faults, kind_of, nearest, unknown_keys
from gate.signing.strength import NEW_KEY, SECRET_BYTES, check_secret, weak_reason

__all__ = [
    "KID_BYTES",
    "NEW_KEY",
    "Key",
    "KeyRing",
    "KeyRingError",
    "Mac",
    "check_secret",
    "load_keys",
    "weak_reason",
]

KID_BYTES = 4

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class KeyRingError(ExplainedError):
    """Keys that do not make a ring."""


class Mac:
    """HMAC-SHA256 (RFC 2104) under one key, its two padded states kept ready: the same bytes in less time."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = sha256(block.translate(_INNER))
        self._outer = sha256(block.translate(_OUTER))

    def digest(self, value: bytes) -> bytes:
        """Return the 32 bytes that ``hmac.digest(key, value, "sha256")`` returns."""
        inner = self._inner.copy()
        inner.update(value)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of at least 32 bytes; ``kid`` is the short id that tokens carry, derived from the secret.

    ``name`` is for people; it is derived where none is given. ``retires`` is when the key stops to verify
    challenges and tokens, in seconds since 1970; None is never. Receipts it verifies for their 90 days more.
    """

    secret: bytes = field(repr=False)
    name: str = ""
    retires: float | None = None
    kid: bytes = field(init=False)
    _derived: dict[str, tuple[bytes, Mac]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.secret) < SECRET_BYTES:
            problem = f"the key has only {len(self.secret)} of at least {SECRET_BYTES} bytes"
            raise WeakKeyError(problem, NEW_KEY)
        object.__setattr__(self, "kid", self.derive("kid")[:KID_BYTES])
        object.__setattr__(self, "name", self.name or f"key-{self.kid.hex()}")

    def derive(self, label: str) -> bytes:
        """Return the 32-byte key for one purpose. Labels are constants of the code: each is remembered."""
        return self._derivation(label)[0]

    def mac(self, label: str) -> Mac:
        """Return the HMAC under the key derived for ``label``."""
        return self._derivation(label)[1]

    def _derivation(self, label: str) -> tuple[bytes, Mac]:
        found = self._derived.get(label)
        if found is None:
            # The prefix keeps these keys apart from those that a signer derives with its salt.
            derived = hmac.digest(self.secret, b"gate.derive:" + label.encode(), "sha256")
            found = self._derived[label] = (derived, Mac(derived))
        return found


class KeyRing:
    """All keys that verify, and the one of them that signs.

    Args:
        keys: the keys; no two with one name or one wire id.
        signing: the one that signs, or its name; it has no retirement date.

    Raises:
        KeyRingError: the keys do not make a ring.
    """

    __slots__ = ("_by_kid", "signing")

    signing: Key

    def __init__(self, keys: Sequence[Key], signing: Key | str) -> None:
        self._by_kid: dict[bytes, Key] = {}
        by_name: dict[str, Key] = {}
        for key in keys:
            rival = by_name.get(key.name) or self._by_kid.get(key.kid)
            if rival is not None:
                problem = f'the keys "{rival.name}" and "{key.name}" have one name or one secret'
                raise KeyRingError(problem, "remove one of them")
            by_name[key.name] = self._by_kid[key.kid] = key
        named = by_name.get(signing) if isinstance(signing, str) else self._by_kid.get(signing.kid)
        if named is None:
            raise KeyRingError("the signing key is not among the keys", "name one that is")
        self.signing = named
        if named.retires is not None:
            problem = f'the signing key "{named.name}" has a retirement date'
            raise KeyRingError(problem, "name another key to sign, or remove the date")

    @classmethod
    def of(cls, current: str, previous: Sequence[str] = ()) -> KeyRing:
        """Build a ring from secrets as a configuration has them; the previous ones verify without an end.

        Raises:
            WeakKeyError: one of them could be guessed.
            KeyRingError: one of them stands there twice.
        """
        signing = Key(check_secret(current, "the current key"), "current")
        others = [
            Key(check_secret(text, f"previous key {number}"), f"previous {number}")
            for number, text in enumerate(previous, start=1)
        ]
        return cls((signing, *others), signing)

    @classmethod
    def derived(cls, secret_key: bytes, fallbacks: Sequence[bytes], label: str) -> KeyRing:
        """Build a ring from a host application's secret key and its fallbacks, which keep their own use.

        Each becomes a key by HMAC-SHA256 with ``label``. How strong they are is not looked at: see
        ``weak_reason``. A fallback that is repeated counts once.
        """
        secrets = dict.fromkeys((secret_key, *fallbacks))
        keys = [Key(hmac.digest(secret, label.encode(), "sha256")) for secret in secrets]
        return cls(keys, keys[0])

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, retired ones too, in the order given."""
        return tuple(self._by_kid.values())

    def verifying(self, kid: bytes, now: float) -> Key | None:
        """Return the key with this wire id, None if there is none or it has retired at ``now`` (seconds)."""
        key = self._by_kid.get(kid)
        if key is None or (key.retires is not None and now >= key.retires):
            return None
        return key

    def derive(self, label: str) -> bytes:
        """Return the signing key's 32-byte key for one purpose; another signing key gives another."""
        return self.signing.derive(label)

    def mac(self, label: str, value: bytes) -> bytes:
        """Return the 32-byte HMAC-SHA256 of ``value`` under ``derive(label)``."""
        return self.signing.mac(label).digest(value)

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._by_kid)}, signing with {self.signing.name!r}>"


def load_keys(text: str | bytes, place: str) -> KeyRing:
    """Read a key file: ``signing = "<name>"`` and one ``[[key]]`` with ``name`` and ``secret`` for each key.

    A key may say when it was ``created`` and when it ``retires``, as TOML dates with time and offset.

    Args:
        text: what stands in the file.
        place: the file's name, for messages.

    Raises:
        ConfigError: every fault in the file; none shows a secret.
    """
    document = _parsed(text, place)
    faults = Faults()
    unknown_keys(document, ("signing", "key"), place, faults)
    tables = document.get("key", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        faults.add(f"{place}: key", "no keys", "write one `[[key]]` with `name` and `secret` for each key")
        tables = []
    keys = [_read_key(table, f"{place}: key[{number}]", faults) for number, table in enumerate(tables)]
    _check_signing(document.get("signing"), tables, place, faults)
    _check_twins(keys, place, faults)
    faults.raise_as(ConfigError)
    return KeyRing([key for key in keys if key is not None], document["signing"])


def _parsed(text: str | bytes, place: str) -> dict[str, Any]:
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        return tomllib.loads(plain.removeprefix("\ufeff"))
    except UnicodeDecodeError:
        fault = Fault(place, "not UTF-8", "save the file as UTF-8")
    except (ValueError, RecursionError) as error:
        # Unlike parse_toml's, this remedy quotes nothing of the file: it may be a secret.
        fault = Fault(place, f"not TOML: {error}", "correct the file at that place")
    raise ConfigError([fault])


def _check_signing(signing: object, tables: Sequence[Mapping[str, Any]], place: str, faults: Faults) -> None:
    named = {table["name"]: table for table in tables if isinstance(table.get("name"), str)}
    if not isinstance(signing, str):
        problem = "missing" if signing is None else f"{kind_of(signing)} where a key's name belongs"
        faults.add(f"{place}: signing", problem, 'name the key that signs: signing = "<name>"')
    elif signing not in named and named:
        # The text itself is not shown: a secret may have been put in the name's place.
        faults.add(f"{place}: signing", "no key has this name", nearest(signing, named))
    elif "retires" in named.get(signing, {}):
        remedy = "let another key sign, or remove the date"
        faults.add(f"{place}: signing", "this key has a date to retire", remedy)


def _check_twins(keys: Sequence[Key | None], place: str, faults: Faults) -> None:
    seen: dict[str | bytes, int] = {}
    known = [(number, key) for number, key in enumerate(keys) if key is not None]
    for number, key in known:
        for mark, what in ((key.name, "name"), (key.kid, "secret")):
            first = seen.setdefault(mark, number)
            if first != number:
                problem = f"has the {what} of key[{first}]"
                faults.add(f"{place}: key[{number}]", problem, "remove one of the two")


def _read_key(table: Mapping[str, Any], place: str, faults: Faults) -> Key | None:
    before = len(faults.found)
    unknown_keys(table, ("name", "secret", "created", "retires"), place, faults)
    name, secret = table.get("name"), table.get("secret")
    if not isinstance(name, str) or not name:
        faults.add(f"{place}: name", "missing or not text", 'give the key a name: name = "2026-11"')
    if not isinstance(secret, str):
        faults.add(f"{place}: secret", "missing or not text", NEW_KEY)
    else:
        try:
            check_secret(secret)
        except WeakKeyError as error:
            faults.add(f"{place}: secret", error.problem, error.remedy)
    created, retires = (_read_time(table, label, place, faults) for label in ("created", "retires"))
    if created is not None and retires is not None and retires <= created:
        faults.add(f"{place}: retires", "before the key was created", "give a later date")
    if len(faults.found) > before or not isinstance(name, str) or not isinstance(secret, str):
        return None
    return Key(check_secret(secret), name, retires)


def _read_time(table: Mapping[str, Any], label: str, place: str, faults: Faults) -> float | None:
    value = table.get(label)
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.timestamp()
    problem = "a date without time and offset" if hasattr(value, "isoformat") else "not a date"
    faults.add(f"{place}: {label}", problem, f"write it as {label} = 2026-11-25T10:00:00Z")
    return None
