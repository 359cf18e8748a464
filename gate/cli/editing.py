"""``gate bank add``, ``off`` and ``on``: one question changed, and all else in its file left alone."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from gate.bank.editing import Edit, add_question, switch
from gate.cli.messages import Refused
from gate.files import write_file
from gate.parsing import reason_of

_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
_id = click.argument("id_", metavar="ID")


@click.command("add")
@_file
@click.option("--ask", required=True, metavar="TEXT", help="The question.")
@click.option(
    "--accept", required=True, multiple=True, metavar="TEXT", help="A right answer; may be repeated."
)
@click.option("--lang", metavar="TAG", help="Its language, where it is not the file's.")
@click.option("--family", metavar="NAME", help="Questions of one kind share it.")
def add(*, file: Path, ask: str, accept: tuple[str, ...], lang: str | None, family: str | None) -> None:
    """Put a question at the end of a bank file.

    Nothing is changed where the file would not load with it.

    Example: gate bank add bank/my-questions.toml --ask "Which month is our meeting in?" --accept June
    """
    table: dict[str, Any] = {"ask": ask, "accept": list(accept)}
    table |= {key: value for key, value in (("lang", lang), ("family", family)) if value is not None}
    content = _read(file, "correct the path, or make an empty file first")
    edit = add_question(content, str(file), table)
    _write(file, edit, content)
    click.echo(f"{edit.question.place}: added, with the id {edit.question.id}")
    _say_undo("off", file, edit.question.id)


@click.command("off")
@_file
@_id
def off(*, file: Path, id_: str) -> None:
    """Stop asking a question; it stays in the file, and in the statistics.

    ID is what statistics call the question: its `id` in the file, else a hash of its words.

    Example: gate bank off bank/my-questions.toml 1f0c9a2b
    """
    _switch(file, id_, enabled=False)


@click.command("on")
@_file
@_id
def on(*, file: Path, id_: str) -> None:
    """Ask a question again that was switched off.

    ID is as in `gate bank off`.

    Example: gate bank on bank/my-questions.toml 1f0c9a2b
    """
    _switch(file, id_, enabled=True)


def _switch(file: Path, id_: str, *, enabled: bool) -> None:
    content = _read(file, "correct the path")
    edit = switch(content, str(file), id_, enabled=enabled)
    state = "on" if enabled else "off"
    if edit.content is None:
        click.echo(f"{edit.question.place}: is {state} already; nothing is changed")
        return
    _write(file, edit, content)
    click.echo(f"{edit.question.place}: is {state} now")
    _say_undo("off" if enabled else "on", file, id_)


def _say_undo(command: str, file: Path, id_: str) -> None:
    click.echo(f"undo: gate bank {command} {shlex.quote(str(file))} {shlex.quote(id_)}")


def _read(file: Path, remedy: str) -> bytes:
    """Return the file's bytes; ``remedy`` is for one that is not there."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        problem = f'there is no file "{file}"; {remedy}'
    except (OSError, ValueError) as error:
        problem = f'"{file}" cannot be read ({reason_of(error)}); check the path and its permissions'
    raise click.BadParameter(problem, param_hint="FILE")


def _write(file: Path, edit: Edit, before: bytes) -> None:
    if edit.content is None:
        return
    try:
        write_file(file, edit.content, instead_of=before)
    except OSError as error:
        raise Refused(
            f"{file} cannot be written ({reason_of(error)}), and is as before; check its permissions"
        ) from None
