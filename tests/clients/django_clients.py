"""Django's captcha fields, as their documents say to use them; each needs a process with its own settings."""

from __future__ import annotations

from typing import Any

from tests.clients.talk import Clients, Form, Gate, Verify, talk


def django_recaptcha(gate: Gate) -> Form:
    _set_up(
        "django_recaptcha",
        RECAPTCHA_PUBLIC_KEY=gate.sitekey,
        RECAPTCHA_PRIVATE_KEY=gate.secret,
        RECAPTCHA_DOMAIN=gate.tls,
    )
    from django_recaptcha.fields import ReCaptchaField

    return _form_with(ReCaptchaField(), "g-recaptcha-response")


def django_hcaptcha(gate: Gate) -> Form:
    _set_up(
        "hcaptcha",
        HCAPTCHA_SITEKEY=gate.sitekey,
        HCAPTCHA_SECRET=gate.secret,
        HCAPTCHA_VERIFY_URL=f"{gate.url}/siteverify",
        HCAPTCHA_JS_API_URL=f"{gate.url}/1/api.js",
    )
    from hcaptcha.fields import hCaptchaField

    return _form_with(hCaptchaField(), "h-captcha-response")


def django_hcaptcha_field(gate: Gate) -> Form:
    _set_up(
        "hcaptcha_field",
        HCAPTCHA_SITEKEY=gate.sitekey,
        HCAPTCHA_SECRET=gate.secret,
        HCAPTCHA_VERIFY_URL=f"{gate.url}/hcaptcha/siteverify",
        HCAPTCHA_JS_API_URL=f"{gate.url}/1/api.js",
    )
    from hcaptcha_field import hCaptchaField

    return _form_with(hCaptchaField(), "h-captcha-response")


def django_turnstile(gate: Gate) -> Form:
    _set_up(
        "turnstile",
        TURNSTILE_SITEKEY=gate.sitekey,
        TURNSTILE_SECRET=gate.secret,
        TURNSTILE_VERIFY_URL=f"{gate.url}/turnstile/v0/siteverify",
        TURNSTILE_JS_API_URL=f"{gate.url}/turnstile/v0/api.js",
    )
    from turnstile.fields import TurnstileField

    return _form_with(TurnstileField(), "cf-turnstile-response")


def drf_recaptcha(gate: Gate) -> Verify:
    _set_up(
        "rest_framework",
        "drf_recaptcha",
        DRF_RECAPTCHA_SECRET_KEY=gate.secret,
        DRF_RECAPTCHA_DOMAIN=gate.tls,
    )
    from drf_recaptcha.fields import ReCaptchaV2Field

    return _serializer_with(ReCaptchaV2Field())


def drf_hcaptcha(gate: Gate) -> Verify:
    _set_up(
        "rest_framework",
        "drf_hcaptcha",
        DRF_HCAPTCHA_SECRET_KEY=gate.secret,
        DRF_HCAPTCHA_DOMAIN=gate.tls,
    )
    from drf_hcaptcha.fields import HCaptchaV2Field

    return _serializer_with(HCaptchaV2Field())


def _set_up(*apps: str, **settings: Any) -> None:
    import django
    from django.conf import settings as django_settings

    django_settings.configure(INSTALLED_APPS=list(apps), LOGGING_CONFIG=None, **settings)
    django.setup()


def _form_with(field: Any, name: str) -> Form:
    from django import forms

    form_class: Any = type("ReplyForm", (forms.Form,), {"captcha": field})

    def verify(response: str | None) -> object:
        return form_class({} if response is None else {name: response, "captcha": response}).is_valid()

    return Form(verify, lambda: str(form_class()["captcha"]))


def _serializer_with(field: Any) -> Verify:
    from rest_framework.serializers import Serializer
    from rest_framework.test import APIRequestFactory

    serializer_class: Any = type("ReplySerializer", (Serializer,), {"captcha": field})
    request = APIRequestFactory().post("/")

    def verify(response: str | None) -> object:
        data = {} if response is None else {"captcha": response}
        return serializer_class(data=data, context={"request": request}).is_valid()

    return verify


CLIENTS: Clients = {
    "django-recaptcha": django_recaptcha,
    "django-hcaptcha": django_hcaptcha,
    "django-hcaptcha-field": django_hcaptcha_field,
    "django-turnstile": django_turnstile,
    "drf-recaptcha": drf_recaptcha,
    "drf-hcaptcha": drf_hcaptcha,
}

if __name__ == "__main__":
    talk(CLIENTS)
