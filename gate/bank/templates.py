"""The templates of a question with ``vary``: checked, compiled once, called with a value for each name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression

from gate.bank.sandbox import RENDER_ERRORS, sandbox
from gate.parsing import nearest

LONGEST_SOURCE = 2_000
"""A template of more characters is refused."""

_COMPILE_ERRORS = (*RENDER_ERRORS, SyntaxError)

_ALLOWED_NODES = (
    *(nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Const, nodes.List, nodes.Tuple),
    *(nodes.Filter, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.CondExpr, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow),
)


class UnusableTemplateError(Exception):
    """A template that cannot be used; ``problem`` and ``remedy`` say why and what to do."""

    def __init__(self, problem: str, remedy: str = "mend the template") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}")


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template and the names that occur in it."""

    names: frozenset[str]
    render: Callable[[Mapping[str, Any]], Any]
    """Takes a value for each name; may raise ``RENDER_ERRORS``."""


def compile_text(source: str, names: frozenset[str], lang: str) -> Template:
    """Compile a template that gives text; only ``names`` may occur in it. Raises ``UnusableTemplateError``."""
    tree = _parse(source, names, lang)
    if "{" not in source:
        return Template(frozenset(), lambda _: source)
    used = _names(tree)
    return Template(used, _compile(tree, lang).render)


def compile_answer(source: str, names: frozenset[str], lang: str) -> Template:
    """Compile as ``compile_text`` does, but what is exactly one ``{{ expression }}`` keeps its type."""
    expression = _only_expression(_parse(source.strip(), names, lang))
    if expression is None:
        return compile_text(source, names, lang)
    return _compile_expression(expression, lang)


def compile_conditions(source: str, names: frozenset[str], lang: str) -> list[Template]:
    """Compile a bare condition, as ``where`` has it: one template for each part that "and" joins.

    In parts it is quickly put to many combinations, since a part holds for all that differ only in other names.
    Raises ``UnusableTemplateError``.
    """
    expression = _only_expression(_parse(f"{{{{ ({source}) }}}}", names, lang))
    if expression is None:
        raise UnusableTemplateError("not one expression", 'write a bare condition such as "a != b"')
    return [_compile_expression(part, lang) for part in _joined_parts(expression)]


@lru_cache(maxsize=1024)
def is_usable_name(name: str) -> bool:
    """Tell whether a template can use ``name`` for a value: an identifier that the language does not keep."""
    if name in ("self", "letter") or iskeyword(name) or not name.isidentifier():
        return False
    try:
        expression = _only_expression(sandbox("en").parse(f"{{{{ {name} }}}}"))
    except _COMPILE_ERRORS:
        return False
    return isinstance(expression, nodes.Name) and expression.name == name


def describe(error: BaseException) -> str:
    """Say in words what a template's error means."""
    if isinstance(error, (RecursionError, MemoryError)):
        return "nested too deeply"
    message = error.message if isinstance(error, TemplateSyntaxError) else str(error)
    return (message or type(error).__name__).rstrip(".")


def _parse(source: str, names: frozenset[str], lang: str) -> nodes.Template:
    if len(source) > LONGEST_SOURCE:
        raise UnusableTemplateError(f"{len(source):,} characters", f"write at most {LONGEST_SOURCE:,}")
    try:
        tree = sandbox(lang).parse(source)
        for node in tree.find_all(nodes.Node):
            _check(node, names)
    except _COMPILE_ERRORS as error:
        raise UnusableTemplateError(describe(error)) from error
    return tree


def _check(node: nodes.Node, names: frozenset[str]) -> None:
    filters = sandbox("en").filters
    match node:
        case nodes.Call(node=nodes.Name(name="letter")) | nodes.Name(name="letter"):
            return
        case nodes.Name(name=name) if name not in names:
            raise UnusableTemplateError(f'unknown name "{name}"', nearest(name, names))
        case nodes.Filter(name=name) if name not in filters:
            raise UnusableTemplateError(f'unknown filter "{name}"', nearest(name, filters))
    if not isinstance(node, _ALLOWED_NODES):
        known = ", ".join(sorted(filters))
        raise UnusableTemplateError(
            f'"{type(node).__name__.lower()}" has no use in a question',
            f"write {{{{ … }}}} or {{% if %}}, with the filters {known}",
        )


def _names(tree: nodes.Node) -> frozenset[str]:
    named = [node.name for node in tree.find_all(nodes.Name)]
    if isinstance(tree, nodes.Name):
        named.append(tree.name)
    return frozenset(named) - {"letter"}


def _only_expression(tree: nodes.Template) -> nodes.Expr | None:
    match tree.body:
        case [nodes.Output(nodes=[expression])] if not isinstance(expression, nodes.TemplateData):
            return expression
    return None


def _joined_parts(expression: nodes.Expr) -> list[nodes.Expr]:
    if isinstance(expression, nodes.And):
        return [*_joined_parts(expression.left), *_joined_parts(expression.right)]
    return [expression]


def _compile_expression(expression: nodes.Expr, lang: str) -> Template:
    """Do what ``Environment.compile_expression`` does, with the tree that has been checked."""
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store", lineno=1), expression, lineno=1)]
    template = _compile(nodes.Template(body, lineno=1), lang)
    return Template(_names(expression), TemplateExpression(template, undefined_to_none=False))


def _compile(tree: nodes.Template, lang: str) -> Any:
    try:
        template = sandbox(lang).from_string(tree)
        template.globals = dict(template.globals)  # a chain of tables is slow to copy, at every rendering
        return template
    except _COMPILE_ERRORS as error:
        raise UnusableTemplateError(describe(error)) from error
