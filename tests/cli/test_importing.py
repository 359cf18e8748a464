"""``gate bank import``, ``export``, ``add``, ``off`` and ``on``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate.bank.importers import KINDS
from tests.cli.conftest import Invoke

LINES = "".join(f"What is number {number}? word{number} | w{number}\n" for number in range(30))
BANK = '# mine\n[[question]]\nask = "A?"\naccept = "a"\nid = "one"\n'


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "questions.txt"
    path.write_text(LINES)
    return path


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.toml"
    path.write_text(BANK)
    return path


# import


def test_a_whole_import_ends_with_0_and_passes_the_check(invoke: Invoke, lines: Path, tmp_path: Path) -> None:
    result = invoke("bank", "import", "lines", lines, "-o", "bank.toml", "--lang", "pt-br")
    assert result.exit_code == 0, result.output
    assert result.stdout == "bank.toml: 30 questions in pt-BR; everything is imported\n"
    assert result.stderr == ""
    assert (
        (tmp_path / "bank.toml")
        .read_text()
        .startswith(
            '# Imported by `gate bank import lines`.\n\nlang = "pt-BR"\n\n[[question]]\nask = "What is number 0?"\n'
        )
    )
    assert invoke("bank", "check", "bank.toml").exit_code == 0


def test_weak_spots_are_said_at_once(invoke: Invoke, lines: Path) -> None:
    lines.write_text("Is it? yes\n")
    result = invoke("bank", "import", "lines", lines, "-o", "bank.toml")
    assert result.exit_code == 0
    assert 'warning: bank.toml: question 1 ("Is it?"): accept: only yes or no' in result.stderr
    assert "; 4 warnings; everything is imported" in result.stdout


def test_a_very_large_bank_is_left_for_the_check(invoke: Invoke, lines: Path) -> None:
    lines.write_text("".join(f"What is number {number}? word{number}\n" for number in range(2_001)))
    result = invoke("bank", "import", "lines", lines, "-o", "bank.toml")
    assert result.exit_code == 0
    assert result.stderr == "so many questions take a while to check: gate bank check bank.toml\n"


def test_what_stays_behind_is_listed_and_ends_with_1(invoke: Invoke, lines: Path, tmp_path: Path) -> None:
    lines.write_text("no question\n" + LINES)
    result = invoke("bank", "import", "lines", lines, "-o", "bank.toml")
    assert result.exit_code == 1
    assert result.stdout == ""
    first, *_, last = result.stderr.splitlines()
    assert first == (
        f'{lines}: line 1: not imported: "no question": no question mark parts the question from its answers'
    )
    assert last.startswith("bank.toml: 30 questions in en; ")
    assert last.endswith("; 1 not imported, listed above")
    assert (tmp_path / "bank.toml").exists()


def test_from_standard_input_to_standard_output(invoke: Invoke) -> None:
    result = invoke("bank", "import", "lines", "-", "-o", "-", stdin="Why? so\nbad\n")
    assert result.exit_code == 1
    assert result.stdout.endswith('[[question]]\nask = "Why?"\naccept = ["so"]\n')
    assert 'standard input: line 2: not imported: "bad"' in result.stderr


def test_a_file_that_is_there_stays_without_force(invoke: Invoke, lines: Path, bank: Path) -> None:
    result = invoke("bank", "import", "lines", lines, "-o", bank)
    assert result.exit_code == 1
    assert "is there already; name another file, or give --force" in result.stderr
    assert bank.read_text() == BANK
    assert invoke("bank", "import", "lines", lines, "-o", bank, "--force").exit_code == 0
    assert "word29" in bank.read_text()


def test_a_file_without_a_question_writes_nothing(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "empty.sql").write_text("SELECT 1;")
    result = invoke("bank", "import", "phpbb", "empty.sql", "-o", "bank.toml")
    assert result.exit_code == 1
    assert "empty.sql: no question to import, so that nothing is written; see that this is" in result.stderr
    assert not (tmp_path / "bank.toml").exists()


def test_an_encoding_can_be_named(invoke: Invoke, lines: Path, tmp_path: Path) -> None:
    lines.write_bytes("Цвет? белый\n".encode("cp1251"))
    assert invoke("bank", "import", "lines", lines, "-o", "bank.toml", "--encoding", "cp1251").exit_code == 0
    assert 'accept = ["белый"]' in (tmp_path / "bank.toml").read_text()
    strict = invoke("bank", "import", "lines", lines, "-o", "other.toml", "--encoding", "utf-8")
    assert strict.exit_code == 1
    assert "name another with --encoding" in strict.stderr


def test_signs_between_answers_have_names(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("INSERT INTO x_questions (question, answers) VALUES ('A?', 'a,b');")
    invoke("bank", "import", "mybb", "x.sql", "-o", "bank.toml", "--split", "comma")
    assert 'accept = ["a", "b"]' in (tmp_path / "bank.toml").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("nonsense", "x.txt"), "'nonsense' is not one of"),
        (("lines", "missing.txt"), '"missing.txt" cannot be read (No such file or directory)'),
        (("lines", "."), "cannot be read (Is a directory)"),
        (("lines", "questions.txt", "--encoding", "nonsense"), '"nonsense" is no encoding of text'),
        (("lines", "questions.txt", "--encoding", "base64"), '"base64" is no encoding of text'),
        (("lines", "questions.txt", "--lang", "no such"), '"no such" is no language tag'),
        (("lines", "questions.txt", "--split", ""), "write newline, comma, or the sign itself"),
    ],
)
@pytest.mark.usefixtures("lines")
def test_wrong_use(invoke: Invoke, args: tuple[str, ...], message: str) -> None:
    result = invoke("bank", "import", *args, "-o", "bank.toml")
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_folder_that_is_not_there(invoke: Invoke, lines: Path) -> None:
    result = invoke("bank", "import", "lines", lines, "-o", "no/bank.toml")
    assert result.exit_code == 1
    assert "no/bank.toml cannot be written (No such file or directory)" in result.stderr


def test_help_names_every_kind(invoke: Invoke) -> None:
    shown = invoke("bank", "import", "-h").stdout
    assert all(f"  {kind} " in shown for kind in KINDS)


@pytest.mark.parametrize("name", ["import", "export", "add", "off", "on"])
def test_each_help_has_an_example(invoke: Invoke, name: str) -> None:
    assert f"Example: gate bank {name} " in invoke("bank", name, "-h").stdout


# export


def test_an_export_comes_back(invoke: Invoke, lines: Path, tmp_path: Path) -> None:
    invoke("bank", "import", "lines", lines, "-o", "bank.toml")
    for format_ in ("csv", "json"):
        assert invoke("bank", "export", "bank.toml", "--format", format_, "-o", "out").exit_code == 0
        again = invoke("bank", "import", format_, "out", "-o", "again.toml", "--force")
        assert again.exit_code == 0, again.output
        count = invoke("bank", "check", "again.toml").stdout.splitlines()[-1]
        assert count.startswith("fine: 30 questions with 30 variants in en")
        (tmp_path / "out").unlink()


def test_json_on_standard_output_is_json_alone(invoke: Invoke, bank: Path) -> None:
    result = invoke("bank", "export", bank, "--format", "json")
    assert json.loads(result.stdout) == [{"id": "one", "lang": "en", "question": "A?", "answers": ["a"]}]
    assert result.stderr == "1 question written\n"


def test_what_becomes_of_variants_is_said(invoke: Invoke, bank: Path) -> None:
    with bank.open("a") as file:
        file.write(
            '[[question]]\nask = "{{ n }}?"\naccept = "{{ n }}"\nvary = { n = { from = 1, to = 9 } }\n'
        )
    whole = invoke("bank", "export", bank, "--format", "json", "-o", "all.json")
    assert whole.stdout == "10 questions written; 1 question with variants became all 9 wordings\n"
    some = invoke("bank", "export", bank, "--format", "csv", "--variants", "2", "-o", "some.csv")
    assert some.stdout.startswith(
        "3 questions written; 1 question with variants became 2 of 9 wordings; CSV has no"
    )
    assert invoke("bank", "export", bank, "--format", "csv", "-o", "some.csv").exit_code == 1


# add, off, on


def test_add_says_where_and_how_to_undo(invoke: Invoke, bank: Path) -> None:
    result = invoke(
        "bank", "add", "bank.toml", "--ask", "B?", "--accept", "b", "--accept", "c", "--family", "f"
    )
    assert result.exit_code == 0, result.output
    id_ = json.loads(invoke("bank", "export", bank, "--format", "json").stdout)[1]["id"]
    assert result.stdout == (
        f'bank.toml: question 2 ("B?"): added, with the id {id_}\nundo: gate bank off bank.toml {id_}\n'
    )
    assert bank.read_text() == BANK + '\n[[question]]\nask = "B?"\naccept = ["b", "c"]\nfamily = "f"\n'


def test_what_would_not_load_is_not_added(invoke: Invoke, bank: Path) -> None:
    result = invoke("bank", "add", bank, "--ask", "B?", "--accept", " ")
    assert result.exit_code == 1
    assert "an empty answer; write an answer that can be typed" in result.stderr
    assert bank.read_text() == BANK


def test_off_and_on_and_back(invoke: Invoke, bank: Path) -> None:
    off = invoke("bank", "off", "bank.toml", "one")
    assert off.stdout == 'bank.toml: question 1 ("A?"): is off now\nundo: gate bank on bank.toml one\n'
    assert "enabled = false" in bank.read_text()
    again = invoke("bank", "off", "bank.toml", "one")
    assert again.exit_code == 0
    assert again.stdout == 'bank.toml: question 1 ("A?"): is off already; nothing is changed\n'
    on = invoke("bank", "on", "bank.toml", "one")
    assert on.stdout == 'bank.toml: question 1 ("A?"): is on now\nundo: gate bank off bank.toml one\n'


def test_an_unknown_id_or_file(invoke: Invoke, bank: Path) -> None:
    assert invoke("bank", "off", bank, "nothing").exit_code == 1
    missing = invoke("bank", "off", "missing.toml", "one")
    assert missing.exit_code == 2
    assert 'there is no file "missing.toml"; correct the path\n' in missing.stderr
