"""`rules/<family>/<name>.yaml` as a rule, and as its page with explanation and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.knowledge.needs import needs_of
from epochlint.knowledge.rule import Example, Guarded, RelatedPlace, Rule, RuleEdit, RulePage
from epochlint.knowledge.scope import OF_A_RULE, Scope, ordered
from epochlint.knowledge.shared_forms import file_name, formulas, guarded

if TYPE_CHECKING:
    from epochlint.knowledge.datafile import DataFile, Part

MARK = "# <- here"


def rule_from(file: DataFile) -> Rule:
    """Make the record of a rule file. Raises CatalogueError about the first thing that is wrong."""
    top, scope = file.top, Scope(OF_A_RULE)
    let = top.get("let")
    lets, cycle = ordered(formulas(let, scope))
    if cycle:
        raise (let or top).error(f"these names need each other: {' → '.join(cycle)}")
    for key in ("message", "help", "summary", "label"):
        for part in top.each_of(key):
            scope.template(part.get("is") or part)
    for part in top.each_of("related"):
        scope.template(part.get("message"))
    condition = scope.required(top, "if")
    may = top.flag("may")
    return Rule(
        code=top.text("code"),
        name=file_name(top),
        aliases=top.words("aliases"),
        about=top.text("about"),
        severity=guarded(top.get("severity"), scope),
        certainty=guarded(top.get("certainty"), scope) or (Guarded("certain"),),
        summary=top.text("summary"),
        message=guarded(top.get("message"), scope),
        help=top.text("help"),
        at=top.words("at"),
        condition=condition,
        may=may,
        consequence=top.flag("consequence"),
        written=top.words("written"),
        let=lets,
        related=tuple(RelatedPlace(part.text("at"), part.text("message")) for part in top.each_of("related")),
        frameworks=top.words("frameworks"),
        edit=_edit(top.get("edit")),
        label=top.text("label"),
        words=tuple((word, tuple(others)) for word, others in top.value.get("words", {}).items()),
        needs=frozenset() if may else needs_of(condition, lets),
    )


def _edit(part: Part | None) -> RuleEdit | None:
    if part is None:
        return None
    if ("text" in part.value) == ("operation" in part.value):
        raise part.error("should have either a text or an operation")
    text = str(part.value.get("text", ""))
    return RuleEdit(part.text("title"), part.text("safety"), part.text("at"), text, part.text("operation"))


def page_from(file: DataFile) -> RulePage:
    """Make the page of a rule file, with its examples."""
    top = file.top
    examples = top.get("examples") or top
    return RulePage(
        code=top.text("code"),
        name=top.text("name"),
        family=family_of(file.path),
        summary=top.text("summary"),
        explanation=top.text("explanation"),
        help=top.text("help"),
        bad=tuple(_example(part, bad=True) for part in examples.each_of("bad")),
        good=tuple(_example(part, bad=False) for part in examples.each_of("good")),
        sources=top.words("sources"),
        path=file.path,
    )


def family_of(path: str) -> str:
    """Return the folder of a rule file: `rules/steps/x.yaml` is of the family `steps`."""
    folder = path.rpartition("/")[0].rpartition("/")[2]
    return "" if folder == "rules" else folder


def _example(part: Part, bad: bool) -> Example:
    whole = part.get("files")
    if (whole is None) == (part.get("code") is None) or (part.get("code") is None) != (part.get("file") is None):
        raise part.error("should have file and code, or files")
    texts = (
        {name: str(inner.value) for name, inner in whole.entries()}
        if whole
        else {part.text("file"): str(part.value["code"])}
    )
    files: list[tuple[str, str]] = []
    expected: list[tuple[str, int]] = []
    for name, text in texts.items():
        lines = text.splitlines()
        expected.extend((name, number) for number, line in enumerate(lines, 1) if line.rstrip().endswith(MARK))
        plain = [line.rstrip().removesuffix(MARK).rstrip() if line.rstrip().endswith(MARK) else line for line in lines]
        files.append((name, "\n".join(plain) + "\n"))
    for expectation in part.each_of("expect"):
        path = expectation.text("path") or next(iter(texts))
        line = int(expectation.value["line"])
        if path not in texts or line > len(texts[path].splitlines()):
            raise expectation.error(f"there is no line {line} in {path}")
        expected.append((path, line))
    if bad and not expected:
        raise part.error(f"no line is marked: end it with {MARK!r}, or say expect: {{path, line}}")
    if not bad and expected:
        raise part.error("a good example expects no finding")
    return Example(
        files=tuple(files),
        expected=tuple(dict.fromkeys(expected)),
        assume=tuple((name, inner.value) for name, inner in part.entries_of("assume")),
        why=part.text("why"),
    )
