"""MediaWiki's QuestyCaptcha: ``$wgCaptchaQuestions`` of a LocalSettings.php, and maps that are copied into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gate.bank.importers.markup import one_line, plain
from gate.bank.importers.php import Token, tokens
from gate.bank.importers.php_values import Array, Dynamic, Entry, Text, Value, Values
from gate.bank.importers.result import Found, Item, Note, NotImported, Options, Place
from gate.bank.importers.source import Source

_QUESTIONS = "$wgCaptchaQuestions"
_AS_GLOBAL = ["[", "wgCaptchaQuestions", "]"]
_MERGING = ("array_merge", "array_push", "array_replace")


def read(sources: Iterable[Source], options: Options) -> Iterator[Item]:
    """Read PHP files; PHP itself is never run."""
    for source in sources:
        yield from _File(source.name, list(tokens(source.text()))).items()


class _File:
    def __init__(self, name: str, found: list[Token]) -> None:
        self._name = name
        self._tokens = found
        self._values = Values(found)
        self._maps: dict[str, Array] = {}
        self._is_language_file = all(token.value != _QUESTIONS for token in found)

    def items(self) -> Iterator[Item]:
        values = self._values
        while values.at < len(self._tokens):
            token = self._tokens[values.at]
            values.at += 1
            if token.kind == "broken":
                yield NotImported(Place(self._name, token.line), token.value, token.source)
            elif token.value == _QUESTIONS or (token.value == "$GLOBALS" and self._global()):
                yield from self._assigned()
            elif token.kind == "variable" and values.sign("="):
                yield from self._other_variable(token.value)
            elif token.kind == "name" and token.value == "foreach":
                yield from self._foreach()
            elif token.kind == "name" and token.value == "return" and self._is_language_file:
                yield from self._bank(values.value(), quiet=True)
            elif token.kind == "name" and token.value.lower() == "array_push" and values.sign("("):
                yield from self._pushed()

    def _global(self) -> bool:
        """Read ``['wgCaptchaQuestions']`` behind ``$GLOBALS``, if it comes next."""
        at = self._values.at
        named = [token.value for token in self._tokens[at : at + len(_AS_GLOBAL)]] == _AS_GLOBAL
        self._values.at += len(_AS_GLOBAL) * named
        return named

    def _assigned(self) -> Iterator[Item]:
        """Read what follows the variable: ``= …;``, ``+= …;``, ``[] = …;`` or ``['question'] = …;``."""
        values = self._values
        if values.sign("["):
            line = self._tokens[values.at - 1].line
            key = None if values.sign("]") else values.value()
            if key is not None and not values.sign("]"):
                return
            # $wgCaptchaQuestions['question'][] = … adds an answer; two entries of one question become one.
            values.sign("[", "]")
            if values.sign("="):
                yield from self._entry(Entry(key, values.value(), line))
            elif values.sign("["):
                reason = "it is put together piece by piece; write question and answer in one array"
                yield NotImported(Place(self._name, line), reason, _shown(key) if key else "")
        elif values.sign("=") or values.sign("+", "="):
            yield from self._merged_or_whole()

    def _merged_or_whole(self) -> Iterator[Item]:
        values = self._values
        start = values.at
        if any(values.sign(name, "(") for name in _MERGING):
            yield from self._arguments()
        elif self._is_variable(start):
            values.at += 1
            yield from self._copied(self._tokens[start])
        else:
            yield from self._bank(values.value())

    def _pushed(self) -> Iterator[Item]:
        """Read ``array_push( $wgCaptchaQuestions, [ 'question' => …, 'answer' => … ], … )``."""
        values = self._values
        if self._tokens[values.at : values.at + 1] and self._tokens[values.at].value == _QUESTIONS:
            values.at += 1
            while values.sign(","):
                value = values.value()
                yield from self._entry(Entry(None, value, value.line))

    def _arguments(self) -> Iterator[Item]:
        values = self._values
        while values.at < len(self._tokens) and not values.sign(")"):
            start = values.at
            if self._is_variable(start):
                values.at += 1
                if self._tokens[start].value != _QUESTIONS:
                    yield from self._copied(self._tokens[start])
            else:
                yield from self._bank(values.value())
            if not values.sign(","):
                values.sign(")")
                return

    def _is_variable(self, at: int) -> bool:
        """Tell whether a variable stands there, and nothing more."""
        pair = self._tokens[at : at + 2]
        return (
            bool(pair) and pair[0].kind == "variable" and (len(pair) == 1 or pair[1].value in (";", ",", ")"))
        )

    def _copied(self, variable: Token) -> Iterator[Item]:
        found = self._maps.pop(variable.value, None)
        if found is not None:
            yield from self._bank(found)
        else:
            reason = f"it uses the variable {variable.value}, which holds no array of texts here"
            yield NotImported(Place(self._name, variable.line), reason, variable.source)

    def _other_variable(self, name: str) -> Iterator[Item]:
        """Remember an array that may be copied into the questions later on."""
        values = self._values
        start = values.at
        value = values.value()
        if isinstance(value, Array):
            self._maps[name] = value
        else:
            # The questions may be assigned in the same breath: $a = $wgCaptchaQuestions = [ … ];
            values.at = start
        yield from ()

    def _foreach(self) -> Iterator[Item]:
        """Read ``foreach ( $map as … ) { $wgCaptchaQuestions[] = … }`` as a copy of the map."""
        values = self._values
        if not values.sign("(") or values.at >= len(self._tokens):
            return
        variable = self._tokens[values.at]
        end = self._end_of_loop(values.at)
        body = self._tokens[values.at : end]
        if variable.kind == "variable" and any(token.value == _QUESTIONS for token in body):
            values.at = end
            yield from self._copied(variable)

    def _end_of_loop(self, at: int) -> int:
        """Find the end of a loop's body: of its one statement, or of its block."""
        depth = 0
        while at < len(self._tokens):
            value = self._tokens[at].value if self._tokens[at].kind == "sign" else ""
            depth += (value == "{") - (value == "}")
            at += 1
            if depth == 0 and value in (";", "}"):
                return at
        return at

    def _bank(self, value: Value, *, quiet: bool = False) -> Iterator[Item]:
        """Read a whole array of questions; ``quiet`` where it may well be something else."""
        if isinstance(value, Array):
            for entry in value.entries:
                yield from self._entry(entry)
        elif isinstance(value, Dynamic) and not quiet:
            yield NotImported(Place(self._name, value.line), value.reason, value.source)

    def _entry(self, entry: Entry) -> Iterator[Item]:
        """Read one question: a map's question and answers, or an array with both."""
        if isinstance(entry.value, Array) and (entry.key is None or _is_number(entry.key)):
            named = {_name(inner.key): inner.value for inner in entry.value.entries}
            if "question" in named:
                question, answer = named["question"], named.get("answer", named.get("answers"))
                yield from self._question(question, answer, entry.line)
                return
        if entry.key is None:
            reason = (
                entry.value.reason if isinstance(entry.value, Dynamic) else "it has no question and answer"
            )
            yield NotImported(Place(self._name, entry.line), reason, _shown(entry.value))
        else:
            yield from self._question(entry.key, entry.value, entry.line)

    def _question(self, question: Value, answer: Value | None, line: int) -> Iterator[Item]:
        at = Place(self._name, line)
        if isinstance(question, Dynamic):
            yield NotImported(at, question.reason, question.source)
            return
        text = plain(question.value)
        if text.telling:
            yield NotImported(at, f"it shows more than text (<{text.telling}>)", text.text)
            return
        if isinstance(answer, Array) and any(
            entry.key and not _is_number(entry.key) for entry in answer.entries
        ):
            yield NotImported(at, "its answers are a map; write a list", text.text)
            return
        answers: list[str] = []
        for value in _flat(answer):
            if isinstance(value, Dynamic):
                reason = f"an answer that cannot be read: {value.reason}"
                yield NotImported(Place(self._name, value.line), reason, text.text)
            elif isinstance(value, Text):
                answers.append(one_line(value.value))
            else:
                yield NotImported(Place(self._name, value.line), "an answer that is an array", text.text)
        if answers or answer is None or answer == Array((), answer.line):
            if text.tags:
                yield Note(at, "its HTML tags are taken out")
            yield Found(at=at, ask=text.text, accept=tuple(answers))


def _flat(answer: Value | None) -> Iterator[Value]:
    if isinstance(answer, Array):
        yield from (entry.value for entry in answer.entries)
    elif answer is not None:
        yield answer


def _name(key: Value | None) -> str:
    return key.value.lower() if isinstance(key, Text) else ""


def _is_number(key: Value) -> bool:
    return isinstance(key, Text) and key.value.isdecimal()


def _shown(value: Value) -> str:
    return value.source if isinstance(value, Dynamic) else value.value
