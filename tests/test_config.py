"""config.toml and the environment become one checked ``Config``, or every mistake is told at once."""

# ruff: noqa: E501 - messages are asserted whole

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from limits import RateLimitItem
from limits import RateLimitItemPerDay as PerDay
from limits import RateLimitItemPerHour as PerHour
from limits import RateLimitItemPerMinute as PerMinute
from limits import RateLimitItemPerSecond as PerSecond

from gate.config import (
    TEST_SITES,
    Config,
    Outcome,
    Site,
    example_path,
    example_toml,
    load_config,
    parse_config,
    settings,
)
from gate.errors import ConfigError

SIGNING = "f3kQ9_vT7mZx2LwR8bNc4YpD6sHj1GaE5uVoKiXt"
OTHER_SIGNING = "Qz8Lr2WmV5tYx1NcJ7kPb4HgD9sFa6EuR3oTiKvX"
SECRET = "s3cr3t-Of-The-Forum_0123456789"
OTHER_SECRET = "s3cr3t-Of-The-Other_0123456789"
MINIMAL = f"""
[signing]
current = "{SIGNING}"
[[site]]
sitekey = "forum"
secret = "{SECRET}"
"""


def load(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None, **more: Any) -> Config:
    file = folder / "config.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_config(file, environ=environ or {}, **more)


def faults(
    folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None, **more: Any
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ, **more)
    return [str(fault).replace(str(folder), "FOLDER") for fault in caught.value.faults]


def with_key(section: str, line: str) -> str:
    """The minimal file with one more line in a section."""
    if section == "site":
        return f"{MINIMAL}{line}\n"
    if section == "signing":
        return MINIMAL.replace("[signing]\n", f"[signing]\n{line}\n")
    return f"[{section}]\n{line}\n{MINIMAL}"


# What a good file gives


def test_a_minimal_file_has_every_default(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)
    assert (config.server.host, config.server.port, config.server.workers) == ("127.0.0.1", 8080, 2)
    assert (config.server.trusted_proxies, config.server.testing) == (0, False)
    assert (config.signing.current, config.signing.previous, config.signing.file) == (SIGNING, (), None)
    assert (config.store.url, config.store.allow_eviction) == ("sqlite:///gate.db", False)
    assert (config.bank.files, config.bank.lang) == (("starter", "bank/*.toml"), "en")
    assert (config.challenge.lifetime, config.challenge.min_seconds, config.challenge.sticky) == (
        86400,
        1.0,
        600,
    )
    assert config.token.lifetime == 86400
    assert config.limits.challenges == PerMinute(120)
    assert config.limits.answers == PerMinute(60, 10)
    assert config.limits.wrong_answers == PerMinute(30, 10)
    assert config.limits.tokens == PerMinute(20, 10)
    assert (config.dashboard.enabled, config.dashboard.password_hash) == (False, "")
    assert (config.metrics.enabled, config.metrics.token) == (False, "")
    assert config.sites == (Site(sitekey="forum", secret=SECRET),)
    assert config.base == tmp_path


def test_the_defaults_of_the_classes_are_those_of_the_file(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)
    bare = Config()
    assert (bare.server, bare.store, bare.bank, bare.limits) == (
        config.server,
        config.store,
        config.bank,
        config.limits,
    )


def test_a_full_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").touch()
    config = load(
        tmp_path,
        f"""
        server = {{ host = "::1", port = 1, workers = 1, trusted_proxies = 2, testing = true }}
        signing = {{ file = "keys.toml" }}
        store = {{ url = "memory://", allow_eviction = true }}
        bank = {{ files = ["a.toml"], lang = "PT-br" }}
        challenge = {{ lifetime = 60, min_seconds = 0, sticky = "" }}
        token = {{ lifetime = 1 }}
        limits = {{ challenges = "", answers = "5 per 2 hours" }}
        [[site]]
        name = "Forum"
        sitekey = "forum"
        secret = "short"
        hosts = ["Forum.Example.org", "*.example.org", "localhost:5000", "[::1]"]
        langs = ["en", "pt-BR"]
        tags = ["colour"]
        contact = "mailto:me@example.org"
        [[site]]
        sitekey = "other"
        secret = "{SECRET}"
        contact = "https://example.org/contact?a=b"
        """,
    )
    assert config.signing.file == tmp_path / "keys.toml"
    assert config.bank.lang == "pt-BR"
    assert (config.challenge.min_seconds, config.challenge.sticky) == (0.0, 0.0)
    assert isinstance(config.challenge.min_seconds, float)
    assert (config.limits.challenges, config.limits.answers) == (None, PerHour(5, 2))
    first, second = config.sites
    assert first.hosts == ("forum.example.org", "*.example.org", "localhost", "::1")
    assert (first.name, first.langs, first.tags) == ("Forum", ("en", "pt-BR"), ("colour",))
    assert second.contact == "https://example.org/contact?a=b"


def test_a_mark_at_the_start_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode()
    assert load(tmp_path, text).sites[0].sitekey == "forum"


def test_nothing_can_be_changed_after_loading(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)
    with pytest.raises(FrozenInstanceError):
        config.server.port = 1  # type: ignore[misc]
    assert not hasattr(config.sites[0], "__dict__")


def test_secrets_are_not_in_the_repr(tmp_path: Path) -> None:
    text = with_key("signing", f'previous = ["{OTHER_SIGNING}"]').replace(
        "[signing]", '[metrics]\ntoken="hushhush"\n[signing]'
    )
    shown = repr(load(tmp_path, text))
    assert "forum" in shown
    assert not [secret for secret in (SIGNING, OTHER_SIGNING, SECRET, "hushhush") if secret in shown]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("120/minute", PerMinute(120)),
        ("60/10 minutes", PerMinute(60, 10)),
        ("60 per 10 minutes", PerMinute(60, 10)),
        (" 1/1second ", PerSecond(1)),
        ("7/Day", PerDay(7)),
        ("", None),
    ],
)
def test_rates(tmp_path: Path, text: str, rate: RateLimitItem | None) -> None:
    assert load(tmp_path, with_key("limits", f'answers = "{text}"')).limits.answers == rate


@pytest.mark.parametrize(
    ("text", "seconds"), [("10 minutes", 600), ("hour", 3600), ("90seconds", 90), ("", 0)]
)
def test_spans(tmp_path: Path, text: str, seconds: float) -> None:
    assert load(tmp_path, with_key("challenge", f'sticky = "{text}"')).challenge.sticky == seconds


# What is wrong with a bad one

FAULTS = [
    # names and types
    ("server", "prot = 1", '[server] prot: unknown key; did you mean "port"?'),
    ("token", "zzz = 1", "[token] zzz: unknown key; known here: lifetime"),
    ("servers", "port = 1", 'servers: unknown section; did you mean "server"?'),
    ("server", 'port = "8080"', '[server] port: not a whole number but text ("8080"); write it like port = 8080'),
    ("server", "port = true", "[server] port: not a whole number but a boolean (true); write it like port = 8080"),
    ("server", "port = 80.5", "[server] port: not a whole number but a float (80.5); write it like port = 8080"),
    ("server", "testing = 0", "[server] testing: not true or false but a whole number (0); write it like testing = false"),
    ("server", "host = ['a']", '[server] host: not text but a list; write it like host = "127.0.0.1"'),
    (
        "challenge",
        "min_seconds = false",
        "[challenge] min_seconds: not a number but a boolean (false); write it like min_seconds = 1.0",
    ),
    ("bank", 'files = "starter"', '[bank] files: not a list of texts but text ("starter"); write it like files = ["starter", "bank/*.toml"]'),
    ("bank", "files = [1]", "[bank] files, item 1: not text but a whole number (1); put it in quotes"),
    ("bank", "files = ['']", '[bank] files, item 1: not the name of a file; write a path such as "bank/*.toml", or "starter"'),
    ("site", "tags = {a = 1}", "[[site]] #1 tags: not a list of texts but a table; write it like tags = []"),
    # server
    ("server", "port = 0", "[server] port: 0 is out of range; write a number from 1 to 65535"),
    ("server", f"port = 0x{'f' * 6000}", "[server] port: the number is out of range; write a number from 1 to 65535"),
    ("server", "port = 65536", "[server] port: 65536 is out of range; write a number from 1 to 65535"),
    ("server", "workers = 0", "[server] workers: 0 is out of range; write a number from 1 to 1024"),
    ("server", "trusted_proxies = -1", "[server] trusted_proxies: -1 is out of range; write a number from 0 to 32"),
    ("server", "host = 'http://x'", '[server] host: "http://x" is not a host; write the host alone, without http:// and path'),
    ("server", "host = '[::1]'", '[server] host: "[::1]" is not a host; write it without brackets: "::1"'),
    ("server", "host = '127.0.0.1:80'", '[server] host: "127.0.0.1:80" is not a host; write the host alone; the port is a setting of its own'),
    ("server", "host = ''", '[server] host: "" is not a host; write an address such as "127.0.0.1", or "0.0.0.0" for every network'),
    (
        "server",
        "host = '0.0.0.0'\ntesting = true",
        '[server] testing: test keys on "0.0.0.0" would let anybody through; set testing = false or host = "127.0.0.1", '
        "or start with --yes-test-keys",
    ),
    # store
    ("store", "url = 'memory://'", '[store] url: memory:// is for one worker, and [server] workers is 2; set workers = 1, or url = "sqlite:///gate.db"'),
    ("store", "url = 'memory:'", '[store] url: a memory store has no name; write "memory://"'),
    ("store", "url = 'gate.db'", '[store] url: not a store\'s URL; write it like "sqlite:///gate.db"'),
    ("store", "url = 'postgres://:pw@h'", '[store] url: there is no store of the kind "postgres"; there are "memory://", "sqlite:///gate.db" and redis, rediss, unix, redis+sentinel, redis+cluster'),
    ("store", "url = 'redis+sentinel://'", '[store] url: no server in the store\'s URL; write it like "redis+sentinel://host1:26379,host2:26379/name"'),
    ("store", "url = 'sqlite://gate.db'", '[store] url: no path in the store\'s URL; write "sqlite:///" and the path: "sqlite:///gate.db"'),
    ("store", "url = 'sqlite:///'", '[store] url: no path in the store\'s URL; write "sqlite:///" and the path: "sqlite:///gate.db"'),
    ("store", "url = 'sqlite:///:memory:'", '[store] url: SQLite in memory is another store in each connection; write "memory://"'),
    # times and rates
    ("token", "lifetime = 0", "[token] lifetime: 0 is out of range; write a number from 1 to 31536000, in seconds"),
    ("challenge", "lifetime = -5", "[challenge] lifetime: -5 is out of range; write a number from 1 to 31536000, in seconds"),
    ("challenge", "min_seconds = nan", "[challenge] min_seconds: nan is out of range; write a number from 0 to 3600, in seconds"),
    ("challenge", "min_seconds = inf", "[challenge] min_seconds: the number is out of range; write a number from 0 to 3600, in seconds"),
    ("challenge", "lifetime = 5\nmin_seconds = 5", "[challenge] min_seconds: nobody can answer after 5 and within 5 seconds; set it well below lifetime; 1.0 is usual"),
    ("challenge", "sticky = '10'", '[challenge] sticky: "10" is not a span of time; write it like "10 minutes", or ""'),
    ("challenge", "sticky = '0 minutes'", '[challenge] sticky: "0 minutes" is not a span of time; write it like "10 minutes", or ""'),
    ("limits", "answers = '60'", '[limits] answers: "60" is not a rate; write it like "60/10 minutes", or "" for no limit'),
    ("limits", "answers = '3/minute;5/hour'", '[limits] answers: "3/minute;5/hour" is not a rate; write it like "60/10 minutes", or "" for no limit'),
    ("limits", "answers = '0/minute'", '[limits] answers: "0/minute" lets nobody in; write at least "1/minute", or "" for no limit'),
    ("limits", "answers = '5/0 minutes'", '[limits] answers: "5/0 minutes" lets nobody in; write at least "1/minute", or "" for no limit'),
    # signing
    ("signing", "file = 'no.toml'", "[signing] file: current is set too; keep one of current and file"),
    ("signing", "current_file = 'no'", "[signing] current_file: current is set too; keep one of current and current_file"),
    ("signing", "previous = ['...']", '[signing] previous, item 1: still the "..." of the sample file; write a value of your own'),
    # site
    ("site", "hosts = ['https://forum.example.org/x']", '[[site]] #1 hosts, item 1: "https://forum.example.org/x" is an address, not a host; write the host alone: "forum.example.org"'),
    ("site", "hosts = ['a', '*']", '[[site]] #1 hosts, item 2: "*" is not a host; write hosts = [] to allow any'),
    ("site", "hosts = ['a b']", '[[site]] #1 hosts, item 1: "a b" is not a host; write a name such as "forum.example.org", or "*.example.org" for its sub-domains'),
    ("site", "hosts = ['*x.org']", '[[site]] #1 hosts, item 1: "*x.org" is not a host; write a name such as "forum.example.org", or "*.example.org" for its sub-domains'),
    ("site", "hosts = ['münchen.example']", '[[site]] #1 hosts, item 1: "münchen.example" is not a host; write it as browsers send it: "xn--mnchen-3ya.example"'),
    ("site", "langs = ['pt_BR']", '[[site]] #1 langs, item 1: "pt_BR" is not a BCP 47 language tag; write it as "pt-BR"'),
    ("site", "langs = ['?']", '[[site]] #1 langs, item 1: "?" is not a BCP 47 language tag; write a tag such as "en" or "pt-BR"'),
    ("site", "contact = 'me@example.org'", '[[site]] #1 contact: "me@example.org" is not an address to link to; put mailto: before it: "mailto:me@example.org"'),
    ("site", "contact = 'javascript:alert(1)'", '[[site]] #1 contact: "javascript:alert(1)" is not an address to link to; write a web address such as "https://example.org/contact", or "mailto:name@example.org"'),
    ("site", "secret_file = 'x'", "[[site]] #1 secret_file: secret is set too; keep one of secret and secret_file"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "line", "message"), FAULTS)
def test_a_fault_names_place_problem_and_remedy(
    tmp_path: Path, section: str, line: str, message: str
) -> None:
    assert faults(tmp_path, with_key(section, line))[0] == f"config.toml: {message}"


SITE_FAULTS = [
    (f'secret = "{SECRET}"', "[[site]] #1 sitekey: missing; run `gate site add`, or choose a short name such as my-forum"),
    ('sitekey = "a"', "[[site]] #1 secret: missing; run `gate site add`, or paste what `gate keys new` prints"),
    (f'sitekey = ""\nsecret = "{SECRET}"', "[[site]] #1 sitekey: empty; choose a short name of those, such as my-forum"),
    (f'sitekey = "a b"\nsecret = "{SECRET}"', "[[site]] #1 sitekey: other characters than A-Z, a-z, 0-9, - and _; choose a short name of those, such as my-forum"),
    (f'sitekey = "{"a" * 65}"\nsecret = "{SECRET}"', "[[site]] #1 sitekey: 65 characters, 64 is the most; choose a short name of those, such as my-forum"),
    ('sitekey = "a"\nsecret = "short"', "[[site]] #1 secret: 5 characters, 24 is the least; `gate keys new` prints a good one"),
    ('sitekey = "a"\nsecret = 5', '[[site]] #1 secret: not text but a whole number; write it like secret = ""'),
    (f'sitekey = "{SECRET}"\nsecret = "{SECRET}"', "[[site]] #1 secret: the same as the sitekey of site #1, which everybody can read; `gate keys new` prints a good one"),
    (f'sitekey = "test-pass"\nsecret = "{SECRET}"', '[[site]] #1 sitekey: "test-pass" is a published test key; choose a name of your own, or set [server] testing = true'),
    ('sitekey = "a"\nsecret = "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"', "[[site]] #1 secret: a published test key, which anybody can look up; `gate keys new` prints a good one"),
    (f'sitekey = "a"\nsecret = "{SECRET}"\n[[site]]\nsitekey = "a"\nsecret = "{OTHER_SECRET}"', '[[site]] #2 sitekey: "a" is also that of site #1; give each site its own'),
    (f'sitekey = "a"\nsecret = "{SECRET}"\n[[site]]\nsitekey = "b"\nsecret = "{SECRET}"', "[[site]] #2 secret: the same as that of site #1; `gate keys new` prints a good one"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "message"), SITE_FAULTS)
def test_sites_have_keys_of_their_own(tmp_path: Path, lines: str, message: str) -> None:
    text = f'[signing]\ncurrent = "{SIGNING}"\n[[site]]\n{lines}\n'
    assert faults(tmp_path, text) == [f"config.toml: {message}"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = "stor = 1\nbank = 5\nsite = {}\n[server]\nport = 0\nworkers = 'x'\n"
    assert [fault.partition(";")[0] for fault in faults(tmp_path, text)] == [
        "config.toml: stor: unknown section",
        "config.toml: bank: no table but a whole number (5)",
        "config.toml: site: no list of tables but a table",
        "config.toml: [server] port: 0 is out of range",
        'config.toml: [server] workers: not a whole number but text ("x")',
        "config.toml: [signing] current: missing",
        "config.toml: [[site]]: missing",
    ]


def test_an_empty_file_says_how_to_begin(tmp_path: Path) -> None:
    assert faults(tmp_path, "") == [
        "config.toml: [signing] current: missing; run `gate init`, or paste what `gate keys new` prints, or name a "
        'file: file = "keys.toml"',
        "config.toml: [[site]]: missing; run `gate site add`, or write [[site]] with a sitekey and a secret",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            b"[server]\nport = eighty\n",
            'config.toml: line 2, column 8: not TOML: invalid value; put it in quotes: "eighty"',
        ),
        (
            b"[server]\nport = ",
            'config.toml: line 2, column 8: not TOML: the file ends here, but invalid value; see that texts stand in '
            '"quotes" and lists in [brackets]',
        ),
        (b"a = 1\nb = '\xff'", "config.toml: line 2: not UTF-8; save the file in the encoding UTF-8"),
        (b"a = " + b"[" * 5000, "config.toml: a number too long or lists too deep to read; make it shorter"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, text: bytes, fault: str) -> None:
    assert faults(tmp_path, text) == [fault]


def test_a_secret_without_quotes_is_not_shown(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, MINIMAL.replace(f'"{SIGNING}"', SIGNING))
    assert SIGNING not in fault
    assert fault == "config.toml: line 3, column 11: not TOML: invalid value; put it in quotes"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.toml", environ={})
    assert str(caught.value) == (
        f'config.toml: there is no file "{tmp_path}/config.toml"; correct the path, or run `gate init` to make one'
    )


def test_a_weak_signing_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, MINIMAL.replace(SIGNING, "hunter2"))
    assert fault.startswith(
        "config.toml: [signing] current: the key has only 7 of at least 32 bytes; make one with"
    )
    assert "hunter2" not in fault


def test_a_wrong_type_of_secret_does_not_show_it(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, with_key("signing", "previous = 'hunter2'"))
    assert (
        fault == "config.toml: [signing] previous: not a list of texts but text; write it like previous = []"
    )


# The environment


def test_any_key_comes_from_the_environment(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        MINIMAL,
        {
            "GATE_SERVER__PORT": "8081",
            "GATE_SERVER__TESTING": "True",
            "GATE_STORE__URL": "sqlite:////var/lib/gate.db",
            "GATE_CHALLENGE__MIN_SECONDS": "2",
            "GATE_LIMITS__ANSWERS": "",
            "GATE_BANK__FILES": "starter, more/*.toml",
            "GATE_SITE__0__SECRET": OTHER_SECRET,
            "GATE_SITE__0__HOSTS": '["a.example", "b.example"]',
            "GATE_SITE__0__LANGS": "['en', 'fr',]",
            "GATE_SITE__1__SITEKEY": "second",
            "GATE_SITE__1__SECRET": SECRET,
            "GATE_CONFIG": "not read",
            "GATEWAY__X": "not ours",
        },
    )
    assert (config.server.port, config.server.testing) == (8081, True)
    assert config.store.url == "sqlite:////var/lib/gate.db"
    assert config.challenge.min_seconds == 2.0
    assert config.limits.answers is None
    assert config.bank.files == ("starter", "more/*.toml")
    first, second = config.sites
    assert (first.secret, first.hosts, first.langs) == (
        OTHER_SECRET,
        ("a.example", "b.example"),
        ("en", "fr"),
    )
    assert (second.sitekey, second.secret) == ("second", SECRET)


def test_the_environment_alone_is_enough() -> None:
    environ = {
        "GATE_SIGNING__CURRENT": SIGNING,
        "GATE_SITE__0__SITEKEY": "forum",
        "GATE_SITE__0__SECRET": SECRET,
    }
    config = load_config(None, environ=environ)
    assert config.sites[0].sitekey == "forum"
    assert config.base == Path.cwd()


def test_the_environment_replaces_what_the_file_has_in_its_stead(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SIGNING + "\n")
    config = load(tmp_path, MINIMAL.replace(SIGNING, "..."), {"GATE_SIGNING__CURRENT_FILE": "key"})
    assert config.signing.current == SIGNING
    (tmp_path / "keys.toml").touch()
    config = load(tmp_path, MINIMAL, {"GATE_SIGNING__FILE": "keys.toml"})
    assert (config.signing.current, config.signing.file) == ("", tmp_path / "keys.toml")
    config = load(
        tmp_path,
        MINIMAL.replace("current", "file").replace(SIGNING, "no.toml"),
        {"GATE_SIGNING__CURRENT": SIGNING},
    )
    assert (config.signing.current, config.signing.file) == (SIGNING, None)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("GATE_FOO__BAR", "1", 'unknown section "foo"; known here: BANK, CHALLENGE, DASHBOARD, LIMITS, METRICS, SERVER, SIGNING, SITE, STORE, TOKEN'),
        ("GATE_STOR__URL", "1", 'unknown section "stor"; did you mean "STORE"?'),
        ("GATE_STORE__URI", "1", 'unknown key "uri"; did you mean "url"?'),
        ("GATE_store__url", "1", "not in capitals; write GATE_STORE__URL"),
        ("GATE_STORE__URL__X", "1", "not the name of a setting; write GATE_STORE__ and the key"),
        ("GATE_SITE__SECRET", "1", "no site's number; write GATE_SITE__0__ and the key, 0 being the first site"),
        ("GATE_SITE__00__SECRET", "1", "no site's number; write GATE_SITE__0__ and the key, 0 being the first site"),
        ("GATE_SITE__2__SECRET", "1", "there is no site 2; the next one is GATE_SITE__1__"),
        ("GATE_SERVER__PORT", "eighty", 'not a whole number but text ("eighty"); write it like GATE_SERVER__PORT=8080'),
        ("GATE_SERVER__PORT", "99999", "99999 is out of range; write a number from 1 to 65535"),
        ("GATE_SERVER__TESTING", "maybe", 'not true or false but text ("maybe"); write it like GATE_SERVER__TESTING=false'),
        ("GATE_CHALLENGE__MIN_SECONDS", "nan", 'not a number but text ("nan"); write it like GATE_CHALLENGE__MIN_SECONDS=1.0'),
        ("GATE_SITE__0__TAGS", "[a", 'not a list of texts but text ("[a"); write it like GATE_SITE__0__TAGS=[]'),
    ],
)  # fmt: skip
def test_a_bad_variable_is_named(tmp_path: Path, variable: str, value: str, message: str) -> None:
    assert faults(tmp_path, MINIMAL, {variable: value}) == [f"{variable}: {message}"]


# Secrets from files


def test_secrets_come_from_files_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "current").write_bytes(SIGNING.encode() + b"\r\n")
    (tmp_path / "run" / "secret").write_text(SECRET + "\n")
    (tmp_path / "run" / "hash").write_text("scrypt:x\n\n")
    (tmp_path / "run" / "token").write_text("tok")
    config = load(
        tmp_path,
        f"""
        signing = {{ current_file = "run/current" }}
        dashboard = {{ password_hash_file = "run/hash", password_hash = "" }}
        metrics = {{ token_file = "{tmp_path}/run/token" }}
        site = [{{ sitekey = "forum", secret_file = "run/secret" }}]
        """,
    )
    assert (config.signing.current, config.sites[0].secret) == (SIGNING, SECRET)
    assert (config.dashboard.password_hash, config.metrics.token) == ("scrypt:x\n", "tok")


def test_a_secret_file_must_be_there_and_hold_a_secret(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 20_000)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "short").write_text("hunter2\n")
    text = """
        signing = { current_file = "missing" }
        dashboard = { password_hash_file = "big" }
        metrics = { token_file = "." }
        store = { url_file = "binary" }
        site = [{ sitekey = "forum", secret_file = "short" }]
        """
    assert faults(tmp_path, text) == [
        'config.toml: [signing] current_file: there is no file "FOLDER/missing"; create it with the secret in it, or '
        "correct the path",
        'config.toml: [store] url_file: "FOLDER/binary" is not UTF-8; write the secret in letters and digits',
        'config.toml: [dashboard] password_hash_file: "FOLDER/big" is too long for a secret; name a file that holds the '
        "secret alone",
        'config.toml: [metrics] token_file: "FOLDER" cannot be read: Is a directory; let this user read it',
        "config.toml: [[site]] #1 secret_file: 7 characters, 24 is the least; `gate keys new` prints a good one",
    ]


def test_the_key_file_must_be_there(tmp_path: Path) -> None:
    text = MINIMAL.replace(f'current = "{SIGNING}"', 'file = "keys.toml"')
    assert faults(tmp_path, text) == [
        'config.toml: [signing] file: there is no file "FOLDER/keys.toml"; make it with `gate init`, or correct the path'
    ]


# Embedded


def test_embedded_settings_need_neither_keys_nor_site(tmp_path: Path) -> None:
    table = {"store": {"url": "memory://"}, "bank": {"files": ("a.toml",)}}
    config = parse_config(table, place="GATE_CONFIG", base=tmp_path, environ={}, embedded=True)
    assert (config.signing.current, config.sites, config.bank.files) == ("", (), ("a.toml",))


def test_embedded_settings_are_checked_all_the_same(tmp_path: Path) -> None:
    table: dict[str, Any] = {"token": {"lifetim": 1}, "site": [{"sitekey": "a"}]}
    with pytest.raises(ConfigError) as caught:
        parse_config(table, place="GATE_CONFIG", base=tmp_path, environ={}, embedded=True)
    assert [fault.place for fault in caught.value.faults] == [
        "GATE_CONFIG: [token] lifetim",
        "GATE_CONFIG: [[site]] #1 secret",
    ]


# Sites


@pytest.mark.parametrize(
    ("hosts", "host", "allowed"),
    [
        ((), "anything.example", True),
        (("example.org",), "example.org", True),
        (("example.org",), "EXAMPLE.org.", True),
        (("Example.org",), "example.org", True),
        (("example.org",), "example.org:8080", True),
        (("example.org",), "www.example.org", False),
        (("example.org",), "evil-example.org", False),
        (("example.org",), "example.org.evil.example", False),
        (("example.org",), "", False),
        (("*.example.org",), "a.example.org", True),
        (("*.example.org",), "a.b.example.org", True),
        (("*.example.org",), "example.org", False),
        (("*.example.org",), ".example.org", False),
        (("*.example.org",), "evil-example.org", False),
        (("*.example.org",), "a.example.org.evil.example", False),
        (("::1",), "[::1]:8080", True),
        (("127.0.0.1",), "127.0.0.1:8080", True),
    ],
)  # fmt: skip
def test_hosts_match_by_whole_name(hosts: tuple[str, ...], host: str, allowed: bool) -> None:  # noqa: FBT001
    assert Site(sitekey="a", secret="b", hosts=hosts).allows(host) is allowed


def test_sites_have_different_short_names() -> None:
    first, second = Site(sitekey="a", secret="x"), Site(sitekey="b", secret="x")
    assert len(first.short) == 8
    assert first.short != second.short


# Test keys


def test_test_keys_are_there_only_while_testing(tmp_path: Path) -> None:
    assert len(load(tmp_path, MINIMAL).all_sites) == 1
    config = load(tmp_path, with_key("server", "testing = true"))
    by_secret = {site.secret: site.outcome for site in config.all_sites}
    by_sitekey = {site.sitekey: site.outcome for site in config.all_sites}
    assert by_sitekey["forum"] is Outcome.NORMAL
    assert [by_secret[f"test-{name}"] for name in ("pass", "fail", "spent", "expired", "down")] == [
        Outcome.PASS,
        Outcome.FAIL,
        Outcome.SPENT,
        Outcome.EXPIRED,
        Outcome.DOWN,
    ]
    assert by_secret["6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"] is Outcome.PASS
    assert by_secret["0x0000000000000000000000000000000000000000"] is Outcome.PASS
    assert by_sitekey["10000000-ffff-ffff-ffff-000000000001"] is Outcome.PASS
    assert [by_secret[f"{n}x0000000000000000000000000000000AA"] for n in (1, 2, 3)] == [
        Outcome.PASS,
        Outcome.FAIL,
        Outcome.SPENT,
    ]
    assert [by_sitekey[f"{key}"] for key in ("1x00000000000000000000BB", "2x00000000000000000000BB")] == [
        Outcome.PASS,
        Outcome.FAIL,
    ]
    assert by_sitekey["3x00000000000000000000FF"] is Outcome.PASS


def test_test_sites_can_be_told_apart_by_either_key() -> None:
    assert len({site.sitekey for site in TEST_SITES}) == len(TEST_SITES)
    assert len({site.secret for site in TEST_SITES}) == len(TEST_SITES)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_testing_needs_no_site_on_loopback(tmp_path: Path, host: str) -> None:
    text = f'server = {{ testing = true, host = "{host}" }}\nsigning = {{ current = "{SIGNING}" }}'
    assert load(tmp_path, text).sites == ()


def test_test_keys_on_a_public_host_must_be_allowed_by_the_command(tmp_path: Path) -> None:
    text = with_key("server", 'host = "0.0.0.0"\ntesting = true')
    assert load(tmp_path, text, allow_public_test_keys=True).server.testing


def test_a_test_key_needs_no_site_while_testing(tmp_path: Path) -> None:
    text = with_key("server", "testing = true").replace('"forum"', '"test-pass"').replace(SECRET, "test-pass")
    assert faults(tmp_path, text) == [
        'config.toml: [[site]] #1 sitekey: "test-pass" is a published test key; remove this [[site]]: while testing is on '
        "the test keys are there by themselves",
        "config.toml: [[site]] #1 secret: a published test key, which anybody can look up; remove this [[site]]: while "
        "testing is on the test keys are there by themselves",
    ]


# The sample file


def test_the_sample_file_is_made_from_the_declarations() -> None:
    assert example_path().read_text(encoding="utf-8") == example_toml()


def test_the_sample_file_shows_every_key_with_its_default() -> None:
    table = tomllib.loads(example_toml())
    shown = {
        (section, key): value
        for section, values in table.items()
        for key, value in (values[0] if section == "site" else values).items()
    }
    rows = {(row.section, row.name): row for row in settings()}
    assert list(shown) == list(rows)
    placeholders = [place for place, value in shown.items() if value == "..."]
    assert placeholders == [("signing", "current"), ("site", "sitekey"), ("site", "secret")]
    for place, value in shown.items():
        if place not in placeholders:
            assert tomllib.loads(f"x = {rows[place].default}")["x"] == value


def test_the_sample_files_places_to_fill_are_refused(tmp_path: Path) -> None:
    still = 'still the "..." of the sample file'
    assert faults(tmp_path, example_toml()) == [
        f"config.toml: [signing] current: {still}; run `gate init`, or paste what `gate keys new` prints",
        f"config.toml: [[site]] #1 sitekey: {still}; run `gate site add`, or choose a short name such as my-forum",
        f"config.toml: [[site]] #1 secret: {still}; run `gate site add`, or paste what `gate keys new` prints",
    ]


def test_the_sample_file_loads_once_it_is_filled(tmp_path: Path) -> None:
    text = example_toml()
    for key, value in (("current", SIGNING), ("sitekey", "forum"), ("secret", SECRET)):
        text = text.replace(f'{key} = "..."', f'{key} = "{value}"')
    config = load(tmp_path, text)
    assert config == Config(
        signing=config.signing, sites=(Site(sitekey="forum", secret=SECRET),), base=tmp_path
    )


def test_every_setting_has_help_that_ends_as_a_sentence() -> None:
    rows = list(settings())
    assert len(rows) > 25
    assert [row.name for row in rows if not row.help.endswith(".")] == []
    assert {row.unit for row in rows if row.name in ("lifetime", "min_seconds")} == {"seconds"}
