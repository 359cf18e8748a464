"""Each attacker against questions where its chance is known by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from gate.bank.audit.asked import Asked
from gate.bank.audit.attackers import ATTACKERS
from gate.bank.audit.common import NUMBERS
from tests.bank.audit.banks import only

SUM = "What is {}?"


@pytest.mark.parametrize(
    ("ask", "accept", "chance"),
    [
        ("How do you spell green?", "green", 1 / 5),
        ("Green or red: what is grass?", ["green"], 1 / 6),
        ("Write the word lantern.", "lantern", 1 / 4),
        ("Is it red or red?", "red", 2 / 5),
        ("What is grass?", "green", 0),
    ],
)
def test_echo_is_the_mean_over_the_words(ask: str, accept: str | Sequence[str], chance: float) -> None:
    assert only(ask, accept).attackers["echo"] == pytest.approx(chance)


@pytest.mark.parametrize(
    ("ask", "accept", "chance"),
    [
        ("Is ice cold?", "yes", 1 / 2),
        ("Do fish swim, yes or no?", ["yes"], 1 / 2),
        ("Is ice cold? Answer yes or no.", "yes", 1 / 2),
        ("If fish can swim, write yes, else write no.", "yes", 1 / 2),
        ("How many moons has Earth?", 1, 1 / 11),
        ("How many keys has this piano?", 88, 0),
        ("Which is heavier: a feather, a brick or a leaf?", "brick", 1 / 3),
        ("Which is heavier, a feather or a brick?", "a brick", 1 / 2),
        ("What does the sign say?", "human", 1 / 22),
        ("What does the sign say?", "welcome", 0),
    ],
)
def test_common_guesses_from_the_form(ask: str, accept: str, chance: float) -> None:
    assert only(ask, accept).attackers["common"] == pytest.approx(chance)


def test_common_without_a_known_language_tries_small_numbers() -> None:
    assert ATTACKERS["common"](Asked("Kui palju on see?", "et")) == NUMBERS
    assert only("Kui palju on see?", "7", lang="et").attackers["common"] == pytest.approx(1 / 11)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("What is 2+2?", "4"),
        ("What is 7 - 3?", "4"),
        ("What is 2 + 3 × 4?", "14"),
        ("What is three plus five minus one?", "7"),
        ("What is forty-two plus a hundred?", "142"),
        ("What is twelve multiplied by three?", "36"),
        ("What is 8 + 6 / 2?", "11"),
        ("What is the third number in 5, 8, 13, 21?", "13"),
        ("What is the sum of two, three and four?", "9"),
        ("What is the product of six and seven?", "42"),
        ("What is the difference between nine and four?", "5"),
        ("Ana has three eggs and gets four more. How many is that?", "7"),
        ("Tom has nine pears and eats four. How many are left?", "5"),
        ("Which number is the largest: twelve, 40 or seven?", "40"),
        ("Which is smaller, nineteen or ninety?", "19"),
        ("Which number comes next: two, four, six?", "8"),
        ("Which number comes next: 3, 6, 12?", "24"),
        ("Write this number in digits: four hundred and six.", "406"),
    ],
)
def test_arithmetic_works_it_out(ask: str, answer: str) -> None:
    assert ATTACKERS["arithmetic"](Asked(ask, "en")) == (answer,)
    assert only(ask, answer).attackers["arithmetic"] == 1


def test_arithmetic_takes_any_number_where_no_keyword_helps() -> None:
    ask = "Mia buys three eggs and four lemons. How many lemons is that?"
    assert only(ask, "4").attackers["arithmetic"] == 1 / 2


@pytest.mark.parametrize("ask", ["What is behind door 7?", "One day he came. Who?", "Why?"])
def test_arithmetic_leaves_other_questions_alone(ask: str) -> None:
    assert ATTACKERS["arithmetic"](Asked(ask, "en")) == ()


@pytest.mark.parametrize(
    ("ask", "accept", "chance"),
    [
        ("Which day comes after Sunday?", "Monday", 1),
        ("Which month comes right before January?", "December", 1),
        ("Today is Friday. Which day was two days ago?", "Wednesday", 1),
        ("If today is Monday, what is the day after tomorrow?", "Wednesday", 1),
        ("If tomorrow is Saturday, what day is today?", "Friday", 1),
        ("What day is today, if yesterday was Saturday?", "Sunday", 1),
        ("The 2nd colour in purple, yellow, arm, white and blue is?", "yellow", 1),
        ("How many colours are in the list red, dog, blue?", 2, 1),
        ("What is the opposite of up?", "down", 1),
        ("What is the opposite of old?", "young", 1 / 2),
        ("What is the opposite of magnanimous?", "petty", 0),
        ("The soup is not hot. What is it like, then?", "cold", 1),
        ("The soup is not magnanimous. What is it like, then?", "petty", 0),
        ("What colour is my bicycle?", "green", 1 / 11),
        ("Which animal gives us wool?", ["sheep", "goat"], 2 / 20),
        ("Lea has a red kite and a blue boat. What colour is the boat?", "blue", 1 / 2),
        ("Which of these is an animal: spoon, horse, cloud?", "horse", 1),
        ("Which word does not belong: Monday, hammer, Friday?", "hammer", 1),
        ("Which of these is not a colour: red, spoon, blue?", "spoon", 1),
        ("What are these, in one word: cow, horse, sheep?", "animals", 1),
        ("Who wrote this?", "Ana", 0),
    ],
)
def test_lexicon_knows_lists_and_their_order(ask: str, accept: str | Sequence[str], chance: float) -> None:
    assert only(ask, accept).attackers["lexicon"] == pytest.approx(chance)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("What is the first letter of basket?", "b"),
        ("Which letter comes third in the word basket?", "s"),
        ('What is the last letter of "basket"?', "t"),
        ("Write tip backwards.", "pit"),
        ("How many letters has the word bread?", "5"),
        ("Write train without its first letter.", "rain"),
        ("Write bread without the last letter.", "brea"),
        ("Which word is this: g-r-e-e-n?", "green"),
        ("Which word is this: g r e e n?", "green"),
        ("Which word is this: o-x?", "ox"),
        ("Write the second of these words: river, spoon, cloud", "spoon"),
        ("Write the last of these words: river, spoon and cloud.", "cloud"),
        ("river, spoon, cloud: which word comes right before spoon?", "river"),
        ("Put rain and bow together. Which word do you get?", "rainbow"),
    ],
)
def test_letters_plays_the_usual_games(ask: str, answer: str) -> None:
    assert only(ask, answer, typos=0).attackers["letters"] == 1


def test_letters_tries_each_word_that_may_be_meant() -> None:
    assert ATTACKERS["letters"](Asked("Write basket river backwards.", "en")) == ("teksab", "revir")


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("What colour is the sky?", "blue"),
        ("How many days are in a week?", "7"),
        ("How many legs does a dog have?", "four"),
        ("What is the capital of France?", "Paris"),
    ],
)
def test_known_looks_up_what_is_published(ask: str, answer: str) -> None:
    assert only(ask, answer).attackers["known"] == 1


def test_known_does_not_know_your_community() -> None:
    question = only("Which word is in bold under this forum's name?", "kestrel")
    assert set(question.attackers.values()) == {0}
    assert question.best == 0
    assert question.advice == ""


def test_the_judge_decides_with_the_match_of_the_question() -> None:
    """A set wants all of its words, so that repeating one of them does not pass."""
    assert only("Which colours: red and blue?", ["red", "blue"], match="set").attackers["echo"] == 0
    assert only("Write Green!", "Green!", match="exact").attackers["echo"] == 1 / 2


@pytest.mark.parametrize(
    ("lang", "ask", "numbers"),
    [
        ("en", "three, four, a hundred and six", [3, 4, 106]),
        ("en", "acht, zehn", []),
        ("de", "acht, zehn", [8, 10]),
        ("fr", "une pomme et trois poires", [1, 3]),
        ("fr", "une pomme et trois poires, quatre-vingt-dix-neuf", [3, 99]),
        ("fr", "une pomme", []),
        ("fr", "deux mots dans une phrase, trois fois", [2, 3]),
        ("pl", "ten dom", []),
        ("ru", "двадцать одна и две", [21, 2]),
        ("ar", "أربع بيضات وثلاث تفاحات", [4, 3]),
        ("ar", "مئة وثلاثة وعشرون", [123]),
        ("zh", "下一个数：二、四", [2, 4]),
        ("ja", "一番大きいのは十二", [12]),
        ("tr", "on iki", [12]),
        ("en", "٤٢ and ４", [42, 4]),
        ("en", "1 2 3", [1, 2, 3]),
    ],
)
def test_numbers_are_found_in_words(lang: str, ask: str, numbers: list[int]) -> None:
    """In the question's own language; what may be an article counts only beside one other number."""
    assert [number.value for number in Asked(ask, lang).numbers] == numbers


@pytest.mark.parametrize(
    ("lang", "ask", "items"),
    [
        ("en", "Which is heavier, a feather or a brick?", ("a feather", "a brick")),
        ("en", "river, spoon and cloud: which comes first?", ("river", "spoon", "cloud")),
        ("en", "Who painted the door?", ()),
        ("de", "Was ist größer: ein Bus, eine Maus oder ein Haus?", ("ein Bus", "eine Maus", "ein Haus")),
        ("ja", "やかん、みかん、アリの中で、一番大きいものはどれですか。", ("やかん", "みかん", "アリ")),
        ("ja", "「庭、雲、川」で、「雲」のすぐ前の言葉は何ですか。", ("庭", "雲", "川")),
        ("zh", "锤子、牛、马，哪一个不是一类？", ("锤子", "牛", "马")),
        ("ar", "أيها أكبر: حذاء أم ليمونة؟", ("حذاء", "ليمونة")),
    ],
)
def test_lists_are_found(lang: str, ask: str, items: tuple[str, ...]) -> None:
    assert Asked(ask, lang).items == items


def test_attackers_stand_any_text() -> None:
    """Whatever a bank asks, in whatever language: guesses are texts that are not empty."""
    rng = random.Random(7)
    pieces = [
        *"，、,「」\"'-·:?. 09٤五",
        "second ",
        "letter ",
        "次の",
        "without ",
        "first ",
        "أول ",
        "\u0301",
        " or ",
    ]
    for _ in range(1_500):
        ask = "".join(rng.choices(pieces, k=rng.randint(0, 25)))
        asked = Asked(ask, rng.choice(["en", "ja", "zh", "ar", "de", "sv", "und"]))
        for attack in ATTACKERS.values():
            guesses = attack(asked)
            assert all(isinstance(guess, str) and guess for guess in guesses), (ask, guesses)
