"""Laws of the bank: no file can break the loader, and what loads can be asked."""

from __future__ import annotations

import contextlib
import json
import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.answers.judge import is_right
from gate.bank.check import check_bank
from gate.bank.draw import draw, sticky_draw, stream
from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.errors import BankError
from gate.parsing import language_tag

KEYS = (
    *("ask", "accept", "id", "family", "lang", "match", "typos", "hint", "see", "tags", "weight", "enabled"),
    *("vary", "where", "distinct", "nonsense"),
)
PIECES = (
    "{{",
    "}}",
    "{%",
    "%}",
    " a ",
    "b",
    "|",
    "words",
    "letter(1)",
    "+",
    "'x'",
    "(",
    ")",
    "[0]",
    "if",
    " 2 ",
    "**",
    "?",
)

texts = st.text(max_size=12) | st.sampled_from(
    [
        "Why?",
        "{{ a }}",
        "{{ a + b }}",
        "{{ a|words }}",
        "en",
        "xx",
        "a != b",
        "set",
        "colour",
        "https://example.org/",
    ]
)
templates = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
scalars = texts | templates | st.integers(-(2**70), 2**70) | st.floats() | st.booleans() | st.dates()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "from", "to"]), inner, max_size=3)
    ),
    max_leaves=6,
)
tables = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
varied = st.fixed_dictionaries(
    {
        "ask": templates.map(lambda text: f"{{{{ a }}}}{text}"),
        "accept": templates | st.just("{{ a }}"),
        "vary": st.fixed_dictionaries({"a": st.lists(st.integers(0, 9) | texts, min_size=1, max_size=4)}),
    },
    optional={"where": templates, "distinct": st.booleans()},
)
plain = st.fixed_dictionaries(
    {
        "ask": texts.map("{}?".format),
        "accept": st.lists(texts.map("x{}".format) | st.integers(0, 99), min_size=1),
    },
    optional={
        "typos": st.integers(0, 1),
        "match": st.sampled_from(["text", "exact", "set"]),
        "weight": st.floats(0, 9),
    },
)
files = st.fixed_dictionaries(
    {
        "question": st.lists(plain, max_size=3)
        | st.lists(varied | plain, max_size=3)
        | st.lists(tables, max_size=3)
        | values
    },
    optional={
        "lang": values,
        "lists": st.dictionaries(st.sampled_from(["colour", "b"]), values, max_size=2) | values,
    },
)


def as_toml(value: Any) -> str:
    """Write a value inline; keys and texts with JSON's escapes, which TOML shares but for the surrogate pairs."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{json.dumps(key)} = {as_toml(item)}' for key, item in value.items())} }}"
    return str(value)


def is_bank_or_refused(source: bytes) -> bool:
    """Parse; what loads can be asked and answered, what does not is refused with place, problem and remedy."""
    try:
        bank = parse_bank({"bank.toml": source})
    except BankError as error:
        refused = error
    else:
        return can_be_asked(bank)
    return bool(refused.faults) and all(
        fault.place and fault.problem and fault.remedy for fault in refused.faults
    )


def can_be_asked(bank: Bank) -> bool:
    with contextlib.suppress(BankError):
        check_bank(bank)
    variants = [
        (question, question.wording.variant(question.wording.count - 1)) for question in bank.questions
    ]
    return bool(bank.enabled) and all(
        variant.ask.strip()
        and is_right(variant.accept[0], variant.accept, match=q.match, lang=q.lang, typos=q.typos)
        for q, variant in variants
        if q.match != "set"
    )


@given(files)
@settings(max_examples=400)
def test_any_structure_is_a_bank_or_a_bank_error(document: dict[str, Any]) -> None:
    assert is_bank_or_refused(
        "\n".join(f"{key} = {as_toml(value)}" for key, value in document.items()).encode()
    )


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_are_a_bank_or_a_bank_error(source: bytes) -> None:
    assert is_bank_or_refused(source)


@given(st.text(alphabet="[]{}=\"'#.,\n\\ abno0123-_tru€“", max_size=60))
@settings(max_examples=300)
def test_anything_like_toml_is_a_bank_or_a_bank_error(text: str) -> None:
    assert is_bank_or_refused(text.encode())


@given(st.lists(varied, min_size=1, max_size=4))
@settings(max_examples=100)
def test_no_question_is_dropped_in_silence(questions: list[dict[str, Any]]) -> None:
    numbered = [{**question, "id": str(number)} for number, question in enumerate(questions)]
    try:
        bank = parse_bank({"bank.toml": f"question = {as_toml(numbered)}".encode()})
    except BankError:
        return
    assert [question.id for question in bank.questions] == [str(number) for number in range(len(questions))]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([0.1, 1, 7])), min_size=1, max_size=6),
    st.binary(max_size=8),
    st.integers(0, 200),
)
@settings(max_examples=100)
def test_neighbouring_draws_differ_in_family_where_they_can(
    families: list[tuple[str, float]], seed: bytes, turn: int
) -> None:
    questions = [
        {"ask": f"{number}?", "accept": "x", "family": family, "weight": weight}
        for number, (family, weight) in enumerate(families)
    ]
    bank = parse_bank({"bank.toml": f"question = {as_toml(questions)}".encode()})
    one, other = (
        sticky_draw(bank, lang="en", tags=(), key=b"k" * 32, seed=seed, turn=at) for at in (turn, turn + 1)
    )
    after = draw(bank, lang="en", tags=(), rng=stream(b"k", seed), avoid_family=one.question.family)
    several = len({family for family, _ in families}) > 1
    assert (one.question.family != other.question.family) == several
    assert (one.question.family != after.question.family) == several


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(1, 2**80))
def test_a_stream_stays_within_any_limit(key: bytes, seed: bytes, limit: int) -> None:
    assert 0 <= stream(key, seed)(limit) < limit


@given(st.text(alphabet=string.ascii_letters + string.digits + "-_ é", max_size=20))
def test_a_language_tag_is_its_own_usual_spelling(text: str) -> None:
    tag = language_tag(text)
    assert tag is None or (language_tag(tag) == tag and tag.casefold() == text.casefold())
