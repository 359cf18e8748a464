"""What an endpoint answers, before any web framework sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gate.verdicts import Answered, Asked, Code, Refused, Verdict

COMMON_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

REPEATED = "Gate-Repeated"
"""The header of a verdict that was given before."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_STATUS = {
    Code.BAD_REQUEST: 400,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL_ERROR: 503,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A status, headers and a body; ``code`` is what the log line calls it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = "ok"


def json_reply(
    status: int, body: Mapping[str, Any], *, code: str = "ok", headers: Mapping[str, str] | None = None
) -> Reply:
    """Return a JSON reply that no cache keeps; ``headers`` come on top of those of every reply."""
    return Reply(
        status=status,
        body=_JSON.encode(body).encode(),
        headers={"Content-Type": "application/json", **COMMON_HEADERS, **(headers or {})},
        code=code,
    )


def refusal(
    refused: Refused,
    *,
    status: int | None = None,
    following: Asked | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Return a refusal: its code, its words, the question to put instead; headers as in ``json_reply``."""
    body: dict[str, Any] = {"success": False, "error-codes": [refused.code], "message": refused.message}
    if following is not None:
        body["next"] = asked_body(following)
    named = dict(headers or {})
    if refused.retry_after is not None:
        named["Retry-After"] = str(refused.retry_after)
    return json_reply(status or _STATUS.get(refused.code, 200), body, code=refused.code, headers=named)


def asked_body(asked: Asked) -> dict[str, Any]:
    """Return a question as the wire has it."""
    body: dict[str, Any] = {
        "challenge": asked.challenge,
        "question": asked.question,
        "lang": asked.lang,
        "dir": asked.dir,
        "hint": asked.hint,
        "see": asked.see,
        "expires_in": asked.expires_in,
    }
    if asked.contact is not None:
        body["contact"] = asked.contact
    return body


def answered_reply(answered: Answered) -> Reply:
    """Return how an answer was taken."""
    if answered.refused is not None:
        return refusal(answered.refused, following=answered.next)
    return json_reply(200, {"success": True, "token": answered.token, "expires_in": answered.expires_in})


def verdict_reply(verdict: Verdict) -> Reply:
    """Return a verdict."""
    if verdict.refused is not None:
        return refusal(verdict.refused, following=verdict.next)
    body = {
        "success": True,
        "challenge_ts": timestamp(verdict.answered_at),
        "hostname": verdict.hostname,
        "action": verdict.action,
        "cdata": verdict.cdata,
        "error-codes": [],
    }
    if verdict.receipt is not None:
        body["receipt"] = verdict.receipt
    # Not in the body, which is the first verdict's to the letter.
    return json_reply(200, body, headers={REPEATED: "true"} if verdict.repeated else None)


def timestamp(seconds: float) -> str:
    """Return a time as ISO 8601 in UTC, to the second: "2026-11-25T10:00:00Z"."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
