"""One gatekeeper that follows its files, asked by many threads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gate.errors import BankError, Fault, StoreError
from gate.live import Live
from gate.sources import Content, Loaded, Source
from gate.verdicts import Answered, Asked
from tests.service import (
    BANK,
    OTHER_SIGNING,
    SIGNING,
    SITES,
    Clock,
    make_live,
    solutions,
    write_banks,
    write_config,
)

OTHER_BANK = """
[[question]]
ask = "What do bees make?"
accept = "honey"

[[question]]
ask = "What falls from clouds?"
accept = "rain"
"""

SLOW = "".join(
    f"""
[[question]]
ask = "What is {{{{ a }}}} plus {{{{ b }}}} plus {number}?"
accept = "{{{{ a + b + {number} }}}}"
vary = {{ a = {{ from = 1, to = 99 }}, b = {{ from = 1, to = 99 }} }}
"""
    for number in range(40)
)
"""Takes some tenths of a second to load."""


@pytest.fixture
def stopwatch() -> Clock:
    return Clock(0.0)


@pytest.fixture
def live(tmp_path: Path, clock: Clock, stopwatch: Clock) -> Live:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "en.toml").write_text(BANK)
    site = [{**SITES[0], "langs": ["en"]}]
    limits = {"challenges": "", "answers": "", "tokens": ""}
    return make_live(
        tmp_path, clock, stopwatch=stopwatch, site=site, limits=limits, challenge={"min_seconds": 0}
    )


def test_the_files_are_looked_at_once_a_second_at_most(live: Live, stopwatch: Clock, tmp_path: Path) -> None:
    before = live.gatekeeper
    (tmp_path / "bank" / "en.toml").write_text(OTHER_BANK)
    stopwatch.tick(0.9)
    assert live.gatekeeper is before
    stopwatch.tick(0.2)
    after = live.gatekeeper
    assert after is not before
    stopwatch.tick(5)
    assert live.gatekeeper is after


def test_a_file_that_changes_while_it_is_taken_over_is_looked_at_again(
    clock: Clock, stopwatch: Clock, tmp_path: Path
) -> None:
    bank = tmp_path / "bank" / "en.toml"

    class Hurried(Source):
        def parse(self, content: Content) -> Loaded:
            """Let somebody save the file once more before it is looked at."""
            if b"bees" in content.bank["bank/en.toml"]:
                bank.write_text(SLOW)
            return super().parse(content)

    write_banks(tmp_path)
    path = write_config(tmp_path, site=[{**SITES[0], "langs": ["en"]}])
    live = Live(Hurried(path, environ={}), clock=clock, monotonic=stopwatch)
    bank.write_text(OTHER_BANK)
    for _ in range(2):
        stopwatch.tick(1)
        questions = len(live.gatekeeper.bank.enabled)
    assert questions == 40 + 2 + 1, "the bank saved last, and the German and the Arabic one"
    live.close()


def test_a_change_is_taken_over_in_one_step_while_others_ask(
    live: Live, stopwatch: Clock, tmp_path: Path
) -> None:
    known = solutions(BANK) | solutions(OTHER_BANK)
    done = threading.Event()
    outcomes: list[Answered] = []

    def post() -> None:
        while not done.is_set():
            gatekeeper = live.gatekeeper
            (site,) = gatekeeper.sites
            asked = gatekeeper.ask(site)
            assert isinstance(asked, Asked)
            (same,) = live.gatekeeper.sites
            assert same.sitekey == site.sitekey
            outcomes.append(live.gatekeeper.answer(asked.challenge, known[asked.question]))

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for text in (OTHER_BANK, BANK, OTHER_BANK, BANK):
        answered = len(outcomes) + 40
        (tmp_path / "bank" / "fresh").write_text(text)
        (tmp_path / "bank" / "fresh").replace(tmp_path / "bank" / "en.toml")
        stopwatch.tick(1)
        while len(outcomes) < answered and any(thread.is_alive() for thread in threads):
            pass
    done.set()
    for thread in threads:
        thread.join()
    assert live.reload_failed == ""
    assert len(outcomes) >= 160
    assert all(outcomes)


def test_another_key_is_taken_over_without_reading_the_questions_anew(
    live: Live, stopwatch: Clock, tmp_path: Path
) -> None:
    before = live.gatekeeper
    config = tmp_path / "config.toml"
    fresh = tmp_path / "fresh"  # as long as the old file and perhaps of the same moment, but another file
    fresh.write_text(config.read_text().replace(SIGNING, OTHER_SIGNING))
    fresh.replace(config)
    stopwatch.tick(1)
    assert live.gatekeeper is not before
    assert live.gatekeeper.bank is before.bank


def test_after_a_pause_nobody_is_served_by_what_is_out_of_date(
    live: Live, stopwatch: Clock, tmp_path: Path
) -> None:
    """Another worker may have signed with a key that this one must learn of first."""
    before = live.gatekeeper
    (tmp_path / "bank" / "en.toml").write_text(OTHER_BANK + SLOW)
    stopwatch.tick(10)
    barrier = threading.Barrier(8)
    served: list[object] = []

    def serve() -> None:
        barrier.wait()
        served.append(live.gatekeeper)

    threads = [threading.Thread(target=serve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert before not in served
    assert len(served) == 8
    assert len(set(map(id, served))) == 1


def test_files_that_could_not_be_read_for_a_moment_are_read_the_next_time(
    live: Live,
    stopwatch: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise BankError([Fault("bank/en.toml", "cannot be read", "look again")])

    (tmp_path / "bank" / "en.toml").write_text(OTHER_BANK)
    with monkeypatch.context() as moment:
        moment.setattr("gate.sources.read_sources", fail)
        for _ in range(3):
            stopwatch.tick(1)
            assert len(live.gatekeeper.bank.enabled) == 6
    assert "cannot be read" in live.reload_failed
    assert len(caplog.records) == 1, "complained of once"
    stopwatch.tick(1)
    assert len(live.gatekeeper.bank.enabled) == 2
    assert live.reload_failed == ""


def test_what_was_counted_is_written_when_it_closes(tmp_path: Path, clock: Clock) -> None:
    live = make_live(tmp_path, clock, store={"url": "sqlite:///gate.db"})
    live.gatekeeper.ask(next(iter(live.config.sites)))
    live.close()
    again = make_live(tmp_path, clock, store={"url": "sqlite:///gate.db"})
    assert [number for _, number in again.store.stats(0)] == [1]
    again.close()


def test_a_store_that_cannot_be_used_stops_the_start(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "gate.db").write_bytes(b"This is no database." * 500)
    with pytest.raises(StoreError):
        make_live(tmp_path, clock, store={"url": "sqlite:///gate.db"})


def test_a_secret_in_a_file_of_its_own_is_taken_over_when_the_file_changes(
    tmp_path: Path, clock: Clock, stopwatch: Clock
) -> None:
    (tmp_path / "site.key").write_text(SITES[0]["secret"])
    (tmp_path / "signing.key").write_text(SIGNING)
    site = [{**SITES[0], "secret": "", "secret_file": "site.key"}]
    signing = {"current": "", "current_file": "signing.key"}
    live = make_live(tmp_path, clock, stopwatch=stopwatch, site=site, signing=signing)
    fresh = "kfLr2Gm9xQeVbTzW7sYdNcHu4aPo"
    (tmp_path / "site.key").write_text(fresh)
    (tmp_path / "signing.key").write_text(OTHER_SIGNING)
    stopwatch.tick(1)
    assert live.gatekeeper.sites.with_secret(SITES[0]["secret"]) is None
    assert live.gatekeeper.sites.with_secret(fresh) is not None
    assert live.config.signing.current == OTHER_SIGNING
    live.close()


def test_a_secret_whose_file_is_gone_stays_good_also_for_the_next_process(
    tmp_path: Path, clock: Clock, stopwatch: Clock
) -> None:
    (tmp_path / "site.key").write_text(SITES[0]["secret"])
    site = [{**SITES[0], "secret": "", "secret_file": "site.key"}]
    kept = tmp_path / "last-good"
    live = make_live(tmp_path, clock, stopwatch=stopwatch, site=site, last_good=kept)
    (tmp_path / "site.key").unlink()
    stopwatch.tick(1)
    again = make_live(tmp_path, clock, site=site, last_good=kept)
    for each in (live, again):
        assert each.gatekeeper.sites.with_secret(SITES[0]["secret"]) is not None
        assert "site.key" in each.reload_failed
        each.close()


@pytest.mark.parametrize("kind", ["questions", "keys"])
def test_a_file_that_a_refused_config_names_is_looked_at_too(
    live: Live, stopwatch: Clock, tmp_path: Path, kind: str
) -> None:
    config = tmp_path / "config.toml"
    settings = config.read_text()
    if kind == "questions":
        new, good = tmp_path / "new.toml", OTHER_BANK
        config.write_text(settings.replace('files = ["bank/*.toml"]', 'files = ["new.toml"]'))
    else:
        new, good = (
            tmp_path / "keys.toml",
            f'signing = "a"\n[[key]]\nname = "a"\nsecret = "{OTHER_SIGNING}"\n',
        )
        config.write_text(settings.replace(f'current = "{SIGNING}"', 'file = "keys.toml"'))
    assert config.read_text() != settings
    new.write_text("wrong = 1")
    before = live.gatekeeper
    for _ in range(3):
        stopwatch.tick(1)
        assert live.gatekeeper is before
    assert new.name in live.reload_failed
    new.write_text(good)
    stopwatch.tick(1)
    assert live.gatekeeper is not before
    assert live.reload_failed == ""
