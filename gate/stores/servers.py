"""From a URL to a client of Redis or Valkey: one server, a Sentinel set, or a Cluster."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from gate.errors import StoreError

CONNECT_SECONDS = 0.2
REPLY_SECONDS = 0.5

SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")


def without_password(url: str) -> str:
    """Return a URL as it may be shown."""
    scheme, separator, rest = url.partition("://")
    _, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{'***@' if at else ''}{place}"


def require_client(url: str) -> None:
    """Raise ``StoreError`` if the client library, an optional extra, is not installed."""
    if find_spec("redis") is None:
        raise StoreError(
            without_password(url),
            "the client for Redis is not installed",
            "run pip install 'reply-gate[redis]'",
        )


def connect(url: str) -> Any:
    """Return a client for ``url``.

    ``redis://[user:password@]host:port/db``, ``rediss://`` the same over TLS, ``unix:///path?db=0``,
    ``redis+sentinel://host:port,host:port/name/db``, ``redis+cluster://host:port,host:port``. Connecting may take
    0.2 s, a reply 0.5 s, and nothing is repeated behind the caller's back.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from gate.stores.names import NamedConnection, NamedSSLConnection

    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": REPLY_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    try:
        parts = urlsplit(url)
        if parts.scheme == "redis+sentinel":
            return _sentinel(parts, options)
        if parts.scheme == "redis+cluster":
            return _cluster(parts, options)
        if parts.scheme != "unix":
            options["connection_class"] = NamedSSLConnection if parts.scheme == "rediss" else NamedConnection
        return redis.Redis.from_url(url, **options)
    except ValueError as error:
        shown = without_password(url)
        if shown != url:  # what the error quotes may be of the password
            problem = "is no address, perhaps for a special character of user or password"
            raise StoreError(shown, problem, "write / # ? @ : there as %2F %23 %3F %40 %3A") from None
        raise StoreError(shown, f"is no address: {error}", "see docs/redis.md") from error


def is_cluster(client: Any) -> bool:
    """Tell whether the client speaks to several masters, each with some of the keys."""
    from redis.cluster import RedisCluster

    return isinstance(client, RedisCluster)


def memory_policies(client: Any) -> Iterable[str]:
    """Return what each master does when its memory is full."""
    if not is_cluster(client):
        return [client.info("memory").get("maxmemory_policy", "")]
    infos = (client.info("memory", target_nodes=node) for node in client.get_primaries())
    return [info.get("maxmemory_policy", "") for info in infos]


def disconnect(client: Any) -> None:
    """Let go of all connections."""
    client.close()
    sentinels = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    for sentinel in sentinels.sentinels if sentinels else ():
        sentinel.close()


def _sentinel(parts: SplitResult, options: dict[str, Any]) -> Any:
    from redis import ConnectionPool, Redis
    from redis.sentinel import Sentinel

    from gate.stores.names import NamedConnection, NamedSentinelConnection

    name, _, database = parts.path.strip("/").partition("/")
    if not name:
        raise StoreError(
            without_password(parts.geturl()),
            "does not name the master",
            "write redis+sentinel://host1:26379,host2:26379/name",
        )
    sentinel = Sentinel([], db=int(database or 0), **_login(parts), **options)
    sentinel.sentinels = [
        Redis.from_pool(ConnectionPool(NamedConnection, host=host, port=port, **options))
        for host, port in _addresses(parts, 26379)
    ]
    return sentinel.master_for(name, connection_class=NamedSentinelConnection)


def _cluster(parts: SplitResult, options: dict[str, Any]) -> Any:
    import redis
    from redis.cluster import ClusterNode, RedisCluster

    from gate.stores.names import NamedConnection

    addresses = _addresses(parts, 6379)
    host, port = addresses[0]
    if int(redis.__version__.partition(".")[0]) < 6:
        options["cluster_error_retry_attempts"] = 0
    # Only what has a URL may have a class of connections.
    return RedisCluster(
        url=f"redis://[{host}]:{port}" if ":" in host else f"redis://{host}:{port}",
        startup_nodes=[ClusterNode(*address) for address in addresses[1:]],
        connection_class=NamedConnection,
        **_login(parts),
        **options,
    )


def _addresses(parts: SplitResult, default_port: int) -> list[tuple[str, int]]:
    places = parts.netloc.rpartition("@")[2].split(",")
    found = []
    for place in places:
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
        found.append((host.strip("[]"), int(port) if port.isdigit() else default_port))
    return found


def _login(parts: SplitResult) -> dict[str, Any]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    given = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in given.items() if value}
