"""One evaluation of an expression: what it may use, and the rounds in which alternatives are tried one by one."""

from __future__ import annotations

from epochlint.expressions.plain import missing_names
from epochlint.expressions.printing import show
from epochlint.expressions.scenarios import LONGEST_LABEL, MOST_COMBINATIONS, conditions, opposite_condition, possible
from epochlint.expressions.values import Known, OneOf, Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from epochlint.expressions.trees import Tree
    from epochlint.expressions.values import Value


class Evaluation:
    """One evaluation, perhaps in several rounds.

    `chosen` are the alternatives that this round takes, `held` the conditions under which they hold, `waiting` the
    rounds to come. `missing` names what would decide between them.
    """

    __slots__ = (
        "chosen", "fuel", "held", "labels", "lookup", "missing", "special", "trigonometry", "values", "waiting",
    )  # fmt: skip

    def __init__(
        self, lookup: Callable[[str], Value], special: Mapping[str, Callable[..., Value]], fuel: int, trigonometry: bool
    ) -> None:
        self.lookup = lookup
        self.special = special
        self.fuel = fuel
        self.trigonometry = trigonometry
        self.values: dict[Any, Value] = {}
        self.chosen: dict[Any, int] = {}
        self.waiting: list[dict[Any, int]] = []
        self.held: set[str] = set()
        self.labels: list[str] = []
        self.missing: tuple[str, ...] = ()

    def next_round(self) -> bool:
        """Begin a round that is waiting; False if there is none."""
        if not self.waiting:
            return False
        self.chosen = self.waiting.pop()
        self.held, self.labels = set(), []
        return True

    def label(self) -> str:
        """Return under which conditions this round holds."""
        joined = " and ".join(dict.fromkeys([condition for label in self.labels for condition in conditions(label)]))
        return joined if len(joined) <= LONGEST_LABEL else ""

    def choose(self, key: Any, labels: tuple[str, ...]) -> int:
        """Return which alternative this round takes, and leave the others to later rounds."""
        index = self.chosen.get(key)
        if index is None:
            index, *others = possible(labels, self.held)
            if len(self.waiting) < MOST_COMBINATIONS:
                self.waiting += [{**self.chosen, key: other} for other in reversed(others[:MOST_COMBINATIONS])]
            self.chosen[key] = index
        self.labels.append(labels[index])
        self.held.update(conditions(labels[index]))
        return index

    def miss(self, value: Any) -> None:
        """Note what would settle a value on which the choice of a round depends."""
        self.missing = tuple(dict.fromkeys((*self.missing, *missing_names(value))))

    def branch(self, tree: Tree, undecided: Any) -> bool:
        """Take one side of a conditional that is not decided."""
        shown = show(tree)
        label = shown if len(shown) <= LONGEST_LABEL and " and " not in shown and " or " not in shown else ""
        labels = (label, opposite_condition(label) if label else "")
        self.miss(undecided)
        return self.choose(("if", tree), labels) == 0

    def plain(self, key: Any, value: Value) -> Any:
        """Return a value that was looked up as a plain value; of alternatives, the one of this round."""
        if isinstance(value, Known):
            return value.value
        if isinstance(value, OneOf):
            if not value.alternatives:
                return Unknown()
            return value.alternatives[self.choose(key, tuple([one.when for one in value.alternatives]))].value
        if isinstance(value, Symbolic):
            if len(value.term.parts) > 1:
                return value
            from epochlint.expressions.symbolic import plain

            return plain(value.term)
        if value.missing or type(key) is not str:
            return value
        return Unknown(value.reason, (key,))
