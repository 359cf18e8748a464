from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from gate.web.request_log import JsonLines, log_as_json
from tests.service import PAGE, SECRET, Service


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    formatter = JsonLines()
    records = [record for record in caplog.records if record.name == "gate.requests"]
    texts = [formatter.format(record) for record in records]
    assert not [text for text in texts if "\n" in text]
    return [json.loads(text) for text in texts]


def test_each_request_leaves_one_line(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gate.requests")
    service.get("/v1/challenge", {"sitekey": "forum"})
    service.get("/v1/challenge", {"sitekey": "nobody"})
    service.post("/v1/verify", {"secret": "wrong", "response": "x"})
    service.send("DELETE", "/v1/verify")
    service.get("/no/such/page")
    service.get("/healthz")
    shown = [(line["method"], line["route"], line["status"], line["code"]) for line in lines(caplog)]
    assert shown == [
        ("GET", "/v1/challenge", 200, "ok"),
        ("GET", "/v1/challenge", 404, "invalid-sitekey"),
        ("POST", "/v1/verify", 200, "invalid-input-secret"),
        ("DELETE", "/v1/verify", 405, "bad-request"),
        ("GET", "?", 404, "bad-request"),
        ("GET", "/healthz", 200, "ok"),
    ]
    assert all(line["level"] == "info" and line["ms"] >= 0 and "time" in line for line in lines(caplog))


def test_no_line_tells_who_it_was_or_what_was_said(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hidden = ["8.8.4.4", "9.9.9.9", SECRET, "purple-elephant", "topic-4711", "session-7", "forum.example.org"]
    asked = service.ask(about="topic-4711", headers={"X-Forwarded-For": "9.9.9.9"}, origin=PAGE)
    service.clock.tick(2)
    following = service.answer(asked, "purple-elephant", cdata="session-7")["next"]
    service.clock.tick(2)
    token = service.answer(following, cdata="session-7")["token"]
    receipt = service.verify(token, about="topic-4711", remoteip="9.9.9.9")["receipt"]
    service.post("/v1/report", {"secret": SECRET, "receipt": receipt, "verdict": "spam"})
    service.get("/v1/challenge", {"sitekey": "forum", "secret": SECRET})
    service.get(f"/{SECRET}/{token}", {"response": token})
    service.send(f"X{token[:8]}-", "/v1/verify")
    service.send("POST", "/v1/verify", data=f"{{{SECRET}", content_type="application/json")
    hidden += [
        asked["challenge"],
        token,
        receipt,
        token[:20],
        following["question"],
        service.right(following),
    ]
    formatter = JsonLines()
    everything = "\n".join(formatter.format(record) for record in caplog.records)
    assert "/v1/verify" in everything
    assert not [text for text in hidden if text in everything]


def test_an_error_that_nobody_foresaw_is_a_500_that_keeps_its_reason_to_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    @service.app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("deep inside")

    response = service.get("/broken")
    assert response.status_code == 500
    assert response.json["error-codes"] == ["internal-error"]
    assert "deep inside" not in response.text
    assert "ZeroDivisionError: deep inside" in caplog.text


def test_strange_characters_cannot_break_out_of_a_line() -> None:
    record = logging.LogRecord("gate", logging.INFO, "", 0, 'a\n{"level": "x"}\u2028\x1b[31m\u202e', (), None)
    text = JsonLines().format(record)
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text)["message"] == 'a\n{"level": "x"}\u2028\x1b[31m\u202e'


def test_a_failure_is_one_line_with_its_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("gate", logging.ERROR, "", 0, "it broke", (), sys.exc_info())
    entry = json.loads(JsonLines().format(record))
    assert (entry["level"], entry["message"]) == ("error", "it broke")
    assert "ValueError: broken" in entry["error"]


def test_the_log_goes_to_standard_error_as_json(
    service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("gate")
    monkeypatch.setattr(logger, "handlers", logger.handlers)
    monkeypatch.setattr(logger, "propagate", True)
    level = logger.level
    try:
        log_as_json()
        service.get("/healthz")
    finally:
        logger.setLevel(level)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["route"] == "/healthz"
