"""Loops: how many rounds they have, what is known inside and after them, and under which conditions things happen."""

from __future__ import annotations

from typing import Any

import pytest
from reading_scripts import two_loops

from epochlint.expressions.values import Known, Value
from epochlint.expressions.wording import text_of
from epochlint.scripts.facts import BranchFrame, ContextFrame, LoopFrame

HEAD = "import lab, itertools\nfrom lab import show, unknown, loader, other, net, done\n"


def number(value: Value | None) -> object:
    """Return the number that a frame is sure of; None if it is not."""
    return value.value if isinstance(value, Known) else None


@pytest.mark.parametrize(
    ("header", "kind", "rounds"),
    [
        ("for i in range(10):", "range", "10"),
        ("for i in range(2, 11, 3):", "range", "3"),
        ("for i in range(5, 2):", "range", "0"),
        ("for i in range(len(loader)):", "range", "len(loader)"),
        ("for i in range(1, len(loader) + 1):", "range", "len(loader)"),
        ("for i in range(0, len(loader), 32):", "range", "ceil(len(loader) / 32)"),
        ("for b in loader:", "items", "len(loader)"),
        ("for i, b in enumerate(loader):", "items", "len(loader)"),
        ("for i, b in enumerate(lab.bar(loader), 1):", "items", "len(loader)"),
        ("for a, b in zip(loader, other):", "items", "min(len(loader), len(other))"),
        ("for i, b in zip(range(100), loader):", "items", "min(100, len(loader))"),
        ("for b in itertools.islice(loader, 50):", "items", "min(50, len(loader))"),
        ("for b in reversed(loader):", "items", "len(loader)"),
        ("for b in itertools.cycle(loader):", "endless", "rounds of the loop in line 4"),
        ("while True:", "endless", "rounds of the loop in line 4"),
        ("while n < 10:", "while", "10"),
        ("while n <= 10:", "while", "11"),
        ("while n < len(loader):", "while", "len(loader)"),
        ("for x in unknown():", "items", "len(unknown())"),
    ],
)
def test_rounds(read: Any, header: str, kind: str, rounds: str) -> None:
    reading = read(
        f"{HEAD}n = 0\n{header}\n    n += 1\n    net(1)\n    if unknown():\n        break\n"
        if kind == "endless"
        else f"{HEAD}n = 0\n{header}\n    n += 1\n    net(1)\n"
    )
    loop = reading.script.loops[-1]
    assert loop.kind == kind
    assert text_of(loop.iterations) in (rounds, f"({rounds})")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("n = 0\nfor i in range(5):\n    n += 2\nshow(x=n)", 10),
        ("n = 0\nfor i in range(len(loader)):\n    n += 1\nshow(x=n)", "len(loader)"),
        ("n = 0\nfor i in range(3):\n    for b in loader:\n        n += 1\nshow(x=n)", "3 * len(loader)"),
        ("n = 1\nfor i in range(5):\n    n = n * 2\nshow(x=n > 0)", "unknown"),
        ("n = 5\nfor i in range(5):\n    show(x=n)", 5),
        ("for i in range(5):\n    n = 7\nshow(x=n)", 7),
        ("for i in range(5):\n    pass\nshow(x=i)", 4),
        ("n = 0\nwhile n < 7:\n    n += 3\nshow(x=n)", 9),
        ("r = []\nfor i in range(3):\n    r.append(i)\nshow(x=len(r) == 3)", "unknown"),
        ("n = 3\nfor i in range(2):\n    for n in (1, 2):\n        pass\nshow(x=n)", 2),
        ("n = 0\nfor i in (1, 2, 3):\n    if i == 2:\n        continue\n    n += i\nshow(x=n)", 4),
    ],
)
def test_values_in_and_after_loops(read: Any, body: str, value: object) -> None:
    assert read(HEAD + body).value() == value


def test_a_counter_in_a_method_is_noticed(read: Any) -> None:
    source = f"{HEAD}class T:\n    def __init__(self):\n        self.n = 0\n    def step(self):\n        self.n += 1\nt = T()\nfor b in loader:\n    t.step()\n    show(x=t.n)\nshow(y=t.n)"
    inside, after = read(source).calls("lab.show")
    assert text_of(inside.arguments[0].thing.value) == "self.n + 1"
    assert text_of(after.arguments[0].thing.value) == "len(loader)"


def test_loops_over_a_few_known_things_are_run_one_by_one(read: Any) -> None:
    calls = read(f"{HEAD}for lr in [0.1, 0.01]:\n    show(x=lr)").calls("lab.show")
    assert [call.arguments[0].thing.value.value for call in calls] == [0.1, 0.01]
    assert all(not call.frames for call in calls)


def test_a_wrapped_loader_stays_the_same(read: Any) -> None:
    source = f"{HEAD}data = lab.data.Loader([0] * 10, 5)\nfor epoch in range(3):\n    data = lab.bar(data)\n    for b in data:\n        show(x=len(data))"
    reading = read(source)
    assert reading.value() == 2
    assert text_of(reading.call("lab.show").runs) == "6"


def frame(reading: Any) -> BranchFrame:
    return next(one for one in reading.call("lab.show").frames if isinstance(one, BranchFrame))


@pytest.mark.parametrize(
    ("condition", "kind", "period", "offset"),
    [
        ("(i + 1) % 4 == 0", "every", 4, 0),
        ("i % 4 == 0", "every", 4, 0),
        ("not i % 4", "every", 4, 0),
        ("0 == i % 4", "every", 4, 0),
        ("i % 4 == 3", "every", 4, 3),
        ("i == 0", "first", None, None),
        ("i + 1 == len(loader)", "last", None, None),
        ("i == len(loader) - 1", "last", None, None),
        ("i >= 100", "limit", None, None),
        ("100 < i", "limit", None, None),
        ("lab.rank == 0", "rank", None, None),
        ("net.is_main_process", "rank", None, None),
        ("unknown()", "flag", None, None),
        ("not (i + 1) % 4 == 0", "flag", None, None),
    ],
)
def test_kinds_of_conditions(read: Any, condition: str, kind: str, period: int | None, offset: int | None) -> None:
    reading = read(f"{HEAD}for i, b in enumerate(loader):\n    if {condition}:\n        show(1)")
    found = frame(reading)
    assert (found.kind, found.text) == (kind, condition)
    if kind == "every":
        assert (number(found.period), number(found.offset), found.counter) == (period, offset, "i")


def test_a_condition_by_name(read: Any) -> None:
    source = f"{HEAD}K = 4\nfor i, b in enumerate(loader):\n    ready = (i + 1) % K == 0 or i + 1 == len(loader)\n    if ready:\n        show(1)"
    found = frame(read(source))
    assert (found.kind, number(found.period), [one.kind for one in found.options]) == ("every", 4, ["every", "last"])


def test_both_sides_of_and_are_frames(read: Any) -> None:
    reading = read(f"{HEAD}for i, b in enumerate(loader):\n    if lab.rank == 0 and i % 10 == 0:\n        show(1)")
    kinds = [one.kind for one in reading.call("lab.show").frames if isinstance(one, BranchFrame)]
    assert kinds == ["rank", "every"]


def test_what_follows_a_continue_runs_under_the_opposite(read: Any) -> None:
    source = f"{HEAD}for i, b in enumerate(loader):\n    if (i + 1) % 4 != 0:\n        continue\n    show(1)"
    found = frame(read(source))
    assert (found.kind, number(found.period), number(found.offset)) == ("every", 4, 0)


@pytest.mark.parametrize("around", ["with net.average():", "if unknown():", "try:"])
@pytest.mark.parametrize(
    ("first", "second"), [("(i + 1) % 4 != 0", "done()"), ("done()", "(i + 1) % 4 != 0"), ("done()", "lab.late()")]
)
def test_what_follows_a_block_with_two_continues_runs_under_both(
    read: Any, around: str, first: str, second: str
) -> None:
    inside = "".join(f"        if {test}:\n            continue\n" for test in (first, second))
    after = "    except OSError:\n        pass\n" if around == "try:" else ""
    found = read(f"{HEAD}for i, b in enumerate(loader):\n    {around}\n{inside}{after}    show(1)").call("lab.show")
    texts = " and ".join(one.text for one in found.frames if isinstance(one, BranchFrame))
    assert all(test in texts for test in (first, second)), texts
    assert found.runs is None


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        ("(i + 1) % 4 == 0", "3 * floor(len(loader) / 4)"),
        ("i % 4 == 0", "3 * ceil(len(loader) / 4)"),
        ("i % 4 == 3", "3 * floor(len(loader) / 4)"),
        ("(i + 1) % 4 == 0 or i + 1 == len(loader)", "3 * ceil(len(loader) / 4)"),
        ("epoch % 2 == 0", "2 * len(loader)"),
        ("epoch == 0", "len(loader)"),
        ("True", "3 * len(loader)"),
    ],
)
def test_how_often_a_call_runs(read: Any, condition: str, runs: str) -> None:
    source = two_loops(3, f"if {condition}:\n    show(1)")
    assert text_of(read(HEAD + source).call("lab.show").runs) == runs


def test_frames_go_through_calls(read: Any) -> None:
    source = f"{HEAD}def one(b):\n    with net.average():\n        show(b)\ndef epoch():\n    for b in loader:\n        one(b)\nfor e in range(3):\n    epoch()"
    reading = read(source)
    call = reading.call("lab.show")
    assert [type(one) for one in call.frames] == [LoopFrame, LoopFrame, ContextFrame]
    assert call.function == "one"
    assert text_of(call.runs) == "3 * len(loader)"


@pytest.mark.parametrize(
    ("leave", "kind", "text"),
    [
        ("if i >= 100:\n            break", "limit", "i >= 100"),
        ("if done():\n            break", "flag", "done()"),
        ("if n >= 50:\n            break", "limit", "n >= 50"),
    ],
)
def test_exits(read: Any, leave: str, kind: str, text: str) -> None:
    source = f"{HEAD}n = 0\nfor e in range(3):\n    for i, b in enumerate(loader):\n        n += 1\n        {leave}\n"
    loop = read(source).script.loops[1]
    assert [(one.kind, one.text) for one in loop.exits] == [(kind, text)]


def test_a_loop_that_always_breaks_has_one_round(read: Any) -> None:
    reading = read(f"{HEAD}for i in range(10):\n    net(i)\n    break")
    assert text_of(reading.script.loops[0].iterations) == "1"


def test_counters_say_what_they_count(read: Any) -> None:
    source = f"""{HEAD}
opt = lab.optim.SGD([])
step = 0
for epoch in range(3):
    for i, b in enumerate(loader):
        if (i + 1) % 4 == 0:
            opt.step()
            step += 1
            if step % 100 == 0:
                lab.save()
        if i % 10 == 0:
            lab.log()
    if epoch % 2 == 0:
        lab.test()
"""
    reading = read(source)
    told = {
        name: [one.counts for one in reading.call(name).frames if isinstance(one, BranchFrame)][-1]
        for name in ("lab.save", "lab.log", "lab.test")
    }
    assert told == {"lab.save": "steps", "lab.log": "micro-batches", "lab.test": "epochs"}
