"""What kind of condition a branch has: every n-th round, the first or last one, a limit, one process, or just some
flag."""

from __future__ import annotations

from epochlint.expressions.values import Known
from epochlint.scripts.joining import same_value
from epochlint.scripts.operators import MIRRORED, OPPOSITE, is_counter, linear, truth
from epochlint.scripts.recording import Branch, Leaving
from epochlint.scripts.things import Datum, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine, Round
    from epochlint.scripts.sites import Site

# How people and frameworks call "this is the process that writes": a name that ends so and is true in one process only.
_ONE_PROCESS = (
    "main_process",
    "master_process",
    "is_main",
    "is_master",
    "rank_zero",
    "process_zero",
    "global_zero",
    "local_zero",
)


def flag(text: str, site: Site, held: bool | None, test: Datum | None = None) -> tuple[Branch, ...]:
    branch = Branch("flag", text, site, test)
    branch.held = held
    return (branch,)


def classify(test: Datum, site: Site, held: bool | None, positive: bool = True) -> tuple[Branch, ...]:
    """Return the frames of what runs if `test` is true (or, not `positive`, false); a conjunction is several frames."""
    frames = _classify(test, site, positive)
    if held is not None:
        for frame in frames:
            frame.held = held if frame.held is None else frame.held
    return frames


def _classify(test: Datum, site: Site, positive: bool) -> tuple[Branch, ...]:
    made = test.made if isinstance(test, Scalar) else None
    if made is None:
        return (_flag_or_rank(test, site, positive),)
    sign = made[0]
    if sign == "not":
        frames = _classify(made[1], made[2], not positive)
        if len(frames) == 1:
            frames[0].site, frames[0].test, frames[0].positive = site, test, positive
        return frames
    if sign in ("and", "or"):
        sides = [_part(part, where, positive) for part, where in zip(made[1], made[2], strict=True)]
        if (sign == "and") == positive:
            return tuple(frame for side in sides for frame in side)
        return (_any_of(sides, site, test, positive),)
    if sign in OPPOSITE:
        branch = _compared(sign if positive else OPPOSITE[sign], made[1], made[2])
    elif sign in ("%", "counter", "var"):
        branch = _compared("!=" if positive else "==", test, Scalar(Known(0), None))
    else:
        branch = None
    if branch is None:
        return (_flag_or_rank(test, site, positive),)
    branch.positive, branch.site, branch.test = positive, site, test
    return (branch,)


def _part(part: Datum, site: Site, positive: bool) -> tuple[Branch, ...]:
    """Classify one side of `and` or `or`; a side that is known to be true holds nothing back."""
    held = truth(part.value) if isinstance(part, Scalar) else None
    if held is not None and not positive:
        held = not held
    return classify(part, site, held, positive)


def _any_of(sides: list[tuple[Branch, ...]], site: Site, test: Datum, positive: bool) -> Branch:
    """Make one frame of a disjunction: it is of the kind of its most telling side, and keeps all of them as options."""
    options: list[Branch] = []
    for side in sides:
        if len(side) == 1:
            options.extend(side[0].options or side)
        else:
            options.append(Branch("flag", " and ".join(one.text for one in side), side[0].site))
    order = ("every", "last", "first", "limit", "rank", "flag")
    best = min(options, key=lambda one: order.index(one.kind))
    whole = Branch(best.kind, "", site, test, positive)
    whole.counter, whole.offset, whole.period, whole.remainder = best.counter, best.offset, best.period, best.remainder
    whole.limit, whole.sign = best.limit, best.sign
    whole.options = tuple(options)
    return whole


def _compared(sign: str, left: Datum, right: Datum) -> Branch | None:
    """Classify a comparison; None if it is just some condition."""
    if not isinstance(left, Scalar) or not isinstance(right, Scalar):
        return None
    for one, other, reads in ((left, right, sign), (right, left, MIRRORED.get(sign, ""))):
        if one.made is not None and one.made[0] == "%":
            return _every(reads, one.made[1], one.made[2], other)
    for one, other, reads in ((left, right, sign), (right, left, MIRRORED.get(sign, ""))):
        base, offset = linear(one)
        if is_counter(base) and not is_counter(linear(other)[0]):
            return _against(reads, base, offset, other)
    return None


def _every(sign: str, counted: Scalar, period: Scalar, remainder: Scalar) -> Branch | None:
    if sign != "==" or not isinstance(counted, Scalar) or not isinstance(period, Scalar):
        return None
    branch = Branch("every", "", None)
    branch.counter, branch.offset = linear(counted)
    branch.period, branch.remainder = period, remainder
    return branch


def _against(sign: str, counter: Scalar, offset: int, other: Scalar) -> Branch | None:
    """Classify a comparison of a counter with something that is none."""
    assert counter.made is not None
    loop = counter.made[1] if counter.made[0] == "var" else None
    if loop is not None and sign in ("==", "!=") and isinstance(other.value, Known):
        start = loop.start.value if isinstance(loop.start, Known) else None
        if type(start) is int and start + offset == other.value.value:
            return _round(counter, "first") if sign == "==" else None
    if loop is not None and sign in ("==", ">=") and _is_last(loop, offset, other):
        return _round(counter, "last")
    if sign not in ("<", "<=", ">", ">=", "=="):
        return None
    branch = Branch("limit", "", None)
    branch.counter, branch.offset, branch.limit, branch.sign = counter, offset, other, sign
    return branch


def _round(counter: Scalar, kind: str) -> Branch:
    branch = Branch(kind, "", None)
    branch.counter = counter
    return branch


def _is_last(loop: object, offset: int, other: Scalar) -> bool:
    """Tell whether `variable + offset == other` holds in the last round of a loop alone: its variable goes up to
    start + rounds - 1."""
    length = getattr(loop, "length", None)
    start = getattr(loop, "start", None)
    if length is None or not isinstance(start, Known) or not isinstance(start.value, int):
        return False
    base, more = linear(other)
    return offset - more == 1 - start.value and same_number(base, length)


def same_number(one: Datum, other: Datum) -> bool:
    """Tell whether two scalars are certain to be equal."""
    if one is other:
        return True
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return False
    if same_value(one.value, other.value):
        return True
    return bool(one.made and other.made and one.made[0] == other.made[0] == "len" and one.made[1] is other.made[1])


def _flag_or_rank(test: Datum, site: Site, positive: bool) -> Branch:
    kind = "rank" if positive and is_about_rank(test) else "flag"
    return Branch(kind, "", site, test, positive)


def is_about_rank(test: Datum) -> bool:
    """Tell whether a condition asks for one process of several: `rank == 0`, `accelerator.is_main_process`."""
    if isinstance(test, Scalar) and test.made is not None and test.made[0] == "not":
        return False
    if isinstance(test, Scalar) and test.made is not None and test.made[0] in ("==", "in"):
        names = [_last_name(side.text) for side in test.made[1:3] if isinstance(side, Datum)]
        return any(name.endswith("rank") for name in names)
    return _last_name(test.text).endswith(_ONE_PROCESS)


def _last_name(text: str) -> str:
    return text.partition("(")[0].rpartition(".")[2].strip().lower()


def note_exit(machine: Machine, loops: list[Round]) -> None:
    """Write down under which conditions a `break` or `return` leaves loops; it is one moment for all of them."""
    moment = machine.recorder.moment()
    for around in loops:
        _note_exit(machine, around, moment)


def _note_exit(machine: Machine, around: Round, moment: int) -> None:
    conditions = tuple(frame for frame in machine.frames[around.depth :] if isinstance(frame, Branch))
    if any(condition.held is False for condition in conditions):
        return
    open_conditions = tuple(condition for condition in conditions if condition.held is None)
    if not open_conditions:
        around.loop.always_breaks = True
        return
    ahead = tuple(ahead_of_counter(condition) for condition in open_conditions)
    around.loop.exits.append(Leaving(open_conditions, ahead, moment))


def ahead_of_counter(branch: Branch) -> int | None:
    """Return how much what a condition compares is ahead of its variable as that is now; None if nobody knows.

    `if step >= most` after `step += 1` compares the variable as it is now, `if step + 1 >= most` is one ahead, and a
    value that was kept from an earlier round is another number.
    """
    scalar = branch.counter
    if not isinstance(scalar, Scalar) or scalar.made is None or scalar.made[0] != "counter":
        return None
    slots, key = scalar.made[1].where
    base, offset = linear(slots.get(key))
    return branch.offset - offset if base is scalar else None
