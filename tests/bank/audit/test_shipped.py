"""The shipped banks: what scripts make of them, and that the pages say the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from gate.bank import load
from gate.bank.audit import Report, audit
from gate.bank.audit.asked import Asked
from gate.bank.load import load_bank

STARTER = Path(load.__file__).parent / "starter"
LANGUAGES = sorted(path.stem for path in STARTER.glob("*.toml"))
DOCS = Path(__file__).parents[3] / "docs"


@cache
def shipped(lang: str) -> Report:
    return audit(load_bank([str(STARTER / f"{lang}.toml")]), harvest=1000)


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under the line that begins with ``heading``."""
    lines = iter((DOCS / page).read_text("utf-8").splitlines())
    next(line for line in lines if line.startswith(heading))
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scripts_pass_seldom_and_the_page_says_how_often(lang: str) -> None:
    (found,) = shipped(lang).languages
    assert found.pass_rate <= 0.18
    assert found.pass_rate_choosing <= 0.45
    assert found.floor <= 0.05
    rates = (found.pass_rate, found.pass_rate_choosing, found.floor, found.attackers["harvest"])
    row = [
        lang,
        str(found.questions),
        f"{found.variants:,}",
        *(f"{rate:.1%}".replace("%", " %") for rate in rates),
    ]
    assert row in rows("audit.md", "| language | questions")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_opposite_is_kept_from_the_scripts(lang: str) -> None:
    """A bank that asks only what their list leaves out would look better than it is."""
    asked = [question for question in shipped(lang).questions if Asked(question.ask, lang).has("opposite")]
    assert asked
    assert all(question.attackers["lexicon"] == 1 for question in asked)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_thing_is_not_tells_scripts_what_it_is(lang: str) -> None:
    """Whoever knows the opposites needs no more than "is not" to answer with one."""
    denied = [
        question
        for question in shipped(lang).questions
        if question.family == "opposites" and not Asked(question.ask, lang).has("opposite")
    ]
    assert denied
    assert all(question.attackers["lexicon"] > 0.5 for question in denied)


def test_the_page_on_writing_has_its_figures_from_the_audit() -> None:
    questions = {question.ask: question for question in shipped("en").questions}
    table = [
        row
        for row in rows("writing-questions.md", "| kind of question")
        if len(row) == 4 and row[1] in questions
    ]
    assert len(table) >= 12
    for _, ask, script, passes in table:
        question = questions[ask]
        assert passes == f"{question.best:.0%}".replace("%", " %"), ask
        assert script == ("none" if question.best < 0.005 else best_of(question.attackers, question.best)), (
            ask
        )


def best_of(attackers: Mapping[str, float], best: float) -> str:
    return next(name for name, rate in attackers.items() if rate == best)
