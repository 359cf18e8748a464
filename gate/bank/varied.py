"""``vary``, ``where`` and ``distinct``: what a question varies, and the wording that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from gate.bank.combinations import MOST_VARIANTS, Combinations, TooManyError, combine
from gate.bank.sandbox import RENDER_ERRORS
from gate.bank.templates import (
    Template,
    UnusableTemplateError,
    compile_answer,
    compile_conditions,
    compile_text,
    describe,
    is_usable_name,
)
from gate.bank.wording import VariedWording
from gate.parsing import Faults, Fields, in_quotes, kind_of, nearest, unknown_keys

Lists = Mapping[str, list[Any] | None]
Columns = Mapping[str, Sequence[Any]]
Compiled = TypeVar("Compiled")

_RANGE_KEYS = ("from", "to", "step")
_FARTHEST = 10**12


def read_varied(
    fields: Fields, ask: str | None, answers: Sequence[str | int] | None, lists: Lists, lang: str
) -> VariedWording | None:
    """Read the wording of a question with ``vary``, noting every fault."""
    columns = _read_columns(fields, lists)
    names = frozenset(columns) if columns else _names(fields.table["vary"])
    if not names:
        return None
    ask_template = None if ask is None else _compile(compile_text, ask, names, lang, "ask", fields)
    templates = [
        _compile(compile_answer, str(answer), names, lang, "accept", fields) for answer in answers or ()
    ]
    where = _read_where(fields, names, lang)
    distinct = _read_distinct(fields, names)
    compiled = [template for template in (ask_template, *templates) if template is not None]
    if ask is None or answers is None or len(compiled) <= len(templates):
        return None
    _refuse_unused(names, [*compiled, *(where or ())], fields)
    if columns is None or where is None:
        return None
    combinations = _combine(columns, where, fields, distinct=distinct)
    if combinations is None:
        return None
    return VariedWording(fields.place, compiled[0], compiled[1:], combinations)


def check_list(values: object, place: str, faults: Faults) -> bool:
    """Note what is wrong with a list of values; tell whether it can be used."""
    before = len(faults.found)
    if not isinstance(values, list):
        faults.add(place, f"{kind_of(values)} is no list", 'write a list such as ["red", "green"]')
    elif not values:
        faults.add(place, "empty list", "write at least one value")
    else:
        for number, value in enumerate(values, 1):
            _check_value(value, f"{place}: item {number}", faults)
    return len(faults.found) == before


def _check_value(value: object, place: str, faults: Faults) -> None:
    if not isinstance(value, dict):
        if not _is_plain(value):
            faults.add(place, f"{kind_of(value)} is no value", in_quotes(value))
        return
    if not value:
        faults.add(place, "empty table", 'write one such as { word = "cold", opposite = "hot" }')
    for key, member in value.items():
        for item in member if isinstance(member, list) else [member]:
            if not _is_plain(item):
                faults.add(f"{place}: {key}", f"{kind_of(item)} is no value", in_quotes(item))


def _is_plain(value: object) -> bool:
    return isinstance(value, str) or (type(value) is int and abs(value) <= _FARTHEST)


def _names(vary: object) -> frozenset[str]:
    return frozenset(vary) if isinstance(vary, dict) else frozenset()


def _read_columns(fields: Fields, lists: Lists) -> Columns | None:
    vary, place, faults = fields.table["vary"], f"{fields.place}: vary", fields.faults
    if not isinstance(vary, dict) or not vary:
        problem = "empty table" if vary == {} else f"{kind_of(vary)} is no table"
        faults.add(place, problem, "write one such as { a = [2, 3, 4] }, or remove vary")
        return None
    columns: dict[str, Sequence[Any]] = {}
    for name, given in vary.items():
        if not is_usable_name(name):
            faults.add(f"{place}.{name}", "no name that a template can use", "use letters, such as a or word")
        column = _read_column(given, f"{place}.{name}", lists, faults)
        if column is not None:
            columns[name] = column
    return columns if len(columns) == len(vary) else None


def _read_column(given: object, place: str, lists: Lists, faults: Faults) -> Sequence[Any] | None:
    if isinstance(given, str):
        if given not in lists:
            remedy = nearest(given, lists) if lists else "write it under [lists]"
            faults.add(place, f'unknown list "{given}"', remedy)
        return lists.get(given)
    if isinstance(given, dict):
        return _read_range(given, place, faults)
    return cast("list[Any]", given) if check_list(given, place, faults) else None


def _read_range(given: Mapping[str, Any], place: str, faults: Faults) -> range | None:
    before = len(faults.found)
    unknown_keys(given, _RANGE_KEYS, place, faults)
    for key in _RANGE_KEYS:
        value = given.get(key, 1 if key == "step" else None)
        if value is None:
            faults.add(f"{place}: {key}", "missing", "write a range such as { from = 2, to = 9 }")
        elif type(value) is not int or abs(value) > _FARTHEST:
            faults.add(f"{place}: {key}", f"{kind_of(value)} is no end of a range", "write a whole number")
    if len(faults.found) > before:
        return None
    first, last, step = given["from"], given["to"], given.get("step", 1)
    if step < 1 or last < first:
        faults.add(place, "an empty range", "let to be at least from, and step at least 1")
        return None
    return range(first, last + 1, step)


def _compile(
    compiler: Callable[[str, frozenset[str], str], Compiled],
    source: str,
    names: frozenset[str],
    lang: str,
    key: str,
    fields: Fields,
) -> Compiled | None:
    try:
        return compiler(source, names, lang)
    except UnusableTemplateError as fault:
        fields.faults.add(f"{fields.place}: {key}", fault.problem, fault.remedy)
        return None


def _read_where(fields: Fields, names: frozenset[str], lang: str) -> list[Template] | None:
    """Return the parts of ``where``, none where there is no such key; None if it cannot be used."""
    source = fields.text("where")
    if source is None:
        return None if "where" in fields.table else []
    return _compile(compile_conditions, source, names, lang, "where", fields)


def _read_distinct(fields: Fields, names: frozenset[str]) -> bool:
    distinct = fields.boolean("distinct") or False
    if distinct and len(names) < 2:
        fields.faults.add(f"{fields.place}: distinct", "no sense with one varied value", "remove distinct")
    return distinct


def _refuse_unused(names: frozenset[str], templates: Sequence[Template], fields: Fields) -> None:
    used = frozenset[str]().union(*(template.names for template in templates))
    for name in sorted(names - used):
        fields.faults.add(
            f"{fields.place}: vary.{name}", "is used nowhere", f"write {{{{ {name} }}}} in ask, or remove it"
        )


def _combine(
    columns: Columns, where: Sequence[Template], fields: Fields, *, distinct: bool
) -> Combinations | None:
    place, faults = fields.place, fields.faults
    try:
        combinations = combine(columns, distinct=distinct, where=where)
    except TooManyError as error:
        faults.add(f"{place}: vary", str(error), f"vary less: a question has at most {MOST_VARIANTS:,}")
    except RENDER_ERRORS as error:
        faults.add(f"{place}: where", describe(error), "mend the condition")
    else:
        if combinations.count:
            return combinations
        faults.add(f"{place}: vary", "where and distinct leave no variant", "loosen them, or vary more")
    return None
