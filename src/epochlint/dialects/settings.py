"""Turning what a view says into settings and components, with the framework's options in mind."""

from __future__ import annotations

from epochlint.dialects.names import is_any_of
from epochlint.dialects.node_views import NodeView
from epochlint.dialects.readings import Component, Setting
from epochlint.dialects.views import View, elements_of
from epochlint.expressions.values import Known, Unknown, Value
from epochlint.records import replace
from epochlint.sources.documents import ScalarNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.dialects.objects import Objects
    from epochlint.knowledge.catalogue import ComponentSpec, Framework, Option
    from epochlint.sources.documents import Document

    # Opens a file of the repository that another file names: (name, path of the naming file) -> document
    OpenDocument: TypeAlias = Callable[[str, str], Document | None]

DEEPEST_COMPONENT = 4  # schedules made of schedules, data sets wrapped in data sets


def settings_of(framework: Framework, run: View, objects: Objects) -> tuple[Setting, ...]:
    """Return every option that is given: those of the run itself, and the dotted ones of its objects."""
    settings = []
    dotted = set()
    for name in run.names():
        view = run.part(name)
        if view is not None:
            settings.append(_setting(framework, framework.option(name), name, view))
            if "." in name:
                dotted.add(name)
    owners: dict[str, View | None] = {}
    for option in framework.options:
        for path in (option.name, *option.aliases):
            head, _, rest = path.partition(".")
            if not rest or path in dotted:
                continue
            if head not in owners:
                owners[head] = objects[head][0] if head in objects else run.part(head)
            view = _down(owners[head], rest.split(".")) if owners[head] is not None else None
            if view is not None:
                settings.append(_setting(framework, option, option.name, view))
    return tuple(settings)


def _down(view: View | None, parts: list[str]) -> View | None:
    for part in parts:
        view = view.part(part) if view is not None else None
    return view


def _setting(framework: Framework, option: Option | None, name: str, view: View) -> Setting:
    written = view.written()
    value = coerced(written.value, option) if option else written.value
    if framework.reads_numbers and isinstance(written.source, ScalarNode) and not written.source.quoted:
        value = _as_number(value)
    return Setting(
        option=option.name if option else name,
        value=value,
        place=written.place,
        given_at=written.given_at,
        origin=written.origin,
        text=written.text,
        overridable=written.overridable,
        source=written.source,
        complete=view.complete and (isinstance(view, NodeView) or not _by_some_function(view.types)),
        parts=written.parts,
    )


def _by_some_function(types: tuple[str, ...]) -> bool:
    """Tell whether a value is what a function gave, which may be a mapping that nobody has seen."""
    made_by = types[0].rpartition(".")[2] if types else ""
    return made_by[:1].islower() and made_by != "dict"


def coerced(value: Value, option: Option) -> Value:
    """Convert a text to the number or the list it stands for, where the framework does so by itself."""
    if "array" in option.coerces:
        return _as_list(value)
    return _as_number(value) if "string" in option.coerces else value


def _as_list(value: Value) -> Value:
    """Return the list that a text in Python's notation stands for: `(60000, 80000)`."""
    if not isinstance(value, Known) or not isinstance(value.value, str) or value.value[:1] not in ("(", "["):
        return value
    import ast

    try:
        read = ast.literal_eval(value.value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    plain = isinstance(read, tuple | list) and all(isinstance(one, int | float | str | bool) for one in read)
    return Known(tuple(read)) if plain else value


def _as_number(value: Value) -> Value:
    """Return the number that a text stands for, anything else as it is."""
    if not isinstance(value, Known) or not isinstance(value.value, str) or value.value[:1] not in "+-.0123456789":
        return value
    try:
        return Known(int(value.value))
    except ValueError:
        try:
            return Known(float(value.value))
        except ValueError:
            return value


def components_of(framework: Framework, objects: Objects, specs: tuple[ComponentSpec, ...]) -> tuple[Component, ...]:
    """Return a component for each object found; its kind is the catalogue's name for it, or empty."""
    components: list[Component] = []
    for slot, views in objects.items():
        if slot in ("run", "root"):
            continue
        for view in views:
            components.extend(
                _component(framework, slot, view, specs, spec) for spec in _specs_of(framework, view, specs)
            )
    return tuple(components)


def _specs_of(
    framework: Framework, view: View, specs: tuple[ComponentSpec, ...]
) -> tuple[ComponentSpec, ...] | tuple[None]:
    """Return what is known of an object by its class: the first that fits, or all that fit what it is given."""
    types = _canonical(view.types, framework.aliases)
    fitting = [spec for spec in specs if is_any_of(types, spec.calls)]
    if any(spec.where for spec in fitting):
        from epochlint.dialects.routines import passes

        fitting = [spec for spec in fitting if spec.where and passes(view, spec.where)] or [
            spec for spec in fitting if not spec.where
        ]
        return tuple(fitting) or (None,)
    return (fitting[0],) if fitting else (None,)


def _component(
    framework: Framework,
    slot: str,
    view: View,
    specs: tuple[ComponentSpec, ...],
    spec: ComponentSpec | None,
    depth: int = 0,
) -> Component:
    types = _canonical(view.stands_for if depth else view.types, framework.aliases)
    settings = []
    inside: list[Component] = []
    for name in view.names():
        part = view.part(name)
        if part is None:
            continue
        option = next((option for option in spec.options if option.name == name), None) if spec else None
        settings.append(_setting(framework, option, _parameter(name, spec), part))
        if depth < DEEPEST_COMPONENT:
            for element in elements_of(part):
                if element.stands_for:
                    of = _specs_of(framework, element, specs)[0]
                    inside.append(_component(framework, _parameter(name, spec), element, specs, of, depth + 1))
    value = view.written().value
    properties = view.properties()
    if not types and isinstance(value, Known):
        properties = (*properties, ("value", value))
    return Component(spec.name if spec else "", slot, types, tuple(settings), view.place, tuple(inside), properties)


def _parameter(name: str, spec: ComponentSpec | None) -> str:
    """Name a positional argument of a class that the APIs do not know."""
    if spec is not None and name.isdigit() and int(name) < len(spec.positional):
        return spec.positional[int(name)]
    return name


def _canonical(types: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(_canonical_name(name, aliases) for name in types)


def _canonical_name(name: str, aliases: tuple[tuple[str, str], ...]) -> str:
    for prefix, meaning in aliases:
        if name == prefix or name.startswith(prefix + "."):
            return meaning + name[len(prefix) :]
    return name


def read_named_file(
    option: Option, setting: Setting, view: View, framework: Framework, open_document: OpenDocument
) -> Component | None:
    """Return, as a component, the configuration that an option holds or names: `deepspeed="ds.json"`."""
    inner: View | None = view
    if isinstance(setting.value, Known) and isinstance(setting.value.value, str):
        path = setting.place.path if setting.place else view.place.path
        document = open_document(setting.value.value, path)
        if document is None or document.root is None:
            return None
        inner = NodeView(document, document.root)
    elif isinstance(setting.value, Known) and setting.value.value is None:
        return None
    if inner is None or not inner.names():
        return None
    settings = settings_of(framework, inner, {"run": (inner,)})
    return Component(framework.name, option.name, (), settings, inner.place)


def without_value(setting: Setting, reason: str) -> Setting:
    return replace(setting, value=Unknown(reason))
