"""The command line: what is asked for, who does it, and what becomes of errors."""

from __future__ import annotations

import os
import sys

from epochlint import __version__
from epochlint.cli.hook import parse_plain
from epochlint.errors import UsageError, did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# 0: nothing at or above --fail-on; 1: findings; 2: wrong use, broken configuration or an error of our own.
CLEAN, FOUND, WRONG = 0, 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141  # 128 and the number of the signal, as shells have it

HELP = """\
epochlint: a linter for training arithmetic

  epochlint check [PATH ...]       report where two numbers of a training run disagree
  epochlint plan [PATH ...]        show what a training run will really do, every number with its formula
  epochlint explain NAME           explain a rule (by name or code) or a quantity
  epochlint rules                  list the rules
  epochlint frameworks [NAME]      list the frameworks, or show what is known of one

`epochlint COMMAND --help` shows the options of a command, `epochlint --version` the version.
It reads files and runs nothing of yours. Without PATH it reads the current folder."""

COMMANDS = ("check", "plan", "explain", "rules", "frameworks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status; nothing escapes as a traceback."""
    _speak_utf8()
    try:
        status = _dispatch(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except UsageError as error:
        return _complain(str(error))
    except BrokenPipeError:
        _swallow_output()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("EPOCHLINT_TRACEBACK"):
            raise
        return _complain(_in_one_line(error))


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["help"]:
        print(HELP)
        return CLEAN
    if arguments[0] in ("-V", "--version"):
        print(f"epochlint {__version__}")
        return CLEAN
    if arguments[0] == "help":
        arguments = [arguments[1], "--help"]
    name, *rest = arguments
    if name not in COMMANDS:
        raise UsageError(_no_command(name))
    parsed: Any = parse_plain(name, rest)
    if parsed is None:
        from epochlint.cli.arguments import parse

        parsed = parse(name, rest)
    if parsed.help:
        print(parsed.help, end="")
        return CLEAN
    return _command(name)(parsed)


def _command(name: str) -> Callable[..., int]:
    """Return the function of a command; each is imported with what it alone needs."""
    if name == "check":
        from epochlint.cli.checking import check

        return check
    if name == "plan":
        from epochlint.cli.planning import plan

        return plan
    from epochlint.cli.catalogue import explain, frameworks, rules

    return {"explain": explain, "rules": rules, "frameworks": frameworks}[name]


def _no_command(name: str) -> str:
    if name.startswith("-"):
        return f"options stand behind a command: epochlint check {name}"
    if os.path.exists(name):
        return f"there is no command {name!r}; to check this path say: epochlint check {name}"
    hint = did_you_mean(name, COMMANDS) or f"; commands are {', '.join(COMMANDS)}"
    return f"there is no command {name!r}{hint}"


# --- errors and streams --------------------------------------------------------------------------------------------


def _in_one_line(error: Exception) -> str:
    """Say in one line what went wrong: with our data, with the machine, or with us."""
    from epochlint.knowledge.errors import CatalogueError

    said = " ".join(str(error).split())[:500]
    if isinstance(error, CatalogueError):
        return said
    if isinstance(error, OSError) and error.filename is None:
        return f"cannot write: {error.strerror or said}"
    return f"internal error: {type(error).__name__}: {said} (please report; EPOCHLINT_TRACEBACK=1 shows where)"


def _complain(message: str) -> int:
    from contextlib import suppress

    shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in message)
    with suppress(OSError, ValueError):
        print(f"epochlint: {shown}", file=sys.stderr)
    return WRONG


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale says; what cannot be encoded (half a character in a file name) is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _swallow_output() -> None:
    """Give the rest of the output to nobody, so that the interpreter's own flush at the end does not fail too."""
    from contextlib import suppress

    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
