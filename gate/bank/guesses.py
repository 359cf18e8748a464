"""What scripts try first, and small words that the check of a bank has to know, in the shipped languages."""

from __future__ import annotations

from gate.answers.normalise import base_language

_YES_NO = {
    "en": "yes no true false y n yep yeah nope",
    "de": "ja nein wahr falsch",
    "fr": "oui non vrai faux",
    "es": "sí no verdadero falso",
    "it": "sì no vero falso",
    "pt": "sim não verdadeiro falso",
    "nl": "ja nee waar onwaar",
    "pl": "tak nie prawda fałsz",
    "ru": "да нет правда ложь",
    "tr": "evet hayır doğru yanlış",
    "ja": "はい いいえ",
    "zh": "是 否 不是 对 错",
    "ar": "نعم لا صح خطأ",
}
_COLOURS = {
    "en": "red green blue yellow black white brown orange pink purple grey",
    "de": "rot grün blau gelb schwarz weiß braun orange rosa lila grau",
    "fr": "rouge vert bleu jaune noir blanc marron orange rose violet gris",
    "es": "rojo verde azul amarillo negro blanco marrón naranja rosa morado gris",
    "it": "rosso verde blu giallo nero bianco marrone arancione rosa viola grigio",
    "pt": "vermelho verde azul amarelo preto branco castanho laranja rosa roxo cinza",
    "nl": "rood groen blauw geel zwart wit bruin oranje roze paars grijs",
    "pl": "czerwony zielony niebieski żółty czarny biały brązowy różowy szary",
    "ru": "красный зелёный синий жёлтый чёрный белый коричневый розовый серый",
    "tr": "kırmızı yeşil mavi sarı siyah beyaz kahverengi turuncu pembe mor gri",
    "ja": "赤 緑 青 黄色 黒 白 茶色",
    "zh": "红 绿 蓝 黄 黑 白 红色 绿色 蓝色 黄色 黑色 白色",
    "ar": "أحمر أخضر أزرق أصفر أسود أبيض",
}
_OR = {
    "en": " or ",
    "de": " oder ",
    "fr": " ou ",
    "es": " o ",
    "it": " o ",
    "pt": " ou ",
    "nl": " of ",
    "pl": " lub ",
    "ru": " или ",
    "tr": " veya ",
    "ja": "または",
    "zh": "或",
    "ar": " أو ",
}


def yes_and_no(lang: str) -> list[str]:
    """Return the ways to say yes and no in ``lang``."""
    return _YES_NO.get(base_language(lang), "").split()


def common_guesses(lang: str) -> list[str]:
    """Return what a script tries that knows nothing of the question: yes, no, small numbers, colours."""
    colours = _COLOURS.get(base_language(lang), "").split()
    return [*yes_and_no(lang), *map(str, range(21)), *colours]


def or_word(lang: str) -> str | None:
    """Return what stands between two alternatives in ``lang``, with the spaces that belong to it."""
    return _OR.get(base_language(lang))
