"""Everything that somebody without the key can do to a signed text is refused, and nothing else happens."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from itsdangerous import Signer

from gate.signing.keys import Key, KeyRing
from gate.signing.signer import decode, encode
from gate.signing.tokens import RECEIPT_MS, Challenge, ForgedError, Receipt, Sealer, Token, new_id

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"

Read = Callable[[str], object]


def refused(read: Read, text: str) -> bool:
    try:
        read(text)
    except ForgedError:
        return True
    return False


def parts_of(text: str) -> tuple[bytes, bytes]:
    value, _, signature = text.partition(".")
    payload, mac = decode(value.encode()), decode(signature.encode())
    assert payload is not None
    assert mac is not None
    return payload, mac


def joined(payload: bytes, mac: bytes) -> str:
    return f"{encode(payload).decode()}.{encode(mac).decode()}"


def test_the_untouched_text_is_read(text: str, read: Read) -> None:
    assert read(text) is not None
    assert read(joined(*parts_of(text))) == read(text)


def test_every_flipped_bit_of_payload_and_signature_is_noticed(text: str, read: Read) -> None:
    payload, mac = parts_of(text)
    for place in range(8 * len(payload + mac)):
        whole = bytearray(payload + mac)
        whole[place // 8] ^= 1 << place % 8
        assert refused(read, joined(bytes(whole[: len(payload)]), bytes(whole[len(payload) :])))


def test_every_flipped_bit_of_many_tokens_texts_is_noticed(
    sealer: Sealer, challenge: Challenge, token: Token, now: float
) -> None:
    for _ in range(20):
        fresh = replace(challenge, id=new_id(now, secrets.token_bytes))
        for written, read in (
            (sealer.write_challenge(fresh), sealer.read_challenge),
            (sealer.write_token(replace(token, id=sealer.token_id(fresh))), sealer.read_token),
        ):
            for place in range(8 * len(written)):
                letters = bytearray(written.encode())
                letters[place // 8] ^= 1 << place % 8
                other = letters.decode("latin-1")
                if "".join(other.split()) != written:
                    assert refused(lambda text, read=read: read(text, now), other)  # type: ignore[misc]


def test_every_other_letter_in_every_place_is_noticed(text: str, read: Read) -> None:
    for place, letter in enumerate(text):
        for other in secrets.SystemRandom().sample(ALPHABET + ".=+/", 8):
            if other != letter:
                assert refused(read, text[:place] + other + text[place + 1 :])


def test_all_last_letters_of_payload_and_signature_but_one_are_refused(text: str, read: Read) -> None:
    """Base64's spare bits give one signature four spellings, one payload up to sixteen."""
    value, _, signature = text.partition(".")
    assert [c for c in ALPHABET if not refused(read, f"{value}.{signature[:-1]}{c}")] == [signature[-1]]
    assert [c for c in ALPHABET if not refused(read, f"{value[:-1]}{c}.{signature}")] == [value[-1]]


@pytest.mark.parametrize(
    "junk", ["=", "==", "!", "!!*", "é", "\0", ".", "..", "A", "AAAA", "\u200b", "+", "/", "%2E"]
)
def test_junk_anywhere_is_refused(text: str, read: Read, junk: str) -> None:
    dot = text.index(".")
    for place in (0, 1, dot, dot + 1, len(text) - 1, len(text)):
        assert refused(read, text[:place] + junk + text[place:])


def test_other_splits_are_refused(text: str, read: Read) -> None:
    value, _, signature = text.partition(".")
    glued = value + signature
    for place in range(len(glued) + 1):
        if place != len(value):
            assert refused(read, f"{glued[:place]}.{glued[place:]}")
    for other in (
        glued,
        value,
        signature,
        f"{value}.",
        f".{signature}",
        f"{signature}.{value}",
        f"{text}.{text}",
    ):
        assert refused(read, other)


def test_white_space_in_and_around_a_pasted_text_is_dropped(text: str, read: Read) -> None:
    whole = read(text)
    lines = "\r\n   ".join(text[start : start + 40] for start in range(0, len(text), 40))
    for pasted in (f"  {text}\n", lines, f"\u00a0{text}\u2028", f"{text[:9]}\u3000\t{text[9:]}"):
        assert read(pasted) == whole


@pytest.mark.parametrize(
    "other", ["", " ", ".", "..", "a.b", "\ud800.\udfff", "é" * 200, "A" * 300 + "." + "A" * 43]
)
def test_what_never_was_ours_is_refused(read: Read, other: str) -> None:
    assert refused(read, other)


def test_length_is_bounded_before_any_work(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: bytes) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("gate.signing.tokens.decode", never)
    for other in ("A" * 1_025, " " * 10_000_000, "A" * 1_000 + "." + "A" * 43, "\u3000" * 5_000):
        assert refused(read, other)


def test_no_kind_passes_for_another(text: str, kind: str, sealer: Sealer, now: float) -> None:
    for other in {"challenge", "token", "receipt"} - {kind}:
        with pytest.raises(ForgedError):
            getattr(sealer, f"read_{other}")(text, now)


def test_kind_byte_and_salt_each_hold_alone(text: str, kind: str, read: Read, key: Key) -> None:
    payload, _ = parts_of(text)

    def signed(payload: bytes, salt: str) -> str:
        stock = Signer(key.secret, salt, key_derivation="hmac", digest_method=sha256)
        return stock.sign(encode(payload)).decode()

    assert signed(payload, f"gate.{kind}.v1") == text, "the stock signer writes the same"
    for byte in set(range(5)) - {payload[0]}:
        assert refused(read, signed(bytes([byte]) + payload[1:], f"gate.{kind}.v1"))
    for other in {"challenge", "token", "receipt", "pass"} - {kind}:
        assert refused(read, signed(payload, f"gate.{other}.v1"))


def test_short_payload_is_refused_even_if_signed(text: str, kind: str, read: Read, key: Key) -> None:
    stock = Signer(key.secret, f"gate.{kind}.v1", key_derivation="hmac", digest_method=sha256)
    for size in range(43):
        assert refused(read, stock.sign(encode(parts_of(text)[0][:size])).decode())


def test_payload_in_another_spelling_is_refused_even_if_signed(
    text: str, kind: str, read: Read, key: Key
) -> None:
    value = text.partition(".")[0]
    stock = Signer(key.secret, f"gate.{kind}.v1", key_derivation="hmac", digest_method=sha256)
    for other in (f"{value}=", f"{value}!", f"!{value}"):
        assert refused(read, stock.sign(other).decode())


def test_byte_moved_over_a_field_boundary_is_refused(token: Token, sealer: Sealer, now: float) -> None:
    payload, mac = parts_of(sealer.write_token(token))
    for place in range(1, len(payload)):
        moved = (
            payload[: place - 1]
            + payload[place : place + 1]
            + payload[place - 1 : place]
            + payload[place + 1 :]
        )
        if moved != payload:
            assert refused(lambda text: sealer.read_token(text, now), joined(moved, mac))
    lengths = payload.index(b"reply") - 2
    for action, host in ((4, 18), (6, 16), (5, 18), (5, 26), (0, 22)):
        shifted = payload[:lengths] + bytes([action, host]) + payload[lengths + 2 :]
        assert refused(lambda text: sealer.read_token(text, now), joined(shifted, mac))


def test_unknown_key_is_refused(text: str, kind: str, now: float) -> None:
    stranger = Key(secrets.token_bytes(32))
    with pytest.raises(ForgedError):
        getattr(Sealer(KeyRing([stranger], stranger)), f"read_{kind}")(text, now)


def test_old_key_verifies_until_it_retires_and_no_longer(
    challenge: Challenge, token: Token, sealer: Sealer, key: Key, now: float
) -> None:
    new = Key(secrets.token_bytes(32), "new")
    rotated = Sealer(KeyRing([replace(key, retires=now + 60), new], "new"))
    assert rotated.kid == new.kid
    for read, text in (
        (rotated.read_challenge, sealer.write_challenge(challenge)),
        (rotated.read_token, sealer.write_token(token)),
    ):
        assert read(text, now + 59.9).kid == key.kid
        with pytest.raises(ForgedError, match="retired"):
            read(text, now + 60)


def test_receipts_outlive_the_retirement_of_their_key_by_their_own_life(
    sealer: Sealer, receipt: Receipt, key: Key, now: float
) -> None:
    new, life = Key(secrets.token_bytes(32), "new"), RECEIPT_MS / 1000
    retires = now - life + 60
    rotated = Sealer(KeyRing([replace(key, retires=retires), new], "new"))
    text = sealer.write_receipt(receipt)
    assert rotated.read_receipt(text, now + 59.9).kid == key.kid
    with pytest.raises(ForgedError, match="retired"):
        rotated.read_receipt(text, now + 60)


def test_key_removed_in_an_emergency_is_gone_at_once(text: str, kind: str, key: Key, now: float) -> None:
    new = Key(secrets.token_bytes(32), "new")
    both, without = Sealer(KeyRing([key, new], "new")), Sealer(KeyRing([new], "new"))
    assert getattr(both, f"read_{kind}")(text, now)
    with pytest.raises(ForgedError):
        getattr(without, f"read_{kind}")(text, now)


def test_nothing_is_written_with_a_key_that_is_not_there(challenge: Challenge, token: Token) -> None:
    new = Key(secrets.token_bytes(32), "new")
    sealer = Sealer(KeyRing([new], "new"))
    for act in (
        lambda: sealer.write_challenge(challenge),
        lambda: sealer.write_token(token),
        lambda: sealer.token_id(challenge),
        lambda: sealer.keyed_hash(challenge.kid, "site", "forum"),
    ):
        with pytest.raises(ForgedError):
            act()


def test_another_keys_id_in_front_does_not_help(text: str, read: Read, sealer: Sealer) -> None:
    payload, mac = parts_of(text)
    one_bit_off = payload[1:4] + bytes([payload[4] ^ 1])
    for kid in (bytes(4), b"\xff" * 4, one_bit_off):
        assert refused(read, joined(payload[:1] + kid + payload[5:], mac))


def test_refusal_says_nothing_of_the_text_or_the_key(text: str, read: Read, key: Key) -> None:
    with pytest.raises(ForgedError) as caught:
        read(text[:-1] + ("A" if text[-1] != "A" else "Q"))
    shown = str(caught.value) + repr(caught.value)
    assert text[:20] not in shown
    assert key.kid.hex() not in shown
