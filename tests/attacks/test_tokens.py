"""One answer, one reply: tokens spelled another way, shown elsewhere, of another kind, or of another key."""

from __future__ import annotations

import ast
import base64
import hmac
import json
import random
import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import itsdangerous
import pytest

import gate
from gate.signing.keys import KeyRing
from gate.web.mirrors import MIRRORS
from tests.attacks.conftest import folder_of
from tests.service import NO_LIMITS, OTHER_SIGNING, SECRET, SIGNING, Service, code_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
JUNK = ["=", "==", "!!*", "é", ".", "\0", "%20", "+", "/", "A", "~", "\u200b"]
THIRD_SIGNING = "Lw5Rt8YhNq2ZsXc6VbMk9JpGf3DaEu7iOoTr1KeW"
PACKAGE = Path(gate.__file__).parent


# Another spelling


def spellings(token: str) -> Iterator[str]:
    """Yield 24 ways to write a token that a lenient reader of base64 takes for the same."""
    value, _, signature = token.partition(".")
    last = ALPHABET.index(signature[-1])
    for spare in range(1, 4):
        yield token[:-1] + ALPHABET[last ^ spare]
    for junk in JUNK:
        yield token + junk
    for junk in ("!", "*", "=", "é", "\ufeff"):
        yield f"{value}.{signature[:9]}{junk}{signature[9:]}"
    yield f"{value}=.{signature}"
    yield f"{value}.{signature.replace('-', '+').replace('_', '/')}===="
    yield f".{token}"
    yield f"{value}..{signature}"


def test_no_respelling_of_a_spent_token_passes_at_any_door(service: Service, *, long_run: bool) -> None:
    for _ in range(10_000 if long_run else 40):
        token = service.token()
        assert service.verify(token)["success"]
        found = list(spellings(token))
        assert len({*found, token}) == 25
        for spelling in found:
            assert code_of(service.verify(spelling)) == "invalid-input-response", spelling
    for path, spelling in product(MIRRORS, found):
        assert service.post(path, {"secret": SECRET, "response": spelling}).json["success"] is False
        query = {"secret": SECRET, "response": spelling}
        assert service.get(path, query).json["success"] is False


def test_no_respelling_spends_a_token_that_is_good(service: Service) -> None:
    token = service.token()
    for spelling in spellings(token):
        assert service.verify(spelling)["success"] is False
    assert service.verify(token)["success"]


# Another place

SITE_KEYS = ("forum", "wiki", "shop")
ACTIONS = ("reply", "login", "sign-up")
SUBJECTS = ("17", "18", "https://forum.example.org/topic/17")


def test_only_site_action_and_subject_together_pass_and_a_wrong_one_does_not_spend(
    make_service: Callable[..., Service],
) -> None:
    sites = [{"sitekey": key, "secret": f"s3cr3t-Of-The-{key}_0123456789"} for key in SITE_KEYS]
    service = make_service(site=sites, limits=NO_LIMITS)
    places = list(product(sites, ACTIONS, SUBJECTS))
    tokens = [service.token(site["sitekey"], action=action, about=about) for site, action, about in places]
    shown = {
        (made, at): service.verify(tokens[made], site["secret"], action=action, about=about)
        for made in range(27)
        for at, (site, action, about) in enumerate(places)
        if made != at
    }
    assert len(shown) == 27 * 26
    allowed = {"invalid-input-response", "action-mismatch", "about-mismatch"}
    assert {code_of(verdict) for verdict in shown.values()} == allowed
    for token, (site, action, about) in zip(tokens, places, strict=True):
        assert service.verify(token, site["secret"], action=action, about=about)["success"]


# Another kind


def foreign_texts() -> dict[str, str]:
    """Return what other programs sign with the very same secret, and what claims to need no signature."""

    def jwt(header: dict[str, str], payload: dict[str, Any], key: bytes = b"") -> str:
        parts = [json.dumps(part).encode() for part in (header, payload)]
        value = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        mac = hmac.digest(key, value, "sha256") if key else b""
        return (value + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()

    claims = {"success": True, "site": "forum", "exp": 4_000_000_000}
    inflated = zlib.compress(b'{"success": true, "filler": "' + b"A" * 1_000_000 + b'"}')
    bomb = "." + base64.urlsafe_b64encode(inflated).decode()
    key = SIGNING.encode()
    return {
        "a session cookie": itsdangerous.URLSafeTimedSerializer(SIGNING, "cookie-session").dumps(claims),
        "a JWT without a signature": jwt({"alg": "none"}, claims),
        "a JWT of the same secret": jwt({"alg": "HS256"}, claims, key),
        "a payload that unpacks to a megabyte": itsdangerous.Signer(SIGNING).sign(bomb).decode(),
        "the library's own derivation": itsdangerous.Signer(SIGNING, "gate.token.v1")
        .sign("x" * 120)
        .decode(),
        "nothing": "",
    }


def test_every_kind_of_text_is_good_at_its_own_door_alone(service: Service) -> None:
    def texts() -> dict[str, str]:
        asked = service.ask()
        service.clock.tick(2)
        receipt = service.verify(service.token())["receipt"]
        return {
            "challenge": asked["challenge"],
            "token": service.token(),
            "receipt": receipt,
            **foreign_texts(),
        }

    def right(challenge: str) -> str:
        recalled = service.live.gatekeeper.recall(challenge)
        return service.solutions[recalled.question] if recalled else "green"

    def posted(path: str, **fields: str) -> bool:
        body = service.post(path, fields).json
        return bool(body.get("success")) or "question" in body

    doors: dict[str, tuple[str, Callable[[str], bool]]] = {
        "verify": ("token", lambda text: posted("/v1/verify", secret=SECRET, response=text)),
        "peek": ("token", lambda text: posted("/v1/verify", secret=SECRET, response=text, peek="true")),
        "answer": ("challenge", lambda text: posted("/v1/answer", challenge=text, answer=right(text))),
        "both": (
            "challenge",
            lambda text: posted("/v1/verify", secret=SECRET, challenge=text, answer=right(text)),
        ),
        "skip": (
            "challenge",
            lambda text: posted("/v1/challenge", secret=SECRET, instead_of=text or "x"),
        ),
        "report": (
            "receipt",
            lambda text: posted("/v1/report", secret=SECRET, receipt=text, verdict="spam"),
        ),
        **{
            path: ("token", lambda text, path=path: posted(path, secret=SECRET, response=text))  # type: ignore[misc]
            for path in MIRRORS
        },
    }
    for name, (own, opens) in doors.items():
        made = texts()
        assert {kind: opens(text) for kind, text in made.items() if kind != own} == dict.fromkeys(
            made.keys() - {own}, False
        ), name
        assert opens(made[own]), name


# Another key


def test_only_the_key_that_signed_reads(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """Three gates over one store and one bank, so that nothing but the key can tell their tokens apart."""
    gates = [
        make_service(folder=folder_of(tmp_path, name), signing={"current": name}, store=shared(tmp_path))
        for name in (SIGNING, OTHER_SIGNING, THIRD_SIGNING)
    ]
    for made, read in product(gates, gates):
        asked, token = made.ask(), made.token()
        read.clock.tick(2)
        verdict, answered = read.verify(token), read.answer(asked, made.right(asked))
        if made is read:
            assert verdict["success"]
            assert answered["success"]
        else:
            assert code_of(verdict) == "invalid-input-response"
            assert code_of(answered) == "invalid-input-challenge"
            assert made.verify(token)["success"], "and nothing was spent"


def test_a_key_that_was_replaced_reads_what_it_signed_and_signs_nothing(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    before = make_service(folder=folder_of(tmp_path, "before"), store=shared(tmp_path))
    token = before.token()
    after = make_service(
        folder=folder_of(tmp_path, "after"),
        signing={"current": OTHER_SIGNING, "previous": [SIGNING]},
        store=shared(tmp_path),
    )
    fresh = after.token()
    old, new = (KeyRing.of(secret).signing.kid for secret in (SIGNING, OTHER_SIGNING))
    assert old in base64.urlsafe_b64decode(token.partition(".")[0] + "==")
    assert new in base64.urlsafe_b64decode(fresh.partition(".")[0] + "==")
    assert after.verify(token)["success"]
    assert code_of(before.verify(fresh)) == "invalid-input-response"
    assert after.verify(fresh)["success"]


def shared(folder: Path) -> dict[str, str]:
    return {"url": f"sqlite:///{folder}/shared.db"}


# Guessing what is random


def test_a_seeded_generator_foretells_nothing(make_service: Callable[..., Service], tmp_path: Path) -> None:
    def everything(name: str) -> list[Any]:
        random.seed(0)
        service = make_service(
            folder=folder_of(tmp_path, name),
            store={"url": "sqlite:///gate.db"},
            challenge={"sticky": ""},
            limits={"challenges": ""},
        )
        service.clock.now = 1_800_000_000.0
        asked = [service.ask() for _ in range(40)]
        service.clock.tick(2)
        token = service.answer(asked[0])["token"]
        questions = [each["question"] for each in asked]
        return [service.live.store.epoch, *(each["challenge"] for each in asked), token, questions]

    state = random.getstate()
    try:
        for one, other in zip(everything("one"), everything("other"), strict=True):
            assert one != other
    finally:
        random.setstate(state)


def test_no_module_draws_from_a_generator_that_can_be_seeded() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            source = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            assert "random" not in names or source, path
            assert source not in ("random", "uuid"), path


# What decides nothing


@pytest.mark.parametrize(
    "extra",
    [
        {"skip": "1", "level": "low", "score": "1.0", "testing": "true", "debug": "1"},
        {"min_seconds": "0", "typos": "1", "match": "any", "accept": "purple", "tags": "none"},
        {"success": "true", "solved": "1", "bypass": "true", "expires_in": "999999999"},
        {"captcha_type": "none", "render": "explicit", "compat": "recaptcha", "host": "forum.example.org"},
    ],
)
def test_no_field_of_a_client_lowers_the_level(service: Service, extra: dict[str, str]) -> None:
    asked = service.get("/v1/challenge", {"sitekey": "forum", **extra}).json
    assert set(asked) == {"challenge", "question", "lang", "dir", "hint", "see", "expires_in"}
    assert asked["expires_in"] == 86_400
    fields = {"challenge": asked["challenge"], "answer": service.right(asked), **extra}
    assert code_of(service.post("/v1/answer", fields)) == "answered-too-fast"
    service.clock.tick(2)
    wrong = {**fields, "answer": "purple"}
    assert code_of(service.post("/v1/answer", wrong)) == "incorrect-answer"
    assert code_of(service.post("/v1/answer", fields)) == "challenge-used"
    for path in ("/v1/verify", *MIRRORS):
        assert service.post(path, {"secret": SECRET, "response": "x", **extra}).json["success"] is False
