"""Captcha libraries of no framework, as their documents say to use them."""

from __future__ import annotations

import asyncio

from tests.clients.talk import Clients, Gate, Verify, talk


def aiohcaptcha(gate: Gate) -> Verify:
    from aiohcaptcha import HCaptchaClient

    client = HCaptchaClient(gate.secret, api_url=f"{gate.url}/siteverify")

    def verify(response: str | None) -> object:
        return asyncio.run(client.verify(response or "", "127.0.0.1", gate.sitekey))

    return verify


def norecaptcha(gate: Gate) -> Verify:
    from norecaptcha import captcha

    def verify(response: str | None) -> object:
        return captcha.submit(response, gate.secret, "127.0.0.1", gate.tls).is_valid

    return verify


CLIENTS: Clients = {"aiohcaptcha": aiohcaptcha, "norecaptcha": norecaptcha}

if __name__ == "__main__":
    talk(CLIENTS)
