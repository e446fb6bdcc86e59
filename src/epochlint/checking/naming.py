"""What the name of a number says that it counts. A name alone proves nothing: it needs a second statement that
disagrees."""

from __future__ import annotations

_WORDS = {
    "epoch": "epochs", "epochs": "epochs",
    "step": "steps", "steps": "steps", "iter": "steps", "iters": "steps", "iteration": "steps", "iterations": "steps",
    "update": "steps", "updates": "steps",
    "batches": "micro-batches",
    "samples": "samples", "examples": "samples", "images": "samples", "rows": "samples", "sentences": "samples",
}  # fmt: skip


def unit_in_name(text: str) -> str:
    """Return epochs, steps, micro-batches or samples for a name such as `args.num_epochs`; "" for anything else.

    Rates (`steps_per_epoch`) and names with two such words count nothing for certain.
    """
    name = text.partition(" (")[0].rpartition(".")[2]
    if not name.isidentifier():
        return ""
    words = words_of(name)
    found = {_WORDS[word] for word in words if word in _WORDS}
    return found.pop() if len(found) == 1 and "per" not in words else ""


def words_of(name: str) -> list[str]:
    """Split `numTrainEpochs` and `num_train_epochs` into lower-case words."""
    spaced = "".join(
        "_" + char if char.isupper() and i and name[i - 1].islower() else char for i, char in enumerate(name)
    )
    return [word for word in spaced.lower().split("_") if word]
