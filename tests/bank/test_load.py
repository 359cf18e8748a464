"""What a bank may hold, and how each mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.bank.load import load_bank, parse_bank
from gate.bank.question import Bank, Question
from gate.bank.sources import LARGEST_FILE, find_sources, read_sources
from gate.errors import BankError
from gate.parsing import language_tag

GREEN = '[[question]]\nask = "How do you spell green?"\naccept = ["green"]\n'
PLACE = 'bank.toml: question 1 ("Why?")'


def parse(text: str) -> Bank:
    return parse_bank({"bank.toml": text.encode()})


def only(text: str) -> Question:
    (question,) = parse(text).questions
    return question


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(BankError) as caught:
        parse_bank({"bank.toml": text.encode() if isinstance(text, str) else text})
    return [str(fault) for fault in caught.value.faults]


def question(*lines: str, ask: str = 'ask = "Why?"', accept: str = 'accept = "x"') -> str:
    return "\n".join(["[[question]]", ask, accept, *lines])


# What is right


def test_a_short_question_has_its_defaults() -> None:
    found = only(GREEN)
    assert (found.id, found.family) == ("c02045e7", "c02045e7")
    assert (found.lang, found.match, found.typos, found.weight, found.enabled) == ("en", "text", 1, 1.0, True)
    assert (found.hint, found.see, found.tags) == (None, None, frozenset())
    assert found.place == 'bank.toml: question 1 ("How do you spell green?")'
    assert found.wording.count == 1
    assert found.wording.variant(0).ask == "How do you spell green?"
    assert found.wording.variant(0).accept == ("green",)


def test_a_long_question_keeps_all_that_it_says() -> None:
    found = only(
        'lang = "DE"\n'
        + question(
            'id = "why"\nfamily = "whys"\nlang = "pt-br"\nmatch = "set"\ntypos = 0\nhint = "think"',
            'see = "https://example.org/rules"\ntags = ["a", "b"]\nweight = 2\nenabled = true',
            accept='accept = ["x", 4, -5]',
        )
    )
    assert (found.id, found.family, found.lang, found.match, found.typos) == (
        "why",
        "whys",
        "pt-BR",
        "set",
        0,
    )
    assert (found.hint, found.see) == ("think", "https://example.org/rules")
    assert (found.tags, found.weight, found.enabled) == (frozenset({"a", "b"}), 2.0, True)
    assert found.wording.variant(0).accept == ("x", "4", "-5")


def test_plain_text_is_no_template() -> None:
    found = only('[[question]]\nask = "What is {{ a }} & <b>?"\naccept = "{{ a }}"')
    assert found.wording.variant(0).ask == "What is {{ a }} & <b>?"
    assert found.wording.variant(0).accept == ("{{ a }}",)


def test_a_fixed_question_has_no_second_variant() -> None:
    with pytest.raises(IndexError, match="variant 1 of 1"):
        only(GREEN).wording.variant(1)


def test_the_language_comes_from_question_file_or_call() -> None:
    text = question() + "\n" + question('lang = "fr"', ask='ask = "Et?"')
    assert [q.lang for q in parse_bank({"b": text.encode()}, "nl").questions] == ["nl", "fr"]
    assert [q.lang for q in parse('lang = "de"\n' + text).questions] == ["de", "fr"]


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SL-rozaj-Biske-1994", "sl-rozaj-biske-1994"),
        ("de-CH-x-PHONEBK", "de-CH-x-phonebk"),
        ("en-u-nu-thai", "en-u-nu-thai"),
        *(
            (wrong, None)
            for wrong in ("", "e", "en_GB", "en-", "-en", "en-GB-", "english please", "123", "en-a", "é")
        ),
    ],
)
def test_language_tags_are_well_formed_or_refused(written: str, spelled: str | None) -> None:
    assert language_tag(written) == spelled


@pytest.mark.parametrize("source", [b"\xef\xbb\xbf" + GREEN.encode(), GREEN.replace("\n", "\r\n").encode()])
def test_bom_and_crlf_are_fine(source: bytes) -> None:
    assert parse_bank({"bank.toml": source}).variants == 1


def test_a_question_is_found_by_its_digest_also_when_switched_off() -> None:
    bank = parse(GREEN + question("enabled = false"))
    assert [bank.find(q.digest) for q in bank.questions] == list(bank.questions)
    assert len(bank.enabled) == 1
    assert bank.find(b"unknown!") is None


# Digests


def test_the_digest_follows_the_whole_definition() -> None:
    lists = '[lists]\nw = ["a", "b"]\n'
    vary = 'vary = { n = "w" }'
    texts = [
        question(),
        question(ask='ask = "How?"'),
        question(accept='accept = "y"'),
        question("typos = 0"),
        question('lang = "de"'),
        question('id = "other"'),
        lists + question(vary, ask='ask = "Why {{ n }}?"'),
        lists.replace("b", "c") + question(vary, ask='ask = "Why {{ n }}?"'),
        'lang = "fr"\n' + question(),
    ]
    digests = [only(text).digest for text in texts]
    assert len(set(digests)) == len(texts)
    assert {len(digest) for digest in digests} == {8}


def test_the_digest_does_not_follow_what_leaves_the_question_the_same() -> None:
    moved = (
        "# a comment\n[lists]\nunused = [1]\n" + GREEN + question('family = "f"', "weight = 3", 'id = "i"')
    )
    plain = question('id = "i"', 'family = "f"')
    off = GREEN + question('id = "i"', 'family = "f"', "enabled = false")
    assert parse(moved).questions[1].digest == only(plain).digest == parse(off).questions[1].digest


# Faults in one question


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (question('acept = "y"'), f'{PLACE}: acept: unknown key; did you mean "accept"?'),
        ('[[question]]\nask = "Why?"', f"{PLACE}: accept: missing; give at least one answer"),
        (question(accept="accept = []"), f"{PLACE}: accept: empty list; give at least one answer"),
        (
            question(accept='accept = ["x", " "]'),
            f"{PLACE}: accept: an empty answer; write an answer that can be typed, or remove it",
        ),
        (
            question(accept='accept = "\\u200B"'),
            f'{PLACE}: accept: "\u200b" normalises to nothing; write an answer that can be typed',
        ),
        (
            question(accept=f'accept = "{"x" * 201}"'),
            f"{PLACE}: accept: an answer of 201 characters can never be given; write an answer that can be typed",
        ),
        (
            question(accept="accept = [5.0]"),
            f'{PLACE}: accept: a float (5.0) is no answer; put it in quotes: "5.0"',
        ),
        (
            question(accept="accept = true"),
            f'{PLACE}: accept: a boolean (true) is no answer; put it in quotes: "true"',
        ),
        (
            question(accept="accept = 2024-01-02"),
            f'{PLACE}: accept: a date (2024-01-02) is no answer; put it in quotes: "2024-01-02"',
        ),
        (
            question(accept='accept = { a = "x" }'),
            f"{PLACE}: accept: a table is no answer; write text in quotes, or a whole number",
        ),
        (
            question(accept="accept = 0x" + "f" * 6000),
            f"{PLACE}: accept: a whole number (a very large one) is no answer; "
            "write text in quotes, or a whole number",
        ),
        (
            '[[question]]\naccept = "x"',
            "bank.toml: question 1: ask: missing; write the question",
        ),
        (
            question(ask='ask = " "'),
            "bank.toml: question 1: ask: empty; write something, or remove the key",
        ),
        *(
            (
                question(ask=f'ask = "{ask}"'),
                f'bank.toml: question 1 ("{ask}"): ask: "{ask}" asks nothing; write the question in words',
            )
            for ask in (":", "¿?", "…", "\u200b")
        ),
        (
            question(ask="ask = 5"),
            "bank.toml: question 1: ask: a whole number (5) is no text; put it in quotes",
        ),
        (
            question('lang = "english please"'),
            f'{PLACE}: lang: "english please" is no language tag; write one such as "en" or "pt-BR" (BCP 47)',
        ),
        (
            question('match = "regex"'),
            f'{PLACE}: match: text ("regex") is not known here; write "text" or "exact" or "set"',
        ),
        (question("typos = 2"), f"{PLACE}: typos: a whole number (2) is not known here; write 0 or 1"),
        (question("typos = true"), f"{PLACE}: typos: a boolean (true) is not known here; write 0 or 1"),
        (
            question("weight = -1"),
            f"{PLACE}: weight: a whole number (-1) is out of range; write a number from 0 to 1,000,000,000",
        ),
        (
            question("weight = nan"),
            f"{PLACE}: weight: a float (nan) is out of range; write a number from 0 to 1,000,000,000",
        ),
        (
            question('weight = "3"'),
            f'{PLACE}: weight: text ("3") is no number; write a number without quotes',
        ),
        (
            question('enabled = "no"'),
            f'{PLACE}: enabled: text ("no") is neither true nor false; write true or false',
        ),
        (question("hint = 5"), f"{PLACE}: hint: a whole number (5) is no text; put it in quotes"),
        (
            question('see = "javascript:alert(1)"'),
            f'{PLACE}: see: "javascript:alert(1)" is no web address; '
            "write one such as https://example.org/rules",
        ),
        (question('tags = "a"'), f'{PLACE}: tags: not a list of texts; write tags = ["one", "another"]'),
        (question("id = 5"), f"{PLACE}: id: a whole number (5) is no text; put it in quotes"),
        (question(f'id = "{"i" * 65}"'), f"{PLACE}: id: 65 characters; write at most 64"),
        (question('where = "a != b"'), f"{PLACE}: where: no sense without vary; remove where, or add vary"),
        (
            question("distinct = true"),
            f"{PLACE}: distinct: no sense without vary; remove distinct, or add vary",
        ),
        (
            question(
                ask='ask = "Which of these many words is not like all the others?"', accept="accept = []"
            ),
            'bank.toml: question 1 ("Which of these many words is not like a…"): accept: empty list; '
            "give at least one answer",
        ),
    ],
)
def test_a_fault_in_a_question(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_every_fault_is_found_at_once() -> None:
    text = (
        'lang = "?"\n' + question("typos = 3", 'hnt = "x"') + "\n[[question]]\naccept = [1.5, true]\n" + GREEN
    )
    assert faults(text) == [
        'bank.toml: lang: "?" is no language tag; write one such as "en" or "pt-BR" (BCP 47)',
        f'{PLACE}: hnt: unknown key; did you mean "hint"?',
        f"{PLACE}: typos: a whole number (3) is not known here; write 0 or 1",
        "bank.toml: question 2: ask: missing; write the question",
        'bank.toml: question 2: accept: a float (1.5) is no answer; put it in quotes: "1.5"',
        'bank.toml: question 2: accept: a boolean (true) is no answer; put it in quotes: "true"',
    ]


def test_two_questions_with_one_id_are_refused_across_files() -> None:
    with pytest.raises(BankError) as caught:
        parse_bank({"a.toml": GREEN.encode(), "b.toml": (question("typos = 3") + "\n" + GREEN).encode()})
    assert [str(fault) for fault in caught.value.faults] == [
        'b.toml: question 1 ("Why?"): typos: a whole number (3) is not known here; write 0 or 1',
        'b.toml: question 2 ("How do you spell green?"): id: "c02045e7" is also the id of '
        'a.toml: question 1 ("How do you spell green?"); remove one of the two, or give it an id of its own',
    ]


# Faults in the file


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (
            GREEN + "accept = no",
            'bank.toml: line 4, column 10: not TOML: invalid value; put it in quotes: "no"',
        ),
        (
            '[[question]]\naccept = ["yes", no]',
            'bank.toml: line 2, column 18: not TOML: invalid value; put it in quotes: "no"',
        ),
        (
            "[[question]]\r\naccept = [007]",
            'bank.toml: line 2, column 12: not TOML: unclosed array; put it in quotes: "007"',
        ),
        (
            "[[question]]\nask = “Why?”",
            'bank.toml: line 2, column 7: not TOML: invalid value; use straight quotes: "…"',
        ),
        (
            "[[question]]\nask = 'it's'",
            "bank.toml: line 2, column 11: not TOML: expected newline or end of document after a statement; "
            'put a text with an apostrophe in "double quotes"',
        ),
        (
            '[[question]]\nask = "\\d"',
            "bank.toml: line 2, column 10: not TOML: unescaped '\\' in a string; "
            "write \\\\ for a backslash, or put the text in 'single quotes'",
        ),
        (
            "[[question]]\nenabled = True",
            "bank.toml: line 2, column 11: not TOML: invalid value; write true",
        ),
        (b"ask = '\xe9'", "bank.toml: line 1: not UTF-8; save the file in the encoding UTF-8"),
        (
            "a = " + "[" * 100_000,
            "bank.toml: a number too long or lists too deep to read; make it shorter",
        ),
        ("[question]\nask = 'x'", "bank.toml: question: a table is no list of questions; write [[question]]"),
        (
            "question = [5]",
            "bank.toml: question 1: a whole number (5) is no question; write [[question]], then its keys",
        ),
        (
            "lists = 3\n" + GREEN,
            'bank.toml: lists: a whole number (3) is no table; write [lists], then lines such as colour = ["red"]',
        ),
        ("[lists]\nw = []\n" + GREEN, "bank.toml: lists.w: empty list; write at least one value"),
        (
            "[lists]\nw = 'x'\n" + GREEN,
            'bank.toml: lists.w: text ("x") is no list; write a list such as ["red", "green"]',
        ),
        (
            "[lists]\nw = ['x', 1.5]\n" + GREEN,
            'bank.toml: lists.w: item 2: a float (1.5) is no value; put it in quotes: "1.5"',
        ),
        (
            "[lists]\nw = [{ a = 'x', b = [true] }]\n" + GREEN,
            'bank.toml: lists.w: item 1: b: a boolean (true) is no value; put it in quotes: "true"',
        ),
        (
            "[lists]\nw = [{}]\n" + GREEN,
            'bank.toml: lists.w: item 1: empty table; write one such as { word = "cold", opposite = "hot" }',
        ),
        ("qestion = 1\n" + GREEN, 'bank.toml: qestion: unknown key; did you mean "question"?'),
        ("", 'bank.toml: no enabled question; write one, or put "starter" among the files'),
        (
            question("enabled = false") + "\n" + question("weight = 0", ask='ask = "How?"'),
            'bank.toml: no enabled question; write one, or put "starter" among the files',
        ),
    ],
)
def test_a_fault_in_a_file(source: str | bytes, fault: str) -> None:
    assert faults(source) == [fault]


def test_deep_tables_do_no_harm() -> None:
    assert faults("[" + ".".join("a" * 2_000) + "]\n" + GREEN) == [
        "bank.toml: a: unknown key; known here: lang, lists, question"
    ]


# Files


def test_paths_globs_and_the_starter_are_read_each_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.toml", "a.toml", "sub/c.toml"):
        (tmp_path / name).write_text(GREEN)
    names = list(read_sources(["b.toml", "*.toml", "none/*.toml", "**/*.toml", "starter"], tmp_path))
    assert names[:3] == ["b.toml", "a.toml", "sub/c.toml"]
    assert "starter:en.toml" in names
    assert names == list(dict(find_sources(["b.toml", "**/*.toml", "starter"], tmp_path)))


def test_a_file_with_brackets_in_its_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "[a].toml").write_text(GREEN)
    assert list(read_sources(["[a].toml"], tmp_path)) == ["[a].toml"]


def test_an_absolute_path_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GREEN)
    assert load_bank([str(tmp_path / "a.toml")], base=Path("elsewhere")).variants == 1


def test_faults_of_reading_and_of_content_come_together(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * (LARGEST_FILE + 1))
    (tmp_path / "wrong.toml").write_text("question = 5")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BankError) as caught:
        load_bank(
            ["none.toml", "large.toml", "folder/", "wrong.toml", "nul\0.toml", "*.none", "*\0"], base=tmp_path
        )
    assert [str(fault) for fault in caught.value.faults] == [
        "none.toml: no such file; check the path; one in a config begins in that config's folder",
        "large.toml: larger than 5,000,000 bytes; split it into several files",
        'folder/: is a folder; write "folder/*.toml"',
        "nul\0.toml: cannot be read (embedded null byte); check the path and its permissions",
        "wrong.toml: question: a whole number (5) is no list of questions; write [[question]]",
    ]


def test_no_files_at_all_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError) as caught:
        load_bank(["*.toml"], base=tmp_path)
    assert str(caught.value) == (
        "bank: no file was found, and so no enabled question; "
        'check the paths, or put "starter" among the files'
    )
