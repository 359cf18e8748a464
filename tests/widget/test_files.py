"""The files that pages load: their headers, their size, their words."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.places import STATIC
from gate.web.widget import SCRIPTS, widget_strings
from gate.web.words import LANGUAGES
from tests.service import Service

FILES = (*SCRIPTS, "/gate.css", "/nojs.css", "/gate/strings/ar.json")
BUDGET = 8192


@pytest.mark.parametrize("path", FILES)
def test_every_page_may_load_it_and_every_cache_keep_it_for_an_hour(service: Service, path: str) -> None:
    response = service.get(path, origin="https://anywhere.example")
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    again = service.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((path, "text/javascript") for path in SCRIPTS),
        ("/gate.css", "text/css"),
        ("/nojs.css", "text/css"),
        ("/gate/strings/ar.json", "application/json"),
    ],
)
def test_it_says_what_it_is(service: Service, path: str, kind: str) -> None:
    assert service.get(path).headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert service.post(path).status_code == 405


@pytest.mark.parametrize("path", FILES)
def test_it_travels_small_to_whom_can_read_that(service: Service, path: str) -> None:
    plain = service.get(path)
    small = service.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert gzip.decompress(small.data) == plain.data
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_script_styles_and_one_language_fit_into_eight_kilobytes(service: Service, lang: str) -> None:
    paths = ("/gate.js", "/gate.css", f"/gate/strings/{lang}.json")
    sizes = [len(gzip.compress(service.get(path).data, mtime=0)) for path in paths]
    assert sum(sizes) <= BUDGET, sizes


def test_all_four_scripts_are_one_file(service: Service) -> None:
    assert len({service.get(path).data for path in SCRIPTS}) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_word(service: Service, lang: str) -> None:
    words = service.get(f"/gate/strings/{lang}.json").json
    english = widget_strings("en")
    assert words["lang"] == lang
    assert words["dir"] == ("rtl" if lang == "ar" else "ltr")
    assert words.keys() == english.keys()
    for name, text in words.items():
        assert text
        if isinstance(text, str):
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", str(english[name])))


@pytest.mark.parametrize(
    ("asked", "given"), [("pt-BR", "pt"), ("ar_EG", "ar"), ("xx", "en"), ("en-GB", "en"), ("x" * 300, "en")]
)
def test_a_language_falls_back(service: Service, asked: str, given: str) -> None:
    assert service.get(f"/gate/strings/{asked}.json").json["lang"] == given


def test_the_files_and_their_caching_are_documented() -> None:
    documented = Path("docs/http.md").read_text("utf-8")
    for path in FILES:
        assert f"`{path.replace('/ar.', '/<lang>.')}`" in documented
    assert "`Cache-Control: public, max-age=3600`" in documented


def test_english_stands_in_the_script(service: Service) -> None:
    served = re.search(r"^const SERVED = (.*);$", service.get("/gate.js").text, re.MULTILINE)
    assert served is not None
    assert json.loads(served[1]) == {"testKeys": [], "words": widget_strings("en")}


def test_the_test_keys_stand_in_it_only_while_they_are_on(
    make_service: Callable[..., Service], service: Service
) -> None:
    testing = make_service(server={"testing": True, "workers": 1})
    assert "test-pass" in testing.get("/gate.js").text
    assert "test-pass" not in service.get("/gate.js").text


def test_what_is_served_is_the_file_without_its_comments(service: Service) -> None:
    """Only whole lines of comment and the indentation are left out, so lines are as in the file."""
    lines = [line.strip() for line in (STATIC / "gate.js").read_text("utf-8").splitlines()]
    served = service.get("/gate.js").text.splitlines()
    assert [line for line in served if line not in lines and not line.startswith("const SERVED")] == []
    code = [line for line in lines if not line.startswith(("//", "/*", "the address"))]
    assert len(served) == len(code)


def test_nothing_in_it_needs_a_loose_policy() -> None:
    source = (STATIC / "gate.js").read_text("utf-8")
    for word in ("innerHTML", "eval(", "new Function", "document.write", ".style", "cookie", "localStorage"):
        assert word not in source
