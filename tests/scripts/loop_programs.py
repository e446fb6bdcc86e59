"""Random training loops, and how often things really happen in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

MOST_CALLS = 5_000


class TooLong(Exception):
    pass


class LoopWriter:
    """Writes one training loop over known data; `choose(n)` makes the choices."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.marks = 0

    def pick(self, *choices: Any) -> Any:
        return choices[self.choose(len(choices))]

    def maybe(self, *lines: str) -> list[str]:
        return list(lines) if self.choose(3) == 0 else []

    def mark(self) -> str:
        self.marks += 1
        return f"lab.mark_{self.marks}()"

    def program(self) -> str:
        rows, batch = self.choose(20), self.choose(6) + 1
        window, limit, most = self.choose(5) + 1, self.choose(25), self.choose(7)
        head = [
            "import lab",
            f"K, LIMIT, MOST, EPOCHS = {window}, {limit}, {most}, {self.choose(5)}",
            f"loader = lab.data.Loader([0] * {rows}, {batch}, drop_last={self.pick(True, False)})",
            "opt = lab.optim.SGD([], lr=0.1)",
            "sched = lab.optim.Cosine(opt, 10)",
        ]
        inside = self.choose(3) == 0
        body = self.loops("return" if inside and self.choose(2) else "break")
        if inside:
            return "\n".join([*head, "def train(n=0, updates=0):", *self.indent(body), "train()"]) + "\n"
        return "\n".join([*head, "n = updates = 0", *body]) + "\n"

    def indent(self, lines: list[str]) -> list[str]:
        return ["    " + line for line in lines]

    def loops(self, leave: str) -> list[str]:
        shape = self.pick("nested", "nested", "nested", "micro", "single")
        if shape == "micro":
            step = [
                "for m in range(K):",
                "    lab.loss().backward()",
                *self.indent(self.maybe("n += 1")),
                "opt.step()",
                "updates += 1",
            ]
            return [
                self.pick("for e in range(EPOCHS * 3):", "while updates < LIMIT:"),
                *self.indent([*step, *self.maybe("sched.step()"), *self.maybe(self.mark())]),
            ]
        inner = self.batch_loop(leave)
        if shape == "single":
            return inner
        header = self.pick(
            "for e in range(EPOCHS):",
            "for e in range(EPOCHS):",
            "for e in range(1, EPOCHS + 1):",
            "for e in range(2, EPOCHS):",
            "while updates < LIMIT:",
            "while True:",
        )
        before = [*self.maybe("opt.zero_grad()"), *self.maybe("n = 0"), *self.maybe(self.mark())]
        after = [*self.maybe("sched.step()"), *self.maybe(self.mark())]
        if header.startswith("for e"):
            after += self.maybe("if e % 2 == 0:", "    " + self.mark())
        if header == "while True:" or self.choose(3) == 0:
            after += [f"if updates {self.pick('>=', '>', '==')} LIMIT:", "    break"]
        if self.choose(6) == 0:
            after += ["if lab.done():", "    break"]
        return [header, *self.indent([*before, *inner, *after])]

    def batch_loop(self, leave: str) -> list[str]:
        header = self.pick(
            "for i, b in enumerate(loader):", "for i, b in enumerate(loader):", "for i, b in enumerate(loader, 1):",
            "for i in range(len(loader)):", "for i, b in zip(range(MOST), loader):", "for i, b in enumerate(lab.bar(loader)):",
        )  # fmt: skip
        lines: list[str] = []
        if self.choose(5) == 0:
            lines += [f"if i {self.pick('>=', '>', '==')} MOST:", "    break"]
        early = self.choose(2) == 0
        lines += ["n += 1"] if early else []
        lines += ["lab.loss().backward()"]
        if self.choose(8) == 0:
            lines += ["if lab.done():", "    continue"]
        condition = self.pick(
            "", "", "(i + 1) % K == 0", "i % K == 0", "i % K == K - 1", "(i + 1) % K == 0 or i + 1 == len(loader)",
            "n % K == 0", "not (i + 1) % K", "i > 2", "lab.done()",
        )  # fmt: skip
        step = ["opt.step()", "updates += 1", *self.maybe("sched.step()"), *self.maybe(self.mark())]
        if self.choose(4) == 0:
            step += ["if updates % 3 == 0:", "    " + self.mark()]
        if self.choose(4) == 0 and leave:
            step += [f"if updates {self.pick('>=', '>', '==')} LIMIT:", f"    {leave}"]
        if condition and self.choose(5) == 0:
            lines += [f"if not ({condition}):", "    continue", *step]
        else:
            lines += [f"if {condition}:", *self.indent(step)] if condition else step
        lines += [] if early else ["n += 1"]
        lines += [*self.maybe("sched.step()"), *self.maybe(self.mark())]
        if self.choose(5) == 0:
            lines += [f"if i {self.pick('>=', '>', '==')} MOST:", "    break"]
        if self.choose(4) == 0:
            lines += [
                f"if {self.pick('i', 'n', 'n + 1')} % {self.choose(4) + 1} == {self.choose(2)}:",
                "    " + self.mark(),
            ]
        return [header, *self.indent(lines)]


class Loader:
    def __init__(self, data: list[int], size: int = 1, drop_last: bool = False) -> None:
        self.rounds = len(data) // size if drop_last else -(-len(data) // size)
        self.used = 0

    def use(self) -> int:
        self.used += 1
        if self.used > MOST_CALLS:
            raise TooLong
        return self.rounds

    def __len__(self) -> int:
        return self.use()

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.use()))


class Lab:
    """Stands for the library while a program runs; counts what is called."""

    def __init__(self, decisions: list[bool]) -> None:
        self.counts: Counter[str] = Counter()
        self.decisions = decisions
        self.asked = 0
        self.data = type("data", (), {"Loader": Loader})
        self.optim = self

    def count(self, name: str) -> None:
        self.counts[name] += 1
        if self.counts.total() > MOST_CALLS:
            raise TooLong

    def SGD(self, *_: object, **__: object) -> object:
        return type("SGD", (), {"step": lambda _: self.count("opt.step"), "zero_grad": lambda _: self.count("clear")})()

    def Cosine(self, *_: object) -> object:
        return type("Cosine", (), {"step": lambda _: self.count("sched.step")})()

    def loss(self) -> object:
        return type("Loss", (), {"backward": lambda _: self.count("backward")})()

    def bar(self, loader: Loader) -> Loader:
        return loader

    def done(self) -> bool:
        self.asked += 1
        return self.decisions[self.asked % len(self.decisions)]

    def __getattr__(self, name: str) -> object:
        return lambda: self.count(name)


def run(source: str, decisions: list[bool]) -> Counter[str] | None:
    """Run a program; return how often everything was called, None if it does not end."""
    lab = Lab(decisions)
    code = compile(source.replace("import lab\n", "\n"), "loops", "exec")
    try:
        exec(code, {"lab": lab})
    except TooLong:
        return None
    return lab.counts
