"""`epochlint explain`: a rule, or a quantity, in full."""

from __future__ import annotations

from epochlint.findings.own_rules import FAMILY
from epochlint.reports.colour import PLAIN
from epochlint.reports.table import INDENT
from epochlint.reports.terminal import PIPE_COLUMNS, safe, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.own_rules import OwnRule
    from epochlint.knowledge.quantities import Quantity
    from epochlint.knowledge.rule import Example, Guarded, Rule, RulePage
    from epochlint.reports.colour import Palette


class Writer:
    """Writes text in paragraphs, code with line numbers, and headings."""

    def __init__(self, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> None:
        self.palette = palette
        self.columns = columns

    def rule(self, rule: Rule, page: RulePage) -> Iterator[str]:
        """Yield the page of a rule of the catalogue."""
        yield from self._title(page.code, page.name, page.summary)
        facts = [
            f"family {page.family}",
            severities(rule.severity),
            severities(rule.certainty),
            *(f"former name {name}" for name in rule.aliases),
        ]
        if rule.frameworks:
            facts.append(f"only in runs of {', '.join(rule.frameworks)}")
        yield from self._paragraphs("; ".join(facts))
        yield ""
        yield from self._paragraphs(page.explanation)
        if page.help:
            yield from self._section("What to do", without_braces(page.help))
        for example in page.bad:
            yield from self._example("Reported", "error", example)
        for example in page.good:
            yield from self._example("Not reported", "help", example)
        if page.sources:
            yield from self._section("Sources", "\n".join(f"- {source}" for source in page.sources))
        yield from self._silencing(page.name)

    def own_rule(self, rule: OwnRule) -> Iterator[str]:
        """Yield the page of a rule about the linter itself."""
        yield from self._title(rule.code, rule.name, rule.summary)
        yield from self._paragraphs(f"family {FAMILY}; {rule.severity}")
        yield ""
        yield from self._paragraphs(rule.explanation)
        yield from self._silencing(rule.name)

    def quantity(self, quantity: Quantity) -> Iterator[str]:
        """Yield what a quantity is and how to supply it."""
        yield from self._paragraphs(
            f"{self.palette.paint(quantity.name, 'bold')}: {quantity.meaning} ({quantity.unit})"
        )
        yield ""
        yield from self._paragraphs(
            f"If the files do not tell it, say --assume {quantity.name}=N, or write the comment "
            f"`# epochlint: {quantity.name}=N` in the file."
        )

    def _title(self, code: str, name: str, summary: str) -> Iterator[str]:
        yield self.palette.paint(f"{code} {name}", "bold")
        yield from self._paragraphs(summary)
        yield ""

    def _section(self, heading: str, text: str) -> Iterator[str]:
        yield ""
        yield self.palette.paint(heading, "bold")
        yield from self._paragraphs(text, INDENT)

    def _silencing(self, name: str) -> Iterator[str]:
        yield from self._section("To silence it", f"write `# epochlint: ignore[{name}]` on the line or above it")

    def _paragraphs(self, text: str, indent: int = 0) -> Iterator[str]:
        """Yield Markdown paragraphs, wrapped; where a paragraph is a list or a table, its lines are kept."""
        for number, paragraph in enumerate(text.strip("\n").split("\n\n")):
            if number:
                yield ""
            lines = paragraph.split("\n")
            kept = any(line.startswith((" ", "-", "|", "*")) for line in lines)
            for line in lines if kept else [" ".join(lines)]:
                hanging = indent + (2 if line.startswith("- ") else 0)
                head, *rest = wrapped(safe(line.rstrip()), self.columns - hanging)
                yield " " * indent + head
                yield from (" " * hanging + more for more in rest)

    def _example(self, heading: str, colour: str, example: Example) -> Iterator[str]:
        yield ""
        why = f": {example.why}" if example.why else ""
        assumed = ", ".join(f"{name}={value}" for name, value in example.assume)
        yield self.palette.paint(heading, colour) + safe(why) + (f" (with {assumed})" if assumed else "")
        for path, text in example.files:
            yield f"  {self.palette.paint(safe(path), 'bold')}"
            lines = text.rstrip("\n").split("\n")
            digits = len(str(len(lines)))
            for number, line in enumerate(lines, 1):
                mark = ">" if (path, number) in example.expected else " "
                gutter = self.palette.paint(f"{mark} {number:>{digits}} |", "gutter")
                yield f"  {gutter} {safe(line)}".rstrip()


def severities(guarded: tuple[Guarded, ...]) -> str:
    """Return the severities that a rule can have: `error or warning`."""
    return " or ".join(dict.fromkeys(one.text for one in guarded))


def without_braces(template: str) -> str:
    """Return a template with names in place of numbers: `write {max_steps}` becomes `write <max_steps>`."""
    return template.replace("{", "<").replace("}", ">")
