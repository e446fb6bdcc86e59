"""The formulas of a schedule file, evaluated over values or over forms."""

from __future__ import annotations

from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.language import Expression, names_in_order
from epochlint.expressions.values import UNKNOWN, Value
from epochlint.knowledge.catalogue import Schedule


def evaluated(schedule: Schedule, expression: Expression, values: dict[str, Value]) -> Value:
    """Return what a formula of a schedule comes to, with these parameters."""
    formulas = {formula.quantity: formula for formula in schedule.let}
    done: dict[str, Value] = {}

    def value(name: str) -> Value:
        if name in values:
            return values[name]
        if name not in done:
            done[name] = UNKNOWN
            formula = formulas.get(name)
            if formula is not None:
                done[name] = evaluate(formula.expression, value, {}, trigonometry=True)
        return done[name]

    return evaluate(expression, value, {}, trigonometry=True)


def names_behind(schedule: Schedule, expression: Expression) -> list[str]:
    """Return the parameters that a formula depends on, in the order of the formulas."""
    formulas = {formula.quantity: formula.expression for formula in schedule.let}
    parameters = {one.name for one in schedule.parameters}
    found: dict[str, None] = {}
    waiting = list(names_in_order(expression))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in parameters:
            found[name] = None
        elif name in formulas:
            waiting.extend(names_in_order(formulas[name]))
    return list(found)
