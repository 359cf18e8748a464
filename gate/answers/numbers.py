"""Numbers in words, in every language that num2words speaks and in Chinese, and words back to numbers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from gate.answers.eastern import chinese, chinese_ways, kana_ways, without_counter
from gate.answers.normalise import (
    UNSPACED,
    Letters,
    NormalAnswer,
    Phrase,
    base_language,
    forms,
    phrases,
    settled,
    table,
    whole_number,
)

MOST_DIGITS = 12
"""Digits of the longest number that is put in words."""

SOUNDS_LIKE = {"for": "4", "to": "2", "too": "2", "won": "1", "ate": "8"}
"""What English dictation writes for a number."""

_NAMED = (*range(101), *range(200, 1001, 100), *range(2000, 10001, 1000), 10**5, 10**6, 10**9)
_EASTERN = {"zh": chinese_ways, "ja": kana_ways}
# A number's year is read in hundreds in these languages, as in English.
_HUNDREDS_YEARS = ("de", "nl", "da", "no")
_REGIONS = {"fr": ("fr", "fr_BE", "fr_CH"), "pt": ("pt", "pt_BR")}
# num2words leaves some languages half done; what it then raises is of every kind.
_UNFINISHED = (ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)
# Its Arabic converter keeps the number it is working on in a shared object.
_one_at_a_time = threading.Lock()


def in_words(n: int, lang: str) -> str:
    """Return ``n`` in words of ``lang`` (BCP 47), as a question would say it.

    Raises ValueError for a language that has no number words here, for more than 12 digits, and where
    num2words cannot say that number.
    """
    _require_sayable(n)
    base = base_language(lang)
    if n < 0 and (minus := table("languages").get(base, {}).get("minus")):
        return f"{minus}{'' if base in UNSPACED else ' '}{in_words(-n, lang)}"
    return chinese(n) if base == "zh" else _converted(n, _converter(lang), "cardinal")


def ordinal(n: int, lang: str) -> str:
    """Return ``n`` as an ordinal of ``lang`` (BCP 47), "second" for 2, in its dictionary form.

    Raises ValueError as :func:`in_words` does, and for a number below zero.
    """
    _require_sayable(n)
    if n < 0:
        raise ValueError(f"{n} has no ordinal; give 0 or more")
    if base_language(lang) == "zh":
        return "第" + chinese(n)
    return _converted(n, _converter(lang), "ordinal")


@lru_cache(maxsize=4096)
def ways(n: int, lang: str) -> Mapping[Phrase, Letters]:
    """Return every way to say ``n`` in ``lang`` and in English, as ``phrases`` does; none beyond 12 digits."""
    if abs(n) >= 10**MOST_DIGITS:
        return {}
    base = base_language(lang)
    said: dict[Phrase, Letters] = {}
    for text in _english(n):
        said |= phrases(text, "en")
    if base != "en":
        for text in _native(n, base):
            said |= phrases(text, base)
    return said


@lru_cache(maxsize=4096)
def spoken(n: int, lang: str) -> frozenset[NormalAnswer]:
    """Return the forms of all :func:`ways` to say ``n``."""
    return frozenset(NormalAnswer(settled("".join(phrase))) for phrase in ways(n, lang))


def number_of(phrase: Iterable[str], lang: str) -> int | None:
    """Return the number that the words of a phrase say in ``lang`` or in English, or None.

    Knows the everyday numbers by heart and adds up others from their parts, if they are said that way.
    """
    words = tuple(phrase)
    whole = "".join(words)
    names = _names(base_language(lang))
    if whole in names:
        return names[whole]
    total = _added_up(words, names)
    return total if total is not None and whole in spoken(total, lang) else None


def named(form: str, lang: str) -> int | None:
    """Return the everyday number that is called ``form`` in ``lang`` or in English, or None."""
    return _names(base_language(lang)).get(form)


@lru_cache(maxsize=65_536)
def forms_with_digits(text: str, lang: str) -> frozenset[str]:
    """Return the forms of an answer; a number in words has its digits among them, so that "four" meets 4."""
    found = frozenset[str](forms(text, lang))
    return found | {str(number) for form in found if (number := named(form, lang)) is not None}


def counted(form: str, lang: str) -> str | None:
    """Return the digits of a number with a counter after it, as Japanese and Chinese have it: "3個" is 3.

    None for anything else. Units of time and measure are no counters: 7 weeks are not 7 days.
    """
    rest = without_counter(form, lang)
    if rest is None:
        return None
    number = named(rest, lang)
    return whole_number(rest, lang) if number is None else str(number)


def nearby(form: str, lang: str) -> frozenset[int]:
    """Return the everyday numbers whose name is ``form`` but for one slip."""
    near = _slips(base_language(lang))
    return frozenset().union(*(near.get(each, frozenset()) for each in _with_one_dropped(form)))


def _require_sayable(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int):
        raise ValueError(f"{n!r} is no whole number; only whole numbers are put in words")
    if abs(n) >= 10**MOST_DIGITS:
        raise ValueError(f"{n} has more than 12 digits; write it in digits")


def _converters() -> dict[str, Any]:
    import num2words  # late: it loads fifty languages, which many a process never needs

    classes: dict[str, Any] = num2words.CONVERTER_CLASSES
    return classes


def _converter(lang: str) -> str:
    """Name the converter of a language, of its region where there is one."""
    regional = re.sub(r"^([^_-]+)[_-]([^_-]+).*", lambda tag: f"{tag[1].lower()}_{tag[2].upper()}", lang)
    for name in (regional, base_language(lang)):
        if name in _converters():
            return name
    raise ValueError(f'no number words for language "{lang}"; write the numbers in digits')


def _converted(n: int, converter: str, kind: str) -> str:
    try:
        with _one_at_a_time:
            return str(getattr(_converters()[converter], f"to_{kind}")(n)).strip()
    except _UNFINISHED as error:
        raise ValueError(f'{n} cannot be said as {kind} in "{converter}"; write it in digits') from error


def _english(n: int) -> Iterator[str]:
    """Say a number in British, American and year manner: "twelve hundred", "a hundred and one"."""
    if n < 0:
        for text in _english(-n):
            yield f"minus {text}"
            yield f"negative {text}"
        yield f"minus {-n}"
        return
    yield from table("number_words")["en"]["words"].get(str(n), ())
    for text in (_converted(n, "en", "cardinal").replace(",", ""), *_english_hundreds(n)):
        first, conjunction, last = text.rpartition(" and ")
        for way in (text, text.replace(" and ", " "), first.replace(" and ", " ") + conjunction + last):
            yield way
            yield re.sub("^one (?=[htmb])", "a ", way)


def _english_hundreds(n: int) -> Iterator[str]:
    hundreds, rest = divmod(n, 100)
    if not 11 <= hundreds <= 99:
        return
    said = _converted(hundreds, "en", "cardinal")
    if rest == 0:
        yield f"{said} hundred"
        return
    under = _converted(rest, "en", "cardinal")
    yield f"{said} hundred and {under}"
    yield f"{said} {under}" if rest > 9 else f"{said} oh {under}"


def _native(n: int, base: str) -> Iterator[str]:
    """Say a number in another language, in each region's way, gender and usual case."""
    minus = table("languages").get(base, {}).get("minus")
    if n < 0:
        if minus:
            yield from (f"{minus} {text}" for text in (*_native(-n, base), str(-n)))
        return
    if base in _EASTERN:
        yield from _EASTERN[base](n)
    own = table("number_words").get(base, {})
    yield from own.get("words", {}).get(str(n), ())
    for said in _said_by_converters(n, base):
        for text in _arabic_ways(said, n) if base == "ar" else (said,):
            yield text
            yield from _inflected(text, n, base, own)


def _said_by_converters(n: int, base: str) -> Iterator[str]:
    for converter in _REGIONS.get(base, (base,)):
        if converter not in _converters():
            continue
        for kind in ("cardinal", "year") if base in _HUNDREDS_YEARS and 1100 <= n <= 9999 else ("cardinal",):
            try:
                yield _converted(n, converter, kind)
            except ValueError:
                continue


def _inflected(said: str, n: int, base: str, own: dict[str, Any]) -> Iterator[str]:
    one = table("languages").get(base, {}).get("leading_one")
    if one and n >= 100 and said.startswith(one):
        yield said.removeprefix(one)
    for ending, others in own.get("endings", {}).items():
        if said.endswith(ending):
            yield from (said.removesuffix(ending) + other for other in others)
    last, words = n % 10, own.get("words", {})
    if n > 20 and last in (1, 2) and (genders := words.get(str(last))):
        plain = next(_said_by_converters(last, base), genders[0])
        if said.endswith(plain):
            yield from (said.removesuffix(plain) + gender for gender in genders)


def _arabic_ways(said: str, n: int) -> Iterator[str]:
    """Say what is below a hundred in either gender; and a hundred in either spelling."""
    words = table("number_words")["ar"]["words"]
    rest, units = n % 100, words.get(str(n % 10), ())
    plain = next(_said_by_converters(rest, "ar"), "") if n > 12 and rest else ""
    if rest <= 12:
        endings = words.get(str(rest), ())
    elif rest < 20:
        endings = [f"{unit} {ten}" for unit in units for ten in ("عشر", "عشرة")]
    else:
        endings = [f"{unit} {plain.partition(' ')[2]}" for unit in units]
    head = said.removesuffix(plain) if plain and said.endswith(plain) else None
    for text in (said, *(head + ending for ending in endings if head is not None)):
        yield text
        yield text.replace("مائة", "مئة")


@lru_cache(maxsize=64)
def _names(base: str) -> dict[str, int]:
    """Form -> number, for the numbers of everyday; a form that says two numbers says none."""
    names: dict[str, int] = {}
    twofold: set[str] = set()
    for n in _NAMED:
        for form in spoken(n, base):
            if names.setdefault(form, n) != n:
                twofold.add(form)
    return {form: n for form, n in names.items() if form not in twofold}


def _added_up(words: tuple[str, ...], names: dict[str, int]) -> int | None:
    """Add up the parts of a number, "two thousand and six" being 2 * 1000 + 6; pass other words over."""
    total = group = 0
    values = [names[word] for word in words if word in names]
    if len(values) < 2 or len(words) > 2 * len(values):
        return None
    for value in values:
        if value >= 1000:
            total, group = total + (group or 1) * value, 0
        else:
            group = (group or 1) * value if value == 100 else group + value
    return total + group


def _with_one_dropped(form: str) -> set[str]:
    return {form, *(form[:i] + form[i + 1 :] for i in range(len(form)))}


@lru_cache(maxsize=64)
def _slips(base: str) -> dict[str, frozenset[int]]:
    """What is left of a number's name when one letter is dropped -> the numbers that it may be.

    Two names one slip apart (insert, delete, replace or swap) always share such a rest.
    """
    slips: dict[str, set[int]] = {}
    for name, n in _names(base).items():
        for rest in _with_one_dropped(name):
            slips.setdefault(rest, set()).add(n)
    return {rest: frozenset(numbers) for rest, numbers in slips.items()}
