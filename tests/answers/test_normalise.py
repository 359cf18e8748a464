from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from gate.answers.normalise import MAX_CHARACTERS, base_language, forms, table, visible, whole_number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u200b",
        "\u00a0\t\n",
        "\ufe0f\u20e3",
        "\U000e0067\U000e007f",
        "\ud800",
        "\u3164\u115f",
        "\u0640",
    ],
)
def test_nothing_visible_has_no_form(text: str) -> None:
    assert forms(text, "en") == frozenset()


def test_a_text_longer_than_any_answer_has_no_form() -> None:
    assert forms("x" * MAX_CHARACTERS, "en")
    assert forms("x" * (MAX_CHARACTERS + 1), "en") == frozenset()


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Green.", "en", {"green"}),
        ("Grün", "de", {"grun", "gruen"}),
        ("the grey cat", "en", {"thegreycat", "thegraycat", "greycat", "graycat"}),
        ("L’eau", "fr", {"leau", "eau"}),
        ("الشمس", "ar", {"الشمس", "شمس"}),
        ("007", "en", {"007", "7"}),
        ("400,000", "en", {"400,000", "400000"}),
        ("(−5)", "en", {"-5"}),
        (">>>", "en", {">>>"}),
        ("« … »", "fr", {'"..."'}),
        ("の", "ja", {"の"}),
    ],
)
def test_the_forms_of_a_text_are_few(text: str, lang: str, expected: set[str]) -> None:
    assert forms(text, lang) == expected


@pytest.mark.parametrize(
    ("form", "lang", "number"),
    [
        ("7", "en", "7"),
        ("000", "en", "0"),
        ("-0", "en", "0"),
        ("-007", "en", "-7"),
        ("1,000", "en", "1000"),
        ("1,000", "ja", "1000"),
        ("1,000", "xx", "1000"),
        ("1.000.000", "de", "1000000"),
        ("1,000", "de", None),
        ("1.000", "en", None),
        ("1,000", "fr", None),
        ("1,00", "en", None),
        ("01,000", "en", None),
        ("1,0000", "en", None),
        ("1.0", "en", None),
        ("1e1", "en", None),
        ("0x4", "en", None),
        ("iv", "en", None),
        ("1/2", "en", None),
        ("", "en", None),
        ("-", "en", None),
    ],
)
def test_a_whole_number_is_read_as_its_digits(form: str, lang: str, number: str | None) -> None:
    assert whole_number(form, lang) == number


@pytest.mark.parametrize(
    ("tag", "base"), [("en", "en"), ("pt-BR", "pt"), ("zh_Hant_TW", "zh"), ("nb", "no"), ("DE-at", "de")]
)
def test_a_region_falls_back_to_its_language(tag: str, base: str) -> None:
    assert base_language(tag) == base


def test_what_is_visible_keeps_its_letters_and_one_kind_of_space() -> None:
    assert visible("\u200b\tＡ\u00a0b\u2028") == "Ａ b"


@pytest.mark.parametrize(
    "lang", ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "zh", "ar"]
)
def test_every_starter_language_has_its_and_its_minus_and_its_grouping(lang: str) -> None:
    known = table("languages")[lang]
    assert known.get("and") or known.get("and_glued")
    assert known["minus"]
    assert known["grouping"] in (",", ".", "")


def test_no_british_spelling_is_its_own_twin_or_another_ones_american() -> None:
    text = (resources.files("gate.answers") / "data" / "spelling.toml").read_text(encoding="utf-8")
    groups = tomllib.loads(text)["group"]
    plain = {
        british: american
        for group in groups
        for british, american in group["pairs"].items()
        if "" in group["endings"]
    }
    assert len(plain) > 100
    assert not {british for british, american in plain.items() if british == american}
    assert not plain.keys() & set(plain.values())
