"""gate: ask one plain question before a reply is posted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.web.client import GateClient
    from gate.web.extension import Gate
    from gate.web.field import GateField

__version__ = "0.1.0"
__all__ = ["Gate", "GateClient", "GateField", "__version__"]

_DOORS = {"Gate": "gate.web.extension", "GateClient": "gate.web.client", "GateField": "gate.web.field"}


def __getattr__(name: str) -> Any:
    """Load a public door when it is first named, so that the core never loads Flask."""
    if name not in _DOORS:
        raise AttributeError(f"module 'gate' has no attribute {name!r}")
    return getattr(import_module(_DOORS[name]), name)
