"""What a person reads when a command refuses: faults one a line with their count, or one sentence."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

import click

from gate.errors import Fault, FaultsError, GateError
from gate.parsing import counted

FAULTS_FOUND = 1
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended (128 + SIGINT)."""

_NO_FILE = ("GATE_", "store ", "questions in ")


class Refused(click.ClickException):
    """A command did not do what it was asked; the message says why and what to do."""

    exit_code = FAULTS_FOUND

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to standard error."""
        click.echo(self.format_message(), file=file, err=True)


class Stopped(Refused):
    """Somebody pressed Ctrl-C."""

    exit_code = INTERRUPTED

    def __init__(self) -> None:
        super().__init__("Stopped.")


def refusal(error: GateError) -> Refused:
    """Return an error as its reader sees it: every fault on its line, and how many there are."""
    if isinstance(error, FaultsError):
        return Refused(f"{error}\n{tally(error.faults)}")
    return Refused(str(error))


def tally(faults: Sequence[Fault], kind: str = "fault") -> str:
    """Count faults and the files they stand in: "3 faults in 2 files"."""
    heads = {fault.place.partition(": ")[0] for fault in faults}
    files = [head for head in heads if not head.startswith(_NO_FILE)]
    where = f" in {counted(len(files), 'file')}" if files else ""
    return f"{counted(len(faults), kind)}{where}"


def when(seconds: float) -> str:
    """Return a time as a person reads it, in the machine's zone: "2026-11-27 10:00 CET"."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M %Z")


@contextmanager
def patience(message: str) -> Iterator[None]:
    """Say on a terminal what takes so long, after a second."""
    timer = threading.Timer(1.0, click.echo, args=(message,), kwargs={"err": True})
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
