"""What lies in the demo's folder, and that all processes of one folder are one forum."""

from __future__ import annotations

import multiprocessing
import re
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gate.web.demo import create_demo
from gate.web.demo.posts import Posts
from gate.web.demo.secret import secret_key


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        secrets = set(pool.map(secret_key, [tmp_path / "secret.key"] * 12))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 43
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_each_folder_has_a_secret_of_its_own(tmp_path: Path) -> None:
    assert secret_key(tmp_path / "one") != secret_key(tmp_path / "other")


def test_nobody_else_may_read_what_lies_there(tmp_path: Path) -> None:
    app = create_demo(tmp_path / "demo")
    try:
        for path in (tmp_path / "demo", tmp_path / "demo" / "secret.key", tmp_path / "demo" / "forum.db"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    finally:
        app.extensions["gate"].live.close()


def test_a_second_process_takes_the_form_that_the_first_one_gave(tmp_path: Path) -> None:
    apps = [create_demo(tmp_path) for _ in range(2)]
    try:
        first, second = (app.test_client() for app in apps)
        page = first.get("/topic/1/reply").text
        fields = dict(re.findall('name="(csrf_token|gate-challenge)"[^>]* value="([^"]+)"', page))
        cookie = first.get_cookie("gate_demo")
        assert cookie is not None
        second.set_cookie("gate_demo", cookie.value)
        answer = second.post("/topic/1/reply", data=fields)
        assert "Enter your name." in answer.text
        assert 'href="#post"' not in answer.text, "the other process's form was taken for a stranger's"
        assert fields["gate-challenge"] in answer.text, "an empty answer leaves the question in place"
    finally:
        for app in apps:
            app.extensions["gate"].live.close()


def test_the_sample_is_written_once(tmp_path: Path) -> None:
    before = Posts(tmp_path / "forum.db", clock=lambda: 1e9).recent(100)
    assert Posts(tmp_path / "forum.db", clock=lambda: 2e9).recent(100) == before
    assert max(post.at for post in before) < 1e9


def test_the_sample_is_worth_looking_at(tmp_path: Path) -> None:
    posts = Posts(tmp_path / "forum.db")
    topics = posts.all_topics()
    assert len(topics) == 9
    assert all(2 <= topic.posts <= 12 for topic in topics)
    assert {topic.locked for topic in topics} == {True, False}
    assert any(not post.body for post in posts.recent(100))
    assert all(post.email.endswith((".org", ".net", ".com")) for post in posts.recent(100))
    assert all("example." in post.email for post in posts.recent(100))
