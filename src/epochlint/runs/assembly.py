"""Joining readings into runs: which documents belong together, why, and which of two statements wins."""

from __future__ import annotations

from epochlint.dialects.readings import Reading, Setting
from epochlint.expressions.values import Known, Value
from epochlint.knowledge.catalogue import Framework
from epochlint.places import Place
from epochlint.records import replace
from epochlint.runs.pins import pins_for
from epochlint.runs.project import CONFIG_KINDS, Project
from epochlint.runs.run import Assumption, Joined, Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.runs.launching import Launch

MAX_RUNS_OF_A_SCRIPT = 16
PROCESSES = "launcher.processes"
ASSUMED = "run.assumed"  # whether no file tells of the run, and everything it has is assumed
ONE_PROCESS = "one process: no launcher, device option or distributed API in sight"
_SMOKE_WORDS = frozenset(
    {"test", "tests", "smoke", "debug", "ci", "benchmark", "benchmarks", "tiny", "dummy", "workflows"}
)


def runs_of(project: Project, path: str, assumptions: tuple[Assumption, ...]) -> tuple[Run, ...]:
    """Return the runs that a file tells of: one per training call and launch command, or one per configuration."""
    launches: tuple[Launch | None, ...] = (None,)
    is_launched = path.endswith(".py") or project.files.kind(path) in CONFIG_KINDS
    if is_launched:
        found = _distinct(project.launches(path) if path.endswith(".py") else project.launches_with(path))
        # A smoke test launches the script in a way of its own; the script as it is stays a run.
        launches = found if any(not is_smoke(launch.path) for launch in found) else (None, *found)
    told = [
        (reading, launch if is_launched else project.launched_at(path, reading.place))
        for launch in launches[:MAX_RUNS_OF_A_SCRIPT]
        for reading in project.launched_readings(path, launch)
        if not reading.partial
    ]
    runs = []
    for reading, launch in told[:MAX_RUNS_OF_A_SCRIPT]:
        name = path if len(told) == 1 else f"{path}:{reading.place.line}"
        if launch is not None and len(launches) > 1:
            name += f" ({launch.path}:{launch.place.line})"
        runs.append(_run(project, reading, launch, name, assumptions))
    return tuple(runs)


def _distinct(launches: tuple[Launch, ...]) -> tuple[Launch, ...]:
    """Keep launches that differ in what they say: the same command in two files makes one run."""
    seen: dict[object, Launch] = {}
    for launch in launches:
        seen.setdefault((launch.launcher, launch.processes, tuple(word.text for word in launch.flags)), launch)
    return tuple(seen.values())


def _run(
    project: Project, reading: Reading, launch: Launch | None, name: str, assumptions: tuple[Assumption, ...]
) -> Run:
    framework = project.catalogue.framework(reading.framework)
    if launch is not None and launch.flags:
        from epochlint.runs.flags import with_flags

        reading = with_flags(project, reading, launch, framework)
    documents = [Joined(reading.path, reading.evidence, "given")]
    documents += [Joined(part, "is part of the configuration", "inherited") for part in reading.parts]
    documents += _documents_named(reading)
    properties = {ASSUMED: Known(False), **dict(reading.properties), **_environment(project, reading.path)}
    remarks: list[str] = []
    processes = _processes(project, reading, framework, launch, documents, remarks)
    if processes is not None:
        properties[PROCESSES] = processes
    pins = pins_for(project, reading.path, framework, assumptions)
    documents += [
        Joined(pin.place.path, f"pins {pin.package}", "beside") for pin in pins if pin.place and pin.origin != "assumed"
    ]
    return Run(
        name=name,
        framework=framework,
        place=reading.place,
        documents=_unique(documents),
        settings=_with_assumed(reading.settings, framework, assumptions),
        components=reading.components,
        properties=tuple(properties.items()),
        versions=pins,
        assumptions=assumptions,
        strict=reading.strict,
        complete=reading.complete,
        smoke=is_smoke(reading.path) or (launch is not None and is_smoke(launch.path)),
        configuration=reading.configuration,
        remarks=tuple(remarks),
    )


def _environment(project: Project, path: str) -> dict[str, Value]:
    """Return the variables of the environment that a script sets, as properties `environment.NAME`."""
    script = project.script(path) if path.endswith((".py", ".ipynb")) else None
    return {f"environment.{name}": number.value for name, number in script.environment} if script else {}


def _documents_named(reading: Reading) -> list[Joined]:
    """List the other files that settings and components of a reading come from."""
    places = [(setting.place, f"gives {setting.option}") for setting in _all_settings(reading)]
    places += [(component.place, f"is named by {component.slot}") for component in reading.components]
    return [Joined(place.path, because, "code") for place, because in places if place and place.path != reading.path]


def _all_settings(reading: Reading) -> Iterator[Setting]:
    yield from reading.settings
    for component in reading.components:
        yield from component.settings


def _processes(
    project: Project,
    reading: Reading,
    framework: Framework,
    launch: Launch | None,
    documents: list[Joined],
    remarks: list[str],
) -> Value | None:
    """Return the number of processes that a launcher starts, or 1 where nothing in sight could start a second one."""
    if launch is not None:
        documents.append(
            Joined(launch.path, f"launches {launch.script or reading.path} at line {launch.place.line}", "launcher")
        )
        started = project.started(launch)
        if started is not None and started != reading.path:
            documents.append(Joined(started, f"is launched with {reading.path}", "launcher"))
        if launch.config and launch.processes_place is None:  # what the command says beats what its file says
            return _configured_processes(project, launch, documents)
        if launch.processes != Known(None):
            return launch.processes
    if framework.one_process and not _is_distributed(project, reading.path):
        remarks.append(ONE_PROCESS)
        return Known(1)
    return None


def _configured_processes(project: Project, launch: Launch, documents: list[Joined]) -> Value | None:
    path = project.files.resolve(launch.config, launch.path)
    for reading in project.readings(path) if path else ():
        framework = project.catalogue.framework(reading.framework)
        for option in framework.options:
            setting = reading.setting(option.name) if option.quantity == "world_size" else None
            if setting is not None and path is not None:
                documents.append(Joined(path, f"is the configuration of {launch.launcher}", "launcher"))
                return setting.value
    return None


def _is_distributed(project: Project, path: str) -> bool:
    script = project.script(path) if path.endswith((".py", ".ipynb")) else None
    if script is None:
        return False
    names = {name for call in script.calls for name in (call.callees or (call.callee,))}
    return any(project.catalogue.role(name) == "distributed" for name in names)


def _with_assumed(
    settings: tuple[Setting, ...], framework: Framework, assumptions: tuple[Assumption, ...]
) -> tuple[Setting, ...]:
    """Let an assumption about an option stand in its place; assumptions about quantities are the derivation's."""
    named = {assumption.name: assumption for assumption in assumptions if framework.option(assumption.name)}
    kept = tuple(setting for setting in settings if setting.option not in named)
    assumed = tuple(
        Setting(option.name, assumption.value, assumption.place, assumption.place, assumption.origin)
        for assumption in named.values()
        if (option := framework.option(assumption.name)) is not None and option.quantity != assumption.name
    )
    return (*kept, *assumed)


def calculator(framework: Framework, assumptions: tuple[Assumption, ...]) -> Run:
    """Return a run that no file tells of: everything it has is assumed."""
    nowhere = Place("<command line>", 1, 1, 1, 1)
    properties: tuple[tuple[str, Value], ...] = ((ASSUMED, Known(True)),)
    remarks: tuple[str, ...] = ()
    if framework.one_process and not any(assumption.name == "world_size" for assumption in assumptions):
        properties += ((PROCESSES, Known(1)),)
        remarks = (ONE_PROCESS,)
    run = Run(
        framework.name, framework, nowhere, (), (), properties=properties, assumptions=assumptions, remarks=remarks
    )
    return replace(run, settings=_with_assumed((), framework, assumptions))


def is_smoke(path: str) -> bool:
    """Tell whether a path says that a run is a test, a smoke run or a benchmark."""
    words = path.lower().replace("-", "/").replace("_", "/").replace(".", "/").split("/")
    return not _SMOKE_WORDS.isdisjoint(words)


def _unique(documents: list[Joined]) -> tuple[Joined, ...]:
    seen: dict[str, Joined] = {}
    for joined in documents:
        seen.setdefault(joined.path, joined)
    return tuple(seen.values())
