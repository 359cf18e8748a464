"""Drawing: which language, which question, which of its variants. Randomness is passed in."""

from __future__ import annotations

import hmac
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gate.bank.question import Bank, Question
from gate.errors import BankError, Fault

Below = Callable[[int], int]
"""Given n, returns one of 0 … n-1, each equally likely: ``secrets.randbelow`` or a ``stream``."""

TURNS = 64
"""Sticky turns form a ring: turn 64 is turn 0 again, so that no turn costs more than so many draws."""

MOST_SKIPS = 3
"""So many skips bring another question within one sticky window; after them the same one stays."""

_RESOLUTION = 1 << 53


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question and the number of the variant to put."""

    question: Question
    number: int


def choose_language(
    langs_of_site: Sequence[str], wanted: Sequence[str], param: str | None, available: Collection[str]
) -> str:
    """Return the language to ask in, as the bank spells it.

    ``param`` (what the page asks for) comes first, then ``wanted`` (what the poster's browser prefers, best
    first), each as far as the site has it; else the site's first. A region falls back to its language (pt-BR
    to pt), and a bare language is content with a region of it. Only languages of ``available`` are chosen;
    where the site has none of them, its first is returned, for which ``draw`` then finds nothing.
    """
    offered = {lang: found for lang in langs_of_site if (found := _closest(lang, available)) is not None}
    for wish in (param, *wanted):
        match = _closest(wish, offered) if wish else None
        if match is not None:
            return offered[match]
    return next(iter(offered.values()), langs_of_site[0] if langs_of_site else "")


def draw(
    bank: Bank, *, lang: str, tags: Collection[str], rng: Below, avoid_family: str | None = None
) -> Drawn:
    """Draw a question by weight, then one of its variants evenly.

    Only enabled questions in ``lang`` that share a tag with ``tags`` are drawn (all, where ``tags`` is
    empty), and none of ``avoid_family`` while there is another family. Raises ``BankError`` if there is none.
    """
    avoided = frozenset() if avoid_family is None else frozenset({avoid_family})
    return _draw(bank, lang, frozenset(tags), rng, avoided)


def sticky_draw(bank: Bank, *, lang: str, tags: Collection[str], key: bytes, seed: bytes, turn: int) -> Drawn:
    """Draw as ``draw`` does, but always the same for one ``seed`` and ``turn``.

    ``seed`` stands for client, site and window, ``turn`` counts the wrong answers and skips in it.
    Neighbouring turns draw from different families while there are two; the ring's last turn avoids both its
    neighbours.
    """
    allowed = frozenset(tags)
    turn %= TURNS

    def drawn_at(number: int, avoided: frozenset[str]) -> Drawn:
        return _draw(bank, lang, allowed, stream(key, number.to_bytes(2, "big") + seed), avoided)

    drawn = first = drawn_at(0, frozenset())
    for number in range(1, turn + 1):
        avoided = {drawn.question.family}
        if number == TURNS - 1:
            avoided.add(first.question.family)
        drawn = drawn_at(number, frozenset(avoided))
    return drawn


def stream(key: bytes, seed: bytes) -> Below:
    """Return a source of unbiased numbers, fixed by ``key`` and ``seed`` (HMAC-SHA256 in counter mode)."""
    pending = b""
    blocks = 0

    def take(size: int) -> int:
        nonlocal pending, blocks
        while len(pending) < size:
            pending += hmac.digest(key, blocks.to_bytes(8, "big") + seed, "sha256")
            blocks += 1
        taken, pending = pending[:size], pending[size:]
        return int.from_bytes(taken, "big")

    def below(limit: int) -> int:
        if limit < 1:
            raise ValueError(f"cannot draw below {limit}: the limit must be at least 1")
        bits = (limit - 1).bit_length()
        size = (bits + 7) // 8
        # A draw that does not fit is thrown away: taking it modulo the limit would favour the small numbers.
        while (number := take(size) >> (size * 8 - bits)) >= limit:
            pass
        return number

    return below


@dataclass(frozen=True, slots=True)
class _Pool:
    """The questions that one draw chooses from, with their running sums of weight."""

    questions: tuple[Question, ...]
    sums: tuple[float, ...]

    def draw(self, rng: Below) -> Question:
        point = rng(_RESOLUTION) / _RESOLUTION * self.sums[-1]
        return self.questions[min(bisect_right(self.sums, point), len(self.questions) - 1)]


def _draw(bank: Bank, lang: str, tags: frozenset[str], rng: Below, avoided: frozenset[str]) -> Drawn:
    question = _pool(bank, lang, tags, avoided).draw(rng)
    return Drawn(question, rng(question.wording.count))


def _pool(bank: Bank, lang: str, tags: frozenset[str], avoided: frozenset[str]) -> _Pool:
    pool = bank.pools.get((lang, tags, avoided))
    if isinstance(pool, _Pool):
        return pool
    allowed = [q for q in bank.enabled if q.lang == lang and (not tags or not tags.isdisjoint(q.tags))]
    if not allowed:
        raise BankError([_nothing_to_ask(lang, tags)])
    questions = tuple(q for q in allowed if q.family not in avoided) or tuple(allowed)
    pool = _Pool(questions, tuple(accumulate(question.weight for question in questions)))
    bank.pools[lang, tags, avoided] = pool
    return pool


def _nothing_to_ask(lang: str, tags: frozenset[str]) -> Fault:
    tagged = f" with one of the tags {', '.join(sorted(tags))}" if tags else ""
    return Fault(
        "bank", f'no enabled question in "{lang}"{tagged}', "add one, or change the site's langs or tags"
    )


def _closest(wish: str, known: Collection[str]) -> str | None:
    """Find the tag that serves ``wish``: itself, else a shorter form of it, else the first longer one."""
    folded = {tag.casefold(): tag for tag in reversed(list(known))}
    wish = wish.casefold().replace("_", "-")
    prefix = wish
    while prefix:
        if prefix in folded:
            return folded[prefix]
        prefix = prefix.rpartition("-")[0]
    return next((tag for tag in known if tag.casefold().startswith(f"{wish}-")), None)
