"""The frame for browsers without JavaScript, in a page of another origin: from the question to the pasted code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.widget.page import FORM, Visit
from tests.widget.servers import ANSWERS, Gate

_DOCUMENTED = re.search(r"<noscript>.*?</noscript>", Path("docs/widget.md").read_text("utf-8"), re.DOTALL)
assert _DOCUMENTED is not None
OURS = _DOCUMENTED[0].replace("https://gate.example.org", "GATE").replace("my-forum", "forum")
RECAPTCHAS = """<noscript>
  <iframe title="Spam check" src="GATE/recaptcha/api/fallback?k=forum" width="302" height="422"></iframe>
  <label>Code from the frame above
    <textarea id="g-recaptcha-response" name="g-recaptcha-response" class="g-recaptcha-response">
    </textarea></label>
</noscript>"""


@pytest.mark.parametrize(
    ("fallback", "field"),
    [(OURS, "gate-response"), (RECAPTCHAS, "g-recaptcha-response")],
    ids=["gate", "recaptcha"],
)
def test_the_code_from_the_frame_is_pasted_and_lets_through(
    visit: Callable[..., Visit], gate: Gate, fallback: str, field: str
) -> None:
    page = visit(
        FORM.format(fallback),
        options={"java_script_enabled": False},
        faults=("Blocked autofocusing",),  # a browser leaves the focus of a page of another origin alone
    )
    frame = page.page.frame_locator("iframe[title='Spam check']")
    expect(frame.get_by_role("heading", name="Spam check")).to_be_visible()
    frame.get_by_role("textbox").fill("wrong")
    frame.get_by_role("textbox").press("Enter")
    expect(frame.get_by_role("alert")).to_contain_text("not the answer")
    question = frame.locator("label").inner_text()
    frame.get_by_role("textbox").fill(ANSWERS[question])
    frame.get_by_role("button", name="Check").click()
    code = frame.locator("#gate-code").input_value()
    pasted = f"\n      {code[:50]}\n{code[50:90]} {code[90:]}\t \n"
    page.page.get_by_label("Code from the frame above").fill(pasted)
    page.page.get_by_role("button", name="Post").click()
    expect(page.page.get_by_role("heading", name="Posted")).to_be_visible()
    (post,) = page.forum.posts
    assert post["body"] == "Long text"
    verdict = gate.verify(
        post[field], **({"action": "reply", "about": "topic-17"} if fallback is OURS else {})
    )
    assert (verdict["success"], verdict["hostname"]) == (True, "localhost")
    assert page.page.context.cookies() == []
