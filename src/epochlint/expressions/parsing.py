"""From the text of an expression to its tree, through Python's own parser and a list of what is allowed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from epochlint.expressions.trees import FUNCTIONS, TRIGONOMETRY, Expression, ExpressionError

if TYPE_CHECKING:
    from epochlint.expressions.trees import Tree

LONGEST = 4_000  # characters
MOST_NODES = 1_000
DEEPEST = 60
MOST_BITS = 4_096  # of a whole number

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def parse_expression(text: str, where: str) -> Expression:
    """Return the expression a text stands for; see `language.parse`."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"an expression has at most {LONGEST:,} characters, this one {len(text):,}", LONGEST, where
        )
    if not text.strip():
        raise ExpressionError("there is no expression", 1, where)
    return Expression(text, _Translation(text, where).tree())


class _Translation:
    """Turns the syntax tree of one text into plain tuples."""

    def __init__(self, text: str, where: str) -> None:
        # Lines may be broken anywhere, as in YAML; one character stays one character, so columns stay right.
        self.line = "".join(" " if char in "\r\n\t\f" else char for char in text)
        self.indent = len(self.line) - len(self.line.lstrip())
        self.where = where
        self.nodes = 0
        self.depth = 0
        self.hashes = 0  # number signs inside texts

    def tree(self) -> Tree:
        body = self._parsed()
        tree = self.translate(body)
        if self.line.count("#") != self.hashes:
            raise ExpressionError("comments are not allowed", self.line.index("#") + 1, self.where)
        return tree

    def _parsed(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # "\d" is a mistake, whatever this release of Python makes of it
                return ast.parse(self.line.strip(), mode="eval").body
        except SyntaxError as error:
            end = len(self.line.rstrip()) + 1
            column = min(error.offset + self.indent, end) if error.offset and error.lineno == 1 else end
            raise ExpressionError(f"this is no expression: {error.msg}", column, self.where) from None
        except (ValueError, RecursionError, MemoryError):
            raise ExpressionError("this is no expression", 1, self.where) from None

    def error(self, message: str, node: ast.AST) -> ExpressionError:
        offset = getattr(node, "col_offset", 0)  # in bytes of UTF-8
        before = self.line.strip().encode("utf-8")[:offset].decode("utf-8", "replace")
        return ExpressionError(message, len(before) + self.indent + 1, self.where)

    def translate(self, node: ast.expr) -> Tree:
        self.nodes += 1
        self.depth += 1
        if self.nodes > MOST_NODES:
            raise self.error(f"an expression has at most {MOST_NODES:,} parts", node)
        if self.depth > DEEPEST:
            raise self.error(f"an expression is nested at most {DEEPEST} deep", node)
        form = _FORMS.get(type(node))
        if form is None:
            raise self.error(f"{_name_of(node)} is not allowed in an expression", node)
        tree = form(self, node)
        self.depth -= 1
        return tree

    def constant(self, node: ast.Constant) -> Tree:
        if node.value is not None and type(node.value) not in (bool, int, float, str):
            raise self.error(f"{type(node.value).__name__} values are not allowed in an expression", node)
        if isinstance(node.value, int) and node.value.bit_length() > MOST_BITS:
            raise self.error("this number is too large", node)
        if isinstance(node.value, str):
            self.hashes += node.value.count("#")
        return ("value", node.value)

    def name(self, node: ast.Name) -> Tree:
        return ("value", _CONSTANTS[node.id]) if node.id in _CONSTANTS else ("name", node.id)

    def dotted(self, node: ast.Attribute) -> Tree:
        parts = [node.attr]
        inner: ast.expr = node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self.error("a dot may only stand in a name", node)
        return ("name", ".".join([inner.id, *reversed(parts)]))

    def binary(self, node: ast.BinOp) -> Tree:
        sign = _OPERATORS.get(type(node.op))
        if sign is None:
            raise self.error(f"the operator {_name_of(node.op)} is not allowed in an expression", node)
        return (sign, self.translate(node.left), self.translate(node.right))

    def unary(self, node: ast.UnaryOp) -> Tree:
        if isinstance(node.op, ast.Not):
            return ("not", self.translate(node.operand))
        if not isinstance(node.op, ast.USub):
            raise self.error(f"the operator {_name_of(node.op)} is not allowed in an expression", node)
        operand = self.translate(node.operand)
        if operand[0] == "value" and type(operand[1]) in (int, float):
            return ("value", -operand[1])
        return ("negate", operand)

    def logical(self, node: ast.BoolOp) -> Tree:
        return ("and" if isinstance(node.op, ast.And) else "or", *[self.translate(value) for value in node.values])

    def comparison(self, node: ast.Compare) -> Tree:
        first = self.translate(node.left)
        if any(isinstance(sign, ast.Is | ast.IsNot) for sign in node.ops):
            other = node.comparators[0]
            if len(node.ops) > 1 or self.translate(other) != ("value", None):
                raise self.error("`is` may only ask for None", other)
            return ("is none" if isinstance(node.ops[0], ast.Is) else "is not none", first)
        parts: list[Any] = []
        for sign, operand in zip(node.ops, node.comparators, strict=True):
            parts += [_COMPARISONS[type(sign)], self.translate(operand)]
        return ("compare", first, *parts)

    def conditional(self, node: ast.IfExp) -> Tree:
        return ("if", self.translate(node.test), self.translate(node.body), self.translate(node.orelse))

    def sequence(self, node: ast.Tuple | ast.List) -> Tree:
        return ("list", *[self.translate(item) for item in node.elts])

    def item(self, node: ast.Subscript) -> Tree:
        index = self.translate(node.slice) if isinstance(node.slice, ast.Constant | ast.UnaryOp) else ("", None)
        if index[0] != "value" or type(index[1]) is not int:
            raise self.error("an index is a whole number", node.slice)
        return ("item", self.translate(node.value), index[1])

    def call(self, node: ast.Call) -> Tree:
        if not isinstance(node.func, ast.Name):
            raise self.error("only functions can be called, by their name", node.func)
        if node.keywords:
            raise self.error("arguments have no names here", node.keywords[0])
        name = node.func.id
        fewest, most = FUNCTIONS.get(name) or TRIGONOMETRY.get(name) or (0, MOST_NODES)
        if not fewest <= len(node.args) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.error(f"{name} takes {wanted} argument{'s' * (wanted != '1')}, not {len(node.args)}", node)
        return ("call", name, *[self.translate(argument) for argument in node.args])


_FORMS: dict[type[ast.expr], Callable[[_Translation, Any], Tree]] = {
    ast.Constant: _Translation.constant,
    ast.Name: _Translation.name,
    ast.Attribute: _Translation.dotted,
    ast.BinOp: _Translation.binary,
    ast.UnaryOp: _Translation.unary,
    ast.BoolOp: _Translation.logical,
    ast.Compare: _Translation.comparison,
    ast.IfExp: _Translation.conditional,
    ast.Tuple: _Translation.sequence,
    ast.List: _Translation.sequence,
    ast.Subscript: _Translation.item,
    ast.Call: _Translation.call,
}

_NAMES = {
    "Lambda": "a lambda", "NamedExpr": "an assignment", "JoinedStr": "an f-string", "Starred": "a star",
    "Dict": "a dict", "Set": "a set", "Slice": "a slice", "Await": "await", "Yield": "yield", "YieldFrom": "yield",
    "ListComp": "a loop", "SetComp": "a loop", "DictComp": "a loop", "GeneratorExp": "a loop",
    "LShift": "<<", "RShift": ">>", "BitOr": "|", "BitAnd": "&", "BitXor": "^", "MatMult": "@", "Invert": "~",
    "UAdd": "+",
}  # fmt: skip


def _name_of(node: ast.AST) -> str:
    return _NAMES.get(type(node).__name__, type(node).__name__)
