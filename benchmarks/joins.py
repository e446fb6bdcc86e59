"""Whether files that make one run are joined, and no others, by a ledger of joins that were read and judged.

    python benchmarks/joins.py FOLDER

FOLDER holds checkouts, one folder `owner+name` for each repository; what is not there is left out and said. Each line
of `ledger/joins.jsonl` is a join of a sample: repository and commit, the file asked for, the file of the run, the
document that takes part in it, with which evidence and why, the verdict (true, false or arguable) and its reason. A
true join must be made still, a false one must not. The status is 1 where one is otherwise.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from epochlint import session
from epochlint.configuration.options import Options

LEDGER = Path(__file__).parent / "ledger" / "joins.jsonl"


def main(folder: Path) -> int:
    counts: Counter[str] = Counter()
    wrong = 0
    for line in LEDGER.read_text("utf-8").splitlines():
        join = json.loads(line)
        checkout = folder / join["repository"].replace("/", "+")
        counts[join["verdict"] if checkout.is_dir() else "left out"] += 1
        if checkout.is_dir() and is_made(join, checkout) is (join["verdict"] == "false"):
            wrong += 1
            print(f"{join['repository']}: {join['run']} and {join['document']}: {join['verdict']}, but not so")
    print(
        ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items())), f"; {wrong} are otherwise now"
    )
    return 1 if wrong else 0


def is_made(join: dict[str, Any], checkout: Path) -> bool:
    """Tell whether the run and the document are planned together where the file is asked for that was in the sample."""
    os.chdir(checkout)
    wanted = {join["run"], join["document"]}
    return any(
        wanted <= {run.place.path, *(joined.path for joined in run.documents)}
        for run, _ in session.plan((join["asked"],), Options()).plans
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
