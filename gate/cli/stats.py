"""``gate stats``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click

from gate.cli.options import config_option, json_option
from gate.cli.storestats import rows_of
from gate.config import load_config
from gate.figures import ENOUGH, Sums, by_site
from gate.parsing import counted
from gate.stores.base import Event

_WEEK = 7


@click.command()
@config_option
@click.option(
    "--week", is_flag=True, help="The last seven days, beside the seven before: what is shown anyway."
)
@click.option(
    "--days", type=click.IntRange(1, 200), default=_WEEK, show_default=True, help="So many days instead."
)
@json_option
def command(*, config: Path, week: bool, days: int, as_json: bool) -> None:
    """Say in a few lines what the gate did at each site, beside the time before.

    Says nothing where nothing happened, so that cron sends no mail. Counts are written every few seconds.

    Example: gate stats --week --config my-gate/config.toml
    """
    days = _WEEK if week else days
    rows = rows_of(load_config(config, allow_public_test_keys=True), 2 * days)
    begin = int(time.time() // 3600) - 24 * days
    now = by_site(row for row in rows if row[0].hour >= begin)
    before = by_site(row for row in rows if row[0].hour < begin)
    if as_json:
        sites = [
            {
                "name": name,
                **sums.as_json(),
                "before": before.get(name, Sums()).as_json(),
                "open": _is_open(sums),
            }
            for name, sums in sorted(now.items())
        ]
        click.echo(json.dumps({"days": days, "sites": sites}, indent=2, ensure_ascii=False))
        return
    for name, sums in sorted(now.items()):
        for line in _paragraph(name, sums, before.get(name, Sums()), days):
            click.echo(line)


def _paragraph(name: str, sums: Sums, before: Sums, days: int) -> Iterator[str]:
    shown = [
        f"{sums[event]:,} {words}{_change(sums[event], before[event])}"
        for event, words in (
            (Event.PASSED, "let through"),
            (Event.ASKED, "asked"),
            (Event.RIGHT, "answered right"),
            (Event.WRONG, "wrong"),
            (Event.SKIPPED, "skipped"),
            (Event.SPAM, "reported as spam"),
        )
    ]
    yield f"{name or 'unnamed site'}, {counted(days, 'day')}: {', '.join(shown)}."
    if _is_open(sums):
        yield (
            f"  The form is open: {counted(sums[Event.RIGHT], 'right answer')}, and none was ever verified. Let the "
            "forum's server send each token to /v1/verify before it takes a reply."
        )


def _is_open(sums: Sums) -> bool:
    return sums[Event.RIGHT] >= ENOUGH and sums[Event.PASSED] == 0


def _change(now: int, before: int) -> str:
    return f" ({now - before:+,})" if before else ""
