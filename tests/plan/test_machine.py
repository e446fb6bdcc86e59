"""What training loops really do, one policy at a time; the numbers are those of recorded runs of real frameworks."""

from __future__ import annotations

import time

import pytest

from epochlint.plan.event_policy import EventPolicy
from epochlint.plan.events import occurrences, occurrences_of
from epochlint.plan.loop_bounds import run_bounds
from epochlint.plan.loop_policy import LoopBounds, LoopPolicy, LoopResult, PolicyError, StopAt
from epochlint.plan.loop_timeline import Timeline
from epochlint.plan.machine import run_loop
from epochlint.records import replace


def epochs(limit: float) -> StopAt:
    return StopAt("epochs", limit, "epoch")


def steps(limit: float) -> StopAt:
    return StopAt("steps", limit, "step")


def timeline(result: LoopResult) -> Timeline:
    assert result.timeline is not None
    return result.timeline


def head(event: EventPolicy, policy: LoopPolicy) -> list[int]:
    return list(occurrences(event, run_loop(policy).timeline).head)


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tail", "total", "per_epoch", "discarded", "pending"),
    [
        ("step", 4, 2, 0, 0),  # 5 batches: a window of 3, and a short step
        ("discard", 2, 1, 4, 0),
        ("leak", 2, 1, 0, 2),
        ("carry", 3, None, 0, 1),  # 10 batches in windows of 3
        ("flush_at_run_end", 4, None, 0, 0),
    ],
)
def test_the_tail_of_an_epoch(tail: str, total: int, per_epoch: int | None, discarded: int, pending: int) -> None:
    result = run_loop(LoopPolicy(5, window=3, tail=tail, stops=(epochs(2),)))
    assert (result.total_steps, result.micro_batches, result.steps_per_epoch) == (total, 10, per_epoch)
    assert (result.discarded, result.pending) == (discarded, pending)


def test_a_window_larger_than_the_data_makes_a_step_per_epoch_or_none() -> None:
    assert run_loop(LoopPolicy(5, window=100, tail="step", stops=(epochs(2),))).total_steps == 2
    assert run_loop(LoopPolicy(5, window=100, tail="carry", stops=(epochs(2),))).total_steps == 0


def test_a_window_that_is_never_full_never_ends() -> None:
    result = run_loop(LoopPolicy(4, window=5, tail="discard", stops=(steps(10),)))
    assert (result.never_ends, result.total_steps, result.micro_batches) == (True, 0, None)


def test_left_over_batches_of_a_stream_cost_more_passes() -> None:
    result = run_loop(LoopPolicy(5, window=2, tail="leak", stops=(steps(12),)))
    assert (result.total_steps, result.micro_batches, result.epochs_begun) == (12, 29, 6)


def test_a_loop_that_steps_on_the_first_batch() -> None:
    policy = LoopPolicy(10, window=4, window_start=3, tail="leak", stops=(epochs(1),))  # if i % 4 == 0
    result = run_loop(policy)
    assert result.total_steps == 3
    assert [timeline(result).micro_batch_of_step(step) for step in (1, 2, 3)] == [1, 5, 9]


def test_a_window_table_by_epoch() -> None:
    result = run_loop(LoopPolicy(4, window=((0, 1), (2, 4)), stops=(epochs(3),)))
    assert (result.total_steps, result.first_epoch_steps, result.last_epoch_steps) == (9, 4, 1)


def test_a_window_table_by_samples_is_a_batch_ramp() -> None:
    policy = LoopPolicy(None, window=((0, 1), (16, 2), (48, 4)), window_by="samples", batch=4, stops=(steps(10),))
    result = run_loop(policy)
    assert (result.total_steps, result.micro_batches, result.samples) == (10, 4 + 2 * 4 + 4 * 2, 80)


# --- data and epochs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pass_end", "batches", "left_over"),
    [
        ("short_epoch", 3 + 2 + 3, 0),
        ("exhausted", 5, 0),
        ("exhausted", 3 + 2 + 2, 2),
        ("restart", 9, 0),
        ("stop", 5, 0),
    ],
)
def test_epochs_that_go_on_in_the_data(pass_end: str, batches: int, left_over: int) -> None:
    policy = LoopPolicy(5, pass_end, epoch_batches=3, position="kept", left_over=left_over, stops=(epochs(3),))
    assert run_loop(policy).micro_batches == batches


def test_a_generator_gives_later_epochs_nothing() -> None:
    result = run_loop(LoopPolicy(5, "exhausted", stops=(epochs(4),)))
    assert (result.micro_batches, result.epochs_completed, result.ended_by) == (5, 4, "epochs")


def test_an_epoch_that_begins_anew_repeats_the_first_data() -> None:
    policy = LoopPolicy(5, epoch_batches=2, position="reset", batch=4, last_batch=1, stops=(epochs(4),))
    assert run_loop(policy).samples == 4 * 2 * 4
    assert run_loop(replace(policy, position="kept")).samples == 8 * 4 - 3


@pytest.mark.parametrize(("limit", "total", "run"), [(1.5, 8, 1.6), (0.01, 1, 0.2), (3, 15, 3)])
def test_fractional_epochs_end_in_mid_epoch(limit: float, total: int, run: float) -> None:
    result = run_loop(LoopPolicy(5, stops=(StopAt("epochs", limit, "step"),)))
    assert result.total_steps == total
    assert result.epochs_run == pytest.approx(run)


def test_samples_are_counted_over_all_processes() -> None:
    policy = LoopPolicy(3, batch=8, last_batch=2, processes=4, stops=(epochs(2),))
    assert run_loop(policy).samples == 2 * 4 * (8 + 8 + 2)
    assert run_loop(replace(policy, pass_samples=70)).samples == 140
    assert run_loop(replace(policy, batch=None, last_batch=None)).samples is None


def test_a_limit_in_samples_is_passed_not_met() -> None:
    policy = LoopPolicy(10, batch=2, stops=(StopAt("samples", 15, "micro-batch"),))
    assert (run_loop(policy).samples, run_loop(policy).ended_by) == (16, "samples")


def test_no_data_end_or_hang() -> None:
    policy = LoopPolicy(0, stops=(steps(3),))
    assert run_loop(policy).never_ends
    assert run_loop(replace(policy, empty_epoch="stops")).ended_by == "empty_epoch"
    assert run_loop(replace(policy, stops=(epochs(2),))).epochs_completed == 2


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_limit_of_no_steps_is_seen_after_the_first_unless_it_is_looked_at_before() -> None:
    policy = LoopPolicy(5, stops=(steps(0),))
    assert run_loop(policy).total_steps == 1
    assert run_loop(replace(policy, stops=(steps(0), StopAt("steps", 0, "start")))).total_steps == 0


def test_a_limit_that_is_looked_at_between_epochs_is_overshot() -> None:
    assert run_loop(LoopPolicy(7, stops=(StopAt("steps", 10, "epoch"),))).total_steps == 14


def test_the_limit_that_comes_first_ends_the_run() -> None:
    policy = LoopPolicy(10, window=2, stops=(StopAt("steps", 12, "step", "max_steps"), epochs(3)))
    assert (run_loop(policy).ended_by, run_loop(policy).total_steps) == ("max_steps", 12)
    assert run_loop(replace(policy, stops=(StopAt("steps", 100, "step", "max_steps"), epochs(3)))).ended_by == "epochs"


def test_epochs_are_counted_on_from_the_first_one() -> None:
    result = run_loop(LoopPolicy(5, first_epoch=3, stops=(epochs(4),)))
    assert (result.epochs_begun, result.micro_batches) == (1, 5)
    assert run_loop(LoopPolicy(5, first_epoch=5, stops=(epochs(4),))).epochs_begun == 0


def test_no_limit_never_ends() -> None:
    result = run_loop(LoopPolicy(5, stops=(StopAt("steps", float("inf")),)))
    assert (result.never_ends, result.total_steps, result.steps_per_epoch, result.timeline) == (True, None, 5, None)


@pytest.mark.parametrize(
    "policy",
    [
        LoopPolicy(5, window=0),
        LoopPolicy(5, window=((1, 2),)),
        LoopPolicy(5, window=((0, 2), (0, 3))),
        LoopPolicy(-1),
        LoopPolicy(5, tail="drop"),
        LoopPolicy(5, stops=(StopAt("samples", 3),)),
        LoopPolicy(5, stops=(StopAt("steps", float("nan")),)),
        LoopPolicy(5, batch=0),
    ],
)
def test_a_policy_that_means_nothing_is_refused(policy: LoopPolicy) -> None:
    with pytest.raises(PolicyError):
        run_loop(policy)


# --- events -----------------------------------------------------------------------------------------------------------

FIFTEEN = LoopPolicy(5, stops=(epochs(3),))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (EventPolicy("steps", 4), [4, 8, 12]),
        (EventPolicy("steps", 4, also=("run_end",)), [4, 8, 12, 15]),
        (EventPolicy("steps", 5, also=("run_start", "first", "run_end")), [0, 1, 5, 10, 15]),
        (EventPolicy("steps", 500, also=("run_end",)), [15]),
        (EventPolicy("steps", 4, start=5, limit=11), [8]),
        (EventPolicy("steps", 4, offset=1), [1, 5, 9, 13]),
        (EventPolicy("steps", 1.5), [3, 6, 9, 12, 15]),
        (EventPolicy("steps", 0), []),
        (EventPolicy("steps"), []),
        (EventPolicy("epochs", 1), [5, 10, 15]),
        (EventPolicy("epochs", 2), [10]),
        (EventPolicy("epochs", at=(1, 3, 7)), [5, 15]),
        (EventPolicy("micro-batches-of-epoch", 2), [2, 4, 7, 9, 12, 14]),
        (EventPolicy("micro-batches-of-epoch", 2, epochs=2), [7, 9]),
        (EventPolicy("micro-batches-of-epoch", 2, also=("epoch_end",)), [2, 4, 5, 7, 9, 10, 12, 14, 15]),
        (EventPolicy("micro-batches-of-epoch", 6), []),
    ],
)
def test_events(event: EventPolicy, expected: list[int]) -> None:
    assert head(event, FIFTEEN) == expected


def test_micro_batches_of_an_epoch_are_no_optimizer_steps() -> None:
    policy = LoopPolicy(10, window=4, stops=(epochs(2),))
    assert head(EventPolicy("micro-batches-of-epoch", 3), policy) == [0, 1, 2, 3, 4, 5]


def test_an_interval_that_is_looked_at_after_each_micro_batch_repeats_itself() -> None:
    policy = LoopPolicy(8, window=4, stops=(epochs(1),))
    assert head(EventPolicy("steps", 2, checked="micro-batch"), policy) == [0, 0, 0, 2]
    assert head(EventPolicy("micro-batches", 2, checked="step"), policy) == [1, 2]
    assert head(EventPolicy("micro-batches", 3, checked="step"), policy) == []
    assert head(EventPolicy("micro-batches", 3, checked="step", test="crossing"), policy) == [1, 2]


def test_an_epoch_cut_short_has_an_end_only_if_it_is_said() -> None:
    policy = LoopPolicy(5, stops=(steps(7),))
    assert head(EventPolicy("epochs", 1), policy) == [5]
    assert head(EventPolicy("epochs", 1, also=("partial_epoch",)), policy) == [5, 7]
    assert head(EventPolicy("epochs", 1, start=1.5, also=("partial_epoch",)), policy) == []


def test_samples_are_passed_not_met() -> None:
    policy = LoopPolicy(5, batch=4, stops=(epochs(2),))
    assert head(EventPolicy("samples", 10, test="crossing"), policy) == [3, 5, 8, 10]
    assert head(EventPolicy("samples", 10), policy) == [5, 10]


def test_several_policies_add_up() -> None:
    run = run_loop(FIFTEEN).timeline
    event = (EventPolicy("steps", also=("first",)), EventPolicy("epochs", 1), EventPolicy("steps", 5))
    assert occurrences_of(event, run).head == (1, 5, 10, 15)


def test_a_policy_may_ask_for_the_event_again() -> None:
    run = run_loop(FIFTEEN).timeline
    event = (EventPolicy("epochs", 1), EventPolicy("steps", also=("run_end",), again=True))
    assert occurrences_of(event, run).head == (5, 10, 15, 15)


def test_a_run_without_end_has_no_list_of_events() -> None:
    assert occurrences(EventPolicy("steps", 4), None).count is None


# --- size -------------------------------------------------------------------------------------------------------------

HUGE = (
    LoopPolicy(1_000_003, window=7, stops=(steps(10**9),), batch=32, last_batch=5),
    LoopPolicy(
        1_000_003, epoch_batches=1_000, position="kept", window=64, tail="carry", stops=(steps(10**9),), batch=3
    ),
    LoopPolicy(
        10**7,
        "short_epoch",
        epoch_batches=999,
        position="kept",
        window=10**6 + 1,
        tail="flush_at_run_end",
        stops=(StopAt("samples", 10**15, "micro-batch"),),
        batch=3,
        last_batch=2,
    ),
    LoopPolicy(None, window=3, stops=(steps(10**9),), batch=8),
    LoopPolicy(1, stops=(steps(10**12),), batch=8),
)


@pytest.mark.parametrize("policy", HUGE)
def test_the_cost_does_not_grow_with_the_run(policy: LoopPolicy) -> None:
    begin = time.process_time()
    result = run_loop(policy)
    run = timeline(result)
    for event in (
        EventPolicy("steps", 1000, also=("run_end",)),
        EventPolicy("epochs", 1),
        EventPolicy("micro-batches-of-epoch", 400, epochs=3),
        EventPolicy("samples", 100_000, test="crossing"),
    ):
        assert occurrences(event, run).count is not None
    assert time.process_time() - begin < 1  # milliseconds, with room for a slow machine
    assert result.total_steps == 10**9 or policy.window != 7
    middle = (result.total_steps or 0) // 2
    assert run.steps_at(run.micro_batch_of_step(middle)) == middle


def test_long_lists_are_counted_and_shown_at_both_ends() -> None:
    found = occurrences(EventPolicy("steps", 10, also=("run_end",)), run_loop(HUGE[0]).timeline)
    assert (found.count, found.head[:3], found.tail[-2:]) == (10**8, (10, 20, 30), (10**9 - 10, 10**9))


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_bounds_for_an_unknown_number_of_processes() -> None:
    one = LoopPolicy(100, window=4, stops=(epochs(3),), batch=8)
    many = replace(one, pass_batches=1)
    assert run_bounds(many, one) == LoopBounds((3, 75), (3, 300), (24, 2400))


def test_bounds_of_a_window() -> None:
    low = LoopPolicy(10, window=2, stops=(epochs(2),))
    assert run_bounds(low, replace(low, window=5)) == LoopBounds((4, 10), (20, 20), None)


def test_a_limit_that_may_be_missing_has_no_upper_bound() -> None:
    low = LoopPolicy(10, stops=(steps(5),))
    bounds = run_bounds(low, replace(low, stops=(steps(float("inf")),)))
    assert bounds is not None
    assert bounds.total_steps == (5, None)


def test_what_is_not_monotone_has_no_bounds() -> None:
    low = LoopPolicy(10, stops=(StopAt("micro_batches", 5, "micro-batch"),))
    assert run_bounds(low, replace(low, pass_batches=20)) is None
    assert run_bounds(LoopPolicy(10), LoopPolicy(10, tail="leak")) is None
    assert run_bounds(LoopPolicy(20, stops=(epochs(1),)), LoopPolicy(10, stops=(epochs(1),))) is None
