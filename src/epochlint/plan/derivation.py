"""Deriving the quantities of a run: formulas first, then what was asked for, then a symbol with bounds.

Quantities depend on each other in both directions (steps from epochs, epochs from steps). A quantity that is needed while it is
being derived means what was asked for; what was computed under such a detour is not remembered.
"""

from __future__ import annotations

from collections.abc import Callable

from epochlint.expressions.evaluate import evaluate, join, missing_of, truth
from epochlint.expressions.language import Expression, names_in_order, substitute_text
from epochlint.expressions.units import Unit
from epochlint.expressions.values import FALSE, TRUE, Known, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import Formula
from epochlint.knowledge.quantities import QUANTITIES, Quantity
from epochlint.plan.environment import Environment
from epochlint.plan.plan import Entry, Input

COUNTED = "counted batch by batch"  # the formula of what the loop machine found

Special = dict[str, Callable[..., Value]]


class Derivation:
    """The quantities of one run under one set of releases; each is derived when it is first asked for."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.special: Special = {
            "given": environment.given,
            "is_a": environment.is_a,
            "asked": self.asked,
            "written": lambda name: TRUE if self.is_written(name) else FALSE,
        }
        self._formulas: dict[str, list[Formula]] = {}
        for formula in environment.framework.plan:
            if environment.in_force(formula.versions):
                self._formulas.setdefault(formula.quantity, []).append(formula)
        self._let: dict[str, list[Formula]] = {}
        for formula in environment.framework.let:
            if environment.in_force(formula.versions):
                self._let.setdefault(formula.quantity, []).append(formula)
        self._entries: dict[str, Entry] = {}
        self._in_progress: list[str] = []
        self._detours: set[str] = set()
        self._counted: dict[str, Value] = {}

    def settle(self, counted: dict[str, Value]) -> None:
        """Take over what the loop machine counted; it knows better than any closed formula."""
        self._counted = counted
        for quantity in counted:
            self._entries.pop(quantity, None)

    # --- what names mean -----------------------------------------------------------------------------------------------

    def value(self, name: str) -> Value:
        """Return what a name of a formula stands for."""
        return self.input(name).value

    def input(self, name: str) -> Input:
        if name in self._let and name not in self._in_progress:
            entry = self._derive(name, self._let[name])
            return Input(name, entry.value, entry.place, entry.origin)
        if name in QUANTITIES:
            entry = self.entry(name)
            return Input(name, entry.value, entry.place, entry.origin)
        found = self.environment.lookup(name)
        return found or Input(name, Unknown(f"{name} is not known here", (name,)), None, "")

    def evaluate(self, expression: Expression) -> Value:
        return evaluate(expression, self.value, self.special)

    def holds(self, condition: Expression | None) -> bool | None:
        """Return True if a condition must hold, False if it cannot, None if it may."""
        return True if condition is None else truth(self.evaluate(condition))

    def is_written(self, name: str) -> bool:
        """Tell whether somebody wrote a number that states this option or quantity."""
        environment = self.environment
        if any(assumption.name == name for assumption in environment.run.assumptions):
            return True
        options = [option.name for option in environment.framework.options if option.quantity == name] or [name]
        for option in options:
            if environment.setting(option) is not None and truth(environment.given(option)) is True:
                return True
        return "." in name and truth(environment.given(name)) is True

    def asked(self, quantity: str) -> Value:
        """Return what was asked for, before the framework made anything of it."""
        return self._asked(quantity).value

    # --- quantities ----------------------------------------------------------------------------------------------------

    def entry(self, quantity: str) -> Entry:
        """Return a quantity with its derivation."""
        known = self._entries.get(quantity)
        if known is not None:
            return known
        if quantity in self._in_progress:
            self._detours.add(quantity)
            return self._asked(quantity)
        entry = self._derive(quantity, self._formulas.get(quantity, []))
        if quantity in self._counted and entry.origin not in ("assumed", "comment"):
            entry = _as_counted(entry, self._counted[quantity])
        self._detours.discard(quantity)
        if not self._detours:
            self._entries[quantity] = entry
        return entry

    def _derive(self, name: str, formulas: list[Formula]) -> Entry:
        self._in_progress.append(name)
        try:
            assumed = self._assumed(name)
            if assumed is not None:
                return assumed
            computed = self._computed(name, formulas)
            if computed is not None:
                return computed
            return self._asked(name)
        finally:
            self._in_progress.pop()

    def _assumed(self, name: str) -> Entry | None:
        for assumption in self.environment.run.assumptions:
            if assumption.name == name:
                return Entry(name, assumption.value, _unit(name), assumption.place, assumption.origin)
        return None

    def _computed(self, name: str, formulas: list[Formula]) -> Entry | None:
        """Apply the first formula whose guard holds; join those whose guard is undecided.

        A result that is not a known number gives way to a later formula that knows (identities that hold everywhere come
        last), and to what was asked for if that is a known number.
        """
        candidates: list[tuple[Formula, Value]] = []
        undecided: tuple[str, ...] = ()
        best: Entry | None = None
        for formula in formulas:
            guard = Known(True) if formula.condition is None else self.evaluate(formula.condition)
            decided = truth(guard)
            if decided is False:
                continue
            value = self.evaluate(formula.expression)
            if decided is None:
                undecided = (*undecided, *missing_of(guard))
            candidates.append((formula, value))
            if decided is not True:
                continue
            entry = self._entry_of(name, candidates, undecided)
            if isinstance(entry.value, Known) and entry.value.value is not None:
                return entry
            best = best or (entry if not _is_nothing(entry.value) else None)
            candidates = []
        if best is None and candidates and undecided:
            asked = self._asked(name)
            formula = candidates[-1][0]
            best = self._entry_of(name, [*candidates, (formula, asked.value)], undecided)
        if best is not None and self._asked_is_known(name):
            return None
        return best

    def _asked_is_known(self, name: str) -> bool:
        asked = self._asked(name)
        return isinstance(asked.value, Known) and asked.origin not in ("", "framework-default")

    def _entry_of(self, name: str, candidates: list[tuple[Formula, Value]], undecided: tuple[str, ...]) -> Entry:
        formula, value = candidates[-1]
        if len(candidates) > 1:
            value = join(tuple(value for _, value in candidates))
            if isinstance(value, Unknown):
                value = Unknown(value.reason, tuple(dict.fromkeys((*value.missing, *undecided))))
        inputs = tuple(self.input(used) for used in names_in_order(formula.expression) if used != name)
        origin = "computed"
        if len(inputs) == 1 and formula.expression.text == inputs[0].quantity:
            origin = inputs[0].origin or origin
        return Entry(
            quantity=name,
            value=value,
            unit=_unit(name),
            place=next((used.place for used in inputs if used.place is not None), None),
            origin=origin,
            formula=formula.expression.text,
            substituted=substitute_text(formula.expression, self.value),
            inputs=inputs,
            missing=missing_of(value),
            reason=value.reason if isinstance(value, Unknown) else "",
        )

    def _asked(self, quantity: str) -> Entry:
        """Return what the user wrote or the framework assumes for a quantity; a symbol with bounds if neither."""
        environment = self.environment
        fallback: Entry | None = None
        for option in environment.framework.options:
            if option.quantity != quantity or not environment.in_force(option.versions):
                continue
            found = environment.lookup(option.name)
            if found is None or _is_unset_value(found.value, option.unset):
                continue
            entry = Entry(quantity, found.value, _unit(quantity), found.place, found.origin)
            if isinstance(found.value, Known) and found.value.value is None:
                continue
            if found.origin != "framework-default":
                return _named(entry)
            fallback = fallback or entry
        if fallback is not None:
            return _named(fallback)
        return _named(Entry(quantity, Unknown(), _unit(quantity)))


def _as_counted(entry: Entry, value: Value) -> Entry:
    """Put the machine's number in the place of a closed formula's, whose derivation stands if it came to the same."""
    if entry.formula and entry.value == value:
        return entry
    return Entry(entry.quantity, value, entry.unit, entry.place, "computed", COUNTED, inputs=entry.inputs)


def _named(entry: Entry) -> Entry:
    """Give a quantity that nothing is known about its own symbol, so that bounds and formulas still work."""
    value = entry.value
    if not isinstance(value, Unknown):
        return Entry(entry.quantity, value, entry.unit, entry.place, entry.origin, missing=missing_of(value))
    symbol = symbol_of(entry.quantity)
    reason = value.reason
    missing = (entry.quantity,)
    return Entry(entry.quantity, symbol, entry.unit, entry.place, entry.origin, missing=missing, reason=reason)


def symbol_of(quantity: str) -> Value:
    """Return the symbol that stands for a quantity nobody stated, with the bounds that hold for every run."""
    from epochlint.expressions.algebra import symbol

    about: Quantity | None = QUANTITIES.get(quantity)
    if about is None:
        return Unknown("", (quantity,))
    return Symbolic(symbol(quantity, about.unit, about.low, None, about.whole))


def _unit(quantity: str) -> Unit:
    about = QUANTITIES.get(quantity)
    return about.unit if about else Unit()


def _is_unset_value(value: Value, unset: tuple[object, ...]) -> bool:
    return isinstance(value, Known) and any(value.value == one and type(value.value) is type(one) for one in unset)


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None
