"""Functions, closures and classes of the repository."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = "import lab, dataclasses\nfrom dataclasses import dataclass, field\nfrom typing import NamedTuple\nfrom lab import show, unknown\n"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            "def f(a, b=2, *c, d=4, **e):\n    return [a, b, c, d, e]\nshow(x=f(1, 5, 6, d=7, q=8))",
            [1, 5, [6], 7, {"q": 8}],
        ),
        ("def f(a, /, b):\n    return a - b\nshow(x=f(9, b=4))", 5),
        ("def f(*a, **k):\n    return g(*a, **k)\ndef g(p, q):\n    return p * q\nshow(x=f(3, q=4))", 12),
        ("def f():\n    return 1, 2\na, b = f()\nshow(x=b)", 2),
        ("def f():\n    pass\nshow(x=f())", None),
        ("def outer(n):\n    def inner():\n        return n + 1\n    return inner\nshow(x=outer(4)())", 5),
        (
            "def counter():\n    n = 1\n    def up():\n        nonlocal n\n        n += 1\n    up()\n    up()\n    return n\nshow(x=counter())",
            3,
        ),
        ("n = 1\ndef up():\n    global n\n    n = 7\nup()\nshow(x=n)", 7),
        ("N = 3\ndef f(a=N):\n    return a\nN = 4\nshow(x=f())", 3),
        ("def f(n):\n    return 1 if n <= 1 else n * f(n - 1)\nshow(x=f(1))", 1),
        ("def fill(d):\n    d['a'] = 3\nd = {}\nfill(d)\nshow(x=d['a'])", 3),
        ("@lab.jit\ndef f():\n    return 3\nshow(x=f())", 3),
        ("async def f():\n    return 3\nasync def g():\n    return await f()\nshow(x=g())", 3),
        ("show(x=(lambda *a: len(a))(1, 2, 3))", 3),
    ],
)
def test_functions(read: Any, source: str, value: object) -> None:
    found = read(HEAD + source).value()
    assert found == value


def test_recursion_is_cut(read: Any) -> None:
    reading = read(f"{HEAD}def f(n):\n    return f(n - 1) + 1 if unknown() else 0\nshow(x=f(10))")
    assert reading.number().value.__class__.__name__ in ("Unknown", "Symbolic", "OneOf")


def test_a_function_that_nobody_calls_is_looked_into(read: Any) -> None:
    reading = read(f"{HEAD}def train(lr=0.1, steps=100, data=None):\n    show(x=lr, y=steps * 2, z=data)\n")
    assert (reading.value("x"), reading.value("y")) == (0.1, 200)
    assert reading.number("x").origin == "declared-default"
    assert reading.number("x").overridable
    assert reading.call("lab.show").function == "train"


def test_callers_come_before_what_they_call(read: Any) -> None:
    source = f"{HEAD}def step(n):\n    show(x=n)\ndef main(n=3):\n    step(n)\nlab.spawn(main)"
    assert read(source).value() == 3


def test_unknown_parameters_are_named(read: Any) -> None:
    reading = read(f"{HEAD}def train(steps: int, loader):\n    show(x=steps // 2, y=len(loader) * steps)\n")
    assert reading.value("x") == "floor(steps / 2)"
    assert reading.value("y") == "len(loader) * steps"


CLASSES = f"""{HEAD}
class Base:
    scale = 10
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n * self.scale
    @property
    def half(self):
        return self.n // 2
    @staticmethod
    def three():
        return 3
    @classmethod
    def made(cls, n=4):
        return cls(n)
    def __call__(self, a):
        return self.n + a
    def __enter__(self):
        self.n = 50
        return self

class Derived(Base):
    scale = 2
    def __init__(self, n, extra=1):
        super().__init__(n + extra)
        self.extra = extra
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("Base(3).n", 3),
        ("len(Base(3))", 30),
        ("len(Derived(3))", 8),
        ("Derived(3, extra=5).n", 8),
        ("Base(7).half", 3),
        ("Base.three()", 3),
        ("Derived.made().n", 5),
        ("Base(3)(4)", 7),
        ("Derived.scale", 2),
        ("isinstance(Derived(1), Base)", True),
        ("getattr(Base(3), 'n', 0)", 3),
        ("getattr(Base(3), 'nothing', 0)", 0),
        ("hasattr(Base(3), 'nothing')", False),
    ],
)
def test_classes(read: Any, expression: str, value: object) -> None:
    assert read(f"{CLASSES}show(x={expression})").value() == value


def test_entering_an_object(read: Any) -> None:
    assert read(f"{CLASSES}with Base(1) as b:\n    show(x=b.n)").value() == 50


def test_types_of_an_object_are_its_classes_then_the_library_s(read: Any) -> None:
    reading = read(
        f"{HEAD}class Net(lab.Module):\n    pass\nclass Big(Net):\n    def fit(self, epochs):\n        pass\nBig().fit(3)"
    )
    assert reading.instance("train.Big").types == ("train.Big", "train.Net", "lab.Module")
    assert reading.call("train.Big.fit").callees == ("train.Big.fit", "train.Net.fit", "lab.Module.fit")
    assert [one.name for one in reading.call("train.Big.fit").arguments] == ["epochs"]


def test_methods_that_nobody_calls_run_on_the_object_that_there_is(read: Any) -> None:
    source = f"{HEAD}class Net(lab.Module):\n    def __init__(self, lr=0.1):\n        self.lr = lr\n    def configure(self):\n        show(x=self.lr)\nnet = Net(lr=0.5)\nlab.fit(net)"
    assert read(source).value() == 0.5


def test_a_class_that_nobody_makes(read: Any) -> None:
    source = f"{HEAD}class Net(lab.Module):\n    def __init__(self, lr=0.1):\n        self.lr = lr\n    def configure(self):\n        show(x=self.lr)\n"
    assert read(source).value() == 0.1


def test_a_library_class_s_own_arguments_and_properties(read: Any) -> None:
    source = f"{HEAD}class Mine(lab.data.Loader):\n    pass\nclass Own(lab.data.Loader):\n    def __init__(self, data):\n        super().__init__(data, 5)\nshow(x=len(Mine([1, 2, 3], 2)), y=len(Own([1] * 9)))"
    reading = read(source)
    assert (reading.value("x"), reading.value("y")) == (2, 2)


def test_methods_of_an_unknown_object(read: Any) -> None:
    reading = read("import lab\ndef run(model):\n    model.fit(epochs=3)\n")
    assert reading.call("?.fit").arguments[0].name == "epochs"
    assert reading.call("?.fit").receiver is None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("@dataclass\nclass C:\n    n: int = 3\nshow(x=C().n)", 3),
        ("@dataclass\nclass C:\n    n: int\n    m: int = 2\nshow(x=C(4).n * C(1, m=5).m)", 20),
        ("@dataclass\nclass C:\n    n: int = field(default=6)\nshow(x=C().n)", 6),
        ("@dataclass\nclass C:\n    r: list = field(default_factory=lambda: [1, 2])\nshow(x=C().r)", [1, 2]),
        ("@dataclass\nclass A:\n    a: int = 1\n@dataclass\nclass B(A):\n    b: int = 2\nshow(x=B(5, 6).a)", 5),
        (
            "@dataclass\nclass A:\n    n: int = 8\n@dataclass\nclass B:\n    a: A = field(default_factory=A)\nshow(x=B().a.n)",
            8,
        ),
        (
            "@dataclass\nclass C:\n    n: int = 3\n    def __post_init__(self):\n        self.m = self.n * 2\nshow(x=C(5).m)",
            10,
        ),
        ("@dataclass\nclass C:\n    n: int = 3\nc = dataclasses.replace(C(), n=9)\nshow(x=c.n)", 9),
        ("@dataclass\nclass C:\n    n: int = 3\nshow(x=dataclasses.asdict(C())['n'])", 3),
        ("@dataclass\nclass C:\n    n: int = 3\nshow(x=C(**{'n': 4}).n)", 4),
        ("class C(NamedTuple):\n    n: int\n    m: int = 2\nshow(x=C(1).m)", 2),
        ("class C:\n    n = 3\n    m = n * 2\nshow(x=C.m)", 6),
    ],
)
def test_dataclasses(read: Any, body: str, value: object) -> None:
    assert read(HEAD + body).value() == value


def test_a_dataclass_default_is_declared(read: Any) -> None:
    reading = read(f"{HEAD}@dataclass\nclass C:\n    n: int = 3\nc = C()\nshow(x=c.n)")
    number = reading.number()
    assert (number.origin, number.place.line) == ("declared-default", 7)
    assert reading.told("train.C", "n") == 3


def test_generators(read: Any) -> None:
    source = f"{HEAD}def rows(n):\n    for i in range(n):\n        for j in range(3):\n            yield i\ndef endless():\n    while True:\n        yield 1\nr, e = rows(5), endless()\nshow(x=len(list(r)))"
    reading = read(source)
    assert reading.value() == 15
    properties = [dict(one.properties) for one in reading.script.instances if one.types == ("generator",)]
    assert properties[0]["endless"].value.value is False
    assert properties[1]["endless"].value.value is True


def test_a_context_manager_function(read: Any) -> None:
    source = (
        f"{HEAD}import contextlib\n@contextlib.contextmanager\ndef c():\n    yield 5\nwith c() as n:\n    show(x=n)"
    )
    assert read(source).value() == 5
