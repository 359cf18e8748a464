"""The sample file and the table of settings, both made from the declarations."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gate.config.sections import SECTIONS
from gate.config.settings import Setting, as_toml, declared
from gate.config.sites import Site

NAME = "config.example.toml"

_WIDTH = 100

_INTRODUCTION = """\
The settings of gate. `gate init` writes a file like this with fresh secrets in it; to start from this one,
copy it to config.toml and replace each "...". Every other key is shown with its default, and may be left out.

A setting can also come from the environment: GATE_STORE__URL is url in [store], GATE_SITE__0__SECRET the
secret of the first [[site]]; a list is written with commas. Relative paths are meant from the folder of this
file. `gate check --config config.toml` says what is wrong with it.
"""


class Row(NamedTuple):
    """One setting as documentation shows it; ``default`` is spelled as TOML, "" where there is none."""

    section: str
    name: str
    type: str
    default: str
    unit: str
    help: str


def settings() -> Iterator[Row]:
    """Yield every setting there is, in the order of the file."""
    for section, kind in (*SECTIONS.items(), ("site", Site)):
        for each in declared(kind):
            default = "" if each.required else as_toml(each.default)
            yield Row(section, each.name, each.kind_in_words, default, each.unit, each.help)


def example_toml() -> str:
    """Return the sample file: every key with its default, and "..." where the operator must put something."""
    parts = ["\n#\n".join(_comment(paragraph) for paragraph in _INTRODUCTION.split("\n\n"))]
    parts += [_section(f"[{name}]", kind) for name, kind in SECTIONS.items()]
    parts.append(_section("[[site]]", Site))
    return "\n\n\n".join(parts) + "\n"


def example_path() -> Path:
    """Return where the sample file is: in the installed package, or at the top of a checkout.

    Raises:
        FileNotFoundError: it is in neither; both places are named.
    """
    package = Path(__file__).parents[1]
    places = [folder / NAME for folder in (package, package.parent)]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"{NAME} is neither {places[0]} nor {places[1]}; install reply-gate again")


def _section(heading: str, kind: type) -> str:
    title = (inspect.getdoc(kind) or "").partition("\n\n")[0]
    return "\n".join([_comment(title), heading, *(_entry(each) for each in declared(kind))])


def _entry(setting: Setting) -> str:
    unit = f" In {setting.unit}." if setting.unit else ""
    lines = ["", _comment(setting.help + unit), f"{setting.name} = {setting.sample}"]
    if setting.file_key:
        lines.insert(2, _comment(f'Or from a file: {setting.file_key} = "path"'))
    return "\n".join(lines)


def _comment(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
