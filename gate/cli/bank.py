"""``gate bank``: the questions, checked by rules and tried by a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gate.bank.check import check_bank
from gate.bank.load import load_bank
from gate.bank.question import Bank
from gate.cli import auditing, bankstats, editing, importing
from gate.cli.messages import Refused, patience, tally
from gate.cli.options import optional_config_option
from gate.cli.trying import Tries, try_bank
from gate.config import load_config
from gate.parsing import counted


@click.group()
def command() -> None:
    """Check, try and audit the questions, change them, move them here and away.

    Example: gate bank check starter "my-gate/bank/*.toml"
    """


for _more in (
    auditing.command,
    bankstats.command,
    importing.import_,
    importing.export,
    editing.add,
    editing.off,
    editing.on,
):
    command.add_command(_more)


@command.command("check")
@click.argument("files", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Let warnings count as faults: exit code 1.")
def check(*, files: tuple[str, ...], strict: bool) -> None:
    """Render every variant of every question, and say what is wrong or weak.

    FILES are paths, patterns such as "bank/*.toml", or "starter" for the questions that come with gate. Exit code 1
    if something is wrong; a weak spot is a warning.

    Example: gate bank check starter "my-gate/bank/*.toml"
    """
    bank = load_bank(files)
    with patience(f"Checking {counted(bank.variants, 'variant')} ..."):
        weak = check_bank(bank)
    for warning in weak:
        click.echo(f"warning: {warning}")
    if weak and strict:
        raise Refused(f"{tally(weak, 'warning')}, and --strict allows none")
    amount = f"{counted(len(bank.enabled), 'question')} with {counted(bank.variants, 'variant')}"
    parts = [f"{amount} in {', '.join(bank.languages)}", *([tally(weak, "warning")] if weak else [])]
    click.echo(f"fine: {'; '.join(parts)}")


@command.command("try")
@click.argument("files", nargs=-1)
@optional_config_option
@click.option("--lang", metavar="TAG", help="Ask in this language, such as de.")
@click.option(
    "--count", type=click.IntRange(1, 1000), default=12, show_default=True, help="So many questions."
)
@click.option("--show", is_flag=True, help="Show the accepted answers after each question.")
def try_(*, files: tuple[str, ...], config: Path | None, lang: str | None, count: int, show: bool) -> None:
    """Answer some questions yourself, judged as a poster's answers are.

    FILES are as in `gate bank check`; without them and without --config the questions that come with gate are
    asked. An empty line skips a question, Ctrl-D ends early.

    Example: gate bank try --lang en --count 5 --show
    """
    if files and config is not None:
        raise click.UsageError("name FILES or --config, not both")
    bank, usual = _bank(files, config)
    tries = Tries()
    try_bank(bank, _language(bank, lang, usual), tries, count=count, show=show)
    click.echo(tries.summary())


def _bank(files: Sequence[str], config: Path | None) -> tuple[Bank, str | None]:
    """Load the questions, and say in which language they would be asked."""
    if config is None:
        return load_bank(files or ("starter",)), None
    settings = load_config(config, allow_public_test_keys=True)
    return load_bank(settings.bank.files, base=settings.base, lang=settings.bank.lang), settings.bank.lang


def _language(bank: Bank, wanted: str | None, usual: str | None) -> str:
    known = list(bank.languages)
    if wanted is None:
        return next((lang for lang in (usual, "en") if lang is not None and lang in known), known[0])
    folded = {lang.casefold(): lang for lang in known}
    found = folded.get(wanted.casefold()) or folded.get(wanted.partition("-")[0].casefold())
    if found is None:
        raise click.BadParameter(
            f'no question is in "{wanted}"; the bank has {", ".join(known)}', param_hint="--lang"
        )
    return found
