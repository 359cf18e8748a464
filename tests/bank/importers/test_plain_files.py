"""Text lines and CSV."""

from __future__ import annotations

import bz2
import gzip

import pytest

from gate.errors import BankError
from tests.bank.importers.reading import answers, imported, notes, reasons

# Text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why? so | thus\n", {"Why?": ["so", "thus"]}),
        ("Is it? Or not? no\n", {"Is it? Or not?": ["no"]}),
        ("\n# a comment\nWhy? so\r\nWho?you", {"Why?": ["so"], "Who?": ["you"]}),
        ("لماذا؟ لأن\n", {"لماذا؟": ["لأن"]}),
        (
            "Q: Name it\nA: this\nA: that | it\n\nQ: Why?\nA: so\n",
            {"Name it": ["this", "that", "it"], "Why?": ["so"]},
        ),
        ("Why?\nso, thus\n--\nName it\nthis\n----\n", {"Why?": ["so", "thus"], "Name it": ["this"]}),
        ("?Why?\n!so\n!thus\n?Who\n!you\n", {"Why?": ["so", "thus"], "Who": ["you"]}),
    ],
)
def test_layouts_of_text(text: str, expected: dict[str, list[str]]) -> None:
    result = imported("lines", text)
    assert answers(result) == expected
    assert not result.not_imported


def test_a_language_behind_the_mark() -> None:
    result = imported("lines", "?DE:Warum?\n!DE:darum\n?PT-BR:Por?\n!assim\n?No: it is so?\n!so\n")
    assert [(found.ask, found.lang) for found in result.questions] == [
        ("Warum?", "de"),
        ("Por?", "pt-BR"),
        ("No: it is so?", None),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Why? so\nName it: this\n",
            'line 2: not imported: "Name it: this": no question mark parts the question from its answers',
        ),
        (
            "Why? so\n-----\n",
            'line 2: not imported: "-----": no question mark parts the question from its answers',
        ),
        ("Why? so\nWho?\n", 'line 2: not imported: "Who?": no answer stands behind its last question mark'),
        ("Q: A?\nQ: B?\nA: b\n", 'line 1: not imported: "A?": no line that begins with A: stands below it'),
        (
            "Q: B?\nA: b\nand more\n",
            'line 3: not imported: "and more": it begins neither with Q: nor, below a question, with A:',
        ),
        (
            "B?\nb\n--\nA?\na\nc\n",
            'line 4: not imported: "A?": a block of 3 lines; it has a question and a line of answers',
        ),
        (
            "?B?\n!b\nmore\n",
            'line 3: not imported: "more": it begins neither with ? nor, below a question, with !',
        ),
    ],
)
def test_lines_that_are_no_question_are_listed(text: str, reason: str) -> None:
    result = imported("lines", text)
    assert len(result.questions) == 1
    assert reasons(result) == [f"file: {reason}"]


# CSV


@pytest.mark.parametrize(
    "text",
    [
        'lang,question,answer,answer\nen,"Red, or green; or?",so,thus\n',
        '\ufefflang;question;answer\r\nen;"Red, or green; or?";so;thus\r\n',
        "question\tlang\tanswers\nRed, or green; or?\ten\tso\tthus\n",
        'Frage;Antwort;Antwort 2\n"Red, or green; or?";so;thus\n',
        'Вопрос;Ответы\n"Red, or green; or?";so;thus\n',
        '質問,答え\n"Red, or green; or?",so,thus\n',
        'sep=;\n"Red, or green; or?";so;thus\n',
        '"Red, or green; or?",so,thus\n',
        '"Red, or green; or?",so,thus,,\n,,,\n',
    ],
)
def test_csv_of_every_make(text: str) -> None:
    result = imported("csv", text)
    assert answers(result) == {"Red, or green; or?": ["so", "thus"]}
    assert not result.not_imported


def test_cells_that_look_like_formulas_are_text() -> None:
    result = imported("csv", "question,answer\n=1+1?,-5\n'+1?,'=SUM(A1)\n''=x?,'it'\n@x?,+1\n")
    assert answers(result) == {"=1+1?": ["-5"], "+1?": ["=SUM(A1)"], "'=x?": ["'it'"], "@x?": ["+1"]}


@pytest.mark.parametrize("answer", ["01/02/2026", "1-Feb", "Feb-26", "2026-02-01", "1.2.26"])
def test_an_answer_that_a_spreadsheet_made_a_date_is_noted(answer: str) -> None:
    result = imported("csv", f"Why?,{answer}\n")
    assert answers(result) == {"Why?": [answer]}
    assert notes(result) == [
        f'file: line 1: note: "{answer}" looks like a date that a spreadsheet made of something else; look at it'
    ]


def test_rows_without_answer_or_question_and_other_columns_are_listed() -> None:
    result = imported("csv", 'question,answer,difficulty\nA?,a,9\nB?,,9\n,c,9\n"D\nE?",d,\nF?\n')
    assert answers(result) == {"A?": ["a"], "D\nE?": ["d"]}
    assert reasons(result) == [
        'file: line 3: not imported: "B?": no answer stands in this row',
        'file: line 4: not imported: "c": no question stands in this row',
        'file: line 7: not imported: "F?": no answer stands in this row',
    ]
    assert notes(result) == ['file: line 1: note: left out: the column "difficulty"']


def test_languages_match_and_state_have_columns() -> None:
    result = imported(
        "csv", "language,match,enabled,ask,accept\npt_BR,exact,false,A?,a\nxx-no-tag-at-all-!,,,B?,b\n"
    )
    first, second = result.questions
    assert (first.lang, first.match, dict(first.more)) == ("pt-BR", "exact", {"enabled": False})
    assert second.lang is None
    assert "no language that gate knows" in notes(result)[0]


def test_a_quote_that_is_never_closed_swallows_no_question() -> None:
    with pytest.raises(BankError, match=r"file: line 2: no CSV \(a quote that opens there is never closed\)"):
        imported("csv", 'A?,a\nB?,"b\nC?,c\n')


# Encodings


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        # A time in it would be another in each process, and so the test's name.
        (gzip.compress(b"A? a", mtime=0), "file: packed with gzip; unpack it first, with gunzip"),
        (bz2.compress(b"A? a"), "file: packed with bzip2; unpack it first, with bunzip2"),
        (b"PK\x03\x04 xl/workbook.xml", "file: a ZIP archive or a spreadsheet; unpack it first, or save"),
    ],
)
def test_a_packed_file_is_no_text(content: bytes, problem: str) -> None:
    with pytest.raises(BankError, match=problem):
        imported("lines", content)


def test_latin_1_is_read_with_a_note() -> None:
    result = imported("csv", "Größe?,groß\n".encode("latin-1"))
    assert answers(result) == {"Größe?": ["groß"]}
    assert notes(result) == [
        "file: line 1: note: not UTF-8, so that it is read as Windows-1252; where letters look wrong, give --encoding"
    ]


def test_a_stray_byte_spoils_no_other_letter() -> None:
    result = imported("lines", "Größe? groß\n".encode() + b"Euro? \x80 | \x81x\n")
    assert answers(result) == {"Größe?": ["groß"], "Euro?": ["€", "\x81x"]}
    assert notes(result)[0].startswith("file: line 2: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str) -> None:
    assert answers(imported("lines", "Größe? groß\n".encode(encoding))) == {"Größe?": ["groß"]}


# Whatever the kind


def test_what_the_bank_would_refuse_is_listed_with_its_reason() -> None:
    result = imported("csv", f"A?,{'x' * 300}\nB?,\u200b\nC?,c\n{'d' * 2001},d\n")
    assert list(answers(result)) == ["C?"]
    too_long, unseen, too_wordy = reasons(result)
    assert "an answer of 300 characters can never be given; write an answer that can be typed" in too_long
    assert "normalises to nothing; write an answer that can be typed" in unseen
    assert too_wordy.endswith("ask: 2,001 characters; write at most 2,000")
