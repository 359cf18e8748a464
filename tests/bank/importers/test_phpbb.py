"""phpBB's two tables: SQL of every dialect, and CSV."""

from __future__ import annotations

import hashlib
import io
import tracemalloc

import pytest

from gate.bank.importers import Options, Source, import_bank
from tests.bank.importers.reading import answers, imported, notes, reasons

QUESTIONS = (
    "INSERT INTO phpbb_captcha_questions (question_id, strict, lang_id, lang_iso, question_text) VALUES "
)
ANSWERS = "INSERT INTO phpbb_captcha_answers (question_id, answer_text) VALUES "


def test_answers_are_joined_to_their_questions() -> None:
    result = imported(
        "phpbb",
        f"{QUESTIONS}(1, 0, 1, 'en', 'Colour of grass?'), (2, 1, 2, 'pt_br', 'Capital?');\n"
        f"{ANSWERS}(2, 'BSB'), (1, 'green'),\n(1, 'it&#039;s green');\n",
    )
    assert not result.not_imported
    grass, capital = result.questions
    assert (grass.ask, grass.accept, grass.lang, grass.match) == (
        "Colour of grass?",
        ("green", "it's green"),
        "en",
        "text",
    )
    assert (capital.accept, capital.lang, capital.match) == (("BSB",), "pt-BR", "exact")


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        (r"'a \"b\" \\ c'", r'a "b" \ c'),
        ("'&quot;a&quot; &amp;amp; &lt;b&gt;'", '"a" &amp; <b>'),
        ("'a;b -- c /* d */ # e'", "a;b -- c /* d */ # e"),
        ("N'a'", "a"),
        ("_utf8mb4'a'", "a"),
        (r"E'it\'s'", "it's"),
        ("'a'::text", "a"),
        ("'a' COLLATE utf8_bin", "a"),
        ("'a'\n'b'", "ab"),
        ("0x67c3a9", "gé"),
        ("42", "42"),
    ],
)
def test_literals(literal: str, text: str) -> None:
    result = imported("phpbb", f"{QUESTIONS}(1, 0, 1, 'en', 'Why?');{ANSWERS}(1, {literal});")
    assert answers(result) == {"Why?": [text]}


@pytest.mark.parametrize("value", ["'a' || 'b'", "CONCAT('a', 'b')", "NULL", "1 + 1"])
def test_a_value_to_be_worked_out_is_listed(value: str) -> None:
    result = imported("phpbb", f"{QUESTIONS}(1, 0, 1, 'en', 'Why?');{ANSWERS}(1, 'x'), (1, {value});")
    assert answers(result) == {"Why?": ["x"]}
    assert reasons(result) == ["file: line 1: not imported: its answer_text is no text"]


def test_columns_come_in_any_order_tables_with_any_prefix_and_quotes_of_any_kind() -> None:
    result = imported(
        "phpbb",
        "/*!40000 ALTER TABLE `f_captcha_questions` DISABLE KEYS */;\n-- it's a comment\n# it's another\n"
        'insert into "public"."f_captcha_questions" ("question_text", "lang_iso", "question_id", "strict") '
        "values ('Why?', 'de_x_sie', 7, 0);\n"
        "REPLACE INTO `db`.`f_captcha_answers` (`answer_text`, `question_id`) VALUES ('so', 7)",
    )
    assert answers(result) == {"Why?": ["so"]}
    assert result.questions[0].lang == "de"


def test_create_table_names_the_columns_where_insert_does_not() -> None:
    result = imported(
        "phpbb",
        "CREATE TABLE IF NOT EXISTS `x_captcha_questions` (\n`question_text` text NOT NULL DEFAULT 'a,b(',\n"
        "`question_id` mediumint(8) unsigned NOT NULL COMMENT 'it''s; here',\n`lang_iso` varchar(30),\n"
        "PRIMARY KEY (`question_id`),\nKEY `l` (`lang_iso`, `question_id`)\n) ENGINE=InnoDB;\n"
        "INSERT INTO `x_captcha_questions` VALUES ('Why?', 3, 'fr');\nINSERT INTO x_captcha_answers VALUES (3, 'so');",
    )
    assert answers(result) == {"Why?": ["so"]}
    assert result.questions[0].lang == "fr"


def test_a_postgresql_dump() -> None:
    result = imported(
        "phpbb",
        "SET standard_conforming_strings = on;\n\\connect forum\nCREATE FUNCTION f() AS $$ it's; $$;\n"
        "COPY public.phpbb_posts (id, text) FROM stdin;\n1\tit's; '\n\\.\n"
        "COPY public.phpbb_captcha_questions (question_id, strict, lang_id, lang_iso, question_text) FROM stdin;\n"
        "1\t1\t1\ten\tOne\\ttab \\\\ &quot;x&quot;?\n2\t0\t1\ten\t\\N\n\\.\n"
        "COPY public.phpbb_captcha_answers (question_id, answer_text) FROM stdin;\n1\tso\n\\.\n"
        "INSERT INTO phpbb_captcha_answers VALUES (1, 'C:\\');\n",
    )
    assert answers(result) == {'One tab \\ "x"?': ["so", "C:\\"]}
    assert result.questions[0].match == "exact"
    assert reasons(result) == ["file: line 9: not imported: its question_text is no text"]


def test_two_boards_in_one_dump_keep_their_answers() -> None:
    one = f"{QUESTIONS}(1, 0, 1, 'en', 'A?');{ANSWERS}(1, 'a');"
    other = f"{QUESTIONS}(1, 0, 1, 'en', 'B?');{ANSWERS}(1, 'b');".replace("phpbb_", "forum_")
    assert answers(imported("phpbb", one + other)) == {"A?": ["a"], "B?": ["b"]}


def test_what_fits_nowhere_is_listed() -> None:
    result = imported(
        "phpbb",
        f"{QUESTIONS}(1, 0, 1, 'en', 'A?'),\n(2, 0, 1, 'klingon', 'B?'),\n(3, 0, 1, 'en');\n"  # noqa: S608 (read, never run)
        f"{ANSWERS}(9, 'lost'),\n(2, CONCAT('a', 'b')),\n(2, 'b');\n{QUESTIONS}(2, 0, 1, 'en', 'C?');\n"
        f"{ANSWERS.removesuffix('VALUES ')}SELECT * FROM other;\n",
    )
    assert answers(result) == {"B?": ["b"]}
    assert reasons(result) == [
        "file: line 3: not imported: a row of 4 values for 5 columns; export the table with column names",
        "file: line 5: not imported: its answer_text is no text",
        'file: line 7: not imported: "C?": question_id 2 stands at file: line 2 already',
        "file: line 8: not imported: the rows do not stand behind VALUES; "
        "export the table with plain INSERT statements",
        'file: line 1: not imported: "A?": it has no answer',
        'file: line 4: not imported: "lost": an answer to question 9, which is not there',
    ]
    assert notes(result) == [
        'file: line 2: note: "klingon" is no language that gate knows; it counts as the file\'s'
    ]


def test_a_dump_that_breaks_off() -> None:
    result = imported("phpbb", f"{QUESTIONS}(1, 0, 1, 'en', 'A?');{ANSWERS}(1, 'a'), (1, 'b")
    assert answers(result) == {"A?": ["a"]}
    assert reasons(result) == [
        "file: line 1: not imported: the file ends in the middle of this row; export it again"
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_both_tables_as_csv(separator: str) -> None:
    questions = 'question_id,strict,lang_id,lang_iso,question_text\n1,0,1,en,"Colour of ""grass""?"\n'
    replies = 'question_id,answer_text\n1,green\n1,"it&#039;s green"\n'
    questions, replies = questions.replace(",", separator), replies.replace(",", separator)
    expected = {'Colour of "grass"?': ["green", "it's green"]}
    assert answers(imported("phpbb", questions, replies)) == expected
    assert answers(imported("phpbb", replies + questions)) == expected
    assert answers(imported("phpbb", questions + replies)) == expected


def test_one_question_in_two_languages_gets_ids_of_its_own() -> None:
    result = imported(
        "phpbb", f"{QUESTIONS}(1, 0, 1, 'en', '2+2?'), (2, 0, 1, 'de', '2+2?');{ANSWERS}(1, '4'), (2, '4');"
    )
    hash_ = hashlib.sha256(b"2+2?").hexdigest()[:8]
    assert [found.more.get("id") for found in result.questions] == [None, f"{hash_}-2"]


def test_a_dump_of_10_mb_is_read_in_little_memory() -> None:
    post = (
        "({}, 'It\\'s a post with \"quotes\"; and -- no comment, ''twice'' " + "lorem ipsum\\r\\n" * 60 + "')"
    )
    rows = 10_000_000 // len(post) + 1
    dump = io.BytesIO()
    for start in range(0, rows, 1000):
        values = ",".join(post.format(number) for number in range(start, start + 1000))
        dump.write(b"INSERT INTO `phpbb_posts` VALUES " + values.encode() + b";\n")
    dump.write(QUESTIONS.encode())
    dump.write(",".join(f"({number}, 0, 1, 'en', 'Question {number}?')" for number in range(100)).encode())
    dump.write(f";{ANSWERS}".encode())
    dump.write(",".join(f"({number}, 'answer {number}')" for number in range(100)).encode())
    assert dump.tell() > 10_000_000
    tracemalloc.start()
    try:
        result = import_bank("phpbb", [Source("file", dump)], Options())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(result.questions) == 100
    assert not result.not_imported
    assert peak < 3_000_000


def test_it_does_not_matter_where_the_pieces_of_a_stream_end() -> None:
    """A quote, an escape or a comment may stand on the seam between two pieces."""
    filler = "INSERT INTO t VALUES ('x''\\'y') /* ** */ -- z\n;"
    rows = f"{QUESTIONS}(1, 0, 1, 'en', 'It''s \\'why\\'?');\n{ANSWERS}(1, 'so');\n"
    for shift in range(0, 150, 7):
        text = " " * shift + filler * 1450 + rows + filler * 1450
        assert answers(imported("phpbb", text)) == {"It's 'why'?": ["so"]}
