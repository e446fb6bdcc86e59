"""Which misspelled options are recognised, and which names are left alone because they may be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.checking.spelling import Spellings, slips

OPTIONS = (
    "max_steps",
    "num_epochs",
    "context_parallel_size",
    "optim_target_modules",
    "eval_steps",
    "save_steps",
    "bf16",
    "tf32",
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("max_step", "max_steps"),
        ("max-steps", "max_steps"),
        ("mxa_steps", "max_steps"),
        ("context_parapllel_size", "context_parallel_size"),
        ("num_epoch", "num_epochs"),
    ],
)
def test_a_slip_is_recognised(written: str, meant: str) -> None:
    assert Spellings(OPTIONS).meant_by(written) == meant


@pytest.mark.parametrize(
    "written", ["lora_target_modules", "expert_parallel_size", "fp32", "adam_eps", "max_steps", "steps", ""]
)
def test_another_name_is_left_alone(written: str) -> None:
    assert Spellings(OPTIONS).meant_by(written) is None


@given(st.text("abc_", max_size=6), st.text("abc_", max_size=6))
def test_slips_are_counted_from_either_side(left: str, right: str) -> None:
    assert slips(left, right, 6) == slips(right, left, 6)
    assert (slips(left, right, 6) == 0) == (left == right)
