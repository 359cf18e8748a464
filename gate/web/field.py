"""``GateField``: the question as a field of a WTForms form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Request, request
from markupsafe import Markup
from wtforms import BooleanField, Field, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from gate.web.attempt import Attempt, State
from gate.web.extension import items_of, make_attempt, render
from gate.web.page_language import Lang

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
        """Take the posted form; the field has no value of its own."""
        self.process_errors = []
        self.data = None
        if formdata is not None:
            self._items = list(items_of(formdata))

    def populate_obj(self, obj: object, name: str) -> None:
        """Leave the object alone: a token is nothing to store."""

    def validate(self, form: BaseForm, extra_validators: Iterable[Any] = ()) -> bool:
        """Judge the answer, and spend it if every other field, and what the form itself checks here, is in order."""
        self.errors = _objections(form, self, extra_validators)
        buttons = [form[name].name if name in form else name for name in self._hold_for]
        holding = self._items is not None and any(name in buttons for name, _ in self._items)
        in_order = not self.errors
        state = self.attempt.decide(spend=not holding and in_order and _others_are_valid(form, self))
        if state is State.HELD:
            # Unspent, so nothing may be posted: only a button that posts nothing finds the form valid.
            return in_order and any(self._is_pressed(name) for name in buttons)
        if state is not State.PASSED:
            self.errors.append(self.attempt.message)
        return state is State.PASSED

    def _is_pressed(self, name: str) -> bool:
        """Say whether the host sees this button as pressed, whichever way it looks.

        A field of a form, a name in ``request.form`` and a value there differ about an empty value, "false", a
        file and JSON: by one of those a script would have a reply taken for a preview here, and posted there.
        Only a form that is filled in by hand, as in a test, has its fields to itself.
        """
        if request.values or request.files or request.mimetype or request.content_length:
            values = request.form.getlist(name)
        else:
            values = [value for given, value in self._items or () if given == name]
        return bool(values) and not any(value in BooleanField.false_values for value in values)


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
