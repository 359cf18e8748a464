"""Stock browser clients from npm, bundled as their users bundle them and pointed at the gate as their docs allow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.clients.packages import install, run
from tests.widget.page import Visit
from tests.widget.servers import Gate

SOURCES = Path(__file__).parent.parent / "clients" / "npm"
EXPLICIT = '<script src="GATE/recaptcha/api.js?onload=begin&amp;render=explicit" async defer></script>'


class Client(NamedTuple):
    source: str
    head: str = ""
    resets: bool = True
    executes: bool = False


BLOCKING = '<script src="GATE/{}?render=explicit"></script>'
CLIENTS = [
    Client("hcaptcha-loader.js", executes=True),
    Client("react-hcaptcha.jsx", executes=True),
    Client("solid-hcaptcha.js", executes=True),
    Client("svelte-hcaptcha.js", executes=True),
    Client("vanilla-hcaptcha.js", executes=True),
    Client("vue3-hcaptcha.js"),
    Client("react-google-recaptcha.jsx", head=EXPLICIT),
    Client("react-recaptcha.jsx", head=BLOCKING.format("recaptcha/api.js")),
    Client("reaptcha.jsx", head='<script src="GATE/recaptcha/api.js?render=explicit" async defer></script>'),
    Client("recaptcha-v3.js", resets=False),
    Client("vue-recaptcha.js", head=EXPLICIT.replace("begin", "vueRecaptchaApiLoaded")),
    Client("vue3-recaptcha2.js", head=BLOCKING.format("recaptcha/api.js")),
    Client(
        "marsidev-react-turnstile.jsx",
        head='<script id="cf-turnstile-script" async defer '
        'src="GATE/turnstile/v0/api.js?onload=onloadTurnstileCallback&amp;render=explicit"></script>',
    ),
    Client("react-turnstile.jsx", head=BLOCKING.format("turnstile/v0/api.js")),
    Client("vue-turnstile.js", head=BLOCKING.format("turnstile/v0/api.js")),
]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the packages and bundle each source; needs node and npm."""
    folder = tmp_path_factory.mktemp("npm")
    install(SOURCES, folder)
    sources = [client.source for client in CLIENTS]
    options = ["--bundle", "--format=iife", "--jsx=automatic"]
    options += ["--define:process.env.NODE_ENV='production'", "--define:import.meta.env.SSR=false"]
    run(folder, "node_modules/.bin/esbuild", *sources, *options, "--outdir=bundles")
    return folder / "bundles"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.source)
def test_a_stock_client_hands_a_token_over(
    visit: Callable[..., Visit], gate: Gate, bundles: Path, client: Client
) -> None:
    bundle = (bundles / client.source).with_suffix(".js").read_text("utf-8")
    page = visit(
        '<div id="app"></div><script src="/own/bundle.js"></script>',
        head=f'<script src="/own/page.js"></script>{client.head}',
        scripts={"page.js": "var tokens = []; var gateUrl = 'GATE';", "bundle.js": bundle},
    )
    page.answer(text="wrong")
    expect(page.status()).to_contain_text("not the answer")
    assert page.value("tokens") == []
    page.answered()
    page.comes("tokens.length", 1)
    (token,) = page.value("tokens")
    assert [gate.verify(token)["success"] for _ in range(2)] == [True, False]
    expect(page.page.locator(".gate-box")).to_have_count(1)
    if client.resets:
        page.value("reset()")
        page.answered()
        page.comes("tokens.length", 2)
    if client.executes:
        page.value("reset()")
        page.value("window.given = execute(), 0")
        page.answered()
        response, key = page.value("given")
        assert gate.verify(response)["success"]
        assert key
    if client.resets:
        given = page.value("tokens.length")
        page.take_gate_down()
        page.expect_faults("network-error")
        page.value("reset()")
        expect(page.status()).to_have_text("The question could not be loaded.")
        assert page.value("tokens.length") == given
