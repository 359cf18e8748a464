"""``GateClient``: a gate elsewhere, spoken to over HTTP with a site's secret."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

import urllib3

from gate.answers.normalise import MAX_CHARACTERS
from gate.clients import NOBODY, Poster
from gate.errors import ConfigError, Fault, UnavailableError
from gate.expected import ANYTHING, MOST_ABOUT, Expected
from gate.languages import direction, primary
from gate.signing.signer import KeptSigner
from gate.stores.servers import without_password
from gate.verdicts import Answered, Asked, Code, Refused, Verdict
from gate.web.replies import REPEATED

TIMEOUT = 3.0
_LARGEST_REPLY = 64 * 1024
_LONGEST_SIGNED, _LONGEST_ADDRESS = 1_024, 64
_RETRY_AFTER = "Retry-After"
_MARK = "~"
"""Stands in a form between a challenge, the question that it came with, which only the service could recall, and
the signature of both: a question that somebody else put there is not shown."""


class GateClient:
    """A site's server-side half of a gate that runs as a service.

    Args:
        url: the gate's address, such as "https://gate.example.org".
        sitekey: the site's public key.
        secret: the site's secret.
        timeout: seconds that one request may take; a request that got no answer is repeated once.

    Every method raises ``UnavailableError`` where the gate cannot be reached or cannot decide: let nothing through
    then. Of its verdicts none is true by mistake: what cannot be read counts as no answer.
    """

    def __init__(self, url: str, sitekey: str, secret: str, *, timeout: float = TIMEOUT) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigError(
                [Fault("GATE_URL", f'"{url}" is no address', 'write it like "https://gate.example.org"')]
            )
        if not sitekey or not secret:
            remedy = "copy both from the [[site]] entry of the gate's config.toml"
            raise ConfigError([Fault("GATE_SITEKEY, GATE_SECRET", "missing", remedy)])
        self._url = url.rstrip("/")
        self._secret = secret
        self._signer = KeptSigner(secret.encode(), "gate.shown.v1")
        self._timeout = timeout
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(total=timeout), retries=False)

    def ask(
        self,
        *,
        action: str = "",
        about: str | None = None,
        lang: str | None = None,
        instead_of: str | None = None,
        poster: Poster = NOBODY,
    ) -> Asked | Refused:
        """Ask for a question to put into a form."""
        fields = {"action": action, "about": _subject(about), "lang": lang, "instead_of": _bare(instead_of)}
        reply, _ = self._post("/v1/challenge", {**fields, "remoteip": _address(poster)}, poster.langs)
        return self._asked(reply) if "challenge" in reply else _refused(reply)

    def recall(self, challenge: str) -> Asked | None:
        """Return the question that went into the form with a challenge."""
        text, _, signature = challenge.rpartition(_MARK)
        if not challenge.isascii() or not self._signer.verify_signature(text, signature):
            return None
        _, _, packed = text.partition(_MARK)
        try:
            shown = json.loads(base64.urlsafe_b64decode(packed))
            return Asked(challenge=challenge, **shown)
        except (ValueError, TypeError):
            return None

    def answer(self, challenge: str, answer: str, *, poster: Poster = NOBODY, proof: bytes = b"") -> Answered:
        """Have an answer judged; a right one gives a token, to be verified later."""
        fields = {"challenge": _bare(challenge), "answer": _judgeable(answer), "remoteip": _address(poster)}
        reply, _ = self._post("/v1/answer", {**fields, "idempotency_key": proof.hex()})
        token = _text(reply.get("token"))
        if reply.get("success") is True and token:
            return Answered(token=token, expires_in=_number(reply.get("expires_in")))
        return Answered(refused=_refused(reply), next=self._next(reply))

    def verify(
        self, response: str, *, expected: Expected = ANYTHING, proof: bytes = b"", peek: bool = False
    ) -> Verdict:
        """Trade a token for yes or no; the same ``proof`` repeats the first verdict, as ``repeated``."""
        fields = {"response": _signed(response), "peek": "true" if peek else None}
        return self._verdict({**fields, "idempotency_key": proof.hex()}, expected)

    def verify_answer(
        self,
        challenge: str,
        answer: str,
        *,
        expected: Expected = ANYTHING,
        poster: Poster = NOBODY,
        proof: bytes = b"",
    ) -> Verdict:
        """Have an answer judged and the reply let through in one step."""
        typed = _judgeable(answer) or " "
        fields = {"challenge": _bare(challenge), "answer": typed, "remoteip": _address(poster)}
        return self._verdict({**fields, "idempotency_key": proof.hex()}, expected)

    def reopen(self, verdict: Verdict) -> str | None:
        """Return None: a service gives no second token for one answer, so the poster is asked once more."""
        return None

    def report(self, receipt: str, *, spam: bool) -> Refused | None:
        """Report a posted reply by its receipt; return None if the receipt is good."""
        reply, _ = self._post("/v1/report", {"receipt": receipt, "verdict": "spam" if spam else "ham"})
        return None if reply.get("success") is True else _refused(reply)

    def likely_language(self, poster: Poster) -> str:
        """Return the language that the poster's browser prefers: the service chooses among its own."""
        return next(iter(poster.langs), "en")

    def _verdict(self, fields: Mapping[str, str | None], expected: Expected) -> Verdict:
        reply, retried = self._post("/v1/verify", {**fields, **_expectations(expected)})
        if reply.get("success") is not True:
            return Verdict(refused=_refused(reply), next=self._next(reply))
        action = _text(reply.get("action"))
        if expected.action not in (None, action):
            # Of a form without an action the gate is told none, and takes that for "any".
            return Verdict(refused=Refused(code=Code.ACTION_MISMATCH))
        repeated = reply.get(REPEATED) == "true"
        if repeated and retried:
            # This request, whose answer was lost, or an earlier one: nobody can tell, so it counts as used.
            return Verdict(refused=Refused(code=Code.TIMEOUT_OR_DUPLICATE))
        return Verdict(
            let_through=True,
            answered_at=_seconds(reply.get("challenge_ts")),
            hostname=_text(reply.get("hostname")),
            action=action,
            cdata=_text(reply.get("cdata")),
            receipt=_text(reply.get("receipt")) or None,
            repeated=repeated,
        )

    def _asked(self, reply: Mapping[str, Any]) -> Asked:
        asked = _question(reply)
        shown = {name: value for name, value in asdict(asked).items() if name != "challenge"}
        packed = base64.urlsafe_b64encode(json.dumps(shown).encode()).decode()
        text = f"{_text(reply.get('challenge'))}{_MARK}{packed}"
        return replace(asked, challenge=f"{text}{_MARK}{self._signer.get_signature(text).decode()}")

    def _next(self, reply: Mapping[str, Any]) -> Asked | None:
        following = reply.get("next")
        return self._asked(following) if isinstance(following, dict) else None

    def _post(
        self, path: str, fields: Mapping[str, str | None], langs: Sequence[str] = ()
    ) -> tuple[dict[str, Any], bool]:
        """Send a request, once more if no answer came; return the reply and whether it was sent twice."""
        body = {"secret": self._secret, **{name: value for name, value in fields.items() if value}}
        headers = {"Content-Type": "application/json"}
        if langs:
            headers["Accept-Language"] = ", ".join(
                f"{tag};q={1 - place / 20:g}" for place, tag in enumerate(langs[:16])
            )
        for retried in (False, True):
            try:
                return self._send(path, _encoded(body), headers), retried
            except urllib3.exceptions.HTTPError as error:
                problem = type(error).__name__
        raise UnavailableError(
            f"the gate at {without_password(self._url)} cannot be reached ({problem})",
            "see whether it runs, and GATE_URL",
        )

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        give_up = time.monotonic() + self._timeout
        reply = self._http.request(
            "POST", self._url + path, body=body, headers=headers, redirect=False, preload_content=False
        )
        try:
            text = _read(reply, give_up)
        finally:
            reply.release_conn()
        try:
            parsed = json.loads(text) if len(text) <= _LARGEST_REPLY else None
        except (ValueError, RecursionError):
            parsed = None
        # The gate says yes with a 200 alone, and tells what a site did wrong with a 4xx.
        if not isinstance(parsed, dict) or not (
            reply.status == 200 or (400 <= reply.status < 500 and parsed.get("success") is False)
        ):
            raise UnavailableError(
                f"the gate at {without_password(self._url)} gave no verdict (HTTP {reply.status})",
                "see its /readyz, and GATE_URL",
            )
        return {**parsed, **{name: reply.headers.get(name) for name in (_RETRY_AFTER, REPEATED)}}


def _read(reply: urllib3.BaseHTTPResponse, give_up: float) -> bytes:
    """Return a reply's body, of one that is too long no more than shows it; the time-out is for each read alone."""
    text = b""
    while len(text) <= _LARGEST_REPLY and (part := reply.read1(_LARGEST_REPLY)):
        text += part
        if time.monotonic() > give_up:
            reply.close()
            raise urllib3.exceptions.TimeoutError("the reply came too slowly")
    return text


def _question(reply: Mapping[str, Any]) -> Asked:
    lang = _text(reply.get("lang")) or "en"
    return Asked(
        challenge="",
        question=_text(reply.get("question")),
        lang=lang,
        dir=direction(primary(lang)),
        hint=_text(reply.get("hint")) or None,
        see=_link(reply.get("see")),
        contact=_link(reply.get("contact")),
        expires_in=_number(reply.get("expires_in")),
    )


def _refused(reply: Mapping[str, Any]) -> Refused:
    codes = reply.get("error-codes")
    try:
        code = Code(codes[0]) if isinstance(codes, list) else Code.INTERNAL_ERROR
    except (ValueError, IndexError, TypeError):
        code = Code.INTERNAL_ERROR
    if code in (Code.MISSING_SECRET, Code.INVALID_SECRET, Code.BAD_REQUEST, Code.INTERNAL_ERROR):
        raise UnavailableError(f"the gate refused this site's request ({code})", _text(reply.get("message")))
    waiting = _text(reply.get(_RETRY_AFTER))
    return Refused(
        code=code,
        detail=_text(reply.get("message")),
        retry_after=int(waiting[:9]) if waiting.isdecimal() else None,
    )


def _expectations(expected: Expected) -> dict[str, str | None]:
    return {"action": expected.action, "about": _subject(expected.about), "hostname": expected.hostname}


# What a poster sent is cut where the gate would refuse it anyhow. A request that is too long to be read would be
# taken for a gate that cannot be asked, and a host may keep replies for a moderator then.


def _encoded(body: Mapping[str, str]) -> bytes:
    """Return JSON without halves of surrogate pairs, which the gate does not read."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _bare(challenge: str | None) -> str | None:
    return None if challenge is None else _signed(challenge.partition(_MARK)[0])


def _signed(text: str) -> str:
    return "".join(text.split())[: _LONGEST_SIGNED + 1]


def _judgeable(answer: str) -> str:
    return answer[: MAX_CHARACTERS + 1]


def _address(poster: Poster) -> str | None:
    return None if poster.client is None else poster.client[:_LONGEST_ADDRESS]


def _subject(about: str | None) -> str | None:
    """Return a subject that the gate reads: it is only compared, so a digest will do for one that is too long."""
    if about is None or len(about) <= MOST_ABOUT:
        return about
    return blake2b(about.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def _text(value: object) -> str:
    """Return text that a page can hold: JSON may escape halves of surrogate pairs, which no encoding has."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _link(value: object) -> str | None:
    text = _text(value)
    return text if text.startswith(("https://", "http://", "mailto:")) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> float:
    try:
        return datetime.fromisoformat(_text(value)).timestamp()
    except ValueError:
        return 0.0
