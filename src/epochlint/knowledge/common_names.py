"""What keys are called in training configurations, whatever program reads them: the names of a few quantities that are
alike everywhere."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias, TypeVar

    Path: TypeAlias = "tuple[str, ...]"
    T = TypeVar("T")

_NAMES = {
    "max_steps": "max_train_steps num_train_steps train_steps total_train_steps num_training_steps training_steps "
                 "max_training_steps train_iters max_train_iters train_iterations",
    "warmup_steps": "warmup_steps num_warmup_steps lr_warmup_steps n_warmup_steps warmup_iters lr_warmup_iters "
                    "warmup_iterations lr_warmup_iterations",
    "schedule_steps": "lr_decay_iters max_decay_steps lr_total_steps schedule_steps decay_total_steps",
    "save_interval": "save_steps save_every_n_steps save_every_steps checkpointing_steps save_interval_steps "
                     "checkpoint_every_n_steps ckpt_every_steps",
    "epochs": "epochs num_epochs max_epochs n_epochs num_train_epochs max_train_epochs train_epochs total_epochs",
}  # fmt: skip
_BY_NAME = {name: quantity for quantity, names in _NAMES.items() for name in names.split()}
QUANTITIES_NAMED = tuple(_NAMES)
# Names that mean the length of the run only where nothing speaks of games, and the length of a schedule inside of one.
_LENGTHS = frozenset(
    ["max_steps", "num_steps", "total_steps", "max_iter", "max_iters", "max_iterations", "num_iterations"]
)
_OF_A_RUN = ("train", "solver", "schedule", "optimization", "run")
_OF_A_SCHEDULE = ("cosine", "scheduler", "schedule", "decay", "onecycle", "poly")
# Steps there are those of an environment, of a sampler or of a search, too.
_OTHER_STEPS = ("env", "episode", "agent", "rollout", "replay", "diffusion", "sampler", "inference", "search", "sweep")


def quantity_named(path: Path) -> str:
    """Return the quantity that a key stands for by its name and those of the tables around it; "" if that is not
    plain."""
    name = path[-1].lower().replace("-", "_")
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name not in _LENGTHS and name != "t_max":
        return ""
    around = " ".join(path[:-1]).lower()
    if any(word in around for word in _OF_A_SCHEDULE):
        return "schedule_steps" if name in ("total_steps", "max_steps", "t_max", "max_iters", "max_iter") else ""
    return "max_steps" if name != "t_max" and (not around or any(word in around for word in _OF_A_RUN)) else ""


def told_once(entries: Iterable[tuple[Path, T]]) -> Mapping[str, T]:
    """Return what a configuration says of each quantity, nothing of one that it speaks of twice, and nothing at all
    where steps may be of another kind."""
    found: dict[str, T] = {}
    twice: set[str] = set()
    for path, entry in entries:
        if any(part.lower().startswith(word) for part in path for word in _OTHER_STEPS):
            return {}
        quantity = quantity_named(path)
        if quantity in found:
            twice.add(quantity)
        if quantity:
            found[quantity] = entry
    return {} if "max_steps" in twice else {quantity: one for quantity, one in found.items() if quantity not in twice}
