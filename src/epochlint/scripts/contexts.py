"""`with`: what is entered, and the frame it puts around what runs inside."""

from __future__ import annotations

from epochlint.scripts import files
from epochlint.scripts.callables import Bound, Function
from epochlint.scripts.properties import property_of
from epochlint.scripts.recording import Context
from epochlint.scripts.things import Datum, Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def enter(machine: Machine, value: Datum, site: Site) -> tuple[Datum, Context | None]:
    """Return what `with value as x` binds, and the frame of the context; None for a file."""
    if isinstance(value, files.File):
        return value, None
    entered = value
    if isinstance(value, Object) and value.cls is not None:
        own = value.cls.find("__enter__")
        if isinstance(own, Function):
            entered = machine.call(Bound(own, value, site), site)
    return entered, _frame(machine, value, site)


def _frame(machine: Machine, value: Datum, site: Site) -> Context:
    node = site[1] if isinstance(site, tuple) else None
    call = next(
        (one for one in reversed(machine.recorder.calls[-50:]) if isinstance(one.site, tuple) and one.site[1] is node),
        None,
    )
    if call is None:
        callee = value.types[0] if isinstance(value, Object) and value.types else value.text
        return Context(callee, value if isinstance(value, Object) else None, site)
    frame = Context(call.callee, call.receiver, site)
    frame.role = call.role
    if call.role == "accumulates":
        frame.window = property_of(machine, value, "window") if isinstance(value, Object) else None
        tail = property_of(machine, value, "tail") if isinstance(value, Object) else None
        frame.tail = tail.plain if isinstance(tail, Scalar) and isinstance(tail.plain, str) else ""
    return frame
