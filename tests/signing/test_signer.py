from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

import pytest
from itsdangerous import BadSignature, Signer

from gate.signing.keys import Key, Mac
from gate.signing.signer import KeptSigner, decode, encode


def stock(secret: bytes, salt: str) -> Signer:
    return Signer(secret, salt, key_derivation="hmac", digest_method=sha256)


@pytest.mark.parametrize("size", [0, 1, 16, 32, 63, 64, 65, 200])
def test_mac_is_hmac_for_keys_and_values_of_any_length(size: int) -> None:
    key = secrets.token_bytes(size)
    mac = Mac(key)
    for length in (0, 1, 55, 56, 64, 100, 1_000):
        value = secrets.token_bytes(length)
        assert mac.digest(value) == hmac.digest(key, value, "sha256")
        assert mac.digest(value) == hmac.digest(key, value, "sha256"), "a second time"


def test_mac_gives_the_known_answer_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert Mac(b"Jefe").digest(b"what do ya want for nothing?").hex() == expected


@pytest.mark.parametrize("salt", ["gate.challenge.v1", "gate.token.v1", "gate.receipt.v1"])
@pytest.mark.parametrize("value", [b"", b"a", b"a.b", b"x" * 500, "é".encode()])
def test_same_bytes_as_the_stock_signer_both_ways(salt: str, value: bytes) -> None:
    secret = secrets.token_bytes(32)
    ours, theirs = KeptSigner(secret, salt), stock(secret, salt)
    assert ours.sign(value) == theirs.sign(value)
    assert theirs.unsign(ours.sign(value)) == value
    assert ours.unsign(theirs.sign(value)) == value
    assert ours.unsign(theirs.sign(value).decode()) == value
    assert ours.derive_key() == theirs.derive_key()


def test_another_salt_or_key_does_not_unsign() -> None:
    secret = secrets.token_bytes(32)
    signed = KeptSigner(secret, "gate.token.v1").sign(b"value")
    for other in (
        KeptSigner(secret, "gate.receipt.v1"),
        KeptSigner(secrets.token_bytes(32), "gate.token.v1"),
    ):
        with pytest.raises(BadSignature):
            other.unsign(signed)


def test_spellings_that_the_library_takes_are_refused() -> None:
    secret = secrets.token_bytes(32)
    ours, theirs = KeptSigner(secret, "salt"), stock(secret, "salt")
    signed = ours.sign(b"value").decode()
    lenient = [f"{signed}=", f"{signed}!!!!", f"{signed[:-3]}    {signed[-3:]}"]
    assert all(theirs.validate(text) for text in lenient), "else this test would prove nothing"
    assert not any(ours.validate(text) for text in lenient)
    assert not ours.verify_signature(b"value", "é" * 43)


def test_salts_and_labels_never_give_one_key() -> None:
    key = Key(secrets.token_bytes(32))
    assert key.derive("gate.token.v1") != KeptSigner(key.secret, "gate.token.v1").derive_key()


@pytest.mark.parametrize("size", range(8))
def test_decode_takes_what_encode_writes_and_nothing_else(size: int) -> None:
    value = secrets.token_bytes(size)
    text = encode(value)
    assert decode(text) == value
    for other in (text + b"=", text + b" ", text + b"!", b"\n" + text, text + b"A"):
        assert decode(other) is None or encode(decode(other) or b"") == other
    assert decode(text + b"=") is None
    assert decode(text + b"+/") is None


def test_spare_bits_of_the_last_letter_are_not_another_spelling() -> None:
    assert decode(b"AA") == b"\0"
    assert [decode(b"A" + bytes([last])) for last in b"BCDEFGHIJKLMNOP"] == [None] * 15
    assert [decode(b"AA" + bytes([last])) for last in b"BCD"] == [None] * 3
