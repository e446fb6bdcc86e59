"""Options that a launch command gives: to a script whose parser takes them from the framework's own, and beside a
configuration file, whose options they override."""

from __future__ import annotations

from epochlint.dialects.commands import Flag, flags_in, value_of
from epochlint.dialects.node_views import NodeView
from epochlint.dialects.readings import Reading, Setting
from epochlint.dialects.settings import settings_of
from epochlint.records import replace
from epochlint.runs.project import CONFIG_KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Framework
    from epochlint.runs.launching import Launch
    from epochlint.runs.project import Project

PARSER = "parses-dataclass"  # the role of calls that make the command line's options out of the framework's own


def with_flags(project: Project, reading: Reading, launch: Launch, framework: Framework) -> Reading:
    """Return the reading with the flags of a launch command in the place of what its settings said, and over those of a
    configuration file that the command hands to the script's parser.

    Words that cannot be read leave the reading incomplete: they may give any option.
    """
    if project.files.kind(reading.path) in CONFIG_KINDS:
        return reading if framework.sealed else _overridden(reading, launch, framework)
    script = project.script(reading.path)
    if script is None or not any(project.catalogue.role(call.callee) == PARSER for call in script.calls):
        return reading
    settings = {setting.option: setting for setting in reading.settings}
    configuration = project.handed_over(launch)
    if configuration is not None and configuration.root is not None:
        view = NodeView(configuration, configuration.root)
        written = settings_of(framework, view, {"run": (view,)})
        settings.update({one.option: one for one in written if framework.option(one.option) is not None})
    flags, complete = flags_in(launch.flags)
    for flag in flags:
        option = framework.option(flag.name)
        if option is not None and not flag.assigned:
            settings[option.name] = _setting(option.name, flag)
    return replace(reading, settings=tuple(settings.values()), complete=reading.complete and complete)


def _overridden(reading: Reading, launch: Launch, framework: Framework) -> Reading:
    """Return the reading of a configuration with what the command says beside it: `--trainer.max_epochs 3`,
    `epochs=3`."""
    settings = {setting.option: setting for setting in reading.settings}
    flags, complete = flags_in(launch.flags)
    for flag in flags:
        name = flag.name.removeprefix(f"{reading.under}.") if reading.under else flag.name
        option = framework.option(name)
        if option is not None:
            settings[option.name] = _setting(option.name, flag)
    return replace(reading, settings=tuple(settings.values()), complete=reading.complete and complete)


def _setting(name: str, flag: Flag) -> Setting:
    place = flag.values[0].place if flag.values else flag.word.place
    return Setting(name, value_of(flag), place, flag.word.place, "launcher")
