"""The keys of one configuration, wherever they stand, as `gate keys` changes them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gate.cli.messages import Refused
from gate.cli.private import read_text, write_private, write_text
from gate.config import load_config
from gate.config.editing import move_keys
from gate.errors import GateError
from gate.parsing import nearest
from gate.signing.keyfile import KeyFile
from gate.signing.keys import KeyRing

_FILE = "keys.toml"
_VARIABLE = "GATE_SIGNING__"


class Keys:
    """Keys that are read, changed by ``document`` and saved.

    Keys that stand in the config itself go to a file of their own when they are first saved: there each can have
    a date. Raises ``Refused`` where they can be changed in neither.
    """

    def __init__(self, config: Path) -> None:
        set_there = sorted(name for name in os.environ if name.startswith(_VARIABLE))
        if set_there:
            raise Refused(
                f"the keys come from the environment ({', '.join(set_there)}), which no command can change; "
                f"name a file there instead: {_VARIABLE}FILE={_FILE}, and run this without those variables"
            )
        self.config = config
        self.settings = load_config(config, allow_public_test_keys=True)
        signing = self.settings.signing
        self.moves = signing.file is None
        self.path = signing.file or config.absolute().parent / _FILE
        if self.moves:
            ring = KeyRing.of(signing.current, signing.previous)
            self.document = KeyFile.of(ring, self.path.name)
            self._before: str | None = None
        else:
            self._before = read_text(self.path)
            self.document = KeyFile(self._before, self.path.name)

    def find(self, wanted: str, hint: str) -> str:
        """Return the name of the key that a person calls ``wanted``; one that there is not is wrong use.

        ``hint`` is what the command calls the argument.
        """
        entries = list(self.document.entries())
        for entry in entries:
            if wanted in (entry.name, entry.kid, f"key-{entry.kid}"):
                return entry.name
        names = [entry.name for entry in entries]
        raise click.BadParameter(f"no key has this id; {nearest(wanted, names)}", param_hint=hint)

    def save(self) -> None:
        """Write what was changed; a running gate takes it over with its next look."""
        if self.moves and self.path.exists():
            raise Refused(
                f"{self.path} is there already, and {self.config.name} does not name it; "
                f'move it away, or write file = "{_FILE}" in [signing] if it holds the keys'
            )
        settings, moved = "", ""
        if self.moves:
            settings = read_text(self.config)
            moved = move_keys(settings, self.config.name, _FILE)
        text = self.document.text
        write_private(self.path, text, like=self.config, instead_of=self._before)
        self._before = text
        if self.moves:
            try:
                write_text(self.config, moved, instead_of=settings)
            except (GateError, Refused):
                self.path.unlink()
                raise
            self.moves = False
