"""``gate bank stats``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gate.bank.load import load_bank
from gate.bank.question import Bank
from gate.cli.options import config_option, json_option
from gate.cli.storestats import rows_of
from gate.config import load_config
from gate.figures import ENOUGH, Sums, Verdict, by_question, range_of, total, verdict
from gate.stores.base import Event

_WIDEST = 60
_COLUMNS = (
    (Event.ASKED, "asked"),
    (Event.RIGHT, "right"),
    (Event.WRONG, "wrong"),
    (Event.SKIPPED, "skipped"),
    (Event.PASSED, "let in"),
    (Event.SPAM, "spam"),
)


@click.command("stats")
@config_option
@click.option(
    "--days", type=click.IntRange(1, 400), default=30, show_default=True, help="Of the last so many days."
)
@json_option
def command(*, config: Path, days: int, as_json: bool) -> None:
    """Say how each question did: asked, answered right and wrong, skipped, let through, reported as spam.

    A verdict is given only where it holds with 95 % confidence. "Stops people": few answer right, or many skip;
    bots that try in vain count here too. "Bots pass" and "stops bots": more or less spam is reported after it than
    after the others, so both need the forum's reports.

    Example: gate bank stats --config my-gate/config.toml --days 90
    """
    settings = load_config(config, allow_public_test_keys=True)
    sums = by_question(rows_of(settings, days))
    bank = load_bank(settings.bank.files, base=settings.base, lang=settings.bank.lang)
    entries = list(_entries(sums, bank))
    if as_json:
        click.echo(json.dumps({"days": days, "questions": entries}, indent=2, ensure_ascii=False))
        return
    if not entries:
        click.echo(f"No question was asked within {days} days.", err=True)
        return
    click.echo("".join(f"{name:>9}" for _, name in _COLUMNS) + "  verdict")
    for entry in entries:
        click.echo("".join(f"{entry[event.value]:>9,}" for event, _ in _COLUMNS) + f"  {_told(entry)}")
        click.echo(f"         {entry['id']}: {entry['ask'][:_WIDEST]}")


def _entries(sums: dict[str, Sums], bank: Bank) -> Iterator[dict[str, Any]]:
    """Yield one entry for each question, those that need a look first."""
    questions = {question.id: question for question in bank.questions}
    everything = total(sums)
    order = (Verdict.BOTS_PASS, Verdict.STOPS_PEOPLE, Verdict.TOO_FEW, Verdict.FINE, Verdict.STOPS_BOTS)
    judged = [(verdict(each, everything), id_, each) for id_, each in sums.items() if id_]
    for said, id_, each in sorted(
        judged, key=lambda item: (order.index(item[0]), -item[2][Event.ASKED], item[1])
    ):
        question = questions.get(id_)
        yield {
            "id": id_,
            "ask": question.wording.variant(0).ask if question else "(not in the bank any more)",
            "place": question.place if question else None,
            **each.as_json(),
            "right_range": [round(share, 3) for share in range_of(each[Event.RIGHT], each.answered)],
            "verdict": said.value,
        }


def _told(entry: dict[str, Any]) -> str:
    answered = entry[Event.RIGHT.value] + entry[Event.WRONG.value]
    if entry["verdict"] == Verdict.TOO_FEW:
        return f"{Verdict.TOO_FEW} ({answered} of {ENOUGH} answers)"
    low, high = (f"{share:.0%}" for share in entry["right_range"])
    return f"{entry['verdict']} ({low} to {high} right)"
