"""Rule packs that are installed as packages: found by their entry point, and not imported."""

from __future__ import annotations

import os

from epochlint.errors import UsageError, did_you_mean

GROUP = "epochlint.rules"


def folder_of(name: str, origin: str) -> str:
    """Return the folder of the package that an entry point of this name points at.

    Its rule files are data; no code of the package is run, not even its `__init__`.
    """
    from importlib.metadata import entry_points

    installed = {point.name: point.value for point in entry_points(group=GROUP)}
    if name not in installed:
        known = f"installed are {', '.join(sorted(installed))}" if installed else "none is installed"
        raise UsageError(f"{origin}: there is no installed rule pack {name!r}{did_you_mean(name, installed)}; {known}")
    module = installed[name].partition(":")[0].strip()
    folder = _folder_of_module(module)
    if folder is None:
        raise UsageError(f"{origin}: the rule pack {name!r} names the package {module!r}, which has no folder")
    return folder


def _folder_of_module(module: str) -> str | None:
    """Return the folder of a package. Only the outermost is looked up: to find an inner one would import it."""
    from importlib.util import find_spec

    outermost, *inner = module.split(".")
    try:
        found = find_spec(outermost)
    except (ImportError, ValueError):
        return None
    for place in (found.submodule_search_locations or ()) if found is not None else ():
        folder = os.path.join(place, *inner)
        if os.path.isdir(folder):
            return folder
    return None
