"""What configuration files and commands have in common: names with sections around them, and words for numbers."""

from __future__ import annotations

from epochlint.declared.words import spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FLAGS = ("drop_last",)  # quantities that are true or false
_LENGTHS = ("epochs", "max_steps")
_BATCHES = ("micro_batch_size", "global_batch_size")


def trains(vocabulary: dict[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    """Return the words by which a file with these names is known to train.

    A name that nothing else has is such a word, and so are the length of a run and a batch side by side. Where it
    evaluates, the names of what an evaluation has as well are no such words.
    """
    words = tuple(dict.fromkeys(spelled(name).rpartition(".")[2] for name in names))
    meant = [vocabulary["names"][word] for word in words if word in vocabulary["names"]]
    quantities = {quantity for quantity, level in meant if level != "weak"}
    whole = not quantities.isdisjoint(_LENGTHS) and not quantities.isdisjoint(_BATCHES)
    evaluates = not set(words).isdisjoint(vocabulary.get("evaluating", ()))
    shared = vocabulary.get("beside_training", ()) if evaluates else ()
    if whole or any(level == "sure" and quantity not in shared for quantity, level in meant):
        return (*words, *vocabulary["training"][:1])
    return words


def number_of(value: object) -> int | float | None:
    """Return the number that a value or a text is; None for truth values and everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and value[:1] in "-+.0123456789" and value:
        for read in (int, float):
            try:
                return read(value)
            except ValueError:
                continue
    return None
