"""``gate site``: pages and forums that embed the gate."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from gate.bank.load import load_bank
from gate.cli.keys import fresh_secret
from gate.cli.messages import Refused
from gate.cli.options import config_option, json_option
from gate.cli.private import read_text, write_text
from gate.config import Config, parse_config
from gate.config.checks import language, page_host
from gate.config.editing import add_site
from gate.config.settings import UnfitError
from gate.errors import BankError, ConfigError, Fault
from gate.sources import unaskable


@click.group()
def command() -> None:
    """Let one more page or forum use this gate.

    Example: gate site add --config my-gate/config.toml --name "My wiki" --host wiki.example.org
    """


@command.command("add")
@config_option
@click.option("--name", required=True, metavar="NAME", help="What logs and statistics call the site.")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    help='Whose pages may ask, such as forum.example.org or "*.example.org"; may be repeated.',
)
@click.option("--lang", "langs", multiple=True, metavar="TAG", help="Ask in this language; may be repeated.")
@json_option
def add(*, config: Path, name: str, hosts: tuple[str, ...], langs: tuple[str, ...], as_json: bool) -> None:
    """Add a site with a fresh secret to the config, and print its two keys.

    All else in the file stays as it is. A running gate takes the site over within a second or so.

    Example: gate site add --config my-gate/config.toml --name "My wiki" --host wiki.example.org
    """
    if not name.strip():
        raise click.BadParameter(
            "it is empty; choose what statistics shall call the site", param_hint="--name"
        )
    site = {
        "name": name,
        "sitekey": f"{_short(name)}-{secrets.token_hex(4)}",
        "secret": fresh_secret(),
        "hosts": tuple(_fit(page_host, host, "--host") for host in hosts),
        "langs": tuple(_fit(language, lang, "--lang") for lang in langs),
    }
    before = read_text(config)
    after = add_site(
        _parsed(before, config), config.name, {key: value for key, value in site.items() if value}
    )
    settings = parse_config(
        tomllib.loads(after.removeprefix("\ufeff")),
        place=config.name,
        base=config.absolute().parent,
        environ=os.environ,
        allow_public_test_keys=True,
    )
    if [each.name for each in settings.sites].count(name) > 1:
        raise Refused(f'{config.name} has a site called "{name}" already; choose another --name')
    if langs:
        _refuse_unasked(settings, str(site["sitekey"]))
    write_text(config, after, instead_of=before)
    if as_json:
        click.echo(json.dumps(site, indent=2, ensure_ascii=False))
        return
    click.echo(f"sitekey = {site['sitekey']}")
    click.echo(f"secret  = {site['secret']}")
    click.echo("The sitekey goes into the pages, the secret into the forum's server, and never into a page.")
    if not hosts:
        click.echo("Pages of any host may ask; name the site's own as hosts in its [[site]].")
    click.echo(f"undo: take the [[site]] with that sitekey out of {shlex.quote(str(config))}")


def _fit(check: Callable[[str], str], text: str, option: str) -> str:
    try:
        return check(text)
    except UnfitError as unfit:
        raise click.BadParameter(f"{unfit.problem}; {unfit.remedy}", param_hint=option) from None


def _refuse_unasked(settings: Config, sitekey: str) -> None:
    """Refuse a site that the bank has no question for: with it the whole config would not load."""
    try:
        bank = load_bank(settings.bank.files, base=settings.base, lang=settings.bank.lang)
    except BankError:
        return  # a fault of the bank is not this site's
    added = tuple(site for site in settings.sites if site.sitekey == sitekey)
    for fault in unaskable(replace(settings, sites=added), bank, ""):
        raise click.BadParameter(f"{fault.problem}; {fault.remedy}", param_hint="--lang")


def _parsed(text: str, config: Path) -> str:
    """Return the text of a config as it is, if it can be parsed."""
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise ConfigError(
            [Fault(config.name, f"not TOML: {error}", "correct the file at that place")]
        ) from None
    return text


def _short(name: str) -> str:
    """Return a name as it may stand in a sitekey: "Café Forum" is "cafe-forum"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32] or "site"
