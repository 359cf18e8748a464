"""One table for every sentence of the judging rules: what was typed, what is accepted, and whether they meet."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from gate.answers import judge
from gate.answers.judge import is_right, one_edit

Case = tuple[str, Any, bool, dict[str, Any]]


def right(typed: str, accepted: Any, **how: Any) -> Case:
    return typed, accepted, True, how


def wrong(typed: str, accepted: Any, **how: Any) -> Case:
    return typed, accepted, False, how


LENGTH_AND_NOTHING = [
    wrong("x" * 201, ["x" * 201]),
    wrong("x" * 201, ["x" * 201], match="exact"),
    wrong("green" + " " * 196, ["green"]),
    right("x" * 200, ["x" * 200]),
    right("green" + " " * 195, ["green"]),
    wrong("", [""]),
    wrong("", ["green"]),
    wrong("   ", ["   "]),
    wrong("\u200b\u2060\ufeff", ["\u200b\u2060\ufeff"]),
    wrong("\t\u00a0\u3000", ["\t"], match="exact"),
    wrong("\u200b", ["\u200b"], match="exact"),
    wrong("\u3164", ["\u3164"]),
    wrong("\u2800", ["\u2800"]),
    wrong("\0", ["\0"]),
    wrong(" ", [" "], match="set"),
    wrong("green", []),
    wrong("green", [], match="set"),
]

UNICODE = [
    right("ｇｒｅｅｎ", ["green"]),
    right("𝐠𝐫𝐞𝐞𝐧", ["green"]),
    right("ﬁsh", ["fish"]),
    right("Paris", ["Pa\u200bris"]),
    right("Pa\u200dr\u2060is", ["Paris"]),
    right("\u202egreen\u202c", ["green"]),
    right("\ufeffgreen", ["green"]),
    right("gr\u00adeen", ["green"]),
    right("gr\x00een", ["green"]),
    right("❤\ufe0f", ["❤"]),
    right("7\ufe0f\u20e3", [7]),
    right(" ice\u00a0 \t\u3000cream\n", ["ice cream"]),
    right("GREEN", ["green"]),
    right("two", ["Two"]),
    right("blue", ["Blue"]),
    right("STRASSE", ["Straße"], lang="de"),
    right("ΟΔΟΣ", ["οδος"], lang="el"),
    right("İstanbul", ["istanbul"], lang="tr"),
    right("ISTANBUL", ["ıstanbul"], lang="tr"),
    right("kir", ["kır"], lang="tr"),
    right("lion's", ["lion’s"]),
    right("lion´s", ["lions"]),
    right("ice—cream", ["ice-cream"]),
    right("−5", [-5]),
    right("٤٢", [42]),
    right("४२", [42]),
    right("4٢", ["42"]),
    right("４", ["4"]),
    right("Hiếu", [unicodedata.normalize("NFD", "Hiếu")], lang="vi"),
    right(unicodedata.normalize("NFD", "Hiếu"), ["Hiếu"], lang="vi"),
    right("\ud800green", ["green"]),
    wrong("\ud800", ["green"]),
    wrong("\ud800", ["\ud800"]),
]

PUNCTUATION = [
    right("Green.", ["green"]),
    right("«vert»", ["vert"], lang="fr"),
    right("„grün“", ["grün"], lang="de"),
    right("「赤」。", ["赤"], lang="ja"),
    right("¿verde?", ["verde"], lang="es"),
    right("(green)", ["green"]),
    right("[green]!", ["green"]),
    right("Dr. Wily", ["dr wily"]),
    right("dr wily", ["Dr. Wily"]),
    right("Rek'sai", ["reksai"]),
    right("يسار؟", ["يسار"], lang="ar"),
    right(">>>", [">>>"]),
    wrong(">>", [">>>"]),
    right("...", ["..."]),
    right("…", ["..."]),
    right("!?", ["! ?"]),
    wrong("!", ["?"]),
    right("-", ["–"]),
    right("“", ['"']),
    wrong("-5", [5]),
    wrong("5", ["-5"]),
    right("-5", ["(-5)."]),
    right("-05", [-5]),
    right("5-", [5]),
    wrong("- 5", [5]),
    wrong("1.0", [10]),
    wrong("1,5", [15]),
    wrong(".5", [5]),
    wrong("-.5", [5]),
    right("1.0", ["1.0."]),
    right("5.", [5]),
    right("3.14", ["3.14"]),
    wrong("3.14", ["314"]),
    wrong("1,2", ["12"]),
    right("#1", ["#1"]),
    wrong("#1", ["1"]),
    wrong("1", ["#1"]),
    wrong("C#", ["C"]),
    wrong("C++", ["C"]),
    wrong("50%", [50]),
    wrong("1/2", [12]),
]

MARKS_AND_LETTERS = [
    right("été", ["ETE"], lang="fr"),
    right("ÉTÉ", ["été"], lang="fr"),
    right("été", ["ÉTÉ"], lang="fr"),
    right("portugues", ["português"], lang="pt"),
    right("αθηνα", ["Αθήνα"], lang="el"),
    right("зеленый", ["зелёный"], lang="ru"),
    right("שלום", ["שָׁלוֹם"], lang="he"),
    right("בראשית", ["בְּרֵאשִׁ֖ית"], lang="he"),
    right("كتاب", ["كِتَاب"], lang="ar"),
    right("كـتاب", ["كتاب"], lang="ar"),
    right("احمر", ["أحمر"], lang="ar"),
    right("علی", ["علي"], lang="fa"),
    right("کتاب", ["كتاب"], lang="fa"),
    wrong("か", ["が"], lang="ja"),
    right("か\u3099", ["が"], lang="ja"),
    wrong("हिन्दी", ["हन्द"], lang="hi"),
    right("smorrebrod", ["smørrebrød"], lang="da"),
    right("Lodz", ["Łódź"], lang="pl"),
    right("Dordevic", ["Đorđević"], lang="sr"),
    right("aether", ["æther"]),
    right("oeuvre", ["œuvre"], lang="fr"),
    right("ŒUVRE", ["oeuvre"], lang="fr"),
    right("gruen", ["grün"], lang="de"),
    right("grun", ["grün"], lang="de"),
    right("GRÜN", ["gruen"], lang="de"),
    right("Baer", ["Bär"], lang="de"),
    right("oel", ["Öl"], lang="de"),
    right("aal", ["ål"], lang="da"),
    wrong("gruen", ["grun"], lang="de"),
    wrong("соw", ["cow"]),
    wrong("сow", ["cow"]),
    wrong("ο", ["o"]),
]

GAPS = [
    right("ice cream", ["ice-cream"]),
    right("icecream", ["ice cream"]),
    right("ice-cream", ["icecream"]),
    right("G R E E N", ["green"]),
    right("g-r-e-e-n", ["green"]),
    right("g-r-e-e-n", ["G R E E N"]),
    right("1 2 3", [123]),
    right("1 2 3 4", ["1234"]),
    right("now", ["n o w"]),
    right("g r e y", ["gray"]),
    right("dont", ["don't"]),
]

ARTICLES_AND_SPELLING = [
    right("the sun", ["sun"]),
    right("sun", ["the sun"]),
    right("The Sun.", ["sun"]),
    right("a brick", ["brick"]),
    right("an owl", ["owl"]),
    right("l'eau", ["eau"], lang="fr"),
    right("L’Eau", ["eau"], lang="fr"),
    right("eau", ["l'eau"], lang="fr"),
    right("l eau", ["eau"], lang="fr"),
    right("« l'eau »", ["eau"], lang="fr-CA"),
    right("der Hund", ["Hund"], lang="de"),
    right("le chat", ["un chat"], lang="fr"),
    right("una mesa", ["mesa"], lang="es"),
    right("o gato", ["gato"], lang="pt-BR"),
    right("l'acqua", ["acqua"], lang="it"),
    right("un'arancia", ["arancia"], lang="it"),
    right("het huis", ["huis"], lang="nl"),
    right("'t huis", ["huis"], lang="nl"),
    right("الشمس", ["شمس"], lang="ar"),
    right("شمس", ["الشمس"], lang="ar"),
    wrong("م", ["ألم"], lang="ar"),
    right("the", ["the"]),
    right("a", ["A"]),
    right("das", ["das"], lang="de"),
    wrong("the", [""]),
    wrong("pe", ["a p e"]),
    wrong("the sun", ["sun"], lang="de"),
    wrong("der Hund", ["Hund"]),
    wrong("sun the", ["sun"]),
    wrong("thesun", ["sun"]),
    right("gray", ["grey"]),
    right("grey", ["GRAY"]),
    right("color", ["colour"]),
    right("the colours", ["colors"]),
    right("favorite color", ["favourite colour"]),
    right("theater", ["theatre"]),
    right("centre", ["center"]),
    right("aluminum", ["aluminium"]),
    right("tyre", ["tire"]),
    right("organise", ["organize"]),
    right("catalog", ["catalogue"]),
    right("jewelry", ["jewellery"]),
    right("neighbor", ["neighbour"]),
    right("traveler", ["traveller"], lang="en-GB"),
    right("defense", ["defence"]),
    right("analyze", ["analyse"]),
    wrong("gray", ["grey"], lang="fr"),
    wrong("four", ["for"]),
    wrong("hour", ["hor"]),
]

NUMBERS = [
    right("four", [4]),
    right("Four!", ["4"]),
    right("4", ["four"]),
    right("٤", ["four"]),
    right("４", ["four"]),
    right("four", "4"),
    right("4", 4),
    right("0", [0]),
    right("0", ["0"]),
    right("zero", [0]),
    right("0", ["zero"]),
    right("ten", [10]),
    right("vingt et un", [21], lang="fr"),
    right("vingt-et-une", ["21"], lang="fr"),
    right("21", ["vingt et un"], lang="fr"),
    right("twenty-one", ["vingt et un"], lang="fr"),
    right("twenty one", [21], lang="fr"),
    right("septante", [70], lang="fr"),
    right("mille deux cent", [1200], lang="fr"),
    right("mille neuf cent quatre-vingt-quatre", [1984], lang="fr"),
    right("1984", ["mille neuf cent quatre-vingt-quatre"], lang="fr"),
    right("12", ["douze"], lang="fr"),
    wrong("douze", [12], lang="en"),
    wrong("douze", ["12"]),
    right("twelve", [12], lang="xx"),
    right("forty-two", [42]),
    right("forty two", ["42"]),
    right("fortytwo", [42]),
    right("a hundred", [100]),
    right("100", ["a hundred"]),
    right("a hundred and one", [101]),
    right("one hundred one", ["one hundred and one"]),
    right("twelve hundred", [1200]),
    right("1200", ["twelve hundred"]),
    right("one thousand two hundred", ["twelve hundred"]),
    right("nineteen eighty-four", [1984]),
    right("nineteen oh five", [1905]),
    right("One thousand, two hundred", [1200]),
    right("007", [7]),
    right("7", ["007"]),
    right("seven", ["007"]),
    right("400,000", [400000]),
    right("400000", ["400,000"]),
    right("four hundred thousand", [400000]),
    right("1,234,567", [1234567]),
    wrong("40,00", [4000]),
    wrong("0,400", [400]),
    wrong("400.000", [400000]),
    right("400.000", [400000], lang="de"),
    wrong("1,000", [1000], lang="de"),
    right("12 345", [12345], lang="fr"),
    right("zweiundvierzig", [42], lang="de"),
    right("tausendzweihundert", [1200], lang="de"),
    right("zwölfhundert", [1200], lang="de"),
    right("fuenf", [5], lang="de"),
    right("eine", [1], lang="de"),
    right("zwo", ["2"], lang="de"),
    right("две", [2], lang="ru"),
    right("двадцать одна", [21], lang="ru"),
    right("одну", ["один"], lang="ru"),
    right("dwie", [2], lang="pl"),
    right("jedną", [1], lang="pl"),
    right("une", [1], lang="fr"),
    right("una", [1], lang="es"),
    right("veintiuna", [21], lang="es"),
    right("duas", [2], lang="pt"),
    right("vinte e duas", [22], lang="pt"),
    right("dezesseis", [16], lang="pt-BR"),
    right("dezasseis", [16], lang="pt"),
    right("una", ["uno"], lang="it"),
    right("واحدة", [1], lang="ar"),
    right("اثنتان", [2], lang="ar"),
    right("ثلاث", [3], lang="ar"),
    right("واحدة وعشرون", [21], lang="ar"),
    right("yirmi bir", [21], lang="tr"),
    right("eenentwintig", ["21"], lang="nl"),
    right("二十一", [21], lang="ja"),
    right("いつつ", [5], lang="ja"),
    right("二", [2], lang="zh"),
    right("两", [2], lang="zh-Hans"),
    right("两百零五", [205], lang="zh"),
    right("二百〇五", [205], lang="zh"),
    right("九千九百九十九", [9999], lang="zh"),
    right("12", ["十二"], lang="zh"),
    right("minus five", [-5]),
    right("-5", ["minus five"]),
    right("moins cinq", [-5], lang="fr"),
    right("nine hundred and ninety-nine billion", [999_000_000_000]),
    wrong("one trillion", [10**12]),
    right("1000000000000", [10**12]),
    right("for", [4]),
    right("to", [2]),
    right("too", ["2"]),
    right("Won", [1]),
    right("ate", ["eight"]),
    wrong("for", [4], lang="de"),
    wrong("4", ["for"]),
    wrong("two", ["to"]),
    wrong("IV", [4]),
    wrong("Ⅳ", [4]),
    wrong("1e1", [10]),
    wrong("0x4", [4]),
    wrong("½", [12]),
    wrong("½", [1]),
    wrong("2½", [21]),
    wrong("4²", [42]),
    wrong("4₂", [42]),
    right("4²", ["4²"]),
    right("②", [2]),
    right("CO₂", ["co2"]),
    wrong("1_0", [10]),
    wrong("+5", [-5]),
    wrong("4.0", [4]),
    wrong("fourth", [4]),
    wrong("5", [4]),
    wrong("five", ["four"]),
    wrong("44", [4]),
    wrong("True", [1]),
    wrong("dogs", ["dog"]),
    wrong("dog", ["dogs"]),
    wrong("green blue red", ["green"]),
    wrong("gree", ["green"]),
    wrong("greenish", ["green"]),
]

EXACT = [
    right("Vert", ["Vert"], match="exact"),
    right(" Vert\n", ["Vert"], match="exact"),
    right("Vert", [" Vert "], match="exact"),
    right("e\u0301te\u0301", ["été"], match="exact"),
    wrong("vert", ["Vert"], match="exact"),
    wrong("ete", ["été"], match="exact"),
    wrong("Vert.", ["Vert"], match="exact"),
    wrong("ｖ", ["v"], match="exact"),
    wrong("Ve\u200brt", ["Vert"], match="exact"),
    right("7", [7], match="exact"),
    wrong("seven", [7], match="exact"),
    wrong("007", [7], match="exact"),
    wrong("kir", ["kır"], match="exact", lang="tr"),
    wrong("yellaw", ["yellow"], match="exact", typos=1),
]

RGB = ["red", "green", "blue"]
SETS = [
    right("red, green, blue", RGB, match="set"),
    right("blue;red;green", RGB, match="set"),
    right("blue/red/green", RGB, match="set"),
    right("Blue & RED & green", RGB, match="set"),
    right("blue red green", RGB, match="set"),
    right("red, green and blue.", RGB, match="set"),
    right("red, green, and the blue!", RGB, match="set"),
    right("rot, grün und blau", ["blau", "rot", "gruen"], match="set", lang="de"),
    right("rouge et vert", ["vert", "rouge"], match="set", lang="fr"),
    right("rojo y verde", ["verde", "rojo"], match="set", lang="es"),
    right("красный и синий", ["синий", "красный"], match="set", lang="ru"),
    right("赤と青", ["青", "赤"], match="set", lang="ja"),
    right("赤、青", ["青", "赤"], match="set", lang="ja"),
    right("红和蓝", ["蓝", "红"], match="set", lang="zh"),
    right("和平，红", ["红", "和平"], match="set", lang="zh"),
    right("أحمر وأخضر", ["أخضر", "أحمر"], match="set", lang="ar"),
    right("ورد، أحمر", ["أحمر", "ورد"], match="set", lang="ar"),
    right("ice cream and apple pie", ["apple pie", "ice cream"], match="set"),
    right("apple pie ice-cream", ["ice cream", "apple pie"], match="set"),
    right("bread, salt and pepper", ["salt and pepper", "bread"], match="set"),
    right("salt, pepper and bread", ["salt", "bread", "pepper"], match="set"),
    right("new york york", ["york", "new york"], match="set"),
    right("york new york", ["york", "new york"], match="set"),
    right("1, 2 and three", [1, 2, 3], match="set"),
    right("3,2,1", [1, 2, 3], match="set"),
    right("1,000 and 2", [1000, 2], match="set"),
    right("one hundred and two, five", [102, 5], match="set"),
    right("2, 2 and 3", [2, 2, 3], match="set"),
    wrong("2 and 3", [2, 2, 3], match="set"),
    wrong("2, 2 and 3", [2, 3], match="set"),
    right("green", ["green"], match="set"),
    right("R&B, jazz", ["jazz", "R&B"], match="set"),
    wrong("red, green", RGB, match="set"),
    wrong("red, green, blue, pink", RGB, match="set"),
    wrong("red, green, blue, blue", RGB, match="set"),
    wrong("red", RGB, match="set"),
    wrong("and", RGB, match="set"),
    wrong("redgreenblue", RGB, match="set"),
    wrong("red und blue", ["red", "blue"], match="set"),
    wrong(" a" * 100, RGB, match="set"),
    right("red, gren, blue", RGB, match="set", typos=1),
    wrong("red, gren, blue", RGB, match="set"),
    wrong("rad, green, blue", RGB, match="set", typos=1),
]

TYPOS = [
    right("gren", ["green"], typos=1),
    right("greeen", ["green"], typos=1),
    right("graen", ["green"], typos=1),
    right("geren", ["green"], typos=1),
    right("reen", ["green"], typos=1),
    right("the gren", ["green"], typos=1),
    right("yelow house", ["yellow house"], typos=1),
    right("yellow huose", ["yellow house"], typos=1),
    right("ice craem", ["ice cream"], typos=1),
    right("gruene", ["Grüne"], lang="de", typos=1),
    right("жолтый", ["жёлтый"], lang="ru", typos=1),
    wrong("gren", ["green"]),
    wrong("grn", ["green"], typos=1),
    wrong("gerne", ["green"], typos=1),
    wrong("yelow huose", ["yellow house"], typos=1),
    wrong("ixe cream", ["ice cream"], typos=1),
    wrong("blu", ["blue"], typos=1),
    wrong("cat", ["car"], typos=1),
    wrong("tow", ["two"], typos=1),
    wrong("12345", ["12346"], typos=1),
    wrong("1235", ["1234"], typos=1),
    wrong("12345", [123456], typos=1),
    wrong("gr3en", ["green"], typos=1),
    wrong("iphone5", ["iphone"], typos=1),
    wrong("area51", ["area52"], typos=1),
    right("eigth", ["eight"], typos=1),
    right("fourty", [40], typos=1),
    right("sevn", ["seven"], typos=1),
    right("fourty-two", [42], typos=1),
    wrong("forty-twa", [42], typos=1),
    wrong("eighty", [8], typos=1),
    wrong("eighty", ["eight"], typos=1),
    wrong("eight", [80], typos=1),
    wrong("sixty", [6], typos=1),
    wrong("seveny", [7], typos=1),
    wrong("seveny", [70], typos=1),
    wrong("eight", ["night"], typos=1),
    wrong("eighty legs", ["eight legs"], typos=1),
    wrong("million", ["billion"], typos=1),
    wrong("million", [10**9], typos=1),
    wrong("десять", [9], lang="ru", typos=1),
    wrong("dziesięć", ["dziewięć"], lang="pl", typos=1),
    wrong("setenta", [60], lang="es", typos=1),
    wrong("green blue", ["green"], typos=1),
]

TABLE = [
    *LENGTH_AND_NOTHING,
    *UNICODE,
    *PUNCTUATION,
    *MARKS_AND_LETTERS,
    *GAPS,
    *ARTICLES_AND_SPELLING,
    *NUMBERS,
    *EXACT,
    *SETS,
    *TYPOS,
]


@pytest.mark.parametrize(("typed", "accepted", "verdict", "how"), TABLE)
def test_the_judge_says(typed: str, accepted: Any, *, verdict: bool, how: dict[str, Any]) -> None:
    assert is_right(typed, accepted, **how) is verdict


def test_a_long_answer_is_wrong_before_any_unicode_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for reading in ("unicodedata", "visible", "forms", "phrases", "fold"):
        monkeypatch.setattr(judge, reading, None)
    for match in judge.MATCHES:
        assert not is_right("e" + "\u0301\u0323" * 500_000, ["e"], match=match)


@pytest.mark.parametrize("match", ["text", "exact", "set"])
@pytest.mark.parametrize("accepted", [True, [False], [1.5], [None], [["red"]]])
def test_an_accepted_answer_is_text_or_a_whole_number(accepted: Any, match: str) -> None:
    with pytest.raises(TypeError, match="neither text nor a whole number"):
        is_right("red", accepted, match=match)


def test_any_iterable_of_accepted_answers_will_do() -> None:
    assert is_right("red", (colour for colour in RGB))
    assert is_right("red", frozenset(RGB))
    assert is_right("red", dict.fromkeys(RGB))


def test_an_unknown_match_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'regex'; known are text, exact, set"):
        is_right("red", ["red"], match="regex")


@pytest.mark.parametrize("typos", [-1, 2])
def test_no_more_than_one_typo_can_be_forgiven(typos: int) -> None:
    with pytest.raises(ValueError, match="give 0 or 1"):
        is_right("red", ["red"], typos=typos)


@pytest.mark.parametrize("position", range(3))
def test_every_accepted_answer_is_looked_at_whichever_is_met(
    position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[object] = []
    meets = judge._meets

    def noted(typed: Any, expected: Any, lang: str, typos: int) -> bool:
        looked_at.append(expected)
        return meets(typed, expected, lang, typos)

    monkeypatch.setattr(judge, "_meets", noted)
    assert is_right(RGB[position], RGB)
    assert len(looked_at) == 3


@pytest.mark.parametrize(
    ("typed", "word", "same"),
    [
        ("green", "green", True),
        ("gren", "green", True),
        ("agreen", "green", True),
        ("greena", "green", True),
        ("gree", "green", True),
        ("rgeen", "green", True),
        ("grene", "green", True),
        ("grean", "green", True),
        ("gerne", "green", False),
        ("greenaa", "green", False),
        ("nereg", "green", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_one_edit_inserts_deletes_replaces_or_swaps(typed: str, word: str, *, same: bool) -> None:
    assert one_edit(typed, word) is same
    assert one_edit(word, typed) is same
