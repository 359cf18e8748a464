"""docs/clients.md names each client that is tested, in the version that is tested where npm fixes one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.clients.test_python_clients import CLIENTS

DOCUMENTED = dict(
    re.findall(r"^\| ([^ |,]+).*? \| ([\d.]+) \|.*tested", Path("docs/clients.md").read_text("utf-8"), re.M)
)
NO_CLIENTS = {
    "@nestjs/common",
    "@nestjs/core",
    "react",
    "react-dom",
    "reflect-metadata",
    "rxjs",
    "solid-js",
    "vue",
    "vue-demi",
}


def test_each_python_client_is_documented() -> None:
    assert {name for _, _, name in CLIENTS} <= {name.lower() for name in DOCUMENTED}


def test_each_client_from_npm_is_documented_in_its_version() -> None:
    for folder in ("node", "npm"):
        package = json.loads((Path(__file__).parent / folder / "package.json").read_text("utf-8"))
        clients = {name: found for name, found in package["dependencies"].items() if name not in NO_CLIENTS}
        assert clients.items() <= DOCUMENTED.items()
