"""Questions with ``vary``: templates, combinations, and their mistakes."""

from __future__ import annotations

from itertools import product

import pytest

from gate.bank.load import parse_bank
from gate.bank.question import Question, Variant
from gate.errors import BankError


def load(
    ask: str, accept: str = '"x"', vary: str = '{ w = ["cat", "dog"] }', *, more: str = "", lists: str = ""
) -> Question:
    text = f"{lists}\n[[question]]\nask = '''{ask}'''\naccept = {accept}\nvary = {vary}\n{more}\n"
    (question,) = parse_bank({"b": text.encode()}).questions
    return question


def variants(question: Question) -> list[Variant]:
    return [question.wording.variant(number) for number in range(question.wording.count)]


def asked(question: Question) -> set[str]:
    return {variant.ask for variant in variants(question)}


def problems(*args: str, **more: str) -> list[str]:
    with pytest.raises(BankError) as caught:
        load(*args, **more)
    return [str(fault).split('"): ', 1)[1] for fault in caught.value.faults]


# What comes out


def test_sums_in_words_of_the_design() -> None:
    question = load(
        "What is {{ a|words }} plus {{ b|words }}?",
        '"{{ a + b }}"',
        "{ a = [2, 3, 4], b = { from = 2, to = 9 } }",
        more='where = "a != b"',
    )
    assert question.wording.count == 3 * 8 - 3
    assert Variant(ask="What is three plus nine?", accept=("12",)) in variants(question)
    assert "What is three plus three?" not in asked(question)


def test_a_list_of_the_file_and_distinct_of_the_design() -> None:
    question = load(
        "Write the second of these words: {{ x }}, {{ y }}, {{ z }}",
        '"{{ y }}"',
        '{ x = "colour", y = "colour", z = "colour" }',
        more="distinct = true",
        lists='[lists]\ncolour = ["red", "green", "blue"]',
    )
    assert question.wording.count == 6
    assert all(variant.ask.split(", ")[1] == variant.accept[0] for variant in variants(question))


def test_tables_and_answers_that_are_lists() -> None:
    question = load(
        "Opposite of {{ w.word }}?",
        '["{{ w.opposite }}", "not {{ w.word }}"]',
        '{ w = [{ word = "cold", opposite = ["hot", "warm"] }, { word = "up", opposite = "down" }] }',
    )
    assert variants(question) == [
        Variant(ask="Opposite of cold?", accept=("hot", "warm", "not cold")),
        Variant(ask="Opposite of up?", accept=("down", "not up")),
    ]


def test_tables_may_have_members_named_like_methods() -> None:
    question = load("{{ w.items }}?", '"{{ w.keys }}"', '{ w = [{ items = "a", keys = ["b", "c"] }] }')
    assert variants(question) == [Variant(ask="a?", accept=("b", "c"))]


def test_ranges_include_both_ends_and_step() -> None:
    question = load("{{ n }}?", vary="{ n = { from = 2, to = 10, step = 4 } }")
    assert asked(question) == {"2?", "6?", "10?"}


def test_every_combination_comes_once_and_numbers_do_not_depend_on_the_order_in_the_file() -> None:
    one = load("{{ a }}{{ b }}{{ c }}", vary='{ a = ["p", "q"], b = [1, 2, 3], c = ["x", "y"] }')
    other = load("{{ a }}{{ b }}{{ c }}", vary='{ c = ["x", "y"], b = [1, 2, 3], a = ["p", "q"] }')
    assert asked(one) == {f"{a}{b}{c}" for a, b, c in product("pq", "123", "xy")}
    assert variants(one) == variants(other)
    assert one.digest == other.digest


@pytest.mark.parametrize("number", [-1, 2, 10**9])
def test_there_is_no_variant_beyond_the_count(number: int) -> None:
    with pytest.raises(IndexError):
        load("{{ w }}?").wording.variant(number)


def test_tables_count_as_equal_by_content_for_distinct() -> None:
    question = load(
        "{{ a.w }}{{ b.w }}",
        vary='{ a = [{ w = "x" }, { w = "y" }], b = [{ w = "x" }] }',
        more="distinct = true",
    )
    assert asked(question) == {"yx"}


def test_a_later_part_of_where_is_spared_what_an_earlier_one_excludes() -> None:
    question = load(
        "{{ a }} by {{ b }}?",
        '"{{ a / b }}"',
        "{ a = [6, 7], b = [0, 2, 3] }",
        more='where = "b != 0 and a % b == 0"',
    )
    assert {(v.ask, v.accept) for v in variants(question)} == {("6 by 2?", ("3",)), ("6 by 3?", ("2",))}


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ 21|words }}", "twenty-one"),
        ("{{ 3|ordinal }}", "third"),
        ("{{ w|letter(1) }}{{ letter(w, 3) }}", "ct"),
        ("{{ w|reverse }}", "tac"),
        ("{{ w|upper }}", "CAT"),
        ("{{ w|length }}", "3"),
        ("{{ w|spelled }}", "c-a-t"),
        ("{{ 'e\u0301t'|spelled }}", "é-t"),
        ("{{ 'x\u0301y'|length }}", "2"),
        ("{{ w[1:] }}{{ w[0] }}", "atc"),
        ("{{ ['a', w][1] }}", "cat"),
        ("{{ w if w == 'cat' else 'no' }}", "cat"),
        ("{% if w in ['cat'] %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 2 ** 10 - 7 // 2 * 3 % 5 }}", "1020"),
        ("{{ 'ab' * 2 ~ 3 }}", "abab3"),
        ("{# nothing #}{{ w }}", "cat"),
        ("<b>{{ '&' }}</b>", "<b>&</b>"),
    ],
)
def test_what_templates_can_say(template: str, shown: str) -> None:
    question = load(f"{{{{ w }}}} {template}", vary='{ w = ["cat"] }')
    assert question.wording.variant(0).ask == f"cat {shown}"


def test_filters_speak_the_language_of_the_question() -> None:
    question = load("{{ n|words }} {{ 'iz'|upper }}", vary="{ n = [4] }", more='lang = "tr"')
    assert question.wording.variant(0).ask == "dört İZ"


# Mistakes


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{{ v }}", 'unknown name "v"; known here: w'),
        ("{{ w|uper }}", 'unknown filter "uper"; did you mean "upper"?'),
        ("{{ w", "unexpected end of template, expected 'end of print statement'; mend the template"),
    ],
)
def test_a_mistake_in_a_template(template: str, problem: str) -> None:
    assert problems(f"{{{{ w }}}} {template}") == [f"ask: {problem}"]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{{ w|letter(9) }}", '"cat" has no letter 9, only 1 to 3'),
        ("{{ w|letter(0) }}", '"cat" has no letter 0, only 1 to 3'),
        ("{{ w|words }}", 'a whole number is needed, not text ("cat")'),
        ("{{ w.word }}", 'text ("cat") has no "word"'),
        ("{{ w.__class__ }}", 'text ("cat") has no "__class__"'),
        ("{{ 'a' * 10 ** 9 }}", "the result is too long"),
        ("{{ 9 ** 9 ** 9 }}", "a number is too large"),
        ("{{ 10 ** 12 * 10 }}", "a number is too large"),
        ("{{ '%s' % w }}", '"%" does not go between text ("%s") and text ("cat")'),
        ("{{ 7 / 2 }}", '"7 / 2" is no whole number; // rounds down'),
        ("{{ 2 ** 13 }}", "an exponent must be 0 to 12"),
        ("{{ 7 // 0 }}", "division by zero"),
        ("{{ none }}", "only text and whole numbers can be shown, not a NoneType (None)"),
        ("{{ ['a'] }}", "only text and whole numbers can be shown, not a list"),
    ],
)
def test_a_template_that_does_not_fit_its_values(template: str, problem: str) -> None:
    assert problems(f"{{{{ w }}}} {template}") == [
        f"ask: variant 1: {problem}; mend the template or the values it is given"
    ]


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("{% for c in w %}{{ c }}{% endfor %}", "for"),
        ("{% set w = 'x' %}", "assign"),
        ("{% include 'secrets' %}", "include"),
        ("{% macro m() %}{% endmacro %}", "macro"),
        ("{{ w.upper() }}", "call"),
        ("{{ range(9) }}", "call"),
        ("{{ w is defined }}", "test"),
        ("{{ {'a': w} }}", "dict"),
    ],
)
def test_what_templates_cannot_do(template: str, kind: str) -> None:
    assert problems(f"{{{{ w }}}} {template}") == [
        f'ask: "{kind}" has no use in a question; write {{{{ … }}}} or {{% if %}}, with the filters '
        "length, letter, ordinal, reverse, spelled, upper, words"
    ]


def test_endless_nesting_is_refused() -> None:
    assert problems("{{ " + "(" * 900 + "w" + ")" * 900 + " }}") == [
        "ask: nested too deeply; mend the template"
    ]
    assert problems("{{ w }}" + "x" * 2_000) == ["ask: 2,007 characters; write at most 2,000"]


@pytest.mark.parametrize(
    ("vary", "more", "problem"),
    [
        ("{}", "", "vary: empty table; write one such as { a = [2, 3, 4] }, or remove vary"),
        ("[1]", "", "vary: a list is no table; write one such as { a = [2, 3, 4] }, or remove vary"),
        ('{ w = "color" }', "", 'vary.w: unknown list "color"; did you mean "colour"?'),
        ("{ w = [] }", "", "vary.w: empty list; write at least one value"),
        ("{ w = 5 }", "", 'vary.w: a whole number (5) is no list; write a list such as ["red", "green"]'),
        ("{ w = [1.5] }", "", 'vary.w: item 1: a float (1.5) is no value; put it in quotes: "1.5"'),
        (
            "{ w = [[1]] }",
            "",
            "vary.w: item 1: a list is no value; write text in quotes, or a whole number",
        ),
        ("{ w = { from = 1 } }", "", "vary.w: to: missing; write a range such as { from = 2, to = 9 }"),
        ("{ w = { from = 1, to = 2, by = 1 } }", "", "vary.w: by: unknown key; known here: from, step, to"),
        (
            "{ w = { from = 9, to = 2 } }",
            "",
            "vary.w: an empty range; let to be at least from, and step at least 1",
        ),
        (
            "{ w = { from = 1, to = 2, step = 0 } }",
            "",
            "vary.w: an empty range; let to be at least from, and step at least 1",
        ),
        (
            "{ w = { from = 1, to = 2.5 } }",
            "",
            "vary.w: to: a float (2.5) is no end of a range; write a whole number",
        ),
        ("{ w = [1], v = [2] }", "", "vary.v: is used nowhere; write {{ v }} in ask, or remove it"),
        ("{ w = [1] }", "distinct = true", "distinct: no sense with one varied value; remove distinct"),
        (
            "{ w = [1, 2] }",
            "distinct = 1",
            "distinct: a whole number (1) is neither true nor false; write true or false",
        ),
        (
            "{ w = [1, 2] }",
            'where = "w > 2"',
            "vary: where and distinct leave no variant; loosen them, or vary more",
        ),
        ("{ w = [1, 2] }", 'where = "u > 2"', 'where: unknown name "u"; known here: w'),
        ("{ w = [1, 2] }", 'where = ""', "where: empty; write something, or remove the key"),
        (
            "{ w = [1, 2] }",
            'where = "1) }} {{ (w"',
            'where: not one expression; write a bare condition such as "a != b"',
        ),
        (
            "{ w = [1, 'x'] }",
            'where = "w > 0"',
            "where: '>' not supported between instances of 'str' and 'int'; mend the condition",
        ),
        (
            "{ w = { from = 1, to = 100001 } }",
            "",
            "vary: 100,001 variants; vary less: a question has at most 100,000",
        ),
    ],
)
def test_a_mistake_in_vary(vary: str, more: str, problem: str) -> None:
    lists = '[lists]\ncolour = ["red"]'
    assert problems("{{ w }}", '"x"', vary, more=more, lists=lists) == [problem]


@pytest.mark.parametrize("name", ["self", "not", "letter", "true", "if", "x-y", "1a"])
def test_a_name_that_templates_cannot_use(name: str) -> None:
    assert problems("{{ w }}", '"x"', f'{{ w = [1], "{name}" = [1] }}') == [
        f"vary.{name}: no name that a template can use; use letters, such as a or word",
        f"vary.{name}: is used nowhere; write {{{{ {name} }}}} in ask, or remove it",
    ]


@pytest.mark.parametrize(
    ("accept", "problem"),
    [
        ('"{{ 3 > w }}"', "variant 1: an answer is text or a whole number, not a boolean (true)"),
        ('"{{ 1.5 }}"', "variant 1: an answer is text or a whole number, not a float (1.5)"),
        ('"{{ [] }}"', "variant 1: empty"),
        ("\"{{ '' }}\"", "variant 1: empty"),
    ],
)
def test_an_answer_of_the_wrong_kind(accept: str, problem: str) -> None:
    remedy = "mend the template or the values it is given"
    assert problems("{{ w }}", accept, "{ w = [1, 2] }") == [f"accept: {problem}; {remedy}"]


def test_an_answer_that_nobody_can_type() -> None:
    assert problems("{{ w }}", '"{{ w }}"', '{ w = ["x", "\\u200B"] }') == [
        'accept: variant 2: "\u200b" normalises to nothing; write an answer that can be typed'
    ]


@pytest.mark.parametrize(
    ("many", "more", "problem"),
    [
        (60, "distinct = true", "205,320 variants"),
        (60, 'where = "a != b"', "212,400 variants"),
        (200, "distinct = true", "more than "),
        (200, 'where = "a == b and b == c"', "8,000,000 combinations to try, more than 250,000"),
    ],
)
def test_too_many_variants_are_counted(many: int, more: str, problem: str) -> None:
    vary = "{ " + ", ".join(f"{name} = {{ from = 1, to = {many} }}" for name in "abc") + " }"
    (found,) = problems("{{ a }}{{ b }}{{ c }}", '"x"', vary, more=more)
    assert found.startswith(f"vary: {problem}")
    assert found.endswith("; vary less: a question has at most 100,000")


def test_a_hundred_thousand_variants_are_fine() -> None:
    question = load("{{ w }}", vary="{ w = { from = 1, to = 100000 } }")
    assert question.wording.variant(99_999).ask == "100000"


def test_a_mistake_beyond_the_sample_is_named_when_its_variant_is_rendered() -> None:
    values = ", ".join('{ a = "x" }' if number != 5 else '{ b = "x" }' for number in range(100))
    question = load("{{ w.a }}", vary=f"{{ w = [{values}] }}")
    with pytest.raises(BankError) as caught:
        question.wording.variant(5)
    assert str(caught.value) == (
        'b: question 1 ("{{ w.a }}"): ask: variant 6: a list item has no "a"; '
        "mend the template or the values it is given"
    )
