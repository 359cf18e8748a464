"""The command ``gate``: the one place that knows click."""

from __future__ import annotations

from gate.cli.program import main

__all__ = ["main"]
