"""The rules about the linter's own work (family EL9): files it cannot read, comments it cannot use.

They are not data like the other rules, because they have no condition on a training run.
"""

from __future__ import annotations

from epochlint.findings.finding import Finding
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.findings.finding import Edit
    from epochlint.places import Place
    from epochlint.sources.documents import Document, Problem

FAMILY = "linter"
MARK = "epochlint:"  # how comments that speak to us begin


@record
class OwnRule:
    code: str
    name: str
    severity: str
    summary: str
    explanation: str


INTERNAL_ERROR = OwnRule(
    "EL900",
    "internal-error",
    "error",
    "epochlint itself failed on a file.",
    "The file could not be checked because of a mistake in epochlint. Please report it, with the file if you can; "
    "the other files were checked. The exit status is 2, so that nobody takes the file for clean.",
)
UNREADABLE = OwnRule(
    "EL901",
    "unreadable-file",
    "note",
    "A file, or a part of it, could not be read.",
    "The file has no valid syntax, an encoding that is not read, or exceeds a limit (size, depth of nesting, aliases). "
    "Its numbers are unknown, and checks that need them stay undecided. A template whose placeholders are filled in "
    "later is the common case; to leave it out, name it in `exclude`.",
)
UNUSED_SUPPRESSION = OwnRule(
    "EL902",
    "unused-suppression",
    "note",
    "A comment silences a rule that finds nothing there.",
    "Whatever the comment once silenced is repaired or has moved. Left in place, it would hide the next mistake. "
    "Only rules that were selected and could be decided in this run are counted. `--fix` removes such comments.",
)
UNKNOWN_IN_COMMENT = OwnRule(
    "EL903",
    "unknown-rule-in-comment",
    "warning",
    "A comment silences a rule that does not exist.",
    "The name is misspelled, so the comment silences nothing. `epochlint rules` lists the names; codes, families such "
    "as `EL2`, patterns such as `warmup-*` and former names are understood as well.",
)
MALFORMED_COMMENT = OwnRule(
    "EL904",
    "malformed-comment",
    "warning",
    "A comment begins with `epochlint:` but says nothing that epochlint understands.",
    "Understood are `# epochlint: ignore[NAME, NAME] reason`, `# epochlint: ignore` (every rule), "
    "`# epochlint: ignore-file[NAME]`, and assumptions such as `# epochlint: dataset_size=50000`.",
)
GAVE_UP = OwnRule(
    "EL905",
    "analysis-gave-up",
    "note",
    "A script is too long or too deep to be followed to its end.",
    "What it does after that place is unknown, and so is whatever rests on it: checks stay undecided, and nothing is "
    "said of what a loop never does. What has nothing to do with the training may stand in a module of its own.",
)

OWN_RULES = (INTERNAL_ERROR, UNREADABLE, UNUSED_SUPPRESSION, UNKNOWN_IN_COMMENT, MALFORMED_COMMENT, GAVE_UP)


def own_finding(
    rule: OwnRule, place: Place, message: str, help: str = "", fix: Edit | None = None, anchor: str = ""
) -> Finding:
    """Make a finding about the linter's own work."""
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        certainty="certain",
        message=message,
        place=place,
        help=help,
        anchor=anchor,
        fix=fix,
    )


def problem_findings(document: Document) -> tuple[Finding, ...]:
    """Make the findings about what could not be read of a document."""
    return tuple(
        own_finding(UNREADABLE, document.place(problem.span), problem.message, anchor=problem.name)
        for problem in document.problems
    )


def gave_up_findings(document: Document, problems: tuple[Problem, ...]) -> tuple[Finding, ...]:
    """Make the findings about a script that was not followed to its end."""
    return tuple(own_finding(GAVE_UP, document.place(problem.span), problem.message) for problem in problems)


def internal_error(place: Place, error: BaseException) -> Finding:
    """Make the finding about a file on which epochlint itself failed."""
    shown = " ".join(f"{type(error).__name__}: {error}".split())
    return own_finding(INTERNAL_ERROR, place, f"epochlint failed on this file ({shown[:200]}); please report it")
