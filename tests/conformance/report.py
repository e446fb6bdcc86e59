"""What the plans of the conformance suite are worth: measure the whole suite and write docs/conformance.md.

    python tests/conformance/report.py            # plan and judge every project; print the page
    python tests/conformance/report.py --write    # the same, and keep it: measured.json and docs/conformance.md
    python tests/conformance/report.py --write --framework keras    # of one framework; the others stay as they were

The page is made from measured.json alone; the tests hold a plan to what stands there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parent))

from judging import RIGHT, UNKNOWN, WRONG, Verdict
from suite import Judged, cases, claimed, judged

MEASURED = Path(__file__).parent / "measured.json"
PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
Measure: TypeAlias = dict[str, Any]
_VERDICTS: tuple[Verdict, ...] = (RIGHT, WRONG, UNKNOWN)
_MOST_REASONS = 12


def measure(framework: str, these: Iterable[Judged]) -> Measure:
    """Sum up the judged projects of one framework."""
    keys: dict[str, Counter[str]] = {}
    reasons: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    wrong: dict[str, list[str]] = {}
    unknown: list[str] = []
    total = 0
    for one in these:
        total += 1
        for row in one.rows:
            keys.setdefault(row.key, Counter())[row.verdict] += 1
            if row.verdict == UNKNOWN:
                why = (row.key.split(".")[0], re.sub(r"\d[\d,.]*", "N", row.reason))
                reasons[why] += 1
                examples.setdefault(why, one.case.id)
        if one.verdict == WRONG:
            wrong[one.case.id] = [row.key for row in one.rows if row.verdict == WRONG]
        elif one.verdict == UNKNOWN:
            unknown.append(one.case.id)
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:_MOST_REASONS]
    return {
        "claimed": claimed(framework),
        "projects": total,
        "keys": {key: [found[verdict] for verdict in _VERDICTS] for key, found in sorted(keys.items())},
        "reasons": [[count, key, why, examples[key, why]] for (key, why), count in ranked],
        "wrong": wrong,
        "unknown": unknown,
    }


def measure_all(only: list[str] | None = None) -> dict[str, Measure]:
    return {name: measure(name, judged(group)) for name, group in cases().items() if not only or name in only}


def page(measured: dict[str, Measure]) -> str:
    """Return docs/conformance.md."""
    return "\n".join(_page(measured))


def _page(measured: dict[str, Measure]) -> Iterator[str]:
    yield from (*_INTRODUCTION.splitlines(), "")
    yield "| framework | projects | fully right | some value wrong | some value unknown |"
    yield "|---|---:|---:|---:|---:|"
    for framework, one in measured.items():
        if one["claimed"]:
            wrong, unknown = len(one["wrong"]), len(one["unknown"])
            yield f"| {framework} | {one['projects']:,} | {one['projects'] - wrong - unknown:,} | {wrong} | {unknown} |"
    for framework, one in measured.items():
        if one["claimed"]:
            yield from ("", f"## {framework}", "")
            yield from _values(one)
            yield from _unknown(one)
            yield from _wrong(one)
    yield from _others({framework: one for framework, one in measured.items() if not one["claimed"]})
    yield ""


def _values(one: Measure) -> Iterator[str]:
    yield "| value | right | wrong | unknown |"
    yield "|---|---:|---:|---:|"
    for key, counts in one["keys"].items():
        yield f"| {key} | {' | '.join(f'{count:,}' for count in counts)} |"


def _unknown(one: Measure) -> Iterator[str]:
    if one["reasons"]:
        yield from ("", "Unknown, most often:", "")
        for count, key, why, example in one["reasons"]:
            yield f"- {count} × `{key}`: {why} (`{example}`)"


def _wrong(one: Measure) -> Iterator[str]:
    if one["wrong"]:
        named = (f"`{name}` ({', '.join(keys)})" for name, keys in one["wrong"].items())
        yield from ("", f"Wrong: {'; '.join(named)}.")


def _others(measured: dict[str, Measure]) -> Iterator[str]:
    if measured:
        yield from ("", "## Frameworks without a file of their own", "", *_NOT_CLAIMED.splitlines(), "")
        yield "| framework | projects | values right | values wrong | values unknown |"
        yield "|---|---:|---:|---:|---:|"
        for framework, one in measured.items():
            sums = (sum(counts[place] for counts in one["keys"].values()) for place in range(len(_VERDICTS)))
            yield f"| {framework} | {one['projects']:,} | {' | '.join(f'{number:,}' for number in sums)} |"


_INTRODUCTION = """\
# Conformance

Does `epochlint plan` say what frameworks really do? Thousands of real, tiny training runs were recorded with counting
hooks. Each is told again as the small project that a user would have written, and the plan of that project is compared
with the record, value by value.

A value is *right* if it equals the recorded one (a learning rate within a millionth, or what single precision allows),
*unknown* if the plan says that it does not know, and *wrong* otherwise. Unknown is no success, but never misleads; a
wrong value is a bug. Every project is one run: `runs` is wrong where the plan tells of several. What is compared, and
where the records are from, is in `tests/conformance/`.

This page is computed: `python tests/conformance/report.py --write`.
"""
_NOT_CLAIMED = """\
Their runs are recorded, and what epochlint says about them is judged all the same: a framework that it does not know
should be left alone, not mistaken for another one.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write measured.json and docs/conformance.md")
    parser.add_argument("--framework", action="append", choices=cases(), help="measure only this one")
    arguments = parser.parse_args()
    before = json.loads(MEASURED.read_text(encoding="utf-8")) if arguments.framework else {}
    measured = {name: one for name, one in before.items() if name in cases()} | measure_all(arguments.framework)
    measured = dict(sorted(measured.items()))
    if arguments.write:
        MEASURED.write_text(stored(measured), encoding="utf-8")
        PAGE.write_text(page(measured), encoding="utf-8")
    sys.stdout.write(page(measured))
    return 0


def stored(measured: dict[str, Measure]) -> str:
    """Return the text of measured.json: one line for every part, so that changes show."""
    blocks = []
    for framework, one in measured.items():
        lines = [f'  "{name}": {json.dumps(part, ensure_ascii=False)}' for name, part in one.items()]
        blocks.append(f'"{framework}": {{\n' + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
