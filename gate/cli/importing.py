"""``gate bank import`` and ``gate bank export``: questions from other systems, and for them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from gate.bank.check import check_bank
from gate.bank.export import FORMATS, chosen
from gate.bank.importers import KINDS, Options, Result, Source, import_bank
from gate.bank.importers.result import Note, NotImported
from gate.bank.importers.writing import bank_text
from gate.bank.load import load_bank, parse_bank
from gate.bank.question import Bank
from gate.bank.sources import LARGEST_FILE
from gate.cli.messages import Refused
from gate.files import write_file
from gate.parsing import counted, language_tag, reason_of

_STANDARD = "-"
_IN_MEMORY = 1 << 20
_PIECE = 1 << 16
_MOST_WARNINGS = 20
_MOST_CHECKED = 2_000
_SPLITS = {"newline": "\n", "comma": ",", "pipe": "|", "semicolon": ";"}
_HELP = """Make a bank file of another system's questions.

FILES are read as KIND; - is the standard input. What cannot be taken over is listed by line with the reason, and
makes the exit code 1; the rest is written all the same.

\b
Kinds:
{kinds}

Example: gate bank import questycaptcha LocalSettings.php -o bank/wiki.toml
"""


def _language(context: click.Context, parameter: click.Parameter, value: str) -> str:
    tag = language_tag(value)
    if tag is None:
        problem = f'"{value}" is no language tag; write one such as en or pt-BR'
        raise click.BadParameter(problem, ctx=context, param=parameter)
    return tag


def _encoding(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        "text".encode(value)
    except (LookupError, ValueError):
        problem = f'"{value}" is no encoding of text; write one such as utf-8, latin-1, cp1251 or gb18030'
        raise click.BadParameter(problem, ctx=context, param=parameter) from None
    return value


@click.command(
    "import",
    help=_HELP.format(kinds="\n".join(f"  {name:<15}{kind.about}" for name, kind in KINDS.items())),
)
@click.argument("kind", type=click.Choice(list(KINDS)), metavar="KIND")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--output", "-o", required=True, metavar="FILE", help="The bank file to make; - is stdout.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--lang",
    default="en",
    show_default=True,
    metavar="TAG",
    callback=_language,
    help="The language of questions that name none.",
)
@click.option(
    "--encoding", metavar="NAME", callback=_encoding, help="The files' encoding, where it is not UTF-8."
)
@click.option(
    "--split",
    default="newline",
    metavar="SIGN",
    help="What stands between answers (mybb): newline, comma, pipe, semicolon, or the sign itself.",
)
def import_(
    *,
    kind: str,
    files: tuple[str, ...],
    output: str,
    force: bool,
    lang: str,
    encoding: str | None,
    split: str,
) -> None:
    """Make a bank file of another system's questions."""
    if not split:
        raise click.BadParameter("empty; write newline, comma, or the sign itself", param_hint="--split")
    _refuse_existing(output, force=force)
    with _opened(files, encoding) as sources:
        result = import_bank(kind, sources, Options(split=_SPLITS.get(split, split)), lang)
    _list_losses(result)
    if not result.questions:
        remedy = f"see that this is {KINDS[kind].about}"
        raise Refused(f"{', '.join(files)}: no question to import, so that nothing is written; {remedy}")
    text = bank_text(result.questions, lang, f"Imported by `gate bank import {kind}`.")
    bank = _loaded(text, output, lang)
    _write(output, text)
    warnings = _list_warnings(bank, output)
    parts = [f"{counted(len(result.questions), 'question')} in {', '.join(bank.languages)}"]
    parts += [counted(warnings, "warning")] if warnings else []
    if result.not_imported:
        raise Refused(f"{output}: {'; '.join(parts)}; {len(result.not_imported)} not imported, listed above")
    click.echo(f"{output}: {'; '.join(parts)}; everything is imported", err=output == _STANDARD)


@click.command("export")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), required=True, help="JSON holds more than CSV."
)
@click.option(
    "--output", "-o", default=_STANDARD, metavar="FILE", help="Where to; stdout where it is not said."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--variants",
    type=click.IntRange(1),
    metavar="N",
    help="Of a question with more variants write so many, evenly chosen; else all.",
)
def export(*, files: tuple[str, ...], format_: str, output: str, force: bool, variants: int | None) -> None:
    """Write the questions as CSV or JSON, for another program.

    FILES are as in `gate bank check`. Each variant of a question with `vary` becomes a question of its own.

    Example: gate bank export "bank/*.toml" --format csv -o questions.csv
    """
    _refuse_existing(output, force=force)
    bank = load_bank(files)
    parts = FORMATS[format_](bank, variants)
    if output == _STANDARD:
        for part in parts:
            click.echo(part, nl=False)
    else:
        _write(output, "".join(parts))
    click.echo(_written(bank, format_, variants), err=output == _STANDARD)


def _written(bank: Bank, format_: str, variants: int | None) -> str:
    """Say how many questions are written, what became of variants, and what CSV has no place for."""
    total = sum(chosen(question, variants) for question in bank.questions)
    said = [f"{counted(total, 'question')} written"]
    varied = [question for question in bank.questions if question.wording.count > 1]
    if varied:
        written = sum(chosen(question, variants) for question in varied)
        of = sum(question.wording.count for question in varied)
        amount = f"all {of:,}" if written == of else f"{written:,} of {of:,}"
        said.append(f"{counted(len(varied), 'question')} with variants became {amount} wordings")
    if format_ == "csv":
        said.append("CSV has no id, family, hint, see, tags, typos and weight; JSON has")
    return "; ".join(said)


@contextmanager
def _opened(files: Sequence[str], encoding: str | None) -> Iterator[list[Source]]:
    with ExitStack() as stack:
        yield [
            Source(
                "standard input" if name == _STANDARD else name, stack.enter_context(_file(name)), encoding
            )
            for name in files
        ]


@contextmanager
def _file(name: str) -> Iterator[BinaryIO]:
    """Open a file, or put what comes from the standard input where it can be read twice."""
    if name == _STANDARD:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
            while piece := sys.stdin.buffer.read(_PIECE):
                spooled.write(piece)
            yield spooled  # type: ignore[misc]  # it has all that a file has, but is none by name
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 (closed below)
    except (OSError, ValueError) as error:
        problem = f'"{name}" cannot be read ({reason_of(error)}); check the path and its permissions'
        raise click.BadParameter(problem, param_hint="FILES") from None
    with file:
        if not file.seekable():
            raise click.BadParameter(f'"{name}" is no ordinary file; pipe it in, as -', param_hint="FILES")
        yield file


def _list_losses(result: Result) -> None:
    lines: list[Note | NotImported] = [*result.notes, *result.not_imported]
    for line in sorted(lines, key=lambda item: item.at):
        click.echo(str(line), err=True)


def _loaded(text: str, output: str, lang: str) -> Bank:
    content = text.encode()
    if len(content) > LARGEST_FILE:
        raise Refused(
            f"{output}: the bank would have {len(content):,} bytes, and {LARGEST_FILE:,} is the most; "
            "nothing is written: import the file in parts"
        )
    return parse_bank({output: content}, lang)


def _list_warnings(bank: Bank, output: str) -> int:
    if len(bank.questions) > _MOST_CHECKED:
        click.echo(f"so many questions take a while to check: gate bank check {output}", err=True)
        return 0
    warnings = check_bank(bank)
    for warning in warnings[:_MOST_WARNINGS]:
        click.echo(f"warning: {warning}", err=True)
    if len(warnings) > _MOST_WARNINGS:
        rest = len(warnings) - _MOST_WARNINGS
        click.echo(f"… and {counted(rest, 'warning')} more: gate bank check {output}", err=True)
    return len(warnings)


def _refuse_existing(output: str, *, force: bool) -> None:
    if output != _STANDARD and not force and Path(output).exists():
        raise Refused(f"{output} is there already; name another file, or give --force to write over it")


def _write(output: str, text: str) -> None:
    if output == _STANDARD:
        click.echo(text, nl=False)
        return
    try:
        write_file(Path(output), text.encode())
    except OSError as error:
        problem = f"{output} cannot be written ({reason_of(error)})"
        raise Refused(f"{problem}; check the path and its permissions") from None
