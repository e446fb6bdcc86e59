"""Which names a rule cannot fire without: if one of them is unknown, the condition cannot be known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from epochlint.expressions.language import Expression
    from epochlint.knowledge.catalogue import Formula

Tree = tuple[Any, ...]

# Functions that are unknown as soon as one of their arguments is.
_STRICT = frozenset({
    "ceil", "floor", "round", "int", "float", "abs", "gcd", "divides", "compare", "ratio", "number", "decimal", "lower",
    "len",
})  # fmt: skip
_NOTHING: frozenset[str] = frozenset()


def needs_of(condition: Expression, lets: tuple[Formula, ...]) -> frozenset[str]:
    """Return the names without which a condition cannot hold; private names count as what they are made of.

    Errs on the side of fewer names: a rule that is looked at in vain costs time, one that is not looked at is lost.
    """
    private: dict[str, frozenset[str]] = {}
    for let in lets:  # ordered so that each stands after those it uses
        found = _value(let.expression.tree, private)
        guarded = let.condition is not None or let.quantity in private
        private[let.quantity] = private.get(let.quantity, found) & found if guarded else found
    return _true(condition.tree, private)


def _true(tree: Tree, private: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what must be known for a condition to hold."""
    kind = tree[0]
    if kind == "and":
        return _union(_true(part, private) for part in tree[1:])
    if kind == "or":
        return _common(_true(part, private) for part in tree[1:])
    if kind == "call" and tree[1] in ("given", "written", "is_a", "known", "must") and len(tree) > 2:
        return _value(tree[2], private)
    if kind == "not":
        return _false(tree[1], private)
    if kind == "compare":
        return _operands(tree, private)
    if kind == "if":
        return _true(tree[2], private) & _true(tree[3], private)
    return _value(tree, private)


def _false(tree: Tree, private: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what must be known for a condition not to hold."""
    kind = tree[0]
    if kind == "and":
        return _common(_false(part, private) for part in tree[1:])
    if kind == "or":
        return _union(_false(part, private) for part in tree[1:])
    if kind == "not":
        return _true(tree[1], private)
    return _value(tree, private)


def _value(tree: Tree, private: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what must be known for an expression to have a value."""
    kind = tree[0]
    if kind == "name":
        return private.get(tree[1], frozenset({tree[1]}))
    if kind in ("+", "-", "*", "/", "//", "%", "**", "negate", "item"):
        return _union(_value(part, private) for part in tree[1:] if isinstance(part, tuple))
    if kind == "compare":
        # A chain fails as soon as one of its parts does, whatever the others are.
        return _operands(tree, private) if len(tree) == 4 else _NOTHING
    if kind == "if":
        return _value(tree[2], private) & _value(tree[3], private)
    if kind == "call" and tree[1] in _STRICT:
        return _union(_value(part, private) for part in tree[2:])
    if kind in ("and", "or"):
        return _common(_value(part, private) for part in tree[1:])
    if kind == "not":
        return _value(tree[1], private)
    return _NOTHING


def _operands(tree: Tree, private: dict[str, frozenset[str]]) -> frozenset[str]:
    return _union(_value(part, private) for part in tree[1:] if isinstance(part, tuple))


def _union(parts: Any) -> frozenset[str]:
    return frozenset().union(*parts)


def _common(parts: Any) -> frozenset[str]:
    found = list(parts)
    return frozenset.intersection(*found) if found else _NOTHING
