"""Challenge, token and receipt: written and read. Nobody else knows their layout.

Each is ``base64url(payload) + "." + base64url(signature)``, the form of itsdangerous' ``Signer`` with SHA-256
and HMAC key derivation, a salt for each kind. A payload begins with a byte for its kind and its key's id.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple, NoReturn

from gate.signing.claims import (
    HASH_BYTES,
    MOST_ACTION,
    MOST_CDATA,
    MOST_CHALLENGE_HOST,
    MOST_TOKEN_HOST,
    NO_SUBJECT,
    RECEIPT_MS,
    SKEW_MS,
    TIME_BYTES,
    Challenge,
    ExpiredError,
    ForgedError,
    FutureError,
    Receipt,
    Token,
    TokenError,
    id_time,
    new_id,
)
from gate.signing.keys import KID_BYTES, Key, KeyRing
from gate.signing.signer import KeptSigner, decode, encode

__all__ = [
    "MOST_ACTION",
    "MOST_CDATA",
    "MOST_CHALLENGE_HOST",
    "MOST_TOKEN_HOST",
    "NO_SUBJECT",
    "RECEIPT_MS",
    "SKEW_MS",
    "Challenge",
    "ExpiredError",
    "ForgedError",
    "FutureError",
    "Receipt",
    "Sealer",
    "Token",
    "TokenError",
    "id_time",
    "new_id",
]

_LIFE_BYTES = 5

# The fixed parts; what follows is action and host (and cdata), the last one without a length of its own.
# kind, kid, id, site, subject, epoch, masked question and variant, expiry, length of action
_CHALLENGE = Struct(">B4s16s8s8s8s12s6sB")
# kind, kid, id, site, subject, epoch, question, time of the answer, life after it, lengths of action and host
_TOKEN = Struct(">B4s16s8s8s8s8s6s5sBB")
# kind, kid, token's id, site, question, time
_RECEIPT = Struct(">B4s16s8s8s6s")


class _Kind(NamedTuple):
    """What tells one kind of signed text from the others.

    ``after_retirement`` is how long a key verifies this kind after it has retired, in seconds.
    """

    name: str
    byte: int
    characters: int
    fixed: int
    invalid: str
    expired: str
    after_retirement: float = 0.0

    @property
    def salt(self) -> str:
        return f"gate.{self.name}.v1"


_KINDS = (
    _Kind("challenge", 1, 256, _CHALLENGE.size, "invalid-input-challenge", "challenge-expired"),
    _Kind("token", 2, 1_024, _TOKEN.size, "invalid-input-response", "timeout-or-duplicate"),
    _Kind(
        "receipt", 3, 256, _RECEIPT.size, "invalid-input-response", "timeout-or-duplicate", RECEIPT_MS / 1000
    ),
)
_A_CHALLENGE, _A_TOKEN, _A_RECEIPT = _KINDS


class _Seal:
    """What one key can do: sign each kind, mask references, hash names, derive ids."""

    __slots__ = ("hashes", "ids", "masks", "signers")

    def __init__(self, key: Key) -> None:
        self.signers = {kind.name: KeptSigner(key.secret, kind.salt) for kind in _KINDS}
        self.masks = key.mac("challenge.mask")
        self.hashes = key.mac("claims.hash")
        self.ids = key.mac("token.id")


class Sealer:
    """Writes and reads challenges, tokens and receipts with the keys of one ring.

    A new ring takes a new sealer; keep one for the whole of a request, so that it can answer what it read.
    Reading raises children of ``TokenError`` alone; writing raises ``ValueError`` where a field does not fit,
    ``ForgedError`` where the ring lacks the key. Site, action and subject are compared with nothing: that is
    for the caller.
    """

    __slots__ = ("_seals", "ring")

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._seals = {key.kid: _Seal(key) for key in ring.keys}

    @property
    def kid(self) -> bytes:
        """The id of the key that signs what is new."""
        return self.ring.signing.kid

    def keyed_hash(self, kid: bytes, label: str, value: str) -> bytes:
        """Return the 8 bytes that stand for ``value`` in what the key ``kid`` signs.

        Args:
            kid: ``Sealer.kid`` for what is new, else the ``kid`` of what was read.
            label: what the value is: "site", "subject" or "question".
            value: the text itself.

        Raises:
            ForgedError: there is no such key.
        """
        seal = self._seal(kid, _A_TOKEN)
        return seal.hashes.digest(f"{label}\0{value}".encode("utf-8", "surrogatepass"))[:HASH_BYTES]

    def token_id(self, challenge: Challenge) -> bytes:
        """Return the id of the one token that ``challenge`` can give: always the same, with the same time."""
        digest = self._seal(challenge.kid, _A_CHALLENGE).ids.digest(challenge.id)
        return challenge.id[:TIME_BYTES] + digest[:10]

    def reopened_id(self, spent: Token) -> bytes:
        """Return the id of the one token that may follow a spent one: always the same, with the same time."""
        digest = self._seal(spent.kid, _A_TOKEN).ids.digest(b"reopened" + spent.id)
        return spent.id[:TIME_BYTES] + digest[:10]

    def write_challenge(self, challenge: Challenge) -> str:
        """Return the text of ``challenge``: at most 256 characters."""
        seal = self._seal(challenge.kid, _A_CHALLENGE)
        action, host = challenge.action.encode("ascii"), challenge.host.encode("ascii")
        if len(action) > MOST_ACTION or len(host) > MOST_CHALLENGE_HOST:
            raise ValueError("action or host is too long for a challenge")
        _check_sizes(challenge, challenge.id)
        reference = challenge.question + _number(challenge.variant, 4)
        payload = _CHALLENGE.pack(
            _A_CHALLENGE.byte,
            challenge.kid,
            challenge.id,
            challenge.site,
            challenge.subject,
            challenge.epoch,
            _masked(reference, seal, challenge.id),
            _number(challenge.expires_ms),
            len(action),
        )
        return _signed(payload + action + host, seal, _A_CHALLENGE)

    def read_challenge(self, text: str, now: float) -> Challenge:
        """Return what a challenge says; ``now`` is in seconds since 1970.

        Raises:
            ForgedError: it was not written here, or not with a key that still verifies.
            ExpiredError: it is too old.
            FutureError: it was made more than five seconds from now.
        """
        payload, seal = self._open(text, _A_CHALLENGE, now)
        _, kid, own_id, site, subject, epoch, masked, expires, length = _CHALLENGE.unpack_from(payload)
        reference = _masked(masked, seal, own_id)
        texts = payload[_CHALLENGE.size :].decode("ascii")
        challenge = Challenge(
            id=own_id,
            kid=kid,
            site=site,
            subject=subject,
            action=texts[:length],
            epoch=epoch,
            question=reference[:HASH_BYTES],
            variant=int.from_bytes(reference[HASH_BYTES:], "big"),
            host=texts[length:],
            expires_ms=int.from_bytes(expires, "big"),
        )
        _check_time(_A_CHALLENGE, challenge, challenge.issued_ms, challenge.expires_ms, now)
        return challenge

    def write_token(self, token: Token) -> str:
        """Return the text of ``token``: 100 to 512 characters without ``cdata``, at most 1,024 with it."""
        seal = self._seal(token.kid, _A_TOKEN)
        action, host, cdata = (text.encode("ascii") for text in (token.action, token.host, token.cdata))
        if len(action) > MOST_ACTION or len(host) > MOST_TOKEN_HOST or len(cdata) > MOST_CDATA:
            raise ValueError("action, host or cdata is too long for a token")
        _check_sizes(token, token.id)
        payload = _TOKEN.pack(
            _A_TOKEN.byte,
            token.kid,
            token.id,
            token.site,
            token.subject,
            token.epoch,
            token.question,
            _number(token.answered_ms),
            _number(token.expires_ms - token.answered_ms, _LIFE_BYTES),
            len(action),
            len(host),
        )
        return _signed(payload + action + host + cdata, seal, _A_TOKEN)

    def read_token(self, text: str, now: float) -> Token:
        """Return what a token says; arguments and errors are those of ``read_challenge``."""
        payload, _ = self._open(text, _A_TOKEN, now)
        _, kid, own_id, site, subject, epoch, question, answered, life, *lengths = _TOKEN.unpack_from(payload)
        texts = payload[_TOKEN.size :].decode("ascii")
        host_at, cdata_at = lengths[0], sum(lengths)
        answered_ms = int.from_bytes(answered, "big")
        token = Token(
            id=own_id,
            kid=kid,
            site=site,
            subject=subject,
            action=texts[:host_at],
            epoch=epoch,
            question=question,
            host=texts[host_at:cdata_at],
            cdata=texts[cdata_at:],
            answered_ms=answered_ms,
            expires_ms=answered_ms + int.from_bytes(life, "big"),
        )
        _check_time(_A_TOKEN, token, max(answered_ms, token.issued_ms), token.expires_ms, now)
        return token

    def write_receipt(self, receipt: Receipt) -> str:
        """Return the text of ``receipt``: 102 characters, the same for the same fields."""
        seal = self._seal(receipt.kid, _A_RECEIPT)
        _check_sizes(receipt, receipt.token_id)
        payload = _RECEIPT.pack(
            _A_RECEIPT.byte,
            receipt.kid,
            receipt.token_id,
            receipt.site,
            receipt.question,
            _number(receipt.made_ms),
        )
        return _signed(payload, seal, _A_RECEIPT)

    def read_receipt(self, text: str, now: float) -> Receipt:
        """Return what a receipt says; arguments and errors are those of ``read_challenge``."""
        payload, _ = self._open(text, _A_RECEIPT, now)
        _, kid, token_id, site, question, made = _RECEIPT.unpack_from(payload)
        made_ms = int.from_bytes(made, "big")
        receipt = Receipt(kid=kid, token_id=token_id, site=site, question=question, made_ms=made_ms)
        _check_time(_A_RECEIPT, receipt, made_ms, receipt.expires_ms, now)
        return receipt

    def _seal(self, kid: bytes, kind: _Kind) -> _Seal:
        seal = self._seals.get(kid)
        if seal is None:
            _forged(kind, "its key is not known here")
        return seal

    def _open(self, text: str, kind: _Kind, now: float) -> tuple[bytes, _Seal]:
        """Return the payload of ``text`` and the seal it bears, once both are known to be ours."""
        if len(text) > 4 * kind.characters:
            _forged(kind, "it is too long")
        packed = "".join(text.split())
        if len(packed) > kind.characters or not packed.isascii():
            _forged(kind, "it is too long or has foreign characters")
        value, _, signature = packed.encode("ascii").partition(b".")
        payload = decode(value)
        if payload is None or len(payload) < kind.fixed:
            _forged(kind, "it is incomplete or was copied wrongly")
        kid = payload[1 : 1 + KID_BYTES]
        if self.ring.verifying(kid, now - kind.after_retirement) is None:
            _forged(kind, "its key is unknown or has retired")
        seal = self._seals[kid]
        if payload[0] != kind.byte or not seal.signers[kind.name].verify_signature(value, signature):
            _forged(kind, "it was not written here or was altered")
        return payload, seal


def _forged(kind: _Kind, reason: str) -> NoReturn:
    raise ForgedError(kind.name, kind.invalid, reason)


def _signed(payload: bytes, seal: _Seal, kind: _Kind) -> str:
    return seal.signers[kind.name].sign(encode(payload)).decode("ascii")


def _masked(reference: bytes, seal: _Seal, own_id: bytes) -> bytes:
    """Mask or unmask the twelve bytes of a reference; each id has a mask of its own."""
    mask = seal.masks.digest(own_id)[:12]
    return (int.from_bytes(reference, "big") ^ int.from_bytes(mask, "big")).to_bytes(12, "big")


def _check_sizes(claims: Challenge | Token | Receipt, own_id: bytes) -> None:
    """Raise where a field would be cut or filled up, and so could not be read again as it was."""
    if len(own_id) != 16 or len(claims.site) != HASH_BYTES or len(claims.question) != HASH_BYTES:
        raise ValueError("an id has 16 bytes, the hashes of site and question have 8")
    if not isinstance(claims, Receipt) and (len(claims.subject) != HASH_BYTES or len(claims.epoch) != 8):
        raise ValueError("the hash of the subject has 8 bytes, and so has the epoch")


def _number(value: int, size: int = TIME_BYTES) -> bytes:
    try:
        return value.to_bytes(size, "big")
    except OverflowError:
        raise ValueError("a time or a variant's number is negative or too large") from None


def _check_time(
    kind: _Kind, claims: Challenge | Token | Receipt, made_ms: int, expires_ms: int, now: float
) -> None:
    now_ms = round(now * 1000)
    if now_ms > expires_ms + SKEW_MS:
        raise ExpiredError(kind.name, kind.expired, claims, now_ms - expires_ms)
    if made_ms > now_ms + SKEW_MS:
        raise FutureError(kind.name, kind.invalid, claims, made_ms - now_ms)
