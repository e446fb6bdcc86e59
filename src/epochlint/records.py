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
    from typing import Any, TypeVar, dataclass_transform

    R = TypeVar("R")
else:

    def dataclass_transform(**_):
        return lambda decorator: decorator


_REQUIRED = object()
_store = object.__setattr__


class FrozenRecordError(AttributeError):
    """Somebody tried to change a record; use `replace` to make a changed copy."""


def _initialise(self: Any, *values: Any, **named: Any) -> None:
    fields: dict[str, Any] = self._fields
    if not named and len(values) == len(fields):  # a catalogue makes thousands of records in this way
        for name, value in zip(fields, values, strict=True):
            _store(self, name, value)
        return
    if len(values) > len(fields):
        raise TypeError(f"{type(self).__name__} takes {len(fields)} values, {len(values)} given")
    position = 0
    for name, default in fields.items():
        if position < len(values):
            value = values[position]
            position += 1
            if name in named:
                raise TypeError(f"{type(self).__name__} was given {name!r} twice")
        else:
            value = named.pop(name, default)
            if value is _REQUIRED:
                raise TypeError(f"{type(self).__name__} needs {name!r}")
        _store(self, name, value)
    if named:
        raise TypeError(f"{type(self).__name__} has no field {next(iter(named))!r}")


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
    """Turn an annotated class into a frozen record with slots, equality, hash and repr; defaults must be immutable."""
    namespace = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(getattr(base, "_fields", {}))
    own = namespace.get("__annotations__", {})
    for name in own:
        fields[name] = namespace.pop(name, _REQUIRED)
    namespace.update(
        __slots__=tuple(own),
        _fields=fields,
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
    made: type[R] = metaclass(cls.__name__, cls.__bases__, namespace)
    return made


def replace(original: R, **changes: Any) -> R:
    """Return a copy of a record with some fields changed."""
    fields: dict[str, Any] = original._fields  # type: ignore[attr-defined]
    values = {name: getattr(original, name) for name in fields}
    values.update(changes)
    return type(original)(**values)
