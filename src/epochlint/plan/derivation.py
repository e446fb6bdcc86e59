"""Deriving the quantities of a run: formulas first, then what was asked for, then a symbol with bounds.

Quantities depend on each other in both directions (steps from epochs, epochs from steps). A quantity that is needed
while it is being derived means what was asked for; what was computed under such a detour is not remembered.
"""

from __future__ import annotations

from epochlint.expressions.evaluate import evaluate, join, missing_of, truth
from epochlint.expressions.language import Expression, names_in_order, substitute_text
from epochlint.expressions.trees import walk
from epochlint.expressions.values import FALSE, TRUE, Known, Unknown, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.plan.entries import as_counted, is_last_word, is_number, is_unset_value, named, unit_of, with_symbol
from epochlint.plan.plan import Entry, Input
from epochlint.plan.settling import lone_symbol
from epochlint.records import derived, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.dialects.readings import Component
    from epochlint.knowledge.catalogue import Formula
    from epochlint.places import Place
    from epochlint.plan.environment import Environment
    from epochlint.plan.memory import Conditions

    Formulas: TypeAlias = dict[str, list[Formula]]
    Special: TypeAlias = dict[str, Callable[..., Value]]

COUNTED_QUANTITIES = frozenset({"total_steps", "total_micro_batches", "samples_seen", "epochs_run"})
LONGEST_HAND = 20  # private names that hand a number on to each other
LONGEST_FORMULA = 100  # characters; a longer one says more with names than with what stands behind them
SIZES = ("dataset_size", "eval_dataset_size")
SETTLING = (*SIZES, "world_size")
SETTLED = "settled symbols"  # the name under which the plans of a run share them
DEFAULT = "framework-default"
_ASKING = frozenset({"given", "written", "is_a", "asked"})  # functions of names, which do not take what these stand for


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
        framework = environment.framework
        self._formulas = derived(framework, "_formulas", lambda: _by_name(framework.plan))  # of all releases
        self._let = derived(framework, "_let", lambda: _by_name(framework.let))
        self._entries: dict[str, Entry] = {}
        self._relied_on: dict[str, Conditions] = {}  # by what is remembered in `_entries`
        self._machine_relied_on: Conditions = 0
        self._in_progress: list[str] = []
        self._detours: set[str] = set()
        self._counted: dict[str, Value] | None = None
        self._machine: Callable[[], dict[str, Value]] | None = None
        self.stands_for = self._settled()  # symbol of the script: the quantity that it is
        self._telling = {formula.quantity: formula.expression for formula in environment.framework.tells}
        environment.told = self._told

    def _settled(self) -> dict[str, str]:
        """Settle symbols, unless the plan of another release did where the same holds."""
        environment, memory = self.environment, self.environment.memory
        stands_for: dict[str, str]
        found = memory.recall(SETTLED, environment.installed)
        if found is not None:
            (stands_for, settled), relied_on = found
            environment.settled.update(settled)
            environment.relied_on |= relied_on
            return stands_for
        stands_for, relied_on = environment.listened(self._settle)
        memory.keep(SETTLED, (stands_for, environment.settled), relied_on, environment.installed)
        return stands_for

    def _settle(self) -> dict[str, str]:
        """Find the symbols that are the size of the data, and settle them where that size is assumed."""
        stands_for: dict[str, str] = {}
        for quantity in SETTLING:
            entry = self._applied(quantity, _proper(self._formulas, quantity))
            symbol = self._symbol_for(quantity, entry)
            if symbol is None or symbol == quantity:
                continue
            stands_for[symbol] = quantity
            known = self._assumed(quantity) or entry
            if known is not None and isinstance(known.value, Known) and isinstance(known.value.value, int):
                self.environment.settled[symbol] = known.value.value
        if self.environment.settled:
            self._entries.clear()
        return stands_for

    def _symbol_for(self, quantity: str, entry: Entry | None) -> str | None:
        """Return the symbol of the script that a quantity is: that of the formula that applies, or of another one."""
        symbol = lone_symbol(entry.value) if entry is not None else None
        if symbol is not None or quantity in SIZES:
            return symbol
        for formula in _proper(self._formulas, quantity):
            found = lone_symbol(self.evaluate(formula.expression)) if self._in_force(formula) else None
            if found:
                return found
        return None

    def _told(self, symbol: str) -> Value | None:
        """Return the number that the framework tells the script under the name of an API."""
        expression = self._telling.get(symbol)
        return self.evaluate(expression) if expression is not None else None

    def count_with(self, machine: Callable[[], dict[str, Value]]) -> None:
        """Let the loop machine count what it can, once a total is asked for: it knows better than any closed
        formula."""
        self._machine = machine

    def _machine_counts(self, quantity: str) -> Value | None:
        """Return what the machine counted; while it works, its own inputs come from formulas."""
        if quantity not in COUNTED_QUANTITIES or self._machine is None:
            return None
        if self._counted is None:
            self._counted = {}
            counted, self._machine_relied_on = self.environment.listened(self._machine)
            self._counted = counted
            for name in COUNTED_QUANTITIES:
                self._entries.pop(name, None)
        self.environment.relied_on |= self._machine_relied_on
        return self._counted.get(quantity)

    # --- what names mean ----------------------------------------------------------------------------------------------

    def value(self, name: str) -> Value:
        """Return what a name of a formula stands for."""
        return self._found(name).value

    def input(self, name: str) -> Input:
        found = self._found(name)
        return Input(name, found.value, found.place, found.origin) if isinstance(found, Entry) else found

    def _found(self, name: str) -> Entry | Input:
        if name in self._let and self._has_one_in_force(self._let[name]):
            if name not in self._in_progress:
                return self._private(name)
            self._detours.add(name)  # what is derived without it must not be remembered
        if name in QUANTITIES:
            return self.entry(name)
        found = self.environment.lookup(name)
        return found or Input(name, Unknown(f"{name} is not known here", (name,)), None, "")

    def _in_force(self, formula: Formula) -> bool:
        return self.environment.in_force(formula.versions)

    def _has_one_in_force(self, formulas: list[Formula]) -> bool:
        """Tell whether a name has a formula in this release; no release is asked for where one has no versions."""
        return not formulas[-1].versions or any(self._in_force(formula) for formula in formulas)

    def _private(self, name: str) -> Entry:
        """Return a `let` of the framework file, derived once unless it was needed for itself."""
        key = f"let {name}"
        return self._known(name, key) or self._remembered(name, key, lambda: self._derive(name, self._let))

    def _known(self, name: str, key: str) -> Entry | None:
        """Return what is remembered of a name."""
        entry = self._entries.get(name) or self._recalled(name, key)
        if entry is not None:
            self.environment.relied_on |= self._relied_on[name]
        return entry

    def _recalled(self, name: str, key: str) -> Entry | None:
        """Return what the plan of another release found out, if it holds here."""
        found = self.environment.memory.recall(key, self.environment.installed)
        if found is None:
            return None
        entry: Entry
        entry, relied_on = found
        self._entries[name], self._relied_on[name] = entry, relied_on
        return entry

    def _remembered(self, name: str, key: str, derive: Callable[[], Entry]) -> Entry:
        """Derive something, and remember it unless it was needed for itself; `key` is its name in the memory of all
        plans."""
        entry, relied_on = self.environment.listened(derive)
        self._detours.discard(name)
        if not self._detours:
            self._entries[name] = entry
            self._relied_on[name] = relied_on
            self.environment.memory.keep(key, entry, relied_on, self.environment.installed)
        return entry

    def evaluate(self, expression: Expression) -> Value:
        return evaluate(expression, self.value, self.special)

    def evaluate_at(self, expression: Expression, tick: int) -> Value:
        """Evaluate a formula over `t`."""
        return evaluate(expression, lambda name: Known(tick) if name == "t" else self.value(name), self.special)

    def handed_on(self, expression: Expression) -> str:
        """Return the name whose number a formula hands on, through private names and the side of a conditional that is
        taken, or divided to count it in another unit; "" where it is computed."""
        tree = expression.tree
        for _ in range(LONGEST_HAND):
            if tree[0] == "if":
                side = truth(evaluate(Expression("", tree[1]), self.value, self.special))
                if side is None:
                    return ""
                tree = tree[2] if side else tree[3]
                continue
            if tree[0] == "/":
                tree = tree[1]
                continue
            if tree[0] != "name":
                return ""
            name = str(tree[1])
            if name not in self._let or self.environment.setting(name) is not None:
                return name
            formula = next(
                (one for one in self._let[name] if self._in_force(one) and self.holds(one.condition) is not False), None
            )
            if formula is None or self.holds(formula.condition) is None:
                return ""
            tree = formula.expression.tree
        return ""

    def holds(self, condition: Expression | None) -> bool | None:
        """Return True if a condition must hold, False if it cannot, None if it may."""
        return True if condition is None else truth(self.evaluate(condition))

    def evaluate_for(self, component: Component | None, expression: Expression) -> Value:
        """Evaluate a formula of a component, if it is one's: its own options stand without a prefix."""
        if component is None:
            return self.evaluate(expression)

        def given(name: str) -> Value:
            own = component.setting(name)
            return self.environment.given(name) if own is None else Known(True)

        def is_a(name: str, *types: str) -> Value:
            return self.environment.own_is_a(component, name, *types)

        special = {**self.special, "given": given, "is_a": is_a}
        return evaluate(expression, lambda name: self.value_for(component, name), special)

    def value_for(self, component: Component | None, name: str) -> Value:
        """Return what a name of a formula of a component stands for: first its own options."""
        own = self.environment.own(component, name) if component is not None else None
        return own.value if own is not None else self.value(name)

    def holds_for(self, component: Component, condition: Expression | None) -> bool | None:
        return True if condition is None else truth(self.evaluate_for(component, condition))

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

    def suppliable(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return what a person could supply to settle these names: quantities and options, not symbols of the
        script."""
        known = (self.stands_for.get(name, name) for name in names)
        return tuple(dict.fromkeys(name for name in known if name in QUANTITIES or self.environment.option(name)))

    def asked(self, quantity: str) -> Value:
        """Return what was asked for, before the framework made anything of it."""
        return self._asked(quantity).value

    # --- quantities ---------------------------------------------------------------------------------------------------

    def entry(self, quantity: str) -> Entry:
        """Return a quantity with its derivation."""
        known = self._known(quantity, quantity)
        if known is not None:
            return known
        if quantity in self._in_progress:
            self._detours.add(quantity)
            return self._asked(quantity)
        return self._remembered(quantity, quantity, lambda: self._counted_or_derived(quantity))

    def _counted_or_derived(self, quantity: str) -> Entry:
        counted = self._machine_counts(quantity)
        entry = self._derive(quantity, self._formulas)
        if counted is not None and entry.origin not in ("assumed", "comment"):
            entry = as_counted(entry, counted)
        return entry

    def _derive(self, name: str, formulas: Formulas) -> Entry:
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
                return Entry(name, assumption.value, unit_of(name), assumption.place, assumption.origin)
        return None

    def _computed(self, name: str, formulas: Formulas) -> Entry | None:
        """Return what the framework's own formulas give, what was asked for, or what an identity gives: the first
        that is known.

        A formula that says `unknown(reason)` is the last word.
        If nothing is a known number the framework's own formula stands, then what was asked for, then the identity.
        """
        own = self._applied(name, _proper(formulas, name))
        if own is not None and (is_number(own.value) or is_last_word(own)):
            return own
        asked = self._asked(name)
        if own is None and is_number(asked.value) and asked.origin != DEFAULT:
            return asked
        filled = self._applied(name, [formula for formula in formulas.get(name, ()) if formula.identity])
        if filled is not None and (own is None or is_number(filled.value)):
            return filled if is_number(filled.value) or not is_number(asked.value) else asked
        return with_symbol(own) if own is not None and name in QUANTITIES else own

    def _applied(self, name: str, formulas: list[Formula]) -> Entry | None:
        """Apply the first formula whose guard holds; where a guard is undecided, join that branch and all later
        ones."""
        branches: list[tuple[Formula, Value]] = []
        undecided: tuple[str, ...] = ()
        for formula in formulas:
            guard = self._guard(formula)
            decided = truth(guard)
            if decided is False:
                continue
            branches.append((formula, self.evaluate(formula.expression)))
            if decided is True:
                return self._entry_of(name, branches, undecided)
            undecided = (*undecided, *missing_of(guard))
        if not branches:
            return None
        # No guard is sure to hold: the last branch is what there is without any formula.
        rest = self._asked(name).value if name in QUANTITIES else Unknown()
        return self._entry_of(name, [*branches, (branches[-1][0], rest)], undecided)

    def _guard(self, formula: Formula) -> Value:
        """Return the value of a formula's guard; false where the formula belongs to other releases.

        Where the guard costs nothing it is decided before the release is asked for: what cannot hold does not hold in
        any release, and the fewer releases can be told apart, the fewer have to be planned.
        """
        condition = formula.condition
        if condition is None:
            return TRUE if self._in_force(formula) else FALSE
        if formula.versions and not self._costs_nothing(condition):
            return self.evaluate(condition) if self._in_force(formula) else FALSE
        guard = self.evaluate(condition)
        return guard if truth(guard) is False or self._in_force(formula) else FALSE

    def _costs_nothing(self, condition: Expression) -> bool:
        """Tell whether a condition asks only for options, and for quantities whose number is known already."""
        names, _ = self._sources(condition)
        for name in names:
            entry = self._entries.get(name)
            if entry is None and (name in QUANTITIES or name in self._let):
                return False
            if entry is not None and not isinstance(entry.value, Known):
                return False
        return True

    def _entry_of(self, name: str, candidates: list[tuple[Formula, Value]], undecided: tuple[str, ...]) -> Entry:
        formula, value = candidates[-1]
        if len(candidates) > 1:
            value = join(tuple(value for _, value in candidates))
            if isinstance(value, Unknown):
                value = Unknown(value.reason, tuple(dict.fromkeys((*value.missing, *undecided))))
        origin, place = self._origin(formula.expression)
        return Entry(
            quantity=name,
            value=value,
            unit=unit_of(name),
            place=place,
            origin=origin,
            formula=formula.expression.text,
            missing=missing_of(value),
            reason=value.reason if isinstance(value, Unknown) else "",
            expression=formula.expression,
        )

    def _origin(self, expression: Expression) -> tuple[str, Place | None]:
        """Return where a formula's number comes from: from the one name it hands on, else it is computed from the
        first place."""
        names, asked = self._sources(expression)
        used = [*map(self.input, names), *map(self._asked_input, asked)]
        place = next((one.place for one in used if one.place is not None), None)
        handed_on = len(used) == 1 and expression.text == used[0].quantity
        return (used[0].origin or "computed") if handed_on else "computed", place

    def _sources(self, expression: Expression) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names that a formula takes the values of, and those of which it takes what was asked for."""
        return derived(expression, "_sources", lambda: _sources_of(expression))

    def _asked_input(self, quantity: str) -> Input:
        entry = self._asked(quantity)
        return Input(quantity, entry.value, entry.place, entry.origin)

    def explained(self, quantity: str) -> Entry:
        """Return a quantity with the formula in numbers and with its inputs, which only readers of a plan need."""
        entry = self.entry(quantity)
        if entry.expression is None or entry.substituted:
            return entry
        names = [name for name in names_in_order(entry.expression) if name != quantity]
        substituted = substitute_text(entry.expression, self.value)
        return replace(
            entry,
            inputs=tuple(self.input(name) for name in names),
            substituted=substituted if len(substituted) <= LONGEST_FORMULA else entry.formula,
        )

    def _asked(self, quantity: str) -> Entry:
        """Return what the user wrote or the framework assumes for a quantity; a symbol with bounds if neither."""
        environment = self.environment
        assumed = self._assumed(quantity)
        if assumed is not None:
            return assumed
        fallback: Entry | None = None
        for option in environment.framework.options:
            if option.quantity != quantity or not (option.steady or environment.in_force(option.versions)):
                continue
            found = environment.lookup(option.name)
            if found is None or is_unset_value(found.value, option.unset):
                continue
            entry = Entry(quantity, found.value, unit_of(quantity), found.place, found.origin)
            if isinstance(found.value, Known) and found.value.value is None:
                continue
            if found.origin != DEFAULT:
                return named(entry)
            fallback = fallback or entry
        if fallback is not None:
            return named(fallback)
        return named(Entry(quantity, Unknown(), unit_of(quantity)))


def _by_name(formulas: tuple[Formula, ...]) -> Formulas:
    found: Formulas = {}
    for formula in formulas:
        found.setdefault(formula.quantity, []).append(formula)
    return found


def _sources_of(expression: Expression) -> tuple[tuple[str, ...], tuple[str, ...]]:
    asked = tuple(str(node[2][1]) for node in walk(expression.tree) if node[:2] == ("call", "asked"))
    return names_in_order(expression, outside=_ASKING), asked


def _proper(formulas: Formulas, name: str) -> list[Formula]:
    """Return the formulas of a name that are the framework's own: no identities."""
    return [formula for formula in formulas.get(name, ()) if not formula.identity]
