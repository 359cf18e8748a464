"""The catalogues: whole, in step with the code, compiled as they stand, and such that nothing can break at run time."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from gate.web.words import LANGUAGES, TRANSLATIONS, words_in
from tests.web.catalogues import (
    catalogue,
    extracted,
    messages,
    mo_file,
    po_file,
    strings,
    template,
)

PLURALS = {
    "en": 2,
    "de": 2,
    "fr": 2,
    "es": 2,
    "it": 2,
    "pt": 2,
    "nl": 2,
    "pl": 3,
    "ru": 3,
    "tr": 1,
    "ja": 1,
    "zh": 1,
    "ar": 6,
}
QUOTES = {
    "en": "“{question}”",
    "de": "„{question}“",
    "fr": "«\u00a0{question}\u00a0»",
    "es": "«{question}»",
    "it": "«{question}»",
    "pt": "“{question}”",
    "nl": "‘{question}’",
    "pl": "„{question}”",
    "ru": "«{question}»",
    "tr": "“{question}”",
    "ja": "「{question}」",
    "zh": "“{question}”",
    "ar": "«{question}»",
}
SAME_AS_ENGLISH = {("es", "Error:"), ("fr", "{n} minute")}

each_language = pytest.mark.parametrize("lang", LANGUAGES)


def test_every_language_has_a_catalogue_and_no_other() -> None:
    assert {path.name for path in TRANSLATIONS.iterdir() if path.is_dir()} == set(LANGUAGES)
    assert set(PLURALS) == set(QUOTES) == set(LANGUAGES)


def test_the_template_holds_what_the_code_says() -> None:
    """If this fails: ``python -m tests.web.catalogues``, then translate what is new."""
    assert [(message.id, message.auto_comments) for message in messages(template())] == [
        (message.id, message.auto_comments) for message in messages(extracted())
    ]


@each_language
def test_a_catalogue_is_whole(lang: str) -> None:
    catalog = catalogue(lang)
    assert [message.id for message in messages(catalog)] == [message.id for message in messages(template())]
    assert not catalog.obsolete
    for message in messages(catalog):
        assert all(strings(message)), message.id
        assert not message.fuzzy, message.id


@each_language
def test_a_catalogue_begins_with_its_glossary(lang: str) -> None:
    header = catalogue(lang).header_comment
    assert "Quotes:" in header
    assert all(word in header for word in ("question", "answer", "spam check", "reply", "to send", "to post"))


@each_language
def test_the_compiled_catalogue_is_what_the_translators_wrote(lang: str) -> None:
    """If this fails: ``python -m tests.web.catalogues``."""
    with mo_file(lang).open("rb") as file:
        shipped = read_mo(file)
    written = catalogue(lang)
    assert contents(shipped) == contents(written)
    assert (shipped.num_plurals, shipped.plural_expr) == (written.num_plurals, written.plural_expr)


@each_language
def test_placeholders_are_those_of_the_source(lang: str) -> None:
    for message in messages(catalogue(lang)):
        wanted = placeholders(one(message))
        for number, text in enumerate(strings(message)):
            if (lang, number) in ONE_NUMBER_ONLY and message.pluralizable:
                assert placeholders(text) <= wanted
            else:
                assert placeholders(text) == wanted, text


ONE_NUMBER_ONLY = {("ar", 1), ("ar", 2)}
"""Plural forms that stand for a single number, and say it as a word: one second, the dual."""


@each_language
def test_every_string_formats(lang: str) -> None:
    for message in messages(catalogue(lang)):
        for text in strings(message):
            shown = text.format(question="Why?", wait="1 s", n=7)
            assert not re.search(r"[{}]", shown)
            assert shown == shown.strip()
            assert "  " not in shown


@each_language
def test_plural_forms_are_those_of_the_language(lang: str) -> None:
    catalog = catalogue(lang)
    assert catalog.num_plurals == PLURALS[lang]
    counted = [message for message in messages(catalog) if message.pluralizable]
    assert {len(strings(message)) for message in counted} == {PLURALS[lang]}
    assert len(counted) == 2


@each_language
def test_one_plural_form_never_serves_two_of_the_languages_own(lang: str) -> None:
    """gettext's rule against Unicode's: numbers that Unicode tells apart are told apart here."""
    rule = Locale.parse(lang).plural_form
    patterns: dict[str, set[str]] = {}
    for number in range(1, 201):
        pattern = words_in(lang).seconds(number).replace(str(number), "{n}")
        patterns.setdefault(rule(number), set()).add(pattern)
    assert all(len(found) == 1 for found in patterns.values()), patterns


@each_language
def test_a_question_stands_in_the_languages_own_quotes(lang: str) -> None:
    quoting = [
        text for message in messages(catalogue(lang)) for text in strings(message) if "{question}" in text
    ]
    assert len(quoting) == 2
    assert all(QUOTES[lang] in text for text in quoting)


@each_language
def test_nothing_is_left_in_english(lang: str) -> None:
    same = {
        (lang, one(message)) for message in messages(catalogue(lang)) if strings(message)[0] == one(message)
    }
    if lang == "en":
        assert len(same) == len(messages(template()))
    else:
        assert same <= SAME_AS_ENGLISH


def test_french_never_lets_its_punctuation_slip_to_the_next_line() -> None:
    for message in messages(catalogue("fr")):
        for text in strings(message):
            assert not re.search(r" [:;?!»]|« |[^\u00a0][:;?!»]", text), text


OTHER_ADDRESS = {
    "de": r"\b(Sie|Ihre?[nmrs]?|Ihnen|bitte)\b",
    "fr": r"\b([Tt]u|[Tt]on|[Tt]a|[Tt]es|[Tt]oi)\b",
    "es": r"\b([Uu]sted(es)?|[Vv]uestr[ao]s?|[Ss]us?)\b|\b\w+ad\b(?=:)",
    "it": r"\b(Lei|La Sua|Suo|Sua|voi|vostr[oaie])\b",
    "pt": r"\b([Vv]ocês?|[Tt]eu|[Tt]ua|[Tt]i)\b",
    "nl": r"\b(u|uw|U|Uw)\b",
    "pl": r"\b(Pan|Pani|Państwo|[Ww]asz\w*)\b",
    "ru": r"\b([Тт]ы|[Тт]ебя|[Тт]ебе|[Тт]во\w+)\b",
    "tr": r"\b([Ss]en|[Ss]ana|[Ss]enin)\b",
    "zh": r"你",
}
"""How the reader is not addressed: the catalogue's first line says how instead."""

OTHER_WORDS = {
    "de": "Posting|Kommentar|Eingabe|Nachricht",
    "fr": "commentaire|contribution",
    "es": "comentario|contestación|ordenador",
    "it": "commento|spedi",
    "pt": "comentário|tela|celular|telemóvel|ecrã",
    "nl": "reactie|versturen|verstuur",
    "pl": "post|komentarz|wiadomość",
    "ru": "комментари|пост(?!о)",
    "tr": "yanıt|yorum",
    "ja": "回答|コメント",
    "zh": "评论|帖子|验证码",
    "ar": "تعليق|رسالتك|جواب",
}
"""Words for answer, reply and the like that are good, and are not the ones of the catalogue's glossary."""


@each_language
def test_one_form_of_address_and_the_same_words_throughout(lang: str) -> None:
    told = [text for message in messages(catalogue(lang)) for text in strings(message)]
    for unwanted in (OTHER_ADDRESS.get(lang), OTHER_WORDS.get(lang)):
        assert [text for text in told if unwanted and re.search(unwanted, text)] == []


@each_language
def test_what_is_told_is_short(lang: str) -> None:
    """Two sentences on a phone: a button fits into 320 pixels, a message into five of its lines."""
    words = words_in(lang)
    assert all(len(button) <= 24 for button in (words.another, words.check, words.retry, words.go_on))
    told = [text for message in messages(catalogue(lang)) for text in strings(message)]
    assert max(len(text.format(question="", wait="", n=1)) for text in told) <= 125


@each_language
def test_a_catalogue_is_plain_text_with_a_newline_at_its_end(lang: str) -> None:
    text = po_file(lang).read_text("utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    assert not re.search("[\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)


def one(message: Message) -> str:
    """Return the English of a message, in the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def contents(catalog: Catalog) -> dict[str, list[str]]:
    return {one(message): strings(message) for message in messages(catalog)}
