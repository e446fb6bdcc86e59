"""The places of a script where something with a name gets a value, with the names that stand around them."""

from __future__ import annotations

import _ast as ast

from epochlint.declared.setting import GIVEN, Named
from epochlint.declared.words import dotted
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@record
class Site:
    """One such place. `around` are names and words around it, the nearest first; `group` is the same for what is
    declared together; `said` is what the code itself says of it (help text, docstring)."""

    name: str
    value: ast.expr | None
    start: ast.AST
    end: ast.AST
    how: str
    around: tuple[str, ...]
    group: int
    said: str = ""

    @property
    def named(self) -> Named:
        return Named(self.name, self.how, self.around)


@record
class _Here:
    around: tuple[str, ...] = ()
    group: int = 0
    target: str = ""

    def inside(self, *names: str, group: int = 0, target: str = "") -> _Here:
        return _Here((*[name for name in names if name], *self.around), group or self.group, target)


class Sites:
    """Finds them, in the order of the file."""

    def __init__(self, vocabulary: dict[str, Any]) -> None:
        self._options: dict[str, dict[str, str]] = vocabulary.get("options", {})
        self._fields: dict[str, list[str]] = vocabulary.get("fields", {})
        self._mappings = frozenset(vocabulary.get("mappings", ()))
        self._telling = frozenset(vocabulary.get("telling", ()))
        self._positional: dict[str, dict[str, str]] = vocabulary.get("positional", {})

    def of(self, tree: ast.Module) -> Iterator[Site]:
        yield from self._statements(tree.body, _Here(group=id(tree)))

    # --- statements -------------------------------------------------------------------------------------------------

    def _statements(self, body: list[ast.stmt], here: _Here, fields: bool = False) -> Iterator[Site]:
        for index, statement in enumerate(body):
            if isinstance(statement, _FUNCTIONS):
                inside = here.inside(statement.name, group=id(statement))
                yield from self._parameters(statement, inside)
                for decorator in statement.decorator_list:
                    yield from self._expression(decorator, inside)
                yield from self._statements(statement.body, inside)
            elif isinstance(statement, ast.ClassDef):
                yield from self._statements(statement.body, here.inside(statement.name, group=id(statement)), True)
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                said = _text(body[index + 1]) if fields and index + 1 < len(body) else ""
                yield from self._assignment(statement, here, fields, said)
            else:
                yield from self._parts(statement, here, fields)

    def _parts(self, node: ast.AST, here: _Here, fields: bool = False) -> Iterator[Site]:
        for name in node._fields:
            part = getattr(node, name, None)
            if isinstance(part, list) and part and isinstance(part[0], ast.stmt):
                yield from self._statements(part, here, fields)
            else:
                for one in part if isinstance(part, list) else [part]:
                    if isinstance(one, ast.expr):
                        yield from self._expression(one, here)
                    elif isinstance(one, ast.AST):
                        yield from self._parts(one, here, fields)

    def _assignment(self, node: ast.Assign | ast.AnnAssign, here: _Here, fields: bool, said: str) -> Iterator[Site]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                yield from self._target(one, value, here, fields, said)
        if node.value is not None:
            yield from self._expression(node.value, here.inside(target=dotted(targets[0])))

    def _target(self, target: ast.expr, value: ast.expr | None, here: _Here, fields: bool, said: str) -> Iterator[Site]:
        *sections, name = (dotted(target) or "?").split(".")
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
            return
        forms = {ast.Name: "field" if fields else "constant", ast.Attribute: "attribute", ast.Subscript: "item"}
        how = forms.get(type(target))
        if how is not None:
            inner = self._field_value(value)
            help_text = self._help(value, "help") if inner is not value else ""
            around = (*reversed(sections), *here.around)
            yield Site(name, inner, target, value or target, how, around, here.group, said or help_text)

    def _parameters(self, function: ast.FunctionDef | ast.AsyncFunctionDef, here: _Here) -> Iterator[Site]:
        takes = function.args
        plain = [*takes.posonlyargs, *takes.args]
        defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(takes.defaults)), *takes.defaults]
        document = _text(function.body[0])
        for parameter, default in zip([*plain, *takes.kwonlyargs], [*defaults, *takes.kw_defaults], strict=True):
            value = self._field_value(default)
            said = _line_about(parameter.arg, document) or self._help(default, "help")
            yield Site(
                parameter.arg, value, parameter, default or parameter, "parameter", here.around, here.group, said
            )
            if default is not None:
                yield from self._expression(default, here)

    # --- expressions ------------------------------------------------------------------------------------------------

    def _expression(self, node: ast.expr, here: _Here) -> Iterator[Site]:
        if isinstance(node, ast.Call):
            yield from self._call(node, here)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                named = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                inside = here.inside(here.target, group=id(node))
                if named and key is not None:
                    yield Site(named.split(".")[-1], value, key, value, "key", inside.around, inside.group)
                yield from self._expression(value, inside.inside(named))
        else:
            for part in _expressions_in(node):
                yield from self._expression(part, here)

    def _call(self, node: ast.Call, here: _Here) -> Iterator[Site]:
        called = dotted(node.func)
        last = called.rpartition(".")[2]
        given = " ".join(_said_by(argument) for argument in node.args)
        for keyword in node.keywords:
            given += " " + (_said_by(keyword.value) if keyword.arg in self._telling else dotted(keyword.value))
        inside = here.inside(last, called, GIVEN + given.replace(" ", "_").strip("_"), here.target, group=id(node))
        if last in self._options and node.args:
            yield from self._option(node, self._options[last], here)
        elif last not in self._fields:
            for position, name in self._positional.get(last, {}).items():
                value = _argument(node, position)
                if value is not None:
                    value = _counted(value)
                    yield Site(name, value, value, value, "argument", inside.around, inside.group)
            for keyword in node.keywords:
                if keyword.arg is not None:
                    how, value = "key" if last in self._mappings else "argument", keyword.value
                    yield Site(keyword.arg, value, keyword, value, how, inside.around, inside.group)
        if isinstance(node.func, ast.Attribute):
            yield from self._expression(node.func.value, here)
        for argument in node.args:
            yield from self._expression(argument, here.inside(called, here.target))
        for keyword in node.keywords:
            yield from self._expression(keyword.value, here.inside(keyword.arg or "", called, here.target))

    def _option(self, node: ast.Call, form: dict[str, str], here: _Here) -> Iterator[Site]:
        """Yield an option that a call declares, under its longest name."""
        named = [one for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        value = _argument(node, form["value"])
        names = [one for one in named if str(one.value).startswith("--")] or named
        if names:
            *sections, name = str(names[0].value).lstrip("-").split(".")
            around = (*reversed(sections), *here.around)
            said = self._help(node, form.get("help", "help"))
            yield Site(name, value, names[0], value or names[0], "option", around, here.group, said)

    def _field_value(self, value: ast.expr | None) -> ast.expr | None:
        """Return the default inside `field(default=3)`, and any other value as it is."""
        if isinstance(value, ast.Call):
            for where in self._fields.get(dotted(value.func).rpartition(".")[2], ()):
                inner = _argument(value, where)
                if inner is not None:
                    return inner
        return value

    def _help(self, node: ast.expr | None, where: str) -> str:
        if not isinstance(node, ast.Call):
            return ""
        found = [_argument(node, where)]
        for keyword in node.keywords:  # dataclasses: metadata={"help": "..."}
            if isinstance(keyword.value, ast.Dict):
                found += keyword.value.values
        return " ".join(_constant_text(one) for one in found if one is not None)


def _counted(node: ast.expr) -> ast.expr:
    """Return n for `range(n)`: so many rows are meant."""
    counts = isinstance(node, ast.Call) and dotted(node.func) == "range" and len(node.args) == 1
    return node.args[0] if counts else node  # type: ignore[attr-defined]


def _argument(node: ast.Call, where: str) -> ast.expr | None:
    if where.isdigit():
        return node.args[int(where)] if int(where) < len(node.args) else None
    return next((keyword.value for keyword in node.keywords if keyword.arg == where), None)


def _expressions_in(node: ast.AST) -> Iterator[ast.expr]:
    for name in node._fields:
        part = getattr(node, name, None)
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, ast.expr):
                yield one
            elif isinstance(one, ast.comprehension | ast.keyword):
                yield from _expressions_in(one)


def _said_by(node: ast.expr) -> str:
    text = _constant_text(node)
    return text if text.isidentifier() else dotted(node)


def _constant_text(node: ast.AST) -> str:
    if isinstance(node, ast.BinOp):  # 'a' + 'b'
        return _constant_text(node.left) + _constant_text(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _text(statement: ast.stmt) -> str:
    return _constant_text(statement.value) if isinstance(statement, ast.Expr) else ""


def _line_about(name: str, document: str) -> str:
    """Return the line of a docstring that explains a parameter."""
    for line in document.splitlines():
        words = line.strip().lstrip(":*`- ").removeprefix("param ").lstrip()
        if words.startswith(name) and words[len(name) : len(name) + 1] in (":", " ", "`", "("):
            return words
    return ""
