"""Reading launch commands: which script they start, with how many processes and which flags. Nothing is ever run."""

from __future__ import annotations

from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import Launcher
from epochlint.places import Place
from epochlint.records import record, replace
from epochlint.sources.documents import Command, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Options: TypeAlias = "dict[str, Word]"

MULTIRUN = ("-m", "--multirun")  # what makes a sweep of the values that commas separate
MOST_POINTS = 16


@record
class Launch:
    """One launch command.

    `script` is the path as written, of a module the path of its file; it is empty for a program that trains by itself.
    `processes` is how many it starts over all nodes, `config` the launcher's own configuration file if it names one,
    `flags` what the script itself is given. `folder` is where it runs, as far as that is known. `counting` are the
    options of all launchers that count processes.
    """

    launcher: str
    path: str
    place: Place
    script: str
    processes: Value
    processes_place: Place | None
    config: str = ""
    flags: tuple[Word, ...] = ()
    folder: str = ""
    counting: tuple[tuple[str, Word], ...] = ()


def read_launch(
    command: Command, path: str, launchers: tuple[Launcher, ...], job: tuple[tuple[str, Word], ...] = ()
) -> Launch | None:
    """Return what a command launches, or None if it is no launcher's. `job` are the options of a batch script's
    header.

    Launchers may start each other. The inner one knows how many processes there are over all nodes, if it counts them.
    """
    words = list(command.words)
    launched: Launch | None = None
    for launcher, start in _layers(words, launchers):
        options, script, rest = _split(words[start:], launcher)
        if launcher.header:
            options = {**dict(job), **options}
        processes, place = _processes(options, launcher)
        if processes == Known(None) and launched is not None:
            processes, place = launched.processes, launched.processes_place
        config = options.get(launcher.config_option)
        counting = launched.counting if launched is not None else ()
        counting += tuple((name, options[name]) for name in launcher.counting if name in options)
        launched = Launch(
            launcher.name, path, command.place, script, processes, place, config.text if config else "", rest,
            command.folder or "", counting,
        )  # fmt: skip
        if launcher.trains:
            return launched
    return launched if launched is not None and launched.script else None


def sweep_points(launch: Launch) -> tuple[Launch, ...]:
    """Return a launch for each point of a sweep, `--multirun lr=0.1,0.2`; the launch itself where there is none, or
    too many points."""
    if not any(word.text in MULTIRUN for word in launch.flags):
        return (launch,)
    points: list[tuple[Word, ...]] = [()]
    for word in launch.flags:
        name, equals, value = word.text.partition("=")
        swept = equals and not word.text.startswith("-") and "," in value and value[:1] not in ("[", "{", "(", "'", '"')
        values = [replace(word, text=f"{name}={one}") for one in value.split(",")] if swept else [word]
        points = [(*point, one) for point in points for one in values]
        if len(points) > MOST_POINTS:
            return (launch,)
    return tuple(replace(launch, flags=point) for point in points)


def _layers(words: list[Word], launchers: tuple[Launcher, ...]) -> list[tuple[Launcher, int]]:
    """Find the launchers at the head of a command, outermost first, each with the index of its first option."""
    switches = {name: launcher.flags for launcher in launchers for name in launcher.commands}
    found = []
    for index in range(len(words)):
        for launcher in launchers:
            for name in launcher.commands:
                parts = name.split()
                end = _end_of(parts, words, index, switches.get(parts[0], ()))
                if end is not None:
                    found.append((launcher, end))
    return found


def _end_of(parts: list[str], words: list[Word], index: int, switches: tuple[str, ...]) -> int | None:
    """Return where the words of a launcher end that begin at an index, None if they do not: `python -u -m module` has a
    switch of the interpreter between them."""
    for number, part in enumerate(parts):
        while number and index < len(words) and words[index].text[1:] in switches and words[index].text[:1] == "-":
            index += 1
        if index >= len(words) or _program(words[index]) != part:
            return None
        index += 1
    return index


def _program(word: Word) -> str:
    name = word.text.rpartition("/")[2]
    return "python" if name.startswith("python") and name[6:].replace(".", "").isdigit() else name


def _split(words: list[Word], launcher: Launcher) -> tuple[Options, str, tuple[Word, ...]]:
    """Separate a launcher's own options from the script and from what the script is given."""
    options: Options = {}
    if launcher.trains:
        return options, "", tuple(words)
    index = 0
    while index < len(words):
        word = words[index]
        if not word.text.startswith("-"):
            return options, word.text, tuple(words[index + 1 :])
        name, equals, value = word.text.lstrip("-").partition("=")
        name = name.replace("-", "_")
        if name in launcher.module_options and index + 1 < len(words):
            module = words[index + 1].text
            return options, f"{module.replace('.', '/')}.py" if module else "", tuple(words[index + 2 :])
        name = dict(launcher.aliases).get(name, name)
        if equals:
            options[name] = replace(word, text=value)
        elif name in launcher.flags or index + 1 >= len(words) or words[index + 1].text.startswith("-"):
            options[name] = replace(word, text="true", known=True)
        else:
            options[name] = words[index + 1]
            index += 1
        index += 1
    return options, "", ()


def _processes(options: Options, launcher: Launcher) -> tuple[Value, Place | None]:
    if launcher.processes is None:
        return Known(None), None
    place = next((options[name].place for name in launcher.counting if name in options), None)
    defaults = dict(launcher.defaults)

    def value(name: str) -> Value:
        word = options.get(name)
        if word is None:
            return Known(defaults[name]) if name in defaults else UNKNOWN
        return _number(name, word)

    return evaluate(launcher.processes, value), place


def _number(name: str, word: Word) -> Value:
    if not word.known:
        return Unknown(word.why_unknown)
    if word.text.isdigit():
        return Known(int(word.text))
    low, colon, high = word.text.partition(":")
    if colon and low.isdigit() and high.isdigit() and int(low) <= int(high):
        return _within(name, int(low), int(high))
    return Unknown(f"{word.text} is no fixed number")


def _within(name: str, low: int, high: int) -> Value:
    """Return a number that is settled when the job starts, `1:4`."""
    if low == high:
        return Known(low)
    from epochlint.expressions.algebra import symbol

    return Symbolic(symbol(name, None, low, high, True))
