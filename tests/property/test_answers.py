"""Laws of normalising and judging, over all of Unicode."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gate.answers.judge import MATCHES, is_right, one_edit
from gate.answers.normalise import MAX_CHARACTERS, forms, table, visible
from gate.answers.numbers import named, spoken

LANGS = st.sampled_from(
    ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "zh", "ar", "he", "xx"]
)
LETTERS = "aeiouıİßẞςΣſKÅäöüåøæœđłﬁŉǆかがﷺ각ᄀ"
MARKS = "\u0345\u0301\u0308\u0307\u3099\u200b\u0640\ud800\0"
SIGNS = "0123456789٤４½²₂①Ⅳ#-−–.,'’\"«»()>?!´` "
TROUBLE = st.sampled_from([*LETTERS, *MARKS, *SIGNS, "ال", "l'", "the ", "the", "a ", "ä ", "å\r"])
ANY_CHARACTER = st.characters(exclude_categories=())
TEXTS = st.lists(TROUBLE | ANY_CHARACTER, max_size=24).map("".join)
INVISIBLE = st.sampled_from(
    ["\u200b", "\u200d", "\ufeff", "\u00ad", "\ufe0f", "\u202e", "\u2060", "\u034f", "\0"]
)
# NFKC itself joins these with a digit beside them (4² and 42); gate keeps them apart.
RAISED_OR_BROKEN = re.compile(r"[⁰¹²³⁴-⁹₀-₉¼½¾⅐-⅟↉]")


@given(TEXTS, LANGS)
def test_a_form_is_one_of_its_own_forms(text: str, lang: str) -> None:
    for form in forms(text, lang):
        assert form in forms(form, lang) or len(form) > MAX_CHARACTERS


@given(TEXTS | st.text(ANY_CHARACTER, max_size=300), LANGS)
@example("Ä\r0", "en")
def test_normalising_never_raises(text: str, lang: str) -> None:
    assert isinstance(forms(text, lang), frozenset)


@given(TEXTS, LANGS)
def test_canonical_forms_of_unicode_do_not_matter(text: str, lang: str) -> None:
    texts = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    assume(max(map(len, texts)) <= MAX_CHARACTERS)
    assert {forms(each, lang) for each in texts} == {forms(text, lang)}


@given(TEXTS, LANGS)
def test_compatible_forms_of_unicode_do_not_matter(text: str, lang: str) -> None:
    assume(not RAISED_OR_BROKEN.search(text))
    texts = {unicodedata.normalize(form, text) for form in ("NFKC", "NFKD")}
    assume(max(map(len, texts)) <= MAX_CHARACTERS)
    assert {forms(each, lang) for each in texts} == {forms(text, lang)}


@given(TEXTS, LANGS)
def test_case_does_not_matter(text: str, lang: str) -> None:
    text = unicodedata.normalize("NFC", visible(text))  # str.upper makes a letter of the mark U+0345
    cased = {change(text) for change in (str.upper, str.lower, str.title, str.swapcase, str.casefold)}
    assume(max(map(len, cased)) <= MAX_CHARACTERS)
    assert {forms(each, lang) for each in cased} == {forms(text, lang)}


@given(TEXTS, LANGS, st.data())
def test_invisible_characters_do_not_matter(text: str, lang: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert forms(text[:at] + data.draw(INVISIBLE) + text[at:], lang) == forms(text, lang)


@given(TEXTS, LANGS, st.sampled_from(MATCHES), st.integers(0, 1))
@settings(max_examples=200)
def test_an_accepted_answer_is_right_for_itself(text: str, lang: str, match: str, typos: int) -> None:
    assume(match != "set")
    assert is_right(text, [text], lang=lang, match=match, typos=typos) == bool(forms(text, lang))


@given(TEXTS, TEXTS, LANGS, st.sampled_from(MATCHES))
def test_judging_never_raises_and_forgiving_only_adds(
    typed: str, accepted: str, lang: str, match: str
) -> None:
    strict = is_right(typed, [accepted, "green"], lang=lang, match=match)
    assert strict <= is_right(typed, [accepted, "green"], lang=lang, match=match, typos=1)


@given(TEXTS, TEXTS, LANGS)
def test_without_dictation_and_counters_two_answers_meet_both_ways(one: str, other: str, lang: str) -> None:
    assume(lang not in ("en", "ja", "zh"))
    assert is_right(one, [other], lang=lang) == is_right(other, [one], lang=lang)


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1), LANGS)
@settings(max_examples=60)
def test_a_number_is_never_another(typed: int, accepted: int, lang: str) -> None:
    assert is_right(str(typed), [accepted], lang=lang, typos=1) == (typed == accepted)


@given(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["ja", "zh", "tr", "ar", "de"]), st.data())
@settings(max_examples=150)
def test_a_number_in_words_is_that_number_and_no_other(
    one: int, other: int, lang: str, data: st.DataObject
) -> None:
    """However it is said, and with any counter of the language after it."""
    said = data.draw(st.sampled_from(sorted(spoken(one, lang))))
    counter = data.draw(st.sampled_from(["", *table("languages")[lang].get("counters", [])]))
    typed = said if named(said, lang) is None else said + counter
    assert is_right(typed, [one], lang=lang, typos=1)
    assert is_right(typed, [other], lang=lang, typos=1) == (one == other)


UMLAUTS = st.text("äöüßæœåaemnrst", min_size=1, max_size=7)


@given(UMLAUTS, UMLAUTS)
def test_a_word_of_fewer_than_five_letters_forgives_no_slip_however_it_is_spelt(one: str, other: str) -> None:
    assume(len(one) < 5)
    assert is_right(other, [one], lang="fr", typos=1) == is_right(other, [one], lang="fr")


@given(
    st.permutations(["red", "ice cream", "salt and pepper", "7", "été"]),
    st.sampled_from([", ", ";", "/", " & ", " ", " and "]),
)
def test_a_set_is_right_in_any_order_with_any_separator(items: list[str], separator: str) -> None:
    accepted: list[str | int] = ["red", "ice cream", "salt and pepper", 7, "été"]
    assert is_right(separator.join(items), accepted, match="set")
    assert not is_right(separator.join(items[1:]), accepted, match="set")
    assert not is_right(separator.join([*items, items[0]]), accepted, match="set")


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_one_edit_is_the_same_in_both_directions(one: str, other: str) -> None:
    assert one_edit(one, other) == one_edit(other, one)
