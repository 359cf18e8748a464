"""A question, its variants, and the bank that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from gate.answers.judge import is_right

DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One concrete wording and the answers it accepts."""

    ask: str
    accept: tuple[str, ...] = field(repr=False)


class Wording(Protocol):
    """Turns a variant's number into its wording; numbers run from 0 to ``count`` - 1."""

    @property
    def count(self) -> int:
        """How many variants there are."""

    def variant(self, number: int) -> Variant:
        """Return variant ``number``; raise ``IndexError`` if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One entry of the bank.

    ``digest`` (8 bytes) is a hash of the whole definition, the lists it draws on included: a changed question
    is another question. Only ``weight`` and ``enabled`` are left out: a question that is switched off can still
    be answered by whom it was put to. ``place`` names file and entry, for messages.
    """

    id: str
    family: str
    lang: str
    wording: Wording = field(repr=False)
    digest: bytes = field(repr=False)
    place: str
    match: str = "text"
    typos: int = 1
    hint: str | None = None
    see: str | None = None
    tags: frozenset[str] = frozenset()
    weight: float = 1.0
    enabled: bool = True

    def takes(self, answer: str, variant: Variant) -> bool:
        """Judge what was typed to one of its variants, as strictly as the question says."""
        return is_right(answer, variant.accept, match=self.match, lang=self.lang, typos=self.typos)


class Bank:
    """All questions, findable by digest (what a challenge refers to) and by id (what statistics name)."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        self.enabled = tuple(
            question for question in self.questions if question.enabled and question.weight > 0
        )
        self.pools: dict[tuple[str, frozenset[str], frozenset[str]], object] = {}
        """What ``gate.bank.draw`` has worked out, by language, tags and avoided families."""
        self._by_digest = {question.digest: question for question in self.questions}

    def find(self, digest: bytes) -> Question | None:
        """Return the question with this digest, enabled or not."""
        return self._by_digest.get(digest)

    @property
    def digests(self) -> frozenset[bytes]:
        """What its questions say: two banks with the same digests can judge the same challenges."""
        return frozenset(self._by_digest)

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """How many enabled questions each language has."""
        counts: dict[str, int] = {}
        for question in self.enabled:
            counts[question.lang] = counts.get(question.lang, 0) + 1
        return counts

    @cached_property
    def variants(self) -> int:
        """How many variants the enabled questions have in all."""
        return sum(question.wording.count for question in self.enabled)
