"""Which names the formulas of a data file may use: checked once the whole file, with what it inherits, is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.expressions.language import functions, names, names_in_order
from epochlint.expressions.trees import FUNCTIONS, TRIGONOMETRY
from epochlint.records import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.expressions.language import Expression
    from epochlint.knowledge.catalogue import Formula
    from epochlint.knowledge.datafile import Part


# Functions whose arguments are names, answered by what knows the run.
OF_A_RUN = ("given", "written", "asked", "is_a")
OF_A_CALL = ("given", "is_a")
OF_A_SCHEDULE = tuple(TRIGONOMETRY)
OF_A_RULE = (*OF_A_RUN, "form_of", "counts", "over", "lone")

_LONGEST_CYCLE = 10  # names that are shown


@record
class Known:
    """The names that a formula may use.

    `exact` are whole names, dotted ones too; `heads` are things with parts, after which any part may follow
    (`train_dataset.length`).
    """

    exact: frozenset[str]
    heads: frozenset[str] = frozenset()
    others: str = ""  # what to tell somebody who wrote a name that is like none of these

    def __contains__(self, name: str) -> bool:
        return name in self.exact or name.partition(".")[0] in self.heads


class Scope:
    """Parses formulas and remembers which names they use, and where; `check` then tells the first that is not known."""

    def __init__(self, special: tuple[str, ...] = ()) -> None:
        self._functions = frozenset((*FUNCTIONS, *special))
        self._used: list[tuple[Part, str, frozenset[str]]] = []
        self._more: frozenset[str] = frozenset()

    def inside(self, more: Iterable[str]) -> Scope:
        """Return a scope that knows some more names, but is checked with this one."""
        inner = Scope()
        inner._functions = self._functions
        inner._used = self._used
        inner._more = self._more | frozenset(more)
        return inner

    def formula(self, part: Part) -> Expression:
        expression = part.expression()
        for function in sorted(functions(expression) - self._functions):
            known = f"known are {', '.join(sorted(self._functions))}"
            raise part.error(f"unknown function {function!r}; {_like(function, self._functions) or known}")
        self._used.extend((part, name, self._more) for name in names_in_order(expression))
        return expression

    def optional(self, part: Part, key: str) -> Expression | None:
        inner = part.get(key)
        return self.formula(inner) if inner is not None else None

    def required(self, part: Part, key: str) -> Expression:
        inner = part.get(key)
        if inner is None:
            raise part.error(f"{key!r} is missing")
        return self.formula(inner)

    def template(self, part: Part | None) -> None:
        """Note the names that stand in braces in a text."""
        if part is not None:
            self._used.extend((part, name, self._more) for name in placeholders(part))

    def options(self, parts: Iterable[Part]) -> None:
        """Note parts that name an option, quantity or object as such."""
        for part in parts:
            self.named(part, str(part.value))

    def named(self, part: Part, name: str) -> None:
        self._used.append((part, name, self._more))

    def check(self, known: Known) -> None:
        """Raise the error about the first name that is not known."""
        for part, name, more in self._used:
            if name in known or name in more or name.partition(".")[0] in more:
                continue
            raise part.error(
                f"unknown name {name!r}; {_like(name, (*known.exact, *known.heads, *more)) or known.others}"
            )


def placeholders(part: Part) -> Iterator[str]:
    """Yield the names in the braces of a message: `{save_steps}`, `{eval_steps.source}`; doubled braces are text."""
    text = str(part.value).replace("{{", "").replace("}}", "")
    pieces = text.split("{")
    if "}" in pieces[0]:
        raise part.error("a brace is closed that was not opened")
    for piece in pieces[1:]:
        inner, closed, rest = piece.partition("}")
        if not closed or "}" in rest:
            raise part.error("braces do not match")
        name = inner.strip()
        for ending in (".source", ".derivation", ".place"):
            name = name.removesuffix(ending)
        if name.replace(".", "_").replace("_", "a").isalnum():
            yield name


def ordered(lets: tuple[Formula, ...], outer: Known | None = None) -> tuple[tuple[Formula, ...], tuple[str, ...]]:
    """Return private names so that each stands after those it uses, and a cycle (its names in order) if there is one.

    A name that hides an outer one (an option) means that inside its own formula.
    """
    uses: dict[str, set[str]] = {}
    own = {formula.quantity for formula in lets}
    for formula in lets:
        used = set(names(formula.expression))
        if formula.condition is not None:
            used.update(names(formula.condition))
        if outer is not None and formula.quantity in outer:
            used.discard(formula.quantity)
        uses.setdefault(formula.quantity, set()).update(used & own)
    order = _sorted_by_use(uses)
    if len(order) < len(uses):
        return lets, _cycle({name: used - set(order) for name, used in uses.items() if name not in order})
    groups: dict[str, list[Formula]] = {name: [] for name in order}
    for formula in lets:
        groups[formula.quantity].append(formula)
    return tuple(formula for group in groups.values() for formula in group), ()


def _sorted_by_use(uses: dict[str, set[str]]) -> list[str]:
    """Return the names so that each stands after those it uses, in file order otherwise; without those in a cycle."""
    users: dict[str, list[str]] = {}
    for name, used in uses.items():
        for one in used:
            users.setdefault(one, []).append(name)
    waiting = {name: len(used) for name, used in uses.items()}
    order = [name for name, count in waiting.items() if not count]
    for name in order:  # grows while it is walked
        for user in users.get(name, ()):
            waiting[user] -= 1
            if not waiting[user]:
                order.append(user)
    return order


def _cycle(uses: dict[str, set[str]]) -> tuple[str, ...]:
    """Return a cycle among names each of which uses another of them, or leads into one."""
    walked: list[str] = []
    name = next(iter(uses))
    while name not in walked:
        walked.append(name)
        name = min(uses[name])
    cycle = (*walked[walked.index(name) :], name)
    return cycle if len(cycle) <= _LONGEST_CYCLE else (*cycle[:_LONGEST_CYCLE], "...", name)


def _like(name: str, known: Iterable[str]) -> str:
    """Return a question with the names that may have been meant; of a dotted name the first part may be mistyped."""
    from difflib import get_close_matches

    if name.endswith("_asked"):
        return f"what was asked for is asked({name.removesuffix('_asked')})"
    choices = sorted(set(known))
    head, dot, rest = name.partition(".")
    whole = [choice for choice in choices if ("." in choice) == bool(dot)]
    close = get_close_matches(name, whole, 3) or [one + dot + rest for one in get_close_matches(head, choices, 3)]
    return f"did you mean {' or '.join(close)}?" if close else ""
