"""Which language the page is in that a form stands on, as far as the host application says."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flask import Request, current_app, request

Lang = str | Callable[[Request], str | None] | None
"""A BCP 47 tag, or a function of the request that returns one; None where the host leaves it open."""

_LONGEST_TAG = 35


def page_language(given: Lang) -> str | None:
    """Return the language ``given``, else the locale of the host's Flask-Babel; None if neither says one."""
    found = given(request) if callable(given) else given
    tag = (found or _flask_babel_locale() or "").replace("_", "-")
    return tag if 0 < len(tag) <= _LONGEST_TAG else None


def _flask_babel_locale() -> str | None:
    """Ask Flask-Babel, where this application has it: gate itself does without."""
    extension = current_app.extensions.get("babel")
    if type(extension).__module__.partition(".")[0] != "flask_babel":
        return None
    locale = sys.modules["flask_babel"].get_locale()
    return None if locale is None else str(locale)
