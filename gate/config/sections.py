"""The sections of config.toml and what they hold: every setting is declared here or in ``sites``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from limits import RateLimitItem

from gate.config import checks
from gate.config.rates import rate, seconds
from gate.config.settings import setting
from gate.config.sites import Site
from gate.config.testkeys import TEST_SITES


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where `gate serve` listens."""

    host: str = setting(
        "127.0.0.1",
        check=checks.listen_host,
        help='Address to listen on. "127.0.0.1" is for a proxy on this machine, "0.0.0.0" for every network.',
    )
    port: int = setting(8080, check=checks.between(1, 65_535), help="Port to listen on.")
    workers: int = setting(2, check=checks.between(1, 1024), help="How many processes answer requests.")
    trusted_proxies: int = setting(
        0,
        check=checks.between(0, 32),
        help="How many of your own proxies stand before the gate. The client's address is then that many "
        "places from the right in X-Forwarded-For; with 0 that header is ignored.",
    )
    testing: bool = setting(
        False, help="Accept the test keys, which anybody can look up. Never on a public address."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSettings:
    """The keys that challenges, tokens and receipts are signed with: `current` or `file`, not both."""

    current: str = setting(
        "",
        secret=True,
        make="run `gate init`, or paste what `gate keys new` prints",
        check=checks.current_secret,
        help="The secret that signs, 32 bytes or more. Whoever knows it can forge tokens.",
    )
    previous: tuple[str, ...] = setting(
        (), secret=True, check=checks.signing_secret, help="Earlier secrets, which are still accepted."
    )
    file: Path | None = setting(
        "",
        check=checks.key_file,
        instead_of=("current", "current_file", "previous"),
        help='A file with the keys, such as "keys.toml", instead of current and previous; `gate keys rotate` '
        "looks after it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where the gate remembers which tokens were used."""

    url: str = setting(
        "sqlite:///gate.db",
        secret=True,
        check=checks.store_url,
        help='"sqlite:///gate.db" is a file beside this one, "sqlite:////var/lib/gate.db" (four slashes) '
        'one with an absolute path; "memory://" forgets at every restart and takes one worker only; '
        '"redis://127.0.0.1:6379/0" is for several machines, see docs/redis.md for its other forms.',
    )
    allow_eviction: bool = setting(
        False,
        help="Put up with a Redis that may drop what it was told to keep: used tokens would count again.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BankSettings:
    """The questions."""

    files: tuple[str, ...] = setting(
        ("starter", "bank/*.toml"),
        check=checks.bank_file,
        help='Files of questions; * stands for any name, "starter" for the questions that come with gate.',
    )
    lang: str = setting("en", check=checks.language, help="Language that a site's posters are asked in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeSettings:
    """How questions are put."""

    lifetime: int = setting(
        86_400,
        unit="seconds",
        check=checks.between(1, checks.YEAR, ", in seconds"),
        help="How long a question may be answered.",
    )
    min_seconds: float = setting(
        1.0,
        unit="seconds",
        check=checks.between(0, 3600, ", in seconds"),
        help="An answer that comes sooner is sent back unjudged.",
    )
    sticky: float = setting(
        "10 minutes",
        check=seconds,
        help='How long the same person is put the same question, however often it is asked for. "" draws '
        "anew each time.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """The proof that a question was answered."""

    lifetime: int = setting(
        86_400,
        unit="seconds",
        check=checks.between(1, checks.YEAR, ", in seconds"),
        help="How long a token is good for after the answer: the time left for writing the reply.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """How often one person may do what at one site; "" turns a limit off."""

    challenges: RateLimitItem | None = setting(
        "120/minute", check=rate, help="Questions asked for (counted by each process for itself)."
    )
    answers: RateLimitItem | None = setting("60/10 minutes", check=rate, help="Answers given.")
    wrong_answers: RateLimitItem | None = setting("30/10 minutes", check=rate, help="Wrong answers given.")
    tokens: RateLimitItem | None = setting(
        "20/10 minutes", check=rate, help="Right answers given; each is worth a token."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSettings:
    """Pages for the operator. This version has none: these settings have no effect."""

    enabled: bool = setting(False, help="Whether there is a dashboard.")
    password_hash: str = setting(
        "", secret=True, help="Hash of the password that opens it; without one nobody can log in."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """Figures for Prometheus at /metrics."""

    enabled: bool = setting(False, help="Whether there are metrics.")
    token: str = setting("", secret=True, help='Bearer token that a scrape must show; "" asks for none.')


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings, checked. Relative paths are meant from ``base``, the folder of the file they stand in.

    ``secret_files`` are the files that secrets were read from.
    """

    server: ServerSettings = ServerSettings()
    signing: SigningSettings = SigningSettings()
    store: StoreSettings = StoreSettings()
    bank: BankSettings = BankSettings()
    challenge: ChallengeSettings = ChallengeSettings()
    token: TokenSettings = TokenSettings()
    limits: LimitSettings = LimitSettings()
    dashboard: DashboardSettings = DashboardSettings()
    metrics: MetricsSettings = MetricsSettings()
    sites: tuple[Site, ...] = ()
    base: Path = field(default=Path())
    secret_files: tuple[Path, ...] = ()

    @property
    def all_sites(self) -> tuple[Site, ...]:
        """The configured sites, and those with test keys while testing is on."""
        return (*self.sites, *TEST_SITES) if self.server.testing else self.sites

    def langs_of(self, site: Site) -> tuple[str, ...]:
        """Return the languages that a site's posters are asked in."""
        return site.langs or (self.bank.lang,)


SECTIONS: dict[str, type] = {
    "server": ServerSettings,
    "signing": SigningSettings,
    "store": StoreSettings,
    "bank": BankSettings,
    "challenge": ChallengeSettings,
    "token": TokenSettings,
    "limits": LimitSettings,
    "dashboard": DashboardSettings,
    "metrics": MetricsSettings,
}
"""The sections by name, in the order of the file; [[site]] comes last and may come often."""
