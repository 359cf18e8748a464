"""Banks of other systems, read into questions; what cannot be taken over is listed with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gate.bank.importers import (
    jsonfile,
    lines,
    moinmoin,
    mybb,
    phpbb,
    questycaptcha,
    smf,
    spreadsheet,
    yamlfile,
)
from gate.bank.importers.assemble import assemble
from gate.bank.importers.result import Note, Options, Place, Reader, Result
from gate.bank.importers.source import Source

__all__ = ["KINDS", "Kind", "Options", "Result", "Source", "import_bank"]


class Kind(NamedTuple):
    """A kind of file: what reads it, and what it is."""

    read: Reader
    about: str


KINDS: Mapping[str, Kind] = {
    "questycaptcha": Kind(questycaptcha.read, "MediaWiki's LocalSettings.php with $wgCaptchaQuestions"),
    "phpbb": Kind(phpbb.read, "an SQL dump with captcha_questions and captcha_answers, or CSV with a header"),
    "smf": Kind(smf.read, "an SQL dump of SMF with qanda (2.1) or log_comments (2.0)"),
    "mybb": Kind(mybb.read, "an SQL dump of MyBB with the table questions"),
    "moinmoin": Kind(moinmoin.read, "MoinMoin's wikiconfig.py with textchas"),
    "lines": Kind(lines.read, 'text: "Question? one|another", Q: and A:, blocks between --, or ? and !'),
    "csv": Kind(spreadsheet.read, "question, answer, answer …; separated by comma, semicolon or tab"),
    "yaml": Kind(yamlfile.read, "a list or a map of questions (needs PyYAML)"),
    "json": Kind(jsonfile.read, "a list or a map of questions, or one question a line"),
}


def import_bank(kind: str, sources: Iterable[Source], options: Options, lang: str = "en") -> Result:
    """Read files of one kind; ``lang`` is the language of questions that name none.

    Raises ``BankError`` where a file cannot be read at all.
    """
    files = list(sources)
    result = assemble(KINDS[kind].read(files, options), lang)
    for source in files:
        if source.first_bad_line is not None:
            text = "not UTF-8, so that it is read as Windows-1252; where letters look wrong, give --encoding"
            result.notes.insert(0, Note(Place(source.name, source.first_bad_line), text))
    return result
