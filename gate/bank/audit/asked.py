"""A question as a script sees it: its wording and language, and what can be read off them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gate.answers.normalise import fold
from gate.bank.audit.numerals import Number, find_numbers
from gate.bank.audit.vocabulary import Vocabulary, fold_word, split_words, vocabulary

Guesses = tuple[str, ...]
"""What a script would type, each as likely as the others; none where it knows nothing."""

_QUOTED = re.compile(r"[“„«「『\"]\s*(.+?)\s*[”“»」』\"]|(?<!\w)['‘‚]\s*(.+?)\s*['’‘](?!\w)")
_CLAUSE_END = re.compile(r"[:?!.;…：？！。；؟؛]+(?=\s|$)|[:：？！。；؟]")
_COMMA = re.compile(r"[,،、，]")
_SIGN = re.compile(r"(?<=[\w)])\s*([+*×÷/=−–-])\s*(?=[\w(])")
_SCRIPTS = re.compile(r"[一-鿿々]+|[ぁ-ゖ]+|[ァ-ヺー]+|[^一-鿿々ぁ-ゖァ-ヺー]+")
_LONG_ITEM = 3


@dataclass(frozen=True)
class Asked:
    """All that an attacker is told: the wording, and the language it is in (BCP 47)."""

    ask: str
    lang: str

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What scripts know of the language."""
        return vocabulary(self.lang)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words as they stand, between spaces; in Japanese and Chinese, as particles and scripts part them."""
        if self.vocabulary.spaced:
            return tuple(word for word in self.ask.split() if any(map(str.isalnum, word)))
        return tuple(self._cut())

    @cached_property
    def tokens(self) -> tuple[tuple[str, str], ...]:
        """The words, parted at hyphens and apostrophes too: as they stand, and folded."""
        if self.vocabulary.spaced:
            return tuple((word, fold_word(word, self.vocabulary.lang)) for word in split_words(self.ask))
        return tuple((word, fold(word)[0]) for word in self.words if not self.vocabulary.gaps.fullmatch(word))

    @cached_property
    def line(self) -> str:
        """The folded text that keywords are looked for in; two spaces where a comma parts two words."""
        if self.vocabulary.spaced:
            return "  ".join(filter(None, map(self.folded, _COMMA.split(self.ask))))
        return fold(self.ask)[0]

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """What stands in quotes."""
        return tuple(match[1] or match[2] for match in _QUOTED.finditer(self.ask))

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers, in digits or words, with their places in ``line``."""
        return find_numbers(self.line, self.vocabulary)

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The arithmetic signs, in order."""
        return tuple(match[1] for match in _SIGN.finditer(self.ask))

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The things that the question lists, if it lists any."""
        listed = [text for text in self.quoted if _COMMA.search(text)]
        if listed:
            return tuple(filter(None, map(str.strip, _COMMA.split(listed[0]))))
        if len(self.quoted) > 1:
            return self.quoted
        start, clause = max(self._clauses(), key=lambda found: len(_COMMA.findall(found[1])))
        separators = self.vocabulary.conjunctions
        if not _COMMA.search(clause):
            separators = self.vocabulary.alternatives
            clauses = [found for found in self._clauses() if separators.search(found[1])]
            if not clauses:
                return ()
            start, clause = clauses[-1]
        pieces = _COMMA.split(clause)
        if self.vocabulary.spaced or len(pieces) == 1:  # in an unspaced list "and" may be part of a word
            pieces = [part for piece in pieces for part in separators.split(piece)]
        pieces = [piece for part in pieces if (piece := part.strip())]
        return self._trimmed(pieces, announced=self.ask[:start].rstrip().endswith((":", "：")))

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The words that the question may be about: those in quotes, after "word", or that only it has."""
        if self.quoted:
            return self.quoted
        noise = self.vocabulary.noise
        kept = [(at, raw) for at, (raw, folded) in enumerate(self.tokens) if not noise.fullmatch(folded)]
        word = self.vocabulary.keywords.get("word")
        named = [raw for at, raw in kept if at and word and word.fullmatch(self.tokens[at - 1][1])]
        return tuple(dict.fromkeys(named or [raw for _, raw in kept]))

    @cached_property
    def place(self) -> int | None:
        """The place that an ordinal names, counted from 0; -1 for "last"."""
        if self.has("last"):
            return -1
        ordinals = enumerate(self.vocabulary.ordinals)
        return next((at for at, pattern in ordinals if pattern.search(self.line)), None)

    def has(self, key: str) -> bool:
        """Say whether a keyword is in the question."""
        return self.vocabulary.find(key, self.line) is not None

    def folded(self, text: str) -> str:
        """Fold some words of the question as ``line`` is folded."""
        return " ".join(fold_word(word, self.vocabulary.lang) for word in split_words(text))

    def _clauses(self) -> Iterator[tuple[int, str]]:
        at = 0
        for end in (*_CLAUSE_END.finditer(self.ask), None):
            yield at, self.ask[at : end.start() if end else len(self.ask)]
            at = end.end() if end else at

    def _trimmed(self, pieces: list[str], *, announced: bool) -> tuple[str, ...]:
        """Cut from the first and the last thing what still belongs to the sentence."""
        if not self.vocabulary.spaced:
            pieces = self._up_to_its_end(pieces)
        elif not announced and len(pieces) > 2 and self._shapes_a_question(pieces[0]):
            pieces = pieces[1:]
        elif not announced and pieces and len(pieces[0].split()) > _LONG_ITEM:
            pieces = [pieces[0].split()[-1], *pieces[1:]]
        return tuple(pieces) if len(pieces) > 1 else ()

    def _shapes_a_question(self, piece: str) -> bool:
        folded = self.folded(piece).split()
        return len(folded) > 1 and any(map(self.vocabulary.noise.fullmatch, folded))

    def _up_to_its_end(self, pieces: list[str]) -> list[str]:
        """Drop what stands after the list in a text without spaces."""
        ends = self.vocabulary.list_ends
        for at, piece in enumerate(pieces):
            end = ends.search(f"{piece}、") if at else None
            if end:
                return [*pieces[:at], *filter(None, [piece[: end.start()]])]
        return pieces

    def _cut(self) -> Iterator[str]:
        for number, part in enumerate(re.split(r"[“”「」『』\"]", self.ask)):
            if number % 2:
                yield from filter(None, [part.strip()])
                continue
            for word in split_words(part):
                yield from self._parted(word)

    def _parted(self, text: str) -> Iterator[str]:
        """Part an unspaced text at its particles, which are words too, and where its script changes."""
        at = 0
        for gap in (*self.vocabulary.gaps.finditer(text), None):
            piece = text[at : gap.start() if gap else len(text)]
            yield from _SCRIPTS.findall(piece) if self.vocabulary.lang == "ja" else filter(None, [piece])
            if gap:
                yield gap[0]
                at = gap.end()
