"""What is known of a framework, as sections of rows: for `epochlint frameworks NAME` and for its page in the manual."""

from __future__ import annotations

from epochlint.records import record
from epochlint.reports.explain import without_braces
from epochlint.reports.numbers import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.expressions.language import Expression
    from epochlint.expressions.values import Scalar
    from epochlint.knowledge.catalogue import (
        ComponentSpec,
        EventSpec,
        Formula,
        Framework,
        Ignored,
        LoopSpec,
        Option,
        Refusal,
        Signature,
        Versions,
    )

    Row = tuple[str, ...]

RELEASES = "releases"


@record
class Section:
    """A heading over a table. The first `lead` columns are what one looks things up by; `code` are columns of code."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lead: int = 1
    code: frozenset[int] = frozenset({0})


def sections(framework: Framework) -> Iterator[Section]:
    """Yield all that is known of a framework but identities, which hold for every framework."""
    for section in _sections(framework):
        if section.rows:
            yield section


def identities(framework: Framework) -> Section:
    """Return the formulas that fill in what neither the framework nor the user tells."""
    own = framework.package
    return _formulas("Formulas that hold everywhere", (one for one in framework.plan if one.identity), own)


def _sections(framework: Framework) -> Iterator[Section]:
    own = framework.package
    recognised = tuple(row for signature in framework.signatures for row in _signature(signature))
    yield Section("Recognised by", ("by", "what"), recognised, code=frozenset({1}))
    yield _quantities("Options that state a quantity", (one for one in framework.options if one.quantity), own)
    columns = ("option", "takes", "default", RELEASES, "notes")
    others = _merged(columns, (_option(option, own) for option in framework.options if not option.quantity))
    yield Section("Other options", columns, others, code=frozenset({0, 2}))
    yield _formulas("Formulas", (one for one in framework.plan if not one.identity), own)
    yield _formulas("Names in formulas", framework.let, own)
    if framework.loop is not None:
        yield Section("Loop", ("policy", "value"), tuple(_loop(framework.loop)), code=frozenset({1}))
    yield _events("Events", framework.events, own)
    yield _schedules(framework)
    yield _overrides(framework)
    yield _ignored("Options without effect", framework.ignored, own)
    yield _refusals("Refuses", framework.refusals, own)
    for component in framework.components:
        yield from _component(component, own)


# --- recognition and options ----------------------------------------------------------------------------------------


def _signature(signature: Signature) -> Iterator[Row]:
    if signature.calls:
        yield "calls", ", ".join(signature.calls)
    if signature.keys_all or signature.keys_any:
        any_of = f"one of {', '.join(signature.keys_any)}" if signature.keys_any else ""
        yield "keys", "; ".join(part for part in (", ".join(signature.keys_all), any_of) if part)
    if signature.loop:
        yield "loops", "hand-written training loops"


def _quantities(heading: str, options: Iterable[Option], own: str) -> Section:
    columns = ("option", "quantity", "takes", "default", RELEASES, "notes")
    rows = _merged(columns, (_option(option, own, option.quantity) for option in options))
    return Section(heading, columns, rows, lead=2, code=frozenset({0, 1, 3}))


def _option(option: Option, own: str, *quantity: str) -> Row:
    default = literal(option.default) if option.has_default else ""
    return option.name, *quantity, _takes(option), default, releases(option.versions, own), "; ".join(_notes(option))


def _takes(option: Option) -> str:
    if option.choices:
        return f"one of {', '.join(literal(choice) for choice in option.choices)}"
    least = f"at least {number(option.minimum)}" if option.minimum is not None else ""
    most = f"at most {number(option.maximum)}" if option.maximum is not None else ""
    return ", ".join(part for part in (" or ".join(option.types), least, most) if part)


def _notes(option: Option) -> Iterator[str]:
    if option.description:
        yield option.description
    if option.unset:
        yield f"{' or '.join(literal(value) for value in option.unset)} means not given"
    if option.aliases:
        yield f"also {', '.join(option.aliases)}"
    if option.renamed_to:
        yield f"now {option.renamed_to}"
    if option.unit is not None and not option.quantity:
        yield f"in {option.unit}"
    if option.about:
        yield f"about {option.about}"
    if option.reads:
        yield f"names a file of {option.reads}"


# --- arithmetic ------------------------------------------------------------------------------------------------------


def _formulas(heading: str, formulas: Iterable[Formula], own: str) -> Section:
    columns = ("name", "formula", "if", RELEASES)
    rows = ((one.quantity, one.expression.text, _text(one.condition), releases(one.versions, own)) for one in formulas)
    return Section(heading, columns, _merged(columns, rows), code=frozenset({0, 1, 2}))


def _loop(loop: LoopSpec) -> Iterator[Row]:
    yield "micro-batches in a pass over the data", loop.pass_batches.text
    yield "when they run out", loop.pass_end.text
    if loop.epoch_batches is not None:
        yield "micro-batches in an epoch", loop.epoch_batches.text
    yield "a new epoch starts with position", loop.position.text
    yield "micro-batches in an optimizer step", loop.window_size.text
    yield "incomplete step at the end of an epoch", loop.window_tail.text
    for stop in loop.stops:
        yield f"stops after the {stop.after}", stop.when.text
    for name, expression in loop.samples:
        yield f"samples: {name}", expression.text
    if loop.order:
        yield "order within a step", ", ".join(loop.order)


def _events(heading: str, events: Iterable[EventSpec], own: str) -> Section:
    columns = ("event", "clock", "every", "also at", "from", "if", RELEASES)
    rows = (
        (
            event.event,
            event.clock,
            _text(event.every),
            ", ".join(event.also),
            _text(event.start),
            _text(event.condition),
            releases(event.versions, own),
        )
        for event in events
    )
    return Section(heading, columns, _merged(columns, rows), lead=2, code=frozenset({2, 4, 5}))


def _schedules(framework: Framework) -> Section:
    columns = ("schedule", "ticks with", "base", "if", RELEASES)
    rows: list[Row] = []
    for use in framework.schedules:
        rest = (use.clock.text, use.base.text, _text(use.condition), releases(use.versions, framework.package))
        names = [f"{use.option}={value}: {name}" for value, name in use.names]
        rows.extend((name, *rest) for name in names or [f"that of {use.object or use.option}"])
    return Section("Learning rate", columns, _merged(columns, rows), code=frozenset({1, 2, 3}))


def _overrides(framework: Framework) -> Section:
    columns = ("winner", "beats", "if", RELEASES)
    rows = (
        (one.winner, one.loser, _text(one.when), releases(one.versions, framework.package))
        for one in framework.overrides
    )
    return Section("Options that silently beat others", columns, _merged(columns, rows), 2, frozenset({0, 1, 2}))


def _ignored(heading: str, ignored: Iterable[Ignored], own: str) -> Section:
    columns = ("option", "because", "if", RELEASES)
    rows = ((one.option, without_braces(one.because), _text(one.when), releases(one.versions, own)) for one in ignored)
    return Section(heading, columns, _merged(columns, rows), code=frozenset({0, 2}))


def _refusals(heading: str, refusals: Iterable[Refusal], own: str) -> Section:
    columns = ("phase", "error", "message", "if", RELEASES)
    rows = (
        (one.phase, one.error, without_braces(one.message), one.when.text, releases(one.versions, own))
        for one in refusals
    )
    return Section(heading, columns, _merged(columns, rows), lead=2, code=frozenset({3}))


def _component(component: ComponentSpec, own: str) -> Iterator[Section]:
    title = f"{component.name} ({', '.join((*component.calls, *component.types))})"
    yield _quantities(title, component.options, own)
    yield _events(f"Events of {component.name}", component.events, own)
    yield _ignored(f"Options of {component.name} without effect", component.ignored, own)
    yield _refusals(f"{component.name} refuses", component.refusals, own)


# --- texts -----------------------------------------------------------------------------------------------------------


def literal(value: Scalar) -> str:
    """Return a value as a configuration file would have it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else number(value)


def releases(versions: Versions, own: str) -> str:
    """Return the releases that something is tied to; the framework's own package goes without saying."""
    return ", ".join(specifier if package == own else f"{package} {specifier}" for package, specifier in versions)


def _text(expression: Expression | None) -> str:
    return expression.text if expression is not None else ""


def _merged(columns: tuple[str, ...], rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows, those that differ only in their releases as one."""
    at = columns.index(RELEASES)
    found: dict[Row, list[str]] = {}
    for row in rows:
        found.setdefault((*row[:at], *row[at + 1 :]), []).append(row[at])
    return tuple(
        (*rest[:at], " or ".join(filter(None, tied)) if all(tied) else "", *rest[at:]) for rest, tied in found.items()
    )
