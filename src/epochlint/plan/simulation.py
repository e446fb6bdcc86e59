"""From a framework's loop and event blocks to the loop machine: formulas become numbers, or the reason why they do
not."""

from __future__ import annotations

from epochlint.expressions.evaluate import missing_of, truth
from epochlint.expressions.trees import Expression
from epochlint.expressions.values import NONE, Known, Unknown, Value
from epochlint.plan.plan import Cadence, Occurrences, Outcome

# The loop machine is imported where its numbers are known: of most configurations nobody knows how large the data are.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.dialects.readings import Component
    from epochlint.knowledge.catalogue import EventSpec, LoopSpec, Stop
    from epochlint.plan.derivation import Derivation
    from epochlint.plan.event_policy import EventPolicy
    from epochlint.plan.loop_policy import LoopPolicy, LoopResult, StopAt


class NotKnownError(Exception):
    """A number of the loop is not known; `missing` names what would settle it, `reason` says why nothing would."""

    def __init__(self, what: str, missing: tuple[str, ...], reason: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.missing = missing
        self.reason = reason


class Simulation:
    """What the loop machine makes of one run."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.framework = derivation.environment.framework
        self.missing: tuple[str, ...] = ()
        self.result: LoopResult | None = self._run()

    def _run(self) -> LoopResult | None:
        spec = self.framework.loop
        if spec is None:
            return None
        try:
            policy = self._policy(spec)
        except NotKnownError as unknown:
            self.missing = unknown.missing
            return None
        from epochlint.plan.loop_policy import PolicyError
        from epochlint.plan.machine import run_loop

        try:
            return run_loop(policy)
        except PolicyError:
            return None

    def steps_alone(self) -> LoopResult | None:
        """Return a run of as many optimizer steps as formulas tell, where nothing else about the loop is known.

        It serves what goes by steps only: most evaluations, checkpoints and schedules.
        """
        total = self.derivation.value("total_steps")
        if (
            self.result is not None
            or not isinstance(total, Known)
            or not isinstance(total.value, int)
            or total.value < 0
        ):
            return None
        from epochlint.plan.loop_policy import LoopPolicy, StopAt
        from epochlint.plan.machine import run_loop

        return run_loop(LoopPolicy(None, stops=(StopAt("steps", total.value), StopAt("steps", total.value, "start"))))

    def totals(self) -> dict[str, Value]:
        """Return the quantities that the machine counted."""
        result = self.result
        if result is None:
            return {}
        counted = {
            "total_steps": result.total_steps,
            "total_micro_batches": result.micro_batches,
            "samples_seen": result.samples,
            "epochs_run": _whole(result.epochs_run),
        }
        by_formula = self.framework.loop.by_formula if self.framework.loop else ()
        return {name: Known(count) for name, count in counted.items() if count is not None and name not in by_formula}

    def outcome(self) -> Outcome:
        """Return how the run ends if nothing refuses it."""
        if self.result is None:
            ends = self.framework.loop.ends if self.framework.loop is not None else None
            if ends is not None and self.derivation.holds(ends) is True:
                return Outcome("completes")
            needs = ", ".join(self.derivation.suppliable(self.missing))
            return Outcome("unknown", reason=f"it depends on {needs}" if needs else "")
        if self.result.never_ends:
            return Outcome("never_ends", reason="nothing stops the loop")
        return Outcome("completes")

    # --- the loop -----------------------------------------------------------------------------------------------------

    def _policy(self, spec: LoopSpec) -> LoopPolicy:
        batches = self._number(spec.pass_batches)  # first: it is what most often is not known, and then all is said
        samples = dict(spec.samples)
        batch, last_batch, pass_samples, processes = self._samples(samples)
        from epochlint.plan.loop_policy import LoopPolicy

        return LoopPolicy(
            pass_batches=None if batches is None or batches == float("inf") else int(batches),
            pass_end=self._word(spec.pass_end),
            epoch_batches=self._count(spec.epoch_batches),
            position=self._word(spec.position),
            window=self._growing(spec.window_size, spec.window_until) or self._window(spec.window_size),
            tail=self._word(spec.window_tail),
            stops=tuple(self._stops(spec.stops)),
            batch=batch,
            last_batch=last_batch,
            processes=processes,
            pass_samples=pass_samples,
            first_epoch=self._count(samples.get("first_epoch")) or 0,
            window_by=spec.window_by,
            window_start=self._count(spec.window_start) or 0,
            left_over=self._count(spec.left_over) or 0,
            empty_epoch=self._word(spec.empty_epoch) if spec.empty_epoch else "goes_on",
        )

    def _stops(self, stops: tuple[Stop, ...]) -> Iterator[StopAt]:
        """Turn `guard and steps >= limit` into a limit of a counter, where the guard holds."""
        from epochlint.plan.loop_policy import StopAt

        for stop in stops:
            guards, counter, sign, limit = _limit_in(stop.when)
            held = [self.derivation.holds(guard) for guard in guards]
            if False in held:
                continue
            if None in held:
                undecided = next(guard for guard, one in zip(guards, held, strict=True) if one is None)
                raise NotKnownError(undecided.text, missing_of(self.derivation.evaluate(undecided)))
            value = self._number(limit)
            if value is None:
                continue
            yield StopAt(counter, value + (1 if sign == ">" else 0), stop.after, limit.text)

    def _growing(self, size: Expression, until: Expression | None) -> tuple[tuple[int, int], ...]:
        """Return the table of a window whose size is a formula over `t` that never falls; () where it does not
        grow."""
        end = self._count(until)
        if not end:
            return ()
        from epochlint.plan.ramps import table_of

        return table_of(lambda tick: self._whole_at(size, tick), end)

    def _whole_at(self, expression: Expression, tick: int) -> int:
        value = self.derivation.evaluate_at(expression, tick)
        if isinstance(value, Known) and isinstance(value.value, int | float):
            return int(value.value)
        raise NotKnownError(expression.text, missing_of(value))

    def _window(self, expression: Expression) -> int | tuple[tuple[int, int], ...]:
        value = self.derivation.evaluate_at(expression, 0)
        if isinstance(value, Known) and isinstance(value.value, tuple):
            rows = [row for row in value.value if isinstance(row, tuple) and len(row) == 2]
            return tuple(
                (int(count), int(size)) for count, size in rows if isinstance(count, int) and isinstance(size, int)
            )
        return self._whole_at(expression, 0) or 1

    # --- events -------------------------------------------------------------------------------------------------------

    def specs(self) -> Iterator[tuple[EventSpec, Component | None, bool | None]]:
        """Yield the events in force, of the framework and of each component, with whether they must or may happen."""
        run = self.derivation.environment.run
        for event in self.framework.events:
            yield from self._in_force(event, None)
        for component in run.components:
            spec = self.derivation.environment.spec(component.kind)
            for event in spec.events if spec else ():
                yield from self._in_force(event, component)

    def _in_force(
        self, event: EventSpec, component: Component | None
    ) -> Iterator[tuple[EventSpec, Component | None, bool | None]]:
        if self.derivation.environment.in_force(event.versions):
            condition = event.condition
            held = True if condition is None else truth(self.derivation.evaluate_for(component, condition))
            if held is not False:
                yield event, component, held

    def events(self) -> tuple[tuple[str, Occurrences], ...]:
        """Return when evaluations, checkpoints and logs happen; an event that nothing speaks of never does."""
        names = dict.fromkeys(event.event for event in self.framework.events)
        for spec in self.framework.components:
            names.update(dict.fromkeys(event.event for event in spec.events))
        return tuple((name, self._occurrences(name)) for name in names)

    def _occurrences(self, name: str) -> Occurrences:
        certain: list[EventPolicy] = []
        possible: list[EventPolicy] = []
        undecided: Occurrences | None = None
        for event, component, held in self.specs():
            if event.event != name:
                continue
            try:
                policy = self._event(event, component)
            except NotKnownError as unknown:
                return self._unknown(unknown.missing, unknown.reason)
            (possible if held is None else certain).append(policy)
            if held is None and event.condition is not None:
                condition = self.derivation.evaluate_for(component, event.condition)
                undecided = undecided or self._unknown(missing_of(condition), event.condition.text)
        if undecided is not None and self._happen(possible).count != 0:
            return undecided
        return self._happen(certain)

    def _happen(self, policies: list[EventPolicy]) -> Occurrences:
        """Return when events of these policies happen in this run."""
        if not policies:
            return Occurrences(0)
        result = self.result or (self.steps_alone() if all(_goes_by_steps(one) for one in policies) else None)
        if result is None:
            return self._unknown(self.missing)
        from epochlint.plan.events import occurrences_of
        from epochlint.plan.loop_policy import PolicyError

        try:
            return occurrences_of(tuple(policies), result.timeline)
        except PolicyError as error:
            return Occurrences(None, reason=str(error))

    def _unknown(self, missing: tuple[str, ...], reason: str = "") -> Occurrences:
        return Occurrences(None, reason=_because(self.derivation.suppliable(missing), reason))

    def _event(self, event: EventSpec, component: Component | None) -> EventPolicy:
        from epochlint.plan.event_policy import EventPolicy

        return EventPolicy(
            clock=event.clock,
            every=self._number(event.every, component),
            start=self._number(event.start, component) or 0,
            offset=self._count(event.offset, component) or 0,
            also=event.also,
            test=event.test,
            limit=self._number(event.limit, component),
            checked=event.checked,
            epochs=self._count(event.epochs, component) or 1,
            at=self._list(event.at, component),
            again=event.again,
        )

    def cadences(self) -> tuple[Cadence, ...]:
        """Return how each event recurs, also where it is not known how often."""
        return tuple(self._cadence(event, component) for event, component, held in self.specs() if held is True)

    def _cadence(self, event: EventSpec, component: Component | None) -> Cadence:
        derivation = self.derivation
        setting = component.setting(event.option) if component else derivation.environment.setting(event.option)
        written = setting is not None if component else bool(event.option) and derivation.is_written(event.option)
        return Cadence(
            event=event.event,
            clock=event.clock,
            every=derivation.evaluate_for(component, event.every) if event.every else NONE,
            start=derivation.evaluate_for(component, event.start) if event.start else Known(0),
            also=event.also,
            place=(setting.place or setting.given_at) if setting else None,
            written=written,
            option=event.option,
            given_at=setting.given_at if setting else None,
        )

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _number(self, expression: Expression | None, component: Component | None = None) -> float | int | None:
        """Return the number of a formula, None for None; a NotKnownError where it is not known."""
        if expression is None:
            return None
        value = self.derivation.evaluate_for(component, expression)
        if value == NONE:
            return None
        if isinstance(value, Known) and isinstance(value.value, int | float):
            return value.value
        reason = value.reason if isinstance(value, Unknown) else ""
        raise NotKnownError(expression.text, missing_of(value), reason)

    def _count(self, expression: Expression | None, component: Component | None = None) -> int | None:
        number = self._number(expression, component)
        if number is None or number == float("inf"):
            return None
        if number != int(number):
            raise NotKnownError(expression.text if expression else "", ())
        return int(number)

    def _list(self, expression: Expression | None, component: Component | None) -> tuple[int, ...]:
        if expression is None:
            return ()
        value = self.derivation.evaluate_for(component, expression)
        if isinstance(value, Known) and isinstance(value.value, tuple):
            return tuple(item for item in value.value if isinstance(item, int))
        raise NotKnownError(expression.text, missing_of(value))

    def _samples(self, formulas: dict[str, Expression]) -> tuple[int | None, int | None, int | None, int]:
        """Return how many samples micro-batches have: batch, last batch, pass, processes.

        The machine can do without them, and where one is not known none is used: a last batch that nobody knows is not
        a whole one.
        """
        try:
            batch, last_batch, pass_samples, processes = (
                self._count(formulas.get(name)) for name in ("batch", "last_batch", "pass_samples", "processes")
            )
        except NotKnownError:
            return None, None, None, 1
        return batch, last_batch, pass_samples, 1 if processes is None else processes

    def _word(self, expression: Expression) -> str:
        value = self.derivation.evaluate(expression)
        if isinstance(value, Known) and isinstance(value.value, str):
            return value.value
        raise NotKnownError(expression.text, missing_of(value))


def _limit_in(condition: Expression) -> tuple[tuple[Expression, ...], str, str, Expression]:
    """Split a condition into its guards and the one comparison of a counter with its limit."""
    from epochlint.plan.loop_policy import COUNTERS

    parts = list(condition.tree[1:]) if condition.tree[0] == "and" else [condition.tree]
    for index, part in enumerate(parts):
        if part[0] == "compare" and part[1][0] == "name" and part[1][1] in COUNTERS and part[2] in (">=", ">"):
            guards = tuple(Expression(condition.text, other) for other in parts[:index] + parts[index + 1 :])
            return guards, part[1][1], part[2], Expression(condition.text, part[3])
    raise NotKnownError(condition.text, ())


def _goes_by_steps(event: EventPolicy) -> bool:
    return event.clock == "steps" and not event.checked and "epoch_end" not in event.also


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number


def _because(missing: tuple[str, ...], reason: str = "") -> str:
    if missing:
        return f"how often depends on {', '.join(missing)}"
    return f"how often is not known: {reason}" if reason else "how often is not known"
