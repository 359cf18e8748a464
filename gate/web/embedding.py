"""What a Flask application brings along, so that nothing needs to be configured: keys, a site, a folder."""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from flask import Flask

from gate import __version__
from gate.config import Config, Site
from gate.errors import ConfigError, Fault, WeakKeyError
from gate.live import Live
from gate.signing.keys import KeyRing
from gate.signing.strength import weak_reason
from gate.sources import Source
from gate.stores.servers import without_password
from gate.summary import summary
from gate.web.client import GateClient
from gate.web.guard import Guard, LocalGuard

_log = logging.getLogger("gate")

SITEKEY = "embedded"
_LABEL = "gate embedded v1"
_LEAST_BYTES = 16


def guard_for(app: Flask, *, clock: Callable[[], float] = time.time) -> Guard:
    """Return the gate that guards ``app``: the one that ``GATE_URL`` names, else one inside it."""
    url = app.config.get("GATE_URL")
    if url:
        _log.info("gate %s in %s; asking %s", __version__, app.name, without_password(url))
        return GateClient(url, app.config.get("GATE_SITEKEY", ""), app.config.get("GATE_SECRET", ""))
    live = embedded(app, clock=clock)
    _log.info(
        "gate %s in %s; %s", __version__, app.name, "; ".join(summary(live.config, live.gatekeeper.bank))
    )
    return LocalGuard(live)


def embedded(app: Flask, *, clock: Callable[[], float] = time.time) -> Live:
    """Return the gate that runs inside ``app``.

    ``GATE_CONFIG`` is a path to a config.toml, or a mapping of the same shape; without it the defaults hold.
    Relative paths in a mapping are meant from ``instance/gate/``, where the store lies too.

    Raises:
        ConfigError, BankError: the settings or the questions cannot be used.
        WeakKeyError: ``SECRET_KEY`` is missing, or it or one of ``SECRET_KEY_FALLBACKS`` could be guessed.
        StoreError: the store cannot be used.
    """
    given = app.config.get("GATE_CONFIG")
    if given == "":  # an environment variable that says nothing
        given = None

    def complete(config: Config) -> tuple[Config, KeyRing | None]:
        own_keys = bool(config.signing.current or config.signing.file)
        keys = None if own_keys else _keys(app)
        sites = config.sites or (_site(app, config.signing.current.encode() or _secret_key(app)),)
        server = replace(config.server, workers=1)
        return replace(config, sites=sites, server=server), keys

    if given is None or isinstance(given, Mapping):
        base = Path(app.instance_path) / "gate"
        return Live(Source(table=given or {}, base=base, environ={}, complete=complete), clock=clock)
    if isinstance(given, str | Path):
        path = Path(app.root_path, given)
        return Live(Source(path, environ={}, complete=complete), clock=clock)
    raise ConfigError(
        [
            Fault(
                "GATE_CONFIG",
                f"is a {type(given).__name__}",
                "give a path to a config.toml, or a dict like one",
            )
        ]
    )


def _site(app: Flask, secret: bytes) -> Site:
    digest = hmac.digest(secret, b"gate embedded site", "sha256")
    return Site(name=app.name, sitekey=SITEKEY, secret=digest.hex())


def _keys(app: Flask) -> KeyRing:
    return KeyRing.derived(_secret_key(app), _fallbacks(app), _LABEL)


def _secret_key(app: Flask) -> bytes:
    remedy = (
        "put this line where your application is configured, and keep it to yourself: "
        f'app.config["SECRET_KEY"] = "{secrets.token_urlsafe(48)}"'
    )
    if not app.secret_key:
        raise WeakKeyError("SECRET_KEY is missing", remedy)
    return _strong("SECRET_KEY", app.secret_key, remedy)


def _fallbacks(app: Flask) -> list[bytes]:
    """Return the former keys: whoever can guess one of them can sign with it as well as with the present one."""
    name = "SECRET_KEY_FALLBACKS"
    given = app.config.get(name) or ()
    if isinstance(given, str | bytes):
        raise WeakKeyError(f"{name} is one text", "write it in brackets: each item of the list is a key")
    remedy = "remove it: forms that are open cost one more question then"
    return [_strong(f"{name}, item {number},", key, remedy) for number, key in enumerate(given, start=1)]


def _strong(what: str, key: object, remedy: str) -> bytes:
    octets = key.encode() if isinstance(key, str) else key
    if not isinstance(octets, bytes):
        raise WeakKeyError(f"{what} is of type {type(key).__name__}, not text", remedy)
    reason = weak_reason(octets, _LEAST_BYTES)
    if reason is not None:
        raise WeakKeyError(f"{what} {reason}", remedy)
    return octets
