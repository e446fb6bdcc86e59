"""What a document says in the words of one framework: settings and components, not yet joined into a run."""

from __future__ import annotations

from epochlint.expressions.values import Known
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.values import Value
    from epochlint.places import Place
    from epochlint.scripts.facts import Thing
    from epochlint.sources.documents import Node


@record
class Setting:
    """One option as the user wrote it.

    `option` is the framework's own name, dotted where the option belongs to an object of the run
    (`optimizer.gradient_accumulation_steps`). `place` is where the value stands, `given_at` where the option is passed
    or keyed; they differ when a call passes a constant or a value of another file. `source` is the object or node the
    value came from, for options that are more than a number; it is `complete` unless it holds parts that nobody could
    read.
    """

    option: str
    value: Value
    place: Place | None
    given_at: Place | None
    origin: str
    text: str = ""
    overridable: bool = False
    source: Thing | Node | None = None
    complete: bool = True
    parts: tuple[Value, ...] = ()  # the elements of a list that are not all known

    @property
    def pairs(self) -> Value | None:
        """A table from whole numbers to numbers (`{3: 0.1}`) as a list of pairs; None if the value is none."""
        from epochlint.scripts.facts import Number, Table

        if not isinstance(self.source, Table):
            return None
        pairs = []
        for key, thing in self.source.entries:
            number = thing.value.value if isinstance(thing, Number) and isinstance(thing.value, Known) else None
            if not key.isdigit() or not isinstance(number, int | float):
                return None
            pairs.append((int(key), number))
        return Known(tuple(pairs))


@record
class Component:
    """A thing with options of its own inside a run: `kind` is its name in the catalogue, `slot` the object it stands
    in."""

    kind: str
    slot: str
    types: tuple[str, ...]
    settings: tuple[Setting, ...]
    place: Place
    components: tuple[Component, ...] = ()
    properties: tuple[tuple[str, Value], ...] = ()

    def setting(self, option: str) -> Setting | None:
        """Return an option; with a dot in its name, that of an argument."""
        own = next((setting for setting in self.settings if setting.option == option), None)
        head, _, rest = option.partition(".")
        part = self.part(head) if own is None and rest else None
        return own if part is None else part.setting(rest)

    def part(self, name: str) -> Component | None:
        """Return the object, class or function that is passed as an argument; names with dots go on inside of it."""
        head, _, rest = name.partition(".")
        found = next((one for one in self.components if one.slot == head), None)
        return found if found is None or not rest else found.part(rest)


@record
class Reading:
    """One training run as one document tells it, or a part of one (`partial`: a launcher, an launcher configuration,
    a base).

    `evidence` says in words why the document was read in this dialect.
    """

    framework: str
    path: str
    place: Place
    settings: tuple[Setting, ...]
    components: tuple[Component, ...] = ()
    properties: tuple[tuple[str, Value], ...] = ()  # `train_dataset.length` and other properties of objects
    evidence: str = ""
    strict: bool = False
    partial: bool = False
    function: str = ""
    complete: bool = True  # false where options came in by an unknown `**mapping`
    configuration: bool = (
        False  # the document is a configuration that is built on others, or may be: a Python file that starts no run
    )
    parts: tuple[str, ...] = ()  # of a configuration: the other files it is made of
    under: str = ""  # in a configuration: the dotted path of the section that holds the options

    def setting(self, option: str) -> Setting | None:
        return next((setting for setting in reversed(self.settings) if setting.option == option), None)
