"""itsdangerous' ``Signer`` with its derived key kept, and the one spelling of bytes that is accepted."""

from __future__ import annotations

import hmac
from binascii import Error, a2b_base64, b2a_base64
from hashlib import sha256

from itsdangerous import Signer

from gate.signing.keys import Mac

__all__ = ["KeptSigner", "decode", "encode"]

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode(value: bytes) -> bytes:
    """Return ``value`` in base64url without padding (RFC 4648, section 5)."""
    return b2a_base64(value, newline=False).rstrip(b"=").translate(_TO_URL)


def decode(text: bytes) -> bytes | None:
    """Return what ``encode`` made ``text`` from, or None if it cannot have made it."""
    try:
        value = a2b_base64(text.translate(_FROM_URL) + b"==")
    except Error:
        return None
    return value if encode(value) == text else None


class KeptSigner(Signer):
    """Writes what ``Signer(secret, salt, key_derivation="hmac", digest_method=sha256)`` writes, sooner.

    The library derives its key anew for each signature; here that is done once. Of the several spellings that
    the library takes for one signature, only the one that it writes itself is taken.
    """

    def __init__(self, secret: bytes, salt: str) -> None:
        super().__init__(secret, salt, key_derivation="hmac", digest_method=sha256)
        self._mac = Mac(self.derive_key())

    def get_signature(self, value: str | bytes) -> bytes:
        """Return the signature of ``value`` as text."""
        return encode(self._mac.digest(_octets(value)))

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Say whether ``sig`` is the signature of ``value``, letter for letter, in constant time."""
        return hmac.compare_digest(self.get_signature(value), _octets(sig))


def _octets(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
