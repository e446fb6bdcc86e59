"""What a number counts, judging from what it is made of: samples, micro-batches, steps or epochs.

A script gives most numbers a form over its own names: `epochs * len(rows) // batch_size`. The names that it passes to
options of a run
(`batch_size` as the size of a micro-batch) or that are the length of its data tell the unit of the whole. Equal
values tell nothing.
"""

from __future__ import annotations

from epochlint.checking.factors import rough
from epochlint.dialects.readings import Setting
from epochlint.expressions.units import Unit
from epochlint.expressions.values import NONE, Known, Symbolic, Unknown, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.plan.planning import Planned
from epochlint.plan.settling import lone_symbol
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.algebra import Symbol, Term

# Facts of a hand-written loop that are quantities of the run.
_OF_LOOP = {
    "loop.epochs": "epochs",
    "loop.window": "gradient_accumulation_steps",
    "loop.batches": "micro_batches_per_epoch",
    "loop.step_limit": "max_steps",
}
# Quantities that a symbol of the script may be the value of.
_VALUES = (
    "dataset_size",
    "micro_batch_size",
    "micro_batches_per_epoch",
    "steps_per_epoch",
    "gradient_accumulation_steps",
    "world_size",
)
_COUNTED = ("samples", "micro-batches", "steps", "epochs", "processes")


@record
class Made:
    """What a number counts, if that is clear.

    counts: samples, micro-batches, steps, epochs; "batch size" for samples per micro-batch or per step.
    `epochs` tells whether the number of epochs is a factor of it, `uses` which quantities it was made of.
    """

    counts: str
    epochs: bool
    uses: frozenset[str]


class Makings:
    """The forms of one run's numbers, in the vocabulary of quantities."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self._symbols: list[tuple[str, str, str]] | None = None  # symbol of the script, quantity, who says so

    def form(self, name: str) -> Value:
        """Return the form of the setting that states an option or a quantity, else the value of that name."""
        for option in self.planned.run.framework.options:
            if name in (option.name, option.quantity):
                setting = self.planned.environment.setting(option.name)
                if setting is not None:
                    return form_of(setting)
        own = self.planned.environment.lookup(f"{name}.form")
        return own.value if own is not None and own.value != NONE else self.planned.derivation.value(name)

    def made(self, form: Value, apart_from: str = "") -> Made | None:
        """Tell what a form counts; `apart_from` names the option in question, which says nothing about itself."""
        if not isinstance(form, Symbolic):
            return None
        found = [self._counted(part, apart_from) for part in _parts(rough(form.term))]
        told = [one for one in found if one is not None]
        if not told or len({one.counts for one in told}) != 1:
            return None
        if len(told) != len(found):
            return None
        return Made(told[0].counts, any(one.epochs for one in told), frozenset().union(*(one.uses for one in told)))

    def divisors(self, form: Value) -> frozenset[str]:
        """Return the quantities that each product of a form is divided by, and "" for divisors that are none."""
        if not isinstance(form, Symbolic):
            return frozenset()
        from epochlint.expressions.algebra import Symbol

        found: list[frozenset[str]] = []
        for part in _parts(rough(form.term)):
            ((monomial, _),) = part.parts.items()
            below = [atom for atom, power in monomial if power < 0 and isinstance(atom, Symbol)]
            found.append(frozenset(self._quantity_of(atom) for atom in below))
        unclear = frozenset({""}) if any("" in one for one in found) else frozenset()
        return frozenset.intersection(*found) | unclear if found else frozenset()

    def _quantity_of(self, symbol: Symbol, apart_from: str = "") -> str:
        """Return the quantity that a symbol is, "" if it is none or several.

        A symbol of the plan has the unit of its quantity; a variable of the script may be called the same, but that
        tells nothing.
        """
        if self._symbols is None:
            self._symbols = list(self._find())
        found = {quantity for name, quantity, said_by in self._symbols if name == symbol.name and said_by != apart_from}
        if found == {"micro_batches_per_epoch", "steps_per_epoch"}:
            found.discard("steps_per_epoch")  # the same where every micro-batch is a step
        if len(found) == 1:
            return found.pop()
        planned = QUANTITIES.get(symbol.name)
        return symbol.name if planned is not None and symbol.unit == planned.unit else ""

    def _find(self) -> list[tuple[str, str, str]]:
        planned = self.planned
        found = []
        for setting in planned.run.settings:
            option = planned.run.framework.option(setting.option)
            symbol = lone_symbol(form_of(setting))
            if option is not None and option.quantity and symbol is not None:
                found.append((symbol, option.quantity, setting.option))
        for fact, quantity in _OF_LOOP.items():
            for name in (f"{fact}.form", fact):
                known = planned.environment.lookup(name)
                symbol = lone_symbol(known.value) if known is not None else None
                if symbol is not None:
                    found.append((symbol, quantity, fact))
                    break
        for quantity in _VALUES:
            symbol = lone_symbol(planned.derivation.value(quantity))
            if symbol is not None and symbol != quantity:
                found.append((symbol, quantity, quantity))
        found.extend((symbol, quantity, quantity) for symbol, quantity in planned.derivation.stands_for.items())
        for formula in planned.run.framework.plan:
            tree = formula.expression.tree
            if formula.quantity == "dataset_size" and tree[0] == "name" and tree[1].endswith(".length"):
                known = planned.environment.lookup(tree[1] + "_if_any")
                symbol = lone_symbol(known.value) if known is not None else None
                if symbol is not None:
                    found.append((symbol, "dataset_size", "dataset_size"))
        return found

    def _counted(self, part: Term, apart_from: str) -> Made | None:
        """Tell what one product counts."""
        from epochlint.expressions.algebra import Symbol

        powers = dict.fromkeys(_COUNTED, 0)
        uses: set[str] = set()
        unclear = False
        ((monomial, coefficient),) = part.parts.items()
        for atom, power in monomial:
            quantity = self._quantity_of(atom, apart_from) if isinstance(atom, Symbol) else ""
            unit = QUANTITIES[quantity].unit if quantity else getattr(atom, "unit", None)
            if unit is None:
                if power < 0:
                    return None  # divided by who knows what
                unclear = True
                continue
            _multiply(powers, unit, power)
            if quantity:
                uses.add(quantity)
        divisors = self._divisors(coefficient)
        if getattr(coefficient, "denominator", 1) != 1 and not divisors:
            return None
        for quantity in divisors:
            _multiply(powers, QUANTITIES[quantity].unit, -1)
            uses.add(quantity)
        counts = _told(powers)
        if counts == "epochs" and unclear:
            return None  # epochs times something is hardly a number of epochs
        return Made(counts, "epochs" in uses, frozenset(uses)) if counts else None

    def _divisors(self, coefficient: object) -> tuple[str, ...]:
        """Return the quantities whose known value is what a literal number divides by: the 32 in `len(rows) / 32`."""
        top, bottom = getattr(coefficient, "numerator", 1), getattr(coefficient, "denominator", 1)
        if top != 1 or bottom == 1:
            return ()
        value = self.planned.derivation.value
        for names in (
            ("micro_batch_size",),
            ("gradient_accumulation_steps",),
            ("micro_batch_size", "gradient_accumulation_steps"),
        ):
            product = 1
            for name in names:
                known = value(name)
                product *= known.value if isinstance(known, Known) and isinstance(known.value, int) else 0
            if product == bottom:
                return names
        return ()


def form_of(setting: Setting) -> Value:
    """Return the form of a setting, its plain value where it has none; what nobody knows is a symbol by its name."""
    form = getattr(setting.source, "form", None)
    if form is None and isinstance(setting.value, Unknown) and setting.text.replace(".", "_").isidentifier():
        from epochlint.expressions.algebra import symbol

        return Symbolic(symbol(setting.text))
    return form if form is not None else setting.value


def _multiply(powers: dict[str, int], unit: Unit, power: int) -> None:
    for base, exponent in unit.powers:
        if base in powers:
            powers[base] += exponent * power


def _told(powers: dict[str, int]) -> str:
    """Name the unit of a product, without regard to epochs; "" where it is none of those that training counts."""
    main = {base: power for base, power in powers.items() if power and base not in ("epochs", "processes")}
    if not main:
        return "epochs" if powers["epochs"] == 1 else ""
    if len(main) == 1:
        base, power = next(iter(main.items()))
        return base if power == 1 else ""
    if main.get("samples") == 1 and set(main.values()) == {1, -1} and len(main) == 2:
        return "batch size"
    return ""


def _parts(term: Term) -> list[Term]:
    """Return the products of a sum, without its plain numbers."""
    from epochlint.expressions.algebra import Term

    return [Term({monomial: coefficient}) for monomial, coefficient in term.parts.items() if monomial]
