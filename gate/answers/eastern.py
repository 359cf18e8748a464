"""Numbers in Chinese characters and in kana, and the counters that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from gate.answers.normalise import base_language, fold, table

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_GROUPS = ("亿", "万", "")
_TRADITIONAL = str.maketrans("两万亿", "兩萬億")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def chinese(n: int) -> str:
    """Say 0 to 999,999,999,999 in Chinese."""
    if n == 0:
        return _DIGITS[0]
    said = ""
    gap = False
    for group, unit in zip((n // 10**8, n // 10**4 % 10**4, n % 10**4), _GROUPS, strict=True):
        if group:
            said += ("零" if said and (gap or group < 1000) else "") + _below_ten_thousand(group) + unit
        gap = group == 0
    return said[1:] if said.startswith("一十") else said


def chinese_ways(n: int) -> Iterator[str]:
    """Say a number as ``chinese`` does and in every other usual way and script; years also digit by digit."""
    for said in _colloquial(n, chinese(n)):
        for text in (said, said.translate(_TRADITIONAL)):
            yield text
            yield text.replace("零", "〇")


def kana_ways(n: int) -> Iterator[str]:
    """Read 0 to 9999 in Japanese, in hiragana and in katakana; nothing for other numbers."""
    if not 0 <= n <= 9999:
        return
    readings = table("number_words")["ja"]["readings"]
    places = zip(("thousands", "hundreds", "tens", "ones"), f"{n:04}", strict=True)
    parts = [readings[place][int(digit)].split() or [""] for place, digit in places]
    for reading in map("".join, product(*parts)) if n else readings["zero"]:
        yield reading
        yield reading.translate(_KATAKANA)


def without_counter(form: str, lang: str) -> str | None:
    """Return what stands before a counter ("3個", "三本"); None where there is none."""
    match = _counters(base_language(lang)).fullmatch(form)
    return match[1] if match else None


@lru_cache(maxsize=64)
def _counters(base: str) -> re.Pattern[str]:
    counters = (fold(each)[0] for each in table("languages").get(base, {}).get("counters", ()))
    return re.compile(rf"(.+?)(?:{'|'.join(map(re.escape, counters)) or '(?!)'})")


def _below_ten_thousand(n: int) -> str:
    said = ""
    for place, digit in zip(range(len(str(n)) - 1, -1, -1), map(int, str(n)), strict=True):
        said += _DIGITS[digit] + (_UNITS[place] if digit else "")
    return re.sub("零+", "零", said).rstrip("零")


def _colloquial(n: int, said: str) -> Iterator[str]:
    yield said
    yield re.sub("^二(?=[百千万亿]|$)", "两", said)
    yield re.sub("二(?=[百千万亿])|^二$", "两", said)
    yield re.sub("二十", "廿", re.sub("三十", "卅", said))
    if said.startswith("十"):
        yield "一" + said
    if n in (100, 1000, 10_000):
        yield said[1:]
    if 1000 <= n <= 9999:
        yield "".join(_DIGITS[int(digit)] for digit in str(n))
