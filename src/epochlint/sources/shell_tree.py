"""The syntax tree of a shell script: words with their expansions, and the commands made of them.

Offsets are those of the file; `source` is the text of an expansion as written.
"""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


@record
class Literal:
    """Text that stands for itself, without the quotes around it."""

    text: str
    start: int
    end: int
    quoted: bool


@record
class Parameter:
    """`$X`, `${X}`, `${A[@]}`, `${X:-8}`. `operator` is what stands behind the name; "length" for `${#X}`."""

    name: str
    start: int
    end: int
    quoted: bool
    source: str
    index: str = ""
    operator: str = ""
    argument: tuple[Part, ...] = ()


@record
class Arithmetic:
    """`$(( … ))`."""

    parts: tuple[Part, ...]
    start: int
    end: int
    quoted: bool
    source: str


@record
class Opaque:
    """What nobody can know without running it: `$(command)`, `<(command)`, unusual expansions."""

    start: int
    end: int
    quoted: bool
    source: str


Part: TypeAlias = "Literal | Parameter | Arithmetic | Opaque"


@record
class ShellWord:
    parts: tuple[Part, ...]
    start: int
    end: int

    def literal(self) -> str | None:
        """Return the text of a word without expansions, None for others."""
        texts = [part.text for part in self.parts if isinstance(part, Literal)]
        return "".join(texts) if len(texts) == len(self.parts) else None


@record
class Assignment:
    """`NAME=value`, `NAME+=value`, `NAME[index]=value`; `items` are the words of `NAME=(a b c)`."""

    name: str
    value: ShellWord | None
    items: tuple[ShellWord, ...] | None = None
    index: str = ""
    append: bool = False
    keyed: bool = False  # the items have keys of their own: `([a]=1 [b]=2)`


@record
class Simple:
    """A simple command. `assignments` stand before it, `declared` are those of `export` and its like."""

    words: tuple[ShellWord, ...]
    assignments: tuple[Assignment, ...]
    declared: tuple[Assignment, ...]
    start: int
    end: int


@record
class Chain:
    """Commands joined by `&&` and `||`."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@record
class Pipeline:
    stages: tuple[Node, ...]


@record
class Subshell:
    """`( … )`, and what runs in the background."""

    body: tuple[Node, ...]


@record
class Group:
    body: tuple[Node, ...]


@record
class Branches:
    """`if … elif … else`: pairs of condition and body; `otherwise` is None where there is no `else`."""

    branches: tuple[tuple[tuple[Node, ...], tuple[Node, ...]], ...]
    otherwise: tuple[Node, ...] | None


@record
class Cases:
    """`case`. `exhaustive` if one pattern takes everything, `falls` if one body runs on into the next."""

    word: ShellWord | None
    bodies: tuple[tuple[Node, ...], ...]
    exhaustive: bool
    falls: bool


@record
class Loop:
    """`for`, `select`, `while`, `until`. `items` are those of a `for`; None for `"$@"` and for counting loops."""

    variable: str
    items: tuple[ShellWord, ...] | None
    condition: tuple[Node, ...]
    body: tuple[Node, ...]


@record
class Function:
    name: str
    body: tuple[Node, ...]


@record
class Calculation:
    """`(( … ))`."""

    parts: tuple[Part, ...]


@record
class Test:
    """`[[ … ]]`, as far as its words go."""

    words: tuple[ShellWord, ...]


Node: TypeAlias = (
    "Simple | Chain | Pipeline | Subshell | Group | Branches | Cases | Loop | Function | Calculation | Test"
)
