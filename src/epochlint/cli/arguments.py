"""The options of each command. A parser is built for the one command that is asked for."""

from __future__ import annotations

import argparse
import sys

from epochlint.errors import UsageError, did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

EXIT_STATUS = """\
exit status:
  0  nothing at or above --fail-on
  1  findings
  2  wrong use, broken configuration, or an error of epochlint itself"""

_PLAN_STATUS = """\
examples:
  epochlint plan --framework NAME --assume dataset_size=10000 --assume epochs=10
  epochlint plan -- LAUNCHER train.py --epochs 3
  epochlint plan train.py --against PACKAGE=RELEASE

exit status:
  0  planned, whatever becomes of the runs
  2  wrong use, broken configuration, or an error of epochlint itself"""


_TAKE_COMMANDS = ("plan",)  # the commands behind whose `--` another command stands


class _Parser(argparse.ArgumentParser):
    """Raises UsageError instead of printing usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')} (epochlint {self.prog.split()[-1]} --help)")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps line breaks, and leaves room for the longest option on the line of its help.

    argparse makes a formatter for every option it is told of, and without a width each would ask the terminal for it.
    """

    columns = 100

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=self.columns)


def parse(command: str, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments of a command; UsageError with a suggestion for what is wrong, SystemExit never."""
    parser = _Parser(prog=f"epochlint {command}", allow_abbrev=False, formatter_class=_Formatter, add_help=False)
    operands = _COMMANDS[command](parser)
    parser.usage = f"epochlint {command} [options] {operands}".rstrip()
    parser.add_argument("-h", "--help", action="store_true", help="show this and do nothing else")
    arguments, launching = _before_command(command, list(arguments))
    if "-h" in arguments or "--help" in arguments:
        from epochlint.reports.terminal import columns

        _Formatter.columns = min(columns(sys.stdout), 100)
        return argparse.Namespace(help=parser.format_help())
    known, unknown = parser.parse_known_args(arguments)
    if command in _TAKE_COMMANDS:
        known.launching = launching
    for word in unknown:
        raise UsageError(_no_option(word, command, parser))
    known.help = ""
    return known


def _before_command(command: str, arguments: list[str]) -> tuple[list[str], list[str]]:
    """Separate our own arguments from the command that is to be planned."""
    if command not in _TAKE_COMMANDS or "--" not in arguments:
        return arguments, []
    end = arguments.index("--")
    if end + 1 == len(arguments):
        raise UsageError(f"{command}: behind -- a command is missing, such as LAUNCHER train.py --epochs 3")
    return arguments[:end], arguments[end + 1 :]


def _no_option(word: str, command: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{command}: there is nothing to do with {word!r} (epochlint {command} --help)"
    name = word.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]
    return f"{command}: there is no option {name}{did_you_mean(name, known)} (epochlint {command} --help)"


# --- commands ------------------------------------------------------------------------------------------------------


def _check(parser: argparse.ArgumentParser) -> str:
    parser.description = "Report where two numbers of a training run disagree."
    parser.epilog = EXIT_STATUS
    _paths(parser)
    rules = parser.add_argument_group("which rules (names, codes, families such as EL2, patterns, all)")
    rules.add_argument("--select", action="append", metavar="RULES", help="only these rules")
    rules.add_argument("--extend-select", action="append", metavar="RULES", help="these rules as well")
    rules.add_argument("--ignore", action="append", metavar="RULES", help="not these rules")
    _assumptions(parser)
    severity = parser.add_argument_group("what fails")
    severity.add_argument("--fail-on", type=_choice("warning", "error"), metavar="LEVEL", help="warning or error")
    severity.add_argument("--strict", action="store_true", default=None, help="fail on likely findings too")
    severity.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    _require_run(severity)
    repair = parser.add_argument_group("repairing")
    repair.add_argument("--fix", action="store_true", help="make the safe edits")
    repair.add_argument("--unsafe-fixes", action="store_true", help="make the other edits as well")
    repair.add_argument("--diff", action="store_true", help="show the edits, do not make them")
    output = _output(parser, "full", "concise", "json", "github")
    output.add_argument("--show-notes", action="store_true", default=None, help="show notes as well")
    _files(parser)
    return "[PATH ...]"


def _plan(parser: argparse.ArgumentParser) -> str:
    parser.description = (
        "Show what a training run will really do: every number with its formula and where it comes from.\n"
        "Without PATH but with --framework NAME it is a calculator of what is assumed.\n"
        "Behind -- stands a command that starts a training: it is read, never run."
    )
    parser.epilog = _PLAN_STATUS
    _paths(parser)
    assumptions = _assumptions(parser)
    assumptions.add_argument("--framework", metavar="NAME", help="plan a run of this framework, without files")
    _require_run(assumptions)
    assumptions.add_argument(
        "--against", type=_release, metavar="PACKAGE=RELEASE", help="show what another release changes"
    )
    _output(parser, "full", "json")
    _files(parser)
    return "[PATH ... | -- COMMAND]"


def _explain(parser: argparse.ArgumentParser) -> str:
    parser.description = "Explain a rule (by name, code or former name) or a quantity."
    parser.add_argument("name", metavar="NAME", help="such as EL201, or dataset_size")
    _configuration(parser)
    _colour(parser)
    return "NAME"


def _rules(parser: argparse.ArgumentParser) -> str:
    parser.description = (
        "List the rules; write a new one of your own (new NAME), or try the examples of a rule file or of a folder of "
        "them (test PATH)."
    )
    parser.add_argument("action", nargs="?", type=_choice("new", "test"), metavar="ACTION", help="new or test")
    parser.add_argument("operand", nargs="?", metavar="NAME|PATH", help="the name of the new rule, or what to test")
    parser.add_argument("--code", metavar="CODE", help="the code of the new rule, such as ACME001")
    _configuration(parser)
    _output(parser, "full", "json", quiet=False)
    return "[new NAME | test PATH]"


def _frameworks(parser: argparse.ArgumentParser) -> str:
    parser.description = "List the frameworks, or show the options and formulas of one."
    parser.add_argument("name", nargs="?", metavar="NAME", help="one framework")
    _configuration(parser)
    _colour(parser)
    return "[NAME]"


# Each adds the options of a command and returns its operands, for the usage line.
_COMMANDS: dict[str, Callable[[argparse.ArgumentParser], str]] = {
    "check": _check,
    "plan": _plan,
    "explain": _explain,
    "rules": _rules,
    "frameworks": _frameworks,
}


# --- options that several commands have ----------------------------------------------------------------------------


def _paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; - is standard input (default: .)")


def _assumptions(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("what the files do not tell")
    group.add_argument(
        "--assume",
        action="append",
        default=[],
        type=_assumption,
        metavar="NAME=VALUE",
        help="a quantity, option or release: world_size=8 (repeatable)",
    )
    return group


def _output(parser: argparse.ArgumentParser, *formats: str, quiet: bool = True) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--output-format", type=_choice(*formats), default=formats[0], metavar="FORMAT", help=", ".join(formats)
    )
    if quiet:
        group.add_argument("-q", "--quiet", action="store_true", help="findings only, no summary")
    _colour(group)
    return group


def _colour(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--color", type=_choice("auto", "always", "never"), default="auto", metavar="WHEN", help="auto, always or never"
    )


def _files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which files, which configuration")
    group.add_argument(
        "--exclude", action="append", default=[], metavar="PATTERN", help="leave these paths out as well"
    )
    group.add_argument(
        "--force-exclude", action="store_true", default=None, help="leave them out even if they are named as PATH"
    )
    group.add_argument("--stdin-filename", metavar="FILE", help="the name of what comes by standard input")
    _configuration(group)


def _configuration(group: argparse._ActionsContainer) -> None:
    group.add_argument("--config", metavar="FILE", help="read this configuration")
    group.add_argument("--isolated", action="store_true", help="read no configuration")


def _require_run(group: argparse._ActionsContainer) -> None:
    group.add_argument("--require-run", action="store_true", default=None, help="exit with 2 if no run is recognised")


# --- values --------------------------------------------------------------------------------------------------------


def _choice(*choices: str) -> Callable[[str], str]:
    def chosen(word: str) -> str:
        if word not in choices:
            hint = did_you_mean(word, choices)
            raise argparse.ArgumentTypeError(f"{word!r} is not one of {', '.join(choices)}{hint}")
        return word

    return chosen


def _assumption(text: str) -> tuple[str, str, str]:
    return *_pair(text, "NAME=VALUE, such as dataset_size=50000"), "--assume"


def _release(text: str) -> tuple[str, str]:
    return _pair(text, "PACKAGE=RELEASE, such as SOME=2.6")


def _pair(text: str, form: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    name, value = name.strip(), value.removeprefix("=").strip()
    if not sign or not name or not value:
        raise argparse.ArgumentTypeError(f"{text!r} should be {form}")
    return name, value
