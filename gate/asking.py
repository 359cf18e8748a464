"""Choosing the next question for a poster and signing the challenge that stands for it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from gate.bank.draw import MOST_SKIPS, Drawn, choose_language, draw, sticky_draw
from gate.bank.question import Bank, Question, Variant
from gate.clients import EVERYBODY, ClientKey
from gate.config import Config, Site
from gate.errors import BankError
from gate.hosts import fitting
from gate.languages import direction
from gate.signing.claims import MOST_CHALLENGE_HOST, NO_SUBJECT, Challenge, new_id
from gate.signing.keys import KeyRing
from gate.signing.tokens import Sealer
from gate.stores.base import Store
from gate.verdicts import Asked

_log = logging.getLogger("gate")

_MOST_DRAWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form that asks, as a challenge signs it: hashed with the key ``kid``."""

    kid: bytes
    action: str
    subject: bytes
    host: str

    @classmethod
    def of(cls, challenge: Challenge) -> Form:
        """Return the form a challenge was made for; what descends from a challenge keeps its key."""
        return cls(kid=challenge.kid, action=challenge.action, subject=challenge.subject, host=challenge.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a question is for: ``client`` is None where clients cannot be told apart.

    ``lang`` is what the page asks for, ``langs`` what the poster's browser prefers, best first; ``avoid`` is a
    family that shall not come again while there is another.
    """

    client: ClientKey | None
    lang: str | None = None
    langs: Sequence[str] = ()
    avoid: str | None = None


class Asking:
    """Draws questions: sticky for a known client, so that asking again shows the same one."""

    def __init__(
        self,
        config: Config,
        *,
        bank: Bank,
        keys: KeyRing,
        sealer: Sealer,
        store: Store,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
    ) -> None:
        self._config = config
        self._lifetime = config.challenge.lifetime
        self._sticky = config.challenge.sticky
        self._bank = bank
        self._keys = keys
        self._sealer = sealer
        self._store = store
        self._clock = clock
        self._random = random
        self._sticky_key = keys.derive("sticky draw")

    def form(self, *, action: str, about: str | None, host: str | None) -> Form:
        """Describe the form that asks, for the key that signs now."""
        kid = self._keys.signing.kid
        subject = self._sealer.keyed_hash(kid, "subject", about) if about else NO_SUBJECT
        return Form(kid=kid, action=action, subject=subject, host=fitting(host, MOST_CHALLENGE_HOST))

    def ask(self, site: Site, form: Form, reader: Reader) -> tuple[Asked, str]:
        """Put a question; return it with the id of the question drawn."""
        drawn, variant = self._usable(site, reader)
        question = drawn.question
        now = self._clock()
        challenge = Challenge(
            id=new_id(now, self._random),
            kid=form.kid,
            site=self._sealer.keyed_hash(form.kid, "site", site.sitekey),
            action=form.action,
            subject=form.subject,
            epoch=self._store.epoch,
            question=question.digest,
            variant=drawn.number,
            host=form.host,
            expires_ms=int((now + self._lifetime) * 1000),
        )
        text = self._sealer.write_challenge(challenge)
        return self.asked(site, question, variant, text, self._lifetime), question.id

    def asked(
        self, site: Site, question: Question, variant: Variant, challenge: str, expires_in: float
    ) -> Asked:
        """Return a question as it is put to the poster; ``challenge`` is the signed text that stands for it."""
        return Asked(
            challenge=challenge,
            question=variant.ask,
            lang=question.lang,
            dir=direction(question.lang),
            hint=question.hint,
            see=question.see,
            contact=site.contact or None,
            expires_in=max(0, int(expires_in)),
        )

    def skip(self, site: Site, client: ClientKey | None) -> bool:
        """Note a skip; return whether it brings another question."""
        if not self._is_sticky(client):
            return True
        if self._store.hit(_counter(b"skip", client, site), self._sticky) > MOST_SKIPS:
            return False
        self.turn(site, client)
        return True

    def turn(self, site: Site, client: ClientKey | None) -> int:
        """Let the client's next question be another one; return which in the window it will be."""
        if not self._is_sticky(client):
            return 0
        return self._store.hit(_counter(b"turn", client, site), self._sticky)

    def _usable(self, site: Site, reader: Reader) -> tuple[Drawn, Variant]:
        """Draw until a variant can be put: loading a bank renders only some of them."""
        drawn = self._draw(site, reader)
        for _ in range(_MOST_DRAWS):
            try:
                return drawn, drawn.question.wording.variant(drawn.number)
            except BankError as error:
                _log.error("a variant cannot be used, see `gate bank check`: %s", error.discreet)
            reader = replace(reader, client=None, avoid=drawn.question.family)
            drawn = self._draw(site, reader)
        return drawn, drawn.question.wording.variant(drawn.number)

    def _draw(self, site: Site, reader: Reader) -> Drawn:
        langs = self._config.langs_of(site)
        lang = choose_language(langs, wanted=reader.langs, param=reader.lang, available=self._bank.languages)
        client = reader.client
        if not self._is_sticky(client):
            return draw(
                self._bank, lang=lang, tags=site.tags, rng=secrets.randbelow, avoid_family=reader.avoid
            )
        turn = self._store.count(_counter(b"turn", client, site), self._sticky)
        drawn = self._sticky_draw(site, lang, client, turn)
        if drawn.question.family == reader.avoid:
            drawn = self._sticky_draw(site, lang, client, self.turn(site, client))
        return drawn

    def _sticky_draw(self, site: Site, lang: str, client: ClientKey, turn: int) -> Drawn:
        window = int(self._clock() // self._sticky)
        seed = client + site.short + window.to_bytes(8, "big")
        return sticky_draw(self._bank, lang=lang, tags=site.tags, key=self._sticky_key, seed=seed, turn=turn)

    def _is_sticky(self, client: ClientKey | None) -> TypeGuard[ClientKey]:
        return client is not None and client != EVERYBODY and self._sticky > 0


def _counter(name: bytes, client: ClientKey, site: Site) -> bytes:
    """Return the store's key for one of a client's counters at a site."""
    return name + b":" + client + site.short
