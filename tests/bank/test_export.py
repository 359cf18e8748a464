"""Export: what is written comes back through the import as the same questions."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.bank.export import FORMATS, export_csv, export_json
from gate.bank.importers import Options, Result, Source, import_bank
from gate.bank.importers.writing import bank_text, toml_value
from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.errors import BankError

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@\t\r\n,;\""), min_size=1, max_size=20
)
BANK = st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=4)

FULL = """\
lang = "de"
[[question]]
ask = "Warum?"
accept = ["=darum", "so"]
id = "why"
family = "reasons"
match = "exact"
typos = 0
hint = "Ein Wort"
see = "https://example.org/"
tags = ["b", "a"]
weight = 0.5

[[question]]
ask = "Wann?"
accept = 5
lang = "pt-BR"
enabled = false
"""

VARIED = """\
[[question]]
ask = "What is {{ n }} plus one?"
accept = "{{ n + 1 }}"
vary = { n = { from = 1, to = 9 } }
"""


def bank_of(text: str) -> Bank:
    return parse_bank({"bank.toml": text.encode()})


def back(kind: str, text: str, lang: str = "en") -> Result:
    return import_bank(kind, [Source("file", io.BytesIO(text.encode()))], Options(), lang)


def meaning(bank: Bank) -> list[object]:
    return [
        (question.lang, question.match, question.enabled, question.wording.variant(0))
        for question in bank.questions
    ]


@pytest.mark.parametrize("format_", FORMATS)
@given(questions=BANK)
def test_export_and_import_give_the_same_bank(format_: str, questions: list[tuple[str, list[str]]]) -> None:
    written = "".join(
        f"[[question]]\nid = 'q{number}'\nask = {toml_value(ask)}\naccept = {toml_value(accept)}\nmatch = 'exact'\n"
        for number, (ask, accept) in enumerate(questions)
        if ask.strip() and all(answer.strip() for answer in accept)
    )
    try:
        before = bank_of(written)
    except BankError:  # it refuses some texts
        return
    result = back(format_, "".join(FORMATS[format_](before, None)))
    assert not result.not_imported
    found = {item.ask: set(item.accept) for item in result.questions}
    expected: dict[str, set[str]] = {}
    for question in before.questions:
        variant = question.wording.variant(0)
        expected.setdefault(variant.ask, set()).update(variant.accept)
    assert found == expected


def test_json_keeps_every_key() -> None:
    before = bank_of(FULL)
    result = back("json", "".join(export_json(before)), "de")
    assert not result.not_imported
    after = bank_of(bank_text(result.questions, "de"))
    first, second = after.questions
    assert (first.id, first.family, first.typos, first.hint, first.see, first.weight) == (
        *("why", "reasons", 0, "Ein Wort", "https://example.org/", 0.5),
    )
    assert first.tags == {"a", "b"}
    assert not second.enabled
    assert meaning(after) == meaning(before)


def test_csv_keeps_language_match_and_state() -> None:
    result = back("csv", "".join(export_csv(bank_of(FULL))))
    assert not result.not_imported
    assert meaning(bank_of(bank_text(result.questions, "en"))) == meaning(bank_of(FULL))


@pytest.mark.parametrize("answer", ["=1+1", "+1", "-5", "@x", "'=1", "＝1"])
def test_no_cell_of_csv_is_a_formula(answer: str) -> None:
    text = "".join(export_csv(bank_of(f'[[question]]\nask = "=Q()"\naccept = "{answer}"\n')))
    header, row = csv.reader(io.StringIO(text, newline=""))
    assert header == ["lang", "match", "enabled", "question", "answer"]
    assert row[3:] == ["'=Q()", f"'{answer}"]


def test_each_variant_becomes_a_question() -> None:
    written = json.loads("".join(export_json(bank_of(VARIED))))
    assert [(each["question"], each["answers"]) for each in written] == [
        (f"What is {n} plus one?", [str(n + 1)]) for n in range(1, 10)
    ]
    assert len({each["family"] for each in written}) == 1


def test_some_variants_evenly_chosen() -> None:
    written = json.loads("".join(export_json(bank_of(VARIED), 3)))
    assert [each["answers"] for each in written] == [["2"], ["5"], ["8"]]
    assert len("".join(export_csv(bank_of(VARIED), 100)).splitlines()) == 10
