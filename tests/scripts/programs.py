"""Random programs for the script reader, and what they really do.

A program counts with known numbers and with unknown ones (`unknown(3)`), branches, loops, calls functions and
methods, and hands
values to `probe`. Run for real, every value that the reader claims to know must be what `probe` was given.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d")
LIMIT = 2_000


class OutOfFuel(Exception):
    pass


class Writer:
    """Writes one program; `choose(n)` makes the choices: a number from 0 to n - 1."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.lines: list[str] = []
        self.depth = 0
        self.unknowns = 0
        self.probes = 0
        self.functions: list[tuple[str, int]] = []
        self.loops = 0
        self.in_function = False
        self.budget = 60

    def pick(self, *choices: Any) -> Any:
        return choices[self.choose(len(choices))]

    def number(self) -> int:
        return self.between(-3, 9)

    def between(self, low: int, high: int) -> int:
        return low + self.choose(high - low + 1)

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def program(self) -> str:
        self.line("from library import probe, unknown")
        self.line("class Box:")
        self.line("    size = 3")
        self.line("    def __init__(self, n=2):")
        self.line("        self.n = n")
        self.line("        self.log = []")
        self.line("    def grow(self, by=1):")
        self.line("        self.n += by")
        self.line("        return self.n")
        self.line("    def __len__(self):")
        self.line("        return self.n * self.n")
        self.line("    @property")
        self.line("    def double(self):")
        self.line("        return 2 * self.n")
        for name in NAMES:
            self.line(f"{name} = {self.number()}")
        self.line("box = Box()")
        self.line("row = [1, 2, 3]")
        self.line("table = {'x': 1, 'y': 2}")
        for index in range(self.between(0, 2)):
            self.function(f"f{index}")
        for _ in range(self.between(2, 7)):
            self.statement()
        for name in NAMES:
            self.probe(name)
        self.probe("box.n")
        self.probe("len(row)")
        self.probe("table.get('x', -1)")
        return "\n".join(self.lines) + "\n"

    def function(self, name: str) -> None:
        count = self.between(0, 2)
        parameters = ["p", "q"][:count]
        self.line(f"def {name}({', '.join(f'{one}={self.number()}' for one in parameters)}):")
        self.depth += 1
        self.in_function = True
        self.line("global a")
        self.line("b = 1" if self.pick(True, False) else "b = 5")
        self.line("c = 2")
        self.line("d = 0")
        for one in parameters:
            self.line(f"c = c + {one}")
        for _ in range(self.between(1, 4)):
            self.statement()
        self.line(f"return {self.expression()}")
        self.in_function = False
        self.depth -= 1
        self.functions.append((name, count))

    def probe(self, expression: str) -> None:
        self.probes += 1
        self.line(f"probe({self.probes}, {expression})")

    def block(self) -> None:
        self.depth += 1
        for _ in range(self.between(1, 3)):
            self.statement()
        self.depth -= 1

    def statement(self) -> None:
        self.budget -= 1
        kinds = ["assign", "assign", "augment", "probe", "box", "row", "table"]
        if self.depth < 4 and self.budget > 0:
            kinds += ["if", "if", "for", "for", "while", "try", "unpack"]
        if self.functions:
            kinds.append("call")
        if self.loops and self.depth > 0:
            kinds += ["leave"]
        if self.in_function and self.depth > 1:
            kinds += ["return"]
        getattr(self, f"_{self.pick(*kinds)}")()

    def _assign(self) -> None:
        self.line(f"{self.pick(*NAMES)} = {self.expression()}")

    def _augment(self) -> None:
        sign = self.pick("+", "-", "*")
        self.line(f"{self.pick(*NAMES)} {sign}= {self.pick('2', '3') if sign == '*' else self.atom()}")

    def _probe(self) -> None:
        self.probe(self.expression())

    def _box(self) -> None:
        self.line(
            self.pick(
                "box.n = " + self.atom(),
                "box.grow()",
                "box.grow(" + self.atom() + ")",
                "box = Box(" + self.atom() + ")",
                "box.n += 1",
            )
        )

    def _row(self) -> None:
        self.line(
            self.pick(
                "row.append(" + self.atom() + ")",
                "row = [" + self.atom() + "]",
                "row += [1]",
                "row = row + row[:1]",
                "row = [x + 1 for x in row][:6]",
            )
        )

    def _table(self) -> None:
        self.line(
            self.pick(
                "table['x'] = " + self.atom(),
                "table['z'] = " + self.atom(),
                "table.update(x=" + self.atom() + ")",
                "table = {**table, 'y': " + self.atom() + "}",
                "table = dict(x=" + self.atom() + ")",
            )
        )

    def _unpack(self) -> None:
        self.line(f"{self.pick('a, b', 'c, d')} = {self.expression()}, {self.expression()}")

    def _call(self) -> None:
        name, count = self.pick(*self.functions)
        given = self.between(0, count)
        self.line(f"{self.pick(*NAMES)} = {name}({', '.join(self.atom() for _ in range(given))})")

    def _leave(self) -> None:
        self.line(f"if {self.condition()}:")
        self.line(f"    {self.pick('break', 'continue')}")

    def _return(self) -> None:
        self.line(f"if {self.condition()}:")
        self.line(f"    return {self.expression()}")

    def _if(self) -> None:
        self.line(f"if {self.condition()}:")
        self.block()
        if self.pick(True, False):
            self.line("else:")
            self.block()

    def _for(self) -> None:
        bound = self.pick("3", "0", "a % 4", "unknown_count()", "b % 3 + 1")
        if bound == "unknown_count()":
            bound = f"{self.unknown()} % 4"
        header = self.pick(
            f"i in range({bound})",
            f"i, x in enumerate(range({bound}))",
            "i in [1, 2, 5]",
            "i in row[:4]",
            f"i in range(1, {bound})",
            f"i in range(0, {bound}, 2)",
        )
        self.line(f"for {header}:")
        self.loops += 1
        self.depth += 1
        self.line("tick()")
        if self.pick(True, False):
            self.line(f"{self.pick(*NAMES)} = i")
        self.depth -= 1
        self.block()
        self.loops -= 1
        if self.pick(True, False, False):
            self.line("else:")
            self.depth += 1
            self._assign()
            self.depth -= 1

    def _while(self) -> None:
        name = self.pick(*NAMES)
        self.line(f"while {name} < {self.pick('3', '6', 'd')}:")
        self.loops += 1
        self.depth += 1
        self.line("tick()")
        self.line(f"{name} += 1")
        self.depth -= 1
        self.block()
        self.loops -= 1

    def _try(self) -> None:
        self.line("try:")
        self.depth += 1
        self.statement()
        self.line(f"{self.pick(*NAMES)} = {self.atom()} // {self.atom()}")
        self.statement()
        self.depth -= 1
        self.line("except ZeroDivisionError:")
        self.block()

    def unknown(self) -> str:
        self.unknowns += 1
        return f"unknown({self.unknowns})"

    def atom(self) -> str:
        kind = self.pick("number", "number", "name", "name", "unknown", "box", "len", "table", "double")
        if kind == "number":
            return str(self.number()) if self.number() >= 0 else f"({self.number()})"
        if kind == "name":
            return str(self.pick(*NAMES))
        if kind == "unknown":
            return self.unknown()
        made: str = {
            "box": "box.n",
            "len": self.pick("len(row)", "len(box)"),
            "table": "table.get('x', 4)",
            "double": "box.double",
        }[kind]
        return made

    def expression(self) -> str:
        kind = self.pick("atom", "binary", "binary", "min", "conditional", "int", "or", "sum")
        if kind == "atom":
            return self.atom()
        if kind == "binary":
            sign = self.pick("+", "-", "*", "+", "%", "//")
            right = self.pick("2", "3", "7") if sign in "%//*" else self.atom()
            return f"({self.atom()} {sign} {right})"
        if kind == "min":
            return f"{self.pick('min', 'max')}({self.atom()}, {self.atom()})"
        if kind == "conditional":
            return f"({self.atom()} if {self.condition()} else {self.atom()})"
        if kind == "int":
            return f"{self.pick('int', 'abs', 'round')}({self.atom()} / {self.pick('2', '4')})"
        if kind == "or":
            return f"({self.atom()} {self.pick('or', 'and')} {self.atom()})"
        return f"sum([{self.atom()}, {self.atom()}])"

    def condition(self) -> str:
        sign = self.pick("<", ">", "==", "!=", "<=", ">=")
        simple = f"{self.atom()} {sign} {self.atom()}"
        kind = self.pick("simple", "simple", "and", "not", "modulo")
        if kind == "and":
            return f"{simple} {self.pick('and', 'or')} {self.atom()} > 2"
        if kind == "not":
            return f"not ({simple})"
        if kind == "modulo":
            return f"({self.pick(*NAMES)} + 1) % 2 == 0"
        return simple


@st.composite
def programs(draw: Any) -> str:
    return Writer(lambda count: draw(st.integers(0, count - 1))).program()


def run(source: str, values: list[int]) -> list[tuple[int, object]]:
    """Run a program; return what it hands to `probe`, in order. `values` are the unknown numbers."""
    seen: list[tuple[int, object]] = []
    fuel = [LIMIT]

    def probe(number: int, value: object) -> None:
        seen.append((number, value))

    def unknown(index: int) -> int:
        return values[index % len(values)]

    def tick() -> None:
        fuel[0] -= 1
        if fuel[0] < 0:
            raise OutOfFuel

    code = compile(source.replace("from library import probe, unknown\n", "\n"), "program", "exec")
    with contextlib.suppress(Exception):  # a program may end where it cannot go on
        exec(code, {"probe": probe, "unknown": unknown, "tick": tick, "__name__": "__main__"})
    return seen
