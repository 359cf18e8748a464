"""Which language the page is in that a form stands on, as far as the host application says."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flask import Request, current_app, request

from gate.languages import is_tag

Lang = str | Callable[[Request], object] | None
"""A BCP 47 tag, or a function of the request that returns one, or a locale that reads as one; None where the host
leaves it open."""


def page_language(given: Lang) -> str | None:
    """Return the language ``given``, else the locale of the host's Flask-Babel; None if neither says one.

    A host may take it from the request, so what is no language tag says none.
    """
    found = given(request) if callable(given) else given
    tag = str(found or _flask_babel_locale() or "").replace("_", "-")
    return tag if is_tag(tag) else None


def _flask_babel_locale() -> object:
    """Ask Flask-Babel, where this application has it: gate itself does without."""
    extension = current_app.extensions.get("babel")
    if type(extension).__module__.partition(".")[0] != "flask_babel":
        return None
    return sys.modules["flask_babel"].get_locale()
