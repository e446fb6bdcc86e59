"""Frozen records: what crosses from room to room.

A record behaves like a frozen, slotted dataclass, and type checkers treat it as one. It exists because `dataclasses`
costs a
commit hook more than all of our own work: importing it and compiling the generated methods of some eighty classes takes
longer than reading, planning and checking a configuration (`python -X importtime -c "import dataclasses"`; `python
benchmarks/startup.py` measures the whole).
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for true; importing `typing` alone costs as much as bare Python's start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, dataclass_transform

    R = TypeVar("R")
    T = TypeVar("T")
else:

    def dataclass_transform(**_):
        return lambda decorator: decorator


_REQUIRED = object()


class FrozenRecordError(AttributeError):
    """Somebody tried to change a record; use `replace` to make a changed copy."""


def _initialise(self: Any, *values: Any, **named: Any) -> None:
    stores = self._stores
    if named or len(values) != len(stores):
        values = _in_order(type(self), values, named)
    for store, value in zip(stores, values, strict=True):
        store(self, value)


def _in_order(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Return the values of all fields, of which some are given by place, some by name, and some not at all."""
    fields: dict[str, Any] = cls._fields
    names = cls.__match_args__
    if len(values) > len(names):
        raise TypeError(f"{cls.__name__} takes {len(names)} values, {len(values)} given")
    if not named and len(values) >= cls._required:
        return values + cls._defaults[len(values) :]  # type: ignore[no-any-return]
    ordered = list(values)
    for name in names[len(values) :]:
        value = named.pop(name, fields[name])
        if value is _REQUIRED:
            raise TypeError(f"{cls.__name__} needs {name!r}")
        ordered.append(value)
    if named:
        name = next(iter(named))
        raise TypeError(
            f"{cls.__name__} was given {name!r} twice" if name in fields else f"{cls.__name__} has no field {name!r}"
        )
    return tuple(ordered)


def _as_tuple(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self._fields])


def _equal(self: Any, other: object) -> bool:
    if type(self) is not type(other):
        return NotImplemented  # type: ignore[no-any-return]
    return _as_tuple(self) == _as_tuple(other)


def _hash(self: Any) -> int:
    return hash((type(self), _as_tuple(self)))


def _show(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._fields)})"


def _refuse(self: Any, name: str, *_: Any) -> None:
    raise FrozenRecordError(f"{type(self).__name__} is frozen: cannot change {name!r}")


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), _as_tuple(self)


@dataclass_transform(frozen_default=True)
def record(cls: type[R]) -> type[R]:
    """Turn an annotated class into a frozen record with slots, equality, hash and repr; defaults must be immutable.

    `_beside` names slots that are no fields: they hold what is worked out once from the fields (see `derived`).
    """
    namespace = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(getattr(base, "_fields", {}))
    own = namespace.get("__annotations__", {})
    for name in own:
        fields[name] = namespace.pop(name, _REQUIRED)
    defaults = tuple(fields.values())
    needed = [number for number, default in enumerate(defaults, start=1) if default is _REQUIRED]
    namespace.update(
        __slots__=(*own, *namespace.get("_beside", ())),
        _fields=fields,
        _defaults=defaults,
        _required=max(needed, default=0),
        __match_args__=tuple(fields),
        __init__=_initialise,
        __hash__=_hash,
        __setattr__=_refuse,
        __delattr__=_refuse,
        __reduce__=_reduce,
    )
    namespace.setdefault("__eq__", _equal)
    namespace.setdefault("__repr__", _show)
    metaclass: Any = type(cls)
    made: Any = metaclass(cls.__name__, cls.__bases__, namespace)
    made._stores = tuple([getattr(made, name).__set__ for name in fields])  # what a slot is written with
    return made  # type: ignore[no-any-return]


def derived(one: Any, slot: str, work: Callable[[], T]) -> T:
    """Return what is kept in a slot beside the fields of a record; worked out when it is first asked for."""
    try:
        return getattr(one, slot)  # type: ignore[no-any-return]
    except AttributeError:
        made = work()
        object.__setattr__(one, slot, made)
        return made


def replace(original: R, **changes: Any) -> R:
    """Return a copy of a record with some fields changed."""
    fields: dict[str, Any] = original._fields  # type: ignore[attr-defined]
    values = {name: getattr(original, name) for name in fields}
    values.update(changes)
    return type(original)(**values)
