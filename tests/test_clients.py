from __future__ import annotations

import pytest

from gate.clients import EVERYBODY, client_key, network_of
from gate.signing.keys import KeyRing
from tests.service import OTHER_SIGNING, SIGNING

NOW = 1_800_000_000.0
KEYS = KeyRing.of(SIGNING)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("8.8.8.8", "8.8.8.8"),
        (" 8.8.8.8 ", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:81b:1:2:3:4", "2a00:1450:4001:81b::/64"),
        ("2A00:1450:4001:81B::", "2a00:1450:4001:81b::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", None),
        ("8.8.8", None),
        ("8.8.8.8:80", None),
        ("unknown", None),
        ("٨.8.8.8", None),
    ],
)
def test_what_counts_as_one_client(address: str, network: str | None) -> None:
    assert network_of(address) == network


def test_a_client_has_one_key_for_a_day() -> None:
    day = NOW - NOW % 86_400
    keys = {client_key(KEYS, "8.8.8.8", day + seconds) for seconds in (0, 1, 86_399)}
    assert len(keys) == 1
    assert client_key(KEYS, "8.8.8.8", day + 86_400) not in keys


def test_clients_and_gates_have_keys_that_differ() -> None:
    keys = [
        client_key(KEYS, "8.8.8.8", NOW),
        client_key(KEYS, "8.8.8.9", NOW),
        client_key(KeyRing.of(OTHER_SIGNING), "8.8.8.8", NOW),
        EVERYBODY,
    ]
    assert len(set(keys)) == 4
    assert all(key is not None and len(key) == 16 for key in keys)


def test_a_key_does_not_tell_the_address() -> None:
    key = client_key(KEYS, "8.8.8.8", NOW)
    assert key is not None
    assert bytes(key).find(b"8.8.8.8") == bytes(key).find(bytes([8, 8, 8, 8])) == -1


def test_what_is_no_address_has_no_key() -> None:
    assert client_key(KEYS, "unknown", NOW) is None
