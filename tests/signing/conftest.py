"""Keys, claims and a sealer to sign them with, at one fixed moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from gate.signing.keys import Key, KeyRing
from gate.signing.tokens import Challenge, Receipt, Sealer, Token, new_id

NOW = 1_795_600_000.0
DAY_MS = 86_400_000


@pytest.fixture
def now() -> float:
    return NOW


@pytest.fixture
def key() -> Key:
    return Key(secrets.token_bytes(32), "spring")


@pytest.fixture
def sealer(key: Key) -> Sealer:
    return Sealer(KeyRing([key], key))


@pytest.fixture
def challenge(sealer: Sealer) -> Challenge:
    return Challenge(
        id=new_id(NOW, secrets.token_bytes),
        kid=sealer.kid,
        site=sealer.keyed_hash(sealer.kid, "site", "forum"),
        subject=sealer.keyed_hash(sealer.kid, "subject", "/topics/17"),
        action="reply",
        epoch=secrets.token_bytes(8),
        question=secrets.token_bytes(8),
        variant=41,
        host="forum.example.org",
        expires_ms=round(NOW * 1000) + DAY_MS,
    )


@pytest.fixture
def token(sealer: Sealer, challenge: Challenge) -> Token:
    return Token(
        id=sealer.token_id(challenge),
        kid=challenge.kid,
        site=challenge.site,
        subject=challenge.subject,
        action=challenge.action,
        epoch=challenge.epoch,
        question=sealer.keyed_hash(challenge.kid, "question", "green"),
        host=challenge.host,
        cdata="session-7",
        answered_ms=round(NOW * 1000),
        expires_ms=round(NOW * 1000) + DAY_MS,
    )


@pytest.fixture
def receipt(token: Token) -> Receipt:
    return Receipt(
        kid=token.kid,
        token_id=token.id,
        site=token.site,
        question=token.question,
        made_ms=round(NOW * 1000),
    )


@pytest.fixture(params=["challenge", "token", "receipt"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def text(kind: str, sealer: Sealer, challenge: Challenge, token: Token, receipt: Receipt) -> str:
    """One signed text of each kind, with the same sealer."""
    texts: dict[str, Callable[[], str]] = {
        "challenge": lambda: sealer.write_challenge(challenge),
        "token": lambda: sealer.write_token(token),
        "receipt": lambda: sealer.write_receipt(receipt),
    }
    return texts[kind]()


@pytest.fixture
def read(kind: str, sealer: Sealer) -> Callable[[str], object]:
    """Reads a text as the kind that it is, at the fixed moment."""
    reader = getattr(sealer, f"read_{kind}")
    return lambda text: reader(text, NOW)
