"""Configurations made of groups by a defaults list, as Hydra composes them (1.3.8, _internal/defaults_list.py).

A file's `defaults` name other files of the same folder, or one option of a group (a folder beside it); what they say
lands below a package, the group's name unless something else is said. `_self_` is the file itself, last where it is not
named. Overrides choose other options (`group=option`), add some (`+group=option`), and change values (`a.b=1`).
"""

from __future__ import annotations

from epochlint.places import Span
from epochlint.records import record, replace
from epochlint.sources.documents import Document, Entry, MappingNode, ScalarNode, SequenceNode
from epochlint.sources.interpolation import plain_value, resolved
from epochlint.sources.merging import merged, numbers_read, root_of, under, with_value, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.places import Place
    from epochlint.sources.documents import Node

    # Gives a file by its path from the folder of configurations, without the suffix.
    OpenConfig: TypeAlias = Callable[[str], Document | None]

KEY, SELF = "defaults", "_self_"
LARGEST = 200  # files
_OWN = "hydra"  # the group of what composes them: nothing of it is the program's


@record
class Override:
    """One word of a command: `name=value`, `+name=value`, `~name`."""

    name: str
    value: str
    place: Place
    sign: str = ""


@record
class Default:
    """One entry of a defaults list. `option` is None for a group of which nothing is chosen."""

    group: str  # empty for a file of the same folder
    option: str | None
    package: str | None = None
    overrides: bool = False
    optional: bool = False


def has_defaults_list(document: Document) -> bool:
    """Tell whether a file is composed of others: it has a defaults list, and is not one that changes another's."""
    listed = document.root.get(KEY) if isinstance(document.root, MappingNode) else None
    if not isinstance(listed, SequenceNode) or document.kind != "yaml":
        return False
    return not any(default.overrides for default in _defaults_of(listed))


def groups_named(document: Document) -> tuple[str, ...]:
    """Return the groups that a file's defaults list chooses from, without those that stand in other folders."""
    listed = document.root.get(KEY) if isinstance(document.root, MappingNode) else None
    if not isinstance(listed, SequenceNode):
        return ()
    found = (one.group or (one.option or "").rpartition("/")[0] for one in _defaults_of(listed))
    return tuple(dict.fromkeys(group.strip("/") for group in found if group))


def compose(primary: Document, open_config: OpenConfig, overrides: tuple[Override, ...] = ()) -> Document:
    """Return a configuration as it is composed; where part of it is not in the repository, `defaults` stays in it."""
    composing = _Composing(open_config, overrides)
    composing.file(primary, "", "", primary=True)
    root = MappingNode((), Span(1, 1, 1, 1, primary.path))
    for part in composing.parts:
        root = merged(root, part)
    for override in overrides:
        root = composing.with_override(root, override)
    made = resolved(numbers_read(root))
    if not composing.complete and isinstance(made, MappingNode):
        listed = primary.root.get(KEY) if isinstance(primary.root, MappingNode) else None
        if listed is not None:
            made = replace(made, entries=(*made.entries, Entry(KEY, listed.span, listed)))
    paths = tuple(sorted(composing.paths - {primary.path}))
    return replace(primary, root=made, parts=paths)


class _Composing:
    """Walks over defaults lists, the last entry first, since what comes later chooses for what comes before."""

    def __init__(self, open_config: OpenConfig, overrides: tuple[Override, ...]) -> None:
        self.open_config = open_config
        self.parts: list[MappingNode] = []
        self.paths: set[str] = set()
        self.complete = True
        self.chosen: dict[str, str | None] = {}
        self._groups: set[str] = set()
        self._added: list[Default] = []
        for override in overrides:
            name = override.name
            if override.sign == "~":
                self.chosen[name] = None
            elif override.sign == "+":
                self._added.append(Default(name, override.value))
            elif "." not in name:
                self.chosen[name] = override.value

    def file(self, document: Document, folder: str, package: str, *, primary: bool = False) -> None:
        """Add a file and everything it is made of; `folder` is where it is."""
        self.paths.add(document.path)
        own = root_of(document)
        listed = own.get(KEY)
        defaults = list(_defaults_of(listed)) if isinstance(listed, SequenceNode) else []
        if not any(one.option == SELF for one in defaults):
            defaults.append(Default("", SELF))
        if primary:
            defaults += [one for one in self._added if self._is_group(one)]
        for one in defaults:
            if one.overrides:
                package_said = f"@{one.package}" if one.package is not None else ""
                self.chosen.setdefault(f"{_path(folder, one.group)}{package_said}", one.option)
        made: list[list[MappingNode]] = []
        for one in reversed(defaults):
            if one.overrides:
                continue
            before, self.parts = self.parts, []
            if one.option == SELF and not one.group:
                self.parts.append(under(package, without(own, KEY)))
            else:
                self._default(one, folder, package)
            made.append(self.parts)
            self.parts = before
        for parts in reversed(made):
            self.parts.extend(parts)

    def _is_group(self, default: Default) -> bool:
        return default.option is not None and self.open_config(f"{default.group}/{default.option}") is not None

    def _default(self, one: Default, folder: str, package: str) -> None:
        option, written = one.option, one.group
        if one.group:
            group = _path(folder, one.group)
            self._groups.add(group)
            option = self.chosen.get(group if one.package is None else f"{group}@{one.package}", option)
        else:
            written, _, option = (option or "").rpartition("/")
            group = _path(folder, written)
        if option is None or group.partition("/")[0] == _OWN:
            return
        path = f"{group}/{option}".strip("/")
        document = self.open_config(path)
        if document is None or document.root is None or len(self.paths) > LARGEST:
            self.complete = self.complete and one.optional and document is None
            return
        said = _package_of(document) if one.package is None else None
        wanted = one.package if one.package is not None else said
        if wanted is None:
            wanted = written.strip("/").replace("/", ".")
        self.file(document, path.rpartition("/")[0], _inside(package, wanted, absolute=said is not None))

    def with_override(self, root: MappingNode, override: Override) -> MappingNode:
        """Return the configuration with one value changed; choices of options are made already."""
        name = override.name
        if name in self._groups or name.partition("/")[0] in (_OWN,) or name.startswith(f"{_OWN}."):
            return root
        if override.sign == "+" and self._is_group(Default(name, override.value)):
            return root
        place = override.place
        span = Span(place.line, place.column, place.end_line, place.end_column, place.path)
        path = name.split(".")
        if override.sign == "~":
            return root
        value = ScalarNode(plain_value(override.value), override.value, span)
        return with_value(root, path, value)


def _path(folder: str, group: str) -> str:
    """Return the path of a group from the folder of configurations; one with a slash before it is no relative one."""
    if group.startswith("/"):
        return group.strip("/")
    return f"{folder}/{group}".strip("/")


def _inside(package: str, wanted: str, *, absolute: bool) -> str:
    """Return the package of a file that is named in a file of another package."""
    whole = wanted if absolute else ".".join(part for part in (package, wanted) if part)
    head, found, rest = whole.rpartition("_global_")
    del head
    return rest.strip(".") if found else whole


def _package_of(document: Document) -> str | None:
    """Return what the line `# @package NAME` says, without which there is none."""
    for comment in document.comments:
        words = comment.text.split()
        if words[:1] == ["@package"] and comment.span.line <= 10:
            return words[1] if len(words) > 1 else ""
    return None


def _defaults_of(listed: SequenceNode) -> tuple[Default, ...]:
    found = []
    for item in listed.items:
        if isinstance(item, ScalarNode) and isinstance(item.value, str):
            name, at, package = item.value.partition("@")
            found.append(Default("", name, package if at else None))
        elif isinstance(item, MappingNode) and item.entries:
            found.extend(_of_entry(item.entries[0].key, item.entries[0].value))
    return tuple(found)


def _of_entry(key: str, value: Node) -> tuple[Default, ...]:
    words = key.split()
    group, at, package = words[-1].partition("@")
    overrides, optional = "override" in words[:-1], "optional" in words[:-1]
    options = value.items if isinstance(value, SequenceNode) else (value,)
    names = [item.value for item in options if isinstance(item, ScalarNode)]
    return tuple(
        Default(
            group,
            str(name).removesuffix(".yaml") if name is not None else None,
            package if at else None,
            overrides,
            optional,
        )
        for name in names
    )
