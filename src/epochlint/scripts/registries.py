"""Objects that a Python configuration asks for by the name of a class: `dataset=dict(type="Points", size=10)`.

The classes are those of the modules that the configuration has imported (`custom_imports`); only what has a length is
made, since nothing else tells of a run.
"""

from __future__ import annotations

from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Class, Function
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.things import Datum, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.machine import Machine

DEEPEST_OBJECT = 6
MOST_MODULES = 20


def make_by_name(machine: Machine, table: Mapping) -> None:
    """Put objects in the place of the tables that ask for them."""
    classes = {name: cls for module in _modules(machine, table) for name, cls in module.items()}
    if classes:
        _replace(machine, table, classes, 0)


def _modules(machine: Machine, table: Mapping) -> Iterator[dict[str, Class]]:
    """Yield the classes with a length of each module that a configuration imports, by their names."""
    from epochlint.scripts.modules import load_document

    imports = table.entries.get("custom_imports")
    names = imports.entries.get("imports") if isinstance(imports, Mapping) else None
    for name in names.items[:MOST_MODULES] if isinstance(names, Sequence) else ():
        text = name.plain if isinstance(name, Scalar) else None
        # Modules are found from where the program is started, not beside the configuration.
        found = machine.open_document(f"{text.replace('.', '/')}.py", "") if isinstance(text, str) else None
        module = load_document(machine, found) if found is not None and found.tree is not None else None
        if module is not None:
            own = module.scope.slots.values()
            yield {one.name: one for one in own if isinstance(one, Class) and isinstance(one.find("__len__"), Function)}


def _replace(machine: Machine, table: Mapping, classes: dict[str, Class], depth: int) -> None:
    for key, value in tuple(table.slots.items()):
        if not isinstance(value, Mapping) or depth > DEEPEST_OBJECT:
            continue
        named = value.entries.get("type")
        wanted = classes.get(named.plain) if isinstance(named, Scalar) and isinstance(named.plain, str) else None
        if wanted is None:
            _replace(machine, value, classes, depth + 1)
        elif value.complete:
            table.slots[key] = _made(machine, wanted, value)


def _made(machine: Machine, cls: Class, table: Mapping) -> Datum:
    from epochlint.scripts.classes import instantiate

    arguments = Arguments()
    for name, value in table.entries.items():
        if name != "type" and isinstance(name, str) and isinstance(value, Datum):
            arguments.name(name, value, table.key_sites.get(name) or value.site)
    return instantiate(machine, cls, arguments, table.site)
