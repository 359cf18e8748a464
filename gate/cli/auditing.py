"""``gate bank audit``: how often scripts pass the questions, as a table or as JSON."""

from __future__ import annotations

import json
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from gate.bank.audit import LanguageReport, QuestionReport, Report, audit
from gate.bank.audit.advice import WORTH_A_WORD
from gate.bank.load import load_bank
from gate.cli.messages import Refused
from gate.parsing import counted

_PATIENCE = 1.0
_MOST_ROWS = 40
_WIDE = 100
_NARROWEST_ASK = 12


@click.command("audit")
@click.argument("files", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Write the whole report as JSON.")
@click.option(
    "--max-pass",
    type=click.FloatRange(0, 1),
    metavar="RATE",
    help="Exit code 1 if the scripts pass more than this in any language; 0.2 is one time in five.",
)
@click.option(
    "--harvest",
    type=click.IntRange(1, 1_000_000_000),
    metavar="N",
    help="Also say what a table of N solved challenges passes.",
)
def command(*, files: tuple[str, ...], as_json: bool, max_pass: float | None, harvest: int | None) -> None:
    """Let scripts answer the questions, and say how often they pass and what would help.

    FILES are paths, patterns such as "bank/*.toml", or "starter" for the questions that come with gate. The
    scripts repeat words, guess, add up, know word lists, play letter games and have lists of published answers.

    Example: gate bank audit starter "my-gate/bank/*.toml" --max-pass 0.2
    """
    bank = load_bank(files)
    with _progress() as progress:
        report = audit(bank, harvest=harvest, progress=progress)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(report, shutil.get_terminal_size().columns):
            click.echo(line)
    if max_pass is not None:
        _refuse_above(report, max_pass)


def _refuse_above(report: Report, most: float) -> None:
    above = [each for each in report.languages if round(each.pass_rate, 6) > most]
    if above:
        rates = " and ".join(f"{_percent(each.pass_rate)} of the draws in {each.lang}" for each in above)
        raise Refused(
            f"scripts pass {rates}, and --max-pass allows {most:.0%}; "
            "give the questions that they answer a lower weight, or add others"
        )


@contextmanager
def _progress() -> Iterator[Any]:
    """Yield what shows on a terminal how far the audit is, once it has taken a second."""
    started = time.monotonic()
    bar: Any = None
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal bar, shown
        if bar is None and time.monotonic() - started > _PATIENCE:
            bar = click.progressbar(length=total, label="Auditing", file=sys.stderr)
        if bar is not None and (done - shown >= 100 or done == total):
            bar.update(done - shown)
            shown = done

    yield show if _is_terminal() else None
    if bar is not None:
        bar.render_finish()


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _lines(report: Report, width: int) -> Iterator[str]:
    for language in report.languages:
        questions = [each for each in report.questions if each.lang == language.lang]
        yield from _language_lines(language, questions, width)
    if len(report.languages) > 1:
        rate, choosing = _percent(report.pass_rate), _percent(report.pass_rate_choosing)
        yield f"all languages: scripts pass {rate}; choosing question and language, {choosing}"


def _language_lines(
    language: LanguageReport, questions: Sequence[QuestionReport], width: int
) -> Iterator[str]:
    amount = counted(language.questions, "question")
    yield f"{language.lang}: {amount} with {counted(language.variants, 'variant')}"
    yield ""
    worst = sorted(questions, key=lambda each: -each.share * each.best)
    weak = [each for each in worst if each.best >= WORTH_A_WORD][:_MOST_ROWS]
    if weak:
        yield from _table(weak, width)
    rest = len(questions) - len(weak)
    if rest:
        others = f"and {counted(rest, 'other question')}" if weak else counted(rest, "question")
        yield f"{others} that scripts hardly pass"
    yield ""
    yield from _totals(language)
    yield ""
    # One question for each script that passes; --json has them all.
    advised = {each.best_attacker: each.advice for each in reversed(worst) if each.advice}
    advice = [*language.advice, *(advised[name] for name in reversed(advised))]
    yield from (f"- {each}" for each in advice)
    if advice:
        yield ""


def _totals(language: LanguageReport) -> Iterator[str]:
    yield f"scripts pass {_percent(language.pass_rate)} of the draws"
    yield f"skipping until they know the question, {_percent(language.pass_rate_choosing)}"
    yield "each alone: " + ", ".join(f"{name} {_percent(rate)}" for name, rate in language.attackers.items())
    if language.floor_answer:
        yield f'typing "{language.floor_answer}" to everything, {_percent(language.floor)}'


def _table(questions: Sequence[QuestionReport], width: int) -> Iterator[str]:
    """Lay out one line for each question: every attacker's rate where there is room, else the best one's name."""
    names = list(questions[0].attackers)
    wide = width >= _WIDE
    heads = ["best", "share", *(names if wide else ["by"])]
    rows = []
    for each in questions:
        rates = [_percent(each.attackers[name]) for name in names] if wide else [each.best_attacker]
        rows.append([_percent(each.best), _percent(each.share), *rates])
    sizes = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    room = max(width - sum(sizes) - 2 * len(sizes) - 1, _NARROWEST_ASK)
    for row, text in zip((heads, *rows), ("question", *(each.ask for each in questions)), strict=True):
        cells = "  ".join(cell.rjust(size) for cell, size in zip(row, sizes, strict=True))
        yield f"{cells}  {_shortened(text, room)}"


def _shortened(text: str, room: int) -> str:
    """Cut a text to what fits; letters of Japanese and Chinese are twice as wide."""
    text = " ".join(text.split())
    if sum(map(_columns, text)) <= room:
        return text
    used, at = 1, 0
    while used + _columns(text[at]) <= room:
        used += _columns(text[at])
        at += 1
    return f"{text[:at]}…"


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _percent(rate: float) -> str:
    return f"{rate * 100:.0f} %" if rate >= 0.0995 or not rate else f"{rate * 100:.1f} %"
