from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from gate.signing.keys import Key, KeyRing
from gate.signing.signer import decode
from gate.signing.tokens import (
    MOST_ACTION,
    MOST_CDATA,
    MOST_CHALLENGE_HOST,
    MOST_TOKEN_HOST,
    NO_SUBJECT,
    RECEIPT_MS,
    Challenge,
    ExpiredError,
    ForgedError,
    FutureError,
    Receipt,
    Sealer,
    Token,
    id_time,
    new_id,
)


def payload_of(text: str) -> bytes:
    payload = decode(text.partition(".")[0].encode())
    assert payload is not None
    return payload


def test_what_is_written_is_read(
    sealer: Sealer, challenge: Challenge, token: Token, receipt: Receipt, now: float
) -> None:
    assert sealer.read_challenge(sealer.write_challenge(challenge), now) == challenge
    assert sealer.read_token(sealer.write_token(token), now) == token
    assert sealer.read_receipt(sealer.write_receipt(receipt), now) == receipt
    bare = replace(challenge, subject=NO_SUBJECT, host="")
    assert sealer.read_challenge(sealer.write_challenge(bare), now) == bare


def test_sizes_at_the_extremes(
    sealer: Sealer, challenge: Challenge, token: Token, receipt: Receipt, now: float
) -> None:
    action, cdata = "a" * MOST_ACTION, "c" * MOST_CDATA
    widest = replace(challenge, action=action, host="h" * MOST_CHALLENGE_HOST, variant=2**32 - 1)
    assert len(sealer.write_challenge(widest)) == 256
    assert sealer.read_challenge(sealer.write_challenge(widest), now) == widest
    least = replace(token, action="", host="", cdata="")
    most = replace(token, action=action, host="h" * MOST_TOKEN_HOST, cdata="")
    full = replace(most, cdata=cdata)
    assert len(sealer.write_token(least)) >= 100
    assert len(sealer.write_token(most)) == 512
    assert len(sealer.write_token(full)) <= 1_024
    assert sealer.read_token(sealer.write_token(full), now) == full
    assert len(sealer.write_receipt(receipt)) == 102


@pytest.mark.parametrize(
    "change",
    [
        {"action": "a" * 33},
        {"action": "é"},
        {"host": "h" * 254},
        {"host": "bücher.example"},
        {"id": b"x" * 15},
        {"id": b"x" * 17},
        {"site": b"x" * 7},
        {"subject": b""},
        {"epoch": b"x" * 9},
        {"question": b"x" * 9},
        {"expires_ms": -1},
        {"expires_ms": 2**64},
    ],
    ids=str,
)
def test_field_that_does_not_fit_is_not_cut(
    sealer: Sealer, challenge: Challenge, token: Token, change: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        sealer.write_challenge(replace(challenge, **change))  # type: ignore[arg-type]
    assert not isinstance(caught.value, OverflowError)
    with pytest.raises(ValueError, match=r"."):
        sealer.write_token(replace(token, **change))  # type: ignore[arg-type]


def test_other_fields_that_do_not_fit(
    sealer: Sealer, challenge: Challenge, token: Token, receipt: Receipt
) -> None:
    for variant in (-1, 2**32):
        with pytest.raises(ValueError, match="variant"):
            sealer.write_challenge(replace(challenge, variant=variant))
    with pytest.raises(ValueError, match="cdata"):
        sealer.write_token(replace(token, cdata="c" * 256))
    with pytest.raises(ValueError, match="time"):
        sealer.write_token(replace(token, expires_ms=token.answered_ms - 1))
    with pytest.raises(ValueError, match="16 bytes"):
        sealer.write_receipt(replace(receipt, token_id=b""))


def test_fields_never_run_into_one_another(sealer: Sealer, challenge: Challenge, token: Token) -> None:
    pairs = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", "")]
    assert len({sealer.write_challenge(replace(challenge, action=a, host=h)) for a, h in pairs}) == 4
    assert len({sealer.write_token(replace(token, host=h, cdata=c)) for h, c in pairs}) == 4
    assert len({sealer.write_token(replace(token, action=a, host=h)) for a, h in pairs}) == 4


def test_expiry_and_skew_to_the_millisecond(sealer: Sealer, challenge: Challenge, token: Token) -> None:
    for written, read, claims in (
        (sealer.write_challenge(challenge), sealer.read_challenge, challenge),
        (sealer.write_token(token), sealer.read_token, token),
    ):
        expires = claims.expires_ms
        assert read(written, expires / 1000) == claims
        assert read(written, (expires + 5_000) / 1000) == claims
        with pytest.raises(ExpiredError) as caught:
            read(written, (expires + 5_001) / 1000)
        assert caught.value.claims == claims
        assert caught.value.late_ms == 5_001


def test_receipt_is_good_for_ninety_days(sealer: Sealer, receipt: Receipt) -> None:
    written = sealer.write_receipt(receipt)
    end = receipt.made_ms + 90 * 86_400_000
    assert receipt.made_ms + RECEIPT_MS == end
    assert sealer.read_receipt(written, (end + 5_000) / 1000) == receipt
    with pytest.raises(ExpiredError):
        sealer.read_receipt(written, (end + 5_001) / 1000)


def test_what_comes_from_the_future_is_refused_beyond_the_skew(
    text: str, kind: str, sealer: Sealer, now: float
) -> None:
    read = getattr(sealer, f"read_{kind}")
    assert read(text, now - 5) is not None
    with pytest.raises(FutureError) as caught:
        read(text, now - 5.001)
    assert caught.value.ahead_ms == 5_001
    assert caught.value.claims == read(text, now)


def test_a_token_is_refused_if_either_of_its_times_is_in_the_future(
    sealer: Sealer, token: Token, now: float
) -> None:
    later = replace(token, answered_ms=token.answered_ms + 5_001)
    newer = replace(token, id=new_id(now + 5.001, secrets.token_bytes))
    for ahead in (later, newer):
        with pytest.raises(FutureError):
            sealer.read_token(sealer.write_token(ahead), now)


@pytest.mark.parametrize(
    ("kind", "invalid", "expired"),
    [
        ("challenge", "invalid-input-challenge", "challenge-expired"),
        ("token", "invalid-input-response", "timeout-or-duplicate"),
        ("receipt", "invalid-input-response", "timeout-or-duplicate"),
    ],
)
def test_errors_carry_the_wire_code_of_their_kind(
    text: str, kind: str, sealer: Sealer, now: float, invalid: str, expired: str
) -> None:
    read = getattr(sealer, f"read_{kind}")
    for given, moment, error, code in (
        ("nonsense", now, ForgedError, invalid),
        (text, now + 91 * 86_400, ExpiredError, expired),
        (text, now - 60, FutureError, invalid),
    ):
        with pytest.raises(error) as caught:
            read(given, moment)
        assert caught.value.code == code
        assert caught.value.kind == kind
        assert str(caught.value).startswith(f"this {kind} ")


def test_id_is_sixteen_bytes_and_keeps_its_time() -> None:
    for moment in (1_795_600_000.123, *(ms / 1000 for ms in range(2_000))):
        made = new_id(moment, secrets.token_bytes)
        assert len(made) == 16
        assert id_time(made) == moment
    assert new_id(5.0, secrets.token_bytes) < new_id(5.001, secrets.token_bytes)
    assert new_id(5.0, lambda size: b"r" * size)[6:] == b"r" * 10


def test_seeding_the_random_module_changes_nothing() -> None:
    random.seed(0)
    first = new_id(5.0, secrets.token_bytes)
    random.seed(0)
    assert new_id(5.0, secrets.token_bytes) != first


def test_one_challenge_has_one_token_id(sealer: Sealer, challenge: Challenge) -> None:
    own = sealer.token_id(challenge)
    assert (
        own
        == sealer.token_id(replace(challenge, host="", variant=0))
        == Sealer(sealer.ring).token_id(challenge)
    )
    assert len(own) == 16
    assert own[:6] == challenge.id[:6]
    assert own != challenge.id
    other = new_id(id_time(challenge.id), secrets.token_bytes)
    assert sealer.token_id(replace(challenge, id=other)) != own


def test_hashes_depend_on_key_label_and_value(sealer: Sealer) -> None:
    fresh = Sealer(KeyRing([new := Key(secrets.token_bytes(32))], new))
    hashes = [
        sealer.keyed_hash(sealer.kid, "site", "a"),
        sealer.keyed_hash(sealer.kid, "site", "b"),
        sealer.keyed_hash(sealer.kid, "subject", "a"),
        sealer.keyed_hash(sealer.kid, "sit", "ea"),
        fresh.keyed_hash(fresh.kid, "site", "a"),
    ]
    assert len(set(hashes)) == 5
    assert {len(each) for each in hashes} == {8}
    assert NO_SUBJECT not in hashes
    assert sealer.keyed_hash(sealer.kid, "site", "a") == hashes[0]
    assert len(sealer.keyed_hash(sealer.kid, "subject", "\ud800")) == 8


def test_receipt_of_equal_fields_is_the_same_also_after_a_rotation(
    sealer: Sealer, key: Key, receipt: Receipt, now: float
) -> None:
    written = sealer.write_receipt(receipt)
    new = Key(secrets.token_bytes(32), "new")
    rotated = Sealer(KeyRing([replace(key, retires=now + 60), new], new))
    assert sealer.write_receipt(receipt) == written == rotated.write_receipt(receipt)


def test_two_challenges_for_one_question_share_only_what_all_share(
    sealer: Sealer, challenge: Challenge, now: float
) -> None:
    """Byte by byte: constant where all challenges are, else equal no more often than chance has it."""
    count = 2_000
    same = [
        payload_of(sealer.write_challenge(replace(challenge, id=new_id(now, secrets.token_bytes))))
        for _ in range(count)
    ]
    other = [
        payload_of(
            sealer.write_challenge(
                replace(
                    challenge,
                    id=new_id(now, secrets.token_bytes),
                    question=secrets.token_bytes(8),
                    variant=secrets.randbelow(1_000),
                )
            )
        )
        for _ in range(count)
    ]
    assert len(same[0]) == len(other[0])
    for column_of_same, column_of_other in zip(
        zip(*same, strict=True), zip(*other, strict=True), strict=True
    ):
        if len(set(column_of_other)) == 1:
            assert set(column_of_same) == set(column_of_other)
        else:
            # 2,000 draws of 256 values: about 256 - 0.1 appear; fewer than 200 or a favourite is no chance.
            assert len(set(column_of_same)) > 200
            assert max(map(column_of_same.count, set(column_of_same))) < 40


def test_the_reference_is_masked_and_hidden(sealer: Sealer, challenge: Challenge) -> None:
    for question in (bytes(8), b"\xff" * 8, b"question"):
        written = payload_of(sealer.write_challenge(replace(challenge, question=question, variant=0)))
        assert question not in written
    shown = repr(challenge)
    assert "question" not in shown
    assert "variant" not in shown


def test_masks_differ_from_key_to_key(sealer: Sealer, challenge: Challenge) -> None:
    new = Key(secrets.token_bytes(32))
    fresh = Sealer(KeyRing([new], new))
    here = payload_of(sealer.write_challenge(challenge))
    there = payload_of(fresh.write_challenge(replace(challenge, kid=new.kid)))
    differing = [place for place, (a, b) in enumerate(zip(here, there, strict=True)) if a != b]
    assert len(differing) > 8, "4 bytes are the key's id; the rest is the masked reference"


def test_sites_and_subjects_do_not_stand_there_in_the_clear(text: str) -> None:
    assert b"forum\0" not in payload_of(text)
    assert b"topics" not in payload_of(text)


def test_sealer_made_anew_reads_what_another_wrote(text: str, kind: str, sealer: Sealer, now: float) -> None:
    read: Callable[[str, float], object] = getattr(Sealer(sealer.ring), f"read_{kind}")
    assert read(text, now) == getattr(sealer, f"read_{kind}")(text, now)
