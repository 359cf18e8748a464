"""The commands by task, each loaded when it is first named, and what becomes of their errors."""

from __future__ import annotations

import errno
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from gate import __version__
from gate.cli.messages import Refused, Stopped, refusal
from gate.errors import GateError
from gate.parsing import nearest


class Entry(NamedTuple):
    """A command as the overview shows it; its module holds it as ``command``."""

    module: str
    summary: str


TASKS: Mapping[str, Mapping[str, Entry]] = {
    "Try it": {
        "demo": Entry("gate.cli.demo", "A small forum with the gate before it, on this machine alone."),
    },
    "Set it up": {
        "init": Entry("gate.cli.init", "Make a folder with config, keys and a file for your questions."),
        "site": Entry("gate.cli.site", "Let one more page or forum use this gate."),
        "check": Entry("gate.cli.check", "Say everything that is wrong with config, keys, bank and store."),
        "serve": Entry("gate.cli.serve", "Run the service."),
    },
    "Look after it": {
        "bank": Entry("gate.cli.bank", "Check, try, audit, change and move the questions."),
        "keys": Entry("gate.cli.keys", "Fresh secrets; change the key that signs."),
        "stats": Entry("gate.cli.stats", "What the gate did this week, in a few lines."),
        "doctor": Entry(
            "gate.cli.doctor.command", "Ask a running gate as posters do; say what is in the way."
        ),
        "backup": Entry("gate.cli.backup", "Copy the SQLite store while the gate runs."),
        "restore": Entry("gate.cli.restore", "Put such a copy in the store's place."),
        "version": Entry("gate.cli.version", "Say which version this is."),
    },
}


class Program(click.Group):
    """The root of all commands: loads one when it is named, and turns errors into a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the overview."""
        return [name for entries in TASKS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Load a command; one that there is not is wrong use, with the nearest name."""
        known = {name: entry.module for entries in TASKS.values() for name, entry in entries.items()}
        if cmd_name not in known:
            ctx.fail(f'there is no command "{cmd_name}"; {nearest(cmd_name, known)}')
        command: click.Command = import_module(known[cmd_name]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview, by task, without loading a single command."""
        for task, entries in TASKS.items():
            with formatter.section(task):
                formatter.write_dl([(name, entry.summary) for name, entry in entries.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises becomes a message on standard error, never a traceback."""
        try:
            return super().invoke(ctx)
        except GateError as error:
            raise refusal(error) from error
        except (KeyboardInterrupt, click.Abort) as error:
            raise Stopped from error
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            if ctx.params["debug"] or _is_closed_pipe(error):
                raise
            raise Refused(_unforeseen(error)) from error


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`gate COMMAND -h` explains one of them, with an example. New here? Type `gate demo`.",
)
@click.version_option(__version__, message="gate %(version)s")
@click.option("--debug", is_flag=True, help="Show where in the program an unforeseen error came up.")
@click.pass_context
def program(context: click.Context, *, debug: bool) -> None:  # noqa: ARG001 (read by Program.invoke)
    """Ask one plain question before a reply is posted."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(args: Sequence[str] | None = None) -> None:
    """Run the command that ``args``, or the command line, names, and leave with its exit code."""
    program.main(None if args is None else list(args), prog_name="gate")


def names() -> Iterator[str]:
    """Yield the full name of every command there is: "serve", "bank check"."""
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if isinstance(command, click.Group):
            yield from (f"{name} {child}" for child in command.list_commands(context))
        else:
            yield name


def _is_closed_pipe(error: Exception) -> bool:
    # click itself leaves quietly when nobody reads on.
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _unforeseen(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}; check the path and its permissions"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the output cannot be written: {error.strerror}; make room, and run it again"
    return (
        f"unforeseen {type(error).__name__}: {error} (gate {__version__}, Python {platform.python_version()}, "
        f"{sys.platform}); this is a fault of gate: please report it with what `gate --debug …` shows"
    )
