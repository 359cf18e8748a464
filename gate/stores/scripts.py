"""Lua scripts, which Redis runs in one step each."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1
from importlib import resources
from typing import Any

from redis.exceptions import NoScriptError

__all__ = ["Script"]


class Script:
    """The files ``lua/NAME.lua`` put together, sent by their hash where the server knows them."""

    def __init__(self, *names: str) -> None:
        folder = resources.files("gate.stores") / "lua"
        self._text = b"".join((folder / f"{name}.lua").read_bytes() for name in names)
        self._hash = sha1(self._text, usedforsecurity=False).hexdigest()

    def run(self, client: Any, keys: Sequence[bytes], *args: bytes | int) -> Any:
        """Run it; all keys must have one hash tag."""
        try:
            return client.evalsha(self._hash, len(keys), *keys, *args)
        except NoScriptError:
            return client.eval(self._text, len(keys), *keys, *args)
