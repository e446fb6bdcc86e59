"""From documents to readings: each training run that a script or a configuration tells of, in its framework's words."""

from __future__ import annotations

from epochlint.dialects.names import same_name
from epochlint.dialects.node_views import NodeView
from epochlint.dialects.objects import find_objects
from epochlint.dialects.readings import Component, Reading
from epochlint.dialects.recognition import Anchor, anchors_in_config, inherits, keys_of
from epochlint.dialects.settings import components_of, read_named_file, settings_of
from epochlint.expressions.values import Known, Value
from epochlint.places import Place
from epochlint.records import replace
from epochlint.sources.documents import Document, MappingNode

# What only scripts and commands need is imported where one is read: a commit hook reads a configuration file in less
# time than these take.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.dialects.objects import Objects
    from epochlint.dialects.settings import OpenDocument
    from epochlint.dialects.views import View
    from epochlint.knowledge.catalogue import Framework
    from epochlint.knowledge.store import Catalogue
    from epochlint.scripts.facts import Script, TrainingLoop
    from epochlint.sources.documents import Command, Word


LOADS = "loads-config"  # the role of calls whose result is what a file says that nobody can tell


class Reader:
    """Reads documents in the dialects of one catalogue."""

    def __init__(self, catalogue: Catalogue, open_document: OpenDocument) -> None:
        self.catalogue = catalogue
        self.open_document = open_document

    def read_script(self, script: Script) -> tuple[Reading, ...]:
        """Return the runs of a script, in the order of the file."""
        from epochlint.dialects.script_recognition import anchors_in_script

        names = dict.fromkeys(
            name
            for called in _names_called(script)
            for name in self.catalogue.frameworks_for_call(called)
        )  # fmt: skip
        if script.training_loops:
            names.update(dict.fromkeys(self.catalogue.index.loop_frameworks()))
        frameworks = tuple(self.catalogue.framework(name) for name in names)
        readings = [self._reading(anchor, None, script) for anchor in anchors_in_script(script, frameworks)]
        readings = readings or self._read_module(script)
        return tuple(sorted(readings, key=lambda reading: (reading.place.line, reading.place.column)))

    def _read_module(self, script: Script) -> list[Reading]:
        """Return what a Python file tells that starts no run itself but is the configuration of one."""
        from epochlint.dialects.script_recognition import anchors_in_module

        keys = [key for key, _ in script.globals.entries] if script.globals is not None else []
        names = dict.fromkeys(name for key in keys for name in self.catalogue.frameworks_for_key(key))
        anchors = anchors_in_module(script, tuple(self.catalogue.framework(name) for name in names))
        return [replace(self._reading(anchor, None, script), configuration=True) for anchor in anchors]

    def read_config(self, document: Document, script: Script | None = None) -> tuple[Reading, ...]:
        """Return what a configuration file tells; more than one reading where the dialects cannot be told apart.

        `script` is the one that makes its objects from the file, read with it.
        """
        if not isinstance(document.root, MappingNode):
            return ()
        root = NodeView(document, document.root)
        names = dict.fromkeys(name for key in keys_of(root) for name in self.catalogue.frameworks_for_key(key))
        frameworks = tuple(self.catalogue.framework(name) for name in names)
        readings = tuple(self._reading(anchor, root, script) for anchor in anchors_in_config(root, frameworks))
        return tuple(replace(reading, configuration=True) for reading in readings) if document.parts else readings

    def read_commands(self, commands: tuple[tuple[Command, tuple[Word, ...] | None], ...]) -> tuple[Reading, ...]:
        """Return the runs of commands, each with what it gives to a script that it launches (None if it does not)."""
        from epochlint.dialects.command_recognition import anchor_of_command
        from epochlint.dialects.commands import flags_in

        readings = []
        for command, arguments in commands:
            first = [word.text for word in command.words[:1]]
            flags = [flag.name.partition(".")[0] for flag in flags_in(arguments or ())[0]]
            names = dict.fromkeys(
                name for key in dict.fromkeys((*first, *flags)) for name in self.catalogue.frameworks_for_key(key)
            )  # fmt: skip
            anchor = anchor_of_command(command, arguments, tuple(self.catalogue.framework(name) for name in names))
            if anchor is not None:
                readings.append(self._reading(anchor, anchor.view, None))
        return tuple(readings)

    def _reading(self, anchor: Anchor, root: View | None, script: Script | None) -> Reading:
        framework = self.catalogue.framework(anchor.framework)
        loop = _loop_of(anchor, script) if anchor.signature.loop and script is not None else None
        bound, facts = _of_loop(script, loop) if loop is not None and script is not None else ({}, {})
        place = anchor.view.place
        if script is not None and root is None:
            anchor = self._with_named_file(anchor)
        objects = find_objects(framework, anchor.view, root, script, bound)
        settings = settings_of(framework, anchor.view, objects)
        components = (
            *components_of(framework, objects, framework.components),
            *self._named_files(framework, anchor.view),
        )
        document = root.document if isinstance(root, NodeView) else None
        return Reading(
            framework=framework.name,
            path=_path_of(anchor.view, document, script),
            place=place if document is None or place.path == document.path else Place(document.path, 1, 1, 1, 1),
            parts=document.parts if document is not None else script.composed if script is not None else (),
            settings=settings,
            components=components,
            properties=(
                ("run.called", Known(anchor.called)),
                ("run.own_class", Known(_is_derived(anchor))),
                *anchor.view.repeated(),
                *_properties(components),
                *facts.items(),
            ),
            evidence=anchor.evidence,
            strict=anchor.signature.strict,
            partial=anchor.signature.partial,
            under=anchor.under,
            complete=anchor.view.complete
            and not (isinstance(root, NodeView) and inherits(root))
            and not any(self.catalogue.role(name) == LOADS for name in anchor.view.types),
        )

    def _with_named_file(self, anchor: Anchor) -> Anchor:
        """Where the options of a run are in a file that the call names, look into that file."""
        if not anchor.signature.root:
            return anchor
        written = anchor.view.written()
        if not isinstance(written.value, Known) or not isinstance(written.value.value, str):
            return anchor
        beside = written.place.path if written.place else anchor.view.place.path
        document = self.open_document(written.value.value, beside)
        if document is None or document.root is None:
            return anchor
        return replace(anchor, view=NodeView(document, document.root))

    def _named_files(self, framework: Framework, run: View) -> tuple[Component, ...]:
        """Read the configuration files that options name, such as the JSON of a partner framework."""
        found = []
        for option in framework.options:
            view = run.part(option.name) if option.reads else None
            if view is None:
                continue
            setting = next(setting for setting in settings_of(framework, run, {}) if setting.option == option.name)
            partner = self.catalogue.framework(option.reads)
            component = read_named_file(option, setting, view, partner, self.open_document)
            if component is not None:
                found.append(component)
        return tuple(found)


def _path_of(view: View, document: Document | None, script: Script | None) -> str:
    """Return the file that a run belongs to; the values of a configuration may be in those that it is made of."""
    if document is not None:
        return document.path
    return script.path if script is not None else view.place.path


def _loop_of(anchor: Anchor, script: Script) -> TrainingLoop | None:
    """Return the loop that an anchor is, or the first one after it."""
    from epochlint.dialects.loops import LoopView

    if isinstance(anchor.view, LoopView):
        return anchor.view.loop
    return next((loop for loop in script.training_loops if loop.place.line >= anchor.view.place.line), None)


def _of_loop(script: Script, loop: TrainingLoop) -> tuple[Objects, dict[str, Value]]:
    """Return the objects that a loop uses, and the facts about it."""
    from epochlint.dialects.loops import objects_of, properties_of

    return objects_of(script, loop), properties_of(loop)


def _is_derived(anchor: Anchor) -> bool:
    """Tell whether the call makes an object of the repository's own class, which may have options of its own."""
    types = anchor.view.types
    return bool(types) and not any(same_name(types[0], name) for name in anchor.signature.calls)


def _names_called(script: Script) -> set[str]:
    from epochlint.dialects.script_recognition import on_some_result

    names = {name for call in script.calls for name in (call.callees or (call.callee,))}
    names.update([f"?.{name.rpartition('.')[2]}" for name in names if on_some_result(name)])
    names.update(name for instance in script.instances for name in instance.types)
    return names


def _properties(components: tuple[Component, ...]) -> tuple[tuple[str, Value], ...]:
    """Return `slot.property` of the first object in each slot."""
    found: dict[str, Value] = {}
    for component in components:
        for name, value in component.properties:
            found.setdefault(f"{component.slot}.{name}", value)
    return tuple(found.items())
