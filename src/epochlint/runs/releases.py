"""Which release of a package a run has: from requirements and lock files beside the code, or from an assumption."""

from __future__ import annotations

from epochlint.knowledge.catalogue import Framework
from epochlint.knowledge.versions import admits, boundaries
from epochlint.runs.run import Pinned


def admitted(framework: Framework, pins: tuple[Pinned, ...]) -> tuple[dict[str, str], ...]:
    """Return the sets of releases to consider, the newest first: one if the package is pinned, else each at which data differ.

    A formula may depend on several packages; those without a pin take their newest release of the catalogue.
    """
    package = framework.package
    if not package:
        return ({},)
    pinned = {pin.package: pin.specifier for pin in pins}
    others = {name: _exact(specifier) for name, specifier in pinned.items() if name != package and _exact(specifier)}
    exact = _exact(pinned.get(package, ""))
    if exact:
        return ({package: exact, **others},)
    releases = [release for release in boundaries(framework) if admits(pinned.get(package, ""), release)]
    ordered = list(dict.fromkeys([*reversed(releases)])) or [framework.newest]
    return tuple({package: release, **others} for release in ordered)


def _exact(specifier: str) -> str:
    """Return the release of `==X`, without which nothing is pinned."""
    for part in specifier.split(","):
        if part.strip().startswith("==") and not part.strip().endswith("*"):
            return part.strip().lstrip("=").strip()
    return ""
