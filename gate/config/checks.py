"""What single values must be. Each check returns it as the program uses it, or raises ``UnfitError``."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from gate.config.settings import UnfitError
from gate.errors import WeakKeyError
from gate.parsing import language_tag, quoted
from gate.signing.strength import check_secret

YEAR = 31_536_000
"""In seconds; nothing that is signed lives longer."""

LONGEST_SITEKEY = 64
LONGEST_SECRET = 128

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_KEY_LETTERS = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ADDRESS = re.compile(r"[^\s@?]+@[^\s@?]+(\?\S*)?")
_SERVERS = {
    "redis": "redis://127.0.0.1:6379/0",
    "rediss": "rediss://redis.example.org:6380/0",
    "unix": "unix:///run/redis/redis.sock",
    "redis+sentinel": "redis+sentinel://host1:26379,host2:26379/name",
    "redis+cluster": "redis+cluster://host1:6379,host2:6379",
}
_STORES = f'there are "memory://", "sqlite:///gate.db" and {", ".join(_SERVERS)}'


def between(low: float, high: float, words: str = "") -> Callable[[float], float]:
    """Return a check that a number (not NaN) lies in this range, both ends included."""
    remedy = f"write a number from {low} to {high}{words}"

    def check(value: float) -> float:
        if not low <= value <= high:
            shown = "the number" if abs(value) >= 1e6 else f"{value:g}"
            raise UnfitError(f"{shown} is out of range", remedy)
        return value

    return check


def listen_host(text: str) -> str:
    """Check an address or host name to listen on."""
    if "://" in text or "/" in text:
        raise UnfitError(f"{quoted(text)} is not a host", "write the host alone, without http:// and path")
    if _is_ip(text) or (_is_host_name(text) and not text.replace(".", "").isdigit()):
        return text
    remedy = 'write an address such as "127.0.0.1", or "0.0.0.0" for every network'
    if _is_ip(text.strip("[]")):
        remedy = f'write it without brackets: "{text.strip("[]")}"'
    elif text.count(":") == 1:
        remedy = "write the host alone; the port is a setting of its own"
    raise UnfitError(f"{quoted(text)} is not a host", remedy)


def page_host(text: str) -> str:
    """Check the host of a page, or "*.example.org" for its sub-domains; return it as ``bare_host`` does."""
    if "/" in text:
        host = bare_host(text.partition("://")[2].partition("/")[0] or text.partition("/")[0])
        remedy = f'write the host alone: "{host}"' if _is_host_name(host) else "write the host alone"
        raise UnfitError(f"{quoted(text)} is an address, not a host", remedy)
    if text.strip() == "*":
        raise UnfitError('"*" is not a host', "write hosts = [] to allow any")
    host = bare_host(text)
    if _is_ip(host) or _is_host_name(host.removeprefix("*.")):
        return host
    raise UnfitError(f"{quoted(text)} is not a host", _host_remedy(host))


def bare_host(text: str) -> str:
    """Return a host in lower case, without port, brackets and final dot."""
    host = text.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.removesuffix(".")


def language(text: str) -> str:
    """Check a BCP 47 tag; return it in its usual spelling."""
    tag = language_tag(text)
    if tag is not None:
        return tag
    better = language_tag(text.replace("_", "-"))
    remedy = f'write it as "{better}"' if better else 'write a tag such as "en" or "pt-BR"'
    raise UnfitError(f"{quoted(text)} is not a BCP 47 language tag", remedy)


def contact(text: str) -> str:
    """Check a web or mail address that a page can link to; "" is none."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        good = bool(parts.hostname) if parts.scheme in ("http", "https") else _is_mail_link(text)
    except ValueError:
        good = False
    if good and not re.search(r"[\s\x00-\x1f\x7f\"'<>\\]", text):
        return text
    remedy = 'write a web address such as "https://example.org/contact", or "mailto:name@example.org"'
    if _ADDRESS.fullmatch(text):
        remedy = f'put mailto: before it: "mailto:{text[:60]}"'
    raise UnfitError(f"{quoted(text)} is not an address to link to", remedy)


def sitekey(text: str) -> str:
    """Check the letters and length of a site's public key."""
    return _key(text, LONGEST_SITEKEY, "choose a short name of those, such as my-forum")


def site_secret(text: str) -> str:
    """Check the letters and length of a site's secret; whether it is long enough depends on ``testing``."""
    return _key(text, LONGEST_SECRET, "`gate keys new` prints one")


def signing_secret(text: str) -> str:
    """Check that a signing key is strong enough."""
    try:
        check_secret(text)
    except WeakKeyError as error:
        raise UnfitError(error.problem, error.remedy) from None
    return text


def current_secret(text: str) -> str:
    """Check the signing key; "" says that keys come from elsewhere."""
    return signing_secret(text) if text else ""


def key_file(text: str) -> Path | None:
    """Read the path of the key file; "" is none."""
    return Path(text) if text else None


def bank_file(text: str) -> str:
    """Check that a name in the list of files is none left empty."""
    if not text.strip() or "\0" in text:
        raise UnfitError("not the name of a file", 'write a path such as "bank/*.toml", or "starter"')
    return text


def store_url(text: str) -> str:
    """Check that a store of this kind can be opened; messages leave out the URL: it may hold a password."""
    scheme, colon, rest = text.partition(":")
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme, re.IGNORECASE | re.ASCII):
        raise UnfitError("not a store's URL", 'write it like "sqlite:///gate.db"')
    if scheme == "memory":
        if rest != "//":
            raise UnfitError("a memory store has no name", 'write "memory://"')
        return text
    if scheme in _SERVERS:
        return _server_url(scheme, rest)
    if scheme != "sqlite":
        raise UnfitError(f'there is no store of the kind "{scheme[:20]}"', _STORES)
    if not rest.startswith("///") or not rest.strip("/"):
        raise UnfitError("no path in the store's URL", 'write "sqlite:///" and the path: "sqlite:///gate.db"')
    if ":memory:" in rest:
        raise UnfitError("SQLite in memory is another store in each connection", 'write "memory://"')
    return text


def _server_url(scheme: str, rest: str) -> str:
    if not rest.startswith("//") or not rest.strip("/"):
        raise UnfitError("no server in the store's URL", f'write it like "{_SERVERS[scheme]}"')
    return f"{scheme}:{rest}"


def _key(text: str, longest: int, remedy: str) -> str:
    if not text:
        raise UnfitError("empty", remedy)
    if not _KEY_LETTERS.fullmatch(text):
        raise UnfitError("other characters than A-Z, a-z, 0-9, - and _", remedy)
    if len(text) > longest:
        raise UnfitError(f"{len(text)} characters, {longest} is the most", remedy)
    return text


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_host_name(text: str) -> bool:
    return len(text) <= 253 and _HOST_NAME.fullmatch(text.lower()) is not None


def _is_mail_link(text: str) -> bool:
    return text.startswith("mailto:") and _ADDRESS.fullmatch(text.removeprefix("mailto:")) is not None


def _host_remedy(host: str) -> str:
    try:
        ascii_form = host.encode("idna").decode()
    except UnicodeError:
        ascii_form = ""
    if ascii_form and ascii_form != host:
        return f'write it as browsers send it: "{ascii_form}"'
    return 'write a name such as "forum.example.org", or "*.example.org" for its sub-domains'
