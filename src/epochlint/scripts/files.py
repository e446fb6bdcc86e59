"""Files that a script names: paths, open files, and the text in them."""

from __future__ import annotations

from epochlint.scripts.things import Datum, Opaque, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


class File(Datum):
    """A file: as a path, opened, or what was read from it; `path` is None where it is not known which."""

    __slots__ = ("named_at", "overridable", "parts", "path", "properties", "site")

    def __init__(self, path: str | None, site: Site, named_at: Site, overridable: bool = False) -> None:
        self.path = path
        self.site = site
        self.named_at = named_at  # where the file's name is written
        self.overridable = overridable
        self.parts: dict[object, Datum] = {}
        self.properties: dict[str, Datum] = {}


def file_named(thing: Datum | None, site: Site) -> File | None:
    """Return the file that a text, a path or an open file stands for."""
    if isinstance(thing, File):
        return thing
    if isinstance(thing, Scalar) and isinstance(thing.plain, str):
        return File(thing.plain, site, thing.site or site, thing.overridable)
    return None


def open_file(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return file_named(arguments.get(0, "file"), site) or File(None, site, site)


def make_path(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    if not arguments.positional:
        return File(".", site, site)
    return joined_path(machine, arguments, site, as_file=True)


def joined_path(machine: Machine, arguments: Arguments, site: Site, *, as_file: bool = False) -> Datum | None:  # noqa: ARG001
    parts: list[str] = []
    overridable = False
    for thing in arguments.positional:
        part = file_named(thing, site)
        if part is None or part.path is None:
            return File(None, site, site) if as_file else Opaque(site, kind="str")
        overridable = overridable or part.overridable
        parts.append(part.path)
    path = join(parts)
    if as_file:
        return File(path, site, site, overridable)
    result = constant(path, site)
    result.overridable = overridable
    return result


def join(parts: list[str]) -> str:
    path = ""
    for part in parts:
        if part in (".", ""):
            continue
        path = part if part.startswith("/") or not path else f"{path.rstrip('/')}/{part}"
    return path


def join_path(machine: Machine, sign: str, left: Datum, right: Datum, site: Site) -> Datum | None:  # noqa: ARG001
    """Return `folder / "name"`, None if this is no path."""
    if sign != "/" or not (isinstance(left, File) or (isinstance(right, File) and isinstance(left, Scalar))):
        return None
    first, second = file_named(left, site), file_named(right, site)
    if first is None or second is None or first.path is None or second.path is None:
        return File(None, site, site)
    return File(join([first.path, second.path]), site, site, first.overridable or second.overridable)


def folder_of(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = file_named(arguments.get(0, "path"), site)
    if thing is None or thing.path is None:
        return Opaque(site, kind="str")
    return constant(_folder(thing.path), site)


def _folder(path: str) -> str:
    """Return the folder of a path; the script's own, from where names are looked up, for a file beside it."""
    return path.rpartition("/")[0] or "."


def method(thing: File, name: str, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a method of a path or file gives: what is read is the same file."""
    if name in (
        "read",
        "read_text",
        "read_bytes",
        "open",
        "resolve",
        "absolute",
        "expanduser",
        "as_posix",
        "__enter__",
    ):
        return thing
    if name == "joinpath" and thing.path is not None:
        parts = [file_named(part, site) for part in arguments.positional]
        if all(part is not None and part.path is not None for part in parts):
            return File(join([thing.path, *[part.path or "" for part in parts if part is not None]]), site, site)
    return Opaque(site)


def attribute(thing: File, name: str, site: Site) -> Datum | None:
    if name == "parent" and thing.path is not None:
        return File(_folder(thing.path), site, site, thing.overridable)
    return None
