"""Flask's captcha extensions, as their documents say to use them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.clients.talk import Clients, Form, Gate, Verify, talk


def flask_wtf(gate: Gate) -> Form:
    from flask_wtf import FlaskForm
    from flask_wtf.recaptcha import RecaptchaField

    app = Flask("forum")
    app.config.update(
        SECRET_KEY="k3vX0bq7T9sL2mWc8zRfYp5nHd1uJaEg",
        WTF_CSRF_ENABLED=False,
        RECAPTCHA_PUBLIC_KEY=gate.sitekey,
        RECAPTCHA_PRIVATE_KEY=gate.secret,
        RECAPTCHA_VERIFY_SERVER=f"{gate.url}/recaptcha/api/siteverify",
        RECAPTCHA_SCRIPT=f"{gate.url}/recaptcha/api.js",
    )

    form_class: Any = type("ReplyForm", (FlaskForm,), {"recaptcha": RecaptchaField()})

    def verify(response: str | None) -> object:
        with app.test_request_context("/", method="POST", data=_form("g-recaptcha-response", response)):
            return form_class().validate()

    def page() -> str:
        with app.test_request_context("/"):
            return str(form_class().recaptcha())

    return Form(verify, page)


def flask_xcaptcha_as_recaptcha(gate: Gate) -> Form:
    return _flask_xcaptcha(gate, "/recaptcha/api/siteverify", "/recaptcha/api.js", "g-recaptcha")


def flask_xcaptcha_as_hcaptcha(gate: Gate) -> Form:
    return _flask_xcaptcha(gate, "/siteverify", "/1/api.js", "h-captcha")


def _flask_xcaptcha(gate: Gate, path: str, script: str, div_class: str) -> Form:
    from flask_xcaptcha import XCaptcha

    app = Flask("forum")
    app.config.update(
        XCAPTCHA_SITE_KEY=gate.sitekey,
        XCAPTCHA_SECRET_KEY=gate.secret,
        XCAPTCHA_VERIFY_URL=f"{gate.url}{path}",
        XCAPTCHA_API_URL=f"{gate.url}{script}",
        XCAPTCHA_DIV_CLASS=div_class,
    )
    xcaptcha = XCaptcha(app=app)

    def verify(response: str | None) -> object:
        data = _form(f"{div_class}-response", response)
        with app.test_request_context("/", method="POST", data=data):
            return xcaptcha.verify()

    return Form(verify, xcaptcha.get_code)


def flask_hcaptcha(gate: Gate) -> Verify:
    from flask_hcaptcha import hCaptcha

    app = Flask("forum")
    app.config.update(HCAPTCHA_SITE_KEY=gate.sitekey, HCAPTCHA_SECRET_KEY=gate.secret)
    hcaptcha = hCaptcha(app)
    hcaptcha.VERIFY_URL = f"{gate.url}/siteverify"

    def verify(response: str | None) -> object:
        with app.test_request_context("/", method="POST", data=_form("h-captcha-response", response)):
            return hcaptcha.verify()

    return verify


def flask_turnstile(gate: Gate) -> Verify:
    from flask_turnstile import Turnstile

    app = Flask("forum")
    app.config.update(TURNSTILE_SITE_KEY=gate.sitekey, TURNSTILE_SECRET_KEY=gate.secret)
    turnstile = Turnstile(app)
    turnstile.VERIFY_URL = f"{gate.url}/turnstile/v0/siteverify"

    def verify(response: str | None) -> object:
        with app.test_request_context("/", method="POST", data=_form("cf-turnstile-response", response)):
            return turnstile.verify()

    return verify


def _form(name: str, response: str | None) -> dict[str, str]:
    return {} if response is None else {name: response}


CLIENTS: Clients = {
    "flask-wtf": flask_wtf,
    "flask-xcaptcha-as-recaptcha": flask_xcaptcha_as_recaptcha,
    "flask-xcaptcha-as-hcaptcha": flask_xcaptcha_as_hcaptcha,
    "flask-hcaptcha": flask_hcaptcha,
    "flask-turnstile": flask_turnstile,
}

if __name__ == "__main__":
    talk(CLIENTS)
