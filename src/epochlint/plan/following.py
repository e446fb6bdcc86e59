"""Which learning-rate schedule a run follows, with which parameters, and the rate that this makes."""

from __future__ import annotations

from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.evaluate import evaluate, missing_of, truth
from epochlint.expressions.language import Expression, names_in_order
from epochlint.expressions.values import NONE, UNKNOWN, Known, Unknown, Value
from epochlint.knowledge.catalogue import Refusal, Schedule, ScheduleUse
from epochlint.plan.derivation import Derivation
from epochlint.plan.loop_policy import LoopResult, PolicyError
from epochlint.plan.plan import Rate
from epochlint.plan.rate_curves import AnyCurve, Composed, Curve
from epochlint.plan.rate_ticks import TickMap, TickPolicy
from epochlint.plan.rates import plan_rate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Following:
    """The schedule of one run."""

    def __init__(self, derivation: Derivation, result: LoopResult | None, whole: bool = True) -> None:
        self.derivation = derivation
        self.environment = derivation.environment
        self.result = result
        self.whole = whole  # False: of the loop only the number of optimizer steps is known

    def rate(self) -> Rate:
        """Return the learning rate over the run; what cannot be told is None, with the reason."""
        if self.result is None or self.result.timeline is None:
            return Rate(None, None, None, reason="the number of optimizer steps is not known")
        for use in self.environment.framework.schedules:
            held = self.derivation.holds(use.condition) if self.environment.in_force(use.versions) else False
            if held is None:
                return Rate(None, None, None, reason="which schedule is followed is not known")
            if held:
                return self._followed(use)
        return self._constant()

    def _constant(self) -> Rate:
        base = self.derivation.value("learning_rate")
        steps = (self.result.total_steps or 0) if self.result else 0
        moments = self.result.micro_batches if self.result and self._told() == "micro-batches" else steps
        if not moments:
            return Rate(None, None, None, reason="there is no optimizer step")
        if not isinstance(base, Known) or not isinstance(base.value, int | float):
            return Rate(None, None, None, reason="the learning rate is not known")
        rate = float(base.value)
        return Rate(rate, rate, rate, tuple((step, rate) for step in dict.fromkeys((1, steps)) if steps))

    def _told(self) -> str:
        """Return the moments whose rate is told; of a loop nothing is known of these are steps."""
        loop = self.environment.framework.loop
        return loop.rates if loop is not None and self.whole else "steps"

    def objections(self) -> Iterator[tuple[Refusal, bool | None, Component | None, dict[str, Value]]]:
        """Yield what the schedules in force refuse, with whether it must or may hold, where, and their parameters."""
        for use in self.environment.framework.schedules:
            held = self.derivation.holds(use.condition) if self.environment.in_force(use.versions) else False
            if held is False:
                continue
            for component in self.environment.components(use.object) if use.object else ():
                yield from self._objections_of(component, use, certain=held is True)

    def _objections_of(
        self, component: Component, use: ScheduleUse, certain: bool, inside: bool = False
    ) -> Iterator[tuple[Refusal, bool | None, Component | None, dict[str, Value]]]:
        for child in component.components:
            yield from self._objections_of(child, use, certain, inside=True)
        schedule = self._schedule_of(component)
        if schedule is None:
            return
        values = dict(_with_defaults(schedule, self._given(component)))
        values["ticks"] = UNKNOWN if inside else self._ticks(use)
        names = Names(values, schedule)
        for refusal in schedule.refusals:
            held = truth(evaluate(refusal.when, names.value, {}, trigonometry=True))
            if held is None and refusal.phase == "train" and "ticks" in names_in_order(refusal.when) and inside:
                continue
            if held is not False:
                yield refusal, held if certain else None, component, {**values, **names.computed}

    def _ticks(self, use: ScheduleUse) -> Value:
        """Return how often the scheduler is stepped in the whole run."""
        clock = self.derivation.evaluate(use.clock)
        if self.result is None or self.result.timeline is None or not isinstance(clock, Known):
            return UNKNOWN
        try:
            return Known(TickMap(self._policy(use, str(clock.value)), self.result.timeline).total)
        except PolicyError:
            return UNKNOWN

    def _followed(self, use: ScheduleUse) -> Rate:
        base = self.derivation.evaluate(use.base)
        number = float(base.value) if isinstance(base, Known) and isinstance(base.value, int | float) else None
        curve = self._curve_by_object(use, number) if use.object else self._curve_by_name(use, number)
        if curve is None:
            return Rate(None, None, None, reason="the schedule is not known")
        clock = self.derivation.evaluate(use.clock)
        if isinstance(clock, Known) and clock.value != "steps" and self.result is not None and not self.whole:
            return Rate(None, None, None, reason="the length of an epoch is not known")
        if not isinstance(clock, Known) or not isinstance(clock.value, str):
            return Rate(None, None, None, reason=f"when the schedule moves depends on {', '.join(missing_of(clock))}")
        try:
            timeline = self.result.timeline if self.result else None
            return plan_rate(curve, self._policy(use, clock.value), timeline)
        except PolicyError as error:
            return Rate(None, None, None, reason=str(error))

    def _policy(self, use: ScheduleUse, clock: str) -> TickPolicy:
        times, every, late = self._count(use.times, 1), self._count(use.every, 1), self._count(use.late, 0)
        most = self._count(use.most, None)
        return TickPolicy(clock, times or 0, every or 0, late or 0, most, told=self._told())

    def _count(self, expression: Expression | None, otherwise: int | None) -> int | None:
        if expression is None:
            return otherwise
        value = self.derivation.evaluate(expression)
        if value == NONE:
            return otherwise
        if isinstance(value, Known) and isinstance(value.value, int):
            return value.value
        raise PolicyError(f"{expression.text} is not known")

    def _curve_by_name(self, use: ScheduleUse, base: float | None) -> AnyCurve | None:
        chosen = self.derivation.value(use.option)
        name = dict(use.names).get(str(chosen.value)) if isinstance(chosen, Known) else None
        if name is None:
            return None
        schedule = self.environment.catalogue.schedule(name)
        given = {parameter: self.derivation.evaluate(formula) for parameter, formula in use.parameters}
        return Curve(schedule, _with_defaults(schedule, given), base)

    def _curve_by_object(self, use: ScheduleUse, base: float | None) -> AnyCurve | None:
        component = self.environment.component(use.object)
        return self._curve_of(component, base, use) if component is not None else None

    def _curve_of(self, component: Component, base: float | None, use: ScheduleUse | None = None) -> AnyCurve | None:
        schedule = self._schedule_of(component)
        if schedule is None:
            return None
        given = self._given(component)
        if use is not None:
            given.update({name: self.derivation.evaluate(formula) for name, formula in use.parameters})
        if schedule.composition:
            return self._composed(schedule, component, given, base)
        return Curve(schedule, _with_defaults(schedule, given), base)

    def _given(self, component: Component) -> dict[str, Value]:
        """Return the parameters that are given, with what the plan knows in the place of symbols."""
        return {setting.option: self._settled(setting) for setting in component.settings}

    def _settled(self, setting: Setting) -> Value:
        parts = [self.environment.settle(part) for part in setting.parts]
        plain = tuple(part.value for part in parts if isinstance(part, Known))
        if parts and len(plain) == len(parts):
            return Known(plain)
        return self.environment.settle(setting.pairs or setting.value)

    def _composed(
        self, schedule: Schedule, component: Component, given: dict[str, Value], base: float | None
    ) -> AnyCurve | None:
        parts = [child for child in component.components if self._schedule_of(child) is not None]
        children = [self._curve_of(child, base) for child in parts]
        if not children or None in children:
            return None
        named = next((one.name for one in schedule.parameters if str(one.unit) == "ticks"), "")
        milestones = given.get(named, Known(()))
        if not isinstance(milestones, Known) or not isinstance(milestones.value, tuple):
            return None
        marks = tuple(float(mark) for mark in milestones.value if isinstance(mark, int | float))
        return Composed(schedule.composition, tuple(child for child in children if child is not None), marks)

    def _schedule_of(self, component: Component) -> Schedule | None:
        catalogue = self.environment.catalogue
        for name in component.types:
            for found in catalogue.schedules_for_call(name):
                return catalogue.schedule(found)
        return None


class Names:
    """The parameters of a schedule and what its file makes of them."""

    def __init__(self, values: dict[str, Value], schedule: Schedule) -> None:
        self._values = values
        self._formulas = {formula.quantity: formula.expression for formula in schedule.let}
        self.computed: dict[str, Value] = {}

    def value(self, name: str) -> Value:
        if name in self._values:
            return self._values[name]
        if name not in self.computed and name in self._formulas:
            self.computed[name] = UNKNOWN
            self.computed[name] = evaluate(self._formulas[name], self.value, {}, trigonometry=True)
        return self.computed.get(name, UNKNOWN)


def _with_defaults(schedule: Schedule, given: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    values = []
    for parameter in schedule.parameters:
        value = given.get(parameter.name)
        if value is None:
            missing = Unknown(f"{parameter.name} is not given")
            value = Known(parameter.default) if parameter.has_default else missing
        values.append((parameter.name, value))
    return tuple(values)
