"""How a framework file says how runs are recognised, what they are made of, and what their options mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.knowledge.catalogue import Ignored, ObjectPath, Option, Override, Signature
from epochlint.knowledge.shared_forms import scalar, unit
from epochlint.knowledge.versions import cover_all
from epochlint.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.datafile import Part
    from epochlint.knowledge.scope import Scope


def signature(part: Part) -> Signature:
    keys = part.get("keys")
    if not part.words("calls") and keys is None and not part.flag("loop") and not part.words("programs"):
        raise part.error("should have calls, keys, programs or loop")
    return Signature(
        calls=part.words("calls"),
        arguments_any=part.words("arguments_any"),
        imports_any=part.words("imports_any"),
        keys_all=keys.words("all") if keys else (),
        keys_any=keys.words("any") if keys else (),
        keys_none=keys.words("none") if keys else (),
        kinds=part.words("kinds"),
        root=part.text("root"),
        positional=part.words("positional"),
        strict=part.flag("strict"),
        loop=part.flag("loop"),
        beside=part.words("beside"),
        partial=part.flag("partial"),
        flattened=part.flag("flattened"),
        words=part.words("words"),
        programs=part.words("programs"),
        where=wheres(part),
    )


def wheres(part: Part) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read `where: {ARGUMENT: [NAMES]}`."""
    where = part.get("where")
    return tuple((argument, where.words(argument)) for argument, _ in part.entries_of("where")) if where else ()


def object_path(name: str, part: Part, scope: Scope) -> ObjectPath:
    if isinstance(part.value, str):
        _path(part, scope)
        return ObjectPath(name, path=part.value)
    if isinstance(part.value, list):
        for one in part.each():
            _path(one, scope)
        paths = [str(one) for one in part.value]
        return ObjectPath(name, path=paths[0], others=tuple(paths[1:]))
    for key in ("path", "on", "escapes"):
        inner = part.get(key)
        if inner is not None:
            _path(inner, scope)
    for _, inner in part.entries_of("where"):
        _path(inner, scope)
    if not (part.words("calls") or part.text("path") or part.text("method") or part.text("escapes")):
        raise part.error("should have calls, method, path or escapes")
    return ObjectPath(
        name=name,
        path=part.text("path"),
        calls=part.words("calls"),
        where=tuple((argument, str(inner.value)) for argument, inner in part.entries_of("where")),
        on=part.text("on"),
        method=part.text("method"),
        positional=part.words("positional"),
        each=part.flag("each"),
        escapes=part.text("escapes"),
        trusted=part.words("trusted"),
    )


def _path(part: Part, scope: Scope) -> None:
    """Note that the first step of a path must be an object that is known."""
    head = str(part.value).partition(".")[0].removesuffix("[]")
    scope.named(part, head)


def options(part: Part | None) -> Iterator[Option]:
    for name, entry in part.entries() if part is not None else ():
        if entry.value is not None:
            for one in entry.each():
                yield _option(name, one)


def with_steadiness(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Mark the options that are told apart by release and yet mean the same in all: who asks for one of them need not
    know the release."""
    named: dict[str, list[Option]] = {}
    for option in options:
        named.setdefault(option.name, []).append(option)
    steady = {name for name, variants in named.items() if len(variants) > 1 and _are_steady(variants)}
    return tuple(replace(option, steady=option.name in steady) for option in options)


def _are_steady(variants: list[Option]) -> bool:
    meanings = {repr((one.quantity, one.unit, one.has_default, one.default, one.unset, one.reads)) for one in variants}
    packages = {tuple(package for package, _ in one.versions) for one in variants}
    if len(meanings) > 1 or len(packages) > 1 or len(packages.pop()) != 1:
        return False
    return cover_all(specifier for one in variants for _, specifier in one.versions)


def _option(name: str, part: Part) -> Option:
    minimum, maximum = part.get("minimum"), part.get("maximum")
    return Option(
        name=name,
        types=part.words("type"),
        quantity=part.text("quantity"),
        about=part.text("about"),
        unit=unit(part.get("unit")),
        has_default="default" in part.value,
        default=scalar(part.value.get("default")),
        unset=scalar(part.value.get("unset", [])),  # type: ignore[arg-type]
        aliases=part.words("aliases"),
        minimum=minimum.value if minimum else None,
        maximum=maximum.value if maximum else None,
        choices=scalar(part.value.get("choices", [])),  # type: ignore[arg-type]
        coerces=part.words("coerces"),
        versions=part.versions(),
        renamed_to=part.text("renamed_to"),
        reads=part.text("reads"),
        units=tuple((suffix, str(inner.value)) for suffix, inner in part.entries_of("units")),
        bare=part.text("bare"),
        description=part.text("description"),
    )


def override(part: Part, scope: Scope) -> Override:
    scope.options(inner for key in ("winner", "loser") for inner in part.each_of(key))
    return Override(
        winner=part.text("winner"),
        loser=part.text("loser"),
        when=scope.optional(part, "when"),
        versions=part.versions(),
        name=part.text("name"),
    )


def ignored(part: Part, scope: Scope) -> Ignored:
    scope.options(part.each_of("option"))
    scope.template(part.get("because"))
    scope.template(part.get("instead"))
    return Ignored(
        option=part.text("option"),
        when=scope.optional(part, "when"),
        because=part.text("because"),
        instead=part.text("instead"),
        versions=part.versions(),
    )
