"""One way to look at what a script passes and what a configuration says: objects with named parts.

A framework file speaks of `run.callbacks[]` or `optimizer.learning_rate` and does not care whether these are arguments
of calls or keys of a mapping. A view hides the difference. What it is a view of has a module of its own (`node_views`,
`thing_views`, `loops`, `commands`), so that a configuration file is read without what scripts need.
"""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.expressions.values import Value
    from epochlint.places import Place
    from epochlint.scripts.facts import Thing
    from epochlint.sources.documents import Node

# How configuration files name the class of an object, and where its arguments are (beside the name, if empty).
INSTANTIATIONS = (("class_path", "init_args"), ("_target_", ""), ("_component_", ""), ("type", ""))


@record
class Written:
    """A scalar with its place, as a setting needs it."""

    value: Value
    place: Place | None
    given_at: Place | None
    origin: str
    text: str
    overridable: bool
    source: Thing | Node | None
    parts: tuple[Value, ...] = ()  # the elements of a list that are not all known


class View:
    """An object of a run: something with named parts, elements, a class and a place."""

    place: Place

    def part(self, name: str) -> View | None:
        """Return the argument, key or attribute `name`, or None where it is not given."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...]:
        raise NotImplementedError

    def flattened(self) -> View:
        """Return the same without its sections, whose keys stand at the root; what has no sections stays as it is."""
        return self

    def elements(self) -> tuple[View, ...] | None:
        """Return the elements of a list, or None where this is not a list whose elements are known."""
        raise NotImplementedError

    def written(self) -> Written:
        raise NotImplementedError

    @property
    def types(self) -> tuple[str, ...]:
        return ()

    @property
    def stands_for(self) -> tuple[str, ...]:
        """Return the class of an object, or the name of a function, class or constant that is passed itself."""
        return self.types

    def properties(self) -> tuple[tuple[str, Value], ...]:
        return ()

    def repeated(self) -> tuple[tuple[str, Value], ...]:
        """Return how often a call is made in the whole run, and the one length on which that depends."""
        return ()

    @property
    def complete(self) -> bool:
        """Tell whether every part is known: False where an unknown `**mapping` or something unreadable was passed."""
        return True


def elements_of(view: View) -> Iterator[View]:
    """Yield the elements of a list, or the one thing itself."""
    elements = view.elements()
    if elements is None:
        yield view
    else:
        yield from elements
