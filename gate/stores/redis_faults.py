"""What can go wrong with Redis, in words."""

from __future__ import annotations

from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterDownError,
    ConnectionError,  # noqa: A004 - the library's own
    MasterDownError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    TimeoutError,  # noqa: A004 - the library's own
)
from redis.sentinel import MasterNotFoundError

from gate.errors import StoreError
from gate.stores.names import UNKNOWN
from gate.stores.servers import without_password

__all__ = ["FAULTS", "SharedError", "TardyError", "explained", "is_passing"]


class SharedError(Exception):
    """Somebody else asked the server just now, and it failed: with its ``__cause__``."""


class TardyError(TimeoutError):
    """The server came to a call only when nobody waited for it any more, and so did nothing."""


FAULTS = (RedisError, RedisClusterException, OSError, SharedError)

_PASSING = (ConnectionError, TimeoutError, ClusterDownError, RedisClusterException, OSError)
_HOPELESS = (AuthenticationError, AuthorizationError, BusyLoadingError)

# The library knows some errors by class, others only by the word that the server puts first.
_WORDS: tuple[tuple[tuple[type[Exception], ...], str, str, str], ...] = (
    ((OutOfMemoryError,), "OOM ", "its memory is full", "give it more maxmemory"),
    (
        (ReadOnlyError,),
        "READONLY ",
        "it is a replica and takes no writes",
        "name the master, or the set's Sentinels (redis+sentinel://)",
    ),
    (
        (ClusterCrossSlotError, MovedError, AskError),
        "",
        "it is a node of a Cluster and has only some of the slots",
        "name the Cluster: redis+cluster://host1:6379,host2:6379",
    ),
    ((), "NOAUTH ", "it wants a password", "put it into the address: redis://:password@host"),
    (
        (AuthenticationError, AuthorizationError),
        "WRONGPASS ",
        "it does not accept the user and password given, or wants one",
        "put the right ones into the address: redis://user:password@host",
    ),
    (
        (NoPermissionError,),
        "NOPERM ",
        "its user may not do what gate needs",
        "allow it +@all -@dangerous +info on keys {g*",
    ),
    ((BusyLoadingError,), "LOADING ", "it is still loading its data", "wait, it comes back by itself"),
    ((), "BUSY ", "it is busy with somebody's script", "see SLOWLOG; SCRIPT KILL ends a script that hangs"),
    ((), "MISCONF ", "it cannot write its data to disk", "free space there; its log says more"),
    ((), "NOREPLICAS ", "it has too few replicas to take writes", "bring its replicas back"),
    ((MasterDownError,), "MASTERDOWN ", "its master is down", "wait for the failover, or bring it back"),
    ((ClusterDownError,), "CLUSTERDOWN ", "the cluster is down", "bring its missing masters back"),
    (
        (MasterNotFoundError,),
        "",
        "its Sentinels cannot be reached or name no master",
        "wait for the failover, or see whether they run and know that name",
    ),
    (
        (),
        "[SSL: CERTIFICATE_VERIFY_FAILED] ",
        "its certificate is not one that this machine trusts",
        "name who signed it, and the host as the certificate does: rediss://host:port/0?ssl_ca_certs=/path/ca.pem",
    ),
    (
        (),
        UNKNOWN,
        "its name is not known, or the name server does not answer",
        "see whether the name is right; an address needs no name server",
    ),
    ((TimeoutError,), "", "it did not answer in time", "see whether it is overloaded or hangs"),
    (
        (ConnectionError, RedisClusterException, OSError),
        "",
        "it cannot be reached",
        "see whether it runs and listens there",
    ),
)


def is_passing(error: Exception) -> bool:
    """Tell whether the same call may well succeed at once on another connection."""
    error = _own(error)
    return isinstance(error, _PASSING) and not isinstance(error, _HOPELESS)


def explained(url: str, error: Exception) -> StoreError:
    """Return what went wrong in words, with what to do."""
    error = _own(error)
    shown, text = without_password(url), f"{error} "
    for kinds, word, problem, remedy in _WORDS:
        if isinstance(error, kinds) or (word and _says(text, word)):
            return StoreError(shown, problem, remedy)
    return StoreError(shown, f"refused: {error}", "look at the server's log")


def _says(text: str, word: str) -> bool:
    # Servers before 7.0 wrap what happened in a script into an error of their own, after "-"; before what TLS says
    # the library tells where it connected to.
    return text.startswith(word) or f"-{word}" in text or f". {word}" in text


def _own(error: Exception) -> Exception:
    cause = error.__cause__
    return cause if isinstance(error, SharedError) and isinstance(cause, Exception) else error
