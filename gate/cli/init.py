"""``gate init``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from gate.cli.keys import fresh_secret
from gate.cli.messages import Refused
from gate.config import example_toml

_PRIVATE = 0o600
_PUBLIC = 0o644

_HEADING = """\
# The settings of this gate, with secrets of its own: keep this file private, and out of version control.
# Every key stands here with its default, and may be left out. `gate check --config config.toml`
# says what is wrong with it. A setting can also come from the environment: GATE_STORE__URL is url in [store].
# Relative paths are meant from the folder of this file."""

_QUESTIONS = """\
# Your own questions, asked beside those that come with gate. The best are those that only your visitors
# know: no script has them in its tables. Take the # away before the lines of an example, and change it; a
# running gate takes it over within a second or so. Then: gate bank check {file}

lang = "en"

# One wording:

#[[question]]
#ask = "Which month is our summer meeting in?"
#accept = ["June", 6]
#hint = "It stands at the top of every page."

# Many wordings, made from a list:

#[lists]
#boards = [
#    {{ name = "Uno", maker = ["Arduino"] }},
#    {{ name = "Pico", maker = ["Raspberry Pi", "Raspberry"] }},
#]

#[[question]]
#ask = "Who makes the board called {{{{ b.name }}}}?"
#accept = "{{{{ b.maker }}}}"
#vary = {{ b = "boards" }}
"""

_IGNORED = """\
# Secrets, and what the gate writes.
config.toml
keys.env
keys.toml
*.key
gate.db*
.gate.db*
"""

_NEXT = """\
Made {folder} with config.toml, bank/my-questions.toml and keys.env; the secrets in it are fresh.

Next:
  gate check --config {config}
  gate serve --config {config}
and then, in another terminal, ask a question and answer it:
  curl 'http://127.0.0.1:8080/v1/challenge?sitekey={sitekey}'
  curl http://127.0.0.1:8080/v1/answer -d challenge=... --data-urlencode 'answer=...'
The token that a right answer brings is checked once, by the forum's server, with the secret in keys.env:
  . {keys}
  curl http://127.0.0.1:8080/v1/verify -d secret="$GATE_SECRET" -d response=..."""


@click.command()
@click.argument("folder", metavar="[DIR]", default="gate", type=click.Path(path_type=Path))
def command(*, folder: Path) -> None:
    """Make a folder with a config, fresh secrets and a file for your own questions; say what to type next.

    Nothing that is there already is written over. DIR is "gate" where none is given.

    Example: gate init my-gate
    """
    sitekey, secret = f"forum-{secrets.token_hex(6)}", fresh_secret()
    config = folder / "config.toml"
    files = {
        config: (_config(sitekey, secret), _PRIVATE),
        folder / "bank" / "my-questions.toml": (
            _QUESTIONS.format(file=folder / "bank" / "my-questions.toml"),
            _PUBLIC,
        ),
        folder / "keys.env": (f"GATE_SITEKEY={sitekey}\nGATE_SECRET={secret}\n", _PRIVATE),
    }
    _refuse_existing(folder, list(files))
    ignored = folder / ".gitignore"
    if not ignored.exists():
        files[ignored] = (_IGNORED, _PUBLIC)
    for path, (text, mode) in files.items():
        _write_new(path, text, mode)
    keys = folder / "keys.env" if folder.is_absolute() else f"./{folder / 'keys.env'}"
    click.echo(_NEXT.format(folder=folder, config=config, sitekey=sitekey, keys=keys))
    if ignored not in files:
        click.echo(
            f"{ignored} was there already; see that it names config.toml, keys.env and gate.db*", err=True
        )


def _config(sitekey: str, secret: str) -> str:
    """Return the sample file with a heading of its own, fresh secrets and the first site."""
    _, gap, sample = example_toml().partition("\n\n\n")
    text = _HEADING + gap + sample
    for before, after in (
        ('\ncurrent = "..."', f'\ncurrent = "{fresh_secret()}"'),
        ('\nname = ""', '\nname = "My forum"'),
        ('\nsitekey = "..."', f'\nsitekey = "{sitekey}"'),
        ('\nsecret = "..."', f'\nsecret = "{secret}"'),
    ):
        head, found, tail = text.partition(before)
        if not found:
            raise AssertionError(f"the sample file has no line {before.strip()}")
        text = head + after + tail
    return text


def _refuse_existing(folder: Path, paths: list[Path]) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file; name another folder: gate init my-gate")
    if (folder / "__init__.py").exists():
        raise Refused(f"{folder} holds a Python package; name another folder: gate init my-gate")
    existing = [str(path) for path in paths if path.exists() or path.is_symlink()]
    if existing:
        raise Refused(
            f"{', '.join(existing)} {'is' if len(existing) == 1 else 'are'} there already, and nothing was changed; "
            "name another folder: gate init my-gate, or move that away first"
        )


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Refused(
            f"{path} cannot be written: {error.strerror}; choose a folder that this user may write to"
        ) from None
