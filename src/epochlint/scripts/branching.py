"""Running the sides of a branch: each on its own, from the same state; then what they leave behind is joined."""

from __future__ import annotations

from epochlint.scripts.joining import join, join_slot
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import negation
from epochlint.scripts.recording import Branch
from epochlint.scripts.things import Opaque, OwnSlots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Choice, Datum, Slots
    from epochlint.scripts.trail import Writes

# What running both sides of a branch costs besides what is in them, in fuel.
COST = 4


class Side:
    """One side of a branch: the frames it runs under, and whether it is the one that is taken as far as the files
    tell."""

    __slots__ = ("branches", "held", "run", "silent")

    def __init__(
        self, branches: tuple[Branch, ...], run: Callable[[], bool], held: bool | None, *, silent: bool = False
    ) -> None:
        self.branches = branches
        self.run = run
        self.held = held
        self.silent = silent

    @property
    def text(self) -> str:
        return _in_words(self.branches)


class Fork:
    """A branch with its sides. Its names, by which alternatives tell one decision from another, are made when first
    needed."""

    __slots__ = ("machine", "names", "sides", "site", "test")

    def __init__(self, machine: Machine, sides: list[Side], test: Datum, site: Site) -> None:
        self.machine = machine
        self.sides = sides
        self.test = test
        self.site = site
        self.names: list[str] = []
        for index, side in enumerate(sides):
            side.branches[0].decision = lambda index=index: self.name(index)

    def name(self, index: int) -> str:
        if not self.names:
            self._name()
        return self.names[index]

    def _name(self) -> None:
        symbols, line = self.machine.symbols, line_of(self.site)
        first, *others = self.sides
        if len(others) == 1 and first.silent:
            name = symbols.condition(others[0].text, Opaque(self.site), line)
            self.names = [negation(name), name]
        elif len(others) == 1:
            name = symbols.condition(first.text, self.test, line)
            self.names = [name, negation(name)]
        else:
            self.names = [symbols.condition(side.text, Opaque(self.site), line) for side in self.sides]


def run_sides(machine: Machine, sides: list[Side], test: Datum, site: Site, names: list[str] | None = None) -> bool:
    """Run all sides; return whether the code after the branch is reached. `names` are of a decision made before."""
    machine.fuel -= COST
    fork = Fork(machine, sides, test, site)
    fork.names = names or []
    taken = next((side for side in sides if side.held), None)
    if taken is not None:
        return _run_taken(machine, taken, [side for side in sides if side is not taken])
    falling: list[tuple[int, Writes]] = []
    skipped = False  # by a continue or return: the rest of the block runs only under the other side's condition
    guards = []
    for index, side in enumerate(sides):
        before = _skippings(machine)
        writes, goes_on, inner = _try(machine, side)
        if goes_on:
            falling.append((index, writes))
            guards.append(inner)
        elif _skippings(machine) != before:
            skipped = True
    if not falling:
        return False
    _join(machine, fork, falling)
    if len(falling) == 1 and skipped and not sides[falling[0][0]].silent:
        machine.guards = (*sides[falling[0][0]].branches, *guards[0])
    elif any(guards):
        texts = " or ".join(_in_words(guard) for guard in guards if guard)
        machine.guards = (Branch("flag", texts, site),)
    return True


def each(machine: Machine, choice: Choice, site: Site, do: Callable[[Datum], Datum | None]) -> Datum:
    """Do something with each alternative of a choice as if on a branch of its own; return the join of what comes of
    it."""
    results: list[tuple[str, Datum]] = []

    def run(when: str, one: Datum) -> bool:
        result = do(one)
        left = machine.raised
        machine.raised = False
        if result is not None and not left:
            results.append((when, result))
        return not left

    sides = []
    for when, one in choice.alternatives:
        frames = (Branch("flag", when or f"it is {one.text}", site),)
        frames[0].alternative = True
        sides.append(Side(frames, lambda when=when, one=one: run(when, one), None))  # type: ignore[misc]
    guards = machine.guards
    names = [when for when, _ in choice.alternatives]
    if not run_sides(machine, sides, choice, site, names if all(names) else []):
        machine.raised = True
    machine.guards = guards
    return join(results, site) if results else Opaque(site)


def _try(machine: Machine, side: Side) -> tuple[Writes, bool, tuple[Branch, ...]]:
    """Run a side and take back what it wrote; return its writes, whether it falls through, and the guards it leaves."""
    outer, mark, born = machine.frames, machine.trail.mark, OwnSlots().born
    if not side.silent:
        machine.frames = (*outer, *side.branches)
    goes_on = side.run()
    machine.frames = outer
    guards, machine.guards = machine.guards, ()
    # Things made on this side are nobody else's: they stay as they are.
    writes = machine.trail.written_since(mark, born) if goes_on else {}
    machine.trail.undo(mark, born)
    return writes, goes_on, guards


def _join(machine: Machine, fork: Fork, falling: list[tuple[int, Writes]]) -> None:
    if len(falling) == 1:
        machine.trail.restore(falling[0][1])
        return
    if not any(writes for _, writes in falling):
        return

    def joined(slots: Slots, key: Any, values: list[Any]) -> Any:
        machine.fuel -= 1
        return join_slot(slots, values, [fork.name(index) for index, _ in falling], fork.site, key)

    machine.trail.join([writes for _, writes in falling], joined)


def _leavings(machine: Machine) -> tuple[int, int]:
    """Count the returns and continues so far."""
    activation = machine.activation
    return len(activation.exits), sum(len(around.continues) for around in activation.loops)


def _skippings(machine: Machine) -> int:
    """Count what skipped the rest of a block so far. A `return` in a loop ends the loop: no condition on the rest."""
    returns, continues = _leavings(machine)
    return continues if machine.activation.loops else returns + continues


def _in_words(branches: tuple[Branch, ...]) -> str:
    return " and ".join(branch.text for branch in branches)


def _run_taken(machine: Machine, taken: Side, others: list[Side]) -> bool:
    """Run the side that is taken unless somebody sets an option; the others are looked at, but leave nothing behind."""
    activation = machine.activation
    passing: list[Writes] = []
    for side in others:
        kept = (
            len(activation.exits),
            [(len(one.breaks), len(one.continues), len(one.loop.exits)) for one in activation.loops],
        )
        writes, goes_on, _ = _try(machine, side)
        if goes_on:
            passing.append(writes)
        del activation.exits[kept[0] :]
        for one, (breaks, continues, exits) in zip(activation.loops, kept[1], strict=True):
            del one.breaks[breaks:]
            del one.continues[continues:]
            del one.loop.exits[exits:]
    outer, before = machine.frames, _leavings(machine)
    mark = machine.trail.mark
    machine.frames = (*outer, *taken.branches)
    goes_on = taken.run()
    machine.frames = outer
    machine.guards = ()
    if goes_on or not passing:
        return goes_on
    if _leavings(machine) == before and not _broke(machine):
        # It raises: the option is one that has to be set. What follows is reached by the other side.
        machine.trail.undo(mark)
        machine.trail.restore(passing[0])
        return True
    if not activation.loops and not activation.shadow:
        # It returns. What follows is still looked at, for the calls in it, but cannot change the result.
        activation.shadow = (machine.trail.mark, len(activation.exits))
        machine.trail.restore(passing[0])
        return True
    return False


def _broke(machine: Machine) -> bool:
    loops = machine.activation.loops
    return bool(loops) and bool(loops[-1].breaks)
