"""Small banks for the audit's tests, and what it says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gate.bank.audit import QuestionReport, Report, audit
from gate.bank.load import parse_bank
from gate.bank.question import Bank

FOUNDING = '[[question]]\nask = "How do you spell green?"\naccept = ["green"]\n'


def bank(text: str) -> Bank:
    return parse_bank({"bank.toml": text.encode()})


def fixed(ask: str, accept: str | Sequence[str], **more: object) -> str:
    """Write a question without variants."""
    keys = {"ask": ask, "accept": accept, **more}
    return "[[question]]\n" + "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items()
    )


def report(*questions: str) -> Report:
    return audit(bank("".join(questions)))


def only(ask: str, accept: str | Sequence[str], **more: object) -> QuestionReport:
    """Audit a bank of one question."""
    return report(fixed(ask, accept, **more)).questions[0]
