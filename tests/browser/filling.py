"""Chromium's filling of forms, as from its list of suggestions."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error, Page

from tests.chromium import until

ADDRESS = {
    "NAME_FULL": "Ana Filled",
    "EMAIL_ADDRESS": "ana@filled.example",
    "COMPANY_NAME": "Filled Ltd",
    "ADDRESS_HOME_STREET_ADDRESS": "1 Filled Road",
    "ADDRESS_HOME_CITY": "Filled",
    "ADDRESS_HOME_ZIP": "90001",
    "ADDRESS_HOME_COUNTRY": "US",
    "PHONE_HOME_WHOLE_NUMBER": "+12025550123",
}
CARD = {"number": "4444444444444444", "name": "Ana", "expiryMonth": "01", "expiryYear": "2099", "cvc": "123"}
TEMPTING = (
    "In which city does this forum meet?",
    "Which country is our club from?",
    "Which street is our club in?",
    "What is the name of our company?",
    "What is the phone number in the rules?",
)
"""Questions with words by which Chromium knows the fields of an address."""


def fill_in_address(page: Page, where: str) -> None:
    """Fill in the form from its field with the id ``where``, again until it has an address in its field "email".

    Chromium fills nothing in until it has read the form, some time after the page was loaded.
    """
    address = {"fields": [{"name": name, "value": value} for name, value in ADDRESS.items()]}
    email = page.locator("#email")

    def filled() -> bool:
        _fill_in(page, where, address=address)
        for _ in range(50):
            if email.input_value():
                return True
            page.wait_for_timeout(20)
        return False

    until(page, filled, "the browser's filling")


def fill_in_card(page: Page, where: str) -> None:
    """The same with a card."""
    _fill_in(page, where, card=CARD)


def _fill_in(page: Page, where: str, **what: object) -> None:
    page.locator(f"#{where}").focus()
    session = page.context.new_cdp_session(page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": f"#{where}"})["nodeId"]
    field = session.send("DOM.describeNode", {"nodeId": node})["node"]["backendNodeId"]
    session.send("Autofill.enable")
    # It refuses where it sees nothing to fill.
    with suppress(Error):
        session.send("Autofill.trigger", {"fieldId": field, **what})
    session.detach()
