"""Write the documents that can be computed: from the data files, and from what epochlint really prints.

    python docs/build.py            write them
    python docs/build.py --check    say which of them are out of date, and exit with 1 if any is

Whole documents are docs/rules.md, rules/README.md, docs/coverage.md and docs/frameworks/. In the others, what stands
between `<!-- output: COMMAND -->` (or `json:`, or `table:`) and `<!-- end -->` is computed; see generator/blocks.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import blocks, candidates, frameworks, rules

from epochlint.knowledge.store import Catalogue

ROOT = Path(__file__).resolve().parents[1]


def documents() -> dict[Path, str]:
    """Return every computed document with its text."""
    catalogue = Catalogue.default()
    texts = {ROOT / "docs/rules.md": rules.manual(catalogue), ROOT / "rules/README.md": rules.table(catalogue)}
    texts[ROOT / "docs/coverage.md"] = candidates.page(catalogue)
    pages = frameworks.pages(catalogue)
    texts.update({ROOT / "docs/frameworks" / name: text for name, text in pages.items()})
    for path in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md"))):
        if path not in texts:
            text = path.read_text(encoding="utf-8")
            filled = blocks.fill(text, catalogue)
            if filled != text or blocks.MARK in text:
                texts[path] = filled
    return texts


def left_over(texts: dict[Path, str]) -> list[Path]:
    """Return pages of frameworks that are no more."""
    return [path for path in (ROOT / "docs/frameworks").glob("*.md") if path not in texts]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="only say which documents are out of date")
    only_check = parser.parse_args().check
    texts = documents()
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    gone = left_over(texts)
    for path in (*stale, *gone):
        print(f"{'out of date' if only_check else 'written' if path in stale else 'removed'}: {path.relative_to(ROOT)}")
    if only_check:
        return int(bool(stale or gone))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
