"""Objects made by libraries: types, arguments and properties as the APIs' data give them; arrays and their shapes."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.expressions.algebra import unit_of
from epochlint.expressions.values import Symbolic

HEAD = "import lab\nfrom lab import show, unknown\n"


def test_an_unknown_call_makes_an_object_named_by_its_callee(read: Any) -> None:
    reading = read("from things.data import pair_loader\npair_loader('stl10', batch_size=256)")
    assert reading.instance("things.data.pair_loader").arguments[1].name == "batch_size"


def test_types_are_those_of_the_api_and_its_bases(read: Any) -> None:
    reading = read("import lab\no = lab.optim.SGD([], 0.1)\no.step()")
    assert reading.instance("lab.optim.SGD").types == ("lab.optim.SGD", "lab.optim.Optimizer")
    assert reading.call("lab.optim.SGD.step").callees == ("lab.optim.SGD.step", "lab.optim.Optimizer.step")
    assert [one.name for one in reading.call("lab.optim.SGD").arguments] == ["params", "lr"]


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("lab.data.Arrays(lab.zeros((10, 3)), lab.zeros((10,)))", 10),
        ("lab.data.Arrays(lab.rand(10, 3))", 10),
        ("lab.data.Arrays([1, 2, 3])", 3),
        ("lab.data.Loader(lab.data.Arrays(lab.rand(10)), 4)", 3),
        ("lab.data.Loader(lab.data.Arrays(lab.rand(10)), 4, drop_last=True)", 2),
        ("lab.data.Loader(lab.data.Arrays(lab.rand(10)))", 10),
        ("lab.data.Loader([0] * 10, batch_size=3)", 4),
        ("lab.bar(lab.data.Loader([0] * 10, batch_size=3))", 4),
        ("lab.data.Dataset((lab.rand(9, 2), lab.rand(9))).batch(2)", 5),
        ("lab.data.Dataset({'a': lab.rand(9, 2)}).batch(2)", 5),
        ("lab.data.split(lab.data.Arrays(lab.rand(10)), [7, 3])[0]", 7),
        ("lab.data.split(lab.data.Arrays(lab.rand(11)), [0.5, 0.5])[0]", 6),
        ("lab.data.Loader(lab.data.Arrays(lab.rand(unknown() // 2)), 4)", "ceil(floor(unknown() / 2) / 4)"),
        ("lab.data.Loader(unknown(), 4)", "ceil(len(unknown()) / 4)"),
        ("lab.data.Loader(unknown(), unknown())", "len(lab.data.Loader(unknown(), unknown()))"),
    ],
)
def test_lengths(read: Any, expression: str, length: object) -> None:
    found = read(f"{HEAD}show(x=len({expression}))").value()
    if isinstance(length, str) and length.startswith("len("):
        assert isinstance(found, str)
    else:
        assert found == length


def test_units_come_from_the_apis(read: Any) -> None:
    reading = read(f"{HEAD}loader = lab.data.Loader([0] * 10, 3)\nshow(x=len(loader), y=lab.processes() * 2)")
    number = reading.number()
    assert isinstance(number.form, Symbolic)
    assert str(unit_of(number.form.term)) == "micro-batches"
    assert reading.value("y") == "2 * lab.processes()"


def test_a_number_of_the_machine_is_one_symbol(read: Any) -> None:
    assert read(f"{HEAD}show(x=lab.processes() - lab.processes())").value() == 0


def test_prepared_objects_stay_themselves(read: Any) -> None:
    source = f"{HEAD}e = lab.Engine(None)\na, b = lab.optim.SGD([]), lab.data.Loader([0] * 4, 2)\na, b = e.prepare(a, b)\nshow(x=a, y=len(b))"
    reading = read(source)
    assert reading.thing().id == reading.instance("lab.optim.SGD").id
    assert reading.told("lab.optim.SGD", "prepared") is True
    assert reading.value("y") == 2


def test_results_that_are_unpacked(read: Any) -> None:
    source = (
        f"{HEAD}net = lab.Module()\nengine, model, loader = lab.start(model=net)\nshow(x=engine, y=model, z=loader)"
    )
    reading = read(source)
    types = [reading.script.instance(reading.thing(name).id).types for name in "xyz"]
    assert types == [("lab.Engine",), ("lab.Module",), ("lab.data.Loader",)]


def test_self_returning_methods(read: Any) -> None:
    reading = read(f"{HEAD}class Net(lab.Module):\n    pass\nshow(x=Net().cuda())")
    assert reading.script.instance(reading.thing().id).types == ("train.Net", "lab.Module")


def test_keyword_arguments_of_a_class_are_its_attributes(read: Any) -> None:
    assert read(f"{HEAD}c = lab.Config(batch_size=256)\nshow(x=10 // c.batch_size, y=c.other)").value() == 0


def test_attributes_set_on_a_library_s_object(read: Any) -> None:
    source = f"{HEAD}c = lab.Config()\nc.optim = lab.Config()\nc.optim.lr = 0.1\nc.data.size = 4\nc['n'] = 5\nshow(x=c.optim.lr, y=c.data.size, z=c.n)"
    reading = read(source)
    assert [reading.value(name) for name in "xyz"] == [0.1, 4, 5]
    properties = dict(reading.script.instances[0].properties)
    assert properties["n"].value.value == 5


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("a.shape", [10, 3]),
        ("a.size()", [10, 3]),
        ("a.shape[0]", 10),
        ("a.size(1)", 3),
        ("a[2:5].shape", [3, 3]),
        ("a[:, 1].shape", [10]),
        ("a[0].shape", [3]),
        ("a[-4:].shape", [4, 3]),
        ("a.reshape(5, -1).shape", [5, 6]),
        ("a.reshape((30,)).shape", [30]),
        ("a.astype('float32').shape", [10, 3]),
        ("a.sum(axis=1, keepdims=True).shape", [10, 1]),
        ("a.sum(axis=1).shape", [10]),
        ("(a / 255).shape", [10, 3]),
        ("(1 - a).shape", [10, 3]),
        ("(a * a).shape", [10, 3]),
        ("(-a).shape", [10, 3]),
        ("a.T.shape", [3, 10]),
        ("a.ndim", 2),
        ("len(a)", 10),
        ("a.unsqueeze(0).shape", [1, 10, 3]),
    ],
)
def test_shapes(read: Any, expression: str, shape: object) -> None:
    assert read(f"{HEAD}a = lab.zeros((10, 3))\nshow(x={expression})").value() == shape


def test_a_class_that_measures_its_own_data(read: Any) -> None:
    source = f"""{HEAD}
class Points(lab.data.Base):
    def __init__(self, size):
        self.x = lab.rand(size, 3)
        self.y = self.x.sum(dim=1, keepdim=True)
    def __len__(self):
        return len(self.x)
N = 20
data = Points(N)
show(x=len(lab.data.Loader(data, 8)))
"""
    reading = read(source)
    assert reading.value() == 3
    length = dict(reading.instance("train.Points").properties)["length"]
    assert (length.value.value, length.place.line) == (20, 9)


def test_arguments_are_as_they_were_at_the_call(read: Any) -> None:
    reading = read(f"{HEAD}rows = [1]\nshow(x=rows)\nrows.append(2)")
    assert reading.value() == [1]


def test_places_and_texts_of_arguments(read: Any) -> None:
    reading = read("import lab\nN = 8\nlab.show(x=N,\n  y=2 * N, z=16)")
    number, computed, literal = (reading.argument("lab.show", name) for name in "xyz")
    assert (number.place.line, number.place.column, number.text) == (3, 12, "N")
    assert (number.thing.place.line, number.thing.place.column, number.thing.origin) == (2, 5, "literal")
    assert (computed.thing.place.line, computed.thing.origin, computed.thing.text) == (4, "computed", "2 * N")
    assert (literal.thing.place.column, literal.thing.place.end_column) == (14, 16)


def test_columns_are_code_points(read: Any) -> None:
    argument = read("import lab\nlab.show('ä→𝛼', x=3)").argument("lab.show", "x")
    assert (argument.place.column, argument.place.end_column) == (19, 20)


def test_unknown_mappings_are_marked(read: Any) -> None:
    reading = read(f"{HEAD}show(a=1, **unknown())")
    assert [one.name for one in reading.call("lab.show").arguments] == ["a", "**"]


def test_a_function_is_an_argument_of_the_call_that_decorates_it_where_the_api_says_so(read: Any) -> None:
    reading = read("import lab\nengine = lab.Engine(1)\n@engine.on('start')\ndef begin(engine):\n    lab.work()\n")
    handler = reading.argument("lab.Engine.on", "handler")
    assert (handler.thing.name, handler.thing.place.line) == ("begin", 4)
    other = read("import lab\nengine = lab.Engine(1)\n@engine.other('start')\ndef begin(engine):\n    lab.work()\n")
    assert [one.name for one in other.call("lab.Engine.other").arguments] == ["0"]
