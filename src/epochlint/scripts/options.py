"""Options declared by decorators, whose default is what a parameter is when nobody gives the option."""

from __future__ import annotations

from epochlint.scripts.callables import Function, Library
from epochlint.scripts.declared import declared_default
from epochlint.scripts.things import Datum, Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine

_DECORATORS = ("option", "argument")


def apply_option_decorators(machine: Machine, made: Datum, function: Function) -> bool:  # noqa: ARG001
    """Take the default of `@click.option("--epochs", default=3)` for the parameter it names; tell whether it was
    one."""
    if not isinstance(made, Object) or not made.types:
        return False
    package, _, name = made.types[0].rpartition(".")
    if name not in _DECORATORS or "click" not in package:
        return False
    flags = [one.datum.plain for one in made.given if one.name.isdigit() and isinstance(one.datum, Scalar)]
    texts = [flag for flag in flags if isinstance(flag, str)]
    plain = [flag for flag in texts if not flag.startswith("-")]
    long = [flag for flag in texts if flag.startswith("--")]
    if not texts:
        return True
    parameter = (plain or long or texts)[0].partition("/")[0].lstrip("-").replace("-", "_")
    default = made.argument("default")
    kind = made.argument("type")
    if default is not None:
        name = kind.dotted.rpartition(".")[2] if isinstance(kind, Library) else ""
        function.defaults[parameter] = declared_default(default, parameter, name)
    elif isinstance(flag := made.argument("is_flag"), Scalar) and flag.plain is True:
        from epochlint.scripts.things import constant

        value = constant(False, made.site, "declared-default")
        value.overridable = True
        function.defaults[parameter] = value
    return True
