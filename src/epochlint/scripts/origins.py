"""What numbers were made of: the names they go back to, and the factors they are products of."""

from __future__ import annotations

from epochlint.scripts.things import Datum, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.recording import Loop

DEEPEST = 30
# Functions that leave a number what it counts.
_ROUNDING = ("ceil", "floor", "round", "int", "abs", "float")


def leaves(scalar: Any, depth: int = 0) -> frozenset[Any]:
    """Return keys of everything that a number was made of; literals without a name are nothing."""
    if isinstance(scalar, tuple):
        return frozenset().union(*(leaves(part, depth + 1) for part in scalar))
    if not isinstance(scalar, Datum):
        return frozenset()
    found: set[Any] = set()
    if isinstance(scalar, Scalar):
        if scalar.key is not None:
            found.add(scalar.key)
        if scalar.made is not None and depth < DEEPEST:
            return frozenset(found).union(*(leaves(part, depth + 1) for part in scalar.made[1:]))
        if scalar.key is None and not scalar.known:
            found.add(id(scalar))
        return frozenset(found)
    return frozenset({id(scalar)})


def loops_behind(scalar: Any, depth: int = 0) -> bool:
    """Tell whether a number goes back to something that changes from round to round."""
    if isinstance(scalar, tuple):
        return any(loops_behind(part, depth + 1) for part in scalar)
    if not isinstance(scalar, Scalar) or scalar.made is None:
        return False
    if scalar.made[0] in ("var", "counter"):
        return True
    return depth < DEEPEST and any(loops_behind(part, depth + 1) for part in scalar.made[1:])


def variable_of(scalar: Any) -> Loop | None:
    """Return the loop whose variable a number is."""
    if isinstance(scalar, Scalar) and scalar.made is not None and scalar.made[0] == "var":
        return scalar.made[1]  # type: ignore[no-any-return]
    return None


def factors(scalar: Scalar) -> dict[Any, tuple[int, Scalar]]:
    """Return, by key, how often a named number is a factor of another (negative: a divisor), through any rounding."""
    found: dict[Any, tuple[int, Scalar]] = {}
    _collect(scalar, 1, found, 0)
    return {key: (power, one) for key, (power, one) in found.items() if power}


def _collect(scalar: Any, power: int, found: dict[Any, tuple[int, Scalar]], depth: int) -> None:
    if not isinstance(scalar, Scalar) or depth > DEEPEST:
        return
    made = scalar.made
    if made is not None and made[0] == "*" and len(made) == 3:
        _collect(made[1], power, found, depth + 1)
        _collect(made[2], power, found, depth + 1)
    elif made is not None and made[0] in ("/", "//") and len(made) == 3:
        _collect(made[1], power, found, depth + 1)
        _collect(made[2], -power, found, depth + 1)
    elif made is not None and made[0] in ("max", "min"):
        others = [part for part in made[1] if part.made is not None or not part.known]
        _collect(others[0] if len(others) == 1 else None, power, found, depth + 1)
    elif made is not None and made[0] in _ROUNDING:
        _collect(made[1], power, found, depth + 1)
    elif scalar.key is not None or not scalar.known:
        key = scalar.key if scalar.key is not None else id(scalar)
        found[key] = (found.get(key, (0, scalar))[0] + power, scalar)
