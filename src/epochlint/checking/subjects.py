"""What rules are about: the run itself, its settings, overrides, intervals, refusals; each a set of names and
places."""

from __future__ import annotations

from epochlint.checking.made_of import Makings, form_of
from epochlint.checking.messages import fill
from epochlint.checking.naming import unit_in_name
from epochlint.checking.schedules import schedules
from epochlint.checking.standing import better
from epochlint.checking.subject import Subject
from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.language import Expression, names_in_order
from epochlint.expressions.values import NONE, UNKNOWN, Known, OneOf, Value
from epochlint.knowledge.catalogue import Formula, Ignored, Option, Override, Refusal
from epochlint.plan.plan import Cadence
from epochlint.plan.planning import Planned
from epochlint.plan.settling import lone_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from epochlint.checking.spelling import Spellings


def runs(planned: Planned) -> Iterator[Subject]:
    subject = Subject(planned, "run")
    subject.add_later("ends", lambda: Known(planned.simulation.outcome().kind))
    yield subject


def loops(planned: Planned) -> Iterator[Subject]:
    """Yield the hand-written loop of a run, if it is one; its facts are properties of the run."""
    if planned.environment.lookup("loop.tail") is not None:
        yield Subject(planned, "loop")


def overrides(planned: Planned) -> Iterator[Subject]:
    """Yield each pair of options, both given, of which one silently wins."""
    for override in planned.run.framework.overrides:
        winner, loser = (planned.environment.setting(name) for name in (override.winner, override.loser))
        if winner is None or loser is None or not _applies(planned, override):
            continue
        subject = Subject(planned, f"{override.winner}>{override.loser}")
        for name, setting in (("winner", winner), ("loser", loser)):
            subject.add_setting(name, setting)
            option = planned.run.framework.option(setting.option)
            subject.add(f"{name}.quantity", Known(option.quantity if option else ""))
        yield subject


def _applies(planned: Planned, override: Override) -> bool:
    return planned.environment.in_force(override.versions) and planned.derivation.holds(override.when) is True


def ignored(planned: Planned) -> Iterator[Subject]:
    """Yield each option that is given and has no effect."""
    framework = planned.run.framework
    for rule, setting in _ignored_settings(planned, framework.ignored):
        if planned.environment.in_force(rule.versions) and planned.derivation.holds(rule.when) is True:
            subject = Subject(planned, setting.option)
            subject.add_setting("option", setting)
            subject.add("condition.overridable", Known(_is_overridable(planned, rule.when)))
            subject.add("because", Known(fill(rule.because, subject)))
            subject.add("instead", Known(fill(rule.instead, subject)))
            option = framework.option(setting.option)
            subject.add("option.quantity", Known(option.quantity if option else ""))
            yield subject


def _is_overridable(planned: Planned, condition: Expression | None) -> bool:
    """Tell whether a command line may still change one of the options that a condition looks at."""
    formulas: dict[str, list[Formula]] = {}
    for formula in planned.run.framework.let:
        formulas.setdefault(formula.quantity, []).append(formula)
    waiting = list(names_in_order(condition)) if condition is not None else []
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        setting = planned.environment.setting(name)
        if setting is not None and setting.overridable:
            return True
        for formula in formulas.get(name, ()):
            parts = [formula.expression] if formula.condition is None else [formula.expression, formula.condition]
            waiting.extend(one for part in parts for one in names_in_order(part))
    return False


def _ignored_settings(planned: Planned, rules: tuple[Ignored, ...]) -> Iterator[tuple[Ignored, Setting]]:
    for rule in rules:
        setting = planned.environment.setting(rule.option)
        if setting is not None and planned.derivation.is_written(rule.option):
            yield rule, setting


def refusals(planned: Planned) -> Iterator[Subject]:
    """Yield what the framework is certain to refuse; of several refusals of the same option the first."""
    refused: set[str] = set()
    for objection in planned.objections():
        if objection.held is not True or not refused.isdisjoint(objection.refusal.options):
            continue
        refused.update(objection.refusal.options)
        subject = Subject(planned, objection.refusal.name)
        if objection.component is not None:
            subject.add_options(objection.component)
        for name, value in objection.values:
            if not subject.knows(name):
                subject.add(name, value)
        _add_refusal(subject, objection.refusal)
        subject.add("overridable", Known(_is_overridable(planned, objection.refusal.when)))
        yield subject


def _add_refusal(subject: Subject, refusal: Refusal) -> None:
    subject.add("refusal", Known(refusal.name))
    subject.add("told_by", Known(refusal.rule or None))
    subject.add("error", Known(refusal.error))
    subject.add("phase", Known(refusal.phase))
    subject.add("message", Known(fill(refusal.message, subject)))
    given = [(option, place) for option in refusal.options if (place := subject.place(option)) is not None]
    first, place = given[0] if given else (refusal.options[0] if refusal.options else "", None)
    subject.add("option", Known(first), place)
    for number, (option, place) in enumerate(given[1:], start=2):
        subject.add(f"option{number}", Known(option), place)


def settings(planned: Planned) -> Iterator[Subject]:
    """Yield every option that somebody wrote, of the run and of its components."""
    framework = planned.run.framework
    meant = _Meant(framework.options)
    for setting in planned.run.settings:
        yield _setting_subject(planned, setting, framework.option(setting.option), meant)
    for component in planned.run.components:
        spec = planned.environment.spec(component.kind)
        for setting in component.settings:
            option = next((option for option in spec.options if option.name == setting.option), None) if spec else None
            yield _setting_subject(planned, setting, option, _Meant(()), component)


def _setting_subject(
    planned: Planned,
    setting: Setting,
    option: Option | None,
    meant: _Meant,
    owner: Component | None = None,
) -> Subject:
    prefix = f"{owner.kind or owner.slot}." if owner else ""
    subject = Subject(planned, prefix + setting.option)
    subject.add("framework", Known(planned.run.framework.name))
    subject.add_setting("setting", setting)
    if setting.given_at is not None:
        subject.add("argument", setting.value, setting.given_at)
    subject.add("option", Known(prefix + setting.option), setting.given_at)
    subject.add("known_option", Known(option is not None or not meant.options))
    subject.add("quantity", Known(option.quantity if option else ""))
    subject.add("types", Known(option.types if option else ()))
    subject.add("coerced", Known(bool(option and "string" in option.coerces)))
    subject.add("file_kind", Known(setting.place.path.rpartition(".")[2] if setting.place else ""))
    quoted = bool(getattr(setting.source, "quoted", False))
    subject.add("quoted", Known(quoted), setting.place if quoted else None)
    form = form_of(setting)
    made = Makings(planned).made(form, apart_from=setting.option)
    subject.add("form", form)
    subject.add("counts", Known(made.counts if made else ""))
    subject.add("times_epochs", Known(made.epochs if made else False))
    subject.add("named", Known(unit_in_name(lone_symbol(form) or setting.text)))
    subject.add("python_type", Known(_python_type(setting)))
    suggestion = meant.by(setting.option) if option is None else NONE
    subject.add("suggestion", suggestion)
    hyphens = "-" in setting.option and suggestion == Known(setting.option.replace("-", "_"))
    subject.add("hyphenated", Known(hyphens))
    return subject


def _python_type(setting: Setting) -> str:
    if isinstance(setting.value, Known):
        return type(setting.value.value).__name__
    if not isinstance(setting.value, OneOf) and "/" in setting.text:
        from epochlint.checking.division import divides_truly

        if divides_truly(setting.text):
            return "float"
    return getattr(setting.source, "python_type", "")


class _Meant:
    """Which of the options of a framework a name stands for that is none of them."""

    def __init__(self, options: tuple[Option, ...]) -> None:
        self.options = options
        self._spellings: Spellings | None = None

    def by(self, name: str) -> Value:
        if not self.options:
            return NONE
        if self._spellings is None:
            from epochlint.checking.spelling import Spellings

            self._spellings = Spellings(known for option in self.options for known in (option.name, *option.aliases))
        return Known(self._spellings.meant_by(name))


def intervals(planned: Planned) -> Iterator[Subject]:
    """Yield how each event recurs, with the length of the run in the same clock."""
    for cadence in planned.simulation.cadences():
        subject = Subject(planned, cadence.event)
        subject.add("interval", cadence.every, better(planned, cadence.place, cadence.given_at))
        subject.add("option", Known(cadence.option), cadence.given_at)
        subject.add("event", Known(cadence.event))
        subject.add("clock", Known(cadence.clock))
        subject.add("start", cadence.start)
        subject.add("written", Known(cadence.written))
        subject.add("at_end", Known("run_end" in cadence.also))
        subject.add("length", _length(planned, cadence))
        yield subject


def _length(planned: Planned, cadence: Cadence) -> Value:
    """Return the length of the run in the clock of an event."""
    quantity = {"steps": "total_steps", "micro-batches": "total_micro_batches", "epochs": "epochs_run",
                "micro-batches-of-epoch": "micro_batches_per_epoch", "samples": "samples_seen"}  # fmt: skip
    return planned.derivation.value(quantity.get(cadence.clock, "total_steps"))


def components(planned: Planned) -> Iterator[Subject]:
    """Yield each callback, hook or scheduler; its own options stand without a prefix."""
    for component in planned.run.components:
        if not component.kind:
            continue
        subject = Subject(planned, component.kind)
        subject.add("component", Known(component.kind), component.place)
        subject.add("framework", Known(planned.run.framework.name))
        if any("patience" in setting.option for setting in component.settings):
            counts = {name: found.count for name, found in planned.simulation.events()}
            subject.add(
                "evaluations",
                Known(counts.get("evaluations") or 0) if counts.get("evaluations") is not None else UNKNOWN,
            )
        spec = planned.environment.spec(component.kind)
        for option in spec.options if spec else ():
            if option.has_default:
                subject.add(option.name, Known(option.default))
        subject.add_options(component)
        yield subject


def no_subjects(planned: Planned) -> Iterator[Subject]:
    """Yield nothing: these are made of more than the run, see `check_run`."""
    del planned
    yield from ()


CLAIM = "claim"  # read from documents
SUM = "sum"  # read from comments
POLICY = "policy"  # said by the configuration
SUBJECTS: dict[str, Callable[[Planned], Iterator[Subject]]] = {
    "run": runs,
    "override": overrides,
    "ignored": ignored,
    "refusal": refusals,
    "setting": settings,
    "interval": intervals,
    "component": components,
    "schedule": schedules,
    "loop": loops,
    CLAIM: no_subjects,
    SUM: no_subjects,
    POLICY: no_subjects,
}
