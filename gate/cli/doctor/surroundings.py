"""What stands between posters and the gate: is it there, is it ready, does anything meddle with its replies."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from gate.cli.doctor.findings import Findings, State
from gate.cli.doctor.visitor import Reply, UnreachableError, Visitor
from gate.config import Config, Site
from gate.config.agreement import is_loopback
from gate.signing.claims import SKEW_MS
from gate.web.replies import COMMON_HEADERS

_LOOKS = 8
"""Each worker knows only of its own requests, so /readyz is asked until each has had its turn, nearly for sure."""

_SPOOFS = 6
_CLOCKS = "set both clocks by NTP (timedatectl set-ntp true)"
WAIT = "wait a minute and run this again"
_FRAME_REMEDIES = {429: WAIT, 503: "see what is found of the store"}
_MEDDLING = "let the proxy pass on the gate's own headers, and add none"


def reach(visitor: Visitor, findings: Findings) -> bool:
    """Say whether a gate answers there at all."""
    url = visitor.url
    try:
        reply = visitor.get("/healthz")
    except UnreachableError as error:
        findings.fault("reachable", f"{url}: {error}", error.remedy)
        return False
    where = reply.header("Location")
    if 300 <= reply.status < 400 and where:
        target = where.removesuffix("/healthz")
        findings.fault("reachable", f"{url} sends elsewhere", f"name that address: --url {target}")
    elif reply.status != 200 or reply.body.get("alive") is not True:
        problem = f"{url} answers HTTP {reply.status}, but not as a gate does"
        findings.fault(
            "reachable", problem, "name the gate's own address with --url, with its path if it has one"
        )
    else:
        findings.ok("reachable", f"{url} answers")
        _look_at_date(reply, findings)
        return True
    return False


def look_at_readiness(visitor: Visitor, findings: Findings) -> None:
    """Note what the gate says of itself; asked last, when every worker has seen requests come in."""
    replies = [visitor.get("/readyz") for _ in range(_LOOKS)]
    answered = [reply for reply in replies if "store" in reply.body]
    if not answered:
        findings.fault(
            "readiness", f"/readyz answers HTTP {replies[0].status}", "let the proxy pass on /readyz too"
        )
        return
    for check, key, remedy in (
        ("store", "store", "see the gate's log"),
        ("files", "reload", "correct it; `gate check` shows every fault"),
        ("proxies", "proxies", "set trusted_proxies in [server], and restart"),
    ):
        said = next((str(reply.body[key]) for reply in answered if reply.body.get(key, "ok") != "ok"), None)
        problem, _, own_remedy = (said or "").partition("\n")[0].partition("; ")
        findings.judge(check, problem or None, own_remedy or remedy, fine="the gate finds nothing amiss")


def look_for_silent_proxy(config: Config, url: str, findings: Findings) -> None:
    """Note a proxy that must be there, since the gate listens on this machine alone, and names no client.

    To be called after ``look_at_readiness``, which tells whether one was seen that names them.
    """
    told = [each.state for each in findings.found if each.check == "proxies"]
    listening, asked = config.server.host, urlsplit(url).hostname or ""
    if told != [State.OK] or config.server.trusted_proxies:
        return
    if not is_loopback(listening) or is_loopback(asked):
        return
    findings.warn(
        "proxies",
        f"the gate listens on {listening} alone, so a proxy stands before it, but no X-Forwarded-For comes: all "
        "clients look like one, which soon reaches the limits",
        "let the proxy set X-Forwarded-For, and trusted_proxies in [server] to the number of your proxies",
    )


def look_at_headers(first: Reply, second: Reply, findings: Findings) -> None:
    """Compare the headers of two questions with those that the gate sends."""
    caching = _caching_problem(first, second)
    findings.judge("caching", caching, "let the proxy cache nothing below /v1", fine="nothing is kept")
    for check, name in (("sniffing", "X-Content-Type-Options"), ("csp", "Content-Security-Policy")):
        problem = _changed(first, name)
        findings.judge(check, problem, _MEDDLING, fine=f"{name} is the gate's own")
    cookie = "a cookie is set, which the gate never does" if first.header("Set-Cookie") else None
    findings.judge(
        "cookies", cookie, "switch it off in the proxy: posters would have to be asked", fine="none"
    )


def look_at_frame(visitor: Visitor, site: Site, findings: Findings) -> None:
    """Note whether the page without JavaScript arrives as it should."""
    referer = f"https://{_host_of(site)}/" if site.hosts else ""
    page = visitor.get("/nojs", {"sitekey": site.sitekey}, **({"Referer": referer} if referer else {}))
    policy, remedy = page.header("Content-Security-Policy"), _MEDDLING
    problem = None
    if page.status != 200:
        problem = f"/nojs answers HTTP {page.status}"
        remedy = _FRAME_REMEDIES.get(
            page.status, "let the proxy pass it on: posters without JavaScript need it"
        )
    elif page.header("X-Frame-Options"):
        problem = f"X-Frame-Options: {page.header('X-Frame-Options')} keeps it out of your pages"
    elif "frame-ancestors" not in policy or "default-src 'none'" not in policy:
        problem = f'its Content-Security-Policy is not the gate\'s but "{policy[:80]}"'
    findings.judge("frame", problem, remedy, fine="the page without JavaScript can be embedded")


def look_at_widget(visitor: Visitor, findings: Findings) -> None:
    """Note whether the widget's script arrives."""
    script = visitor.get("/gate.js")
    kind = script.header("Content-Type")
    problem = None
    if script.status != 200 or "javascript" not in kind:
        problem = f"/gate.js answers HTTP {script.status} {kind}"
    findings.judge("widget", problem, "let the proxy pass it on", fine="/gate.js is there")


def look_at_forwarding(config: Config, ask: Callable[..., Reply], findings: Findings) -> None:
    """Note whether a client can choose its own address: it would then be drawn other questions."""
    proxies = config.server.trusted_proxies
    if not proxies or not config.challenge.sticky:
        return
    honest = str(ask().body.get("question"))
    spoofed = {
        str(ask(X_Forwarded_For=f"198.51.100.{number}").body.get("question")) for number in range(_SPOOFS)
    }
    problem = None
    if spoofed != {honest}:
        problem = f"trusted_proxies = {proxies}, but fewer stand there: clients can choose their address"
    remedy = "set trusted_proxies in [server] to the number of your proxies, and restart"
    findings.judge(
        "forwarded", problem, remedy, fine=f"{proxies} trusted, and no client can choose its address"
    )


def look_at_clock(made_at: float, findings: Findings) -> None:
    """Compare the time that the gate signed with the one here."""
    _compare_clocks("clock", "the gate's clock", made_at, findings)


def look_at_origins(reply: Reply, site: Site, findings: Findings) -> None:
    """Note whether pages of the site may read what they ask for."""
    origin = f"https://{_host_of(site)}"
    problem = None
    if reply.header("Access-Control-Allow-Origin") not in (origin, "*"):
        problem = f"pages of {origin} may not read the reply"
    remedy = f"let the proxy pass on Access-Control-Allow-Origin, and see that hosts names {_host_of(site)}"
    findings.judge("origins", problem, remedy, fine=f"pages of {origin} may ask")


def origin_headers(site: Site) -> dict[str, str]:
    """Return what a page of the site sends along."""
    return {"Origin": f"https://{_host_of(site)}"} if site.hosts else {}


def _host_of(site: Site) -> str:
    return site.hosts[0].replace("*.", "www.", 1)


def _look_at_date(reply: Reply, findings: Findings) -> None:
    try:
        told = parsedate_to_datetime(reply.header("Date")).timestamp()
    except ValueError:
        findings.warn("date", "no Date comes with the reply", "let the proxy pass it on")
        return
    _compare_clocks("date", "the Date of the reply", told, findings)


def _compare_clocks(check: str, what: str, told: float, findings: Findings) -> None:
    apart = told - time.time()
    # A Date has whole seconds, and the request took its time too.
    problem = None
    if abs(apart) > SKEW_MS / 1000 + 1:
        problem = f"{what} is {abs(apart):.0f} seconds {'ahead of' if apart > 0 else 'behind'} this machine's"
    findings.judge(check, problem, _CLOCKS, fine=f"{what} agrees with this machine's")


def _caching_problem(first: Reply, second: Reply) -> str | None:
    if first.body.get("challenge") == second.body.get("challenge"):
        return "two askers were given one and the same challenge: a cache answers for the gate"
    if first.header("Age") or second.header("Age"):
        return "the reply has an Age: it comes from a cache"
    control = first.header("Cache-Control")
    return None if "no-store" in control else f'Cache-Control is "{control}", not no-store'


def _changed(reply: Reply, name: str) -> str | None:
    found, own = reply.header(name), COMMON_HEADERS[name]
    if found == own:
        return None
    return f'{name} is "{found[:80]}", not "{own}"' if found else f"{name} is missing"


def is_address(url: str) -> bool:
    """Say whether this is an address that can be asked."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
