"""Options declared by decorators and defaults: what a parameter is when nobody gives the option, and when the launch
command does.

Roles of APIs say what does so: `declares-option` (`@option("--epochs", default=3)`, or a default `Option(3)`),
`takes-options`, a decorator of a function whose parameters are options (`@app.command()`), and `composes-config`, one
that hands a configuration to a function.
"""

from __future__ import annotations

from epochlint.scripts.callables import Function, Library
from epochlint.scripts.declared import declared_default
from epochlint.scripts.filling import given_parameters
from epochlint.scripts.things import Datum, Object, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

DECLARES, TAKES, COMPOSES = "declares-option", "takes-options", "composes-config"


def apply_option_decorators(machine: Machine, made: Datum, function: Function) -> bool:
    """Take the default of `@click.option("--epochs", default=3)` for the parameter it names; tell whether it was
    one."""
    role = _role(made)
    if role == DECLARES and isinstance(made, Object):
        _declare(machine, made, function)
    elif role == TAKES:
        take_options(machine, function)
    elif role == COMPOSES and isinstance(made, Object):
        from epochlint.scripts.composed import hand_over  # few scripts need it

        hand_over(machine, made, function)
    return role in (DECLARES, TAKES, COMPOSES)


def _role(made: Datum) -> str:
    return next((binding.api.role for binding in made.bindings), "") if isinstance(made, Object) else ""


def _declare(machine: Machine, made: Object, function: Function) -> None:
    """Give a parameter the value of the option that a decorator declares."""
    texts = [str(one.datum.plain) for one in made.given if one.name.isdigit() and isinstance(one.datum, Scalar)]
    plain = [text for text in texts if not text.startswith("-")]
    long = [text for text in texts if text.startswith("--")]
    if not texts:
        return
    parameter = (plain or long or texts)[0].partition("/")[0].lstrip("-").replace("-", "_")
    default, kind, switch = made.argument("default"), made.argument("type"), made.argument("is_flag")
    name = kind.dotted.rpartition(".")[2].lower() if isinstance(kind, Library) else ""
    is_switch = (isinstance(switch, Scalar) and switch.plain is True) or any("/" in text for text in texts)
    machine.takes_options = True
    given = _commanded(machine, texts, _type_of(name, kind, default), is_switch)
    if given is not None:
        function.defaults[parameter] = given
    elif default is not None:
        function.defaults[parameter] = declared_default(default, parameter, name)
    elif is_switch:
        value = constant(False, made.site, "declared-default")
        value.overridable = True
        function.defaults[parameter] = value


def _type_of(name: str, kind: Datum | None, default: Datum | None) -> str:
    """Return how a word is read: by the type that is declared, else by that of the default."""
    if kind is not None:
        return name or "?"
    if isinstance(default, Scalar) and default.known and default.plain is not None:
        return type(default.plain).__name__
    return "str"


def _commanded(machine: Machine, texts: list[str], kind: str, is_switch: bool) -> Datum | None:
    if machine.command is None:
        return None
    for index, action in enumerate(("store_true", "store_false") if is_switch else ("store",)):
        flags = tuple(part for text in texts if len(parts := text.split("/")) > index for part in (parts[index],))
        value = machine.command.value(tuple(flag.strip() for flag in flags), kind, action)
        if value is not None:
            return value
    return None


def take_options(machine: Machine, function: Function) -> None:
    """Give the parameters of a function the values that its defaults declare, or the launch command gives."""
    given = given_parameters(machine, function).named
    for name, default in tuple(function.defaults.items()):
        if name not in given and _role(default) == DECLARES and isinstance(default, Object):
            function.defaults[name] = _of_option(machine, default, name)
    function.defaults.update(given)


def _of_option(machine: Machine, made: Object, name: str) -> Datum:
    """Return what a default such as `Option(3, "--epochs", "-e")` stands for."""
    flags = tuple(str(one.datum.plain) for one in made.given if one.name.isdigit() and isinstance(one.datum, Scalar))
    value = machine.command.value(flags, "literal") if machine.command is not None else None
    default = made.argument("default")
    if value is not None or default is None:
        return value if value is not None else _not_given(made.site)
    return declared_default(default, name)


def _not_given(site: Site) -> Datum:
    from epochlint.scripts.things import Opaque

    return Opaque(site, "it is an option without a default", origin="command")
