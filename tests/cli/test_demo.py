"""``gate demo``, as a real process."""

from __future__ import annotations

import signal
import socket
import urllib.request
from pathlib import Path

from tests.cli.processes import free_port, run_gate, running, wait_for


def test_it_says_its_address_when_it_answers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port, "demo", "--port", str(port), TMPDIR=str(tmp_path)) as demo:
        address = f"http://127.0.0.1:{port}/"
        wait_for(lambda: demo.out == f"Demo forum: {address}\n", "the address")
        with urllib.request.urlopen(address, timeout=10) as page:
            assert b"<html" in page.read()
        assert demo.get("/v1/challenge", sitekey="test-pass")["question"]
        assert list(tmp_path.glob("gate-demo-*"))
        assert demo.end(signal.SIGINT) == 130
        assert demo.err == "Ctrl-C ends it.\nStopped.\n"
        wait_for(demo.group_is_gone, "the end of every process")
    assert not list(tmp_path.glob("gate-demo-*"))


def test_port_0_takes_a_free_one_and_a_closed_terminal_ends_it(tmp_path: Path) -> None:
    with running(tmp_path, 0, "demo", "--port", "0", TMPDIR=str(tmp_path)) as demo:
        wait_for(lambda: demo.out.startswith("Demo forum: http://127.0.0.1:"), "the address")
        assert ":0/" not in demo.out
        assert demo.end(signal.SIGHUP) == 0
        wait_for(demo.group_is_gone, "the end of every process")
    assert not list(tmp_path.glob("gate-demo-*"))


def test_a_port_in_use_is_one_sentence_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        shown = run_gate("demo", "--port", str(port))
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert len(shown.stderr.splitlines()) == 1
    assert f"127.0.0.1:{port} is in use" in shown.stderr
    assert "--port" in shown.stderr
