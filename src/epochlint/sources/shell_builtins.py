"""The commands of the shell itself that change variables, the folder, or where the script goes on."""

from __future__ import annotations

from posixpath import normpath

from epochlint.sources.shell_arithmetic import assigned_in, integer
from epochlint.sources.shell_names import sets_up_environment
from epochlint.sources.shell_values import UNKNOWN, UNSET, Piece, as_positional, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.sources.shell_state import Shell
    from epochlint.sources.shell_tree import Assignment, Simple
    from epochlint.sources.shell_values import Field, Words

    Builtin: TypeAlias = Callable[[Shell, Simple, Words], None]

# Programs of the shell that start nothing: whoever looks for launchers must not take `echo run this` for one.
SILENT = frozenset({
    "echo", "printf", "true", "false", ":", "test", "[", "wait", "sleep", "trap", "umask", "ulimit", "alias", "unalias",
    "hash", "type", "kill", "jobs", "fg", "bg", "disown", "caller", "times", "dirs", "shopt", "enable", "help", "bind",
    "complete", "compgen", "compopt", "history", "logout", "suspend", "module",
})  # fmt: skip
_OWN_FOLDER = ("dirname", "BASH_SOURCE", "%/*")


def _export(shell: Shell, node: Simple, words: Words) -> None:
    """Do `export`, `declare`, `local` and their like."""
    program = text_of(words[0][0]) or ""
    options = "".join([text[1:] for text in map(text_of, [field for field, _ in words[1:]]) if text and text[0] == "-"])
    exports = "n" not in options if program == "export" else "x" in options
    is_local = program in ("local", "declare", "typeset") and "g" not in options
    unusual = any(option in options for option in "iAnulc")
    for assignment in node.declared:
        shell.declare(assignment.name, is_local, unusual)
        shell.assignment(assignment)
        if "n" in options and program != "export":
            _refer(shell, assignment)
        if exports:
            shell.state.variables.exported[assignment.name] = None
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            shell.expander.forget_all()
        elif name.isidentifier():
            shell.declare(name, is_local, unusual)
            if exports:
                shell.state.variables.exported[name] = None
            elif is_local and not unusual:
                shell.assign(name, UNSET)
    if program == "readonly":
        for assignment in node.declared:
            shell.make_volatile(assignment.name)


def _refer(shell: Shell, assignment: Assignment) -> None:
    """Do `declare -n name=other`: from now on the one changes with the other."""
    other = assignment.value.literal() if assignment.value else None
    if other is None:
        shell.expander.forget_all()
    else:
        shell.make_volatile(other)
        shell.assign(other, UNKNOWN)


def _unset(shell: Shell, node: Simple, words: Words) -> None:
    del node
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            shell.expander.forget_all()
        elif name.isidentifier():
            shell.assign(name, UNSET)
        elif name[:1] != "-":
            shell.assign(name.partition("[")[0], UNKNOWN)


def _sets_named(shell: Shell, node: Simple, words: Words) -> None:
    """Do `read`, `mapfile`, `getopts`: what they name gets a value that nobody knows."""
    del node
    for field, _ in words[1:]:
        name = text_of(field)
        if name is None:
            shell.expander.forget_all()
        elif name.partition("[")[0].isidentifier():
            shell.assign(name.partition("[")[0], UNKNOWN)


def _printf(shell: Shell, node: Simple, words: Words) -> None:
    if any(text_of(field) == "-v" for field, _ in words[1:2]):
        _sets_named(shell, node, words[:3])


def _let(shell: Shell, node: Simple, words: Words) -> None:
    del node
    for field, _ in words[1:]:
        text = text_of(field)
        if text is None:
            shell.expander.forget_all()
        else:
            shell.forget(assigned_in(text))


def _source(shell: Shell, node: Simple, words: Words) -> None:
    del node
    if not sets_up_environment(["".join([piece.text for piece in field]) for field, _ in words[1:]]):
        shell.expander.doubt_all()
        shell.state.functions = {}


def _eval(shell: Shell, node: Simple, words: Words) -> None:
    del node
    joined: Field = []
    for field, span in words[1:]:
        if joined:
            joined.append(Piece(" ", True, True, False, span, span, span))
        joined.extend(field)
    if joined and joined[0].known:
        shell.nested(joined)
    elif not sets_up_environment([piece.text for piece in joined]):
        shell.expander.forget_all()


def _exit(shell: Shell, node: Simple, words: Words) -> None:
    del node, words
    shell.state.dead = True


def _return(shell: Shell, node: Simple, words: Words) -> None:
    del node, words
    shell.calls[-1].returns.append(shell.state.copy())
    shell.state.dead = True


def _break(shell: Shell, node: Simple, words: Words) -> None:
    """Do `break` and `continue`; with a number, to any of the loops around."""
    del node
    if shell.exits:
        for exits in shell.exits if len(words) > 1 else shell.exits[-1:]:
            exits.append(shell.state.copy())
        shell.state.dead = True


def _exec(shell: Shell, node: Simple, words: Words) -> None:
    if len(words) > 1:
        shell.emit(node, words)
        shell.state.dead = True


def _change_folder(shell: Shell, node: Simple, words: Words) -> None:
    del node
    arguments = [field for field, _ in words[1:] if not (text_of(field) or "").startswith("-")]
    state = shell.state
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


def _set(shell: Shell, node: Simple, words: Words) -> None:
    del node
    index = 1
    while index < len(words):
        text = text_of(words[index][0])
        if text is None or text[:1] not in ("-", "+"):
            break
        index += 1
        if text == "--":
            shell.state.variables.positional = as_positional(words[index:])
            return
        if text[1:] == "a":
            shell.state.export_all = text[0] == "-"
        if text.endswith("o") and index < len(words):
            if text_of(words[index][0]) == "allexport":
                shell.state.export_all = text[0] == "-"
            index += 1
    if index < len(words):
        shell.state.variables.positional = as_positional(words[index:])


def _shift(shell: Shell, node: Simple, words: Words) -> None:
    del node
    variables = shell.state.variables
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
