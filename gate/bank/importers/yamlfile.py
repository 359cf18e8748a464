"""YAML, every scalar taken as text: ``no`` is the word no, ``1.0`` keeps its zero. Needs PyYAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from gate.bank.importers.objects import questions
from gate.bank.importers.result import Item, NotImported, Options, Place
from gate.bank.importers.source import Source
from gate.errors import BankError, Fault

_DEEPEST = 20


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read one or more documents of each file."""
    yaml = _library()
    for source in sources:
        try:
            for node in yaml.compose_all(source.text(), Loader=yaml.BaseLoader):
                yield from questions(_YamlBranch(node), source.name)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 1
            problem = getattr(error, "problem", None) or str(error).splitlines()[0]
            reason = f"no YAML ({problem}); nothing in this document can be read"
            yield NotImported(Place(source.name, line), reason)
        except RecursionError:
            yield NotImported(Place(source.name, 1), "nested too deeply")


def _library() -> ModuleType:
    try:
        import yaml
    except ModuleNotFoundError:
        remedy = "pip install 'reply-gate[import]', or convert the file to JSON"
        raise BankError([Fault("yaml", "reading it needs PyYAML, which is not installed", remedy)]) from None
    return yaml


@dataclass(frozen=True, slots=True)
class _YamlBranch:
    node: Any

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def is_list(self) -> bool:
        return bool(self.node.id == "sequence")

    @property
    def is_map(self) -> bool:
        return bool(self.node.id == "mapping")

    def items(self) -> Iterator[_YamlBranch]:
        yield from map(_YamlBranch, self.node.value)

    def members(self) -> Iterator[tuple[str, _YamlBranch]]:
        for key, value in self.node.value:
            yield str(_plain(key)), _YamlBranch(value)

    def plain(self) -> Any:
        return _plain(self.node)


def _plain(node: Any, depth: int = 0) -> Any:
    """Return a node as lists, maps and texts; aliases are followed only so deep that no file can blow it up."""
    if depth > _DEEPEST or node.id == "scalar":
        return str(node.value) if node.id == "scalar" else "…"
    if node.id == "sequence":
        return [_plain(item, depth + 7) for item in node.value]
    return {str(_plain(key, _DEEPEST)): _plain(value, depth + 7) for key, value in node.value}
