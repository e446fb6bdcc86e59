"""Lay the projects of the suite out in a folder, each with what is expected of its plan.

python tests/conformance/render.py FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "rendering"))

from cases import Case
from rendered_projects import write
from suite import cases, rendering


def expectation(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "framework": case.framework,
        "tags": case.vector.get("tags", []),
        "assume": case.assume,
        "expect": case.expect,
        "events": case.events,
        "learning_rate": case.rate,
        "learning_rate_tolerance": case.rate_tolerance,
        "outcome": case.outcome,
    }


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write(__doc__ or "")
        return 2
    for framework, group in cases().items():
        for case in group:
            folder = Path(arguments[0]) / case.id
            write(case, folder)
            (folder / "expect.json").write_text(json.dumps(expectation(case), indent=1) + "\n", encoding="utf-8")
        print(f"{framework:24}{len(group):6} projects")
    for (framework, reason), count in sorted(rendering().skipped.items()):
        print(f"{framework:24}{count:6} left out: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
