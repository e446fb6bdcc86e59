"""What the user asked for: the configuration file, overruled by the command line."""

from __future__ import annotations

from epochlint.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    # A word with where it was given (`--select`, `pyproject.toml:12`), for the message if it turns out to be wrong.
    Given: TypeAlias = tuple[str, str]
    # Name, value as text, and where it was given.
    Assumed: TypeAlias = tuple[str, str, str]
    # Name, least, most, whether it must be given, why, and where that was said.
    Policy: TypeAlias = tuple[str, int | float | None, int | float | None, bool, str, str]


@record
class Options:
    """Everything that decides what is read, what is assumed and what is reported.

    `select` None: the rules' default set. Patterns of paths (in `exclude`, `per_file_ignores` and `per_file_assume`)
    count from the root of the project. `rule_packs` are folders with rules of the user's own. `config` is the file
    that was read, if any.
    """

    select: tuple[Given, ...] | None = None
    extend_select: tuple[Given, ...] = ()
    ignore: tuple[Given, ...] = ()
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    assume: tuple[Assumed, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[Given, ...]], ...] = ()
    per_file_assume: tuple[tuple[str, tuple[Assumed, ...]], ...] = ()
    fail_on: str = "warning"
    strict: bool = False
    show_notes: bool = False
    require_run: bool = False
    rule_packs: tuple[str, ...] = ()
    policies: tuple[Policy, ...] = ()
    framework: str = ""
    against: tuple[str, str] | None = None  # a package and the release with which plans are compared
    stdin_filename: str = ""
    config: str = ""

    def ignored_in(self, path: str) -> tuple[Given, ...]:
        """Return the words of `per-file-ignores` that count for a file, given by its path from the root."""
        if not self.per_file_ignores:
            return ()
        from epochlint.configuration.patterns import matches

        return tuple(word for pattern, words in self.per_file_ignores if matches(pattern, path) for word in words)

    def assumed_in(self, path: str) -> tuple[Assumed, ...]:
        """Return what is assumed for a file: the command line wins over `per-file-assume`, and that over `assume`."""
        if not self.per_file_assume:
            return _last_of_each_name(self.assume)
        from epochlint.configuration.patterns import matches

        own = [one for pattern, assumed in self.per_file_assume if matches(pattern, path) for one in assumed]
        return _last_of_each_name((*self.assume, *own))


def overruled(options: Options, assume: Iterable[Assumed] = (), **changes: Any) -> Options:
    """Return options as the command line changes them; a change to None is no change.

    `select` on the command line starts afresh: what the configuration selects and ignores no longer counts. Otherwise
    `ignore`, `extend_select` and `exclude` add to what the configuration says, and an assumption replaces those of
    the same name.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    if "select" in given:
        options = replace(options, extend_select=(), ignore=())
    for name in ("extend_select", "ignore", "exclude"):
        given[name] = (*getattr(options, name), *given.get(name, ()))
    said = _last_of_each_name(assume)
    names = {name for name, _, _ in said}
    given["assume"] = (*_without(options.assume, names), *said)
    given["per_file_assume"] = tuple((pattern, _without(own, names)) for pattern, own in options.per_file_assume)
    return replace(options, **given)


def _without(assumed: tuple[Assumed, ...], names: set[str]) -> tuple[Assumed, ...]:
    return tuple(one for one in assumed if one[0] not in names)


def _last_of_each_name(assumed: Iterable[Assumed]) -> tuple[Assumed, ...]:
    return tuple({name: (name, value, origin) for name, value, origin in assumed}.values())
