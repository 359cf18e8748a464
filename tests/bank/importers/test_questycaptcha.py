"""MediaWiki's questions: a literal subset of PHP is read, and all else is listed."""

from __future__ import annotations

import pytest

from tests.bank.importers.reading import answers, imported, notes, reasons


def php(text: str) -> dict[str, list[str]]:
    result = imported("questycaptcha", text)
    assert not result.not_imported
    return answers(result)


def refused(text: str) -> list[str]:
    return reasons(imported("questycaptcha", text))


@pytest.mark.parametrize(
    "text",
    [
        "$wgCaptchaQuestions = [ 'Up?' => [ 'down', 'low' ], ];",
        "$wgCaptchaQuestions = array( 'Up?' => array( 'down', 'low', ) );",
        "$wgCaptchaQuestions[] = [ 'question' => 'Up?', 'answer' => [ 'down', 'low' ] ];",
        "$wgCaptchaQuestions = array(array('question'=>'Up?','answer'=>array('down','low')));",
        "$wgCaptchaQuestions = [ 0 => [ 'answer' => [ 'down', 'low' ], 'question' => 'Up?' ] ];",
        "$wgCaptchaQuestions['Up?'] = [ 'down', 'low' ];",
        "$wgCaptchaQuestions['Up?'][] = 'down'; $wgCaptchaQuestions['Up?'][] = 'low';",
        "$wgCaptchaQuestions += [ 'Up?' => [ 'down', 'low' ] ];",
        "$GLOBALS['wgCaptchaQuestions'] = [ 'Up?' => [ 'down', 'low' ] ];",
        "$wgHooks['Load'][] = function () { return [ 'a' => 'b' ]; };\n$wgCaptchaQuestions['Up?'] = [ 'down', 'low' ];",
        "$wgCaptchaQuestions = array_merge( $wgCaptchaQuestions, [ 'Up?' => [ 'down', 'low' ] ] );",
        "array_push( $wgCaptchaQuestions, [ 'question' => 'Up?', 'answer' => [ 'down', 'low' ] ] );",
        "$arr = [ 'Up?' => [ 'down', 'low' ] ]; $wgCaptchaQuestions = $arr;",
        "$arr = array( 'Up?' => ['down', 'low'] );\nforeach ( $arr as $key => $value ) {\n"
        "  $wgCaptchaQuestions[] = array( 'question' => $key, 'answer' => $value );\n}",
        "<?php\nreturn array( 'Up?' => ['down', 'low'] );",
        "<p>'it's</p> <?php $wgCaptchaQuestions = [ 'Up?' => [ 'down', 'low' ] ]; ?> it's",
        "extraConfig = ''\n$wgCaptchaQuestions = [ 'Up?' => [ 'down', 'low' ] ];\n'';",
    ],
)
def test_every_way_to_write_a_bank(text: str) -> None:
    assert php(text) == {"Up?": ["down", "low"]}


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r"'it\'s \\ \n $x'", r"it's \ \n $x"),
        (r'"it\'s \"q\" \\ \$x $5 \x41\101\u{e9}"', r"""it\'s "q" \ $x $5 AAé"""),
        ("'a' . 'b' . 5", "ab5"),
        ("-5", "-5"),
        ("1", "1"),
        ("1.0", "1.0"),
        ("1_000", "1000"),
        ("0x1F", "31"),
        ("017", "15"),
        ("<<<EOT\n  one\n  two\n  EOT", "one two"),
        ("<<<'X'\n$no {$escape} \\n\nX", r"$no {$escape} \n"),
        ("'wrapped\n   text'", "wrapped text"),
        ("'a' /* b */ // c\n # d\n . 'e'", "ae"),
    ],
)
def test_literals(literal: str, text: str) -> None:
    assert php(f"$wgCaptchaQuestions = [ 'Up?' => {literal} ];") == {"Up?": [text]}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("\"Name of $wgSitename?\" => 'x'", "it uses the variable $wgSitename"),
        ("\"{$a['b']}?\" => 'x'", "it uses the variable $a"),
        (
            "'{{ captcha_question }}' => 'x'",
            "it has the placeholder {{ captcha_question }}, to be filled in elsewhere",
        ),
        ("'${Q}' => 'x'", "it has the placeholder ${Q}, to be filled in elsewhere"),
        ("md5('a') => 'x'", "it calls md5()"),
        ("'Up?' => getenv( 'A' )", "an answer that cannot be read: it calls getenv()"),
        ("'Up?' => explode( ',', 'a,b' )", "an answer that cannot be read: it calls explode()"),
        ("'Up?' => array_map( 'trim', [ 'a' ] )", "an answer that cannot be read: it calls array_map()"),
        ("'Up?' => $answer", "an answer that cannot be read: it uses the variable $answer"),
        ("'Up?' => true", "an answer that cannot be read: it uses true, which is no text or number"),
        ("'Up?' => 2 + 2", "an answer that cannot be read: it is an expression, and gate runs no PHP"),
        ("'Up?' => `date`", "an answer that cannot be read: the output of a shell command"),
        ("'Up?' => [ [ 'x' ] ]", "an answer that is an array"),
        ("'en' => [ 'Up?' => 'down' ]", "its answers are a map; write a list"),
        ("'<img src=\"x.png\"> is?' => 'x'", "it shows more than text (<img>)"),
        ("'Up?' => ''", "it has no answer"),
        ("'' => 'x'", "ask: empty; write something, or remove the key"),
        ("'lonely'", "it has no question and answer"),
    ],
)
def test_what_is_no_literal_is_listed_by_line(entry: str, reason: str) -> None:
    result = imported(
        "questycaptcha", f"<?php\n$wgCaptchaQuestions = [\n'Low?' => 'high',\n{entry},\n'In?' => 'out' ];"
    )
    assert answers(result) == {"Low?": ["high"], "In?": ["out"]}
    assert reasons(result)[-1].startswith("file: line 4: not imported")
    assert reasons(result)[-1].endswith(f": {reason}")


def test_one_empty_answer_alone_is_one_reason() -> None:
    result = imported(
        "questycaptcha", "<?php\n$wgCaptchaQuestions = [ 'Up?' => '', 'In?' => [ 'out', '' ] ];"
    )
    assert reasons(result) == [
        'file: line 2: not imported: "Up?": it has no answer',
        'file: line 2: not imported: "In?": one of its answers is empty; the others are taken',
    ]


def test_a_bank_that_is_put_together_piece_by_piece_is_listed() -> None:
    pieces = "$wgCaptchaQuestions[0]['question'] = 'Up?';\n$wgCaptchaQuestions[0]['answer'] = 'down';"
    assert refused(pieces) == [
        f'file: line {line}: not imported: "0": it is put together piece by piece; '
        "write question and answer in one array"
        for line in (1, 2)
    ]


def test_the_good_answers_of_a_question_are_taken() -> None:
    result = imported("questycaptcha", "$wgCaptchaQuestions = [ 'Up?' => [ 'down', rand( 1, 2 ) ] ];")
    assert answers(result) == {"Up?": ["down"]}
    assert reasons(result) == [
        'file: line 1: not imported: "Up?": an answer that cannot be read: it calls rand()'
    ]


def test_commented_banks_are_dead() -> None:
    dead = (
        "// $wgCaptchaQuestions = [ 'A?' => 'a' ];\n# $wgCaptchaQuestions['B?'] = 'b';\n/* 'C?' => 'c'\n*/\n"
    )
    assert php(f"{dead}$wgCaptchaQuestions = [\n// 'D?' => 'd',\n'Up?' => 'down' ];") == {"Up?": ["down"]}


def test_case_twins_are_merged_with_a_note() -> None:
    result = imported(
        "questycaptcha", "$wgCaptchaQuestions = [ 'Up?' => [ 'Down', 'down', 'DOWN', 'low' ] ];"
    )
    assert answers(result) == {"Up?": ["Down", "low"]}
    assert len(notes(result)) == 2
    assert notes(result)[0] == (
        'file: line 1: note: "down" differs from "Down" only in case, and is left out'
    )


def test_markup_becomes_text() -> None:
    result = imported("questycaptcha", "$wgCaptchaQuestions = [ '<b>What</b> is 2 &lt; 3 &amp; x?' => 'y' ];")
    assert answers(result) == {"What is 2 < 3 & x?": ["y"]}
    assert notes(result) == ["file: line 1: note: its HTML tags are taken out"]


def test_a_text_that_is_never_closed_ends_the_reading_aloud() -> None:
    result = imported("questycaptcha", "$wgCaptchaQuestions['A?'] = 'a';\n$wgCaptchaQuestions['B?'] = 'b;\n")
    assert answers(result) == {"A?": ["a"]}
    assert "without its closing quote" in reasons(result)[-1]


def test_the_same_question_twice_is_one() -> None:
    result = imported("questycaptcha", "$wgCaptchaQuestions['A?'] = 'a';\n$wgCaptchaQuestions['A?'] = 'b';")
    assert answers(result) == {"A?": ["a", "b"]}
    assert notes(result) == [
        'file: line 2: note: "A?" stands at file: line 1 already; the answers of both are put together'
    ]


def test_nothing_of_other_arrays_is_taken() -> None:
    loads = "wfLoadExtensions( [ 'ConfirmEdit', 'ConfirmEdit/QuestyCaptcha' ] );"
    assert php(f"{loads} $wgFoo = [ 'Is it?' => 'no' ]; $wgCaptchaQuestions['A?'] = 'a';") == {"A?": ["a"]}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "$wgCaptchaQuestions = " + "[" * 5000,
        "$wgCaptchaQuestions[",
        "<?php $wgCaptchaQuestions =",
    ],
)
def test_a_broken_file_raises_nothing(text: str) -> None:
    assert not imported("questycaptcha", text).questions


def test_a_variable_that_holds_no_array_is_listed() -> None:
    assert refused("$wgCaptchaQuestions = $secret;") == [
        'file: line 1: not imported: "$secret": it uses the variable $secret, which holds no array of texts here'
    ]
