"""What a rule file says for readers and tests beyond the rule itself; loaded only when somebody asks for it."""

from __future__ import annotations

from epochlint.expressions.values import Scalar
from epochlint.records import record


@record
class Example:
    """A small project that a rule finds, or is silent about.

    `files` are (path, text), without the marks. `expected` are the (path, line) of a bad example's findings; empty for
    a good one. `assume` is what `--assume` would supply.
    """

    files: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, int], ...] = ()
    assume: tuple[tuple[str, Scalar], ...] = ()
    why: str = ""


@record
class RulePage:
    """The documentation of a rule: explanation in Markdown, examples, sources."""

    code: str
    name: str
    family: str
    summary: str
    explanation: str
    help: str = ""
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    sources: tuple[str, ...] = ()
    path: str = ""
