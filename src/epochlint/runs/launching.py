"""Reading launch commands: which script they start, with how many processes and which flags. Nothing is ever run."""

from __future__ import annotations

from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.knowledge.catalogue import Launcher
from epochlint.places import Place
from epochlint.records import record
from epochlint.sources.documents import Command, Word


@record
class Launch:
    """One launch command.

    `script` is the path as written, `processes` how many processes it starts over all nodes, `config` the launcher's
    own
    configuration file if it names one, `flags` what the script itself is given.
    """

    launcher: str
    path: str
    place: Place
    script: str
    processes: Value
    processes_place: Place | None
    config: str = ""
    flags: tuple[Word, ...] = ()


def read_launch(command: Command, path: str, launchers: tuple[Launcher, ...]) -> Launch | None:
    """Return what a command launches, or None if it is no launcher's."""
    words = list(command.words)
    launched: Launch | None = None
    for launcher, start in _layers(words, launchers):
        options, script, rest = _split(words[start:], launcher)
        processes, place = _processes(options, launcher)
        if launched is not None and isinstance(launched.processes, Known) and launched.processes.value is not None:
            # An outer layer starts the inner launcher once per task.
            processes = _times(launched.processes, processes)
        config = options.get(launcher.config_option)
        launched = Launch(
            launcher.name, path, command.place, script.text if script else "", processes, place,
            config.text if config else "", rest,
        )  # fmt: skip
    return launched if launched is not None and launched.script else None


def _layers(words: list[Word], launchers: tuple[Launcher, ...]) -> list[tuple[Launcher, int]]:
    """Find the launchers at the head of a command, outermost first, each with the index of its first option."""
    found = []
    for index in range(len(words)):
        for launcher in launchers:
            for name in launcher.commands:
                parts = name.split()
                if [_program(word) for word in words[index : index + len(parts)]] == parts:
                    found.append((launcher, index + len(parts)))
    return found


def _program(word: Word) -> str:
    name = word.text.rpartition("/")[2]
    return "python" if name.startswith("python") and name[6:].replace(".", "").isdigit() else name


def _split(words: list[Word], launcher: Launcher) -> tuple[dict[str, Word], Word | None, tuple[Word, ...]]:
    """Separate a launcher's own options from the script and from what the script is given."""
    options: dict[str, Word] = {}
    index = 0
    while index < len(words):
        word = words[index]
        if not word.text.startswith("-"):
            return options, word, tuple(words[index + 1 :])
        name, equals, value = word.text.lstrip("-").partition("=")
        name = name.replace("-", "_")
        if name in launcher.module_options and index + 1 < len(words):
            return options, words[index + 1], tuple(words[index + 2 :])
        name = dict(launcher.aliases).get(name, name)
        if equals:
            options[name] = Word(value, word.place, word.known)
        elif name in launcher.flags or index + 1 >= len(words) or words[index + 1].text.startswith("-"):
            options[name] = Word("true", word.place, True)
        else:
            options[name] = words[index + 1]
            index += 1
        index += 1
    return options, None, ()


def _processes(options: dict[str, Word], launcher: Launcher) -> tuple[Value, Place | None]:
    if launcher.processes is None:
        return Known(None), None
    place = next((options[name].place for name in launcher.counting if name in options), None)
    defaults = dict(launcher.defaults)

    def value(name: str) -> Value:
        word = options.get(name)
        if word is None:
            return Known(defaults[name]) if name in defaults else UNKNOWN
        if not word.known:
            return Unknown(f"{word.text} is not known")
        return Known(int(word.text)) if word.text.isdigit() else Unknown(f"{word.text} is no fixed number")

    return evaluate(launcher.processes, value), place


def _times(outer: Value, inner: Value) -> Value:
    if isinstance(outer, Known) and isinstance(inner, Known):
        if inner.value is None:
            return outer
        if isinstance(outer.value, int) and isinstance(inner.value, int):
            return Known(outer.value * inner.value)
    return UNKNOWN
