"""Where the pages and the static files lie, in a checkout and when installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"


def templates() -> Path:
    """Return the folder with gate's pages: in the package when installed, beside it in a checkout."""
    roots = (PACKAGE, PACKAGE.parent)
    for root in roots:
        if (root / "templates" / "gate" / "field.html").is_file():
            return root / "templates"
    places = " nor in ".join(str(root / "templates") for root in roots)
    raise FileNotFoundError(f"gate's pages are neither in {places}: install the package again")
