"""docs/frameworks/: a page for each framework, and a table of them."""

from __future__ import annotations

from collections.abc import Iterator

from epochlint.knowledge.catalogue import Framework
from epochlint.knowledge.loading import EVERYWHERE
from epochlint.knowledge.store import Catalogue
from epochlint.reports.framework_sections import Section, identities, sections
from generator import markdown
from generator.markdown import computed, plain

TITLE = """\
# Frameworks

What epochlint knows of each framework, as its file in [frameworks/](../../frameworks) tells it. *Recorded*: plans were
compared with real runs of the framework. *Derived*: the formulas were read from its source.
"""

VERIFIED = {
    "recorded": "recorded: plans were compared with what the framework really did",
    "derived": "derived: the formulas were read from the source of the framework",
}


def pages(catalogue: Catalogue) -> dict[str, str]:
    """Return the pages by file name."""
    texts = {f"{name}.md": _text(name, _page(catalogue.framework(name))) for name in catalogue.framework_names}
    index = "\n".join([computed("frameworks/"), "", TITLE, *overview(catalogue, "")])
    return {**texts, "README.md": index + "\n"}


def overview(catalogue: Catalogue, folder: str) -> Iterator[str]:
    """Yield the table of all frameworks, their pages being in `folder`."""
    frameworks = [catalogue.framework(name) for name in sorted(catalogue.framework_names)]
    rows = [
        (
            f"[{plain(one.title)}]({folder}{one.name}.md)",
            one.name,
            f"{one.package} {plain(one.supported)}".strip(),
            one.verified,
        )
        for one in frameworks
        if one.signatures  # the others only help to describe them
    ]
    yield from markdown.table(("framework", "name", "releases", "verified"), rows, code=(1,))


def _text(name: str, lines: Iterator[str]) -> str:
    return "\n".join([computed(f"frameworks/{name}.yaml"), "", *lines]).rstrip("\n") + "\n"


def _page(framework: Framework) -> Iterator[str]:
    yield from (f"# {plain(framework.title)}", "")
    if framework.description:
        yield from (plain(framework.description), "")
    if framework.name == EVERYWHERE:
        yield from _section(_as_everywhere(framework))
    else:
        yield from _facts(framework)
        for section in sections(framework):
            yield from _section(section)
        yield from ("What these do not tell is filled in by [formulas that hold everywhere](common.md).", "")
    if framework.sources:
        yield from ("## Sources", "", *(f"- {plain(source)}" for source in framework.sources), "")


def _facts(framework: Framework) -> Iterator[str]:
    yield f"- name: `{framework.name}`"
    if framework.supported:
        yield f"- releases: {framework.package} {plain(framework.supported)}, the newest known is {framework.newest}"
    yield f"- verified: {VERIFIED[framework.verified]}"
    unknown = "raises an error" if framework.unknown_options == "raises" else "is ignored"
    yield f"- an option that it does not know {unknown}"
    if framework.one_process:
        yield "- without a launcher, device option or distributed API in sight a run has one process"
    yield ""


def _as_everywhere(framework: Framework) -> Section:
    """Return the formulas of the file that every framework inherits; in it they are not yet marked as identities."""
    from epochlint.records import replace

    return identities(replace(framework, plan=tuple(replace(one, identity=True) for one in framework.plan)))


def _section(section: Section) -> Iterator[str]:
    rows = [[cell if at in section.code else plain(cell) for at, cell in enumerate(row)] for row in section.rows]
    yield from (f"## {plain(section.heading)}", "", *markdown.table(section.columns, rows, section.code), "")
