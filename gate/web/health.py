"""Is it alive, is it ready, and what a monitor may count: /healthz, /readyz, /metrics."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from contextlib import suppress

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gate import __version__
from gate.errors import StoreError
from gate.live import Live
from gate.verdicts import Code, Refused
from gate.web.replies import COMMON_HEADERS, Reply, json_reply, refusal

_log = logging.getLogger("gate")

_PROXY_HINT = (
    "requests come through a proxy that is not counted in [server] trusted_proxies: all clients look like one, "
    "so limits per client hold for the whole site; set trusted_proxies to the number of your proxies"
)


class Health:
    """Knows what this process has noticed about its surroundings."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._hidden_proxy = False

    def saw_proxy(self, *, hidden: bool) -> None:
        """Note whether a request came through a proxy that nobody configured; say so once."""
        if hidden and not self._hidden_proxy:
            _log.warning(_PROXY_HINT)
        self._hidden_proxy = self._hidden_proxy or hidden

    def alive(self) -> Reply:
        """Say that the process answers."""
        return json_reply(200, {"alive": True})

    def ready(self) -> Reply:
        """Say whether questions can be asked and answers let through, and what an operator should look at."""
        gatekeeper, live = self._live.gatekeeper, self._live
        problem = self.store_problem()
        body = {
            "ready": problem is None,
            "version": __version__,
            "store": problem or "ok",
            "bank": {
                "questions": len(gatekeeper.bank.enabled),
                "variants": gatekeeper.bank.variants,
                "languages": dict(gatekeeper.bank.languages),
            },
            "reload": f"failed: {live.reload_failed}" if live.reload_failed else "ok",
            "proxies": _PROXY_HINT if self._hidden_proxy else "ok",
            "testing": live.config.server.testing,
        }
        return json_reply(
            200 if problem is None else 503, body, code="ok" if problem is None else "not-ready"
        )

    def store_problem(self) -> str | None:
        """Return why the store does not answer, or None."""
        try:
            self._live.store.ping()
        except StoreError as error:
            return f"{error.problem}; {error.remedy}"
        return None


def metrics_reply(live: Live, health: Health, authorization: str) -> Reply:
    """Return the figures for Prometheus; 404 where they are off, 401 without the token that they need."""
    settings = live.config.metrics
    if not settings.enabled:
        return refusal(
            Refused(code=Code.BAD_REQUEST, detail="Metrics are off: see [metrics] in config.toml."),
            status=404,
        )
    if settings.token and not hmac.compare_digest(
        authorization.encode(), f"Bearer {settings.token}".encode()
    ):
        detail = "This needs the header Authorization: Bearer with the token of [metrics] in config.toml."
        headers = {"WWW-Authenticate": "Bearer"}
        return refusal(Refused(code=Code.BAD_REQUEST, detail=detail), status=401, headers=headers)
    registry = CollectorRegistry()
    registry.register(_Figures(live, health))
    headers = {**COMMON_HEADERS, "Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    return Reply(status=200, body=generate_latest(registry), headers=headers)


class _Figures(Collector):
    """Reads the sums that all processes keep in the store, so that any of them may be asked."""

    def __init__(self, live: Live, health: Health) -> None:
        self._live = live
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        bank = self._live.gatekeeper.bank
        up = self._health.store_problem() is None
        yield GaugeMetricFamily("gate_store_up", "1 if the store answers, else 0.", value=float(up))
        yield GaugeMetricFamily(
            "gate_reload_failed",
            "1 if changed files were refused.",
            value=float(bool(self._live.reload_failed)),
        )
        yield GaugeMetricFamily("gate_bank_questions", "Enabled questions.", value=len(bank.enabled))
        yield GaugeMetricFamily(
            "gate_bank_variants", "Wordings of the enabled questions.", value=bank.variants
        )
        if up:
            yield self._events()

    def _events(self) -> Metric:
        metric = CounterMetricFamily(
            "gate_events", "What happened, by site and kind of event.", labels=["site", "event"]
        )
        self._live.statistics.flush()
        sums: dict[tuple[str, str], int] = {}
        with suppress(StoreError):  # it failed since it was asked: no figures now, the next scrape has them
            for row, count in self._live.store.stats(0):
                key = (row.site, row.event.value)
                sums[key] = sums.get(key, 0) + count
        for (site, event), count in sorted(sums.items()):
            metric.add_metric([site, event], count)
        return metric
