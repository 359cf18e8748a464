"""``gate stats`` and ``gate bank stats``, from a store that gates have written to."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from gate.stores.base import Event, Tally, open_store
from tests.cli.conftest import Invoke
from tests.cli.processes import serving, wait_for
from tests.service import solutions, write_config

HOUR = int(time.time() // 3600)
DAY = 24


def count(config: Path, question: str, *, hours_ago: int = 1, site: str = "Forum", **counts: int) -> None:
    store = open_store("sqlite:///gate.db", base=config.parent)
    store.tally(
        {Tally(HOUR - hours_ago, site, question, Event(name)): number for name, number in counts.items()}
    )
    store.close()


def said(invoke: Invoke, *args: str | Path) -> Any:
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_week_is_told_by_site_beside_the_one_before(invoke: Invoke, config: Path) -> None:
    count(config, "grass", asked=100, right=80, wrong=15, skipped=5, passed=70, spam=3)
    count(config, "sky", hours_ago=8 * DAY, asked=40, right=30, passed=30)
    count(config, "sky", hours_ago=15 * DAY, asked=999)
    count(config, "grass", site="Other", asked=1)
    result = invoke("stats", "--week", "--config", config)
    assert result.stdout.splitlines() == [
        "Forum, 7 days: 70 let through (+40), 100 asked (+60), 80 answered right (+50), 15 wrong, "
        "5 skipped, 3 reported as spam.",
        "Other, 7 days: 0 let through, 1 asked, 0 answered right, 0 wrong, 0 skipped, 0 reported as spam.",
    ]
    forum, _ = said(invoke, "stats", "--config", config)["sites"]
    assert (forum["asked"], forum["before"]["asked"], forum["open"]) == (100, 40, False)
    assert said(invoke, "stats", "--days", "30", "--config", config)["sites"][0]["asked"] == 1139


def test_where_nothing_happened_nothing_is_said(invoke: Invoke, config: Path) -> None:
    count(config, "sky", hours_ago=8 * DAY, asked=40)
    result = invoke("stats", "--week", "--config", config)
    assert (result.exit_code, result.output) == (0, "")


def test_a_form_that_never_verifies_is_called_open(invoke: Invoke, config: Path) -> None:
    count(config, "grass", asked=100, right=80)
    assert (
        "The form is open: 80 right answers, and none was ever verified."
        in invoke("stats", "--week", "--config", config).stdout
    )


def test_each_question_has_its_figures_and_a_verdict(invoke: Invoke, config: Path) -> None:
    count(config, "grass", asked=200, right=60, wrong=100, skipped=9, passed=60, spam=1)
    count(config, "sky", asked=8, right=7, passed=7)
    count(config, "gone", asked=100, right=99, wrong=1, passed=99)
    count(config, "", passed=5)
    grass, sky, gone = said(invoke, "bank", "stats", "--config", config)["questions"]
    assert (grass["id"], grass["ask"], grass["wrong"]) == ("grass", "What colour is grass?", 100)
    assert (grass["verdict"], sky["verdict"], gone["verdict"]) == ("stops people", "too few to tell", "fine")
    assert grass["place"].startswith("bank/en.toml")
    assert gone["place"] is None
    shown = invoke("bank", "stats", "--config", config).stdout
    assert "too few to tell (7 of 30 answers)" in shown
    assert "stops people (30% to 45% right)" in shown


def test_what_a_running_gate_counted_is_shown(invoke: Invoke, config: Path) -> None:
    write_config(config.parent, store={"url": "sqlite:///gate.db"}, challenge={"min_seconds": 0})
    with serving(config, workers=1) as server:
        asked = server.get("/v1/challenge", sitekey="other")
        server.post("/v1/answer", challenge=asked["challenge"], answer=solutions()[asked["question"]])
        assert server.end() == 0
    (site,) = said(invoke, "stats", "--week", "--config", config)["sites"]
    assert (site["name"], site["asked"], site["right"]) == ("Other", 1, 1)
    (question,) = said(invoke, "bank", "stats", "--config", config)["questions"]
    assert question["ask"] == asked["question"]


def test_the_last_event_of_a_quiet_hour_is_written_without_another(invoke: Invoke, config: Path) -> None:
    with serving(config, workers=1) as server:
        server.get("/v1/challenge", sitekey="other")
        wait_for(lambda: "1 asked" in invoke("stats", "--config", config).stdout, "the count in the store")


def test_a_store_that_cannot_be_read_from_outside_says_what_to_do(invoke: Invoke, config: Path) -> None:
    for command in (["stats"], ["bank", "stats"]):
        result = invoke(*command, "--config", config)
        assert result.exit_code == 1
        assert "not there yet" in result.stderr
    write_config(config.parent, store={"url": "memory://"})
    for command in (["stats"], ["bank", "stats"]):
        result = invoke(*command, "--config", config)
        assert result.exit_code == 1
        assert "memory://" in result.stderr
    assert not (config.parent / "gate.db").exists()
