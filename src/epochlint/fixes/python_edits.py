"""Edits of Python that are made on the syntax, so that comments and spaces stay: with LibCST, imported only here."""

from __future__ import annotations

from epochlint.fixes.refused import RefusedEdit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst

    Transformation = Callable[[libcst.CSTNode], libcst.CSTNode | None]


def operate(operation: str, path: str, text: str, start: int, end: int) -> tuple[int, int, str]:
    """Return an operation on the expression between two offsets as a piece of text that replaces another.

    RefusedEdit if there is no such expression, or if the file could overtax LibCST: that parser is given nothing which
    Python's own has not accepted and found to be of modest depth.
    """
    if operation not in OPERATIONS:
        raise RefusedEdit(path, f"there is no operation {operation!r}")
    _refuse_what_is_dangerous(path, text)
    changed = _transformed(text, start, end, OPERATIONS[operation])
    if changed is None:
        raise RefusedEdit(path, "the expression to be changed is not there")
    return _difference(text, changed)


def _refuse_what_is_dangerous(path: str, text: str) -> None:
    from epochlint.sources.guards import Refused
    from epochlint.sources.python_reader import parse

    try:
        parse(text)
    except Refused as refused:
        raise RefusedEdit(path, refused.problem.message) from None


def _transformed(text: str, start: int, end: int, transformation: Transformation) -> str | None:
    """Return the text with the first node between these offsets that can be transformed; None if there is none."""
    import libcst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    wanted_start = len(text[:start].encode("utf-8"))
    wanted = (wanted_start, wanted_start + len(text[start:end].encode("utf-8")))
    try:
        wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except (libcst.ParserSyntaxError, RecursionError):
        return None
    for node, span in spans.items():
        if (span.start, span.start + span.length) == wanted:
            changed = transformation(node)
            if changed is not None:
                module = wrapper.module.deep_replace(node, changed)
                return module.code if isinstance(module, libcst.Module) else None
    return None


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """Return the smallest piece of the old text whose replacement gives the new one."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return head, len(old) - tail, new[head : len(new) - tail]


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return next(
        (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _to_floor_division(node: libcst.CSTNode) -> libcst.CSTNode | None:
    """Make `a // b` of `a / b`."""
    import libcst

    if not isinstance(node, libcst.BinaryOperation) or not isinstance(node.operator, libcst.Divide):
        return None
    slash = node.operator
    operator = libcst.FloorDivide(whitespace_before=slash.whitespace_before, whitespace_after=slash.whitespace_after)
    return node.with_changes(operator=operator)


OPERATIONS: dict[str, Transformation] = {"floor-division": _to_floor_division}
