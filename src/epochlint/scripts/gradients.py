"""What a training loop does to its gradients: when they are cleared, and whether the loss is scaled to an accumulated
step."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.counts import loops_of
from epochlint.scripts.facts import Gradients
from epochlint.scripts.library import role_of
from epochlint.scripts.scaling import divisions_of_loss, hands_loss_over
from epochlint.scripts.sites import place_of
from epochlint.scripts.syntax import walk
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Place
    from epochlint.scripts.accumulation import Window
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.nests import Nest
    from epochlint.scripts.recording import Branch, Call
    from epochlint.scripts.sites import Site


def gradients_of(machine: Machine, nest: Nest, window: Window) -> Gradients:
    """Return what is established about the gradients of a loop."""
    cleared, place = _cleared(machine, nest, window)
    backward = nest.backwards[-1] if nest.backwards else None
    return Gradients(
        cleared=cleared,
        clear_place=place_of(place.site) if place is not None else None,
        backward_place=place_of(backward.site) if backward is not None else None,
        step_place=place_of(nest.step.site) if not nest.stepless else None,
        window_place=_window_place(nest, window),
        scaled=_is_scaled(nest, window),
        loss_divisions=divisions_of_loss(nest, _names_of(nest, window)) if nest.backwards else 0,
        hands_loss_over=hands_loss_over(nest),
    )


def _window_place(nest: Nest, window: Window) -> Place | None:
    site = nest.micro.site if nest.micro is not None else window.branch.site if window.branch is not None else None
    return place_of(site)


# --- clearing --------------------------------------------------------------------------------------------------------


def _cleared(machine: Machine, nest: Nest, window: Window) -> tuple[str, Call | None]:
    """Tell what is wrong with where gradients are cleared ("" if nothing is), and the call that does it."""
    if nest.stepless or window.context is not None or _handles_gradients(nest):
        return "", None
    for call in nest.clears:
        if not _is_for_step(nest, call):
            continue
        wrong = _wrong_moment(nest, window, call)
        if wrong:
            return wrong, call
    if not nest.clears and not machine.gave_up and _is_never_cleared(machine, nest):
        return "never", nest.step
    return "", None


def _is_for_step(nest: Nest, call: Call) -> bool:
    """Tell whether a call clears the gradients with which the step is made."""
    if call.receiver is not None and call.receiver in nest.optimizers:
        return call.receiver is nest.step.receiver or len(nest.optimizers) == 1
    return len(nest.optimizers) <= 1


def _wrong_moment(nest: Nest, window: Window, call: Call) -> str:
    own = loops_of(nest.step.frames)
    loops = loops_of(call.frames)
    conditions = _conditions(nest, call)
    accumulates = window.size is not None and window.size.plain != 1
    if nest.micro is not None and loops == (*own, nest.micro) and not conditions and accumulates:
        return "every micro-batch"
    if loops != own:
        return ""
    if nest.micro is None and window.branch is not None and accumulates:
        if not conditions:
            return "every micro-batch"
        if len(conditions) == 1 and _same_moment(conditions[0], window.branch) and call.id < nest.step.id:
            return "before the step" if _after_backward(nest, call) else "all but the last"
        return ""
    if _conditions(nest, nest.step) == conditions and call.id < nest.step.id and _after_backward(nest, call):
        return "before the step"
    return ""


def _conditions(nest: Nest, call: Call) -> tuple[Branch, ...]:
    return tuple(one for one in nest.conditions(call) if one.kind != "rank")


def _after_backward(nest: Nest, call: Call) -> bool:
    """Tell whether the last backward pass of a round comes before a call, and none between it and the step."""
    before = [one for one in nest.backwards if one.id < call.id]
    between = [one for one in nest.backwards if call.id < one.id < nest.step.id]
    return bool(before) and not between


def _same_moment(one: Branch, other: Branch) -> bool:
    """Tell whether two conditions let the same rounds through."""
    if one is other:
        return True
    if one.kind != "every" or other.kind != "every" or one.options or other.options:
        return False
    same_counter = one.counter is other.counter or (
        isinstance(one.counter, Scalar)
        and isinstance(other.counter, Scalar)
        and one.counter.value == other.counter.value
    )
    if not same_counter or one.period is None or other.period is None:
        return False
    remainders = [branch.remainder.plain if branch.remainder is not None else 0 for branch in (one, other)]
    return one.period.value == other.period.value and one.offset == other.offset and remainders[0] == remainders[1]


def _is_never_cleared(machine: Machine, nest: Nest) -> bool:
    """Tell whether nothing in sight could clear the gradients of the optimizer that steps."""
    optimizer = nest.step.receiver
    if optimizer is None or role_of(machine, optimizer) != "optimizer" or nest.step.passed or not nest.backwards:
        return False
    calls = machine.recorder.calls
    if any(call.callee.rpartition(".")[2] == "zero_grad" for call in calls):
        return False
    given_on = [call for call in calls if any(one.datum is optimizer for one in call.passed)]
    return all(role_of(machine, call.result) == "scheduler" for call in given_on) and not _mentions_grad(machine, nest)


def _mentions_grad(machine: Machine, nest: Nest) -> bool:
    """Tell whether the source speaks of `.grad`: then it may clear gradients by hand."""
    del machine
    site = nest.step.site
    return not isinstance(site, tuple) or ".grad" in site[0].document.text or "zero_grad" in site[0].document.text


def _handles_gradients(nest: Nest) -> bool:
    """Tell whether the loop reads or writes `.grad` itself, and so may keep gradients elsewhere."""
    return any(isinstance(node, ast.Attribute) and node.attr == "grad" for node in _nodes(nest.loops[0].site))


_NODES_OF_A_TEST = 40  # of a condition, or of the head of a loop

# --- scaling ---------------------------------------------------------------------------------------------------------


def _is_scaled(nest: Nest, window: Window) -> bool | None:
    """Tell whether the loss of a micro-batch is divided by their number; None where that cannot be told.

    Only "no" is certain enough to be of use: nothing in the whole file divides or multiplies by the number of
    micro-batches
    or calls anything with it, and the loss itself is not divided by anything.
    """
    if window.size is None or window.size.plain == 1 or window.context is not None or nest.stepless:
        return None
    names = _names_of(nest, window)
    backward = nest.backwards[-1] if nest.backwards else None
    if not names or backward is None or not isinstance(backward.site, tuple):
        return None
    source = backward.site[0]
    tree = source.document.tree
    for node in walk(tree.body, into_definitions=True) if tree is not None else ():
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mult | ast.FloorDiv):
            if names & {_last_name(node.left), _last_name(node.right)} and isinstance(node.op, ast.Div | ast.Mult):
                return True
        elif (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, ast.Div | ast.Mult)
            and names & {_last_name(node.value)}
        ):
            return True
        elif isinstance(node, ast.Call) and _is_given(node, names):
            return None
    return None if _divides_loss(nest, backward) else False


def _names_of(nest: Nest, window: Window) -> set[str]:
    """Return how the source may name the number of micro-batches, or write it as a number."""
    size = window.size
    names = {size.label.rpartition(".")[2]} if size is not None and size.label else set()
    if size is not None and isinstance(size.plain, int):
        names.add(str(size.plain))
    site = nest.micro.site if nest.micro is not None else window.branch.site if window.branch is not None else None
    for node in _nodes(site)[:_NODES_OF_A_TEST]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            names.add(_last_name(node.right))
        elif isinstance(node, ast.Call) and _last_name(node.func) == "range" and node.args:
            names.add(_last_name(node.args[min(1, len(node.args) - 1)]))
    return names - {""}


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        return str(node.value)
    return ""


def _is_given(node: ast.Call, names: set[str]) -> bool:
    """Tell whether a call other than `range` and `print` is given the number, and may scale by it."""
    if _last_name(node.func) in ("range", "print", "int", "max", "min", "len", "add_argument"):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(_last_name(one) in names and not isinstance(one, ast.Constant) for one in given)


def _divides_loss(nest: Nest, backward: Call) -> bool:
    """Tell whether a value with the name of the loss is made by a division, or the gradients are touched afterwards."""
    call = backward.site[1] if isinstance(backward.site, tuple) else None
    if call is None or "/" in backward.receiver_name or any(isinstance(part, ast.BinOp) for part in walk([call])):
        return True
    loss = _last_name(call.func.value) if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
    for node in _nodes(nest.loops[0].site):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div | ast.Mult):
            return True
        if isinstance(node, ast.Assign) and any(_last_name(target) == loss for target in node.targets):
            divisions = [part for part in walk([node.value]) if isinstance(part, ast.BinOp)]
            if any(isinstance(part.op, ast.Div) for part in divisions):
                return True
        if isinstance(node, ast.Attribute) and node.attr == "grad":
            return True
    return False


def _nodes(site: Site) -> list[ast.AST]:
    return list(walk([site[1]])) if isinstance(site, tuple) else []
