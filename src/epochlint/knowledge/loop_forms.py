"""How a framework file describes what a run does: its loop, events, schedule, and the components that take part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.expressions.language import Expression, parse
from epochlint.knowledge.catalogue import ComponentSpec, EventSpec, LoopSpec, ScheduleUse, Stop
from epochlint.knowledge.option_forms import ignored, options, wheres
from epochlint.knowledge.quantities import COUNTERS
from epochlint.knowledge.shared_forms import refusals
from epochlint.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.datafile import Part
    from epochlint.knowledge.scope import Scope

# Policies that may be written as bare words: they are no names of formulas.
_PASS_ENDS = ("restart", "stop", "exhausted", "short_epoch")
_POSITIONS = ("reset", "kept")
_TAILS = ("step", "discard", "leak", "carry", "flush_at_run_end")
_EMPTY_EPOCHS = ("goes_on", "stops")
TICK = "t"  # in the size of a window that grows: what its table counts
_COUNTED = tuple(("name", name) for name in COUNTERS)
_CLOCKS = ("steps", "micro-batches", "micro-batches-of-epoch", "epochs", "samples", "ticks")


def loop(part: Part | None, scope: Scope, base: LoopSpec | None) -> LoopSpec | None:
    """Read the loop; what it leaves out is the parent's, else the plainest policy."""
    if part is None:
        return None
    base = base or LoopSpec(
        pass_batches=parse("micro_batches_per_epoch"),
        pass_end=_word("restart"),
        epoch_batches=None,
        position=_word("reset"),
        window_size=parse("1"),
        window_tail=_word("step"),
        stops=(),
    )
    counting = scope.inside(COUNTERS)
    one_pass, epoch, window = part.get("pass"), part.get("epoch"), part.get("window")
    changes = {
        "pass_batches": scope.optional(one_pass, "batches") if one_pass else None,
        "pass_end": _policy(one_pass.get("at_end"), _PASS_ENDS, scope) if one_pass else None,
        "epoch_batches": scope.optional(epoch, "batches") if epoch else None,
        "position": _policy(epoch.get("position"), _POSITIONS, scope) if epoch else None,
        "window_size": scope.inside((TICK,)).optional(window, "size") if window else None,
        "window_tail": _policy(window.get("tail"), _TAILS, scope) if window else None,
        "stops": tuple(_stop(stop, counting) for stop in part.each_of("stop")) or None,
        "order": part.words("order") or None,
        "samples": tuple((name, scope.formula(entry)) for name, entry in part.entries_of("samples")) or None,
        "by_formula": part.words("by_formula") or None,
        "endless": part.text("endless") or None,
        "window_by": window.text("by") or None if window else None,
        "window_start": scope.optional(window, "start") if window else None,
        "ends": scope.optional(part, "ends"),
        "window_until": scope.optional(window, "until") if window else None,
        "left_over": scope.optional(one_pass, "left_over") if one_pass else None,
        "rates": part.text("rates") or None,
        "empty_epoch": _policy(epoch.get("empty"), _EMPTY_EPOCHS, scope) if epoch else None,
    }
    return replace(base, **{name: value for name, value in changes.items() if value})


def _stop(part: Part, scope: Scope) -> Stop:
    """Read a stop; the loop machine needs a counter and its limit, other conditions may be joined by `and`."""
    when = scope.required(part, "when")
    tree = when.tree
    for one in tree[1:] if tree[0] == "and" else (tree,):
        if one[0] == "compare" and len(one) == 4 and one[1] in _COUNTED and one[2] in (">=", ">"):
            return Stop(part.text("after"), when)
    counters = " or ".join((", ".join(list(COUNTERS)[:-1]), list(COUNTERS)[-1]))
    raise (part.get("when") or part).error(f"should compare {counters} with a limit: steps >= max_steps")


def _policy(part: Part | None, words: tuple[str, ...], scope: Scope) -> Expression | None:
    """Read one of a few words, or a formula that gives one of them."""
    if part is None:
        return None
    return _word(part.value) if part.value in words else scope.formula(part)


def _word(text: str) -> Expression:
    return parse(f'"{text}"')


def events(part: Part | None, scope: Scope) -> Iterator[EventSpec]:
    for name, group in part.entries() if part is not None else ():
        for entry in group.each() if group.value else ():
            scope.options(entry.each_of("option"))
            yield EventSpec(
                event=name,
                clock=entry.text("clock"),
                every=scope.optional(entry, "every"),
                condition=scope.optional(entry, "if"),
                start=scope.optional(entry, "from"),
                offset=scope.optional(entry, "offset"),
                also=entry.words("also"),
                test=entry.text("test", "multiple"),
                limit=scope.optional(entry, "limit"),
                versions=entry.versions(),
                option=entry.text("option"),
                checked=entry.text("checked"),
                epochs=scope.optional(entry, "epochs"),
                at=scope.optional(entry, "at"),
                again=entry.flag("again"),
            )


def schedule_use(part: Part, scope: Scope) -> ScheduleUse:
    if part.get("names") is not None and part.get("option") is None:
        raise part.error("names need the option whose values they are")
    scope.options(inner for key in ("option", "object") for inner in part.each_of(key))
    return ScheduleUse(
        clock=_policy(part.get("clock"), _CLOCKS, scope) or _word("steps"),
        base=scope.optional(part, "base") or parse("learning_rate"),
        times=scope.optional(part, "times"),
        every=scope.optional(part, "every"),
        late=scope.optional(part, "late"),
        most=scope.optional(part, "most"),
        option=part.text("option"),
        names=tuple((value, str(inner.value)) for value, inner in part.entries_of("names")),
        object=part.text("object"),
        parameters=tuple((name, scope.formula(inner)) for name, inner in part.entries_of("parameters")),
        condition=scope.optional(part, "if"),
        versions=part.versions(),
    )


def component(name: str, part: Part, scope: Scope) -> ComponentSpec:
    own = tuple(options(part.get("options")))
    inner = scope.inside(known for option in own for known in (option.name, *option.aliases))
    return ComponentSpec(
        name=name,
        calls=part.words("calls"),
        types=part.words("types"),
        positional=part.words("positional"),
        where=wheres(part),
        options=own,
        events=tuple(events(part.get("events"), inner)),
        refusals=refusals(part.get("refuses"), inner),
        ignored=tuple(ignored(entry, inner) for entry in part.each_of("ignored")),
    )
