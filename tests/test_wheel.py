"""The wheel, built from the sdist and installed elsewhere, has all its pages and data."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CHECK = """
import sys, tempfile
from pathlib import Path
from flask import Flask, render_template_string
import gate
assert Path(gate.__file__).is_relative_to(sys.prefix), gate.__file__
from gate.bank.load import load_bank
from gate.config import example_path, example_toml
from gate.live import Live
from gate.places import templates
from gate.sources import Source
from gate.web.app import create_app
from gate.web.demo import create_demo
from gate.web.words import words_in

assert example_path().read_text() == example_toml()
assert load_bank(["starter"]).variants >= 2000
assert words_in("ar").dir == "rtl"
folder = Path(tempfile.mkdtemp())
key = "k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg4QiTo6Vh"
table = {"signing": {"current": key}, "site": [{"sitekey": "forum", "secret": key[::-1]}]}
app = create_app(Live(Source(table=table, base=folder, environ={})))
for path in ("/", "/gate.css", "/gate.js", "/nojs?sitekey=forum", "/openapi.json", "/readyz"):
    assert app.test_client().get(path).status_code == 200, path
demo = create_demo(folder / "demo").test_client()
topic = demo.get("/").get_data(as_text=True).partition('href="/topic/')[2].partition('"')[0]
for path in ("/", f"/topic/{topic}", f"/topic/{topic}/reply", "/moderate", "/ways", f"/topic/{topic}/reply/widget"):
    assert demo.get(path).status_code == 200, path
pages = {str(page.relative_to(templates())) for page in templates().rglob("*.html")}
print("\\n".join(sorted(pages)))
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    return folder


def test_the_wheel_renders_every_page_where_it_is_installed(dist: Path, tmp_path: Path) -> None:
    [wheel] = dist.glob("*.whl")
    home = tmp_path / "elsewhere"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=tmp_path)
    shown = subprocess.run([python, "-c", CHECK], check=True, cwd=tmp_path, capture_output=True, text=True)
    ours = {str(page.relative_to(ROOT / "templates")) for page in (ROOT / "templates").rglob("*.html")}
    assert set(shown.stdout.split()) == ours


def test_the_wheel_holds_nothing_outside_its_package(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"gate", f"{wheel.name.rsplit('-', 3)[0]}.dist-info"}
