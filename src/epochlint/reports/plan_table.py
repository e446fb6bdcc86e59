"""The quantities of a plan as a table: value, how it came about, where it stands."""

from __future__ import annotations

from epochlint.expressions.evaluate import text_of
from epochlint.reports.numbers import amount, expression_of, reason_of
from epochlint.reports.table import GAP, INDENT, NARROWEST, Table
from epochlint.reports.terminal import safe, safe_path, shortened, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.plan.plan import Entry, Plan
    from epochlint.reports.colour import Palette
    from epochlint.runs.run import Run

LONGEST_PLACE, SHORTEST_PLACE = 40, 16

_HEADINGS = ("quantity", "value", "how", "where")
_ORIGINS = {"framework-default": "default", "computed": "", "known-dataset": "known data set"}


def quantities(run: Run, plan: Plan, palette: Palette, columns: int) -> Table:
    """Return the table of a plan.

    Where paths do not fit, those of the run's own file, which its title names, become `line 12`; with less room
    still, places stand behind the formulas and not beside them.
    """
    rows = [_HEADINGS, *_rows(plan, "")]
    fixed = max(width(row[0]) for row in rows) + max(width(row[1]) for row in rows) + INDENT + 3 * GAP
    longest = min(LONGEST_PLACE, columns - fixed - NARROWEST)
    if max(width(row[3]) for row in rows) > longest:
        rows = [_HEADINGS, *_rows(plan, run.place.path)]
    if longest >= SHORTEST_PLACE:
        table = Table(("", "bold", "", "dim"), wide=2, largest={3: longest}, palette=palette)
        for row in rows:
            table.add(*row)
        return table
    table = Table(("", "bold", ""), wide=2, palette=palette)
    room = max(columns - fixed + GAP, NARROWEST)
    for name, value, formula, place in rows:
        place = shortened(place, room, keep_end=True)
        table.add(name, value, f"{formula}, {place}" if formula and place else formula or place)
    return table


def _rows(plan: Plan, own_path: str) -> list[tuple[str, str, str, str]]:
    return [
        (name, safe(amount(entry.value, entry.unit)), safe(how(entry)), where(entry, own_path))
        for name, entry in plan.quantities
    ]


def how(entry: Entry) -> str:
    """Return the formula with numbers (names, where they are not known), or why the value is unknown."""
    shown = text_of(entry.value)
    if entry.formula.startswith("unknown("):  # the framework's own word that nothing can tell it
        return entry.reason or reason_of(entry.value)
    if entry.formula == shown or _says_no_more(entry.substituted, shown) or _is_decided(entry, shown):
        return ""
    if entry.substituted and entry.substituted != shown:
        return entry.substituted
    if entry.formula and entry.formula != entry.quantity:
        return entry.formula
    expression = expression_of(entry.value)
    return entry.reason or reason_of(entry.value) or (expression if expression != entry.quantity else "")


def _is_decided(entry: Entry, shown: str) -> bool:
    """Tell whether the branch taken of a conditional is the number itself: the others say nothing about it."""
    return entry.substituted == shown and entry.expression is not None and entry.expression.tree[0] == "if"


def _says_no_more(substituted: str, shown: str) -> bool:
    """Tell whether a formula only rounds or bounds the number that comes out: `floor(500)`, `max(0, 500)`."""
    name, bracket, inside = substituted.partition("(")
    return bool(bracket) and name.isalpha() and inside in (f"{shown})", f"0, {shown})", f"1, {shown})")


def where(entry: Entry, own_path: str) -> str:
    """Return where the number stands; of one made of several, the places stand with those."""
    place = entry.place
    if place is None or (len(entry.inputs) > 1 and how(entry)):
        return _ORIGINS.get(entry.origin, entry.origin)
    if place.path == own_path:
        return f"cell {place.cell}, line {place.line}" if place.cell is not None else f"line {place.line}"
    return safe_path(str(place))
