"""Hand-written training loops: epochs, batches, accumulation, schedulers, limits and totals."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest
from reading_scripts import two_loops

from epochlint.expressions.wording import text_of

HEAD = "import lab\nfrom lab import loader, net, unknown, done\nopt = lab.optim.SGD([], 0.1)\n"


def told(value: Any) -> str | None:
    if value is None:
        return None
    return text_of(value.value if hasattr(value, "value") and hasattr(value, "origin") else value)


PLAIN = "for epoch in range(3):\n    for batch in loader:\n        opt.zero_grad()\n        net(batch).backward()\n        opt.step()\n"


def test_an_ordinary_loop(read: Any) -> None:
    loop = read(HEAD + PLAIN).loop
    assert (told(loop.epochs), told(loop.batches), told(loop.steps)) == ("3", "len(loader)", "3 * len(loader)")
    assert (loop.window, loop.tail, loop.step_limit, loop.open_ended) == (None, "step", None, "")
    assert loop.optimizers == (0,)
    assert told(loop.first_epoch) == "0"
    assert loop.place.line == 4


def test_known_sizes(read: Any) -> None:
    source = "import lab\nfrom lab import net\nloader = lab.data.Loader(lab.data.Arrays(lab.zeros((10, 3))), 4)\nopt = lab.optim.SGD([], 0.1)\n"
    loop = read(source + PLAIN).loop
    assert (told(loop.batches), told(loop.steps), told(loop.micro_batches)) == ("3", "9", "9")


@pytest.mark.parametrize(
    ("header", "epochs", "first", "steps"),
    [
        ("range(10)", "10", "0", "10 * len(loader)"),
        ("range(1, 10 + 1)", "10", "0", "10 * len(loader)"),
        ("range(1, 11)", "10", "0", "10 * len(loader)"),
        ("range(4, 10)", "10", "4", "6 * len(loader)"),
        ("lab.bar(range(10))", "10", "0", "10 * len(loader)"),
    ],
)
def test_epochs(read: Any, header: str, epochs: str, first: str, steps: str) -> None:
    loop = read(HEAD + PLAIN.replace("range(3)", header)).loop
    assert (told(loop.epochs), told(loop.first_epoch), told(loop.steps)) == (epochs, first, steps)


def test_loops_spread_over_functions(read: Any) -> None:
    source = """import lab
def one_epoch(net, loader, opt):
    for batch in loader:
        net(batch).backward()
        opt.step()
        opt.zero_grad()
class Trainer:
    def __init__(self, net, epochs=5):
        self.net, self.epochs = net, epochs
        self.opt = lab.optim.SGD(net, lr=0.1)
        self.loader = lab.data.Loader([0] * 20, 4)
    def fit(self):
        for epoch in range(self.epochs):
            one_epoch(self.net, self.loader, self.opt)
def main(net=None):
    Trainer(net).fit()
if __name__ == "__main__":
    main()
"""
    loop = read(source).loop
    assert (told(loop.epochs), told(loop.batches), told(loop.steps)) == ("5", "5", "25")
    assert loop.epochs.place.line == 8


ACCUMULATED = """for epoch in range(3):
    for i, batch in enumerate(loader):
        (net(batch) / 4).backward()
        if {condition}:
            opt.step()
            opt.zero_grad()
"""


@pytest.mark.parametrize(
    ("condition", "window", "offset", "tail", "steps"),
    [
        ("(i + 1) % 4 == 0", "4", 0, "leak", "3 * floor(len(loader) / 4)"),
        ("i % 4 == 3", "4", 0, "leak", "3 * floor(len(loader) / 4)"),
        ("i % 4 == 0", "4", 1, "leak", "3 * ceil(len(loader) / 4)"),
        ("(i + 1) % 4 == 0 or i + 1 == len(loader)", "4", 0, "step", "3 * ceil(len(loader) / 4)"),
        ("i == len(loader) - 1 or not (i + 1) % 4", "4", 0, "step", "3 * ceil(len(loader) / 4)"),
    ],
)
def test_accumulation(read: Any, condition: str, window: str, offset: int, tail: str, steps: str) -> None:
    loop = read(HEAD + ACCUMULATED.format(condition=condition)).loop
    assert (told(loop.window), loop.window_offset, loop.tail, told(loop.steps)) == (window, offset, tail, steps)
    assert told(loop.micro_batches) == "3 * len(loader)"


def test_accumulation_with_the_last_remainder(read: Any) -> None:
    source = HEAD + "K = 4\n" + ACCUMULATED.format(condition="i % K == K - 1")
    loop = read(source).loop
    assert (told(loop.window), loop.window_offset) == ("4", 0)


def test_gradients_cleared_at_the_beginning_of_an_epoch_discard_the_rest(read: Any) -> None:
    source = ACCUMULATED.format(condition="(i + 1) % 4 == 0").replace("range(3):\n", "range(3):\n    opt.zero_grad()\n")
    assert read(HEAD + source).loop.tail == "discard"


def test_a_counter_that_goes_on_carries_the_rest(read: Any) -> None:
    source = "n = 0\n" + ACCUMULATED.format(condition="n % 4 == 0").replace(
        "        (net", "        n += 1\n        (net"
    )
    loop = read(HEAD + source).loop
    assert (loop.tail, told(loop.steps)) == ("carry", "floor(3 * len(loader) / 4)")


def test_a_counter_that_begins_anew(read: Any) -> None:
    source = ACCUMULATED.format(condition="n % 4 == 0").replace("        (net", "        n += 1\n        (net")
    loop = read(HEAD + source.replace("range(3):\n", "range(3):\n    n = 0\n")).loop
    assert (loop.tail, told(loop.steps)) == ("leak", "3 * floor(len(loader) / 4)")


def test_a_flush_after_the_loop(read: Any) -> None:
    source = ACCUMULATED.format(condition="(i + 1) % 4 == 0") + "    if (i + 1) % 4 != 0:\n        opt.step()\n"
    loop = read(HEAD + source).loop
    assert (loop.tail, told(loop.steps)) == ("step", "3 * ceil(len(loader) / 4)")


def test_an_inner_loop_that_accumulates(read: Any) -> None:
    source = "K = 8\nfor it in range(1000):\n    for micro in range(K):\n        (net(lab.batch()) / K).backward()\n    opt.step()\n    opt.zero_grad()\n"
    loop = read(HEAD + source).loop
    assert (loop.epochs, told(loop.window), told(loop.steps), told(loop.micro_batches)) == (None, "8", "1,000", "8,000")


def test_one_step_for_a_whole_pass(read: Any) -> None:
    source = "for epoch in range(3):\n    for batch in loader:\n        net(batch).backward()\n    opt.step()\n"
    loop = read(HEAD + source).loop
    assert (told(loop.epochs), told(loop.window), told(loop.steps)) == ("3", "len(loader)", "3")


def test_a_context_that_accumulates(read: Any) -> None:
    source = """import lab
from lab import net, loader
engine = lab.Engine(net, every=4)
opt, sched = lab.optim.SGD([]), lab.optim.Cosine(None, 10)
opt, loader = engine.prepare(opt, loader)
for epoch in range(3):
    for batch in loader:
        with engine.accumulate(net):
            engine.backward(net(batch))
            opt.step()
            sched.step()
            opt.zero_grad()
"""
    loop = read(source).loop
    assert (told(loop.window), loop.tail, told(loop.steps)) == ("4", "step", "3 * ceil(len(loader) / 4)")
    assert [(one.per, told(one.ticks)) for one in loop.schedulers] == [("micro-batch", "3 * len(loader)")]
    prepared = source.replace("opt, loader = engine.prepare(opt, loader)", "opt, sched = engine.prepare(opt, sched)")
    assert [one.per for one in read(prepared).loop.schedulers] == ["step"]


def test_a_condition_that_says_the_window_is_full(read: Any) -> None:
    source = "engine = lab.Engine(net, every=4)\nopt = engine.prepare(opt)\nsched = lab.optim.Cosine(opt, 10)\nstep = 0\nwhile step < 50:\n    for b in loader:\n        with engine.accumulate(net):\n            engine.backward(net(b))\n            opt.step()\n        if engine.synced:\n            sched.step()\n            step += 1\n        if step >= 50:\n            break\n"
    loop = read(HEAD + source).loop
    assert (told(loop.steps), told(loop.step_limit), [one.per for one in loop.schedulers]) == ("50", "50", ["step"])


SCHEDULED = """sched = lab.optim.Cosine(opt, 10)
for epoch in range(3):
    for i, batch in enumerate(loader):
        net(batch).backward()
        if (i + 1) % 4 == 0:
            opt.step()
            {step}
        {micro}
    {epoch}
{after}
"""


@pytest.mark.parametrize(
    ("where", "per", "ticks"),
    [
        ("step", "step", "3 * floor(len(loader) / 4)"),
        ("micro", "micro-batch", "3 * len(loader)"),
        ("epoch", "epoch", "3"),
        ("after", "unknown", "unknown"),
    ],
)
def test_where_schedulers_tick(read: Any, where: str, per: str, ticks: str) -> None:
    places = dict.fromkeys(("step", "micro", "epoch", "after"), "pass") | {where: "sched.step()"}
    uses = read(HEAD + SCHEDULED.format(**places)).loop.schedulers
    if where == "after":
        assert [one.per for one in uses] in ([], ["unknown"])
    else:
        assert [(one.per, told(one.ticks)) for one in uses] == [(per, ticks)]


def test_a_scheduler_that_nobody_steps(read: Any) -> None:
    uses = read(HEAD + "sched = lab.optim.Cosine(opt, 10)\n" + PLAIN).loop.schedulers
    assert [(one.per, told(one.ticks)) for one in uses] == [("never", "0")]


def test_a_scheduler_before_the_optimizer(read: Any) -> None:
    source = "sched = lab.optim.Cosine(opt, 10)\n" + PLAIN.replace(
        "        opt.step()", "        sched.step()\n        opt.step()"
    )
    assert [one.before_optimizer for one in read(HEAD + source).loop.schedulers] == [True]


LIMITED = """step = 0
{outer}
    for batch in loader:
        net(batch).backward()
        opt.step()
        step += 1
        {inner}
    {after}
"""


@pytest.mark.parametrize(
    ("outer", "inner", "after", "limit", "steps"),
    [
        ("while step < 100:", "if step >= 100: break", "pass", "100", "100"),
        ("while True:", "if step == 100: break", "if step == 100: break", "100", "100"),
        (
            "for e in range(10**6):",
            "if step > 100: break",
            "if step > 100: break",
            "100",
            "min(1000000 * len(loader), 101)",
        ),
        ("while step < 100:", "pass", "pass", "100", "ceil(100 / len(loader)) * len(loader)"),
        ("for e in range(9):", "pass", "if step >= 100: break", "100", None),
        ("for e in range(5):", "if step >= 100: break", "pass", None, None),
    ],
)
def test_limits(read: Any, outer: str, inner: str, after: str, limit: str | None, steps: str | None) -> None:
    loop = read(HEAD + LIMITED.format(outer=outer, inner=inner, after=after)).loop
    assert told(loop.step_limit) == limit
    assert (told(loop.steps) or "").replace(",", "") == (steps or "").replace(",", "")


def test_a_limit_that_leaves_the_inner_loop_only_is_told(read: Any) -> None:
    source = LIMITED.format(outer="for e in range(5):", inner="if step >= 100: break", after="pass")
    assert "leaves only the inner loop" in read(HEAD + source).loop.open_ended


def test_a_return_ends_everything(read: Any) -> None:
    source = (
        "def train():\n    "
        + LIMITED.format(outer="for e in range(5):", inner="if step >= 100: return", after="pass").replace(
            "\n", "\n    "
        )
        + "\ntrain()\n"
    )
    loop = read(HEAD + source).loop
    assert (told(loop.step_limit), told(loop.steps)) == ("100", "min(100, 5 * len(loader))")


def test_a_return_from_one_pass_is_no_end_of_the_run(read: Any) -> None:
    source = "def one_pass(step):\n    for batch in loader:\n        opt.step()\n        step += 1\n        if step >= 100:\n            return step\n    return step\nstep = 0\nfor e in range(5):\n    step = one_pass(step)\n"
    assert read(HEAD + source).loop.steps is None


@pytest.mark.parametrize(
    ("test", "steps"),
    [
        ("if step >= 100: return\nopt.step()\nstep += 1", "100"),
        ("opt.step()\nif step >= 100: return\nstep += 1", "101"),
        ("opt.step()\nstep += 1\nif step + 1 > 100: return", "100"),
        ("step += 1\nif step == 100: return\nopt.step()", "99"),
    ],
)
def test_where_a_limit_is_looked_at(read: Any, test: str, steps: str) -> None:
    source = "def train(step=0):\n" + indent(two_loops(5, test), "    ") + "train()\n"
    assert (told(read(HEAD + source).loop.steps) or "") in (
        f"min({steps}, 5 * len(loader))",
        f"min(5 * len(loader), {steps})",
    )


def test_a_limit_on_batches_of_a_pass(read: Any) -> None:
    source = "for epoch in range(3):\n    for i, batch in enumerate(loader):\n        if i >= 50:\n            break\n        net(batch).backward()\n        opt.step()\n"
    assert told(read(HEAD + source).loop.steps) == "3 * min(50, len(loader))"
    after = "for epoch in range(3):\n    for i, batch in enumerate(loader):\n        net(batch).backward()\n        opt.step()\n        if i >= 50:\n            break\n"
    assert told(read(HEAD + after).loop.steps) == "3 * min(51, len(loader))"


@pytest.mark.parametrize("leave", ["if done(): break", "if net.loss < 0.1: return"])
def test_early_stopping_leaves_totals_open(read: Any, leave: str) -> None:
    source = (
        "def train():\n    for epoch in range(3):\n        for batch in loader:\n            opt.step()\n        "
        + leave
        + "\ntrain()\n"
    )
    loop = read(HEAD + source).loop
    assert loop.steps is None
    assert loop.open_ended


def test_a_step_under_an_unknown_condition(read: Any) -> None:
    loop = read(
        HEAD + "for epoch in range(3):\n    for batch in loader:\n        if unknown():\n            opt.step()\n"
    ).loop
    assert (loop.steps, loop.open_ended) == (None, "unknown()")


def test_a_step_in_one_process_counts(read: Any) -> None:
    source = PLAIN.replace("        opt.step()", "        opt.step()\n        if lab.rank == 0:\n            lab.log()")
    assert told(read(HEAD + source).loop.steps) == "3 * len(loader)"


def test_several_optimizers_cannot_be_told_apart(read: Any) -> None:
    source = "second = lab.optim.SGD([])\nfor epoch in range(3):\n    for batch in loader:\n        opt.step()\n        second.step()\n"
    loop = read(HEAD + source).loop
    assert (loop.steps, len(loop.optimizers), told(loop.micro_batches)) == (None, 2, "3 * len(loader)")


def test_one_optimizer_of_two_kinds_is_one(read: Any) -> None:
    source = "opt = lab.optim.SGD([]) if unknown() else lab.optim.Adam([])\n" + PLAIN
    assert told(read(HEAD + source).loop.steps) == "3 * len(loader)"


def test_repeated_runs_are_not_one(read: Any) -> None:
    source = "for fold in range(5):\n    opt = lab.optim.SGD([])\n    for epoch in range(3):\n        for batch in loader:\n            opt.step()\n"
    loop = read(HEAD + source).loop
    assert (told(loop.epochs), told(loop.steps), loop.place.line) == ("3", "3 * len(loader)", 6)


@pytest.mark.parametrize(
    "step",
    ["scaler.step(opt)", "optimizer.step()", "self_opt.step()", "trainer.optimizer_step()", "lab.apply(net)"],
)
def test_other_ways_to_step(read: Any, step: str) -> None:
    source = f"{HEAD}from lab import scaler, optimizer, self_opt, trainer\nfor epoch in range(3):\n    for batch in loader:\n        {step}\n"
    assert told(read(source).loop.steps) == "3 * len(loader)"


def test_an_engine_that_goes_backward_and_steps(read: Any) -> None:
    source = "engine, _, loader = lab.start(model=None)\nfor batch in loader:\n    engine.backward(engine(batch))\n    engine.step()\n"
    loop = read("import lab\n" + source).loop
    assert (told(loop.epochs), told(loop.steps)) == ("1", "len(loader)")


def test_gradients_and_no_step(read: Any) -> None:
    source = "sched = lab.optim.Cosine(opt, 3)\nfor epoch in range(3):\n    for batch in loader:\n        net(batch).backward()\n    sched.step()\n"
    loop = read(HEAD + source).loop
    assert (told(loop.steps), loop.stepless, [one.per for one in loop.schedulers]) == ("0", True, ["epoch"])


def test_loops_without_an_optimizer_are_none(read: Any) -> None:
    assert (
        read(f"{HEAD}for epoch in range(3):\n    for batch in loader:\n        net(batch)\n").script.training_loops
        == ()
    )
