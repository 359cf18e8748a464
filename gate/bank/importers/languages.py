"""Languages as forums name them, as BCP 47 tags."""

from __future__ import annotations

import re

from gate.parsing import language_tag

_BY_WORD = {
    "albanian": "sq",
    "arabic": "ar",
    "bangla": "bn",
    "basque": "eu",
    "bulgarian": "bg",
    "catalan": "ca",
    "chinese_simplified": "zh-Hans",
    "chinese_traditional": "zh-Hant",
    "croatian": "hr",
    "czech": "cs",
    "czech_informal": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "english_british": "en-GB",
    "english_pirate": "en",
    "esperanto": "eo",
    "estonian": "et",
    "finnish": "fi",
    "french": "fr",
    "galician": "gl",
    "german": "de",
    "german_informal": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "kurdish_kurmanji": "ku",
    "kurdish_sorani": "ckb",
    "lithuanian": "lt",
    "macedonian": "mk",
    "malay": "ms",
    "norwegian": "nb",
    "persian": "fa",
    "polish": "pl",
    "portuguese_brazilian": "pt-BR",
    "portuguese_pt": "pt-PT",
    "romanian": "ro",
    "russian": "ru",
    "serbian_cyrillic": "sr-Cyrl",
    "serbian_latin": "sr-Latn",
    "slovak": "sk",
    "slovenian": "sl",
    "spanish_es": "es-ES",
    "spanish_latin": "es-419",
    "swedish": "sv",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "uzbek_latin": "uz-Latn",
    "vietnamese": "vi",
}
_WITHOUT_ADDRESS = re.compile(r"-x-.*$")


def closest_tag(name: str) -> str | None:
    """Return the tag for "pt_br", "de_x_sie" or "portuguese_brazilian"; None for what is no language.

    Polite and familiar forms of address, and encodings, are left off.
    """
    folded = name.strip().lower().replace("-", "_").removesuffix("_utf8").removesuffix("_utf_8")
    if folded in _BY_WORD:
        return _BY_WORD[folded]
    parts = folded.split("_")
    if len(parts[0]) > 3:
        return _BY_WORD.get(parts[0])
    tag = _WITHOUT_ADDRESS.sub("", "-".join(parts)).replace("-cmn-", "-")
    return language_tag(tag)
