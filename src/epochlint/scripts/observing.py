"""What a script does that rules may be about by itself, whether or not a run is recognised in it."""

from __future__ import annotations

from epochlint.scripts.observed_lengths import lengths
from epochlint.scripts.observed_limits import limits_of_counters
from epochlint.scripts.observed_numbers import arguments, divisions, roundings
from epochlint.scripts.observed_recurrences import recurrences
from epochlint.scripts.observed_settings import configurations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.facts import Observation
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.training_loops import Found


def observations(machine: Machine, found: list[Found]) -> tuple[Observation, ...]:
    """Return what is observed, each kind in the order of the file."""
    return (
        *limits_of_counters(machine, found),
        *recurrences(machine, found),
        *arguments(machine),
        *roundings(machine),
        *divisions(machine),
        *lengths(machine),
        *configurations(machine),
    )
