"""Gate in a host application: what it needs, what it refuses, and what it does without WTForms."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from werkzeug.middleware.proxy_fix import ProxyFix

from gate import Gate, __version__
from gate.errors import BankError, ConfigError, WeakKeyError
from tests.cli.processes import wait_for
from tests.embedding.hosts import OFF, SECRET_KEY, Browser, Page, PlainForm, make_host

LIMITS = {"answers": ""}
"""One limit is off, the others are the defaults."""


def application(folder: Path, **settings: Any) -> Flask:
    app = Flask("forum", instance_path=str(folder))
    app.config.update(settings)
    return app


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "is missing"),
        ("", "is missing"),
        ("dev", "is an example that anybody can look up"),
        ("short-one", "has only 9 of at least 16 bytes"),
        ("a" * 40, "has only 1 different characters"),
        (12345678901234567890, "is of type int, not text"),
    ],
)
def test_a_weak_secret_key_is_refused_with_the_line_to_paste(
    tmp_path: Path, key: object, reason: str
) -> None:
    with pytest.raises(WeakKeyError) as refused:
        Gate(application(tmp_path, SECRET_KEY=key, GATE_CONFIG=OFF))
    assert str(refused.value).startswith(f"SECRET_KEY {reason}")
    line = re.search(r'app\.config\["SECRET_KEY"\] = "(.+)"', str(refused.value))
    assert line is not None
    Gate(application(tmp_path, SECRET_KEY=line[1], GATE_CONFIG=OFF))


@pytest.mark.parametrize(
    ("fallbacks", "reason"),
    [
        (["another-long-and-random-key-4711", "dev"], ", item 2, is an example that anybody can look up"),
        ([""], ", item 1, is empty"),
        ([b"short-one"], ", item 1, has only 9 of at least 16 bytes"),
        ([None], ", item 1, is of type NoneType, not text"),
        ("another-long-and-random-key-4711", " is one text; write it in brackets"),
    ],
)
def test_a_former_key_that_anybody_could_sign_with_is_refused(
    tmp_path: Path, fallbacks: object, reason: str
) -> None:
    with pytest.raises(WeakKeyError) as refused:
        Gate(application(tmp_path, SECRET_KEY=SECRET_KEY, SECRET_KEY_FALLBACKS=fallbacks, GATE_CONFIG=OFF))
    assert str(refused.value).startswith(f"SECRET_KEY_FALLBACKS{reason}")


def test_the_store_lies_in_the_instance_folder(tmp_path: Path) -> None:
    Gate(application(tmp_path, SECRET_KEY=SECRET_KEY))
    assert (tmp_path / "gate" / "gate.db").is_file()
    assert (tmp_path / "gate").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["mapping", "absolute path", "path object", "path from the application"])
def test_gate_config_is_a_mapping_or_a_path(tmp_path: Path, kind: str) -> None:
    bank = '[[question]]\nask = "Which word is secret?"\naccept = "marzipan"\n'
    config = tmp_path / "forum" / "config.toml"
    config.parent.mkdir()
    config.with_name("bank.toml").write_text(bank)
    config.write_text('[bank]\nfiles = ["bank.toml"]\n')
    given = {
        "mapping": {"bank": {"files": [str(config.with_name("bank.toml"))]}},
        "absolute path": str(config),
        "path object": config,
        "path from the application": "config.toml",
    }[kind]
    app = Flask("forum", root_path=str(config.parent), instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY=SECRET_KEY, GATE_CONFIG=given)
    Gate(app)
    with app.test_request_context("/"):
        assert "Which word is secret?" in render_template_string("{{ gate() }}")


def test_the_start_is_one_line_that_says_what_is_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "gate"):
        Gate(application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG={**OFF, "limits": LIMITS}))
    [line] = caplog.messages
    assert re.fullmatch(
        rf"gate {__version__} in forum; store sqlite:///gate\.db; bank \d+ questions, [\d,]+ variants \(en \d+\)"
        r"; 1 site \(forum\); limits challenges 120/minute, answers off, "
        r"wrong_answers 30/10 minutes, tokens 20/10 minutes",
        line,
    )
    assert SECRET_KEY not in line


def test_a_start_with_a_gate_elsewhere_says_where(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gate"):
        Gate(
            application(
                tmp_path, GATE_URL="https://gate.example.org", GATE_SITEKEY="forum", GATE_SECRET=SECRET_KEY
            )
        )
    assert caplog.messages == [f"gate {__version__} in forum; asking https://gate.example.org"]


@pytest.mark.parametrize(
    ("given", "error", "named"),
    [
        ({"bank": {"fils": []}}, ConfigError, 'did you mean "files"?'),
        ({"bank": {"files": ["nowhere.toml"]}}, BankError, "nowhere.toml: no such file"),
        (17, ConfigError, "give a path to a config.toml, or a dict like one"),
    ],
)
def test_a_wrong_gate_config_stops_the_start(
    tmp_path: Path, given: object, error: type[Exception], named: str
) -> None:
    with pytest.raises(error) as refused:
        Gate(application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=given))
    assert named in str(refused.value)


def test_it_never_passes_because_the_application_is_testing(tmp_path: Path) -> None:
    host = make_host(tmp_path, PlainForm, TESTING=True)
    browser = Browser(host.app.test_client(), str)
    browser.send(browser.open(), right=False, name="Ana", body="text")
    assert host.posted == []


def test_a_key_becomes_a_fallback_without_costing_a_question(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    page = Browser(make_host(tmp_path, PlainForm).app.test_client(), solve).open()
    host = make_host(
        tmp_path, PlainForm, SECRET_KEY="another-long-and-random-key-4711", SECRET_KEY_FALLBACKS=[SECRET_KEY]
    )
    sent = Browser(host.app.test_client(), solve).send(page, right=True, name="Ana", body="text")
    assert sent.html == "posted"


def test_a_key_that_is_gone_costs_one_question_and_no_text(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    page = Browser(make_host(tmp_path, PlainForm).app.test_client(), solve).open()
    host = make_host(tmp_path, PlainForm, SECRET_KEY="another-long-and-random-key-4711")
    browser = Browser(host.app.test_client(), solve)
    again = browser.send(page, right=True, name="Ana", body="text")
    assert host.posted == []
    assert again.fields["body"] == "text"
    assert browser.send(again, right=True).html == "posted"


def test_several_applications_in_one_process_do_not_share_answers(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    first = make_host(tmp_path / "one", PlainForm)
    second = make_host(tmp_path / "two", PlainForm, SECRET_KEY="another-long-and-random-key-4711")
    page = Browser(first.app.test_client(), solve).open()
    Browser(second.app.test_client(), solve).send(page, right=True, name="Ana", body="text")
    assert second.posted == []
    assert (
        Browser(first.app.test_client(), solve).send(page, right=True, name="Ana", body="text").html
        == "posted"
    )


def test_two_processes_share_what_was_used(tmp_path: Path, solve: Callable[[str], str]) -> None:
    """Two workers are two applications over one instance folder."""
    workers = [make_host(tmp_path, PlainForm) for _ in range(2)]
    page = Browser(workers[0].app.test_client(), solve).open()
    for worker in workers:
        Browser(worker.app.test_client(), solve).send(page, right=True, name="Ana", body="text")
    assert [len(worker.posted) for worker in workers] == [1, 0]
    assert workers[1].forms[0].gate.repeated
    assert workers[1].forms[0].gate.receipt == workers[0].receipts[0]


def test_processes_that_share_no_store_cost_a_question_and_never_a_second_reply(
    tmp_path: Path, solve: Callable[[str], str]
) -> None:
    """A store in memory under two workers: each refuses what the other one asked."""
    config = {**OFF, "store": {"url": "memory://"}}
    workers = [make_host(tmp_path, PlainForm, GATE_CONFIG=config) for _ in range(2)]
    one, other = (Browser(worker.app.test_client(), solve) for worker in workers)
    page = one.open()
    again = other.send(page, right=True, name="Ana", body="text")
    assert again.fields["body"] == "text"
    assert again.question is not None
    assert [len(worker.posted) for worker in workers] == [0, 0]
    assert other.send(again, right=True).html == "posted"
    one.send(again, right=True)
    assert [len(worker.posted) for worker in workers] == [0, 1]


def test_questions_from_the_instance_folder_are_taken_over_when_they_change(tmp_path: Path) -> None:
    bank = tmp_path / "gate" / "bank.toml"
    bank.parent.mkdir()
    bank.write_text('[[question]]\nask = "Which word is old?"\naccept = "old"\n')
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG={**OFF, "bank": {"files": ["bank.toml"]}})
    Gate(app)

    def shown() -> str:
        with app.test_request_context("/"):
            return render_template_string("{{ gate() }}")

    assert "Which word is old?" in shown()
    bank.write_text('[[question]]\nask = "Which word is the new one?"\naccept = "new"\n')
    wait_for(lambda: "Which word is the new one?" in shown(), "the new question")


def test_a_form_without_wtforms(tmp_path: Path, solve: Callable[[str], str]) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)
    posted: list[str] = []

    @app.route("/", methods=["GET", "POST"])
    def reply() -> str:
        result = None
        if request.method == "POST":
            result = gate.verify(request, action="reply", spend=bool(request.form["body"]))
            if result:
                posted.append(request.form["body"])
                return "posted"
        return render_template_string(
            '<form method="post"><textarea name="body"></textarea>{{ gate(result, action="reply") }}</form>',
            result=result,
        )

    browser = Browser(app.test_client(), solve)
    page = browser.send(browser.open(), right=False, body="text")
    assert "That is not the answer" in page.html
    page = browser.send(page, right=True, body="")
    assert "Answered" in page.html
    assert posted == []
    assert browser.send(page, body="text").html == "posted"
    browser.send(page, body="text")
    assert posted == ["text"]


def test_fields_that_come_as_json_are_judged_like_a_form(tmp_path: Path, solve: Callable[[str], str]) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)

    @app.get("/")
    def show() -> str:
        return str(gate(action="reply"))

    @app.post("/")
    def reply() -> dict[str, Any]:
        result = gate.verify(request, action="reply")
        return {"posted": bool(result), "message": result.message}

    client = app.test_client()
    page = Browser(client, solve).open()
    fields = {**page.fields, "gate-response": None, "body": "text"}
    empty = client.post("/", json=fields | {"gate-answer": None}).get_json()
    assert empty == {"posted": False, "message": "Type an answer to the question, then send again."}
    for nothing in ("[]", '"text"', "null", "{", "[" * 100_000):
        assert client.post("/", data=nothing, content_type="application/json").get_json()["posted"] is False
    answer = solve(page.question or "")
    assert client.post("/", json=fields | {"gate-answer": answer}).get_json()["posted"] is True
    assert client.post("/", json=fields | {"gate-answer": answer}).get_json()["posted"] is False


def test_half_a_character_that_came_as_json_is_shown_as_one_that_is_missing(tmp_path: Path) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)
    app.add_url_rule("/", view_func=lambda: str(gate(gate.verify(request))), methods=["GET", "POST"])
    client = app.test_client()
    long = "x" * 200 + "\ud800"
    page = client.post("/", json={**Page(client.get("/")).fields, "gate-answer": long})
    assert Page(page).fields["gate-answer"] == "x" * 200 + "?"


def test_two_forms_of_one_page_without_wtforms_can_have_ids_of_their_own(tmp_path: Path) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    Gate(app)
    with app.test_request_context("/"):
        html = render_template_string('{{ gate() }}{{ gate(id="second") }}')
    ids = re.findall(r' id="([^"]+)"', html)
    assert {"gate-answer", "gate-title", "second-answer", "second-title"} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("action", ["two words", "x" * 33, "é"])
def test_an_action_that_no_challenge_can_carry_is_refused_when_the_form_is_shown(
    tmp_path: Path, action: str
) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)
    with app.test_request_context("/"), pytest.raises(ValueError, match="action must be 1 to 32 of"):
        gate(action=action)


def test_an_application_without_a_gate_says_what_is_missing(tmp_path: Path) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY)
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="call Gate"):
        PlainForm().gate()


def test_a_second_gate_in_one_application_says_what_to_do(tmp_path: Path) -> None:
    app = application(tmp_path, SECRET_KEY=SECRET_KEY, GATE_CONFIG=OFF)
    gate = Gate(app)
    with pytest.raises(RuntimeError, match=r"forum has a gate already: .* once"):
        gate.init_app(app)


def test_a_host_overrides_the_template(tmp_path: Path) -> None:
    (tmp_path / "templates" / "gate").mkdir(parents=True)
    (tmp_path / "templates" / "gate" / "field.html").write_text("<b>{{ attempt.question.question }}</b>")
    app = Flask("forum", instance_path=str(tmp_path), template_folder=str(tmp_path / "templates"))
    app.config["SECRET_KEY"] = SECRET_KEY
    Gate(app)
    with app.test_request_context("/"):
        assert render_template_string("{{ gate() }}").startswith("<b>")


def test_a_reply_is_reported_by_its_receipt(tmp_path: Path, solve: Callable[[str], str]) -> None:
    host = make_host(tmp_path, PlainForm)
    browser = Browser(host.app.test_client(), solve)
    browser.send(browser.open(), right=True, name="Ana", body="text")
    gate: Any = host.app.jinja_env.globals["gate"]
    with host.app.test_request_context("/"):
        assert gate.report(host.receipts[0], "spam")
        assert not gate.report("not a receipt", "spam")
        with pytest.raises(ValueError, match='"spam" or "ham"'):
            gate.report(host.receipts[0], "bad")


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "told"),
    [
        (0, "127.0.0.1", "203.0.113.9", 1),
        (0, "172.17.0.1", "203.0.113.9", 1),
        (1, "127.0.0.1", "203.0.113.9", 0),
        (0, "8.8.8.8", "203.0.113.9", 0),
        (0, "127.0.0.1", "", 0),
    ],
)
def test_a_proxy_whose_header_nobody_reads_is_noticed_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, proxies: int, peer: str, forwarded: str, told: int
) -> None:
    app = make_host(tmp_path, PlainForm).app
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies)  # type: ignore[method-assign]
    for _ in range(2):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        app.test_client().get("/", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert [record.levelname for record in caplog.records if "ProxyFix" in record.message] == [
        "WARNING"
    ] * told
