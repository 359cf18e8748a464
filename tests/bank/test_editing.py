"""Editing: one question changes, and every other byte of its file stays."""

from __future__ import annotations

import hashlib
import tomllib
from difflib import ndiff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.bank.editing import add_question, switch
from gate.errors import BankError

BANK = '''\
# The forum's own.
lang = "en"   # for all

[[question]]   # the first
ask = "Why?"
accept = ["so"]  # truly

# about the second
[[ "question" ]]
  ask = """
[[question]]
enabled = true
"""
  accept = ['[[question]]']
  enabled   =   true   # for now
  id = "two"

[lists]
word = [
    "a", # enabled = false
    "b",
]

[[question]]
ask = "{{ w }}?"
accept = "{{ w }}c"
id = "three"
[question.vary]
w = "word"
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_off_and_on_touch_one_line(newline: str, mark: str) -> None:
    before = (mark + BANK.replace("\n", newline)).encode()
    off = switch(before, "bank.toml", "two", enabled=False).content
    assert off is not None
    assert off == before.replace(b"enabled   =   true   # for now", b"enabled   =   false   # for now")
    assert switch(off, "bank.toml", "two", enabled=True).content == before


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_question_without_the_key_gets_it_below_its_header(newline: str) -> None:
    before = BANK.replace("\n", newline)
    off = switch(before.encode(), "bank.toml", "three", enabled=False)
    header = f'[[question]]{newline}ask = "{{{{ w }}}}?"'
    changed = header.replace(newline, f"{newline}enabled = false{newline}", 1)
    assert off.content == before.replace(header, changed).encode()
    assert not off.question.enabled


def test_an_id_by_default_is_a_hash_of_the_question() -> None:
    first = "[[question]]   # the first\n"
    off = switch(BANK.encode(), "bank.toml", _hash("Why?"), enabled=False)
    assert off.content == BANK.replace(first, f"{first}enabled = false\n").encode()


def _hash(ask: str) -> str:
    return hashlib.sha256(ask.encode()).hexdigest()[:8]


def test_the_last_question_of_a_file_may_go_off() -> None:
    edit = switch(b'[[question]]\nask="A?"\naccept="a"\nid="a"', "bank.toml", "a", enabled=False)
    assert edit.content == b'[[question]]\nenabled = false\nask="A?"\naccept="a"\nid="a"'


def test_what_is_so_already_stays() -> None:
    assert switch(BANK.encode(), "bank.toml", "two", enabled=True).content is None


def test_an_unknown_id_is_named_with_the_nearest() -> None:
    with pytest.raises(BankError, match=r'no question has the id "tow"; did you mean two\?'):
        switch(BANK.encode(), "bank.toml", "tow", enabled=False)


def test_a_list_of_inline_questions_is_left_to_its_owner() -> None:
    content = b'question = [ { ask = "A?", accept = "a", id = "a" } ]\n'
    with pytest.raises(BankError, match="write enabled = false there by hand"):
        switch(content, "bank.toml", "a", enabled=False)
    with pytest.raises(BankError):
        add_question(content, "bank.toml", {"ask": "B?", "accept": ["b"]})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", ""),
        (b"# empty\n", "# empty\n\n"),
        (BANK.encode(), BANK + "\n"),
        (BANK.strip().encode(), BANK.strip() + "\n\n"),
    ],
)
def test_a_question_is_added_at_the_end(before: bytes, after: str) -> None:
    edit = add_question(before, "bank.toml", {"ask": 'Say "x"', "accept": ["x", "\ty"]})
    assert edit.content == (after + '[[question]]\nask = "Say \\"x\\""\naccept = ["x", "\\ty"]\n').encode()
    assert edit.question.id == _hash('Say "x"')


def test_line_ends_and_mark_of_a_file_stay() -> None:
    edit = add_question(b"\xef\xbb\xbf# x\r\n", "bank.toml", {"ask": "A?", "accept": ["a"]})
    assert edit.content == b'\xef\xbb\xbf# x\r\n\r\n[[question]]\r\nask = "A?"\r\naccept = ["a"]\r\n'


@pytest.mark.parametrize(
    "table",
    [
        {"ask": "Why?", "accept": ["twin"]},
        {"ask": " ", "accept": ["a"]},
        {"ask": "A?", "accept": [" "]},
        {"ask": "A?", "accept": ["a"], "lang": "no such"},
    ],
)
def test_what_would_not_load_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(BankError):
        add_question(BANK.encode(), "bank.toml", table)


@pytest.mark.parametrize("content", [b"[[question]]\nask = 5\n", b"ask", b"\xff"])
def test_a_file_with_faults_is_not_touched(content: bytes) -> None:
    with pytest.raises(BankError, match=r"^bank\.toml"):
        add_question(content, "bank.toml", {"ask": "A?", "accept": ["a"]})
    with pytest.raises(BankError, match=r"^bank\.toml"):
        switch(content, "bank.toml", "a", enabled=False)


PIECES = (
    "# a remark: enabled = true",
    "",
    "[lists]\nword = ['a', # enabled = true\n  'b']",
    "# [[question]]",
)
KEYS = (
    'hint = """\n[[question]]\nenabled = true\n"""',
    "see = 'https://example.org/#[[question]]'",
    "  tags = [\n 'enabled', # = true\n]",
    "enabled = true # for now",
    "\tenabled=true",
    "# enabled = true",
    "",
)


@st.composite
def bank_files(draw: st.DrawFn) -> tuple[str, int]:
    """A file with questions among other things, in a style of somebody's own; and how many they are."""
    number = draw(st.integers(1, 4))
    others = draw(st.lists(st.sampled_from(PIECES), unique=True))
    blocks = []
    for at in range(number):
        keys = draw(
            st.lists(st.sampled_from(KEYS), unique_by=lambda key: key.strip().partition("=")[0].strip())
        )
        keys = draw(st.permutations([*keys, f'ask = "Question {at}?"', "accept = 'yes'", f'id = "{at}"']))
        blocks.append("\n".join([draw(st.sampled_from(["[[question]]", " [[ question ]] # here"])), *keys]))
    text = "\n".join(draw(st.permutations([*blocks, *others])))
    return draw(st.sampled_from([text, text + "\n", text.replace("\n", "\r\n")])), number


@given(bank_files(), st.data())
def test_of_any_file_one_line_changes_or_comes(file: tuple[str, int], data: st.DataObject) -> None:
    text, number = file
    at = data.draw(st.integers(0, number - 1))
    ids = [table["id"] for table in tomllib.loads(text)["question"]]
    off = switch(text.encode(), "bank.toml", ids[at], enabled=False).content
    assert off is not None
    expected = tomllib.loads(text)
    before = expected["question"][at].get("enabled")
    expected["question"][at]["enabled"] = False
    assert tomllib.loads(off.decode()) == expected
    old, new = text.splitlines(keepends=True), off.decode().splitlines(keepends=True)
    changed = [line for line in ndiff(old, new) if line[:2] in ("- ", "+ ")]
    ends = {line[len(line.rstrip("\r\n")) :] for line in changed}
    assert len(changed) == (1 if before is None else 2)
    assert len(ends) == 1
    again = switch(off, "bank.toml", ids[at], enabled=True).content
    assert again == (text.encode() if before else off.replace(b"enabled = false", b"enabled = true", 1))
