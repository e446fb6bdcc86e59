"""Running the examples of rules, ours and those of rule packs: what the pages show is what really happens."""

from __future__ import annotations

import os
import tempfile

from epochlint import session
from epochlint.configuration.options import Options, overruled
from epochlint.configuration.reading import OWN_FILES, read_options
from epochlint.records import record
from epochlint.results import relocated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.finding import Finding
    from epochlint.knowledge.rule import Example, RulePage

LEAST = 2  # examples of each kind: what is wrong, and what looks alike and is right


@record
class Failure:
    """What is wrong with one example, from 1, of a kind (`bad` or `good`); 0 stands for the kind as a whole."""

    kind: str
    number: int
    message: str


def failures(page: RulePage, packs: tuple[str, ...] = ()) -> Iterator[Failure]:
    """Check the examples of a rule with all rules there are: our own, and those of the packs (folders).

    Each bad one must be found by the rule at its lines; about a good one no rule may say a warning or an error.
    """
    for kind, examples in (("bad", page.bad), ("good", page.good)):
        if len(examples) < LEAST:
            yield Failure(kind, 0, f"{LEAST} {kind} examples are needed, {len(examples)} given")
        for number, example in enumerate(examples, 1):
            findings = findings_in(example, packs)
            wrong = _not_found(page.name, example, findings) if kind == "bad" else _too_loud(page.name, findings)
            if wrong:
                yield Failure(kind, number, wrong)


def findings_in(example: Example, packs: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Check the files of an example in a folder of their own; places are relative to the working directory."""
    with tempfile.TemporaryDirectory(prefix="epochlint-") as made:
        folder = os.path.realpath(made)
        for name, text in example.files:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        assumed = tuple((name, str(value), "assume") for name, value in example.assume)
        own = next((name for name, _ in example.files if name in OWN_FILES), "")
        options = read_options(folder, os.path.join(folder, own)) if own else Options()
        options = overruled(options, assumed, rule_packs=(*options.rule_packs, *packs))
        result = session.check((folder,), options)
        return relocated(result, lambda path: os.path.relpath(path, folder).replace(os.sep, "/")).findings


def _not_found(rule: str, example: Example, findings: tuple[Finding, ...]) -> str:
    found = {(finding.place.path, finding.place.line) for finding in findings if finding.name == rule}
    missing = [f"{path}:{line}" for path, line in example.expected if (path, line) not in found]
    if not missing:
        return ""
    instead = "; ".join(_shown(finding) for finding in findings) or "nothing is found"
    return f"nothing is found at {', '.join(missing)} ({instead})"


def _too_loud(rule: str, findings: tuple[Finding, ...]) -> str:
    return "; ".join(_shown(one) for one in findings if one.severity != "note" or one.name == rule)


def _shown(finding: Finding) -> str:
    return f"{finding.place.path}:{finding.place.line}: {finding.severity}[{finding.name}] {finding.message}"
