"""Learning rates against what real schedulers gave (recorded_rates.json, made by record_rates.py)."""

from __future__ import annotations

import json
import os
import pathlib
import time
from typing import Any

import pytest

from epochlint.expressions.evaluate import evaluate, truth
from epochlint.expressions.values import Known, Scalar, Unknown
from epochlint.knowledge.catalogue import Schedule
from epochlint.knowledge.loading import load_schedule
from epochlint.plan.event_policy import EventPolicy
from epochlint.plan.loop_policy import LoopPolicy, StopAt
from epochlint.plan.loop_timeline import Timeline
from epochlint.plan.machine import run_loop
from epochlint.plan.rate_curves import AnyCurve, Composed, Curve, parameters_of
from epochlint.plan.rate_formulas import UnknownRate
from epochlint.plan.rate_shapes import shape_of
from epochlint.plan.rate_ticks import TickMap, TickPolicy
from epochlint.plan.rates import plan_rate

HERE = pathlib.Path(__file__).parent
SCHEDULES = HERE.parent.parent / "schedules"
RECORDED = json.loads(pathlib.Path(os.environ.get("RECORDED_RATES", HERE / "recorded_rates.json")).read_text())
ALL = [(library, number) for library, cases in RECORDED.items() for number in range(len(cases))]

_loaded: dict[str, Schedule] = {}


def schedule(name: str) -> Schedule:
    if name not in _loaded:
        _loaded[name] = load_schedule(str(SCHEDULES / f"{name}.yaml"))
    return _loaded[name]


def scalar(value: Any) -> Scalar:
    return tuple(scalar(one) for one in value) if isinstance(value, list) else value


def curve(case: dict[str, Any], base: float | None) -> AnyCurve:
    if "composed" in case:
        return Composed(case["composed"], tuple(curve(one, base) for one in case["of"]), tuple(case["at"]))
    return Curve(
        schedule(case["schedule"]),
        tuple((name, Known(scalar(value))) for name, value in case["parameters"].items()),
        base,
    )


@pytest.mark.parametrize(("library", "number"), ALL)
def test_the_rate_is_the_one_a_real_scheduler_gave(library: str, number: int) -> None:
    case = RECORDED[library][number]
    shape = shape_of(curve(case, case["base"]))
    largest = max(abs(rate) for _, rate in case["rates"])
    unknown = []
    for tick, rate in case["rates"]:
        try:
            found = shape.at(tick)
        except UnknownRate:
            unknown.append(tick)
            continue
        assert found == pytest.approx(rate, rel=1e-9, abs=1e-9 * largest + 1e-15), (case, tick)
    if "composed" not in case:
        assert unknown == []
    if case.get("raises") is not None:
        assert shape.raises_at == case["raises"]


# --- over a run -------------------------------------------------------------------------------------------------------


def run_of(steps: int, window: int = 1, data: int | None = None, batch: int = 4) -> Timeline:
    policy = LoopPolicy(data, window=window, stops=(StopAt("steps", steps),), batch=batch)
    timeline = run_loop(policy).timeline
    assert timeline is not None
    return timeline


def one(which: str, base: float | None = 1.0, /, **parameters: Scalar) -> Curve:
    return Curve(schedule(which), tuple((key, Known(value)) for key, value in parameters.items()), base)


LINEAR = one("warmup-linear", num_warmup_steps=2, num_training_steps=10)


def test_first_peak_last_and_points() -> None:
    rate = plan_rate(LINEAR, TickPolicy(), run_of(10))
    assert (rate.first, rate.peak) == (0.0, 1.0)
    assert rate.last == pytest.approx(0.125)
    assert rate.series[:3] == ((1, 0.0), (2, 0.5), (3, 1.0))
    assert len(rate.series) == 10
    assert rate.turns == ()


def test_a_warmup_longer_than_the_run_never_reaches_the_peak() -> None:
    rate = plan_rate(one("warmup-linear", num_warmup_steps=100, num_training_steps=10), TickPolicy(), run_of(10))
    assert rate.peak == rate.last == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("curve", "steps", "turns"),
    [
        (LINEAR, 11, (("ends", 10),)),
        (one("torch-cosine-annealing", T_max=6), 7, ()),
        (one("torch-cosine-annealing", T_max=6), 8, (("rises", 6),)),
        (one("torch-cosine-warm-restarts", T_0=5), 6, (("restarts", 5),)),
        (one("torch-one-cycle", max_lr=1.0, total_steps=10), 10, ()),
        (one("torch-one-cycle", max_lr=1.0, total_steps=10), 11, (("raises", 11),)),
        (one("torch-polynomial"), 100, (("ends", 5),)),
        (one("torch-exponential", gamma=0.9), 100, ()),
        (one("get-scheduler", name="cosine", num_warmup_steps=0, num_training_steps=5), 9, (("rises", 5),)),
        (one("get-scheduler", name="linear", num_warmup_steps=0, num_training_steps=5), 9, (("ends", 5),)),
        (one("warmup-cosine-restarts", num_warmup_steps=2, num_training_steps=8, num_cycles=2), 8, (("restarts", 5),)),
        (Composed("sequential", (LINEAR, LINEAR), (8,)), 14, (("rises", 8),)),
    ],
)
def test_where_the_schedule_turns(curve: AnyCurve, steps: int, turns: tuple[tuple[str, int], ...]) -> None:
    assert plan_rate(curve, TickPolicy(), run_of(steps)).turns == turns


@pytest.mark.parametrize(
    "name", ["linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup"]
)
def test_schedules_chosen_by_name_are_those_with_names_of_their_own(name: str) -> None:
    steps: dict[str, Scalar] = {"num_warmup_steps": 7, "num_training_steps": 50}
    first, second = (
        shape_of(one("get-scheduler", name=name, **steps)),
        shape_of(one("diffusers-get-scheduler", name=name, **steps)),
    )
    for tick in (0, 3, 7, 8, 30, 49, 50, 51, 80):
        assert first.at(tick) == pytest.approx(second.at(tick))
    assert (first.length, first.past_end) == (second.length, second.past_end)


def test_a_schedule_that_raises_has_no_last_rate() -> None:
    rate = plan_rate(one("torch-one-cycle", max_lr=1.0, total_steps=10), TickPolicy(), run_of(20))
    assert rate.first == pytest.approx(0.04)
    assert (rate.last, rate.reason) == (None, "the schedule raises an exception")


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        (TickPolicy("steps"), [0, 1, 2, 3, 4, 5]),
        (TickPolicy("steps", times=4), [0, 4, 8, 12, 16, 20]),
        (TickPolicy("micro-batches"), [1, 3, 4, 6, 8, 9]),
        (TickPolicy("epochs"), [0, 0, 0, 1, 1, 1]),
        (TickPolicy("samples"), [0, 8, 16, 20, 28, 36]),
        (TickPolicy("steps", late=1), [0, 0, 1, 2, 3, 4]),
        (TickPolicy("steps", every=2), [0, 0, 1, 1, 2, 2]),
        (TickPolicy(calls=EventPolicy("micro-batches-of-epoch", 2, checked="step")), [0, 1, 2, 2, 3, 4]),
    ],
)
def test_ticks_before_each_step(ticks: TickPolicy, expected: list[int]) -> None:
    ticking = TickMap(ticks, run_of(6, window=2, data=5))  # steps after 2, 4 and 5 of 5 micro-batches
    assert [ticking.tick(step) for step in range(1, 7)] == expected


def test_rates_of_micro_batches_that_make_no_step() -> None:
    rate = plan_rate(LINEAR, TickPolicy("micro-batches", told="micro-batches"), run_of(2, window=3))
    assert (rate.first, rate.peak, rate.last) == (0.0, 1.0, 0.625)
    assert rate.series == ((1, 1.0), (2, 0.625))  # a step is made with the rate of its last micro-batch


def test_a_scheduler_called_once_per_process_is_done_too_early() -> None:
    rate = plan_rate(one("warmup-linear", num_warmup_steps=0, num_training_steps=20), TickPolicy(times=4), run_of(20))
    assert (rate.last, rate.turns) == (0.0, (("ends", 20),))


def test_what_is_not_known_is_none_with_the_reason() -> None:
    rate = plan_rate(Curve(schedule("warmup-linear"), (), 1.0), TickPolicy(), run_of(10))
    assert (rate.first, rate.peak, rate.last, rate.reason) == (None, None, None, "num_warmup_steps is not known")
    assert plan_rate(one("torch-exponential", None, gamma=0.9), TickPolicy(), run_of(3)).first is None
    assert plan_rate(LINEAR, TickPolicy(), None).reason == "the run never ends"
    assert plan_rate(one("torch-lambda", lr_lambda=1), TickPolicy(), run_of(3)).first is None


def test_a_plateau_cannot_lower_the_rate_before_its_patience_is_over() -> None:
    shape = shape_of(one("torch-reduce-on-plateau", patience=3))
    assert shape.at(3) == 1.0
    with pytest.raises(UnknownRate):
        shape.at(4)


def test_windows_hold_a_factor_before_and_after() -> None:
    warmup = one("torch-linear", start_factor=0.1, total_iters=4)
    decay = one("torch-step", step_size=3, gamma=0.5)
    shape = shape_of(Composed("windowed", (warmup, decay), windows=((0, 5), (5, 9))))
    assert [shape.at(tick) for tick in (0, 4, 5, 7, 8, 9, 100)] == pytest.approx([0.1, 1, 1, 1, 0.5, 0.5, 0.5])


def test_schedules_that_set_the_rate_cannot_be_chained() -> None:
    halves = one("torch-exponential", gamma=0.5)
    for other in (one("torch-cosine-warm-restarts", T_0=5), one("torch-one-cycle", max_lr=1.0, total_steps=9), LINEAR):
        with pytest.raises(UnknownRate):
            shape_of(Composed("chained", (halves, other))).at(1)


LONG = [
    one("warmup-linear", num_warmup_steps=1_234, num_training_steps=19_000),
    one("warmup-cosine", num_warmup_steps=777, num_training_steps=9_000),
    one("warmup-cosine-restarts", num_warmup_steps=777, num_training_steps=19_000, num_cycles=7),
    one("warmup-stable-decay", num_warmup_steps=501, num_decay_steps=1_000, num_training_steps=15_000),
    one("warmup-cosine-min-shifted", num_warmup_steps=777, num_training_steps=9_000, min_lr_rate=0.1),
    one("torch-one-cycle", max_lr=0.3, total_steps=20_000, pct_start=0.213),
    one("torch-cyclic", base_lr=0.1, max_lr=0.7, step_size_up=123, step_size_down=77, mode="triangular2"),
    one("torch-cosine-annealing", T_max=7_001, eta_min=0.2),
    one("torch-cosine-warm-restarts", T_0=333, T_mult=2),
    one("torch-multi-step", milestones=(5_000, 7_001), gamma=3.0),
    one("keras-cosine-decay", initial_learning_rate=0.0, decay_steps=9_000, warmup_target=0.2, warmup_steps=701),
    one("keras-polynomial-decay", initial_learning_rate=0.0, end_learning_rate=0.3, decay_steps=17_001, power=2.0),
    one("optax-warmup-exponential-decay", init_value=0.0, peak_value=0.3, warmup_steps=1_717, transition_steps=100,
        decay_rate=0.99),
    Composed("sequential", (one("torch-linear", total_iters=999), one("torch-cosine-annealing", T_max=10**5)), (999,)),
    Composed("chained", (one("torch-linear", total_iters=1_003), one("torch-exponential", gamma=0.9995))),
]  # fmt: skip


@pytest.mark.parametrize("curve", LONG)
def test_the_peak_of_a_long_run_is_found_without_looking_at_each_step(curve: AnyCurve) -> None:
    timeline, shape = run_of(20_000), shape_of(curve)
    found = plan_rate(curve, TickPolicy(), timeline)
    assert found.peak == pytest.approx(max(shape.at(tick) for tick in range(20_000)), rel=1e-9)
    assert len(found.series) == 200
    assert (found.series[0][0], found.series[-1][0]) == (1, 20_000)


@pytest.mark.parametrize("curve", LONG)
def test_a_run_of_a_thousand_million_steps_is_planned_at_once(curve: AnyCurve) -> None:
    begin = time.process_time()
    plan_rate(curve, TickPolicy(), run_of(10**9, window=3, data=1_000_003))
    assert time.process_time() - begin < 1  # milliseconds, with room for a slow machine


def test_the_peak_of_a_schedule_that_repeats_itself_without_naming_its_peaks_is_unknown() -> None:
    cycle = one("torch-cyclic", base_lr=0.1, max_lr=0.7, step_size_up=123, mode="exp_range", gamma=1.0001)
    assert plan_rate(cycle, TickPolicy(), run_of(10**6)).peak is None


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curve", "names"),
    [
        (one("torch-one-cycle", max_lr=1.0), ["no-length"]),
        (one("torch-one-cycle", max_lr=1.0, total_steps=10.0), ["total-steps-not-positive"]),
        (one("torch-one-cycle", max_lr=1.0, total_steps=20, pct_start=1), ["pct-start-not-a-fraction"]),
        (one("torch-one-cycle", max_lr=1.0, total_steps=10, pct_start=0.1), ["rise-of-one-tick"]),
        (one("torch-one-cycle", max_lr=1.0, total_steps=10), []),
        (one("torch-cosine-annealing", T_max=0), ["t-max-zero"]),
        (one("torch-linear", start_factor=0), ["start-factor-out-of-range"]),
        (one("warmup-polynomial", 1e-9, num_warmup_steps=0, num_training_steps=5), ["end-above-base"]),
        (one("warmup-cosine-min", num_warmup_steps=0, num_training_steps=5), ["no-minimum"]),
        (
            one("optax-warmup-cosine-decay", init_value=0.0, peak_value=1.0, warmup_steps=9, decay_steps=9),
            ["warmup-not-shorter"],
        ),
        (one("keras-cosine-decay", initial_learning_rate=0.1, decay_steps=0), ["not-positive"]),
        (one("get-scheduler", name="linear", num_warmup_steps=5), ["no-training-steps"]),
    ],
)
def test_what_making_a_schedule_raises(curve: Curve, names: list[str]) -> None:
    values = parameters_of(curve) | {"base": Known(curve.base), "ticks": Known(1)}
    for one in curve.schedule.let:
        values[one.quantity] = evaluate(one.expression, lambda name: values.get(name, Unknown()), trigonometry=True)
    held = [
        truth(evaluate(refusal.when, lambda name: values.get(name, Unknown()))) for refusal in curve.schedule.refusals
    ]
    assert [refusal.name for refusal, raises in zip(curve.schedule.refusals, held, strict=True) if raises] == names


def test_every_schedule_file_can_be_read_and_has_been_recorded_or_says_why_not() -> None:
    recorded = {part["schedule"] for cases in RECORDED.values() for case in cases for part in case.get("of", [case])}
    unknown = {"torch-lambda", "torch-own", "torch-multiplicative", "torch-reduce-on-plateau", "constant", "optax-sgdr"}
    composed = {"torch-sequential", "torch-chained", "optax-join"}
    names = {path.stem for path in SCHEDULES.glob("*.yaml")}
    assert names == {schedule(name).name for name in names}
    assert {name for name in names if schedule(name).sources} == names
    assert recorded | unknown | composed >= {
        name for name in names if name.split("-")[0] in ("torch", "warmup", "keras", "optax")
    }
