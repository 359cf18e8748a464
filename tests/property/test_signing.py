"""Laws of signing: what is written is read, and nothing else is ever read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from gate.signing.keys import Key, KeyRing
from gate.signing.signer import decode, encode
from gate.signing.tokens import Challenge, Receipt, Sealer, Token, TokenError, new_id

KEY, OLD = Key(bytes(range(32)), "new"), Key(bytes(range(32, 64)), "old", retires=4e9)
SEALER = Sealer(KeyRing([OLD, KEY], "new"))
NOW = 1_795_600_000.0
NOW_MS = round(NOW * 1000)

kids = st.sampled_from([KEY.kid, OLD.kid])
hashes = st.binary(min_size=8, max_size=8)
lives = st.integers(0, 2**40 - 1)
past = st.integers(0, NOW_MS)
texts = partial(st.text, st.characters(codec="ascii", exclude_categories=["Cc"]))
ids = st.builds(lambda ms, tail: new_id(ms / 1000, lambda _: tail), past, st.binary(min_size=10, max_size=10))

challenges = st.builds(
    Challenge,
    id=ids,
    kid=kids,
    site=hashes,
    subject=hashes,
    action=texts(max_size=32),
    epoch=hashes,
    question=hashes,
    variant=st.integers(0, 2**32 - 1),
    host=texts(max_size=63),
    expires_ms=st.integers(NOW_MS, 2**48 - 1),
)
tokens = st.builds(
    lambda life, claims: replace(claims, expires_ms=NOW_MS + life),
    lives,
    st.builds(
        Token,
        id=ids,
        kid=kids,
        site=hashes,
        subject=hashes,
        action=texts(max_size=32),
        epoch=hashes,
        question=hashes,
        host=texts(max_size=253),
        cdata=texts(max_size=255),
        answered_ms=st.integers(NOW_MS - 2**39, NOW_MS),
        expires_ms=st.just(0),
    ),
)
tokens = tokens.filter(lambda token: token.expires_ms - token.answered_ms < 2**40)
receipts = st.builds(
    Receipt,
    kid=kids,
    token_id=ids,
    site=hashes,
    question=hashes,
    made_ms=st.integers(NOW_MS - 90 * 86_400_000, NOW_MS),
)


@given(challenges)
def test_challenge_round_trip(challenge: Challenge) -> None:
    text = SEALER.write_challenge(challenge)
    assert SEALER.read_challenge(text, NOW) == challenge
    assert len(text) <= 256


@given(tokens)
def test_token_round_trip(token: Token) -> None:
    text = SEALER.write_token(token)
    assert SEALER.read_token(text, NOW) == token
    assert 100 <= len(text) <= 1_024
    assert len(SEALER.write_token(replace(token, cdata=""))) <= 512


@given(receipts)
def test_receipt_round_trip(receipt: Receipt) -> None:
    text = SEALER.write_receipt(receipt)
    assert SEALER.read_receipt(text, NOW) == receipt
    assert text == SEALER.write_receipt(receipt)


@given(challenges, challenges)
def test_different_challenges_have_different_texts(one: Challenge, other: Challenge) -> None:
    assert (SEALER.write_challenge(one) == SEALER.write_challenge(other)) == (one == other)


@given(tokens, tokens)
def test_different_tokens_have_different_texts(one: Token, other: Token) -> None:
    assert (SEALER.write_token(one) == SEALER.write_token(other)) == (one == other)


def never_read(text: str) -> None:
    for read in (SEALER.read_challenge, SEALER.read_token, SEALER.read_receipt):
        try:
            read(text, NOW)
        except TokenError:
            continue
        raise AssertionError(f"{read.__name__} took {text!r}")


@given(st.text(max_size=1_200))
def test_no_text_is_ever_read(text: str) -> None:
    never_read(text)


@given(st.sampled_from([1, 2, 3]), kids, st.binary(max_size=700), st.binary(min_size=32, max_size=32))
def test_no_well_shaped_text_is_ever_read(kind: int, kid: bytes, rest: bytes, mac: bytes) -> None:
    never_read(f"{encode(bytes([kind]) + kid + rest).decode()}.{encode(mac).decode()}")


@given(tokens, st.data())
def test_no_edit_of_a_token_is_read(token: Token, data: st.DataObject) -> None:
    text = SEALER.write_token(token)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    edited = text[:start] + data.draw(st.text("ABCxyz019-_.=+/ é", max_size=8)) + text[end:]
    if "".join(edited.split()) != text:
        never_read(edited)


@given(st.binary(max_size=300))
def test_base64_has_one_spelling(value: bytes) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=60))
def test_decode_takes_only_what_encode_writes(text: bytes) -> None:
    value = decode(text)
    assert value is None or encode(value) == text
