"""Documents: files with their text and their values, each value with its place."""

from __future__ import annotations

from epochlint.places import Place, Span
from epochlint.records import derived, record

# A constant that type checkers take for true: importing `typing` and `ast` would cost every start about 10 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import TypeAlias

# What a scalar means to Python; a YAML scalar keeps its text too, since loaders read the same text differently.
Plain: TypeAlias = "int | float | bool | str | None"


@record
class ScalarNode:
    """One value of a configuration file.

    `value` is what the format itself says (YAML: YAML 1.1 as PyYAML reads it, so `1e-4` is the string '1e-4').
    `text` is the source text without quotes. `quoted` tells a quoted string from a plain one.
    """

    value: Plain
    text: str
    span: Span
    quoted: bool = False
    tag: str | None = None


@record
class SequenceNode:
    items: tuple[Node, ...]
    span: Span
    tag: str | None = None


@record
class Entry:
    """A key of a mapping with its value. `inherited` is true for what a YAML merge key brought in."""

    key: str
    key_span: Span
    value: Node
    inherited: bool = False


@record
class MappingNode:
    """A mapping, in file order; where a key is repeated, `entries` keeps every one and the last one counts."""

    _beside = ("_by_key",)
    entries: tuple[Entry, ...]
    span: Span
    tag: str | None = None

    def get(self, key: str) -> Node | None:
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        return self._index().get(key)

    def keys(self) -> tuple[str, ...]:
        return tuple(self._index())

    def _index(self) -> dict[str, Entry]:
        return derived(self, "_by_key", lambda: {entry.key: entry for entry in self.entries})


Node: TypeAlias = "ScalarNode | SequenceNode | MappingNode"


@record
class Comment:
    """A comment, without its marker. `own_line` is true if nothing but the comment stands on that line."""

    text: str
    span: Span
    own_line: bool


@record
class Problem:
    """Why a document, or part of it, could not be read; becomes a finding about the linter's own work (EL9…)."""

    name: str
    message: str
    span: Span
    fatal: bool = True


@record
class Word:
    """One word of a shell command, after expansion.

    `known` is false where the word cannot be known (`$(nproc)`, a variable that the script does not set); `text` is
    then the source text, or what the variable was set to before the script read a file that may set it again. Such a
    word may stand for several words, or for none.

    `place` is where the value was written: the value in `GPUS=8` for a word `$GPUS`, an element of an array. `given_at`
    is where the command has it; None if that is the same place. `overridable` marks what the environment may change:
    `${GPUS:-8}`.
    """

    text: str
    place: Place
    known: bool = True
    given_at: Place | None = None
    overridable: bool = False

    @property
    def why_unknown(self) -> str:
        """Return why a word is not known, as the reason of what depends on it."""
        if "$" in self.text or "`" in self.text:
            return f"{self.text} is not known"
        return f"a file that the script reads may set another value than {self.text}"


@record
class Command:
    """One simple command of a shell script: program and arguments, without assignments, redirections and control words.

    `environment` are the variables that the script exports or sets for this command alone, the last of a name counting.
    `folder` is where the command runs, relative to where the script was started: "" for there, None if not known.
    """

    words: tuple[Word, ...]
    place: Place
    environment: tuple[tuple[str, Word], ...] = ()
    folder: str | None = ""


@record
class Requirement:
    """A package that a project asks for.

    `package` is normalised (PEP 503); `specifier` is as in `==5.23.0,<6`, or empty. `locked` tells a lock file, which
    records what is installed, from a wish. `marker` is the condition under which it counts (PEP 508), as written.
    """

    package: str
    specifier: str
    place: Place
    locked: bool = False
    marker: str = ""


@record
class Document:
    """One file. `root` is None for scripts and for what could not be read; `tree` is None for what is no Python.

    `text` is without a byte order mark; lines end with a line feed, a carriage return, or both, and with nothing else.
    `encoding` is the name of the codec that gives the file's bytes back.
    """

    path: str
    kind: str  # yaml, json, toml, python, notebook, shell, requirements, ini
    text: str
    root: Node | None = None
    tree: ast.Module | None = None
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    cells: tuple[int, ...] = ()  # notebooks: the first line of each cell in `text`, cells without code included
    further_roots: tuple[Node, ...] = ()  # YAML: the documents after the first that is not empty
    commands: tuple[Command, ...] = ()  # shell scripts, and `!` lines of notebooks
    job: tuple[tuple[str, Word], ...] = ()  # shell scripts for a batch system: the options in the header, long names
    requirements: tuple[Requirement, ...] = ()
    encoding: str = "utf-8"
    parts: tuple[str, ...] = ()  # configurations made of several files: the others

    def place(self, span: Span) -> Place:
        if not self.cells:
            return Place(span.path or self.path, span.line, span.column, span.end_line, span.end_column)
        return place_in_cell(self.path, self.cells, span)

    def line(self, number: int) -> str:
        """Return a line of `text` without its end; the empty text where there is no such line."""
        lines = split_lines(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""


def place_in_cell(path: str, cells: tuple[int, ...], span: Span) -> Place:
    """Return the place of a span in a notebook, given the first line of each cell in the joined script."""
    from bisect import bisect_right

    cell = max(bisect_right(cells, span.line), 1)
    above = cells[cell - 1] - 1
    return Place(path, span.line - above, span.column, span.end_line - above, span.end_column, cell)


def split_lines(text: str) -> list[str]:
    """Split a text at line feeds, carriage returns and pairs of them: the lines of editors and of the Python language.

    `str.splitlines` also splits at form feeds and other characters that no editor counts.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def walk(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield every node below `node` with its path of keys and indices, depth first, in file order."""
    stack: list[tuple[tuple[str, ...], Node]] = [(path, node)]
    while stack:
        where, current = stack.pop()
        yield where, current
        if isinstance(current, MappingNode):
            stack.extend(((*where, entry.key), entry.value) for entry in reversed(current.entries))
        elif isinstance(current, SequenceNode):
            stack.extend(((*where, str(index)), item) for index, item in reversed(list(enumerate(current.items))))
