"""One ``[[question]]`` of a bank file: its keys checked, its templates compiled, a sample of it rendered."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.answers.judge import MATCHES
from gate.answers.normalise import MAX_CHARACTERS, forms, visible
from gate.bank.question import DIGEST_BYTES, Question, Variant, Wording
from gate.bank.varied import read_varied
from gate.bank.wording import FixedWording, sample
from gate.parsing import Faults, Fields, in_quotes, kind_of, quoted, unknown_keys

_KEYS = (
    *("ask", "accept", "id", "family", "lang", "match", "typos", "hint", "see", "tags", "weight", "enabled"),
    *("vary", "where", "distinct"),
)
_NOT_IN_DIGEST = ("enabled", "weight")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"/]+[^\s<>\"]*", re.IGNORECASE)
_LONGEST_NAME = 64
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class BankFile:
    """What a file's questions share; a list that had faults is None."""

    name: str
    lang: str
    lists: dict[str, list[Any] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as read: ``question`` is None where it had faults."""

    place: str
    id: str | None
    question: Question | None


def read_entry(table: object, number: int, file: BankFile, faults: Faults) -> Entry:
    """Read the file's question ``number`` (counted from 1), noting every fault."""
    place = f"{file.name}: question {number}"
    if not isinstance(table, dict):
        faults.add(place, f"{kind_of(table)} is no question", "write [[question]], then its keys")
        return Entry(place, None, None)
    ask = table.get("ask")
    if isinstance(ask, str) and ask.strip():
        place += f' ("{_shortened(ask)}")'
    fields = Fields(table, place, faults)
    before = len(faults.found)
    unknown_keys(table, _KEYS, place, faults)
    lang = fields.language("lang") or file.lang
    text = _wording(fields)
    answers = read_answers(fields)
    wording: Wording | None = None
    if "vary" in table:
        wording = read_varied(fields, text, answers, file.lists, lang)
    else:
        _refuse_without_vary(fields)
        if text is not None and answers is not None:
            wording = FixedWording(Variant(ask=text, accept=tuple(str(answer).strip() for answer in answers)))
    if wording is not None:
        _check_sample(wording, lang, place, faults)
    id_ = fields.text("id", longest=_LONGEST_NAME) or (text and default_id(text))
    question = _question(fields, id_ or "", lang, wording, file)
    return Entry(place, id_, question if len(faults.found) == before else None)


def read_answers(fields: Fields) -> list[str | int] | None:
    """Read ``accept``: one answer or a list of them."""
    raw = fields.table.get("accept")
    place = f"{fields.place}: accept"
    if raw is None:
        fields.faults.add(place, "missing", "give at least one answer")
        return None
    items = raw if isinstance(raw, list) else [raw]
    answers: list[str | int] = []
    for item in items:
        if isinstance(item, str) and not item.strip():
            fields.faults.add(place, "an empty answer", "write an answer that can be typed, or remove it")
        elif isinstance(item, str) or (type(item) is int and abs(item) < 2**63):
            answers.append(item)
        else:
            fields.faults.add(place, f"{kind_of(item)} is no answer", in_quotes(item))
    if not items:
        fields.faults.add(place, "empty list", "give at least one answer")
    return answers if items and len(answers) == len(items) else None


def default_id(ask: str) -> str:
    """Return the id of a question that names none: a short hash of its words."""
    return hashlib.sha256(ask.encode()).hexdigest()[:8]


def answer_problem(answer: str, lang: str) -> str | None:
    """Say why nobody could ever give this answer; None where somebody can."""
    if len(answer) > MAX_CHARACTERS:
        return f"an answer of {len(answer)} characters can never be given"
    if not forms(answer, lang):
        return f"{quoted(answer)} normalises to nothing"
    return None


def _question(
    fields: Fields, id_: str, lang: str, wording: Wording | None, file: BankFile
) -> Question | None:
    """Read the keys that have a default, and put all together."""
    weight = fields.number("weight", least=0)
    enabled = fields.boolean("enabled")
    typos = fields.choice("typos", (0, 1))
    family = fields.text("family", longest=_LONGEST_NAME)
    match = fields.choice("match", MATCHES)
    hint, see, tags = fields.text("hint"), _web_address(fields), fields.texts("tags")
    if wording is None:
        return None
    return Question(
        id=id_,
        family=family or id_,
        lang=lang,
        wording=wording,
        digest=_digest(fields.table, id_, lang, file),
        place=fields.place,
        match=match or "text",
        typos=1 if typos is None else typos,
        hint=hint,
        see=see,
        tags=frozenset(tags or ()),
        weight=1.0 if weight is None else weight,
        enabled=enabled is not False,
    )


def _wording(fields: Fields) -> str | None:
    place = f"{fields.place}: ask"
    if "ask" not in fields.table:
        fields.faults.add(place, "missing", "write the question")
    text = fields.text("ask", longest=2_000)
    if text is not None and all(unicodedata.category(sign)[0] in "PZC" for sign in visible(text)):
        fields.faults.add(place, f"{quoted(text)} asks nothing", "write the question in words")
    return text


def _refuse_without_vary(fields: Fields) -> None:
    for key in ("where", "distinct"):
        if key in fields.table:
            fields.faults.add(f"{fields.place}: {key}", "no sense without vary", f"remove {key}, or add vary")


def _check_sample(wording: Wording, lang: str, place: str, faults: Faults) -> None:
    """Render a few variants; the first one at fault is enough to say."""
    for number in sample(wording.count):
        with faults.collecting():
            variant = wording.variant(number)
            problem = next(filter(None, (answer_problem(answer, lang) for answer in variant.accept)), None)
            if problem is None:
                continue
            which = f"variant {number + 1}: " if wording.count > 1 else ""
            faults.add(f"{place}: accept", f"{which}{problem}", "write an answer that can be typed")
        return


def _web_address(fields: Fields) -> str | None:
    address = fields.text("see")
    if address is not None and not _WEB_ADDRESS.fullmatch(address):
        fields.faults.add(
            f"{fields.place}: see",
            f"{quoted(address)} is no web address",
            "write one such as https://example.org/rules",
        )
    return address


def _digest(table: Mapping[str, Any], id_: str, lang: str, file: BankFile) -> bytes:
    """Hash the definition; switching a question off or weighing it anew leaves it the same question."""
    vary = table.get("vary", {})
    definition = {
        "id": id_,
        "lang": lang,
        "lists": {name: file.lists[name] for name in vary.values() if isinstance(name, str)},
        "question": {key: value for key, value in table.items() if key not in _NOT_IN_DIGEST},
    }
    canonical = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).digest()[:DIGEST_BYTES]


def _shortened(ask: str) -> str:
    line = " ".join(ask.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1].rstrip()}…"
