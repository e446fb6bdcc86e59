"""From arguments to options, paths and standard input; shared by `check` and `plan`."""

from __future__ import annotations

import os
import sys

from epochlint.configuration.options import Options, overruled
from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

STDIN_LIMIT = 16 << 20  # bytes

_NAMES = (
    "exclude",
    "force_exclude",
    "fail_on",
    "strict",
    "show_notes",
    "require_run",
    "framework",
    "against",
    "stdin_filename",
)
_RULES = ("select", "extend_select", "ignore")


def options_from(arguments: argparse.Namespace, start: str) -> Options:
    """Return the configuration near `start` as the command line overrules it."""
    options = read_options(start, arguments.config or "", arguments.isolated)
    changes = {name: getattr(arguments, name, None) for name in _NAMES}
    for name in _RULES:
        given = getattr(arguments, name, None)
        if given is not None:
            changes[name] = tuple(_words(given, f"--{name.replace('_', '-')}"))
    return overruled(options, arguments.assume, **changes)


def paths_and_stdin(arguments: argparse.Namespace) -> tuple[tuple[str, ...], str | None]:
    """Return the paths that are asked for and, with `-`, what standard input says."""
    paths = tuple(arguments.paths)
    if "-" not in paths:
        if arguments.stdin_filename:
            raise UsageError("--stdin-filename goes with - (standard input) in place of a path")
        for path in paths:
            if not os.path.exists(path):
                raise UsageError(f"there is no file or folder {path!r}")
        return paths, None
    if len(paths) > 1:
        raise UsageError("- (standard input) cannot be combined with other paths")
    if not arguments.stdin_filename:
        raise UsageError("- (standard input) needs --stdin-filename NAME: the name tells the format and the place")
    return (), _standard_input()


def one_command(words: list[str]) -> str:
    """Return the words behind `--` as the text of one command; a single word is a line of shell already."""
    from shlex import join

    return words[0] if len(words) == 1 else join(words)


def start_of(paths: tuple[str, ...], arguments: argparse.Namespace) -> str:
    """Return where the search for a configuration begins."""
    if arguments.stdin_filename:
        return os.path.dirname(arguments.stdin_filename) or "."
    return paths[0] if paths else "."


def _words(given: list[str], origin: str) -> list[tuple[str, str]]:
    words = [word.strip() for text in given for word in text.split(",")]
    return [(word, origin) for word in words if word]


def _standard_input() -> str:
    if sys.stdin is None:
        raise UsageError("there is no standard input")
    data = sys.stdin.buffer.read(STDIN_LIMIT + 1)
    if len(data) > STDIN_LIMIT:
        raise UsageError(f"standard input has more than {STDIN_LIMIT >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 (byte {error.start + 1:,})") from None
