"""The arguments of a call, evaluated."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.joining import merged
from epochlint.scripts.things import Choice, Datum, Opaque, Passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site


class Arguments:
    """Positional and named arguments. `open_positional` and `open_named` tell of `*x` and `**x` whose content is not
    known."""

    __slots__ = ("named", "named_sites", "open_named", "open_positional", "positional", "positional_sites")

    def __init__(self) -> None:
        self.positional: list[Datum] = []
        self.positional_sites: list[Site] = []
        self.named: dict[str, Datum] = {}
        self.named_sites: dict[str, Site] = {}
        self.open_positional = False
        self.open_named: Datum | None = None

    @classmethod
    def of(cls, positional: list[Datum] | None = None, named: dict[str, Datum] | None = None) -> Arguments:
        made = cls()
        for datum in positional or ():
            made.add(datum, datum.site)
        for name, datum in (named or {}).items():
            made.name(name, datum, datum.site)
        return made

    def add(self, datum: Datum, site: Site) -> None:
        self.positional.append(datum)
        self.positional_sites.append(site)

    def name(self, name: str, datum: Datum, site: Site) -> None:
        self.named[name] = datum
        self.named_sites[name] = site

    def get(self, position: int, name: str) -> Datum | None:
        """Return an argument by its place among the positional ones, or by name."""
        if position < len(self.positional):
            return self.positional[position]
        return self.named.get(name)

    def bound(self, parameters: tuple[str, ...]) -> tuple[Passed, ...]:
        """Return the arguments with the names of their parameters; a positional one without is named by its number."""
        passed = []
        for index, (datum, site) in enumerate(zip(self.positional, self.positional_sites, strict=True)):
            name = parameters[index] if index < len(parameters) else str(index)
            passed.append(Passed(name, datum, site))
        passed.extend(Passed(name, datum, self.named_sites[name]) for name, datum in self.named.items())
        if self.open_named is not None:
            passed.append(Passed("**", self.open_named, self.open_named.site))
        return tuple(passed)


def evaluate_arguments(machine: Machine, node: ast.Call, scope: Scope) -> Arguments:
    made = Arguments()
    source = scope.source
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            _spread(made, machine.evaluate(argument.value, scope), (source, argument))
        else:
            made.add(machine.evaluate(argument, scope), (source, argument))
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            made.name(keyword.arg, value, (source, keyword.value))
        else:
            _spread_named(made, value, (source, keyword.value))
    return made


def _spread(made: Arguments, value: Datum, site: Site) -> None:
    if isinstance(value, Sequence) and value.complete:
        for item in value.items:
            made.add(item, item.site or site)
    else:
        made.open_positional = True


def _spread_named(made: Arguments, value: Datum, site: Site) -> None:
    """Add the entries of `**value`; each has the place of its entry in the mapping."""
    if isinstance(value, Choice):
        value = merged(value) or value
    if not isinstance(value, Mapping):
        made.open_named = Opaque(site) if value.site is None else value
        return
    for key, datum in value.entries.items():
        if isinstance(key, str):
            made.name(key, datum, value.key_sites.get(key) or datum.site or site)
    if not value.complete:
        made.open_named = Opaque(site, "a mapping some of whose entries are not known")


def parameters_of(node: ast.arguments) -> tuple[str, ...]:
    """Return the names of a function's positional parameters."""
    return tuple(one.arg for one in (*node.posonlyargs, *node.args))
