"""What the words of names and help texts say of a number. Names are the weakest witness: they only second others."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z]+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name or text in lower case: `maxSteps`, `max_steps` and `--max-steps` alike."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", text)
    return tuple(_WORD.findall(spaced.lower()))


def is_about_passes(text: str) -> bool:
    return any(word.startswith("epoch") for word in words_of(text))


def is_about_optimizer_steps(name: str, help_text: str) -> bool:
    """Tell whether words say that a number counts updates of the weights: a help text of an option, or a name that
    says `updates` or `optimizer steps`."""
    named, told = words_of(name.rpartition(".")[2]), words_of(help_text)
    if any(word.startswith(("micro", "batch", "forward")) for word in (*named, *told)):
        return False
    if any(word in ("updates", "update") or word.startswith("optim") for word in named):
        return True
    counted = any(word.startswith(("step", "iteration", "update")) for word in told)
    return counted and any(word.startswith(("optim", "gradient", "update", "weight")) for word in told)


def is_an_evaluation(callee: str) -> bool:
    """Tell whether a call, by its name, is one of those that cost: an evaluation, a checkpoint, a sample."""
    starts = ("eval", "valid", "test", "checkpoint", "save", "predict", "generat", "sampl")
    return any(word.startswith(starts) for word in words_of(callee.rpartition(".")[2]))


def is_about_sizes(name: str) -> bool:
    """Tell whether a name is that of a size by which training divides: a batch, an accumulation, processes."""
    starts = ("batch", "accum", "micro", "world", "gpu", "device", "process", "worker", "replica", "gas", "bs", "bsz")
    return any(word.startswith(starts) for word in words_of(name.rpartition(".")[2]))
