"""What the name of a number says that it counts. A name alone proves nothing: it only seconds what else disagrees."""

from __future__ import annotations

from epochlint.scripts.wording import words_of

SAMPLES, STEPS, EPOCHS, BATCH, TIMES = "samples", "steps", "epochs", "batch size", "times"

_COUNTED = {
    "epoch": EPOCHS, "epochs": EPOCHS,
    "step": STEPS, "steps": STEPS, "iter": STEPS, "iters": STEPS, "iteration": STEPS, "iterations": STEPS,
    "batches": STEPS, "minibatches": STEPS, "loader": STEPS, "dataloader": STEPS,
    "sample": SAMPLES, "samples": SAMPLES, "example": SAMPLES, "examples": SAMPLES, "image": SAMPLES, "images": SAMPLES,
    "rows": SAMPLES, "sentences": SAMPLES, "records": SAMPLES, "dataset": SAMPLES, "trainset": SAMPLES,
    "batch": BATCH, "batchsize": BATCH, "bs": BATCH, "bsz": BATCH,
    "device": TIMES, "devices": TIMES, "dev": TIMES, "gpu": TIMES, "gpus": TIMES, "world": TIMES, "worldsize": TIMES,
    "process": TIMES, "processes": TIMES, "proc": TIMES, "procs": TIMES, "replicas": TIMES, "hosts": TIMES,
    "nodes": TIMES, "ranks": TIMES, "accum": TIMES, "accumulation": TIMES, "accumulate": TIMES,
}  # fmt: skip
_LAST_OF_BATCH_SIZES = ("batch", "size", "batchsize", "bs", "bsz")
# What is said of one of several devices has the unit that it has without them.
_EACH = ("device", "gpu", "core", "host", "replica", "rank", "worker", "process", "node")
_IN_STEPS_OF_SOMETHING_ELSE = ("accum", "grad", "micro", "mini", "sub", "warm", "env", "time", "rollout", "eval", "val")


def named_count(name: str) -> str:
    """Return what a number counts by its name, `steps per epoch` being steps; "" if its words say nothing clear."""
    words = list(words_of(name))
    while "per" in words:
        at = words.index("per")
        above, below = words[:at], words[at + 1 :]
        if below and below[0] in _EACH:
            words = above + words[at + 2 :]
        elif below and below[0].startswith("epoch"):
            words = above
        elif below and above and _COUNTED.get(above[-1]) == _COUNTED.get(below[-1], ""):
            return TIMES
        else:
            return ""
    found = {_COUNTED[word] for word in words if word in _COUNTED}
    if TIMES in found and found <= {TIMES, STEPS}:
        return TIMES  # accumulation steps
    if found == {BATCH} and words[-1] not in _LAST_OF_BATCH_SIZES:
        return ""
    return found.pop() if len(found) == 1 else ""


def claims_length(name: str) -> str:
    """Return `steps` or `epochs` for a name that says it is how long training or an epoch is; "" for any other."""
    if any(word.startswith(_IN_STEPS_OF_SOMETHING_ELSE) for word in words_of(name)):
        return ""
    counted = named_count(name)
    return counted if counted in (STEPS, EPOCHS) else ""
