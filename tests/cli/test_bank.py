"""``gate bank check`` and ``gate bank try``."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest

from gate.bank.draw import stream
from gate.bank.load import load_bank
from gate.cli.trying import Tries, try_bank
from tests.cli.conftest import Invoke
from tests.service import solutions

ONE = '[[question]]\nask = "What colour is grass?"\naccept = ["green", "verdant"]\nhint = "One word."\n'
MEDIAN = r"median \d+\.\d s"
"""How long somebody took, whatever the machine did meanwhile."""


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.toml"
    path.write_text(ONE)
    return path


def test_the_shipped_questions_are_fine(invoke: Invoke) -> None:
    result = invoke("bank", "check", "starter", "--strict")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("fine: ")


def test_weak_spots_are_warnings_and_with_strict_faults(invoke: Invoke, one: Path) -> None:
    result = invoke("bank", "check", one)
    assert result.exit_code == 0
    assert 'warning: questions in "en": 1 variant' in result.stdout
    assert "fine: 1 question with 1 variant in en; " in result.stdout
    strict = invoke("bank", "check", one, "--strict")
    assert strict.exit_code == 1
    assert "warning: " in strict.stdout
    assert "warnings" in strict.stderr


def test_faults_are_counted_with_their_files(invoke: Invoke, tmp_path: Path, one: Path) -> None:
    (tmp_path / "two.toml").write_text('[[question]]\nask = "Why?"\naccept = 1.5\ncolour = "red"\n')
    one.write_text("[[question]]\n")
    result = invoke("bank", "check", "*.toml")
    assert result.exit_code == 1
    assert result.stdout == ""
    *faults, count = result.stderr.splitlines()
    assert count == f"{len(faults)} faults in 2 files"


def test_a_variant_that_cannot_be_rendered_is_a_fault(invoke: Invoke, tmp_path: Path) -> None:
    varied = 'ask = "{{ n }} of {{ 12 // (n - 777) }}?"\naccept = "{{ n }}"\nvary = { n = { from = 1, to = 2000 } }'
    (tmp_path / "varied.toml").write_text(f"[[question]]\n{varied}\n")
    result = invoke("bank", "check", "varied.toml")
    assert result.exit_code == 1
    assert "variant 777" in result.stderr


def test_a_person_is_judged_as_a_poster_is(invoke: Invoke, one: Path) -> None:
    result = invoke("bank", "try", one, "--count", "3", stdin="GREEN.\nred\n\n")
    assert result.exit_code == 0
    words = [line.strip() for line in result.stdout.replace("> ", "").splitlines()]
    assert words.count("1/3 What colour is grass?") == 1
    assert [word for word in words if word in ("right", "wrong", "skipped")] == ["right", "wrong", "skipped"]
    assert "(One word.)" in words
    assert re.fullmatch(rf"you: 1 of 2, {MEDIAN}, 1 question skipped; the echo script: 0 of 2", words[-1])
    assert "verdant" not in result.stdout


def test_answers_are_shown_only_when_asked_for(invoke: Invoke, one: Path) -> None:
    result = invoke("bank", "try", one, "--count", "1", "--show", stdin="red\n")
    assert "wrong; accepted: green, verdant" in result.stdout


def test_the_end_of_the_input_ends_early_with_the_score(invoke: Invoke, one: Path) -> None:
    result = invoke("bank", "try", one, stdin="green\n")
    assert result.exit_code == 0
    assert re.search(rf"\nyou: 1 of 1, {MEDIAN}; the echo script: 0 of 1\n\Z", result.stdout)
    assert invoke("bank", "try", one).stdout.endswith("\nyou: 0 of 0; the echo script: 0 of 0\n")


def test_the_echo_script_answers_the_same_questions_with_a_word_of_each(
    invoke: Invoke, tmp_path: Path
) -> None:
    """It passes where every word is right, never where none is, and is judged by the question's own rules."""
    for ask, accept, passed in (("Green, GREEN?", "green", 4), ("Not green!", "red", 0)):
        (tmp_path / "q.toml").write_text(f'[[question]]\nask = "{ask}"\naccept = "{accept}"\n')
        result = invoke("bank", "try", "q.toml", "--count", "4", stdin="?\n" * 4)
        assert result.stdout.splitlines()[-1].endswith(f"; the echo script: {passed} of 4")


def test_the_echo_script_chooses_each_word_equally_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of "How do you spell green?" it passes one time in five; one source of chance, one result."""
    path = tmp_path / "green.toml"
    path.write_text('[[question]]\nask = "How do you spell green?"\naccept = "green"\n')
    bank, scores = load_bank([str(path)]), []
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", StringIO("red\n" * 1000))
        tries = Tries()
        try_bank(bank, "en", tries, count=1000, show=False, rng=stream(b"key", b"seed"))
        scores.append(tries)
    assert scores[0].echoed == scores[1].echoed
    assert 150 <= scores[0].echoed <= 250
    assert scores[0].right == 0


def test_a_config_names_the_questions_and_the_language(invoke: Invoke, config: Path) -> None:
    english = invoke("bank", "try", "--config", config, "--count", "1", stdin="?\n")
    german = invoke("bank", "try", "--config", config, "--count", "1", "--lang", "de-AT", stdin="?\n")
    assert english.stdout.splitlines()[0].removeprefix("1/1 ") in solutions()
    assert german.stdout.splitlines()[0] in (
        "1/1 Welche Farbe hat Gras?",
        "1/1 Wie viele Tage hat eine Woche?",
    )


def test_a_language_that_the_bank_has_not_is_wrong_use(invoke: Invoke, one: Path) -> None:
    result = invoke("bank", "try", one, "--lang", "tlh")
    assert result.exit_code == 2
    assert 'no question is in "tlh"; the bank has en' in result.stderr


def test_files_and_config_together_are_wrong_use(invoke: Invoke, one: Path, config: Path) -> None:
    assert invoke("bank", "try", one, "--config", config).exit_code == 2
