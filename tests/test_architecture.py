"""Imports point one way: each room knows only those before it, and web frameworks stay in their rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import gate

PACKAGE = Path(gate.__file__).parent

ROOMS = [
    {"errors"},
    {"files", "parsing", "languages", "hosts", "places"},
    {"answers"},
    {"bank"},
    {"signing"},
    {"stores"},
    {"config"},
    {"clients", "figures", "sites", "statistics", "summary", "verdicts"},
    {"expected", "limiter", "marks"},
    {"asking"},
    {"judging"},
    {"gatekeeper"},
    {"sources"},
    {"live"},
    {"web"},
    {"testing"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
AT_HOME = {
    "flask": {"web"},
    "werkzeug": {"web"},
    "wtforms": {"web"},
    "markupsafe": {"web"},
    "prometheus_client": {"web"},
    "granian": {"web", "cli"},
    "click": {"cli"},
    "sqlite3": {"stores", "web"},
    "itsdangerous": {"signing"},
    "jinja2": {"bank"},
    "tomlkit": {"bank", "config", "signing"},
}


def test_imports_point_upward_only() -> None:
    """A room imports rooms above it in the list; nothing else."""
    wrong = [
        f"{module} imports {target}"
        for module, target in _own_imports()
        if LEVEL[_room(target)] > LEVEL[_room(module)]
        or (LEVEL[_room(target)] == LEVEL[_room(module)] and _room(target) != _room(module))
    ]
    assert not wrong


def test_modules_import_each_other_in_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module, target in _own_imports():
        graph.setdefault(module, set()).add(target)
    assert list(TopologicalSorter(graph).static_order())


def test_frameworks_stay_in_their_rooms() -> None:
    wrong = [
        f"{module} imports {target}"
        for module, target in _imports()
        if target.partition(".")[0] in AT_HOME and _room(module) not in AT_HOME[target.partition(".")[0]]
    ]
    assert not wrong


def test_the_core_loads_no_web_framework() -> None:
    """Importing the policy loads neither Flask nor its relatives, nor the command line."""
    script = (
        "import sys, gate.gatekeeper, gate.answers.judge;"
        "print([name for name in ('flask', 'werkzeug', 'wtforms', 'click', 'granian') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_room_is_in_the_plan() -> None:
    rooms = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"__init__", "__main__"} == set(LEVEL)


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name not in ("gate", "gate.__main__"):
            yield name, ast.parse(path.read_text("utf-8"))


def _imports() -> Iterator[tuple[str, str]]:
    for module, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module}: write imports in full"
                for alias in node.names:
                    yield module, f"{node.module}.{alias.name}"


def _own_imports() -> Iterator[tuple[str, str]]:
    """Each import of one module by another; ``from gate.x import name`` counts as an import of ``gate.x``."""
    names = {module for module, _ in _modules()}
    for module, target in _imports():
        if target.startswith("gate."):
            found = target if target in names else target.rpartition(".")[0]
            if found in names and found != module:
                yield module, found


def _room(module: str) -> str:
    return module.split(".")[1]
