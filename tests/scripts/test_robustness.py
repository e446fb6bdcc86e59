"""Any input gives a result, soon: whatever is too much to follow is unknown, and one problem says so."""

from __future__ import annotations

import ast
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.scripts.apis import Apis
from epochlint.scripts.reading import read_script
from epochlint.sources.documents import Document
from epochlint.sources.files import read_text

HEAD = "import lab\nfrom lab import show, unknown\n"


def problems(reading: Any) -> list[str]:
    return [one.name for one in reading.script.problems]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "pass",
        "x",
        "x.y.z[1](2)(**3)",
        "del x",
        "a, b = 1",
        "(a, *b), c = unknown",
        "def f(): yield\nfor x in f(): pass",
        "class A(A): pass\nA()",
        "class A(B): pass\nclass B(A): pass\nA().x",
        "class A:\n    def __len__(self):\n        return len(self)\nimport lab\nlab.show(x=len(A()))",
        "class A:\n    @property\n    def p(self):\n        return self.p\nimport lab\nlab.show(x=A().p)",
        "class A:\n    def __getitem__(self, i):\n        return self[i]\nimport lab\nlab.show(x=A()[0])",
        "f = lambda: f()\nf()",
        "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(1)",
        "def f():\n    return f\nf()()()()",
        "x = []\nx.append(x)\nimport lab\nlab.show(x=x)",
        "d = {}\nd['d'] = d\nimport lab\nlab.show(**d)",
        "class A: pass\na = A()\na.a = a\nimport lab\nlab.show(x=a, y=a.a.a)",
        "while True: pass",
        "while True:\n    while True:\n        break",
        "for x in range(10**18): pass",
        "x = [0] * 10**12\nimport lab\nlab.show(x=x, y=len(x))",
        "x = 10 ** 10 ** 10\ny = 2 << 10 ** 9\nz = 'a' * 10 ** 10\nw = b'a' * 10 ** 10",
        "x = 1\nfor i in (1, 2, 3, 4, 5, 6, 7, 8):\n    x = x ** 99\nimport lab\nlab.show(x=x)",
        "async def f():\n    async for x in y:\n        await x\n    async with y as z:\n        pass\n    return [x async for x in y]",
        "try:\n    pass\nexcept* ValueError:\n    pass",
        "match x:\n    case {'a': [1, *rest], **more} if rest: pass\n    case A(b=c) | None: pass",
        "type(x)\nx: int\nglobal y\nassert x, y\nraise x from y",
        "def f(a, /, b=1, *c, d, e=2, **g): ...\nf()\nf(1, 2, 3, d=4, q=5)\nf(*x, **y)",
        "import a.b.c as d\nfrom . import e\nfrom ..f import g\nfrom ... import *\nd.x = 1",
        "from __future__ import annotations\n__all__ = ['x']\nexec('x = 1')\neval('x')",
        "super().__init__()\nclass A:\n    def f(self):\n        super().f()\n        super(A, self).f()\nA().f()",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument()\np.add_argument(*x)\np.add_argument('--a', type=1, action=2)\np.parse_args(x).a",
        "from dataclasses import dataclass, field\n@dataclass\nclass C:\n    x: int = field()\n    y: 'C' = None\nC(1, 2, 3, z=4)",
        "x = 3\nx()\nx.y = 4\nx[0] = 5\nx.append(1)",
        "a = b'1' + b'2'\nc = 1j * 2\nd = ...\ne = {1, 2} | {3}\nf = 1 if ... else 2",
        "print(f'{x!r:>{y}} {z=}')",
        "[x for x in x for x in x if x if x]\n{x: y for x, y in z}\n(x for x in y)",
        "with open('f') as f, lock, a.b() as (c, d): pass",
        "x = y = z = w\n(a) = 1\n[b, c] = 1, 2\n(d,) = e,",
        "range()\nrange('a')\nlen()\nlen(1, 2)\nint('x')\nint([])\nmin()\nmax(key=1)\nsum()\nenumerate()\nzip()\nround()\ngetattr()\nisinstance(1)\nmap()\ndivmod(1)\nopen()\ndict(1)\nlist(1)\nabs()\nfloat('x')",
        "import math\nmath.ceil()\nmath.ceil(float('inf'))\nmath.ceil(float('nan'))\nint(1e400)\nmath.prod()\nmath.log(0)\nmath.sqrt(-1)\nround(float('inf'))",
        "import itertools, functools\nitertools.islice()\nitertools.count()\nfunctools.partial()\nfor x in itertools.repeat(1): pass",
        "'%d' % 3\n'a'.split(1)\n'a'.join(1)\n'a'.x\n'{}'.format(1)\n'a'[5]\n(1, 2)[7]\n{}['a']",
        "import yaml, json\nyaml.safe_load()\njson.load(1)\njson.loads('{}')\nopen(x).read().y\nyaml.safe_load(open('/etc/passwd'))",
    ],
)  # fmt: skip
def test_odd_sources(read: Any, source: str) -> None:
    assert read(source).script.path == "train.py"


def test_deep_expressions(read: Any) -> None:
    reading = read(f"{HEAD}x = {'+'.join(['1'] * 250)}\ny = {'-' * 90}1\nshow(x=x)\nshow(y=2)")
    assert reading.calls("lab.show")[1].arguments[0].thing.value.value == 2


def test_deep_statements(read: Any) -> None:
    source = (
        HEAD + "".join("    " * depth + "if unknown():\n" for depth in range(60)) + "    " * 60 + "n = 1\nshow(x=2)"
    )
    assert read(source).value() == 2


def test_deep_calls_are_cut(read: Any) -> None:
    source = HEAD + "def f0():\n    return 1\n"
    source += "".join(f"def f{n}():\n    return f{n - 1}()\n" for n in range(1, 40)) + "show(x=f3(), y=f39())"
    reading = read(source)
    assert reading.value() == 1
    assert type(reading.thing("y")).__name__ == "Opaque"


def test_an_explosion_of_calls_gives_up(read: Any) -> None:
    source = HEAD + "def f0(n):\n    return n + unknown()\n"
    source += "".join(
        f"def f{d}(n):\n    return f{d - 1}(n) + f{d - 1}(n + {d}) + f{d - 1}(n - 1)\n" for d in range(1, 9)
    )
    began = time.process_time()
    reading = read(source + "\n".join(f"show(x=f8({n}))" for n in range(20)))
    assert problems(reading) == ["analysis-gave-up"]
    assert time.process_time() - began < 20


def test_after_giving_up_nothing_is_claimed(read: Any) -> None:
    source = (
        HEAD
        + "def f(n):\n"
        + "".join(f"    x{n} = unknown() + n\n" for n in range(30_000))
        + "    n = 7\n    show(x=n)\nf(1)\nshow(y=2)"
    )
    reading = read(source)
    assert problems(reading) == ["analysis-gave-up"]
    shown = {one.name: one.thing for call in reading.calls("lab.show") for one in call.arguments}
    assert "x" not in shown or type(shown["x"]).__name__ == "Opaque"
    assert shown["y"].value.value == 2


def test_a_script_of_three_thousand_lines_is_followed_to_its_end(read: Any) -> None:
    parts = [
        f"""
def stage_{number}(loader, lr=0.1, steps={number}):
    total = 0
    options = dict(lr=lr, steps=steps, name="stage {number}")
    if steps > 100 and unknown():
        options["warmup"] = steps // 10
    elif unknown():
        options["warmup"] = 5
    for epoch in range(3):
        for index, batch in enumerate(loader):
            total += 1
            if (index + 1) % 4 == 0:
                lab.step(batch, **options)
        if total > 1000:
            break
    return total * steps
class Model_{number}(lab.Module):
    def __init__(self, size={number} + 1):
        super().__init__()
        self.size = size
        self.layer = lab.Linear(size, size)
"""
        for number in range(150)
    ]
    source = HEAD + "".join(parts) + "show(x=3)"
    assert source.count("\n") > 2_900
    reading = read(source)
    assert problems(reading) == []
    assert len(reading.calls("lab.step")) == 150


def test_places_lie_inside_the_file(read: Any) -> None:
    source = (
        f"{HEAD}def f(a=1):\n    return a\nfor i in range(3):\n    if i % 2 == 0:\n        show(x=f(), y=[1,\n   2])\n"
    )
    lines = source.split("\n")
    reading = read(source)
    places = [call.place for call in reading.script.calls] + [loop.place for loop in reading.script.loops]
    places += [argument.place for call in reading.script.calls for argument in call.arguments]
    for place in places:
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert place.column >= 1
        assert place.end_column <= len(lines[place.end_line - 1]) + 1


def test_notebooks() -> None:
    import json

    cells = [
        ["%matplotlib inline\n", "import lab\n", "N = 4"],
        ["this is no Python"],
        ["for i in range(N):\n", "    lab.show(x=N)"],
    ]
    text = json.dumps({"cells": [{"cell_type": "code", "source": one} for one in cells], "nbformat": 4, "metadata": {}})
    document = read_text("a.ipynb", text)
    script = read_script(document, Apis(), lambda _name, _beside: None)
    call = next(one for one in script.calls if one.callee == "lab.show")
    assert (call.place.cell, call.place.line) == (3, 2)
    assert call.arguments[0].thing.place.cell == 1  # type: ignore[union-attr]


def test_a_document_without_a_tree() -> None:
    script = read_script(Document("a.py", "python", "("), Apis(), lambda _name, _beside: None)
    assert (script.calls, script.instances) == ((), ())


def test_reading_twice_gives_the_same() -> None:
    source = f"{HEAD}n = unknown()\nfor i in range(n):\n    if unknown():\n        n += 1\n    show(x=n, y=[n, i], **unknown())\n"
    document = read_text("train.py", source)
    first, second = (read_script(document, Apis(), lambda _name, _beside: None) for _ in range(2))
    assert repr(first) == repr(second)


WORDS = [
    "for",
    "while",
    "if",
    "else",
    "in",
    "range",
    "def",
    "class",
    "return",
    "=",
    "+",
    "*",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "x",
    "y",
    "f",
    "self",
    "1",
    "0",
    "len",
    "lab",
    "not",
    "and",
    "or",
    "with",
    "as",
    "try",
    "except",
    "import",
    "from",
    "lambda",
    "yield",
    "break",
    "continue",
    "**",
    "==",
    "%",
    "\n",
    "\n",
    "\n",
    "",
    "",
    "",
    "\n",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_whatever_parses_is_read(words: list[str]) -> None:
    source = " ".join(words)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    read_script(Document("train.py", "python", source, tree=tree), Apis(), lambda _name, _beside: None)
