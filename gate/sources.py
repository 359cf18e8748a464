"""The operator's files: read into memory, parsed into what a gatekeeper needs, watched for changes."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.bank.draw import choose_language, draw
from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.bank.sources import find_sources, read_sources
from gate.config import Config, Site, parse_config
from gate.config.reading import SecretReader, read_secret
from gate.errors import BankError, ConfigError, Fault
from gate.parsing import Faults, parse_toml
from gate.signing.keys import KeyRing, load_keys

Stamp = tuple[tuple[str, int, int, int], ...]
"""Path, modification time (ns), size and inode of each file: another stamp means another content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings, keys and questions that fit each other."""

    config: Config
    keys: KeyRing
    bank: Bank


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stood in the operator's files when they were read, all at one time."""

    config: bytes
    secrets: Mapping[str, bytes]
    keys: bytes | None
    bank: Mapping[str, bytes]

    def secret(self, path: Path) -> bytes:
        """Return what stood in a file that holds a secret."""
        try:
            return self.secrets[str(path)]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None

    def dump(self) -> str:
        """Return all of it as one text, secrets included."""
        bank, secrets = (
            {name: text.decode() for name, text in files.items()} for files in (self.bank, self.secrets)
        )
        keys = None if self.keys is None else self.keys.decode()
        return json.dumps({"config": self.config.decode(), "secrets": secrets, "keys": keys, "bank": bank})

    @classmethod
    def parse(cls, text: str) -> Content:
        """Return what ``dump`` wrote."""
        parts = json.loads(text)
        keys = None if parts["keys"] is None else parts["keys"].encode()
        bank, secrets = (
            {name: text.encode() for name, text in parts[files].items()} for files in ("bank", "secrets")
        )
        return cls(config=parts["config"].encode(), secrets=secrets, keys=keys, bank=bank)


class Source:
    """One configuration: a config.toml with the files it names, or a table that a host application brings.

    Args:
        path: the config.toml; None where ``table`` is given.
        table: the settings themselves, sections by name.
        base: the folder that relative paths are meant from; the file's own by default.
        environ: where ``GATE_STORE__URL`` and its like are looked up.
        complete: adds what a host application brings, and returns the keys it signs with; without it the
            configuration must hold keys and a site.
        allow_public_test_keys: whether ``testing`` is accepted where others can reach it.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        table: Mapping[str, Any] | None = None,
        base: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        complete: Callable[[Config], tuple[Config, KeyRing | None]] | None = None,
        allow_public_test_keys: bool = False,
    ) -> None:
        self._path = path
        self._place = path.name if path else "GATE_CONFIG"
        self._table = table or {}
        self._base = base or (path.absolute().parent if path else Path.cwd())
        self._environ = environ
        self._complete = complete
        self._allow_public_test_keys = allow_public_test_keys
        self._parsed_bank: tuple[tuple[Mapping[str, bytes], str], Bank] | None = None
        self._last_read: Config | None = None

    def read(self) -> Content:
        """Read all files; raise ``ConfigError`` or ``BankError`` with every fault of the first that fails."""
        content = b"" if self._path is None else _read(self._path)
        secrets: dict[str, bytes] = {}

        def secret_of(path: Path) -> bytes:
            return secrets.setdefault(str(path), read_secret(path))

        config, _ = self._config(content, secret_of)
        self._last_read = config
        return Content(
            config=content,
            secrets=secrets,
            keys=_read(config.signing.file) if config.signing.file else None,
            bank=read_sources(config.bank.files, config.base),
        )

    def parse(self, content: Content) -> Loaded:
        """Check what was read and make it usable; raise as ``read`` does."""
        config, keys = self._config(content.config, content.secret)
        if content.keys is not None and config.signing.file is not None:
            keys = load_keys(content.keys, config.signing.file.name)
        elif keys is None:
            keys = KeyRing.of(config.signing.current, config.signing.previous)
        bank = self._bank(content.bank, config.bank.lang)
        faults = tuple(unaskable(config, bank, self._place))
        if faults:
            raise ConfigError(faults)
        return Loaded(config=config, keys=keys, bank=bank)

    def load(self) -> Loaded:
        """Read and parse."""
        return self.parse(self.read())

    def stamp(self, config: Config) -> Stamp:
        """Return what changes when a file of ``config``, or of the one read last, changes, comes or goes."""
        read = self._last_read or config
        return tuple(_stamp(path) for path in dict.fromkeys((*self._files(config), *self._files(read))))

    def _bank(self, content: Mapping[str, bytes], lang: str) -> Bank:
        """Parse the questions unless they are those parsed last: a change of keys must be in force at once."""
        if self._parsed_bank is None or self._parsed_bank[0] != (content, lang):
            self._parsed_bank = (content, lang), parse_bank(content, lang)
        return self._parsed_bank[1]

    def _files(self, config: Config) -> Iterator[Path]:
        if self._path is not None:
            yield self._path
        if config.signing.file is not None:
            yield config.signing.file
        yield from config.secret_files
        yield from (path for _, path in find_sources(config.bank.files, config.base))

    def _config(self, content: bytes, secret_of: SecretReader) -> tuple[Config, KeyRing | None]:
        place = self._place
        table: Mapping[str, Any] | None = self._table
        if self._path is not None:
            faults = Faults()
            table = parse_toml(content, place, faults)
            faults.raise_as(ConfigError)
        config = parse_config(
            table or {},
            place=place,
            base=self._base,
            environ=self._environ,
            embedded=self._complete is not None,
            allow_public_test_keys=self._allow_public_test_keys,
            secret_of=secret_of,
        )
        return self._complete(config) if self._complete is not None else (config, None)


def unaskable(config: Config, bank: Bank, place: str) -> Iterator[Fault]:
    """Yield a fault for each site whose posters would be sent away, because no question fits it."""
    for number, site in enumerate(config.sites, 1):
        here = f'{place}: [[site]] #{number} "{site.sitekey}"'
        langs = config.langs_of(site)
        offered = dict.fromkeys(
            _in_bank(lang, bank) for lang in langs if _in_bank(lang, bank) in bank.languages
        )
        if not offered:
            known = ", ".join(bank.languages)
            problem = f"no enabled question in {' or '.join(langs)}"
            yield Fault(here, problem, f"write some, or name a language of the bank: {known}")
        for lang in offered:
            try:
                draw(bank, lang=lang, tags=site.tags, rng=lambda _: 0)
            except BankError as error:
                yield from (Fault(here, fault.problem, fault.remedy) for fault in error.faults)


def unasked_languages(config: Config, bank: Bank, site: Site) -> list[str]:
    """Return those of a site's languages that the bank has no question in."""
    return [lang for lang in config.langs_of(site) if _in_bank(lang, bank) not in bank.languages]


def _in_bank(lang: str, bank: Bank) -> str:
    return choose_language((lang,), (), None, bank.languages)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        faults = Faults()
        faults.add(
            path.name,
            f"cannot be read ({error.strerror})",
            "check the path and its permissions, or run `gate init`",
        )
        raise ConfigError(faults.found) from None


def _stamp(path: Path) -> tuple[str, int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (str(path), 0, 0, 0)
    return (str(path), status.st_mtime_ns, status.st_size, status.st_ino)
