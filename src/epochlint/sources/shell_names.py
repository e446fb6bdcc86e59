"""Which variables commands may set, and which conditions they test, by their syntax alone."""

from __future__ import annotations

from epochlint.sources.shell_arithmetic import assigned_in
from epochlint.sources.shell_tree import (
    Arithmetic,
    Branches,
    Calculation,
    Cases,
    Chain,
    Function,
    Group,
    Literal,
    Loop,
    Parameter,
    Pipeline,
    ShellWord,
    Simple,
    Test,
)
from epochlint.sources.shell_values import POSITIONAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from epochlint.sources.shell_tree import Node, Part

# Commands of the shell that set the variables which are named among their arguments.
NAMING = frozenset({
    "export", "declare", "typeset", "local", "readonly", "unset", "read", "mapfile", "readarray", "getopts", "printf",
    "wait", "coproc",
})  # fmt: skip
# Files and commands that set up an environment, and leave a script's own variables alone.
_ENVIRONMENTS = (
    "activate", "conda", "mamba", "bashrc", "profile", "ssh-agent", "pyenv", "/module", "modules", "lmod", "setvars",
)  # fmt: skip
ANY = ""  # stands for every variable


def sets_up_environment(texts: Iterable[str]) -> bool:
    """Tell whether a file or command is known to leave a script's own variables alone."""
    return any(mark in text.lower() for text in texts for mark in _ENVIRONMENTS)


def names_assigned(nodes: Iterable[Node], functions: dict[str, Function], burn: Callable[[int], None]) -> set[str]:
    """Return the variables that commands may assign to; `ANY` among them stands for all."""
    names: set[str] = set()
    entered: set[str] = set()
    stack: list[Node] = list(nodes)
    while stack:
        burn(1)
        node = stack.pop()
        if isinstance(node, Simple):
            names.update(_names_of(node))
            program = node.words[0].literal() if node.words else None
            if program in functions and program not in entered:
                entered.add(program or "")
                stack.extend(functions[program or ""].body)
        elif isinstance(node, Calculation):
            names.update(_names_in_parts(node.parts))
            names.update(assigned_in(source_of(node.parts)))
        elif isinstance(node, Test):
            names.update(_names_in_words(node.words))
        elif isinstance(node, Loop):
            names.update({node.variable} if node.variable else ())
            names.update(_names_in_words(node.items or ()))
            stack.extend((*node.condition, *node.body))
        elif isinstance(node, Cases):
            names.update(_names_in_words((node.word,) if node.word else ()))
            stack.extend(inner for body in node.bodies for inner in body)
        elif isinstance(node, Branches):
            stack.extend(inner for condition, body in node.branches for inner in (*condition, *body))
            stack.extend(node.otherwise or ())
        elif isinstance(node, Chain):
            stack.extend((node.first, *[inner for _, inner in node.rest]))
        elif isinstance(node, Group | Function):
            stack.extend(node.body)  # a function that is defined here may be called here
        elif isinstance(node, Pipeline):
            stack.append(node.stages[-1])  # with `lastpipe` it runs in the script's own shell
    return names


def source_of(parts: Iterable[Part]) -> str:
    return "".join([part.text if isinstance(part, Literal) else part.source for part in parts])


def _names_of(node: Simple) -> set[str]:
    words = [word.literal() for word in node.words]
    program = words[0] if words else ""
    assignments = (*node.declared,) if words else node.assignments
    names = {assignment.name for assignment in assignments}
    values = [value for item in (*node.assignments, *node.declared) for value in (item.value, *(item.items or ()))]
    names.update(_names_in_words((*node.words, *[value for value in values if value is not None])))
    if program in ("source", "."):
        return names if sets_up_environment(map(_rough, node.words[1:])) else {ANY}
    if program == "eval":
        return names if sets_up_environment(map(_rough, node.words[1:])) else {ANY}
    if program in ("set", "shift"):
        names.add(POSITIONAL)
    if program == "let":
        names.update(name for word in words[1:] for name in (assigned_in(word) if word else (ANY,)))
    if program in NAMING:
        names.update(word.partition("[")[0] for word in words[1:] if word and word.partition("[")[0].isidentifier())
        if None in words[1:] and program not in ("printf", "wait"):
            names.add(ANY)
    return names


def _rough(word: ShellWord) -> str:
    return source_of(word.parts)


def _names_in_words(words: Iterable[ShellWord]) -> Iterator[str]:
    for word in words:
        yield from _names_in_parts(word.parts)


def _names_in_parts(parts: Iterable[Part]) -> Iterator[str]:
    """Yield what the expansions of a word assign to: `${X:=8}`, `$((X++))`."""
    stack = list(parts)
    while stack:
        part = stack.pop()
        if isinstance(part, Parameter):
            if part.operator in (":=", "="):
                yield part.name
            stack.extend(part.argument)
        elif isinstance(part, Arithmetic):
            yield from assigned_in(source_of(part.parts))
            stack.extend(part.parts)


def tested_for_emptiness(nodes: tuple[Node, ...]) -> tuple[str, bool] | None:
    """Return the variable that `[ -z "$X" ]` or `[[ -n $X ]]` tests, and whether the test holds if it is empty."""
    node = nodes[0] if len(nodes) == 1 else None
    if isinstance(node, Test):
        words = node.words
    elif isinstance(node, Simple) and node.words and not node.assignments:
        program = node.words[0].literal()
        words = node.words[1:-1] if program == "[" else node.words[1:] if program == "test" else ()
    else:
        return None
    if len(words) != 2 or words[0].literal() not in ("-z", "-n") or len(words[1].parts) != 1:
        return None
    part = words[1].parts[0]
    if not isinstance(part, Parameter) or part.index or part.operator not in ("", ":-", "-", "+", ":+"):
        return None
    if part.operator in (":-", "-") and part.argument:
        return None
    return part.name, words[0].literal() == "-z"
