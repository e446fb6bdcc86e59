"""Reading a source with a small library that everybody knows, and asking what was passed where."""

from __future__ import annotations

from typing import Any

from epochlint.expressions.language import parse
from epochlint.expressions.units import parse_unit
from epochlint.expressions.values import Known, OneOf, Symbolic, Unknown, Value
from epochlint.expressions.wording import text_of
from epochlint.knowledge.catalogue import Api, Parameter
from epochlint.scripts.apis import Apis
from epochlint.scripts.facts import Argument, Call, Instance, Items, Number, Script, Table, Thing, TrainingLoop
from epochlint.scripts.reading import read_script
from epochlint.sources.documents import Document
from epochlint.sources.files import read_text


def api(name: str, positional: str = "", *, gives: dict[str, str] | None = None, **more: Any) -> Api:
    """Make an API as a data file would give it; `defaults` and `units` by parameter or property."""
    defaults, units = more.pop("defaults", {}), more.pop("units", {})
    return Api(
        name,
        tuple(positional.split()),
        tuple(Parameter(one, None, True, value) for one, value in defaults.items()),
        gives=tuple((one, parse(formula)) for one, formula in (gives or {}).items()),
        units=tuple((one, parse_unit(unit)) for one, unit in units.items()),
        **more,
    )


LENGTH = "floor(dataset.length / batch_size) if drop_last else ceil(dataset.length / batch_size)"
LIBRARY = Apis(
    [
        api(
            "lab.data.Loader", "dataset batch_size shuffle", role="loader", gives={"length": LENGTH},
            defaults={"batch_size": 1, "drop_last": False}, units={"length": "micro-batches"},
        ),
        api("lab.data.Arrays", "tensors", role="dataset", gives={"length": "tensors.rows"}, units={"length": "samples"}),
        api("lab.data.split", "dataset lengths", role="splits", returns="lab.data.Part"),
        api("lab.data.Dataset.batch", "batch_size", returns="lab.data.Dataset", gives={"length": "ceil(self.length / batch_size)"}),
        api("lab.data.Dataset", "rows", gives={"length": "rows.rows"}, units={"length": "samples"}),
        api("lab.zeros", "shape", returns="lab.Array", gives={"shape": "shape"}),
        api("lab.rand", "size", returns="lab.Array", gives={"shape": "size"}),
        api("lab.optim.Optimizer", role="optimizer"),
        api("lab.optim.SGD", "params lr", bases=("lab.optim.Optimizer",)),
        api("lab.optim.Scheduler", "optimizer", role="scheduler"),
        api("lab.optim.Lambda", "optimizer rate", bases=("lab.optim.Scheduler",), gives={"rate_function": "rate"}),
        api("lab.optim.Own", "optimizer", role="scheduler", gives={"rate_method": '"get_rate"', "rate_counter": '"calls"'}),
        api("lab.optim.Cosine", "optimizer T_max", bases=("lab.optim.Scheduler",)),
        api("lab.Module"),
        api("lab.Module.cuda", role="wraps"),
        api("lab.bar", "iterable", role="wraps"),
        api("lab.processes", units={"value": "processes"}),
        api("lab.Engine", "model"),
        api("lab.Engine.on", "event", decorates="handler"),
        api("lab.Engine.prepare", "objects", role="prepares", gives={"prepared": "True"}),
        api("lab.Engine.accumulate", "model", role="accumulates", gives={"window": "self.every", "tail": '"step"'}),
        api("lab.Engine.synced", role="closes-window"),
        api("lab.load", "path", role="loads-config", gives={"coerces": "True"}),
        api("lab.cli", "target", role="parses-dataclass"),
        api("lab.Parser", "types", role="parses-dataclass"),
        api("lab.Parser.parse", role="parses-dataclass"),
        api("lab.Parser.parse_file", "path", role="loads-config"),
        api("lab.start", "model", unpacks=("lab.Engine", "model", "lab.made_loader")),
        api("lab.made_loader", returns="lab.data.Loader"),
        api("lab.apply", role="optimizer-step"),
        api("click.option", role="declares-option"),
        api("click.argument", role="declares-option"),
    ],
    aliases=[("laboratory", "lab"), ("lab.nn", "lab")],
)  # fmt: skip


def two_loops(epochs: int, body: str) -> str:
    """Return the source of a loop over batches in a loop over epochs, around the lines of a body."""
    inside = "".join(f"        {line}\n" for line in body.splitlines())
    return f"for epoch in range({epochs}):\n    for i, batch in enumerate(loader):\n{inside}"


class Reading:
    """A script that was read, with short ways to ask about it."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def calls(self, callee: str) -> list[Call]:
        return [call for call in self.script.calls if call.callee == callee or callee in call.callees]

    def call(self, callee: str) -> Call:
        found = self.calls(callee)
        assert len(found) == 1, [call.callee for call in self.script.calls]
        return found[0]

    def argument(self, callee: str, name: str) -> Argument:
        return next(one for one in self.call(callee).arguments if one.name == name)

    def thing(self, name: str = "x", callee: str = "lab.show") -> Thing:
        return self.argument(callee, name).thing

    def number(self, name: str = "x", callee: str = "lab.show") -> Number:
        thing = self.thing(name, callee)
        assert isinstance(thing, Number), thing
        return thing

    def value(self, name: str = "x", callee: str = "lab.show") -> Any:
        """Return what is passed as plain Python if it is known, as text if it is not."""
        return plain(self.thing(name, callee))

    def form(self, name: str = "x") -> str:
        number = self.number(name)
        return text_of(number.form if number.form is not None else number.value)

    def instance(self, kind: str) -> Instance:
        return next(one for one in self.script.instances if kind in one.types)

    def told(self, kind: str, name: str) -> Any:
        return plain(dict(self.instance(kind).properties)[name])

    @property
    def loop(self) -> TrainingLoop:
        assert len(self.script.training_loops) == 1, self.script.training_loops
        return self.script.training_loops[0]


def plain(thing: Thing | Value | None) -> Any:
    if isinstance(thing, Number):
        return plain(thing.value)
    if isinstance(thing, Items):
        return [plain(item) for item in thing.items]
    if isinstance(thing, Table):
        return {key: plain(value) for key, value in thing.entries}
    if isinstance(thing, Known):
        return thing.value
    return text_of(thing) if isinstance(thing, OneOf | Symbolic | Unknown) else thing


def read_all(source: str, path: str, texts: dict[str, str]) -> Reading:
    def open_document(name: str, beside: str) -> Document | None:
        folder = beside.rpartition("/")[0]
        for wanted in dict.fromkeys((f"{folder}/{name}".lstrip("/"), name)):
            if wanted in texts:
                return read_text(wanted, texts[wanted])
        return None

    document = read_text(path, source)
    assert document.tree is not None, document.problems
    return Reading(read_script(document, LIBRARY, open_document))
