"""The types of library objects: a class and what it derives from, as the APIs' data tell."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine

DEEPEST_BASES = 6


def expand(machine: Machine, dotted: str, depth: int = 0) -> tuple[str, ...]:
    """Return a class of a library and the classes it derives from, nearest first."""
    names = [dotted]
    api = machine.apis.api(dotted) if dotted and depth < DEEPEST_BASES else None
    for base in api.bases if api is not None else ():
        names.extend(expand(machine, base, depth + 1))
    return tuple(dict.fromkeys(names))
