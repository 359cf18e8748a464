"""Brings the catalogues of ``gate/translations/`` up to date: ``python -m tests.web.catalogues``.

Extracts the strings of ``gate/web/words.py``, merges them into every catalogue (a new string has no translation yet,
one that is gone is dropped, comments stay) and compiles them. ``test_translations.py`` holds the files to it.
"""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import gate.web.words
from gate.web.words import DOMAIN, LANGUAGES, TRANSLATIONS

SOURCE = Path(gate.web.words.__file__)
TEMPLATE = TRANSLATIONS / f"{DOMAIN}.pot"
KEYWORDS = {"Line": None, "Count": (1, 2)}

_NOTE = "NOTE:"
_ABOUT_TEMPLATE = "# What a poster of gate can be told. Made from gate/web/words.py, see docs/messages.md."
_log = logging.getLogger(__name__)


def po_file(lang: str) -> Path:
    return TRANSLATIONS / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_file(lang: str) -> Path:
    return po_file(lang).with_suffix(".mo")


def extracted() -> Catalog:
    """Return the strings that stand in the code."""
    catalog = _catalog()
    for _, ids, comments, _ in extract_from_file(
        "python", SOURCE, keywords=KEYWORDS, comment_tags=[_NOTE], strip_comment_tags=True
    ):
        catalog.add(ids, auto_comments=comments)
    return catalog


def template() -> Catalog:
    """Return the strings that the template names."""
    return _read(TEMPLATE, None)


def catalogue(lang: str) -> Catalog:
    """Return a language's catalogue, as translators write it."""
    return _read(po_file(lang), lang)


def messages(catalog: Catalog) -> list[Message]:
    """Return a catalogue's messages, without the header that gettext keeps among them."""
    return [message for message in catalog if message.id]


def strings(message: Message) -> list[str]:
    """Return a message's translation in each of its plural forms; what is missing is empty."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [form or "" for form in forms]


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as ``gettext`` reads it."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update() -> None:
    """Write every file anew where it has to change."""
    source = extracted()
    if not TEMPLATE.exists() or _told(source) != _told(template()):
        _write(TEMPLATE, source)
    for lang in LANGUAGES:
        catalog = catalogue(lang)
        before = _told(catalog)
        catalog.update(source, no_fuzzy_matching=True)
        if lang == LANGUAGES[0]:
            for message in messages(catalog):
                message.string = message.id
        if _told(catalog) != before:
            _write(po_file(lang), catalog)
        mo_file(lang).write_bytes(compiled(catalogue(lang)))
        missing = sum(not all(strings(message)) for message in messages(catalog))
        _log.info("%s: %d of %d strings to translate", lang, missing, len(catalog))


def _catalog() -> Catalog:
    return Catalog(
        domain=DOMAIN,
        project="gate",
        version="strings",
        header_comment=_ABOUT_TEMPLATE,
        msgid_bugs_address="gate's issues",
        last_translator="gate's contributors",
        language_team="gate's contributors",
        charset="utf-8",
        fuzzy=False,
    )


def _read(path: Path, lang: str | None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=lang, domain=DOMAIN)


def _write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=110, no_location=True, ignore_obsolete=True)


def _told(catalog: Catalog) -> list[tuple[object, ...]]:
    return [(message.id, strings(message), message.auto_comments) for message in messages(catalog)]


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    update()
