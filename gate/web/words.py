"""What a poster is told beside the question, in the poster's language: every word of it stands here.

The English is the source, ``gate/translations/`` has the other languages, ``docs/messages.md`` says how to change
either. A ``# NOTE:`` goes to the translators.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from typing import overload

from gate.languages import direction, primary
from gate.places import PACKAGE
from gate.verdicts import Code

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "zh", "ar")
"""The languages that have a catalogue; in any other the poster is told in English."""

DOMAIN = "gate"
TRANSLATIONS = PACKAGE / "translations"

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Line:
    """A word or a sentence, in the language of the ``Words`` that it is asked of."""

    def __init__(self, text: str) -> None:
        self.text = text

    @overload
    def __get__(self, words: None, owner: type[Words]) -> Line: ...
    @overload
    def __get__(self, words: Words, owner: type[Words]) -> str: ...
    def __get__(self, words: Words | None, owner: type[Words]) -> Line | str:
        return self if words is None else words.catalogue.gettext(self.text)


class Count:
    """A number with its noun, in the plural forms of the ``Words`` that it is asked of: ``words.seconds(3)``."""

    def __init__(self, one: str, many: str) -> None:
        self.one = one
        self.many = many

    @overload
    def __get__(self, words: None, owner: type[Words]) -> Count: ...
    @overload
    def __get__(self, words: Words, owner: type[Words]) -> Callable[[int], str]: ...
    def __get__(self, words: Words | None, owner: type[Words]) -> Count | Callable[[int], str]:
        if words is None:
            return self
        return lambda number: words.catalogue.ngettext(self.one, self.many, number).format(n=number)


class Words:
    """All that a poster can be told, in one language; ``words_in`` returns those of a language."""

    # NOTE: The name of the gate's part of a form.
    title = Line("Spam check")
    why = Line("One question, so that machines cannot post here.")
    # NOTE: A button: ask me something else.
    another = Line("Another question")
    # NOTE: A link to a page.
    see = Line("Where to find the answer")
    # NOTE: A link, for whoever cannot answer for whatever reason.
    contact = Line("Cannot answer? Write to us")
    # NOTE: Stands before a message; also begins the page's title.
    error = Line("Error:")

    # In a form that is sent together with the answer.
    answered = Line("Answered. You can post now.")
    repeated = Line("This reply was already sent. It is posted once.")
    unavailable = Line(
        "The spam check cannot be reached at the moment. Your text is kept: send it again in a minute."
    )
    another_asked = Line("Here is another question.")
    no_other = Line("There is no other question for you at the moment.")
    # NOTE: {question} is a whole question with its question mark, in whatever language. Use your language's quotes.
    wrong = Line("“{question}” That is not the answer. Here is another question; your text is kept.")
    empty = Line("Type an answer to the question, then send again.")
    too_long = Line("The answer is too long: a word or a number is enough.")
    too_fast = Line("That was very quick. Wait a second, then send again.")
    # NOTE: {wait} is "1 second", "5 minutes" and so on.
    limited = Line(
        "There were many tries from your network. Your text is kept: wait {wait}, then send again."
    )
    used = Line("The earlier question was already used. Here is another question; your text is kept.")
    expired = Line("The earlier question is too old. Here is another question; your text is kept.")
    answer_used = Line("Your earlier answer was already used or is too old. Answer one more question.")
    start_again = Line("The spam check has to start again: answer this question. Your text is kept.")

    # NOTE: Stands for {wait}, after "wait": in your language's case for that.
    seconds = Count("{n} second", "{n} seconds")
    # NOTE: Stands for {wait}, after "wait": in your language's case for that.
    minutes = Count("{n} minute", "{n} minutes")

    # In the widget and in the frame without JavaScript, where the answer is checked before the form is sent.
    # NOTE: The name of the box to type into, where no question names it.
    answer = Line("Answer")
    # NOTE: A button.
    check = Line("Check the answer")
    checking = Line("Checking…")
    right = Line("Right. You can post now.")
    not_loaded = Line("The question could not be loaded.")
    # NOTE: A button or a link.
    retry = Line("Try again")
    script_off = Line("JavaScript is off or blocked. You can answer the question here.")
    copy = Line("Copy this code and paste it into the form.")
    # NOTE: Names the box with the code.
    code = Line("Your code")
    # NOTE: A button: go on.
    go_on = Line("Continue")
    one_reply = Line("This code is good for one reply.")
    testing = Line("Test keys are on: everybody is let through.")
    # NOTE: {question} is a whole question with its question mark, in whatever language. Use your language's quotes.
    wrong_here = Line("“{question}” That is not the answer. Here is another question.")
    empty_here = Line("Type an answer to the question.")
    too_fast_here = Line("That was very quick. Wait a second, then check again.")
    # NOTE: {wait} is "1 second", "5 minutes" and so on.
    limited_here = Line("There were many tries from your network. Wait {wait}, then try again.")
    used_here = Line("The earlier question was already used. Here is another question.")
    expired_here = Line("The earlier question is too old. Here is another question.")
    start_again_here = Line("The spam check has to start again: answer this question.")
    unavailable_here = Line("The spam check cannot be reached at the moment. Try again in a minute.")

    def __init__(self, lang: str, catalogue: gettext.NullTranslations) -> None:
        self.lang = lang
        self.dir = direction(lang)
        self.catalogue = catalogue

    def say(self, code: Code, *, question: str = "", lang: str = "", wait: int | None = None) -> str:
        """Return what a code means for whoever sent a form; ``lang`` is the question's, ``wait`` in seconds."""
        return self._say(_IN_FORM.get(code, Words.start_again), question, lang, wait)

    def say_here(self, code: Code, *, question: str = "", lang: str = "", wait: int | None = None) -> str:
        """Return what a code means for whoever checked an answer in the widget or the frame; else as ``say``."""
        return self._say(_IN_WIDGET.get(code, Words.start_again_here), question, lang, wait)

    def _say(self, line: Line, question: str, lang: str, wait: int | None) -> str:
        if lang and direction(lang) != self.dir:
            question = f"{_FIRST_STRONG_ISOLATE}{question}{_POP_ISOLATE}"
        return line.__get__(self, Words).format(question=question, wait=self._time(wait or 1))

    def _time(self, seconds: int) -> str:
        return self.seconds(seconds) if seconds < 60 else self.minutes(-(-seconds // 60))


Told = Callable[[Words], str]
"""Something to tell the poster, whatever the language turns out to be."""

_IN_FORM: Mapping[Code, Line] = {
    Code.INCORRECT_ANSWER: Words.wrong,
    Code.MISSING_ANSWER: Words.empty,
    Code.ANSWER_TOO_LONG: Words.too_long,
    Code.ANSWERED_TOO_FAST: Words.too_fast,
    Code.RATE_LIMITED: Words.limited,
    Code.CHALLENGE_USED: Words.used,
    Code.CHALLENGE_EXPIRED: Words.expired,
    Code.TIMEOUT_OR_DUPLICATE: Words.answer_used,
    Code.INTERNAL_ERROR: Words.unavailable,
}
_IN_WIDGET: Mapping[Code, Line] = {
    Code.INCORRECT_ANSWER: Words.wrong_here,
    Code.MISSING_ANSWER: Words.empty_here,
    Code.ANSWER_TOO_LONG: Words.too_long,
    Code.ANSWERED_TOO_FAST: Words.too_fast_here,
    Code.RATE_LIMITED: Words.limited_here,
    Code.CHALLENGE_USED: Words.used_here,
    Code.CHALLENGE_EXPIRED: Words.expired_here,
    Code.TIMEOUT_OR_DUPLICATE: Words.answer_used,
    Code.INTERNAL_ERROR: Words.unavailable_here,
}


def words_in(lang: str) -> Words:
    """Return the words of a language (BCP 47; a region falls back to its language), in English if there are none."""
    found = primary(lang)
    return _load(found if found in LANGUAGES else LANGUAGES[0])


@cache
def _load(lang: str) -> Words:
    return Words(lang, gettext.translation(DOMAIN, TRANSLATIONS, [lang]))
