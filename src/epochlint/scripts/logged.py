"""Names of the metrics that an object logs in methods that nobody in the script calls: a framework calls them."""

from __future__ import annotations

from epochlint.scripts.containers import Mapping
from epochlint.scripts.things import Object, Scalar, constant, unknown_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call

EVERYWHERE = "logs"  # the property with the names of all methods; that of one method is `<method>_logs`
_SPLITS = ("on_step", "on_epoch")  # asked for both, a metric is logged under its name and under one for each


def note(machine: Machine, receiver: Object, method: str, first: int) -> None:
    """Make the names logged since call `first`, in a method of an object, properties of the object.

    A name that cannot be known makes the properties unknown: any name may be logged then.
    """
    names: list[str] = []
    complete = True
    for call in machine.recorder.calls[first:]:
        if call.receiver is not receiver or call.role != "logs":
            continue
        found = _names(call)
        complete = complete and found is not None
        names.extend(found or ())
    before = receiver.properties.get(EVERYWHERE, constant((), None))
    known = before.plain if isinstance(before, Scalar) else None
    if not complete or not isinstance(known, tuple):
        receiver.properties[EVERYWHERE] = unknown_scalar(None)
        return
    receiver.properties[f"{method}_logs"] = constant(tuple(names), None)
    receiver.properties[EVERYWHERE] = constant((*known, *names), None)


def _names(call: Call) -> tuple[str, ...] | None:
    logged = next((passed.datum for passed in call.passed if passed.name in ("name", "dictionary", "0")), None)
    if isinstance(logged, Mapping):
        names = tuple(key for key in logged.entries if isinstance(key, str)) if logged.complete else None
    else:
        plain = logged.plain if isinstance(logged, Scalar) else None
        names = (plain,) if isinstance(plain, str) else None
    if names is None or not any(passed.name in _SPLITS for passed in call.passed):
        return names
    return tuple(name + ending for name in names for ending in ("", "_step", "_epoch"))
