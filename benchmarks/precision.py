"""How many of the errors and warnings in real repositories are true, by a ledger in which each was read and judged.

    python benchmarks/precision.py FOLDER [--list]

FOLDER holds checkouts, one folder `owner+name` for each line of `ledger/repositories.txt` (repository and commit); what
is not there is left out and said. `ledger/verdicts.jsonl` has one judged finding a line: repository, path, line, rule,
verdict (true, false or arguable) and why. The table counts findings by rule; what nobody has judged yet is listed with
`--list`, in the form of the ledger, and makes the status 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TypeAlias

LEDGER = Path(__file__).parent / "ledger"
VERDICTS = ("true", "arguable", "false")
LONGEST = 600  # seconds for one repository

Key: TypeAlias = tuple[str, str, int, str]  # repository, path, line, rule


def main(arguments: list[str]) -> int:
    listed = "--list" in arguments
    folder = Path(next(one for one in arguments if not one.startswith("--")))
    verdicts = judged()
    counts: Counter[tuple[str, str]] = Counter()
    open_: list[Key] = []
    for repository, checkout in checkouts(folder):
        for key in reported(repository, checkout):
            verdict = verdicts.get(key, "")
            counts[key[3], verdict] += 1
            if not verdict:
                open_.append(key)
    for line in table(counts):
        print(line)
    for repository, path, line_number, rule in open_ if listed else ():
        print(
            json.dumps(
                {"repository": repository, "path": path, "line": line_number, "rule": rule, "verdict": "", "why": ""}
            )
        )
    return 1 if open_ else 0


def judged() -> dict[Key, str]:
    """Return the verdicts of the ledger."""
    found: dict[Key, str] = {}
    for text in (LEDGER / "verdicts.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(text)
        if entry["verdict"] not in VERDICTS or not entry["why"]:
            raise ValueError(f"no verdict, or no reason for it: {text}")
        found[entry["repository"], entry["path"], entry["line"], entry["rule"]] = entry["verdict"]
    return found


def checkouts(folder: Path) -> list[tuple[str, Path]]:
    """Return the repositories of the ledger with their folders, as far as they are there."""
    found = []
    for line in (LEDGER / "repositories.txt").read_text("utf-8").splitlines():
        repository = line.split()[0]
        checkout = folder / repository.replace("/", "+")
        if checkout.is_dir():
            found.append((repository, checkout))
        else:
            print(f"not there: {repository}", file=sys.stderr)
    return found


def reported(repository: str, checkout: Path) -> list[Key]:
    """Return the errors and warnings about a checkout."""
    command = [sys.executable, "-m", "epochlint", "check", ".", "--output-format", "json", "--exit-zero"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=LONGEST, check=False)
    if done.returncode:
        raise RuntimeError(f"{repository}: {done.stderr}")
    findings = json.loads(done.stdout)["findings"]
    return [
        (repository, one["path"], one["line"], one["name"])
        for one in findings
        if one["severity"] in ("error", "warning")
    ]


def table(counts: Counter[tuple[str, str]]) -> list[str]:
    """Return the table: rules, and how many of their findings are what."""
    lines = ["| rule | true | arguable | false | not judged |", "| --- | ---: | ---: | ---: | ---: |"]
    for rule in sorted({rule for rule, _ in counts}):
        numbers = [str(counts[rule, verdict]) for verdict in (*VERDICTS, "")]
        lines.append(f"| {' | '.join((rule, *numbers))} |")
    total = Counter[str]()
    for (_, verdict), number in counts.items():
        total[verdict] += number
    decided = sum(total[verdict] for verdict in VERDICTS)
    share = f"{100 * total['true'] / decided:.1f} %" if decided else "nothing judged"
    lines += ["", f"true: {total['true']} of {decided} judged ({share}); not judged: {total['']}"]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
