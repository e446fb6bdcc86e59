"""`epochlint rules new NAME` and `epochlint rules test PATH`: writing rules of one's own."""

from __future__ import annotations

import os
import sys

from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError
from epochlint.knowledge.folders import installed_folder
from epochlint.knowledge.store import Catalogue
from epochlint.reports.terminal import count, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from epochlint.knowledge.rule import RulePage

TEMPLATE = os.path.join("rules", "new-rule.txt")


def begin(arguments: argparse.Namespace) -> int:
    """Write a rule file that works, to be changed: into the first folder of `rule-paths`, else into this one."""
    name = (arguments.operand or "").removesuffix(".yaml")
    if not _is_name(name):
        raise UsageError("epochlint rules new NAME: a name is lower-case words with hyphens, such as seed-is-missing")
    options = read_options(".", arguments.config or "", arguments.isolated)
    catalogue = Catalogue.default(options.rule_packs)
    if name in catalogue.index.names("rule"):
        raise UsageError(f"there is a rule {name!r} already")
    path = os.path.join(os.path.relpath(options.rule_packs[0]) if options.rule_packs else "", f"{name}.yaml")
    code = arguments.code or _free_code(catalogue)
    with open(os.path.join(installed_folder() or "", TEMPLATE), encoding="utf-8") as file:
        text = file.read().replace("CODE", code).replace("NAME", name)
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    print(f"written: {path}\nnext: change it, then `epochlint rules test {path}`")
    if not options.rule_packs:
        print('to use it: rule-paths = ["."] under [tool.epochlint] in pyproject.toml')
    return 0


def try_examples(arguments: argparse.Namespace) -> int:
    """Run the examples of the rules below a path; status 1 if one of them fails."""
    from epochlint.examples import failures

    path = arguments.operand or "."
    if not os.path.exists(path):
        raise UsageError(f"there is no file or folder {path!r}")
    folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
    inside = os.path.join(os.path.realpath(folder), "")
    others = [one for one in _configured(arguments) if not os.path.join(os.path.realpath(one), "").startswith(inside)]
    packs = (folder, *others)
    failed = tested = 0
    for page in _pages(path, folder, packs):
        wrong = list(failures(page, packs))
        tested += 1
        failed += bool(wrong)
        print(f"{page.code} {page.name}: {_examples(page)}: {'failed' if wrong else 'passed'}")
        for one in wrong:
            which = f"{one.kind} example {one.number}" if one.number else f"{one.kind} examples"
            print(f"  {which}: {safe(one.message)}")
    if not tested:
        raise UsageError(f"there is no rule file in {path!r}")
    print(f"{count(tested, 'rule')} tested, {failed} failed", file=sys.stderr)
    return int(failed > 0)


def _configured(arguments: argparse.Namespace) -> tuple[str, ...]:
    return read_options(".", arguments.config or "", arguments.isolated).rule_packs


def _pages(path: str, folder: str, packs: tuple[str, ...]) -> list[RulePage]:
    """Return the pages of the rules in a file or folder. UsageError for a file that is wrong."""
    catalogue = Catalogue.default(packs)
    for error in catalogue.errors:
        raise UsageError(str(error))
    pages = [catalogue.rule_page(entry.name) for entry in catalogue.index.rules]
    inside = os.path.realpath(folder) + os.sep
    own = [page for page in pages if os.path.realpath(page.path).startswith(inside)]
    if os.path.isdir(path):
        return own
    return [page for page in own if os.path.realpath(page.path) == os.path.realpath(path)]


def _examples(page: RulePage) -> str:
    return f"{len(page.bad)} bad and {len(page.good)} good examples"


def _is_name(text: str) -> bool:
    return bool(text) and all(word.isalnum() and word.isascii() and word.islower() for word in text.split("-"))


def _free_code(catalogue: Catalogue) -> str:
    """Return the first code of the form MY001 that is not taken."""
    taken = {entry.code for entry in catalogue.index.rules}
    return next(code for number in range(1, 1_000) if (code := f"MY{number:03}") not in taken)
