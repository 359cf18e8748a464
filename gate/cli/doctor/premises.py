"""What can be seen without asking the gate: its settings, and who may read its files."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gate.cli.doctor.findings import Findings
from gate.config import Config
from gate.config.agreement import SHORTEST_SECRET, is_loopback
from gate.signing.strength import weak_reason
from gate.stores.sqlite import file_of


def look_around(config: Config, path: Path, url: str, findings: Findings) -> None:
    """Note what settings and files tell; ``url`` is where posters reach the gate."""
    _look_at_test_keys(config, url, findings)
    _look_at_secrets(config, findings)
    _look_at_modes(config, path, findings)
    _look_at_hosts(config, findings)
    _look_at_transport(url, findings)


def _look_at_test_keys(config: Config, url: str, findings: Findings) -> None:
    if not config.server.testing:
        findings.ok("test keys", "off")
        return
    note = findings.warn if is_loopback(urlsplit(url).hostname or "") else findings.fault
    note("test keys", "on: anybody can look them up and pass", "set testing = false in [server], and restart")


def _look_at_secrets(config: Config, findings: Findings) -> None:
    fresh = "paste what `gate keys new` prints"
    weak = [
        (
            f'the secret of site "{site.name or site.sitekey}"',
            weak_reason(site.secret.encode(), SHORTEST_SECRET),
        )
        for site in config.sites
    ]
    if config.metrics.enabled and config.metrics.token:
        weak.append(("the token in [metrics]", weak_reason(config.metrics.token.encode(), SHORTEST_SECRET)))
    for what, reason in weak:
        if reason:
            findings.fault("secrets", f"{what} {reason}", f"{fresh}, there and where it is used")
    if not any(reason for _, reason in weak):
        findings.ok("secrets", "none can be guessed")
    if config.metrics.enabled and not config.metrics.token:
        findings.warn("secrets", "anybody may read /metrics", f"set token in [metrics]: {fresh}")


def _look_at_modes(config: Config, path: Path, findings: Findings) -> None:
    files = list(_private_files(config, path))
    readable = [file for file in files if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)]
    for file in readable:
        findings.warn("file modes", f"every user of this machine can read {file}", f"chmod o= {file}")
    if not readable:
        findings.ok("file modes", "nobody else can read config, keys and store")


def _private_files(config: Config, path: Path) -> Iterator[Path]:
    candidates = [path, *config.secret_files]
    if config.signing.file is not None:
        candidates.append(config.signing.file)
    store = file_of(config.store.url, config.base)
    if store is not None:
        candidates += [store, store.with_name(f"{store.name}-wal")]
    yield from (file for file in candidates if file.is_file())


def _look_at_hosts(config: Config, findings: Findings) -> None:
    open_sites = [f'"{site.name or site.sitekey}"' for site in config.sites if not site.hosts]
    if open_sites:
        problem = f"pages of any host may ask for {', '.join(open_sites)}"
        findings.warn("hosts", problem, 'write hosts = ["forum.example.org"] there, with your own')
    else:
        findings.ok("hosts", "every site names those whose pages may ask")


def _look_at_transport(url: str, findings: Findings) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        problem = "secrets and answers travel unencrypted"
        findings.warn(
            "transport", problem, "let a proxy with TLS stand before the gate, and name its https://"
        )
