"""Units of training quantities: products of powers of a few base units, such as samples per micro-batch."""

from __future__ import annotations

from epochlint.records import record

BASE_UNITS = (
    "samples", "micro-batches", "steps", "epochs", "tokens", "evaluations", "ticks", "validation-batches",
    "processes", "environment-steps", "prompts", "seconds", "ratio", "flag",
)  # fmt: skip


@record
class Unit:
    """A product of base units with non-zero integer powers, sorted by name: `(("micro-batches", -1), ("samples", 1))`.

    A ratio (a pure number) is the empty product.
    """

    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Unit) -> Unit:
        return _combine(self, other, 1)

    def per(self, other: Unit) -> Unit:
        return _combine(self, other, -1)

    def __str__(self) -> str:
        above = " × ".join(name for name, power in self.powers for _ in range(power) if power > 0)
        below = " and ".join(_singular(name) for name, power in self.powers for _ in range(-power) if power < 0)
        if not below:
            return above or "ratio"
        return f"{above or '1'} per {below}"


RATIO = Unit()


def parse_unit(text: str) -> Unit:
    """Read `samples`, `samples/micro-batches`, `samples*epochs/steps`; a name that is no base unit is a ValueError."""
    powers: dict[str, int] = {}
    sign = 1
    for part in text.replace("/", " / ").replace("*", " * ").split():
        if part in "/*":
            sign = -1 if part == "/" else 1
            continue
        if part not in BASE_UNITS:
            raise ValueError(f"unknown unit {part!r}; one of {', '.join(BASE_UNITS)}")
        if part != "ratio":
            powers[part] = powers.get(part, 0) + sign
        sign = 1
    return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)))


def _combine(left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.powers)
    for name, power in right.powers:
        powers[name] = powers.get(name, 0) + sign * power
    return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)))


def _singular(name: str) -> str:
    if name.endswith("processes"):
        return name[:-2]
    if name.endswith("batches"):
        return name[:-2]
    return name.removesuffix("s")
