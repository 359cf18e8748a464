from __future__ import annotations

import hmac
import secrets
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from gate.errors import ConfigError, WeakKeyError
from gate.signing.keys import KID_BYTES, Key, KeyRing, KeyRingError, load_keys

FIRST, SECOND = "Zk3xW8q1Yb7Lm0Vt5Rc2Nd9Pf4Hg6JsQ", "uT4nK7xB2vM9qD6wE1rY8sP3aF5gH0jL"


def test_wire_id_follows_from_the_secret_alone() -> None:
    secret = secrets.token_bytes(32)
    assert Key(secret, "a").kid == Key(secret, "b", retires=5.0).kid
    assert Key(secret).kid != Key(secrets.token_bytes(32)).kid
    assert len(Key(secret).kid) == KID_BYTES
    assert Key(secret).name == f"key-{Key(secret).kid.hex()}"


def test_repr_hides_secret_and_derived_keys() -> None:
    key = Key(FIRST.encode(), "spring")
    key.derive("label")
    shown = repr(key) + repr(KeyRing([key], key)) + repr(key.mac("label"))
    assert FIRST not in shown
    assert key.derive("label").hex() not in shown
    assert repr(key.derive("label")) not in shown
    assert "spring" in shown


def test_short_key_cannot_be_made() -> None:
    with pytest.raises(WeakKeyError, match="only 31 of at least 32 bytes"):
        Key(b"x" * 31)


def test_each_label_has_a_key_of_its_own() -> None:
    key = Key(secrets.token_bytes(32))
    assert key.derive("a") == key.derive("a") == hmac.digest(key.secret, b"gate.derive:a", "sha256")
    assert key.derive("a") != key.derive("b")
    assert key.mac("a").digest(b"value") == hmac.digest(key.derive("a"), b"value", "sha256")


def test_ring_derives_with_the_signing_key() -> None:
    ring = KeyRing.of(FIRST, [SECOND])
    assert ring.derive("clients") == ring.signing.derive("clients")
    assert ring.mac("clients", b"1.2.3.4") == hmac.digest(ring.derive("clients"), b"1.2.3.4", "sha256")


def test_the_signing_key_is_named_whatever_the_order() -> None:
    old, new = Key(secrets.token_bytes(32), "old"), Key(secrets.token_bytes(32), "new")
    for keys in ([old, new], [new, old]):
        assert KeyRing(keys, "new").signing is new
        assert KeyRing(keys, old).signing is old
        assert KeyRing(keys, old).keys == tuple(keys)


def test_key_verifies_until_it_retires() -> None:
    current, old = Key(secrets.token_bytes(32)), Key(secrets.token_bytes(32), retires=100.0)
    ring = KeyRing([current, old], current)
    assert ring.verifying(old.kid, 99.999) is old
    assert ring.verifying(old.kid, 100.0) is None
    assert ring.verifying(current.kid, 1e12) is current
    assert ring.verifying(b"none", 0.0) is None


def test_ring_refuses_what_is_not_one() -> None:
    key = Key(secrets.token_bytes(32), "a")
    twin, namesake = Key(key.secret, "b"), Key(secrets.token_bytes(32), "a")
    for keys, signing in (
        ([key, twin], key),
        ([key, namesake], key),
        ([key], "b"),
        ([key], namesake),
        ([], key),
        ([Key(secrets.token_bytes(32), "c", retires=1.0)], "c"),
    ):
        with pytest.raises(KeyRingError) as caught:
            KeyRing(keys, signing)
        assert caught.value.problem
        assert caught.value.remedy


def test_two_keys_with_one_wire_id_are_refused() -> None:
    key, other = Key(secrets.token_bytes(32), "a"), Key(secrets.token_bytes(32), "b")
    object.__setattr__(other, "kid", key.kid)
    with pytest.raises(KeyRingError):
        KeyRing([key, other], key)


def test_ring_of_a_configuration_names_the_weak_key() -> None:
    ring = KeyRing.of(FIRST, [SECOND])
    assert ring.signing.secret == FIRST.encode()
    assert [key.secret for key in ring.keys] == [FIRST.encode(), SECOND.encode()]
    with pytest.raises(WeakKeyError, match=r"^the current key is an example"):
        KeyRing.of("...", [SECOND])
    with pytest.raises(WeakKeyError, match=r"^previous key 2 has only 3 of"):
        KeyRing.of(FIRST, [SECOND, "xyz"])
    with pytest.raises(KeyRingError):
        KeyRing.of(FIRST, [FIRST])


def test_derived_ring_keeps_apart_from_the_hosts_own_use_of_its_key() -> None:
    ring = KeyRing.derived(b"host key", [b"older", b"host key", b"older"], "gate.embedded.v1")
    assert ring.signing.secret == hmac.digest(b"host key", b"gate.embedded.v1", "sha256")
    assert len(ring.keys) == 2
    assert ring.keys[1].secret == hmac.digest(b"older", b"gate.embedded.v1", "sha256")
    assert KeyRing.derived(b"host key", [], "other").signing.kid != ring.signing.kid


GOOD = f"""
signing = "2026-11"
[[key]]
name = "2026-11"
secret = "{FIRST}"
created = 2026-11-25T10:00:00Z
[[key]]
name = "2026-05"
secret = "{SECOND}"
created = 2026-05-25T10:00:00+02:00
retires = 2026-12-01T00:00:00Z
"""


def test_key_file_is_read() -> None:
    for text in (GOOD, GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n")):
        ring = load_keys(text, "keys.toml")
        assert ring.signing == Key(FIRST.encode(), "2026-11")
        assert ring.keys[1].retires == datetime(2026, 12, 1, tzinfo=UTC).timestamp()


def test_every_fault_of_a_key_file_is_told_at_once() -> None:
    text = f"""
signing = "2026-10"
sining = 1
[[key]]
name = "2026-11"
secret = "{FIRST}"
created = 2026-11-25T10:00:00
retires = 2026-12-01
[[key]]
secret = "changeme"
retired = 2026-12-01T00:00:00Z
[[key]]
name = "2026-05"
secret = 123456789
created = 2026-05-25T10:00:00Z
retires = 2026-05-24T10:00:00Z
[[key]]
name = "2026-01"
secret = "{SECOND}"
[[key]]
name = "2026-01"
secret = "{SECOND}"
created = "yesterday"
[[key]]
name = "2026-01"
secret = "{SECOND}"
"""
    with pytest.raises(ConfigError) as caught:
        load_keys(text, "keys.toml")
    assert [(fault.place, fault.problem) for fault in caught.value.faults] == [
        ("keys.toml: sining", "unknown key"),
        ("keys.toml: key[0]: created", "a date without time and offset"),
        ("keys.toml: key[0]: retires", "a date without time and offset"),
        ("keys.toml: key[1]: retired", "unknown key"),
        ("keys.toml: key[1]: name", "missing or not text"),
        ("keys.toml: key[1]: secret", "the key is an example that anybody can look up"),
        ("keys.toml: key[2]: secret", "missing or not text"),
        ("keys.toml: key[2]: retires", "before the key was created"),
        ("keys.toml: key[4]: created", "not a date"),
        ("keys.toml: signing", "no key has this name"),
        ("keys.toml: key[5]", "has the name of key[3]"),
        ("keys.toml: key[5]", "has the secret of key[3]"),
    ]
    assert all(fault.remedy for fault in caught.value.faults)
    for secret in (FIRST, SECOND, "changeme", "123456789"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "keys.toml: key"),
        ("key = []", "keys.toml: key"),
        ("key = [1]", "keys.toml: key"),
        (f'[[key]]\nname = "a"\nsecret = "{FIRST}"', "keys.toml: signing"),
        (f'signing = 1\n[[key]]\nname = "a"\nsecret = "{FIRST}"', "keys.toml: signing"),
        (
            f'signing = "a"\n[[key]]\nname = "a"\nsecret = "{FIRST}"\nretires = 2026-12-01T00:00:00Z',
            "keys.toml: signing",
        ),
        (f"secret = {FIRST}", "keys.toml"),
        ("a = " + "[" * 100_000, "keys.toml"),
        (b"\xff", "keys.toml"),
    ],
)
def test_unusable_key_file_says_where(text: str | bytes, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_keys(text, "keys.toml")
    assert place in [fault.place for fault in caught.value.faults]
    assert FIRST[:4] not in str(caught.value)


def test_a_secret_in_a_names_place_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        load_keys(GOOD.replace('signing = "2026-11"', f'signing = "{FIRST}"'), "keys.toml")
    assert FIRST not in str(caught.value)


def test_importing_loads_no_web_framework() -> None:
    code = "import sys, gate.signing.tokens; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "gate.signing.tokens" in loaded
    assert not {"flask", "werkzeug", "wtforms", "click", "jinja2", "gate.stores"} & set(loaded)
