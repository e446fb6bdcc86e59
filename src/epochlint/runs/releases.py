"""Which release of a package a run has: from requirements and lock files beside the code, or from an assumption."""

from __future__ import annotations

from itertools import product

from epochlint.knowledge.catalogue import Framework
from epochlint.knowledge.versions import admits, boundaries
from epochlint.records import replace
from epochlint.runs.run import Pinned


def admitted(
    framework: Framework, pins: tuple[Pinned, ...], given: frozenset[str] = frozenset()
) -> tuple[dict[str, str], ...]:
    """Return the sets of releases to consider, the newest first: one if the packages are pinned, else each at which
    data differ.

    A formula may depend on several packages: the framework's own, and those that it extends, are told apart in all
    their releases; of the others only a pinned release is known. An option that came or went makes a difference only
    where it is `given`: then nobody who wrote it has a release that refuses it.
    """
    package = framework.package
    if not package:
        return ({},)
    pinned = {pin.package: pin.specifier for pin in pins}
    exactly = {name: _exact(specifier) for name, specifier in pinned.items() if _exact(specifier)}
    concerning = _concerning(framework, given)
    choices: dict[str, list[str]] = {}
    for name in (package, *(requirement.package for requirement in framework.requires)):
        releases = boundaries(concerning, name, pinned.get(name, ""))
        choices[name] = [exactly[name]] if name in exactly else list(dict.fromkeys(reversed(releases)))
    if not choices[package]:
        choices[package] = [framework.newest]
    if package not in exactly and framework.unknown_options == "raises":
        needed = _needed(framework, given)
        known = [release for release in choices[package] if _has_all(needed, release)]
        choices[package] = known or choices[package]
    named = {name: releases for name, releases in choices.items() if releases}
    return tuple(exactly | dict(zip(named, releases, strict=True)) for releases in product(*named.values()))


def newest(framework: Framework, pins: tuple[Pinned, ...], given: frozenset[str]) -> dict[str, str]:
    """Return the first of the `admitted` releases; the others are worked out only when a finding must hold in them
    too."""
    latest = {requirement.package: requirement.newest for requirement in framework.requires if requirement.newest}
    latest[framework.package] = framework.newest
    unpinned = bool(framework.package) and not any(pin.package in latest for pin in pins)
    if unpinned and (framework.unknown_options != "raises" or _has_all(_needed(framework, given), framework.newest)):
        return latest | {pin.package: _exact(pin.specifier) for pin in pins if _exact(pin.specifier)}
    return admitted(framework, pins, given)[0]


def _needed(framework: Framework, given: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return, for each option of the package that is given, the specifiers of the releases that have it."""
    versions: dict[str, set[str]] = {}
    for option in framework.options:
        if option.name in given:
            versions.setdefault(option.name, set()).add(dict(option.versions).get(framework.package, ""))
    return tuple({frozenset(specifiers) for specifiers in versions.values()})


def _has_all(needed: tuple[frozenset[str], ...], release: str) -> bool:
    """Tell whether a release knows every option that is `needed`."""
    return all(any(admits(specifier, release) for specifier in specifiers) for specifiers in needed)


def _exact(specifier: str) -> str:
    """Return the release of `==X`, without which nothing is pinned."""
    for part in specifier.split(","):
        if part.strip().startswith("==") and not part.strip().endswith("*"):
            return part.strip().lstrip("=").strip()
    return ""


def _concerning(framework: Framework, given: frozenset[str]) -> Framework:
    """Leave out the options whose coming or going cannot matter: not given, and the same in all releases that have
    them."""
    seen: set[str] = set()
    several: set[str] = set()
    for option in framework.options:
        (several if option.name in seen else seen).add(option.name)
    kept = tuple(
        option for option in framework.options if option.name in given or option.quantity or option.name in several
    )
    return replace(framework, options=kept)
