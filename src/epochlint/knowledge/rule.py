"""A rule as the engine uses it, and as its page: what its file says for readers and tests beyond that."""

from __future__ import annotations

from epochlint.expressions.language import Expression
from epochlint.expressions.values import Scalar
from epochlint.knowledge.catalogue import Formula
from epochlint.records import record


@record
class Guarded:
    """A value that depends: the first whose condition holds."""

    text: str
    condition: Expression | None = None


@record
class RelatedPlace:
    at: str
    message: str


@record
class RuleEdit:
    """A change: new text at a place, or an `operation` (`floor-division`) on what stands there."""

    title: str
    safety: str
    at: str
    text: str = ""
    operation: str = ""


@record
class Rule:
    """One rule, as `rules/<family>/<name>.yaml` tells it; see docs/writing-rules.md."""

    code: str
    name: str
    aliases: tuple[str, ...]
    about: str
    severity: tuple[Guarded, ...]
    certainty: tuple[Guarded, ...]
    summary: str
    message: tuple[Guarded, ...]
    help: str
    at: tuple[str, ...]  # the first of these places that exists
    condition: Expression
    may: bool = False  # fire, as likely, where the condition only may hold
    consequence: bool = False  # drops to a note where the run is tiny or a smoke test
    written: tuple[str, ...] = ()  # at least one of these must have been written by somebody
    let: tuple[Formula, ...] = ()
    related: tuple[RelatedPlace, ...] = ()
    frameworks: tuple[str, ...] = ()
    edit: RuleEdit | None = None
    label: str = ""  # what stands under the place, in a few words
    # For what is said of scripts in which no run is recognised: a word of theirs, and words of which one is there too.
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    needs: frozenset[str] = frozenset()  # names without which it cannot fire: what the index is made of


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
