"""JSON and YAML: every layout, and every scalar as its source spells it."""

from __future__ import annotations

import sys

import pytest

from gate.errors import BankError
from tests.bank.importers.reading import answers, imported, notes, reasons


@pytest.mark.parametrize(
    "text",
    [
        '[{"question": "Why?", "answers": ["so", "thus"]}]',
        '{"question": "Why?", "answers": "so, thus"}',
        '{"ask": "Why?", "accept": ["so", "thus"], "lang": "en"}\n',
        '{"questions": [{"question": "Why?", "answers": ["so", "thus"]}]}',
        '{"en": [{"question": "Why?", "answers": "so,thus"}]}',
        '{"Why?": ["so", "thus"]}',
    ],
)
def test_every_layout_in_json_and_yaml(text: str) -> None:
    for kind in ("json", "yaml"):
        result = imported(kind, text)
        assert answers(result) == {"Why?": ["so", "thus"]}
        assert not result.not_imported


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_question_that_is_a_key_twice_keeps_the_answers_of_both(kind: str) -> None:
    result = imported(kind, '{"A?": "a",\n"B?": "b",\n"A?": "c"}')
    assert answers(result) == {"A?": ["a", "c"], "B?": ["b"]}
    assert notes(result)[0].startswith('file: line 3: note: "A?" stands at file: line 1 already')


def test_a_rails_configuration_in_yaml() -> None:
    result = imported(
        "yaml",
        "development: &common\n  api_key: x\n  questions:\n    - question: '1+1'\n      answers: '2,two'\n"
        "test:\n  <<: *common\n",
    )
    assert answers(result) == {"1+1": ["2", "two"]}
    assert notes(result) == [
        "file: line 1: note: the file's test is left out",
        "file: line 1: note: the file's api_key is left out",
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", '[{"question": "A?", "question": "B?", "answers": ["b"]}]'),
        ("yaml", "- question: A?\n  question: B?\n  answers: b\n"),
    ],
)
def test_a_key_that_overwrites_another_is_listed(kind: str, text: str) -> None:
    result = imported(kind, text)
    assert answers(result) == {"B?": ["b"]}
    assert reasons(result) == [
        'file: line 1: not imported: "B?": it has the key "question" more than once; the last one is taken'
    ]


def test_json_lines() -> None:
    result = imported(
        "json",
        '{"question": "A?", "answers": ["a"]}\n\n{"question": "B?",,}\n{"question": "C?", "answer": "c"}\n',
    )
    assert answers(result) == {"A?": ["a"], "C?": ["c"]}
    assert reasons(result)[0].startswith("file: line 3: not imported")
    assert "no JSON" in reasons(result)[0]


def test_numbers_keep_their_spelling() -> None:
    result = imported("json", '[{"question": "N?", "answers": [1.0, 1e3, 5, -0.50, 12345678901234567890]}]')
    assert answers(result) == {"N?": ["1.0", "1e3", "5", "-0.50", "12345678901234567890"]}


def test_yaml_scalars_are_text() -> None:
    result = imported(
        "yaml",
        "- question: Which?\n  answers: [no, 1.0, 0x1F, 2024-01-02, 1_000, 010, ~, 'q', 12:30]\n"
        "- question: yes\n  answers: '5,five, 1,000'\n",
    )
    assert answers(result) == {
        "Which?": ["no", "1.0", "0x1F", "2024-01-02", "1_000", "010", "~", "q", "12:30"],
        "yes": ["5", "five", "1,000"],
    }


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (
            '{"question": "A?", "answers": [true]}',
            '"A?": an answer that is true; put it in quotes if it is meant as a word',
        ),
        (
            '{"question": "A?", "answers": [null]}',
            '"A?": an answer that is null; put it in quotes if it is meant as a word',
        ),
        (
            '{"question": "A?", "answers": [["a"]]}',
            '"A?": an answer that is a list or a map; put it in quotes if it is meant as a word',
        ),
        ('{"question": "A?", "answers": []}', '"A?": it has no answer'),
        ('{"question": "A?"}', '"A?": it has no answer'),
        (
            '{"question": 5.5, "vary": {}, "answers": "a"}',
            '"5.5": its variants cannot be imported; write it into the bank by hand',
        ),
        ('{"question": true, "answers": "a"}', "its question is no text; put it in quotes"),
        ('{"answers": ["a"]}', "it has no question"),
        ('"lonely"', '"lonely": it has no keys such as question and answers'),
        (
            '{"question": "\\ud800?", "answers": ["a"]}',
            "half of a surrogate pair stands in it, which is no character",
        ),
        (
            '{"question": "A?", "answers": ["a"], "match": "regex"}',
            '"A?": match: text ("regex") is not known here; write "text" or "exact" or "set"',
        ),
    ],
)
def test_what_is_no_question_is_listed_by_line(item: str, reason: str) -> None:
    result = imported("json", f'[\n{{"question": "Z?", "answers": ["z"]}},\n{item}]')
    assert answers(result) == {"Z?": ["z"]}
    assert reasons(result)[0].startswith("file: line 3: not imported")
    assert reasons(result)[0].endswith(reason)


def test_other_keys_of_a_bank_come_along_and_strange_ones_are_noted() -> None:
    result = imported(
        "json",
        '{"id": "a1", "question": "A?", "answers": ["a"], "weight": 0.5, "typos": 0, "enabled": false,'
        ' "tags": ["x"], "hint": "h", "difficulty": 3}',
    )
    assert dict(result.questions[0].more) == {
        "id": "a1",
        "typos": 0,
        "hint": "h",
        "tags": ["x"],
        "weight": 0.5,
        "enabled": False,
    }
    assert notes(result) == ["file: line 1: note: its difficulty is left out"]


def test_a_list_that_breaks_off_gives_what_stands_before() -> None:
    result = imported("json", '[{"question": "A?", "answers": ["a"]},\n{"question": "B?"')
    assert answers(result) == {"A?": ["a"]}
    assert reasons(result)[0].startswith("file: line 2: not imported: ")


@pytest.mark.parametrize("kind", ["json", "yaml"])
@pytest.mark.parametrize(
    "text", ["[" * 100_000, "", "null", "5", '{"a": [', "{", "- - -", "a: &a [*a]", "%", "\0"]
)
def test_a_broken_file_raises_nothing(kind: str, text: str) -> None:
    assert not imported(kind, text).questions


def test_aliases_cannot_blow_a_file_up() -> None:
    levels = "".join(f"  - &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12))
    text = f"- question: A?\n  answers:\n  - &x0 [a]\n{levels}"
    assert not imported("yaml", text).questions


def test_without_pyyaml_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(BankError, match="needs PyYAML, which is not installed; pip install"):
        imported("yaml", "a: b")
