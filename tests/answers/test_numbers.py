from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from gate.answers import numbers
from gate.answers.normalise import forms
from gate.answers.numbers import counted, in_words, named, nearby, number_of, ordinal, spoken

STARTER = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "zh", "ar"]


@pytest.mark.parametrize(
    ("n", "lang", "words"),
    [
        (42, "en", "forty-two"),
        (42, "en-GB", "forty-two"),
        (0, "fr", "zéro"),
        (70, "fr", "soixante-dix"),
        (70, "fr-CH", "septante"),
        (16, "pt-BR", "dezesseis"),
        (16, "pt_PT", "dezasseis"),
        (1, "nb", "en"),
        (-5, "en", "minus five"),
        (-5, "pl", "minus pięć"),
        (-5, "zh", "负五"),
        (0, "zh", "零"),
        (10, "zh", "十"),
        (12, "zh", "十二"),
        (20, "zh", "二十"),
        (105, "zh", "一百零五"),
        (110, "zh", "一百一十"),
        (1005, "zh-Hans-CN", "一千零五"),
        (1050, "zh", "一千零五十"),
        (9000, "zh", "九千"),
        (9999, "zh", "九千九百九十九"),
        (10_000, "zh", "一万"),
        (10_005, "zh", "一万零五"),
        (101_000, "zh", "十万一千"),
        (200_010, "zh", "二十万零一十"),
        (100_001_000, "zh", "一亿零一千"),
        (10**12 - 1, "zh", "九千九百九十九亿九千九百九十九万九千九百九十九"),
    ],
)
def test_a_number_in_words(n: int, lang: str, words: str) -> None:
    assert in_words(n, lang) == words


@pytest.mark.parametrize(
    ("n", "lang", "word"),
    [
        (1, "en", "first"),
        (22, "en", "twenty-second"),
        (2, "fr", "deuxième"),
        (3, "de", "dritte"),
        (2, "zh", "第二"),
    ],
)
def test_an_ordinal(n: int, lang: str, word: str) -> None:
    assert ordinal(n, lang) == word


@pytest.mark.parametrize(
    ("n", "lang", "problem"),
    [
        (1, "xx", 'no number words for language "xx"'),
        (1, "", "no number words"),
        (10**12, "en", "more than 12 digits"),
        (-(10**12), "en", "more than 12 digits"),
        (True, "en", "no whole number"),
        (1.5, "en", "no whole number"),
    ],
)
def test_what_cannot_be_said_is_a_clear_error(n: Any, lang: str, problem: str) -> None:
    for say in (in_words, ordinal):
        with pytest.raises(ValueError, match=problem):
            say(n, lang)


@pytest.mark.parametrize(("n", "lang"), [(2, "cs"), (-1, "en"), (-1, "zh")])
def test_an_ordinal_that_nobody_can_say_is_a_clear_error(n: int, lang: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be said as ordinal|has no ordinal"):
        ordinal(n, lang)


@pytest.mark.parametrize("lang", STARTER)
def test_every_number_of_everyday_is_known_by_its_words(lang: str) -> None:
    for n in range(101):
        assert forms(in_words(n, lang), lang) & spoken(n, lang)
        assert {named(form, lang) for form in spoken(n, lang)} == {n}


@pytest.mark.parametrize("lang", STARTER)
def test_no_word_stands_for_two_numbers(lang: str) -> None:
    owner: dict[str, int] = {}
    for n in (*range(300), *range(1000, 10_000, 97), *range(10_000, 1_000_000, 9_970)):
        for form in spoken(n, lang):
            assert owner.setdefault(form, n) == n


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (2, "两 兩 二 贰 貳 俩"),
        (10, "十 一十 拾"),
        (20, "二十 廿"),
        (24, "二十四 廿四"),
        (31, "三十一 卅一"),
        (100, "一百 百"),
        (205, "二百零五 两百零五 兩百零五 二百〇五"),
        (2222, "二千二百二十二 两千二百二十二 两千两百二十二 兩千兩百二十二 二二二二"),
        (2005, "两千零五 二〇〇五 二零零五"),
        (20_000, "二万 两万 兩萬 二萬"),
        (10_000, "一万 一萬 萬 万"),
        (200_000_000, "二亿 两亿 兩億"),
    ],
)
def test_chinese_has_two_scripts_and_several_manners(n: int, words: str) -> None:
    assert set(words.split()) <= spoken(n, "zh")


@pytest.mark.parametrize(
    ("n", "readings"),
    [
        (0, "れい ぜろ ゼロ まる"),
        (4, "よん し ヨン よっつ"),
        (7, "なな しち ナナ シチ ななつ"),
        (9, "きゅう く キュウ"),
        (14, "じゅうよん じゅうし"),
        (79, "ななじゅうきゅう しちじゅうく ナナジュウキュウ"),
        (100, "ひゃく ヒャク"),
        (360, "さんびゃくろくじゅう"),
        (600, "ろっぴゃく"),
        (1000, "せん いっせん"),
        (3801, "さんぜんはっぴゃくいち"),
    ],
)
def test_japanese_numbers_are_read_in_kana(n: int, readings: str) -> None:
    assert set(readings.split()) <= spoken(n, "ja")


@pytest.mark.parametrize(
    ("form", "lang", "digits"),
    [
        ("3つ", "ja", "3"),
        ("三本", "ja", "3"),
        ("二十四匹", "ja", "24"),
        ("365枚", "ja", "365"),
        ("两个", "zh", "2"),
        ("廿四條", "zh", "24"),
        ("本", "ja", None),
        ("日本", "ja", None),
        ("3月", "ja", None),
        ("3週間", "ja", None),
        ("3本3", "ja", None),
        ("3個本", "ja", None),
        ("三天", "zh", None),
        ("个", "zh", None),
        ("3本", "en", None),
    ],
)
def test_a_counter_after_a_number_counts_things(form: str, lang: str, digits: str | None) -> None:
    assert counted(form, lang) == digits


@pytest.mark.parametrize("lang", ["fi", "cs", "xx", "vi", "am", "en-IN"])
def test_other_languages_have_what_num2words_knows_and_english(lang: str) -> None:
    assert "twelvehundred" in spoken(1200, lang)
    assert named("twelve", lang) == 12


def test_more_than_twelve_digits_are_never_put_in_words() -> None:
    assert spoken(10**12, "en") == frozenset()
    assert spoken(10**12 - 1, "en")


@pytest.mark.parametrize(
    ("text", "lang", "n"),
    [
        ("seven", "en", 7),
        ("two hundred", "en", 200),
        ("four hundred six", "en", 406),
        ("a hundred and one", "en", 101),
        ("two thousand and six", "en", 2006),
        ("one million two hundred thousand", "en", 1_200_000),
        ("deux cent six", "fr", 206),
        ("two six", "en", None),
        ("twenty twenty", "en", None),
        ("seven dwarfs", "en", None),
        ("green", "en", None),
        ("douze", "en", None),
    ],
)
def test_words_are_read_as_a_number(text: str, lang: str, n: int | None) -> None:
    assert number_of(text.split(" "), lang) == n


@pytest.mark.parametrize(
    ("form", "lang", "near"),
    [
        ("seven", "en", {7}),
        ("fourty", "en", {40}),
        ("seveny", "en", {7, 70}),
        ("eighty", "en", {8, 80}),
        ("green", "en", set()),
        ("десять", "ru", {9, 10}),
    ],
)
def test_the_numbers_that_a_slip_may_stand_for(form: str, lang: str, near: set[int]) -> None:
    assert nearby(form, lang) == near


def test_num2words_is_loaded_by_the_first_number_only() -> None:
    program = (
        "import sys; from gate.answers import judge; "
        "from_start = {'num2words', 'flask', 'werkzeug', 'wtforms', 'click'} & sys.modules.keys(); "
        "judge.is_right('4', ['four']); "
        "print(sorted(from_start), 'num2words' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\n"


def test_a_fault_in_num2words_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def to_cardinal(self, n: int) -> str:
            raise TypeError(f"cannot unpack {n}")

    monkeypatch.setattr(numbers, "_converters", lambda: {"en": Broken()})
    with pytest.raises(ValueError, match='5 cannot be said as cardinal in "en"'):
        in_words(5, "en")
