"""Reading files of one repository: each once, each by the reader for its kind, nothing outside of the root."""

from __future__ import annotations

import os

from epochlint.places import Span
from epochlint.records import replace
from epochlint.sources.documents import Document, Problem, split_lines
from epochlint.sources.guards import (
    SIZE_FACTORS,
    SIZE_LIMIT,
    Refused,
    decode,
    read_bytes,
    refuse_bad_characters,
    too_large,
)
from epochlint.sources.kinds import has_requirements, is_workflow, kind_of

_LONGEST_NAME = 1_000
# How many bytes that were looked at are kept for a reader that may want them.
_KEPT = 32 << 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: str, text: str, *, limit: int = SIZE_LIMIT, encoding: str = "utf-8") -> Document:
    """Read a text as if it were the content of a file: an open buffer, standard input.

    `path` is relative to the root, with forward slashes; its name tells the kind. A kind that nobody reads gives a
    document with nothing in it.
    """
    kind = kind_of(path) or ""
    text = text.lstrip("\ufeff")
    try:
        if len(text) > limit * SIZE_FACTORS.get(kind, 1):
            raise too_large(len(text), limit * SIZE_FACTORS.get(kind, 1))
        refuse_bad_characters(text)
    except Refused as refused:
        return _refused(path, kind, refused, text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8"))
    document = _parsed(path, kind, text)
    return document if encoding == "utf-8" else replace(document, encoding=encoding)


def read(path: str, root: str, *, limit: int = SIZE_LIMIT) -> Document | None:
    """Read a file. `path` is relative to `root`, with forward slashes; None if there is no such file."""
    return FileReader(root, limit=limit).read(path)


def _parsed(path: str, kind: str, text: str) -> Document:
    """Hand a text to its reader. Readers are imported when their first file comes: that is most of a start's time."""
    if kind == "yaml":
        from epochlint.sources.yaml_reader import read_yaml

        document = read_yaml(path, text)
        if is_workflow(path):
            from epochlint.sources.shell_reader import workflow_commands

            document = replace(document, commands=workflow_commands(path, text, document.root))
    elif kind == "json":
        from epochlint.sources.json_reader import read_json

        document = read_json(path, text)
    elif kind == "toml":
        from epochlint.sources.toml_reader import read_toml

        document = read_toml(path, text)
    elif kind == "python":
        from epochlint.sources.python_reader import read_python

        document = read_python(path, text)
    elif kind == "notebook":
        from epochlint.sources.notebook_reader import read_notebook

        document = read_notebook(path, text)
    elif kind == "shell":
        from epochlint.sources.shell_reader import read_shell

        document = read_shell(path, text)
    elif kind == "ini":
        from epochlint.sources.ini_reader import read_ini

        document = read_ini(path, text)
    else:
        document = Document(path, kind, text)
    if not has_requirements(path):
        return document
    from epochlint.sources.requirements_reader import with_requirements

    return with_requirements(document)


def _refused(path: str, kind: str, refused: Refused, text: str = "") -> Document:
    return Document(path, kind, text, problems=(refused.problem,))


def _unreadable(path: str, kind: str, error: OSError | ValueError) -> Document:
    reason = error.strerror if isinstance(error, OSError) else None
    return Document(path, kind, "", problems=(Problem("unreadable-file", reason or str(error), Span(1, 1, 1, 1)),))


class FileReader:
    """Reads the files below a root and remembers them.

    Paths are relative to the root, with forward slashes. `reads` counts files read from disk, `parses` documents made.
    """

    def __init__(self, root: str, *, limit: int = SIZE_LIMIT) -> None:
        self.root = os.path.abspath(root)
        self.limit = limit
        self.reads = 0
        self.parses = 0
        self._real_root = os.path.realpath(self.root)
        self._documents: dict[str, Document | None] = {}
        self._buffers: dict[str, str] = {}
        self._kept: dict[str, bytes] = {}  # looked at, not yet parsed
        self._kept_bytes = 0
        self._folders: dict[str, bool] = {}

    def kind(self, path: str) -> str:
        """Return the kind of a file by its name; the empty text for what nobody reads."""
        return kind_of(path) or ""

    def read(self, path: str) -> Document | None:
        """Return the document of a file; None if there is no such file, or nobody reads its kind."""
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def document_if_read(self, path: str) -> Document | None:
        """Return the document of a file that was read already, or that is known to be unreadable."""
        return self._documents.get(path)

    def raw(self, path: str) -> bytes:
        """Return the bytes of a file, to look for words in it; they are kept for reading it afterwards.

        Of a file that is too large this is the beginning. What cannot be read gives nothing here, and a document with a
        problem in `document_if_read`. UTF-16 is turned into UTF-8.
        """
        buffer = self._buffers.get(path)
        if buffer is not None:
            return buffer.encode("utf-8", "replace")
        kind = kind_of(path) or ""
        data = self._kept.get(path)
        if data is None:
            try:
                data = self._bytes(path, kind)
            except Refused as refused:
                if refused.problem.name == "too-large":
                    return self._beginning(path)
                self._documents[path] = _refused(path, kind, refused)
                return b""
            except FileNotFoundError:
                return b""
            except (OSError, ValueError) as error:
                self._documents[path] = _unreadable(path, kind, error)
                return b""
            self._keep(path, data)
        return data.decode("utf-16", "replace").encode("utf-8", "replace") if data.startswith(_UTF_16) else data

    def line(self, path: str, number: int, cell: int | None = None) -> str:
        """Return a line of a file, in a notebook of one of its cells; the empty text where there is none."""
        document = self.read(path)
        if document is not None:
            if cell is not None:
                number += document.cells[cell - 1] - 1 if 0 < cell <= len(document.cells) else len(document.text)
            return document.line(number)
        lines = split_lines(self.raw(path).decode("utf-8", "replace"))
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def open_buffer(self, path: str, text: str) -> None:
        """Take a text for the content of a file, whatever the disk says, until it is forgotten: an editor's buffer."""
        self.forget(path)
        self._buffers[path] = text

    def forget(self, path: str) -> None:
        """Forget a buffer, and what is remembered of a file: it may have changed on disk."""
        self._buffers.pop(path, None)
        self._kept_bytes -= len(self._kept.pop(path, b""))
        self._documents.pop(path, None)

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file below the root."""
        return path in self._buffers or (self._is_inside(path) and os.path.isfile(os.path.join(self.root, path)))

    def resolve(self, name: str, beside: str = "") -> str | None:
        """Return the path of the file that another file names; None if there is none below the root.

        Looked for in the folder of the file `beside` first, then in the root.
        """
        name = name.strip()
        if not name or len(name) > _LONGEST_NAME or any(character in name for character in "\0\n\r"):
            return None
        if os.path.isabs(name):
            inside = _relative_to(self.root, name)
            return inside if inside is not None and self.exists(inside) else None
        for folder in dict.fromkeys((beside.rpartition("/")[0], "")):
            path = os.path.normpath(f"{folder}/{name}" if folder else name).replace(os.sep, "/")
            if self.exists(path):
                return path
        return None

    def requirement_files(self, folder: str) -> tuple[str, ...]:
        """Return the files of a folder that tell releases of packages, what tells most exactly first."""
        if folder and not self._is_inside(f"{folder}/x"):
            return ()
        try:
            names = os.listdir(os.path.join(self.root, folder))
        except OSError:
            return ()
        if not any(has_requirements(name) for name in names):
            return ()
        from epochlint.sources.requirements_reader import requirement_files_among

        return tuple([f"{folder}/{name}".lstrip("/") for name in requirement_files_among(names)])

    def _read(self, path: str) -> Document | None:
        kind = kind_of(path)
        if kind is None:
            return None
        buffer = self._buffers.get(path)
        if buffer is not None:
            self.parses += 1
            return read_text(path, buffer, limit=self.limit)
        data = self._kept.pop(path, None)
        try:
            if data is None:
                data = self._bytes(path, kind)
            else:
                self._kept_bytes -= len(data)
            text, encoding = decode(data, kind)
        except Refused as refused:
            return _refused(path, kind, refused)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            return _unreadable(path, kind, error)
        self.parses += 1
        document = _parsed(path, kind, text)
        return document if encoding == "utf-8" else replace(document, encoding=encoding)

    def _bytes(self, path: str, kind: str) -> bytes:
        """Return the content of a file. Raises `Refused` and OSError."""
        if not self._is_inside(path):
            raise Refused("unreadable-file", "the file lies outside of the project")
        self.reads += 1
        return read_bytes(os.path.join(self.root, path), self.limit * SIZE_FACTORS.get(kind, 1), follow=True)

    def _beginning(self, path: str) -> bytes:
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read(self.limit)

    def _keep(self, path: str, data: bytes) -> None:
        self._kept[path] = data
        self._kept_bytes += len(data)
        while self._kept_bytes > _KEPT:
            self._kept_bytes -= len(self._kept.pop(next(iter(self._kept))))

    def _is_inside(self, path: str) -> bool:
        """Tell whether a path lies below the root, links followed."""
        if os.path.isabs(path) or path.startswith("../") or "/../" in path or "\0" in path:
            return False
        folder = path.rpartition("/")[0]
        inside = self._folders.get(folder)
        if inside is None:
            inside = self._folders[folder] = self._really_inside(folder)
        if not inside:
            return False
        full = os.path.join(self.root, path)
        return not os.path.islink(full) or self._really_inside(path)

    def _really_inside(self, path: str) -> bool:
        try:
            return _relative_to(self._real_root, os.path.realpath(os.path.join(self.root, path))) is not None
        except (OSError, ValueError):
            return False


def _relative_to(root: str, path: str) -> str | None:
    """Return a path relative to a root, with forward slashes ("" for the root itself); None if it lies outside."""
    path = os.path.normpath(path)
    if path == root:
        return ""
    prefix = root if root.endswith(os.sep) else root + os.sep
    return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else None
