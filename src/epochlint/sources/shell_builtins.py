"""The commands of the shell itself that change variables, the folder, or where the script goes on."""

from __future__ import annotations

from posixpath import normpath

from epochlint.sources.shell_arithmetic import assigned_in, integer
from epochlint.sources.shell_expansion import UNKNOWN, UNSET, Marker, Piece, Text
from epochlint.sources.shell_names import sets_up_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.sources.shell_evaluation import Evaluator
    from epochlint.sources.shell_expansion import Field
    from epochlint.sources.shell_tree import Simple

    Words: TypeAlias = list[tuple[Field, tuple[int, int]]]
    Builtin: TypeAlias = Callable[[Evaluator, Simple, Words], None]

# Programs of the shell that start nothing: whoever looks for launchers must not take `echo run this` for one.
SILENT = frozenset({
    "echo", "printf", "true", "false", ":", "test", "[", "wait", "sleep", "trap", "umask", "ulimit", "alias", "unalias",
    "hash", "type", "kill", "jobs", "fg", "bg", "disown", "caller", "times", "dirs", "shopt", "enable", "help", "bind",
    "complete", "compgen", "compopt", "history", "logout", "suspend", "module",
})  # fmt: skip
_OWN_FOLDER = ("dirname", "BASH_SOURCE", "%/*")


def text_of(field: Field) -> str | None:
    """Return the text of a word, or None if it is not wholly known."""
    return "".join([piece.text for piece in field]) if all(piece.known for piece in field) else None


def as_positional(words: Words) -> tuple[Text, ...] | Marker:
    """Return words as positional parameters; `UNKNOWN` if it is not known how many they are."""
    for field, _ in words:
        for piece in field:
            if not piece.known and (not piece.quoted or stands_for_many(piece)):
                return UNKNOWN
    return tuple([Text(tuple(field), span) for field, span in words])


def stands_for_many(piece: Piece) -> bool:
    """Tell whether an unknown piece is something like `"$@"`, which makes several words in spite of its quotes."""
    return not piece.known and "@" in piece.text


def _export(evaluator: Evaluator, node: Simple, words: Words) -> None:
    """Do `export`, `declare`, `local` and their like."""
    program = text_of(words[0][0]) or ""
    options = "".join([text[1:] for text in map(text_of, [field for field, _ in words[1:]]) if text and text[0] == "-"])
    exports = "n" not in options if program == "export" else "x" in options
    is_local = program in ("local", "declare", "typeset") and "g" not in options
    unusual = any(option in options for option in "iAnulc")
    for assignment in node.declared:
        evaluator.declare(assignment.name, is_local, unusual)
        evaluator.assignment(assignment)
        if exports:
            evaluator.state.variables.exported[assignment.name] = None
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            evaluator.expander.forget_all()
        elif name.isidentifier():
            evaluator.declare(name, is_local, unusual)
            if exports:
                evaluator.state.variables.exported[name] = None
            elif is_local and not unusual:
                evaluator.assign(name, UNSET)
    if program == "readonly":
        for assignment in node.declared:
            evaluator.make_volatile(assignment.name)


def _unset(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            evaluator.expander.forget_all()
        elif name.isidentifier():
            evaluator.assign(name, UNSET)
        elif name[:1] != "-":
            evaluator.assign(name.partition("[")[0], UNKNOWN)


def _sets_named(evaluator: Evaluator, node: Simple, words: Words) -> None:
    """Do `read`, `mapfile`, `getopts`: what they name gets a value that nobody knows."""
    del node
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            evaluator.expander.forget_all()
        elif name.partition("[")[0].isidentifier():
            evaluator.assign(name.partition("[")[0], UNKNOWN)


def _printf(evaluator: Evaluator, node: Simple, words: Words) -> None:
    if any(text_of(field) == "-v" for field, _ in words[1:2]):
        _sets_named(evaluator, node, words[:3])


def _let(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    for field, _ in words[1:]:
        text = text_of(field)
        if text is None:
            evaluator.expander.forget_all()
        else:
            evaluator.forget(assigned_in(text))


def _source(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    if not sets_up_environment(["".join([piece.text for piece in field]) for field, _ in words[1:]]):
        evaluator.expander.forget_all()
        evaluator.state.functions = {}


def _eval(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    joined: Field = []
    for field, span in words[1:]:
        if joined:
            joined.append(Piece(" ", True, True, False, span, span, span))
        joined.extend(field)
    if joined and joined[0].known:
        evaluator.nested(joined)
    elif not sets_up_environment([piece.text for piece in joined]):
        evaluator.expander.forget_all()


def _exit(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node, words
    evaluator.state.dead = True


def _return(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node, words
    evaluator.calls[-1].returns.append(evaluator.state.copy())
    evaluator.state.dead = True


def _break(evaluator: Evaluator, node: Simple, words: Words) -> None:
    """Do `break` and `continue`; with a number, to any of the loops around."""
    del node
    if evaluator.exits:
        for exits in evaluator.exits if len(words) > 1 else evaluator.exits[-1:]:
            exits.append(evaluator.state.copy())
        evaluator.state.dead = True


def _exec(evaluator: Evaluator, node: Simple, words: Words) -> None:
    if len(words) > 1:
        evaluator.emit(node, words)
        evaluator.state.dead = True


def _change_folder(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    arguments = [field for field, _ in words[1:] if not (text_of(field) or "").startswith("-")]
    state = evaluator.state
    if len(arguments) != 1 or text_of(words[0][0]) == "popd":
        state.folder = None
        return
    target = text_of(arguments[0])
    if target is None:
        state.folder = _beside_script(arguments[0])
    elif target.startswith("/") or state.folder is None or len(target) > 1_000:
        state.folder = None
    else:
        folder = normpath(f"{state.folder}/{target}" if state.folder else target or ".")
        state.folder = "" if folder == "." else folder


def _beside_script(field: Field) -> str | None:
    """Return the folder that `$(dirname "$0")/..` means, taking the script for started from its own folder."""
    first, rest = field[0], "".join([piece.text for piece in field[1:]])
    if (
        first.known
        or not any(mark in first.text for mark in _OWN_FOLDER)
        or not all(piece.known for piece in field[1:])
    ):
        return None
    folder = normpath(rest.lstrip("/") or ".")
    return "" if folder == "." else folder


def _set(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    index = 1
    while index < len(words):
        text = text_of(words[index][0])
        if text is None or text[:1] not in ("-", "+"):
            break
        index += 1
        if text == "--":
            evaluator.state.variables.positional = as_positional(words[index:])
            return
        if text[1:] == "a":
            evaluator.state.export_all = text[0] == "-"
        if text.endswith("o") and index < len(words):
            if text_of(words[index][0]) == "allexport":
                evaluator.state.export_all = text[0] == "-"
            index += 1
    if index < len(words):
        evaluator.state.variables.positional = as_positional(words[index:])


def _shift(evaluator: Evaluator, node: Simple, words: Words) -> None:
    del node
    variables = evaluator.state.variables
    count = integer(text_of(words[1][0]) or "") if len(words) > 1 else 1
    if isinstance(variables.positional, tuple):
        variables.positional = UNKNOWN if count is None or count < 0 else variables.positional[count:]


BUILTINS: dict[str, Builtin] = {
    **dict.fromkeys(("export", "declare", "typeset", "local", "readonly"), _export),
    **dict.fromkeys(("read", "mapfile", "readarray", "getopts"), _sets_named),
    **dict.fromkeys(("source", "."), _source),
    **dict.fromkeys(("break", "continue"), _break),
    **dict.fromkeys(("cd", "pushd", "popd"), _change_folder),
    "unset": _unset, "printf": _printf, "let": _let, "eval": _eval, "exit": _exit, "return": _return, "exec": _exec,
    "set": _set, "shift": _shift,
}  # fmt: skip
