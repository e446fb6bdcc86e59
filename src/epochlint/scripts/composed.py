"""Configurations that a script puts together: composed of groups, merged, given on the command line, made into objects.

The data of APIs say which function does what, by its role: `composes-config` (a decorator that hands a composed
configuration to a function), `config-folder` and `composes-here` (calls that set the folder and give the
configuration), `merges-config`, `config-from-command`, `instantiates`.
"""

from __future__ import annotations

from epochlint.scripts import configs
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Function, Partial
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.things import Datum, Object, Opaque, Scalar, constant
from epochlint.sources.defaults_list import Override, compose
from epochlint.sources.documents import MappingNode, Word
from epochlint.sources.interpolation import plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site
    from epochlint.sources.documents import Document

COMPOSES = "composes-config"
_FOLDER_OPTIONS = ("--config-path", "-cp", "--config-dir", "-cd")
_NAME_OPTIONS = ("--config-name", "-cn")
_TARGET, _PARTIAL, _ARGS = "_target_", "_partial_", "_args_"
_OWN_KEYS = (_TARGET, _PARTIAL, _ARGS, "_recursive_", "_convert_")


def hand_over(machine: Machine, made: Object, function: Function) -> None:
    """Give the first parameter of a function the configuration that its decorator composes."""
    parameters = function.node.args
    first = next(iter((*parameters.posonlyargs, *parameters.args)), None)
    if first is None:
        return
    machine.takes_options = True
    config = _composed(machine, made, function.source.path)
    function.defaults[first.arg] = config if config is not None else Opaque(made.site, "the configuration is not found")


def _composed(machine: Machine, made: Object, beside: str) -> Datum | None:
    folder, name = _text(made, "config_path"), _text(made, "config_name")
    words = machine.command.words if machine.command is not None else ()
    folder, name = _option(words, _FOLDER_OPTIONS) or folder, _option(words, _NAME_OPTIONS) or name
    if name is None or any(not word.known for word in words):
        return None
    return _of_groups(machine, folder, name, overrides_in(words), beside, made.site)


def set_folder(machine: Machine, api: Api, arguments: Arguments, site: Site) -> None:
    """Note the folder whose configurations are composed from here on; None where it is not known."""
    folder = arguments.get(0, api.positional[0])
    beside = site[0].path if isinstance(site, tuple) else ""
    plain = folder.plain if isinstance(folder, Scalar) else None
    machine.config_folder = (plain, beside) if isinstance(plain, str) else None


def compose_here(machine: Machine, api: Api, arguments: Arguments, site: Site) -> Datum | None:
    """Return what `compose("config", overrides=["a=1"])` gives in the folder that was set."""
    folder = machine.config_folder
    name, given = (arguments.get(index, api.positional[index]) for index in (0, 1))
    if folder is None or not isinstance(name, Scalar) or not isinstance(name.plain, str):
        return None
    items = given.items if isinstance(given, Sequence) and given.complete else ()
    texts = [item for item in items if isinstance(item, Scalar) and isinstance(item.plain, str) and item.place]
    if given is not None and (not isinstance(given, Sequence) or not given.complete or len(texts) < len(items)):
        return None
    words = tuple(Word(str(item.plain), item.place) for item in texts if item.place is not None)
    path, beside = folder
    return _of_groups(machine, path, name.plain, overrides_in(words), beside, site)


def _of_groups(
    machine: Machine, folder: str | None, name: str, overrides: tuple[Override, ...], beside: str, site: Site
) -> Datum | None:
    """Return the configuration of a name, in a folder beside a script, that is made of groups."""
    path = f"{folder or '.'}/{name.removesuffix('.yaml')}.yaml"
    primary = machine.open_document(path, beside)
    if primary is None or primary.root is None:
        return None
    above = primary.path.rpartition("/")[0]
    if "/" in name:
        above = primary.path.removesuffix(f"{name.removesuffix('.yaml')}.yaml").rstrip("/")

    def opened(option: str) -> Document | None:
        """Open a file of the folder, and no other that has the same name."""
        wanted = f"{above}/{option}.yaml".lstrip("/")
        found = machine.open_document(wanted, "")
        return found if found is not None and found.path == wanted else None

    document = compose(primary, opened, overrides)
    if document.root is None:
        return None
    files = dict.fromkeys((document.path, *document.parts))
    machine.recorder.composed.update(files)
    machine.recorder.read_with_numbers.update(files)
    place = Opaque(site).place
    if place is not None:
        machine.recorder.reads.update(dict.fromkeys((part, place) for part in (document.path, *document.parts)))
    config = configs.datum_of(machine, document, document.root, True, False)
    if isinstance(config, Mapping) and isinstance(document.root, MappingNode) and document.root.entry("defaults"):
        return Mapping(config.entries, config.site, complete=False)
    return config


def overrides_in(words: tuple[Word, ...]) -> tuple[Override, ...]:
    """Return the words of a command that change a configuration: `a.b=1`, `+a=1`, `~a`."""
    found = []
    for word in words:
        name, equals, value = word.text.partition("=")
        bare = name.lstrip("+~")
        if word.text.startswith("-") or not (equals or word.text.startswith("~")):
            continue
        if bare.replace(".", "").replace("/", "").replace("@", "").replace("_", "").replace("-", "").isalnum():
            found.append(Override(bare, value, word.place, name[: len(name) - len(bare)]))
    return tuple(found)


def _option(words: tuple[Word, ...], names: tuple[str, ...]) -> str | None:
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name in names:
            return value if equals else words[index + 1].text if index + 1 < len(words) else None
    return None


def _text(made: Object, name: str) -> str | None:
    found = made.argument(name)
    return found.plain if isinstance(found, Scalar) and isinstance(found.plain, str) else None


# --- merged, and given on the command line ---------------------------------------------------------------------------


def from_command(machine: Machine, site: Site) -> Datum:
    """Return the configuration that the words `a.b=1` of the launch command are."""
    machine.takes_options = True
    made = Mapping({}, site)
    for override in overrides_in(machine.command.words) if machine.command is not None else ():
        value = constant(plain_value(override.value), override.place, "launcher")
        _put(made, override.name.split("."), value)
    return made


def _put(table: Mapping, path: list[str], value: Datum) -> None:
    head, *rest = path
    if not rest:
        table.slots[head], table.key_sites[head] = value, value.site
        return
    inner = table.slots.get(head)
    if not isinstance(inner, Mapping):
        inner = table.slots[head] = Mapping({}, value.site)
    _put(inner, rest, value)


def merge(machine: Machine, arguments: Arguments, site: Site) -> Datum:
    """Return several configurations as one, the later over the earlier ones."""
    from epochlint.scripts.declared import as_mapping

    made = Mapping({}, site, complete=not arguments.open_positional)
    if not arguments.positional:
        return Opaque(site)
    for one in arguments.positional:
        if isinstance(one, Object):
            converted = as_mapping(machine, Arguments.of([one]), site)
            one = converted if converted is not None else one
        if not isinstance(one, Mapping):
            return Opaque(site, "one of the configurations is not known")
        if not one.complete:
            made = Mapping(made.entries, site, complete=False)
        configs.merge_tables(made, configs.as_written(one))
    return configs.with_interpolations(made)


# --- made into objects -----------------------------------------------------------------------------------------------


def instantiate(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    """Return the object that a table with `_target_` describes; further arguments count more than its entries."""
    table = arguments.positional[0] if arguments.positional else arguments.named.get("config")
    if isinstance(table, Sequence) and table.complete:
        return Sequence(table.kind, tuple(_made(machine, item, site) for item in table.items), site)
    if not isinstance(table, Mapping) or _TARGET not in table.entries:
        return None
    further = Arguments.of(arguments.positional[1:])
    for name, datum in arguments.named.items():
        if name != "config":
            further.name(name, datum, arguments.named_sites[name])
    return _object(machine, table, further, site)


def _made(machine: Machine, datum: Datum, site: Site) -> Datum:
    """Return a part of a table with everything in it made that has a target."""
    if isinstance(datum, Mapping):
        if _TARGET in datum.entries:
            return _object(machine, datum, Arguments(), site)
        made = Mapping({key: _made(machine, value, site) for key, value in datum.entries.items()}, datum.site)
        made.key_sites.update(datum.key_sites)
        return made
    if isinstance(datum, Sequence) and datum.complete:
        return Sequence(datum.kind, tuple(_made(machine, item, site) for item in datum.items), datum.site)
    return datum


def _object(machine: Machine, table: Mapping, further: Arguments, site: Site) -> Datum:
    from epochlint.scripts.calls import call
    from epochlint.scripts.configured import class_named

    target = table.entries[_TARGET]
    if not isinstance(target, Scalar) or not isinstance(target.plain, str):
        return Opaque(site)
    recursive = table.entries.get("_recursive_")
    flat = isinstance(recursive, Scalar) and recursive.plain is False
    given = Arguments()
    for key, value in table.entries.items():
        if isinstance(key, str) and key not in _OWN_KEYS:
            given.name(key, value if flat else _made(machine, value, site), table.key_sites.get(key) or value.site)
    for datum, where in zip(further.positional, further.positional_sites, strict=True):
        given.add(datum, where)
    for name, datum in further.named.items():
        given.name(name, datum, further.named_sites[name])
    if not table.complete:
        given.open_named = Opaque(site)
    cls = class_named(machine, target.plain, site)
    partial = table.entries.get(_PARTIAL)
    if isinstance(partial, Scalar) and partial.plain is True:
        return Partial(cls, tuple(given.positional), given.named, site)
    # Where the table is: what is made there is told from what the call at hand is given.
    return call(machine, cls, given, table.site or site)
