"""Alive, ready, and what happens to requests while files change and the store is away."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gate import __version__
from gate.errors import BankError, ConfigError, GateError
from tests.service import (
    BANK,
    OTHER_SIGNING,
    SECRET,
    SIGNING,
    SITES,
    Service,
    code_of,
    solutions,
    write_config,
)

NEW_BANK = """
question = [
    { ask = "What do bees make?", accept = "honey" },
    { ask = "What falls from clouds?", accept = "rain" },
]
"""


def rewrite_bank(service: Service, text: str) -> None:
    (service.folder / "bank" / "en.toml").write_text(text)


def test_it_is_alive(service: Service) -> None:
    response = service.get("/healthz")
    assert (response.status_code, response.json) == (200, {"alive": True})
    assert response.headers["Cache-Control"] == "no-store"


def test_it_is_ready_and_says_what_it_has(service: Service) -> None:
    response = service.get("/readyz")
    assert response.status_code == 200
    assert response.json == {
        "ready": True,
        "version": __version__,
        "store": "ok",
        "bank": {"questions": 9, "variants": 9, "languages": {"ar": 1, "de": 2, "en": 6}},
        "reload": "ok",
        "proxies": "ok",
        "testing": False,
    }


# Changed files


def test_a_changed_bank_is_taken_over_within_a_second(service: Service) -> None:
    service.ask()
    rewrite_bank(service, NEW_BANK)
    assert service.ask()["question"] in solutions(BANK)
    service.look()
    assert service.ask()["question"] in solutions(NEW_BANK)
    assert service.get("/readyz").json["bank"]["languages"]["en"] == 2


def test_a_new_bank_file_is_seen_too(service: Service) -> None:
    (service.folder / "bank" / "more.toml").write_text(NEW_BANK)
    service.look()
    assert service.get("/readyz").json["bank"]["questions"] == 11
    (service.folder / "bank" / "more.toml").unlink()
    service.look()
    assert service.get("/readyz").json["bank"]["questions"] == 9


@pytest.mark.parametrize(
    ("bank", "reason"),
    [
        ('question = [{ ask = "x" }]', "accept"),
        ("question = [", "not TOML"),
        ("", "no enabled question"),
        ('question = [{ ask = "A?", accept = "a", enabled = false }]', '"other": no enabled question in en'),
    ],
)
def test_a_bad_bank_is_refused_and_the_last_good_one_kept(
    service: Service, caplog: pytest.LogCaptureFixture, bank: str, reason: str
) -> None:
    asked = service.ask()
    rewrite_bank(service, bank)
    if not bank:
        (service.folder / "bank" / "de.toml").unlink()
        (service.folder / "bank" / "ar.toml").unlink()
    service.look()
    with caplog.at_level(logging.ERROR, "gate"):
        ready = service.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (200, True)
    assert ready.json["reload"].startswith("failed: ")
    assert reason in ready.json["reload"]
    assert reason in caplog.text
    service.clock.tick(2)
    assert service.answer(asked)["success"]
    rewrite_bank(service, BANK)
    service.look()
    assert service.get("/readyz").json["reload"] == "ok"


def test_a_bad_file_is_complained_of_once(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    rewrite_bank(service, "question = [")
    for _ in range(5):
        service.look()
        service.ask()
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


def test_a_challenge_of_the_bank_before_can_still_be_answered(service: Service) -> None:
    right, wrong = service.ask(), service.ask()
    rewrite_bank(service, NEW_BANK)
    service.look()
    service.clock.tick(2)
    assert service.answer(right)["success"]
    refused = service.answer(wrong, "purple")
    assert code_of(refused) == "incorrect-answer"
    assert refused["next"]["question"] in solutions(NEW_BANK)


def test_the_bank_before_is_kept_over_a_change_that_is_not_the_banks(service: Service) -> None:
    asked = service.ask()
    rewrite_bank(service, NEW_BANK)
    service.look()
    service.ask()
    write_config(service.folder, challenge={"min_seconds": 0.5})
    service.look()
    service.clock.tick(2)
    assert service.answer(asked)["success"]


def test_a_challenge_that_no_bank_knows_any_more_is_expired_and_unjudged(service: Service) -> None:
    asked = service.ask()
    for bank in (NEW_BANK, 'question = [{ ask = "What is frozen water?", accept = "ice" }]'):
        rewrite_bank(service, bank)
        service.look()
        service.ask(address="8.8.8.8")
    service.clock.tick(2)
    refused = service.answer(asked)
    assert code_of(refused) == "challenge-expired"
    assert refused["next"]["question"] == "What is frozen water?"
    rewrite_bank(service, BANK)
    service.look()
    assert service.answer(asked)["success"]


def test_a_question_that_is_switched_off_can_be_answered_by_whom_it_was_put_to(service: Service) -> None:
    asked = service.ask()
    rewrite_bank(
        service, BANK.replace(f'ask = "{asked["question"]}"', f'ask = "{asked["question"]}", enabled = false')
    )
    for _ in range(3):
        service.look()
        service.ask()
    service.clock.tick(2)
    assert service.answer(asked)["success"]


def test_changed_settings_are_taken_over(service: Service) -> None:
    write_config(
        service.folder,
        challenge={"lifetime": 60, "min_seconds": 0},
        site=[*SITES, {"sitekey": "third", "secret": f"third-{SECRET}"}],
    )
    service.look()
    asked = service.ask("third")
    assert asked["expires_in"] == 60
    assert service.verify(service.answer(asked)["token"], secret=f"third-{SECRET}")["success"]


def test_bad_settings_are_refused_and_say_no_secret(service: Service) -> None:
    token = service.token()
    path = service.folder / "config.toml"
    path.write_text(path.read_text() + '\n[challange]\nlifetime = 1\n[[site]]\nsecret = "hush"\n')
    service.look()
    ready = service.get("/readyz")
    assert ready.status_code == 200
    assert "challange" in ready.json["reload"]
    assert "hush" not in ready.text
    assert SECRET not in ready.text
    assert service.verify(token)["success"]
    path.unlink()
    service.look()
    assert "cannot be read" in service.get("/readyz").json["reload"]


def test_a_site_with_nothing_to_ask_is_refused_at_start_and_at_a_change(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    nothing = [
        {**SITES[0], "tags": ["sums"]},
        {**SITES[0], "langs": ["ja"]},
        {**SITES[0], "langs": ["en", "de"], "tags": ["colour"]},
    ]
    for number, site in enumerate(nothing):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(ConfigError, match='"forum": no enabled question in'):
            make_service(folder=folder, site=[site])
    service = make_service()
    write_config(service.folder, site=[nothing[0]])
    service.look()
    assert "no enabled question" in service.get("/readyz").json["reload"]
    service.ask()


def test_a_language_that_the_bank_lacks_is_made_up_for_by_the_others(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(site=[{**SITES[0], "langs": ["ja", "de"]}])
    assert service.ask(lang="ja")["lang"] == "de"


# Changed keys


def test_after_a_rotation_what_was_signed_before_still_counts(service: Service) -> None:
    first = service.ask(action="reply", about="17")
    second = service.ask()
    token = service.token(action="reply", about="17")
    receipt = service.verify(service.token())["receipt"]
    write_config(service.folder, signing={"current": OTHER_SIGNING, "previous": [SIGNING]})
    service.look()
    assert service.verify(token, action="reply", about="17", sitekey="forum")["success"]
    answered = service.answer(first)["token"]
    assert code_of(service.verify(answered, action="reply", about="18")) == "about-mismatch"
    assert service.verify(answered, action="reply", about="17")["success"]
    assert service.verify_answer(second)["success"]
    reported = service.post("/v1/report", {"secret": SECRET, "receipt": receipt, "verdict": "spam"})
    assert reported.json == {"success": True}
    fresh = service.ask(action="reply", about="17")
    service.clock.tick(2)
    following = service.answer(fresh, "purple")["next"]
    service.clock.tick(2)
    assert service.verify_answer(following, action="reply", about="17")["success"]


def test_a_wrong_answer_after_a_rotation_keeps_the_subject(service: Service) -> None:
    asked = service.ask(about="17")
    write_config(service.folder, signing={"current": OTHER_SIGNING, "previous": [SIGNING]})
    service.look()
    service.clock.tick(2)
    following = service.answer(asked, "purple")["next"]
    service.clock.tick(2)
    token = service.answer(following)["token"]
    assert code_of(service.verify(token)) == "about-mismatch"
    assert service.verify(token, about="17")["success"]


def test_a_key_that_was_dropped_takes_all_it_signed_with_it(service: Service) -> None:
    asked, token = service.ask(), service.token()
    write_config(service.folder, signing={"current": OTHER_SIGNING})
    service.look()
    assert code_of(service.verify(token)) == "invalid-input-response"
    assert code_of(service.answer(asked)) == "invalid-input-challenge"
    assert service.verify(service.token())["success"]


# The last good state, kept for the next process


def test_a_restart_with_bad_files_goes_on_with_the_last_good_ones(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    kept = tmp_path / "last-good.json"
    first = make_service(last_good=kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    rewrite_bank(first, "question = [")
    second = make_service(last_good=kept)
    ready = second.get("/readyz")
    assert (ready.status_code, ready.json["reload"].split(":")[0]) == (200, "failed")
    assert second.ask()["question"] in solutions(BANK)
    rewrite_bank(second, NEW_BANK)
    second.look()
    assert second.ask()["question"] in solutions(NEW_BANK)


@pytest.mark.parametrize("kept", [None, "", "{", "{}"])
def test_without_one_bad_files_stop_the_start(
    make_service: Callable[..., Service], tmp_path: Path, kept: str | None
) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "en.toml").write_text("question = [")
    path = tmp_path / "last-good.json"
    if kept is not None:
        path.write_text(kept)
    with pytest.raises(BankError, match="not TOML"):
        make_service(last_good=path)


def test_a_state_that_cannot_be_kept_stops_nothing(
    make_service: Callable[..., Service], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = make_service(last_good=tmp_path / "missing" / "last-good.json")
    assert "not kept" in caplog.text
    rewrite_bank(service, NEW_BANK)
    service.look()
    assert service.ask()["question"] in solutions(NEW_BANK)


def test_missing_files_stop_the_start(make_service: Callable[..., Service]) -> None:
    with pytest.raises(GateError, match=r"nowhere\.toml"):
        make_service(bank={"files": ["nowhere.toml"]})


# The store is away


@pytest.fixture
def on_disk(make_service: Callable[..., Service]) -> Service:
    return make_service(store={"url": "sqlite:///gate.db"})


@contextmanager
def locked(service: Service) -> Iterator[None]:
    """Hold the store's file, as a program would that hangs in the midst of a change."""
    with closing(sqlite3.connect(service.folder / "gate.db", isolation_level=None)) as rival:
        rival.execute("BEGIN EXCLUSIVE")
        yield
        rival.execute("ROLLBACK")


def recovers(service: Service) -> None:
    """Wait until the breaker, which goes by the real clock, lets requests through again."""
    deadline = time.monotonic() + 60
    while service.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, service.get("/readyz").text
        time.sleep(0.05)


def assert_unavailable(service: Service, path: str, fields: dict[str, Any]) -> None:
    response = service.post(path, fields)
    assert (response.status_code, code_of(response)) == (503, "internal-error")
    assert response.headers["Retry-After"] == "1"
    assert not {"token", "receipt", "next"} & response.json.keys()


def test_while_the_store_is_away_nothing_is_let_through_and_afterwards_all_goes_on(on_disk: Service) -> None:
    service = on_disk
    token, spent, asked, in_one = service.token(), service.token(), service.ask(), service.ask()
    receipt = service.verify(spent)["receipt"]
    service.clock.tick(2)
    with locked(service):
        assert_unavailable(service, "/v1/verify", {"secret": SECRET, "response": token})
        assert_unavailable(service, "/v1/verify", {"secret": SECRET, "response": spent})
        for path, secret in (("/v1/answer", {}), ("/v1/verify", {"secret": SECRET})):
            for answer in (service.right(asked), "purple"):
                fields = {**secret, "challenge": in_one["challenge"], "answer": answer}
                assert_unavailable(service, path, fields)
        report = {"secret": SECRET, "receipt": receipt, "verdict": "spam"}
        assert_unavailable(service, "/v1/report", report)
        ready = service.get("/readyz")
        assert (ready.status_code, ready.json["ready"]) == (503, False)
        assert "another process" in ready.json["store"] or "locked" in ready.json["store"]
        assert service.get("/healthz").status_code == 200
    recovers(service)
    assert service.verify(token)["success"]
    assert code_of(service.verify(spent)) == "timeout-or-duplicate"
    assert service.answer(asked)["success"]
    assert service.verify_answer(in_one)["success"]
    assert service.post("/v1/report", report).json == {"success": True}


def test_after_a_failure_nobody_waits_for_the_next(on_disk: Service) -> None:
    token = on_disk.token()
    with locked(on_disk):
        assert_unavailable(on_disk, "/v1/verify", {"secret": SECRET, "response": token})
        started = time.monotonic()
        for _ in range(40):
            assert_unavailable(on_disk, "/v1/verify", {"secret": SECRET, "response": token})
        assert time.monotonic() - started < 16  # forty waits for the lock would take 32 s
    recovers(on_disk)


def test_a_damaged_store_is_said_and_lets_nothing_through(on_disk: Service) -> None:
    service = on_disk
    token, spent = service.token(), service.token()
    assert service.verify(spent)["success"]
    service.live.store.close()
    for path in service.folder.glob("gate.db*"):
        path.unlink()
    (service.folder / "gate.db").write_bytes(b"This is no database." * 500)
    for response in (token, spent):
        assert_unavailable(service, "/v1/verify", {"secret": SECRET, "response": response})
    assert service.get("/readyz").status_code == 503
    (service.folder / "gate.db").unlink()
    recovers(service)
    for response in (token, spent):
        assert code_of(service.verify(response)) == "timeout-or-duplicate"
    assert service.verify(service.token())["success"]


def test_a_store_that_is_lost_costs_one_more_question_and_lets_nothing_through_twice(
    on_disk: Service,
) -> None:
    service = on_disk
    spent, asked = service.token(), service.ask()
    assert service.verify(spent)["success"]
    for path in service.folder.glob("gate.db*"):
        path.unlink()
    assert code_of(service.verify(spent)) == "timeout-or-duplicate"
    service.clock.tick(2)
    refused = service.answer(asked)
    assert code_of(refused) == "challenge-expired"
    service.clock.tick(2)
    assert service.verify(service.answer(refused["next"])["token"])["success"]


def test_questions_are_still_put_while_the_store_cannot_be_written(on_disk: Service) -> None:
    on_disk.ask()
    with locked(on_disk):
        assert on_disk.get("/v1/challenge", {"sitekey": "forum"}).status_code == 200
