"""The language of the gate's part of a page: what the host says, else Flask-Babel, else the question's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_babel import Babel, get_locale
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from gate import Gate, GateField
from tests.embedding.hosts import OFF, SECRET_KEY, Page

BANK = """
[[question]]
lang = "en"
ask = "How do you spell green?"
accept = "green"

[[question]]
lang = "de"
ask = "Wie schreibt man grün?"
accept = "grün"

[[question]]
lang = "ar"
ask = "ما لون العشب؟"
accept = "أخضر"
"""
QUESTIONS = {
    "en": "How do you spell green?",
    "de": "Wie schreibt man grün?",
    "ar": "ما لون العشب؟",
}


def application(folder: Path, langs: tuple[str, ...] = ("en", "de", "ar"), **settings: Any) -> Flask:
    folder.mkdir(exist_ok=True)
    (folder / "bank.toml").write_text(BANK, "utf-8")
    site = {"sitekey": "forum", "secret": SECRET_KEY[::-1], "langs": list(langs)}
    app = Flask("forum", instance_path=str(folder))
    app.config.update(
        SECRET_KEY=SECRET_KEY,
        GATE_CONFIG={**OFF, "bank": {"files": [str(folder / "bank.toml")]}, "site": [site]},
        **settings,
    )
    return app


def forum(app: Flask, **given: Any) -> FlaskClient:
    """Put a guarded form at / of ``app``; ``given`` goes to its field."""

    class ReplyForm(Form):
        name = StringField(validators=[InputRequired()])
        gate = GateField(**given)

    Gate(app)

    @app.route("/", methods=["GET", "POST"])
    def reply() -> str:
        form = ReplyForm(request.form)
        if request.method == "POST" and form.validate():
            return "posted"
        return render_template_string(
            '<form method="post">{{ form.gate.label }}{{ form.gate }}</form><p>{{ form.gate.errors }}</p>',
            form=form,
        )

    return app.test_client()


def shown(client: FlaskClient, wanted: str | None = None, path: str = "/", **posted: str) -> Page:
    headers = {"Accept-Language": wanted} if wanted else {}
    if posted:
        fields = {name.replace("_", "-"): value for name, value in posted.items()}
        return Page(client.post(path, data=fields, headers=headers))
    return Page(client.get(path, headers=headers))


def group(page: Page) -> tuple[str, str]:
    """Return language and direction of the gate's part of a page."""
    found = re.search(r'<div class="gate [^>]* lang="([^"]*)" dir="([^"]*)">', page.html)
    assert found is not None
    return found[1], found[2]


def label(page: Page) -> tuple[str, str]:
    found = re.search(r'<label class="gate-question"[^>]* lang="([^"]*)" dir="([^"]*)">', page.html)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize(
    ("wanted", "lang", "title"),
    [("de-AT, en;q=0.5", "de", "Spamschutz"), ("sv", "en", "Spam check"), (None, "en", "Spam check")],
)
def test_by_default_the_words_are_in_the_language_of_the_question(
    tmp_path: Path, wanted: str | None, lang: str, title: str
) -> None:
    page = shown(forum(application(tmp_path)), wanted)
    assert page.question == QUESTIONS[lang]
    assert group(page) == (lang, "ltr")
    assert f'id="gate-title">{title}<' in page.html


@pytest.mark.parametrize(
    "given",
    [
        "de",
        "de-CH",
        "de_AT",
        pytest.param(lambda request: request.args.get("lang", "de"), id="function"),
        pytest.param(lambda request: Locale.parse(request.args.get("lang", "de_AT")), id="locale"),
    ],
)
def test_the_language_of_the_field_counts_first_and_the_question_is_in_it(
    tmp_path: Path, given: str | Callable[..., str]
) -> None:
    page = shown(forum(application(tmp_path), lang=given), "en")
    assert page.question == QUESTIONS["de"]
    assert group(page) == ("de", "ltr")
    assert ">Andere Frage</button>" in page.html
    assert 'for="gate">Spamschutz</label>' in page.html


def test_a_function_may_say_a_language_for_each_request_or_none(tmp_path: Path) -> None:
    client = forum(application(tmp_path), lang=lambda request: request.args.get("lang"))
    assert group(shown(client, "en", "/?lang=ar")) == ("ar", "rtl")
    assert group(shown(client, "de", "/")) == ("de", "ltr")
    assert group(shown(client, "de", "/?lang=" + "-" * 100_000)) == ("de", "ltr")


def test_an_english_question_in_an_arabic_page_keeps_its_own_direction(tmp_path: Path) -> None:
    client = forum(application(tmp_path, langs=("en",)), lang="ar")
    page = shown(client)
    assert group(page) == ("ar", "rtl")
    assert label(page) == ("en", "ltr")
    assert page.question == QUESTIONS["en"]
    page = shown(client, **{**page.fields, "gate-answer": "red"})
    assert f"«\u2068{QUESTIONS['en']}\u2069» هذه ليست الإجابة الصحيحة." in page.html


def test_a_language_without_a_catalogue_is_told_in_english(tmp_path: Path) -> None:
    page = shown(forum(application(tmp_path), lang="he"), "de")
    assert group(page) == ("en", "ltr")
    assert page.question == QUESTIONS["de"]


def test_messages_and_errors_are_in_the_pages_language(tmp_path: Path) -> None:
    client = forum(application(tmp_path), lang="de")
    page = shown(client)
    page = shown(client, **{**page.fields, "gate-answer": "rot"})
    told = "„Wie schreibt man grün?“ Das ist nicht die richtige Antwort."
    assert page.html.count(told) == 2
    page = shown(client, **{**page.fields, "gate-answer": "grün"})
    assert page.question is None
    assert "Beantwortet." in page.html


def test_a_held_answer_speaks_the_language_that_the_question_would_have(tmp_path: Path) -> None:
    client = forum(application(tmp_path))
    page = shown(client, "de")
    page = shown(client, "de", **{**page.fields, "gate-answer": "grün"})
    assert page.question is None
    assert group(page) == ("de", "ltr")


def test_flask_babel_keeps_its_locale_and_the_gate_follows(tmp_path: Path) -> None:
    app = application(tmp_path)
    Babel(app, locale_selector=lambda: request.args.get("locale", "de_AT"))
    client = forum(app)
    page = shown(client, "en")
    assert group(page) == ("de", "ltr")
    assert page.question == QUESTIONS["de"]
    assert group(shown(client, "en", "/?locale=ar_EG")) == ("ar", "rtl")


@pytest.mark.parametrize("given", [None, "ar", "en"])
def test_the_application_keeps_its_own_locale_and_words(tmp_path: Path, given: str | None) -> None:
    """Rendering and judging in another language change nothing of what Flask-Babel says before and after."""
    app = application(tmp_path)
    Babel(app, default_locale="de")
    gate = Gate(app)

    @app.route("/", methods=["GET", "POST"])
    def reply() -> str:
        result = gate.verify(request, lang=given) if request.method == "POST" else None
        said = "{{ locale() }} {{ 1234.5|numberformat }}"
        return render_template_string(
            f"{said}|{{{{ gate(result, lang=lang) }}}}|{said}", result=result, lang=given, locale=get_locale
        )

    client = app.test_client()
    page = shown(client)
    answered = shown(client, **{**page.fields, "gate-answer": "?"})
    for text in (page.html, answered.html):
        parts = text.split("|")
        assert parts[0] == parts[-1] == "de 1.234,5"
    assert group(answered)[0] == (given or "de")


def test_the_field_counts_before_flask_babel(tmp_path: Path) -> None:
    app = application(tmp_path)
    Babel(app, default_locale="de")
    assert group(shown(forum(app, lang="ar"))) == ("ar", "rtl")


def test_another_extension_of_that_name_is_left_alone(tmp_path: Path) -> None:
    app = application(tmp_path)
    app.extensions["babel"] = object()
    assert group(shown(forum(app), "de")) == ("de", "ltr")


def test_two_applications_in_one_process_speak_their_own_languages(tmp_path: Path) -> None:
    first = forum(application(tmp_path / "one"), lang="de")
    babel = application(tmp_path / "two")
    Babel(babel, default_locale="ar")
    second = forum(babel)
    third = forum(application(tmp_path / "three"))
    for _ in range(2):
        assert [group(shown(client))[0] for client in (first, second, third)] == ["de", "ar", "en"]


def test_a_form_without_wtforms_says_its_language_too(tmp_path: Path) -> None:
    app = application(tmp_path)
    gate = Gate(app)

    @app.route("/", methods=["GET", "POST"])
    def reply() -> str:
        result = gate.verify(request, lang="de") if request.method == "POST" else None
        return render_template_string(
            "{{ gate(result, lang=lang) }}", result=result, lang=request.args.get("l")
        )

    client = app.test_client()
    page = shown(client, path="/?l=de")
    assert group(page) == label(page) == ("de", "ltr")
    page = shown(client, **{**page.fields, "gate-answer": "rot"})
    assert group(page) == ("de", "ltr")
    assert "Das ist nicht die richtige Antwort" in page.html
    page = shown(client, path="/?l=ar", **{**page.fields, "gate-answer": ""})
    assert group(page) == ("ar", "rtl")
    assert label(page) == ("de", "ltr")
