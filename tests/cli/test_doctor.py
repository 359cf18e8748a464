"""``gate doctor`` before good gates and broken ones: each finding is provoked for real."""

from __future__ import annotations

import json
import shutil
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner
from werkzeug.serving import make_server

from gate.cli.program import program
from gate.live import Live
from gate.sources import Source
from gate.web.app import create_app
from tests.cli.conftest import FORUM, OTHER, Invoke
from tests.cli.processes import Running, free_port, serving
from tests.cli.proxy import Headers, Passing, forward, proxy
from tests.service import NO_LIMITS, OTHER_SIGNING, SIGNING, write_banks, write_config

SETTINGS: dict[str, Any] = {
    "store": {"url": "sqlite:///gate.db"},
    "challenge": {"min_seconds": 0},
    "limits": NO_LIMITS,
    "site": [FORUM, {**OTHER, "hosts": ["other.example.org"]}],
}


def make_config(folder: Path, **changed: Any) -> Path:
    """Write a config that a doctor has nothing to say about, but for what is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_banks(folder)
    path = write_config(folder, **{**SETTINGS, **changed})
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_config(tmp_path_factory.mktemp("gate"))


@pytest.fixture(scope="module")
def server(config: Path) -> Iterator[Running]:
    """One gate for all tests that leave it as it is."""
    with serving(config, workers=2) as running:
        yield running


def examine(config: Path, url: str) -> dict[str, Any]:
    """Return what the doctor finds: its report, with the exit code it deserves."""
    result = CliRunner().invoke(program, ["doctor", "--config", str(config), "--url", url, "--json"])
    assert "Traceback" not in result.output
    report: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (1 if report["faults"] else 0)
    assert report["faults"] == [each["state"] for each in report["checks"]].count("fault")
    for each in report["checks"]:
        assert bool(each["remedy"]) == (each["state"] != "ok"), each
    return report


def findings(report: dict[str, Any], state: str) -> dict[str, str]:
    """Return what was found in one state, by check."""
    return {each["check"]: each["found"] for each in report["checks"] if each["state"] == state}


def faults(config: Path, url: str) -> dict[str, str]:
    return findings(examine(config, url), "fault")


@contextmanager
def gate_here(config: Path, clock: Callable[[], float] = time.time) -> Iterator[str]:
    """Run a gate in this process, where its clock can be another."""
    live = Live(Source(config, environ={}, allow_public_test_keys=True), clock=clock)
    port = free_port()
    server = make_server("127.0.0.1", port, create_app(live), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        live.close()


def test_nothing_is_wrong_with_a_good_gate(config: Path, server: Running) -> None:
    report = examine(config, f"http://127.0.0.1:{server.port}")
    assert (report["faults"], report["warnings"]) == (0, 0)
    fine = findings(report, "ok")
    assert fine["empty answer"] == "missing-input-answer"
    assert fine["wrong answer"] == "incorrect-answer"
    assert fine["right answer"] == fine["verify"] == "success"
    assert fine["replayed answer"] == "challenge-used"
    assert fine["replayed token"] == "timeout-or-duplicate"
    assert {
        "clock",
        "date",
        "caching",
        "csp",
        "sniffing",
        "origins",
        "store",
        "proxies",
        "frame",
    } <= fine.keys()


def test_a_good_proxy_changes_nothing(config: Path, server: Running) -> None:
    with proxy(server.port) as url:
        assert faults(config, url) == {}


def test_in_words_it_says_each_finding_with_its_remedy(config: Path, server: Running) -> None:
    def strip(passing: Passing) -> None:
        passing.headers.pop("cache-control", None)

    with proxy(server.port, after=strip) as url:
        args = ["doctor", "--config", str(config), "--url", url]
        result = CliRunner().invoke(program, args)
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("fault")]
    assert line.startswith("fault    caching: ")
    assert line.endswith("; let the proxy cache nothing below /v1")
    assert result.stdout.splitlines()[-1].endswith("1 fault")
    assert result.stderr == ""


def test_the_sample_in_the_docs_is_what_it_says(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", site=[OTHER])
    text = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    sample = text.partition("A run with no fault:\n\n```\n")[2].partition("```")[0].splitlines()
    with gate_here(config) as url:
        result = CliRunner().invoke(program, ["doctor", "--config", str(config), "--url", url])
    said = result.stdout.replace(url, "http://127.0.0.1:8080").replace('"Other"', '"My forum"')
    assert said.splitlines() == sample


def drop(name: str) -> Callable[[Headers], object]:
    return lambda headers: headers.pop(name.lower(), None)


def put(name: str, value: str) -> Callable[[Headers], object]:
    return lambda headers: headers.update({name.lower(): value})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop("Cache-Control"), {"caching": "no-store"}),
        (put("Cache-Control", "public, max-age=600"), {"caching": "max-age=600"}),
        (put("Age", "12"), {"caching": "Age"}),
        (drop("X-Content-Type-Options"), {"sniffing": "missing"}),
        (drop("Content-Security-Policy"), {"csp": "missing", "frame": "Content-Security-Policy"}),
        (put("Content-Security-Policy", "default-src *"), {"csp": "default-src *", "frame": "default-src *"}),
        (put("X-Frame-Options", "DENY"), {"frame": "X-Frame-Options: DENY"}),
        (put("Set-Cookie", "lb=1"), {"cookies": "never"}),
        (drop("Access-Control-Allow-Origin"), {"origins": "https://forum.example.org"}),
        (put("Date", formatdate(time.time() - 600, usegmt=True)), {"date": "seconds behind"}),
    ],
)
def test_headers_that_a_proxy_takes_away_or_adds_are_noticed(
    config: Path, server: Running, change: Callable[[Headers], object], expected: dict[str, str]
) -> None:
    def meddle(passing: Passing) -> None:
        change(passing.headers)

    with proxy(server.port, after=meddle) as url:
        found = faults(config, url)
    assert found.keys() == expected.keys()
    assert all(part in found[check] for check, part in expected.items())


def test_a_cache_that_answers_for_the_gate_is_noticed(config: Path, server: Running) -> None:
    kept: dict[str, Passing] = {}

    def answer(passing: Passing) -> None:
        if passing.path in kept:
            passing.status, passing.body = kept[passing.path].status, kept[passing.path].body
            passing.headers = dict(kept[passing.path].headers)

    def keep(passing: Passing) -> None:
        if passing.method == "GET":
            kept[passing.path] = passing

    with proxy(server.port, before=answer, after=keep) as url:
        assert "one and the same challenge" in faults(config, url)["caching"]


def test_a_proxy_that_sends_requests_twice_is_noticed(config: Path, server: Running) -> None:
    def repeat(passing: Passing) -> None:
        if passing.method == "POST":
            forward(server.port, replace(passing))

    with proxy(server.port, before=repeat) as url:
        found = faults(config, url)
    assert "brings challenge-used" in found["wrong answer"]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502 Bad Gateway</html>",
        b'{"success": false, "error-codes": ["incorrect-answer"], "next": {}}',
        b'{"success": true, "token": 5, "error-codes": "?"}',
        b"[1]",
    ],
)
def test_nonsense_in_place_of_replies_is_noticed(config: Path, server: Running, body: bytes) -> None:
    def garble(passing: Passing) -> None:
        if passing.method == "POST":
            passing.body = body

    with proxy(server.port, after=garble) as url:
        assert {"empty answer"} <= faults(config, url).keys()


@pytest.mark.parametrize("path", ["/v1/challenge", "/readyz", "/nojs", "/gate.js", "/v1/verify"])
def test_a_path_that_a_proxy_does_not_pass_on_is_noticed(config: Path, server: Running, path: str) -> None:
    def block(passing: Passing) -> None:
        if passing.path.partition("?")[0] == path:
            passing.status = 404

    with proxy(server.port, before=block) as url:
        found = faults(config, url)
    assert found
    assert all("HTTP 404" in each for each in found.values())


def test_a_proxy_that_nobody_counted_is_noticed(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate")
    with serving(config, workers=2) as server:

        def forwarded(passing: Passing) -> None:
            passing.sent["X-Forwarded-For"] = "203.0.113.9"

        with proxy(server.port, before=forwarded) as url:
            found = faults(config, url)
        assert found.keys() == {"proxies"}
        assert "trusted_proxies" in found["proxies"]


def test_a_proxy_that_names_no_client_is_noticed(config: Path, server: Running) -> None:
    with proxy(server.port) as url:
        elsewhere = url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 (this machine, by a name that is not loopback)
        assert "no X-Forwarded-For comes" in findings(examine(config, elsewhere), "warning")["proxies"]
        assert "proxies" not in findings(examine(config, url), "warning")


def test_a_proxy_that_is_counted_but_not_there_is_noticed(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", server={"trusted_proxies": 1, "workers": 1})
    with gate_here(config) as url:
        assert "clients can choose their address" in faults(config, url)["forwarded"]
        port = int(url.rpartition(":")[2])

        def append(passing: Passing) -> None:
            before = passing.sent.get("X-Forwarded-For")
            passing.sent["X-Forwarded-For"] = f"{before}, 203.0.113.9" if before else "203.0.113.9"

        with proxy(port, before=append) as behind:
            report = examine(config, behind)
        assert "no client can choose" in findings(report, "ok")["forwarded"]
        assert report["faults"] == 0


@pytest.mark.parametrize(("seconds", "word"), [(3600, "ahead of"), (-3600, "behind"), (-90_000, "behind")])
def test_a_clock_that_is_wrong_is_noticed(tmp_path: Path, seconds: int, word: str) -> None:
    config = make_config(tmp_path / "gate")
    with gate_here(config, lambda: time.time() + seconds) as url:
        assert word in faults(config, url)["clock"]


def test_a_gate_that_is_stopped_is_noticed(config: Path) -> None:
    found = faults(config, f"http://127.0.0.1:{free_port()}")
    assert found.keys() == {"reachable"}
    assert "nobody listens there" in found["reachable"]


def test_tls_where_there_is_none_and_a_certificate_of_nobody_are_noticed(
    config: Path, server: Running, tmp_path: Path
) -> None:
    assert "speaks no TLS" in faults(config, f"https://127.0.0.1:{server.port}")["reachable"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with proxy(server.port, tls=context) as url:
        assert "certificate" in faults(config, url)["reachable"]


def test_an_address_that_sends_elsewhere_is_named(config: Path) -> None:
    def redirect(passing: Passing) -> None:
        passing.status, passing.headers = 301, {"Location": f"https://gate.example.org{passing.path}"}

    with proxy(0, before=redirect) as url:
        report = examine(config, url)
    (found,) = [each for each in report["checks"] if each["state"] == "fault"]
    assert found["remedy"] == "name that address: --url https://gate.example.org"


def test_another_service_at_the_address_is_noticed(config: Path) -> None:
    def other(passing: Passing) -> None:
        passing.status, passing.body = 200, b"It works!"

    with proxy(0, before=other) as url:
        assert "not as a gate does" in faults(config, url)["reachable"]


def test_a_store_that_is_down_is_noticed(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate")
    with serving(config, workers=1) as server:
        store = config.parent / "gate.db"
        shutil.move(store, tmp_path / "elsewhere.db")
        store.symlink_to(tmp_path / "elsewhere.db")
        report = examine(config, f"http://127.0.0.1:{server.port}")
    found = findings(report, "fault")
    assert "symbolic link" in found["store"]
    assert "asking" in found
    (remedy,) = (each["remedy"] for each in report["checks"] if each["check"] == "frame")
    assert "proxy" not in remedy, "it is no proxy's fault"


def test_a_change_that_the_gate_refused_is_noticed(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate")
    with serving(config, workers=1) as server:
        (config.parent / "bank" / "en.toml").write_text("[[question]]\nask = 5\n")
        time.sleep(1.1)
        found = faults(config, f"http://127.0.0.1:{server.port}")
    assert "bank/en.toml" in found["config"]
    assert "bank/en.toml" in found["files"]


def test_a_config_with_another_key_is_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other", signing={"current": OTHER_SIGNING})
    assert "not in this config" in faults(other, f"http://127.0.0.1:{server.port}")["keys"]


@pytest.mark.parametrize(
    ("changed", "check", "remedy"),
    [({"signing": {"current": OTHER_SIGNING}}, "empty answer", "[signing]"), ({}, "wrong answer", "[store]")],
)
def test_another_gate_behind_the_same_address_is_noticed(
    config: Path, server: Running, tmp_path: Path, changed: dict[str, Any], check: str, remedy: str
) -> None:
    """What the one has asked is answered at the other, which has keys or a store of its own."""
    with gate_here(make_config(tmp_path / "other", **changed)) as other:

        def divert(passing: Passing) -> None:
            if passing.method == "POST":
                forward(int(other.rpartition(":")[2]), passing)

        with proxy(server.port, before=divert) as url:
            report = examine(config, url)
    (found,) = (each for each in report["checks"] if each["check"] == check)
    assert found["state"] == "fault"
    assert remedy in found["remedy"]


def test_a_config_with_other_questions_is_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other")
    for file in (other.parent / "bank").iterdir():
        file.write_text(file.read_text().replace('"What', '"Say what').replace('"How', '"Say how'))
    assert "questions" in faults(other, f"http://127.0.0.1:{server.port}")


def test_a_config_with_another_secret_is_noticed(server: Running, tmp_path: Path) -> None:
    secret = "another-Secret-0fThe-F0rum_98765"
    other = make_config(tmp_path / "other", site=[{**FORUM, "secret": secret}])
    found = faults(other, f"http://127.0.0.1:{server.port}")
    assert "invalid-input-secret" in found["verify"]


def test_a_config_with_another_sitekey_is_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other", site=[{**FORUM, "sitekey": "another"}])
    assert "invalid-sitekey" in faults(other, f"http://127.0.0.1:{server.port}")["asking"]


def test_files_that_everybody_can_read_are_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other")
    other.chmod(0o644)
    report = examine(other, f"http://127.0.0.1:{server.port}")
    assert str(other) in findings(report, "warning")["file modes"]


def test_a_secret_in_a_file_that_everybody_can_read_is_noticed(server: Running, tmp_path: Path) -> None:
    secret = tmp_path / "site.key"
    secret.write_text(FORUM["secret"])
    secret.chmod(0o644)
    other = make_config(tmp_path / "other", site=[{**FORUM, "secret": "", "secret_file": str(secret)}])
    report = examine(other, f"http://127.0.0.1:{server.port}")
    assert str(secret) in findings(report, "warning")["file modes"]


def test_a_secret_that_can_be_guessed_is_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other", site=[{**FORUM, "secret": "abcdabcdabcdabcdabcdabcd"}])
    assert "Forum" in faults(other, f"http://127.0.0.1:{server.port}")["secrets"]


def test_a_signing_key_that_can_be_guessed_is_noticed(server: Running, tmp_path: Path) -> None:
    other = make_config(tmp_path / "other", signing={"current": "a" * 40})
    report = examine(other, f"http://127.0.0.1:{server.port}")
    assert "[signing] current" in findings(report, "fault")["config"]
    assert "store" in findings(report, "ok"), "what can be looked at is looked at"


def test_test_keys_are_a_fault_where_others_can_reach_them(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", server={"testing": True, "workers": 1})
    with gate_here(config) as url:
        report = examine(config, url)
        assert "test keys" in findings(report, "warning")
        assert report["faults"] == 0
    assert "test keys" in faults(config, "http://gate.invalid")


def test_a_site_without_hosts_is_a_warning(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", site=[OTHER])
    with gate_here(config) as url:
        report = examine(config, url)
    assert findings(report, "warning") == {"hosts": 'pages of any host may ask for "Other"'}


def test_a_limit_that_is_reached_says_to_wait(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", limits={"challenges": "1/year"})
    with gate_here(config) as url:
        report = examine(config, url)
    found = {each["check"]: each["remedy"] for each in report["checks"] if each["state"] == "fault"}
    assert found == dict.fromkeys(("asking", "frame"), "wait a minute and run this again")


def test_it_waits_as_long_as_answers_must_take(tmp_path: Path) -> None:
    config = make_config(tmp_path / "gate", challenge={"min_seconds": 0.3})
    with gate_here(config) as url:
        assert faults(config, url) == {}


def test_no_secret_is_shown(config: Path, server: Running) -> None:
    shown = json.dumps(examine(config, f"http://127.0.0.1:{server.port}"))
    assert not [secret for secret in (SIGNING, FORUM["secret"], OTHER["secret"]) if secret in shown]


def test_an_address_that_is_none_is_wrong_use(invoke: Invoke, config: Path) -> None:
    result = invoke("doctor", "--config", config, "--url", "gate.example.org")
    assert result.exit_code == 2
    assert "https://gate.example.org" in result.stderr
