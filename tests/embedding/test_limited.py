"""A form whose poster has tried too often: nothing typed is lost, and it says when to try again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.embedding.hosts import OFF, Browser, PlainForm, make_host

LIMITED = {**OFF, "limits": {**OFF["limits"], "answers": "1/year"}}


def test_beyond_a_limit_the_form_keeps_all_that_was_typed_and_says_how_long(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    host = make_host(tmp_path, PlainForm, GATE_CONFIG=LIMITED)
    browser = Browser(host.app.test_client(), solve)
    page = browser.send(browser.open(), right=False, name="Ana", body="Sharp blades.")
    answer = browser.solve(page.question or "")
    refused = browser.send(page, gate_answer=answer)
    assert host.posted == []
    assert refused.fields["name"] == "Ana"
    assert refused.fields["body"] == "Sharp blades."
    assert refused.fields["gate-answer"] == answer
    assert refused.fields["gate-challenge"] == page.fields["gate-challenge"]
    assert re.search(r"wait [1-9]\d* minutes?, then send again", refused.html)
