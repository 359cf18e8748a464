"""``GateField``: the question as a field of a WTForms form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Request, has_request_context, request
from markupsafe import Markup
from wtforms import Field, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from gate.web.attempt import Attempt, State
from gate.web.extension import items_of, make_attempt, render
from gate.web.page_language import Lang

_NO = frozenset({"", "0", "false"})

About = str | int | Callable[[Request], str | int | None] | None


class GateWidget:
    """Renders the field from the template ``gate/field.html``, which a host may override."""

    def __call__(self, field: GateField, **kwargs: Any) -> Markup:
        """Return the field's HTML; ``id`` is what its element ids begin with."""
        return render(field.attempt, prefix=kwargs.pop("id", field.id))


class _Title:
    """The field's label: its language is the page's, which is known when it is shown."""

    def __init__(self, field: GateField) -> None:
        self._field = field

    def __str__(self) -> str:
        return self._field.attempt.words.title


class GateField(Field):
    """A question that must be answered before the form is valid.

    ``action`` (1 to 32 of A-Z a-z 0-9 _ -) and ``about`` (a text, a number, or a function of the request) bind
    the answer to this form and to its subject. ``hold_for`` names the buttons that judge an answer without spending it,
    such as a preview: fields of the form, whatever its prefix, or buttons that stand in the page alone.

    ``lang`` (a BCP 47 tag, or a function of the request) is the page's language: what the poster is told is in it,
    and the question too where the site asks in it. Without it Flask-Babel's locale counts, where the application
    has Flask-Babel, else the language of the question.

    The field validates those after it before it spends an answer, so whoever has answered right is not asked
    again because something else was wrong. It takes no value of the form's object and gives none to it.
    """

    widget = GateWidget()

    def __init__(
        self,
        label: str | None = None,
        *,
        action: str = "",
        about: About = None,
        lang: Lang = None,
        hold_for: str | Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        if label is None:
            self.label.text = _Title(self)  # type: ignore[assignment]  # WTForms takes lazy text too
        self._action = action
        self._about = about
        self._lang = lang
        self._hold_for = (hold_for,) if isinstance(hold_for, str) else tuple(hold_for)
        self._request: Request | None = None
        self._items: list[tuple[str, str]] | None = None
        self._attempt: Attempt | None = None

    @property
    def attempt(self) -> Attempt:
        """This form's attempt, made when it is first needed: it needs the request."""
        if self._attempt is None:
            about = self._about(request) if callable(self._about) else self._about
            self._attempt = make_attempt(self._items, action=self._action, about=about, lang=self._lang)
        return self._attempt

    @property
    def receipt(self) -> str | None:
        """The receipt of the reply that was let through; of the first one, if this post repeats it."""
        return self.attempt.receipt

    @property
    def repeated(self) -> bool:
        """Whether this very form was let through before: redirect to the reply with this receipt."""
        return self.attempt.repeated

    @property
    def unavailable(self) -> bool:
        """Whether the gate could not be asked, so that nothing was let through."""
        return self.attempt.unavailable

    def reopen(self) -> None:
        """Hold the answer again, where the host has no such reply: it refused it, or lost it before it was kept."""
        self.attempt.reopen()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the posted form; the field has no value of its own.

        A form that is filled in anew is judged anew: what was said of one reply holds for no other, nor for the
        next poster's where a host keeps one form for all requests.
        """
        self.process_errors = []
        self.data = None
        here: Request | None = request._get_current_object() if has_request_context() else None  # type: ignore[attr-defined]
        items = None if formdata is None else sorted(items_of(formdata))
        if here is not self._request or (items is not None and items != self._items):
            self._request, self._items, self._attempt = here, items, None

    def populate_obj(self, obj: object, name: str) -> None:
        """Leave the object alone: a token is nothing to store."""

    def validate(self, form: BaseForm, extra_validators: Iterable[Any] = ()) -> bool:
        """Judge the answer, and spend it if every other field, and what the form itself checks here, is in order."""
        self.errors = _objections(form, self, extra_validators)
        in_order = not self.errors
        pressed = {name: button for name, button in _buttons(form, self._hold_for) if self._sent(name)}
        spend = not pressed and in_order and _others_are_valid(form, self)
        state = self.attempt.decide(spend=spend)
        if state is State.HELD:
            # Unspent, so nothing may be posted: only a button that posts nothing finds the form valid.
            return in_order and any(self._is_plain(name, button) for name, button in pressed.items())
        if state is not State.PASSED:
            self.errors.append(self.attempt.message)
        return in_order and state is State.PASSED

    def _sent(self, name: str) -> list[str]:
        return [value for given, value in self._items or () if given == name]

    def _is_plain(self, name: str, button: Field | None) -> bool:
        """Say whether the host sees this button, which was sent, as pressed, whichever way it looks.

        A field of a form, a name in ``request.form`` and a value there or in ``request.values`` differ about a
        value that says no, a second one in the address, a file and JSON: by one of those a script would have a
        reply taken for a preview here, and posted there. Only a form that is filled in by hand, as in a test, has
        its fields to itself.
        """
        sent = self._sent(name)
        if not _is_empty(request):
            if name in request.args or name in request.files:
                return False
            sent = request.form.getlist(name)
        said_no = any(value.strip().lower() in _NO for value in sent)
        return bool(sent) and not said_no and (button is None or bool(button.data))


def _is_empty(request: Request) -> bool:
    """Say whether nothing was sent; a body of unknown length, which a host may read itself, is something."""
    return not (
        request.values
        or request.files
        or request.mimetype
        or request.content_length
        or request.environ.get("wsgi.input_terminated")
    )


def _buttons(form: BaseForm, names: Iterable[str]) -> Iterator[tuple[str, Field | None]]:
    """Yield the names that buttons are sent by, and their fields where they are fields of the form.

    One that was a field of the form and was taken out of it is no button: this view does not look at it.
    """
    for name in names:
        declared = getattr(type(form), name, "")
        if name in form:
            yield form[name].name, form[name]
        elif declared is not None and not hasattr(declared, "_formfield"):
            yield name, None


def _objections(form: BaseForm, field: Field, checks: Iterable[Any]) -> list[str]:
    """Return what a form's own checks of a field, such as its ``validate_gate``, have against it."""
    found = []
    for check in checks:
        try:
            check(form, field)
        except (ValidationError, StopValidation) as error:
            found.append(str(error))
    return found


def _others_are_valid(form: BaseForm, own: Field) -> bool:
    """Say whether no field has errors; those after ``own`` are validated first, as the form would do it."""
    seen = False
    valid = True
    for field in form:
        if field is own:
            seen = True
        elif not seen:
            valid = valid and not field.errors
        elif not isinstance(field, GateField):
            inline = getattr(type(form), f"validate_{field.short_name}", None)
            valid = field.validate(form, (inline,) if inline else ()) and valid
    return valid
