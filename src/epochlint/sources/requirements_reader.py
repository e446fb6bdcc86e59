"""Which releases of packages a project asks for: requirements, project and lock files. Nothing is resolved or fetched.

Lock files come first: they say what is installed, where the others say what would do.
"""

from __future__ import annotations

from epochlint.records import replace
from epochlint.sources.documents import Document, MappingNode, Requirement, ScalarNode, SequenceNode, split_lines
from epochlint.sources.kinds import ENVIRONMENT_FILES, EXACT_FILES, LOCK_FILES, PROJECT_FILES, is_requirements_file
from epochlint.sources.making import new_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.places import Place
    from epochlint.sources.documents import Entry, Node

__all__ = [
    "REQUIREMENT_FILES",
    "Requirement",
    "normalised",
    "requirement_files_among",
    "with_requirements",
]

REQUIREMENT_FILES = (
    *EXACT_FILES, "requirements.txt", "requirements.in", "requirements-train.txt", "requirements_train.txt",
    "requirements/base.txt", "requirements/train.txt", *PROJECT_FILES,
)  # fmt: skip

_OPERATORS = ("===", "==", ">=", "<=", "!=", "~=", ">", "<")
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
# Keys of package tables of a Poetry project, of dependency lists elsewhere.
_POETRY_TABLES = ("dependencies", "dev-dependencies")


def normalised(name: str) -> str:
    """Return the name of a package as PEP 503 compares them: `Foo.Bar_baz` is `foo-bar-baz`."""
    return "-".join([part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part])


def requirement_files_among(names: Iterable[str]) -> tuple[str, ...]:
    """Return the requirement files among the names of a folder, those that tell most exactly first."""
    present = sorted(names)
    lists = sorted(
        [name for name in present if is_requirements_file(name)], key=lambda name: (name != "requirements.txt", name)
    )
    return (
        *[name for name in EXACT_FILES if name in present],
        *lists,
        *[name for name in PROJECT_FILES if name in present],
    )


def with_requirements(document: Document) -> Document:
    """Return a document with what it asks for."""
    found = tuple(_requirements_of(document))
    return replace(document, requirements=found) if found else document


def _requirements_of(document: Document) -> Iterator[Requirement]:
    name = document.path.rpartition("/")[2]
    if name in LOCK_FILES:
        yield from _of_lock_file(document)
    elif document.kind == "requirements":
        yield from _of_list(document)
    elif name == "Pipfile.lock":
        for group in ("default", "develop"):
            yield from _of_pipfile_lock(document, _down(document.root, group))
    elif name == "pyproject.toml":
        yield from _of_project(document)
    elif name in ENVIRONMENT_FILES:
        yield from _of_environment(document, _down(document.root, "dependencies"))
    elif name == "setup.cfg":
        yield from _of_setup_cfg(document)
    elif name == "setup.py":
        from epochlint.sources.setup_script import requirement_texts

        for text, place in requirement_texts(document):
            found = requirement_of(text, place)
            if found is not None:
                yield found


# --- one requirement -------------------------------------------------------------------------------------------------


def requirement_of(text: str, place: Place) -> Requirement | None:
    """Read `name[extra] >=1.2,<2 ; marker` (PEP 508); None if this names no package.

    A direct reference (`name @ address`) has no specifier.
    """
    text, _, marker = text.partition(";")
    text, marker = text.strip(), marker.strip()
    end = 0
    while end < len(text) and text[end] in _NAME_CHARACTERS:
        end += 1
    name, rest = text[:end], text[end:].strip()
    if not name or not name[0].isalnum():
        return None
    if rest.startswith("["):
        rest = rest.partition("]")[2].strip()
    if rest.startswith("("):
        rest = rest[1:].partition(")")[0].strip()
    if rest.startswith("@"):
        return Requirement(normalised(name), "", place, marker=marker)
    specifier = _specifier(rest)
    return None if specifier is None else Requirement(normalised(name), specifier, place, marker=marker)


def _specifier(text: str) -> str | None:
    """Return a specifier without blanks; None if a part of it is none."""
    parts: list[str] = []
    for part in text.split(","):
        part = part.strip()
        operator = next((sign for sign in _OPERATORS if part.startswith(sign)), "")
        release = part[len(operator) :].strip()
        if not part:
            continue
        if not operator or not release or " " in release:
            return None
        parts.append(f"{operator}{release}")
    return ",".join(parts)


# --- lists and lock files --------------------------------------------------------------------------------------------


def _of_list(document: Document) -> Iterator[Requirement]:
    """Read a requirements file: one requirement a line, options and addresses left out."""
    lines = split_lines(document.text)
    number = 0
    while number < len(lines):
        first, line = number, lines[number]
        while line.endswith("\\") and number + 1 < len(lines):
            number += 1
            line = line[:-1] + " " + lines[number]
        number += 1
        content = _without_comment(line).strip()
        if not content or content[0] in "-/." or "://" in content.partition(" ")[0].partition("@")[0]:
            continue
        content = content.partition(" --")[0].rstrip()
        column = len(lines[first]) - len(lines[first].lstrip()) + 1
        end = column + len(_without_comment(lines[first]).strip().rstrip("\\").rstrip())
        found = requirement_of(content, document.place(new_span(first + 1, column, first + 1, end)))
        if found is not None:
            yield found


def _without_comment(line: str) -> str:
    start = line.find("#")
    while start > 0 and line[start - 1] not in " \t":
        start = line.find("#", start + 1)
    return line if start < 0 else line[:start]


def _of_lock_file(document: Document) -> Iterator[Requirement]:
    """Read the `[[package]]` tables of a lock file, line by line: a megabyte of TOML would take a second."""
    name = ""
    in_package = False
    for number, line in enumerate(split_lines(document.text), 1):
        if line.startswith("["):
            in_package, name = line.strip() == "[[package]]", ""
        elif in_package and line.startswith(("name", "version")):
            key, _, value = line.partition("=")
            value = value.strip().strip("\"'")
            if key.strip() == "name":
                name = value
            elif key.strip() == "version" and name:
                span = new_span(number, 1, number, len(line) + 1)
                yield Requirement(normalised(name), f"=={value}", document.place(span), locked=True)


def _of_pipfile_lock(document: Document, packages: Node | None) -> Iterator[Requirement]:
    for entry in _entries(packages):
        version = _down(entry.value, "version")
        if isinstance(version, ScalarNode) and isinstance(version.value, str):
            specifier = _specifier(version.value)
            if specifier:
                yield Requirement(normalised(entry.key), specifier, document.place(version.span), locked=True)


# --- project files ---------------------------------------------------------------------------------------------------


def _of_project(document: Document) -> Iterator[Requirement]:
    """Read a pyproject.toml: the project's own table, dependency groups, and the tables of Poetry and uv."""
    root = document.root
    yield from _of_items(document, _down(root, "project", "dependencies"))
    for group in (_down(root, "project", "optional-dependencies"), _down(root, "dependency-groups")):
        for entry in _entries(group):
            yield from _of_items(document, entry.value)
    yield from _of_items(document, _down(root, "tool", "uv", "dev-dependencies"))
    poetry = _down(root, "tool", "poetry")
    tables = [_down(poetry, name) for name in _POETRY_TABLES]
    tables += [_down(entry.value, "dependencies") for entry in _entries(_down(poetry, "group"))]
    for table in tables:
        for entry in _entries(table):
            found = _poetry_requirement(document, entry)
            if found is not None:
                yield found


def _of_items(document: Document, node: Node | None) -> Iterator[Requirement]:
    for item in node.items if isinstance(node, SequenceNode) else ():
        if isinstance(item, ScalarNode) and isinstance(item.value, str):
            found = requirement_of(item.value, document.place(item.span))
            if found is not None:
                yield found


def _poetry_requirement(document: Document, entry: Entry) -> Requirement | None:
    """Read `name = "^1.2"`, or a table with a `version`."""
    if entry.key == "python":
        return None
    node: Node | None = entry.value
    if isinstance(node, MappingNode):
        node = node.get("version")
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return Requirement(normalised(entry.key), "", document.place(entry.key_span))
    specifier = _poetry_specifier(node.value)
    return None if specifier is None else Requirement(normalised(entry.key), specifier, document.place(node.span))


def _poetry_specifier(text: str) -> str | None:
    """Turn Poetry's `^1.2.3`, `~1.2`, `1.2.*` and plain `1.2` into the operators that all tools know."""
    parts: list[str] = []
    for part in text.split(","):
        part = part.strip()
        if not part or part == "*":
            continue
        if part[0] in "^~" and not part.startswith("~="):
            release = part[1:].strip()
            bound = _next_release(release, caret=part[0] == "^")
            if bound is None:
                return None
            parts.extend((f">={release}", f"<{bound}"))
        else:
            specifier = _specifier(f"=={part}" if part[0].isdigit() else part)
            if specifier is None:
                return None
            parts.append(specifier)
    return ",".join(parts)


def _next_release(release: str, *, caret: bool) -> str | None:
    """Return the first release that `^release` (or `~release`) no longer admits."""
    numbers = release.split(".")
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        return None
    values = [int(number) for number in numbers]
    if caret:
        index = next((index for index, value in enumerate(values) if value), len(values) - 1)
    else:
        index = min(1, len(values) - 1)
    return ".".join([str(value) for value in (*values[:index], values[index] + 1)])


def _of_environment(document: Document, dependencies: Node | None) -> Iterator[Requirement]:
    """Read the dependencies of a conda environment, and the list for pip inside of them."""
    for item in dependencies.items if isinstance(dependencies, SequenceNode) else ():
        if isinstance(item, MappingNode):
            yield from _of_items(document, item.get("pip"))
        elif isinstance(item, ScalarNode) and isinstance(item.value, str):
            found = _conda_requirement(item.value, document.place(item.span))
            if found is not None:
                yield found


def _conda_requirement(text: str, place: Place) -> Requirement | None:
    """Read `channel::name=1.2=build`; a single `=` admits every release that begins like it."""
    text = text.rpartition("::")[2].strip()
    name, equals, rest = text.partition("=")
    if not equals or rest.startswith("=") or (name and name[-1] in "<>!~"):
        return requirement_of(text, place)
    release, build, _ = rest.strip().partition("=")
    release = release.strip().removesuffix(".*").removesuffix("*")
    if not release or any(sign in release for sign in "<>|, "):
        return requirement_of(name, place)
    return requirement_of(f"{name}=={release}" if build else f"{name}=={release}.*", place)


def _of_setup_cfg(document: Document) -> Iterator[Requirement]:
    options = _down(document.root, "options")
    values = [_down(options, "install_requires")]
    values += [entry.value for entry in _entries(_down(options, "extras_require"))]
    for value in values:
        if isinstance(value, ScalarNode) and isinstance(value.value, str):
            for number, line in enumerate(split_lines(value.text), value.span.line):
                content = _without_comment(line).strip()
                source = document.line(number)
                column = source.find(content) + 1 if content else 1
                span = new_span(number, max(column, 1), number, max(column, 1) + len(content))
                found = requirement_of(content, document.place(span))
                if found is not None:
                    yield found


# --- nodes -----------------------------------------------------------------------------------------------------------


def _down(node: Node | None, *path: str) -> Node | None:
    for key in path:
        node = node.get(key) if isinstance(node, MappingNode) else None
    return node


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, MappingNode) else ()
