"""Options that a launch command gives to a script whose parser takes them from the framework's own."""

from __future__ import annotations

from epochlint.dialects.readings import Reading, Setting
from epochlint.expressions.values import Known, Unknown, Value
from epochlint.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Framework
    from epochlint.runs.launching import Launch
    from epochlint.runs.project import Project
    from epochlint.sources.documents import Word

PARSER = "parses-dataclass"  # the role of calls that make the command line's options out of the framework's own


def with_flags(project: Project, reading: Reading, launch: Launch, framework: Framework) -> Reading:
    """Return the reading with the flags of a launch command in the place of what its settings said.

    Words that cannot be read leave the reading incomplete: they may give any option.
    """
    script = project.script(reading.path)
    if script is None or not any(project.catalogue.role(call.callee) == PARSER for call in script.calls):
        return reading
    settings = {setting.option: setting for setting in reading.settings}
    given, complete = _read(launch.flags)
    for name, (flag, value) in given.items():
        option = framework.option(name)
        if option is not None:
            place = value.place if value is not None else flag.place
            settings[option.name] = Setting(option.name, _value(value), place, flag.place, "launcher")
    return replace(reading, settings=tuple(settings.values()), complete=reading.complete and complete)


def _read(words: tuple[Word, ...]) -> tuple[dict[str, tuple[Word, Word | None]], bool]:
    """Return each flag with the word after it, if that is its value, and whether every word was understood."""
    given: dict[str, tuple[Word, Word | None]] = {}
    complete = True
    flag: Word | None = None
    name = ""
    for word in words:
        if word.text.startswith("--"):
            name, equals, text = word.text[2:].partition("=")
            name = name.replace("-", "_")
            flag = word
            given[name] = (word, replace(word, text=text) if equals else None)
        elif flag is not None and given[name][1] is None:
            given[name] = (flag, word)
        else:
            complete = complete and word.known
    return given, complete


def _value(word: Word | None) -> Value:
    if word is None:
        return Known(True)  # a flag without a value switches something on
    if not word.known:
        return Unknown(f"{word.text} is not known")
    for read in (int, float):
        try:
            return Known(read(word.text))
        except ValueError:
            continue
    return Known({"true": True, "false": False}.get(word.text.lower(), word.text))
