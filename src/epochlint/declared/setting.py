"""What this room gives: training settings that a file declares, whether or not a run is recognised in it."""

from __future__ import annotations

from epochlint.places import Place
from epochlint.records import record

GIVEN = "="  # begins what a call is given, among the names around its arguments


@record
class Named:
    """A name that is given a value. `how` is the form, as in `Declared`; `around` are the names of the sections that it
    stands in, the nearest first."""

    name: str
    how: str
    around: tuple[str, ...] = ()


@record
class Declared:
    """A training setting that is known by its name alone.

    `how` is the form: option (argparse and the like), field, parameter, constant, attribute, item, key, argument,
    command, condition (`step % 100 == 0`), loop. `text` is the expression where it is more than a number. `place` spans
    the name and the value.
    """

    quantity: str
    name: str
    value: int | float
    text: str
    place: Place
    origin: str
    how: str
