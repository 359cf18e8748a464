"""The weak spots that the check of a bank names."""

from __future__ import annotations

import re

import pytest

from gate.bank.check import check_bank
from gate.bank.load import parse_bank
from gate.errors import BankError

PLACE = 'bank.toml: question 1 ("Which word is on the door?")'

SOUND = "".join(
    f"[[question]]\nfamily = 'sound {number}'\nask = 'What is behind door {{{{ n }}}}{number}?'\n"
    f"accept = 'thing {{{{ n|words }}}} {number}'\nvary = {{ n = {{ from = 100, to = 400 }} }}\nweight = 20\n"
    for number in range(3)
)
"""Questions without a weak spot, so that a warning comes from the one beside them."""


def warnings(text: str) -> list[str]:
    return [str(fault) for fault in check_bank(parse_bank({"bank.toml": text.encode()}))]


def question(
    *lines: str, ask: str = "Which word is on the door?", accept: str = '"welcome"', weight: float = 1
) -> str:
    more = "\n".join(lines)
    return f"[[question]]\nask = '''{ask}'''\naccept = {accept}\nweight = {weight}\n{more}\n"


def test_a_sound_bank_has_no_warning() -> None:
    assert warnings(question() + SOUND) == []


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            question(accept='"door"'),
            f'{PLACE}: accept: the answer stands in the question "Which word is on the door?"; '
            "ask for what does not stand there, or make it rare with a weight below 1",
        ),
        (
            question('lang = "ja"', ask="「緑」はどう書きますか?", accept='"緑"'),
            'bank.toml: question 1 ("「緑」はどう書きますか?"): accept: '
            'the answer stands in the question "「緑」はどう書きますか?"; '
            "ask for what does not stand there, or make it rare with a weight below 1",
        ),
        (
            question(accept='["yes", "no", "Yes!"]'),
            f"{PLACE}: accept: only yes or no, so that every second guess passes; ask for a word instead",
        ),
        (
            question('lang = "de"', accept='"ja"'),
            f"{PLACE}: accept: only yes or no, so that every second guess passes; ask for a word instead",
        ),
        *(
            (
                question(accept=f'"{answer}"'),
                f'{PLACE}: accept: "{answer}" looks like several answers in one text; '
                "write each as a text of its own in the list",
            )
            for answer in (
                "red or blue",
                "vet (doctor)",
                "sofa/couch",
                "cup; mug",
                "cup, mug",
                "cup|mug",
                "杯、碗",
                "كوب، كأس",
            )
        ),
        (
            question(accept='["Welcome", "come in", "welcome"]'),
            f'{PLACE}: accept: "Welcome" and "welcome" differ only in case; keep one: case does not matter',
        ),
        (
            question(ask=" ".join(["word"] * 21)),
            'bank.toml: question 1 ("word word word word word word word word…"): ask: 21 words; ask in at most 20',
        ),
        (
            question(accept='"wel\\u200bcome"'),
            f'{PLACE}: accept: an invisible character (U+200B) in "wel\u200bcome"; remove it',
        ),
        (
            question('hint = "\\u202Eone word"'),
            f'{PLACE}: hint: an invisible character (U+202E) in "\u202eone word"; remove it',
        ),
        (
            question(accept='"w\u0435lcome"'),
            f'{PLACE}: accept: "w\u0435lcome" mixes Cyrillic and Latin letters; type it again on one keyboard',
        ),
        (
            question(accept='"\u0441\u043e\u0440"'),
            f'{PLACE}: accept: "\u0441\u043e\u0440" looks Latin, but its letters are Cyrillic; '
            "type it again on one keyboard",
        ),
    ],
)
def test_a_weak_question(text: str, warning: str) -> None:
    found = [line for line in warnings(text + SOUND) if not re.match('questions in "(de|ja)"', line)]
    assert found == [warning]


@pytest.mark.parametrize(
    "text",
    [
        question(accept='"1,000"'),
        question(accept='"order"'),
        question(accept='">>>"'),
        question('match = "exact"', accept='["Welcome", "welcome"]'),
        question(accept='"door"', weight=0.5),
        question('lang = "ru"', accept='"\u0441\u043e\u0440"'),
        question('lang = "fa"', ask="\u0645\u06cc\u200c\u0634\u0648\u062f", accept='"x"'),
        question(ask="Which sign is \u2764\ufe0f?"),
        question(ask="Une porte\u00a0?"),
        question(accept='"Ελλάδα"'),
    ],
)
def test_no_weak_question(text: str) -> None:
    assert [line for line in warnings(text + SOUND) if "question 1" in line] == []


def test_a_kind_of_warning_comes_once_for_a_question() -> None:
    found = warnings(
        question(
            'vary = { w = ["red or blue", "cup or mug"] }', ask="Which {{ n }}?", accept='"{{ w }}"'
        ).replace("{{ n }}", "{{ w|length }}")
        + SOUND
    )
    assert len(found) == 1
    assert "red or blue" in found[0]


def test_a_kind_of_warning_comes_for_each_key() -> None:
    found = warnings(question(ask="Wh\u200bo is there?", accept='"wel\u200bcome"') + SOUND)
    assert [line.partition('"): ')[2].partition(":")[0] for line in found] == ["accept", "ask"]


@pytest.mark.parametrize(
    ("lang", "answer"), [("ja", "赤または青"), ("zh", "红色或蓝色"), ("de", "rot oder blau")]
)
def test_alternatives_in_one_text_are_seen_in_each_language(lang: str, answer: str) -> None:
    found = warnings(question(f'lang = "{lang}"', accept=f'"{answer}"') + SOUND)
    assert any(f'"{answer}" looks like several answers' in line for line in found)


def test_a_question_that_is_off_is_checked_but_weighs_nothing() -> None:
    assert len(warnings(question("enabled = false", accept='"door"', weight=100) + SOUND)) == 1


# A language as a whole


def test_a_small_bank() -> None:
    assert warnings(question()) == [
        'questions in "en": 1 variant in all, soon known by heart; '
        "write at least 20; vary makes many of one question",
        'questions in "en": 1 family; write questions of at least 3: one family falls to one script',
    ]


def test_each_language_is_looked_at() -> None:
    found = warnings(SOUND + question('lang = "de"') + question('lang = "de"', ask="Was?", accept='"tor"'))
    assert [line.split(";")[0] for line in found] == [
        'questions in "de": 2 variants in all, soon known by heart',
        'questions in "de": 2 families',
    ]


def test_a_blind_guess_that_several_variants_accept() -> None:
    doors = question(
        "vary = { n = { from = 1, to = 30 } }", ask="Door {{ n }}?", accept='"w{{ n % 3 }}x"', weight=20
    )
    found = warnings(doors + SOUND)
    assert found == [
        'questions in "en": the blind guess "w1x" passes 8% of the draws; '
        "add questions with other answers, or lower the weight of those that it answers"
    ]


@pytest.mark.parametrize("answer", ["4", "four", "green", "yes"])
def test_a_blind_guess_that_everybody_tries(answer: str) -> None:
    found = [
        line for line in warnings(question(accept=f'"{answer}"', weight=10) + SOUND) if "blind guess" in line
    ]
    assert len(found) == 1
    assert "passes 14% of the draws" in found[0]


def test_an_answer_that_only_one_question_has_is_no_blind_guess() -> None:
    assert warnings(question(weight=100) + SOUND) == []


def test_echo_over_the_whole_language() -> None:
    doors = question('vary = { w = ["cup", "mug", "jar"] }', ask="Which is it: {{ w }}?", accept='"{{ w }}"')
    found = warnings(
        doors.replace("weight = 1", "weight = 0.9") + SOUND.replace("weight = 20", "weight = 0.5")
    )
    assert found[-1] == (
        'questions in "en": a word of the question, typed back, passes 9% of the draws; '
        "add questions whose answer does not stand in them"
    )


@pytest.mark.parametrize(
    "ask", ["Please write ice cream.", "Which is cold: ice cream, tea or soup?", "Write “Ice-Cream”!"]
)
def test_an_answer_of_two_words_is_seen_beside_a_point_or_a_comma(ask: str) -> None:
    found = warnings(question(ask=ask, accept='"ice cream"') + SOUND)
    assert "the answer stands in the question" in found[0]


def test_a_slip_that_makes_an_answer_of_a_word_of_the_question_counts_as_echo() -> None:
    found = warnings(question(ask="What is bread made of?", accept='"wheat"') + SOUND)
    assert "the answer stands in the question" in found[0]
    assert warnings(question("typos = 0", ask="What is bread made of?", accept='"wheat"') + SOUND) == []


def test_a_variant_that_cannot_be_used_is_a_fault() -> None:
    values = ", ".join('{ a = "x" }' if number != 5 else '{ b = "x" }' for number in range(100))
    text = question(f"vary = {{ w = [{values}] }}", ask="{{ w.a }}", accept='"y"')
    hidden = ", ".join('"x"' if number != 5 else '"\\u200b"' for number in range(100))
    text += question(f"vary = {{ w = [{hidden}] }}", ask="Say {{ w }}", accept='"{{ w }}"')
    with pytest.raises(BankError) as caught:
        warnings(text)
    assert [str(fault) for fault in caught.value.faults] == [
        'bank.toml: question 1 ("{{ w.a }}"): ask: variant 6: a list item has no "a"; '
        "mend the template or the values it is given",
        'bank.toml: question 2 ("Say {{ w }}"): accept: variant 6: "\u200b" normalises to nothing; '
        "write an answer that can be typed",
    ]
