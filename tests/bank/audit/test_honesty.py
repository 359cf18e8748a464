"""Attackers know the wording and its language; what is accepted they learn from the judge alone."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import get_type_hints

import pytest

import gate.bank.audit as package
from gate.bank.audit.asked import Asked, Guesses
from gate.bank.audit.attackers import ATTACKERS, Attacker
from tests.bank.audit.banks import only

FOLDER = Path(package.__file__).parent
BLIND = ("asked", "vocabulary", "numerals", *ATTACKERS)
"""The modules that a guess comes from."""


@pytest.mark.parametrize("name", ATTACKERS)
def test_an_attacker_takes_the_asked_and_returns_guesses(name: str) -> None:
    attack: Attacker = ATTACKERS[name]
    parameters = inspect.signature(attack).parameters
    hints: Mapping[str, object] = get_type_hints(attack)
    assert [hints[parameter] for parameter in parameters] == [Asked]
    assert hints["return"] == Guesses


def test_the_asked_holds_wording_and_language() -> None:
    assert [(field.name, field.type) for field in dataclasses.fields(Asked)] == [
        ("ask", "str"),
        ("lang", "str"),
    ]


@pytest.mark.parametrize("module", BLIND)
def test_no_guessing_module_can_reach_answers(module: str) -> None:
    """It imports neither bank nor judge, and never names what a variant accepts."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {name for name in imported if name and name.startswith("gate.")}
    assert own <= {
        "gate.answers.normalise",
        "gate.answers.numbers",
        *(f"gate.bank.audit.{name}" for name in BLIND),
    }
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not named & {"accept", "wording", "digest", "hint"}


def test_what_is_right_changes_no_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two banks that differ in nothing but their answers get the same guesses."""
    seen: dict[str, list[Guesses]] = {name: [] for name in ATTACKERS}

    def spied(name: str) -> Attacker:
        def spy(asked: Asked) -> Guesses:
            assert set(vars(asked)) >= {"ask", "lang"}
            seen[name].append(ATTACKERS[name](asked))
            return seen[name][-1]

        return spy

    monkeypatch.setattr("gate.bank.audit.survey.ATTACKERS", {name: spied(name) for name in ATTACKERS})
    ask = "Which colour comes second: red, blue, green?"
    one, other = only(ask, "blue", hint="b"), only(ask, ["green", "red"], tags=["x"])
    assert one.attackers != other.attackers
    assert all(before == after for before, after in seen.values())
