"""Forms that several kinds of data files share: private names, parameters, refusals, guarded texts, units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from epochlint.expressions.units import Unit, parse_unit
from epochlint.knowledge.catalogue import Formula, Parameter, Refusal
from epochlint.knowledge.rule import Guarded
from epochlint.knowledge.scope import Scope

if TYPE_CHECKING:
    from epochlint.expressions.values import Scalar
    from epochlint.knowledge.datafile import Part

_GUARDS = ("if", "versions")


def file_name(top: Part) -> str:
    """Return the name, which must be the file's: that is how others find it."""
    name, part = top.text("name"), top.get("name")
    if name != top.file.name and part is not None:
        raise part.error(f"{name!r} should be {top.file.name!r}, as the file is called")
    return name


def formulas(part: Part | None, scope: Scope) -> tuple[Formula, ...]:
    """Read `{name: formula}`, or a list of `{NAME: formula, if:, versions:}`."""
    if part is None:
        return ()
    if isinstance(part.value, dict):
        return tuple(Formula(name, scope.formula(entry)) for name, entry in part.entries())
    found = []
    for entry in part.each():
        names = [name for name in entry.value if name not in _GUARDS]
        if len(names) != 1:
            raise entry.error(f"should give one name, not {len(names)}: {', '.join(names) or 'none'}")
        expression = entry.get(names[0])
        if expression is None:
            raise entry.error(f"{names[0]} has no formula")
        found.append(Formula(names[0], scope.formula(expression), scope.optional(entry, "if"), entry.versions()))
    return tuple(found)


def parameters(part: Part | None) -> tuple[Parameter, ...]:
    """Read `{name: {unit, default}}`."""
    if part is None:
        return ()
    return tuple(
        Parameter(
            name, unit(entry.get("unit")), "default" in (entry.value or {}), scalar((entry.value or {}).get("default"))
        )
        for name, entry in part.entries()
    )


def refusals(part: Part | None, scope: Scope) -> tuple[Refusal, ...]:
    found = []
    for entry in part.each() if part is not None else ():
        scope.template(entry.get("message"))
        scope.options(entry.each_of("options"))
        found.append(
            Refusal(
                name=entry.text("name"),
                phase=entry.text("phase"),
                when=scope.required(entry, "when"),
                error=entry.text("error"),
                message=entry.text("message"),
                options=entry.words("options"),
                versions=entry.versions(),
                rule=entry.text("rule"),
            )
        )
    return tuple(found)


def guarded(part: Part | None, scope: Scope) -> tuple[Guarded, ...]:
    """Read a text, or a list of `{is: text, if: condition}`."""
    if part is None:
        return ()
    if not isinstance(part.value, list):
        return (Guarded(str(part.value).strip()),)
    return tuple(Guarded(entry.text("is"), scope.optional(entry, "if")) for entry in part.each())


def unit(part: Part | None) -> Unit | None:
    if part is None:
        return None
    try:
        return parse_unit(str(part.value))
    except ValueError as error:
        raise part.error(str(error)) from None


def scalar(value: Any) -> Scalar:
    """Return a YAML value as the engine keeps it: lists as tuples."""
    return tuple(scalar(item) for item in value) if isinstance(value, list) else value
