"""The learning-rate schedules of a run as subjects: how long they are, and how often they will really be moved."""

from __future__ import annotations

from epochlint.checking.factors import over
from epochlint.checking.made_of import Makings, form_of
from epochlint.checking.naming import unit_in_name
from epochlint.checking.standing import stands
from epochlint.checking.subject import Subject
from epochlint.dialects.readings import Component, Setting
from epochlint.dialects.schedule_formulas import evaluated, names_behind
from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.language import Expression
from epochlint.expressions.values import NONE, UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import Schedule, ScheduleUse
from epochlint.places import Place
from epochlint.plan.planning import Planned
from epochlint.plan.settling import lone_symbol
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

TICKS = "ticks"
TICKS_PER_EPOCH = "ticks per epoch"
_PER = {"steps": "step", "micro-batches": "micro-batch", "epochs": "epoch"}
_TOTALS = {"step": "total_steps", "micro-batch": "total_micro_batches", "epoch": "epochs_run"}
_LOOP_TOTALS = {"step": "loop.steps", "micro-batch": "loop.micro_batches", "epoch": "loop.epochs"}


@record
class Parameter:
    """A parameter of a schedule: its value, its form over the script's names, and where it is given."""

    value: Value
    form: Value
    place: Place | None = None
    text: str = ""
    option: str = ""
    written: bool = False
    overridable: bool = False
    given_at: Place | None = None


def schedules(planned: Planned) -> Iterator[Subject]:
    """Yield each schedule that the run follows for certain, with the schedules inside of it."""
    environment, derivation = planned.environment, planned.derivation
    makings = Makings(planned)
    for use in planned.run.framework.schedules:
        held = derivation.holds(use.condition) if environment.in_force(use.versions) else False
        if held is not True:
            continue
        if use.object:
            component = environment.component(use.object)
            if component is not None:
                yield from _of_object(planned, makings, use, component)
        else:
            yield from _of_option(planned, makings, use)


def _of_object(planned: Planned, makings: Makings, use: ScheduleUse, component: Component) -> Iterator[Subject]:
    schedule = _schedule_of(planned, component)
    if schedule is None:
        return
    given = {setting.option: _given(planned, setting) for setting in component.settings}
    for name, formula in use.parameters:
        given[name] = _by_formula(planned, formula)
    subject = _subject(planned, makings, use, schedule, given, component.place)
    if schedule.composition == "sequential":
        marks = given.get("milestones")
        _join_lengths(planned, makings, component, marks.value if marks is not None else UNKNOWN, subject)
    _compare(subject)
    yield subject


def _of_option(planned: Planned, makings: Makings, use: ScheduleUse) -> Iterator[Subject]:
    chosen = planned.derivation.value(use.option)
    name = dict(use.names).get(str(chosen.value)) if isinstance(chosen, Known) else None
    if name is None:
        return
    given = {parameter: _by_formula(planned, formula) for parameter, formula in use.parameters}
    setting = planned.environment.setting(use.option)
    place = stands(planned, setting) if setting is not None else None
    subject = _subject(planned, makings, use, planned.environment.catalogue.schedule(name), given, place)
    _compare(subject)
    yield subject


# --- parameters ------------------------------------------------------------------------------------------------------


def _given(planned: Planned, setting: Setting) -> Parameter:
    written = setting.origin not in ("framework-default", "inherited")
    computed = setting.origin == "computed" and setting.given_at is not None
    place = setting.given_at if computed else stands(planned, setting)
    value = planned.environment.settle(setting.value)
    return Parameter(
        value, form_of(setting), place, setting.text, setting.option, written, setting.overridable, setting.given_at
    )


def _by_formula(planned: Planned, formula: Expression) -> Parameter:
    """Return a parameter that the framework gives: the number that somebody wrote for it where it is handed on as it
    is."""
    value = planned.derivation.evaluate(formula)
    name = planned.derivation.handed_on(formula)
    if not name:
        return Parameter(value, value)
    owner = planned.environment.component(name.partition(".")[0])
    inner = owner.setting(name.partition(".")[2]) if owner is not None else None
    if inner is not None:
        return _given(planned, inner)
    used = planned.derivation.input(name)
    setting = planned.environment.setting(name)
    if setting is None:
        return Parameter(value, value, used.place, option=name)
    place = stands(planned, setting)
    direct = formula.tree == ("name", name) or setting.value == value
    number, form = (setting.value, form_of(setting)) if direct else (value, value)
    return Parameter(number, form, place, setting.text, name, True, setting.overridable)


def _default(schedule: Schedule, name: str) -> Parameter:
    for parameter in schedule.parameters:
        if parameter.name == name and parameter.has_default:
            return Parameter(Known(parameter.default), Known(parameter.default))
    return Parameter(Unknown(f"{name} is not given"), UNKNOWN)


# --- the subject -----------------------------------------------------------------------------------------------------


def _subject(
    planned: Planned,
    makings: Makings,
    use: ScheduleUse,
    schedule: Schedule,
    given: dict[str, Parameter],
    place: Place | None,
) -> Subject:
    subject = Subject(planned, f"schedule {schedule.name}")
    subject.add("schedule", Known(schedule.title), place)
    subject.add("schedule.name", Known(schedule.name))
    if use.object == "scheduler":
        subject.add("moved", Known(True), place)  # a hand-written loop shows where it moves its scheduler
    parameters = {one.name: given.get(one.name) or _default(schedule, one.name) for one in schedule.parameters}
    for name, parameter in parameters.items():
        subject.add(name, parameter.value, parameter.place, parameter.text)
    counted = _counted(schedule) if _ever_changes(schedule, parameters) else set()
    _add_length(makings, schedule, parameters, counted, subject)
    _add_marks(parameters, counted, subject)
    own = [parameters[name] for name in counted if parameters[name].written]
    subject.add("in_numbers", Known(bool(own) and all(isinstance(one.value, Known) for one in own)))
    rate = next((one for one in schedule.parameters if one.unit is not None and str(one.unit) == TICKS_PER_EPOCH), None)
    per_epoch = parameters[rate.name] if rate is not None and parameters[rate.name].written else None
    subject.add("ticks_per_epoch", per_epoch.value if per_epoch is not None else NONE)
    _add_warmup(parameters, counted, subject)
    capped = use.most is not None and planned.derivation.evaluate(use.most) != NONE
    subject.add("past_end", Known("holds") if capped else _past_end(schedule, parameters))
    subject.add("includes_warmup", Known(schedule.includes_warmup))
    subject.add("composition", Known(schedule.composition))
    per = _moved_per(planned, use)
    subject.add("per", Known(per) if per else UNKNOWN)
    subject.add("ticks", _ticks(planned, use, per))
    subject.add("ticks.overridable", Known(_is_overridable(planned)))
    subject.add("ticks.written", Known(_is_length_written(planned)))
    # Where the caller says at which tick the schedule is, the number of calls tells nothing.
    told = planned.environment.component("scheduler_step") if use.object == "scheduler" else None
    subject.add("told", Known(told is not None and bool(told.settings)))
    return subject


def _ever_changes(schedule: Schedule, parameters: dict[str, Parameter]) -> bool:
    """Tell whether the calls count: a form whose length is none, as a constant rate's, reads no number of calls."""
    values = {name: parameter.value for name, parameter in parameters.items()}
    return schedule.length is None or evaluated(schedule, schedule.length, values) != NONE


def _counted(schedule: Schedule) -> set[str]:
    """Return the parameters that count calls of the schedule."""
    return {one.name for one in schedule.parameters if one.unit is not None and str(one.unit) == TICKS}


def _add_length(
    makings: Makings,
    schedule: Schedule,
    parameters: dict[str, Parameter],
    counted: set[str],
    subject: Subject,
) -> None:
    """Add `length`, its form, and the parameter that gives it."""
    if schedule.length is None:
        subject.add("length", NONE)
        subject.add("length.form", NONE)
        subject.add("length.written", Known(False))
        return
    forms = {name: parameter.form for name, parameter in parameters.items()}
    values = {name: parameter.value for name, parameter in parameters.items()}
    form = evaluated(schedule, schedule.length, forms)
    named = [name for name in names_behind(schedule, schedule.length) if name in counted or name in parameters]
    givers = [parameters[name] for name in named if parameters[name].written]
    length = evaluated(schedule, schedule.length, values)
    # of several parameters, of which a formula takes one or the other, the one that the length really is
    alone = [one for one in givers if one.value == length]
    # the number of epochs is seldom what is wrong where somebody says how many ticks each has
    by_epoch = {one.name for one in schedule.parameters if one.unit is not None and "ticks" not in str(one.unit)}
    candidates = sorted(alone or givers, key=lambda one: one.option in by_epoch)
    symbolic = next((one for one in candidates if isinstance(one.form, Symbolic)), None)
    giver = symbolic or (candidates[0] if candidates else None)
    subject.add(
        "length",
        length,
        giver.place if giver else None,
        giver.text if giver else "",
    )
    subject.add("length.argument", length, giver.given_at if giver else None)
    subject.add("length.form", form)
    subject.add("length.written", Known(giver is not None))
    subject.add("length.option", Known(giver.option if giver else ""))
    subject.add("length.overridable", Known(any(one.overridable for one in givers)))
    subject.add("length.named", Known(unit_in_name(lone_symbol(giver.form) or giver.text) if giver else ""))
    made = makings.made(form)
    subject.add("length.counts", Known(made.counts if made else ""))
    subject.add("length.epochs", Known(made.epochs if made else False))
    divisors = makings.divisors(form) | makings.divisors(length)
    for quantity in ("micro_batch_size", "gradient_accumulation_steps", "world_size", "global_batch_size"):
        subject.add(f"length.divided_by.{quantity}", Known(quantity in divisors))
    subject.add("length.divided_by.something", Known("" in divisors))


def _add_marks(parameters: dict[str, Parameter], counted: set[str], subject: Subject) -> None:
    """Add `marks`, the ticks at which a list of milestones changes the rate."""
    for name in counted:
        value = parameters[name].value
        if isinstance(value, Known) and isinstance(value.value, tuple) and value.value:
            subject.add("marks", value, parameters[name].place, parameters[name].text)
            numbers = [one for one in value.value if isinstance(one, int | float) and not isinstance(one, bool)]
            complete = len(numbers) == len(value.value)
            subject.add("first_mark", Known(min(numbers)) if complete else UNKNOWN)
            subject.add("last_mark", Known(max(numbers)) if complete else UNKNOWN)
            fractions = [one for one in numbers if isinstance(one, float) and one != int(one)]
            subject.add("fraction", Known(fractions[0]) if fractions else NONE)
            return
    for name in ("marks", "first_mark", "last_mark", "fraction"):
        subject.add(name, NONE)


def _add_warmup(parameters: dict[str, Parameter], counted: set[str], subject: Subject) -> None:
    for name in counted:
        if "warmup" in name:
            parameter = parameters[name]
            subject.add("warmup", parameter.value, parameter.place, parameter.text)
            subject.add("warmup.written", Known(parameter.written))
            subject.add("warmup.option", Known(parameter.option))
            return
    subject.add("warmup", NONE)
    subject.add("warmup.written", Known(False))


def _past_end(schedule: Schedule, parameters: dict[str, Parameter]) -> Value:
    for formula in schedule.let:
        if formula.quantity == "past_end":
            return evaluated(schedule, formula.expression, {name: one.value for name, one in parameters.items()})
    return Known(schedule.past_end)


def _join_lengths(
    planned: Planned, makings: Makings, component: Component, milestones: Value, subject: Subject
) -> None:
    """Give a sequence the length that ends with its last part: the last milestone and the length of that part."""
    parts = [one for one in component.components if _schedule_of(planned, one) is not None]
    if not parts or not isinstance(milestones, Known) or not isinstance(milestones.value, tuple):
        return
    schedule = _schedule_of(planned, parts[-1])
    if schedule is None or schedule.length is None or len(milestones.value) != len(parts) - 1:
        return
    settings = {setting.option: _given(planned, setting) for setting in parts[-1].settings}
    parameters = {one.name: settings.get(one.name) or _default(schedule, one.name) for one in schedule.parameters}
    _add_length(makings, schedule, parameters, _counted(schedule), subject)
    for name in ("length", "length.form"):
        subject.add(name, _combined(subject.value(name), "+", Known(milestones.value[-1])))
    subject.add("past_end", _past_end(schedule, parameters))


def _moved_per(planned: Planned, use: ScheduleUse) -> str:
    """Tell once per what the schedule is moved; "" where that is not known."""
    told = planned.environment.lookup("scheduler.per") if use.object == "scheduler" else None
    if told is not None and isinstance(told.value, Known):
        return str(told.value.value) if told.value.value in _TOTALS else ""
    clock = planned.derivation.evaluate(use.clock)
    return _PER.get(str(clock.value), "") if isinstance(clock, Known) else ""


# --- ticks -----------------------------------------------------------------------------------------------------------


def _ticks(planned: Planned, use: ScheduleUse, per: str) -> Value:
    """Return how often the schedule is moved in the whole run."""
    told = planned.environment.lookup("scheduler.ticks") if use.object == "scheduler" else None
    if told is not None and not isinstance(told.value, Unknown):
        return told.value
    if not per:
        return UNKNOWN
    ticks = planned.derivation.value(_TOTALS[per])
    counted = planned.environment.lookup(_LOOP_TOTALS[per])
    if isinstance(ticks, Unknown) and counted is not None and counted.value != NONE:
        ticks = counted.value
    if (
        isinstance(ticks, Unknown)
        and per == "epoch"
        and counted is None
        and not planned.derivation.is_written("max_steps")
    ):
        ticks = planned.derivation.value("epochs")
    if (
        isinstance(ticks, Unknown)
        and per == "step"
        and counted is None
        and not planned.derivation.is_written("max_steps")
    ):
        ticks = _combined(planned.derivation.value("epochs"), "*", planned.derivation.value("steps_per_epoch"))
    for formula, sign in ((use.times, "*"), (use.every, "/"), (use.late, "-")):
        if formula is not None:
            ticks = _combined(ticks, sign, planned.derivation.evaluate(formula))
    return ticks


def _is_length_written(planned: Planned) -> bool:
    """Tell whether somebody wrote how long the run is: a framework's default is nobody's statement."""
    if planned.environment.lookup("loop.tail") is not None:
        return True
    return any(
        planned.derivation.is_written(name)
        for name in ("epochs", "max_steps", "max_samples", "max_tokens", "total_steps")
    )


def _is_overridable(planned: Planned) -> bool:
    """Tell whether a command line may still change how long the run is."""
    for setting in planned.run.settings:
        option = planned.run.framework.option(setting.option)
        if setting.overridable and option is not None and option.quantity in ("epochs", "max_steps", "steps_per_epoch"):
            return True
    found = planned.environment.lookup("loop.overridable")
    return found is not None and found.value == Known(True)


def _lengths_in(excess: Value) -> int:
    """Return 1 for a number that has the length of something as a factor, -1 for one that is divided by it, else 0."""
    if not isinstance(excess, Symbolic) or len(excess.term.parts) != 1:
        return 0
    from epochlint.expressions.algebra import Symbol

    ((monomial, _),) = excess.term.parts.items()
    signs = {power > 0 for atom, power in monomial if isinstance(atom, Symbol) and atom.name.startswith("len(")}
    return 0 if len(signs) != 1 else 1 if True in signs else -1


def _combined(left: Value, sign: str, right: Value) -> Value:
    if right == Known(1 if sign in "*/" else 0):
        return left
    values = {"left": left, "right": right}
    return evaluate(Expression("", (sign, ("name", "left"), ("name", "right"))), lambda name: values[name])


def _compare(subject: Subject) -> None:
    """Add `excess`, the length of the schedule over the ticks that happen, without rounding, where that is one
    product."""
    length, ticks = subject.value("length"), subject.value("ticks")
    subject.add("excess", over(length, ticks))
    subject.add("lengths_in", Known(_lengths_in(subject.value("excess"))))
    if isinstance(subject.value("per"), Unknown) and subject.value("ticks") == Known(0):
        subject.add("per", Known("never"))


def _schedule_of(planned: Planned, component: Component) -> Schedule | None:
    catalogue = planned.environment.catalogue
    for name in component.types:
        for found in catalogue.schedules_for_call(name):
            return catalogue.schedule(found)
    return None
