"""The /v1 endpoints: plain functions from a request's fields and its caller to a ``Reply``."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from gate.clients import Poster
from gate.config import Site
from gate.errors import BankError, StoreError
from gate.expected import MOST_ABOUT, MOST_ACTION, Expected, is_name
from gate.gatekeeper import Gatekeeper
from gate.hosts import host_of
from gate.languages import LONGEST_TAG, is_tag
from gate.verdicts import Code, Refused
from gate.web.proofs import proof_of
from gate.web.reader import Fields, Request, RequestError, read_fields
from gate.web.replies import Reply, answered_reply, asked_body, json_reply, refusal, verdict_reply

_log = logging.getLogger("gate")

_MOST = {
    "action": MOST_ACTION,
    "cdata": 255,
    "about": MOST_ABOUT,
    "lang": LONGEST_TAG,
    "hostname": 253,
    "idempotency_key": 255,
}

Function = Callable[[Gatekeeper, Fields, Request], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint: the methods it takes, the fields it reads, whether pages of other origins may call it."""

    methods: tuple[str, ...]
    fields: frozenset[str]
    function: Function
    public: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """What the header Allow names: the methods, and OPTIONS where pages of other origins ask first."""
        return (*self.methods, "OPTIONS") if self.public else self.methods


def challenge(gatekeeper: Gatekeeper, fields: Fields, request: Request) -> Reply:
    """Put a question: for a page by its sitekey, for a server by its secret."""
    if request.method == "POST":
        site = _site(gatekeeper, fields, request)
        poster = Poster(client=_remote(fields), langs=request.langs)
    else:
        if "secret" in fields:
            raise RequestError(
                "Send the secret in the body of a POST: whatever stands in a URL gets into logs."
            )
        site = gatekeeper.sites.with_sitekey(fields.get("sitekey", "")) or Refused(code=Code.INVALID_SITEKEY)
        poster = _poster(request)
    if isinstance(site, Refused):
        return refusal(site, status=404 if site.code is Code.INVALID_SITEKEY else None)
    asked = gatekeeper.ask(
        site,
        action=fields.get("action", ""),
        about=fields.get("about") or None,
        lang=fields.get("lang") or None,
        instead_of=fields.get("instead_of") or None,
        poster=poster,
    )
    return refusal(asked) if isinstance(asked, Refused) else json_reply(200, asked_body(asked))


def answer(gatekeeper: Gatekeeper, fields: Fields, request: Request) -> Reply:
    """Judge an answer: right gives a token. A server that shows its secret speaks for a poster elsewhere."""
    site, poster = None, _poster(request)
    if fields.get("secret") or request.bearer:
        found = _site(gatekeeper, fields, request)
        if isinstance(found, Refused):
            return refusal(found)
        site, poster = found, Poster(client=_remote(fields), langs=request.langs)
    if not fields.get("challenge", "").strip():
        return refusal(Refused(code=Code.MISSING_CHALLENGE))
    return answered_reply(
        gatekeeper.answer(
            fields["challenge"],
            fields.get("answer", ""),
            cdata=fields.get("cdata", ""),
            site=site,
            poster=poster,
            proof=_proof(fields) if site is not None else b"",
        )
    )


def verify(gatekeeper: Gatekeeper, fields: Fields, request: Request) -> Reply:
    """Trade a token, or a challenge and its answer, for yes or no."""
    site = _site(gatekeeper, fields, request)
    if isinstance(site, Refused):
        return refusal(site)
    expected = Expected(
        action=fields.get("action") or None,
        about=fields.get("about") or None,
        hostname=fields.get("hostname") or None,
        sitekey=fields.get("sitekey") or None,
    )
    peek = fields.get("peek") == "true"
    if fields.get("challenge", "").strip():
        if fields.get("response") or peek:
            raise RequestError(
                "Send a token as response, or challenge and answer: peek is for a token alone."
            )
        return verdict_reply(
            gatekeeper.verify_answer(
                site,
                fields["challenge"],
                fields.get("answer", ""),
                expected=expected,
                poster=Poster(client=_remote(fields)),
                proof=_proof(fields),
            )
        )
    if not fields.get("response", "").strip():
        return refusal(Refused(code=Code.MISSING_CHALLENGE if "answer" in fields else Code.MISSING_RESPONSE))
    return verdict_reply(
        gatekeeper.verify(site, fields["response"], expected=expected, proof=_proof(fields), peek=peek)
    )


def report(gatekeeper: Gatekeeper, fields: Fields, request: Request) -> Reply:
    """Count a reply that was let through as spam or as fine."""
    site = _site(gatekeeper, fields, request)
    if isinstance(site, Refused):
        return refusal(site)
    if fields.get("verdict") not in ("spam", "ham"):
        raise RequestError('Field "verdict" must be spam or ham.')
    if not fields.get("receipt"):
        return refusal(
            Refused(code=Code.MISSING_RESPONSE, detail="The receipt is missing: send the verdict's.")
        )
    refused = gatekeeper.report(site, fields["receipt"], spam=fields["verdict"] == "spam")
    return refusal(refused) if refused is not None else json_reply(200, {"success": True})


ENDPOINTS: Mapping[str, Endpoint] = {
    "/v1/challenge": Endpoint(
        methods=("GET", "HEAD", "POST"),
        fields=frozenset({"sitekey", "action", "about", "lang", "instead_of", "secret", "remoteip"}),
        function=challenge,
        public=True,
    ),
    "/v1/answer": Endpoint(
        methods=("POST",),
        fields=frozenset({"challenge", "answer", "cdata", "secret", "remoteip", "idempotency_key"}),
        function=answer,
        public=True,
    ),
    "/v1/verify": Endpoint(
        methods=("POST",),
        fields=frozenset(
            [
                "secret",
                "response",
                "remoteip",
                "sitekey",
                "action",
                "about",
                "hostname",
                "idempotency_key",
                "peek",
                "challenge",
                "answer",
            ]
        ),
        function=verify,
    ),
    "/v1/report": Endpoint(
        methods=("POST",), fields=frozenset({"secret", "receipt", "verdict"}), function=report
    ),
}
_EVERY_FIELD = frozenset[str]().union(*(endpoint.fields for endpoint in ENDPOINTS.values()))


def respond(gatekeeper: Gatekeeper, path: str, request: Request) -> Reply:
    """Answer a request to one of ``ENDPOINTS``; never raises, whatever comes."""
    endpoint = ENDPOINTS[path]
    if request.method == "OPTIONS" and endpoint.public:
        return _preflight(gatekeeper, endpoint, request)
    if request.method not in endpoint.methods:
        return method_refused(endpoint.allowed)
    try:
        fields = read_fields(request, endpoint.fields, _EVERY_FIELD)
        _check(fields)
        reply = endpoint.function(gatekeeper, fields, request)
    except RequestError as error:
        reply = refusal(Refused(code=Code.BAD_REQUEST, detail=error.problem), status=error.status)
    except StoreError:
        reply = refusal(Refused(code=Code.INTERNAL_ERROR, retry_after=1))
    except BankError as error:
        _log.error("no question can be asked: %s", error.discreet)
        reply = refusal(Refused(code=Code.INTERNAL_ERROR, retry_after=1))
    if not endpoint.public:
        return reply
    return replace(reply, headers={**reply.headers, **_cors(gatekeeper, request, reply)})


def method_refused(allowed: Iterable[str]) -> Reply:
    """Return the refusal of a method that an address does not take."""
    methods = ", ".join(allowed)
    refused = Refused(code=Code.BAD_REQUEST, detail=f"This address takes {methods}.")
    return refusal(refused, status=405, headers={"Allow": methods})


def _check(fields: Fields) -> None:
    for name, most in _MOST.items():
        if len(fields.get(name, "")) > most:
            raise RequestError(f'Field "{name}" is longer than {most} characters.')
    for name in ("action", "cdata"):
        if not is_name(fields.get(name, "")):
            raise RequestError(f'Field "{name}" may hold letters, digits, "_" and "-" (A-Z a-z 0-9) only.')
    if fields.get("lang") and not is_tag(fields["lang"]):
        raise RequestError('Field "lang" must be a BCP 47 language tag such as "en" or "pt-BR".')


def _site(gatekeeper: Gatekeeper, fields: Fields, request: Request) -> Site | Refused:
    secret = fields.get("secret") or request.bearer
    if not secret:
        return Refused(code=Code.MISSING_SECRET)
    return gatekeeper.sites.with_secret(secret) or Refused(code=Code.INVALID_SECRET)


def _poster(request: Request) -> Poster:
    host = None if request.origin is None else host_of(request.origin)
    return Poster(client=request.address, host=host, langs=request.langs)


def _remote(fields: Fields) -> str | None:
    """Return the poster's address as a server tells it; None if it tells none that is one."""
    try:
        return str(ipaddress.ip_address(fields.get("remoteip", "").strip()))
    except ValueError:
        return None


def _proof(fields: Fields) -> bytes:
    """Return what makes two requests with one idempotency key the same request; empty without a key."""
    if not fields.get("idempotency_key"):
        return b""
    parts = sorted((name, value) for name, value in fields.items() if name != "secret")
    return proof_of(repr(parts))


def _cors(gatekeeper: Gatekeeper, request: Request, reply: Reply) -> Mapping[str, str]:
    """Let a page read the reply if a site allows its origin; a refusal for its host it may not read."""
    if request.origin is None:
        return {"Vary": "Origin"}
    if reply.code == Code.HOSTNAME_MISMATCH or not gatekeeper.sites.any_allows(host_of(request.origin)):
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": request.origin,
        "Access-Control-Expose-Headers": "Retry-After",
    }


def _preflight(gatekeeper: Gatekeeper, endpoint: Endpoint, request: Request) -> Reply:
    headers = dict(_cors(gatekeeper, request, Reply(status=204, body=b"")))
    if "Access-Control-Allow-Origin" in headers:
        headers |= {
            "Access-Control-Allow-Methods": ", ".join(endpoint.methods),
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "600",
        }
    return Reply(status=204, body=b"", headers=headers, code="preflight")
