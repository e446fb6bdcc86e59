"""Reading Python: parsed by the interpreter's own parser, never executed. Places count code points, as everywhere."""

from __future__ import annotations

from _ast import AST, PyCF_ONLY_AST

from epochlint.places import Place, Span
from epochlint.sources.documents import Comment, Document, split_lines
from epochlint.sources.guards import PYTHON_DEPTH_LIMIT, Refused
from epochlint.sources.making import new_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any

# Fields that hold no node which could hold others.
_LEAVES = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "name", "kind", "type_comment", "lineno", "n", "s"})


def read_python(path: str, text: str) -> Document:
    """Read a script; `tree` is None where a problem says why it cannot be parsed."""
    try:
        return Document(path, "python", text, tree=parse(text))
    except Refused as refused:
        return Document(path, "python", text, problems=(refused.problem,))


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a script. Raises `Refused`; whatever comes back is safe for readers that recurse."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on escapes such as "\\d": not ours to report
            tree: Any = compile(text, "<script>", "exec", PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        raise Refused("unreadable-file", f"not readable as Python: {error.msg}", _span_of(error, text)) from None
    except (RecursionError, MemoryError):
        raise Refused("too-deep", "an expression is nested too deep to be parsed") from None
    except (ValueError, OverflowError) as error:
        raise Refused("unreadable-file", f"not readable as Python: {error}") from None
    _refuse_depth(tree)
    parsed: ast.Module = tree
    return parsed


def _span_of(error: SyntaxError, text: str) -> Span:
    """Return where the parser stopped, moved into the text where it names a place behind its end."""
    lines = split_lines(text)
    line = min(max(error.lineno or 1, 1), len(lines))
    column = min(max(error.offset or 1, 1), len(lines[line - 1]) + 1)
    return Span(line, column, line, column)


def _refuse_depth(tree: ast.Module) -> None:
    """Refuse a tree in which readers could run out of stack, counting level by level."""
    level: list[AST] = [tree]
    depth = 0
    fields: dict[type, tuple[str, ...]] = {}
    while level:
        depth += 1
        if depth > PYTHON_DEPTH_LIMIT:
            line = next((node.lineno for node in level if hasattr(node, "lineno")), 1)
            message = f"the script is nested more than {PYTHON_DEPTH_LIMIT} deep"
            raise Refused("too-deep", message, Span(line, 1, line, 1))
        below: list[AST] = []
        for node in level:
            kind = type(node)
            names = fields.get(kind)
            if names is None:
                names = fields[kind] = tuple([name for name in node._fields if name not in _LEAVES])
            for name in names:
                value = getattr(node, name, None)
                if isinstance(value, AST):
                    below.append(value)
                elif type(value) is list:
                    below.extend([item for item in value if isinstance(item, AST)])
        level = below


# The lines of the script asked about last: places are asked for script by script.
_lines_of_last: tuple[str, list[str]] = ("", [""])


def _lines(text: str) -> list[str]:
    global _lines_of_last
    last, lines = _lines_of_last
    if last is not text:
        lines = split_lines(text)
        _lines_of_last = (text, lines)
    return lines


def place_of(document: Document, node: ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias) -> Place:
    """Return the place of a node of the document's tree.

    The parser counts columns in UTF-8 bytes; only lines with other characters than ASCII need to be looked at.
    """
    line, column = node.lineno, node.col_offset
    end_line, end_column = node.end_lineno or line, node.end_col_offset or column
    if not document.text.isascii():
        lines = _lines(document.text)
        column = _code_points(lines, line, column)
        end_column = _code_points(lines, end_line, end_column)
    return document.place(new_span(line, column + 1, end_line, end_column + 1))


def _code_points(lines: list[str], line: int, offset: int) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode("utf-8")[:offset].decode("utf-8", "ignore"))


def python_comments(document: Document) -> tuple[Comment, ...]:
    """Return the comments of a script or notebook, as far as it can be split into tokens.

    Not done while reading: few scripts are ever asked for their comments.
    """
    if "#" not in document.text:
        return ()
    if document.kind != "notebook":
        return tuple(_comments_in(document.text, 0))
    from epochlint.sources.magics import without_magics

    lines = split_lines(document.text)
    found: list[Comment] = []
    for first, behind in zip(document.cells, (*document.cells[1:], len(lines) + 1), strict=True):
        cell = lines[first - 1 : behind - 1]
        if any("#" in line for line in cell):
            found.extend(_comments_in("\n".join(without_magics(cell)), first - 1))
    return tuple(found)


def _comments_in(text: str, lines_above: int) -> Iterator[Comment]:
    from io import StringIO
    from tokenize import COMMENT, TokenError, generate_tokens

    try:
        for token in generate_tokens(StringIO(text, newline=None).readline):
            if token.type == COMMENT:
                (line, column), (_, end) = token.start, token.end
                span = Span(line + lines_above, column + 1, line + lines_above, end + 1)
                yield Comment(token.string[1:].strip(), span, not token.line[:column].strip())
    except (TokenError, SyntaxError):
        return
