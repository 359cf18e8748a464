"""What a poster is told: in which language, about what, and in which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gate.verdicts import Code
from gate.web.words import LANGUAGES, Count, Line, Words, words_in

DOCS = Path(__file__).parent.parent.parent / "docs" / "messages.md"
UNWANTED = re.compile(r"\b(invalid|forbidden|oops|please|captcha|sorry|illegal)\b", re.IGNORECASE)

ENGLISH = {
    name: line.text if isinstance(line, Line) else f"{line.one}, {line.many}"
    for name, line in vars(Words).items()
    if isinstance(line, Line | Count)
}


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("pt-BR", "pt"),
        ("pt_PT", "pt"),
        ("zh-Hant-TW", "zh"),
        ("AR", "ar"),
        ("sv", "en"),
        ("he", "en"),
        ("", "en"),
        ("../../de", "en"),
    ],
)
def test_a_region_falls_back_to_its_language_and_the_unknown_to_english(tag: str, lang: str) -> None:
    words = words_in(tag)
    assert words.lang == lang
    assert words.dir == ("rtl" if lang == "ar" else "ltr")


def test_each_language_says_it_in_its_own_words() -> None:
    titles = {words_in(lang).title for lang in LANGUAGES}
    assert len(titles) == len(LANGUAGES)
    assert words_in("en").title == "Spam check"
    assert words_in("de").another == "Andere Frage"
    assert words_in("ja").retry == "もう一度試す"


@pytest.mark.parametrize(
    ("lang", "seconds", "says"),
    [
        ("en", 1, "wait 1 second, then"),
        ("en", 59, "wait 59 seconds, then"),
        ("en", 60, "wait 1 minute, then"),
        ("en", 61, "wait 2 minutes, then"),
        ("fr", 1, "attendez 1 seconde, puis"),
        ("pl", 1, "odczekaj 1 sekundę i"),
        ("pl", 3, "odczekaj 3 sekundy i"),
        ("pl", 12, "odczekaj 12 sekund i"),
        ("pl", 22, "odczekaj 22 sekundy i"),
        ("ru", 1, "подождите 1 секунду и"),
        ("ru", 2, "подождите 2 секунды и"),
        ("ru", 11, "подождите 11 секунд и"),
        ("ru", 21 * 60, "подождите 21 минуту и"),
        ("tr", 5, "5 saniye bekleyin"),
        ("ja", 300, "5分待ってから"),
        ("zh", 300, "请等待5分钟后"),
        ("ar", 1, "الانتظار ثانية واحدة،"),
        ("ar", 2, "الانتظار ثانيتين،"),
        ("ar", 3, "الانتظار 3 ثوانٍ،"),
        ("ar", 11, "الانتظار 11 ثانية،"),
        ("ar", 120, "الانتظار دقيقتين،"),
        ("ar", 3600, "الانتظار 60 دقيقة،"),
    ],
)
def test_a_wait_is_in_the_right_plural(lang: str, seconds: int, says: str) -> None:
    assert says in words_in(lang).say(Code.RATE_LIMITED, wait=seconds)


def test_a_wait_that_nobody_knows_is_a_second() -> None:
    assert "wait 1 second" in words_in("en").say(Code.RATE_LIMITED)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", Code)
def test_every_code_says_something_in_every_language(code: Code, lang: str) -> None:
    words = words_in(lang)
    for told in (words.say(code, question="1 {x} %s?", wait=5), words.say_here(code, question="?", wait=5)):
        assert told
        assert "{question}" not in told
        assert "{wait}" not in told


def test_a_code_that_no_poster_can_help_starts_again() -> None:
    words = words_in("en")
    assert words.say(Code.INVALID_CHALLENGE) == words.start_again
    assert words.say_here(Code.INVALID_CHALLENGE) == words.start_again_here


def test_braces_in_a_question_stay_as_they_are() -> None:
    told = words_in("en").say(Code.INCORRECT_ANSWER, question="What is {wait}?")
    assert told.startswith("“What is {wait}?” That is not the answer.")


def test_a_quoted_question_that_runs_the_other_way_is_kept_apart() -> None:
    question = "How do you spell green?"
    assert f"«\u2068{question}\u2069»" in words_in("ar").say(
        Code.INCORRECT_ANSWER, question=question, lang="en"
    )
    assert f"„{question}“" in words_in("de").say(Code.INCORRECT_ANSWER, question=question, lang="en")
    assert "“\u2068ما لون العشب؟\u2069”" in words_in("en").say(
        Code.INCORRECT_ANSWER, question="ما لون العشب؟", lang="ar"
    )


@pytest.mark.parametrize("name", ENGLISH)
def test_english_neither_blames_nor_begs(name: str) -> None:
    assert not UNWANTED.search(ENGLISH[name])
    assert "!" not in ENGLISH[name]


def test_no_two_lines_are_the_same() -> None:
    assert len(set(ENGLISH.values())) == len(ENGLISH)


def test_the_page_of_messages_lists_them_all_and_no_others() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCS.read_text("utf-8").partition("## What the demo forum says")[0].splitlines()
        if line.startswith("| ") and not line.startswith("| when")
    ]
    said = [row[1] for row in rows if len(row) == 3 and not row[1].startswith("---")]
    assert sorted(said) == sorted(ENGLISH.values())
