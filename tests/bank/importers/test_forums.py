"""SMF, MyBB and MoinMoin."""

from __future__ import annotations

import pytest

from gate.bank.importers.patterns import UnfoldableError, unfold
from tests.bank.importers.reading import answers, imported, notes, reasons

# SMF


def test_smf_2_1_has_json_in_sql_and_languages_in_words() -> None:
    result = imported(
        "smf",
        "INSERT INTO smf_qanda (id_question, lngfile, question, answers) VALUES\n"
        "(1, 'english', 'Two plus one?', '[\"3\",\"it\\'s \\\\u00e9\",1.0]'),\n"
        "(2, 'portuguese_brazilian-utf8', 'Cor &quot;x&quot;?', '[\"azul\"]'),\n(3, 'german', 'Was?', 'das');\n",
    )
    assert answers(result) == {"Two plus one?": ["3", "it's é", "1.0"], 'Cor "x"?': ["azul"]}
    assert [found.lang for found in result.questions] == ["en", "pt-BR"]
    assert reasons(result) == ['file: line 4: not imported: "Was?": its answers are no JSON list of texts']


def test_smf_2_0_keeps_questions_among_log_comments() -> None:
    result = imported(
        "smf",
        "INSERT INTO smf_log_comments (id_comment, comment_type, recipient_name, body) VALUES "
        "(1, 'warning', 'Joe', 'Stop it'), (2, 'ver_test', 'blue', 'Sky?');",
    )
    assert answers(result) == {"Sky?": ["blue"]}
    assert not result.not_imported


# MyBB


def test_mybb_has_one_answer_a_line() -> None:
    result = imported(
        "mybb",
        "INSERT INTO `mybb_questions` VALUES ('1','Sky?','blue\\r\\nazure\\n\\n','0','0','0','1'),"
        "('2','Off?','x','0','0','0','0');INSERT INTO mybb_questionsessions VALUES ('a', 1);",
    )
    assert answers(result) == {"Sky?": ["blue", "azure"], "Off?": ["x"]}
    assert dict(result.questions[1].more) == {"enabled": False}
    assert not result.not_imported


def test_another_sign_between_answers() -> None:
    rows = "INSERT INTO bots_questions (id, question, answers) VALUES (1, 'Sky?', 'blue, azure');"
    assert answers(imported("mybb", rows, split=",")) == {"Sky?": ["blue", "azure"]}
    assert answers(imported("mybb", rows)) == {"Sky?": ["blue, azure"]}


def test_another_table_of_questions_is_listed() -> None:
    result = imported("mybb", "INSERT INTO x_questions (id, title) VALUES (1, 'a');")
    assert reasons(result) == [
        "file: line 1: not imported: the table has no columns question and answer, so that it is another one"
    ]


# MoinMoin

WIKI = """\
class Config(Base):
    print "old Python"
    textchas = {  # }
        'en': {
            u"Opposite of 'up'?": ur" *(?i)(down|downwards) *",
            u"How many?": ur"2.*",
            #u"Dead?": ur"dead",
            u"Colour?": ur"gr(e|a)y|bl\\u00fce",
            u"Called?": make(),
        },
        'de': {u"Gegenteil von {Tag}?": ur"nacht"},
    }
"""


def test_moinmoin_has_a_dict_of_patterns_in_the_python_of_its_day() -> None:
    result = imported("moinmoin", WIKI)
    assert answers(result) == {
        "Opposite of 'up'?": ["down", "downwards"],
        "Colour?": ["grey", "gray", "blüe"],
        "Gegenteil von {Tag}?": ["nacht"],
    }
    assert [found.lang for found in result.questions] == ["en", "en", "de"]
    assert reasons(result) == [
        'file: line 6: not imported: "How many?": "." stands for any character, in the pattern 2.*',
        'file: line 9: not imported: "Called?": its question or answer is no plain text, and gate runs no Python',
    ]
    assert notes(result) == [
        "file: line 5: note: MoinMoin took whatever begins with an answer; gate takes the answer alone"
    ]


@pytest.mark.parametrize(
    "text", ["textchas = {", "textchas = {'en': 5}", "textchas = {**x}", "textchas = {'en': {'a': '['}}"]
)
def test_a_broken_wiki_config_is_listed(text: str) -> None:
    result = imported("moinmoin", text)
    assert not result.questions
    assert len(result.not_imported) == 1


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("down", ("down",)),
        (" *(?i)(down|up) *", ("down", "up")),
        ("^colou?r$", ("colour", "color")),
        ("ice *cream", ("ice cream",)),
        (r"(?:the )?\s*sun\.?", ("the sun.", "the sun", "sun.", "sun")),
        (r"a\|b", ("a|b",)),
        ("x(a|b)(c|d)", ("xac", "xad", "xbc", "xbd")),
    ],
)
def test_patterns_that_stand_for_a_few_texts(pattern: str, texts: tuple[str, ...]) -> None:
    assert unfold(pattern) == texts


@pytest.mark.parametrize(
    "pattern",
    [".*", "a+", "a*", "[ab]", r"\d", "(a", "a)", "a{2}", "(?=a)b", "a??", r"(a)\1", "(a|b)" * 7, "a\\"],
)
def test_patterns_that_stand_for_more_are_refused(pattern: str) -> None:
    with pytest.raises(UnfoldableError):
        unfold(pattern)
