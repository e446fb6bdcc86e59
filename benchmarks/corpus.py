"""How many training quantities are found in labelled files of real repositories.

    python benchmarks/corpus.py LABELS CHECKOUTS [--kind sh] [--missed]

LABELS is a JSON Lines file: of each file its repository, path, kind and quantities (name, value, line, `also` for other
names, `optional`), as in `corpus/labels.jsonl`. CHECKOUTS is a folder of checkouts named `owner+name`; files that are
not there are left out and counted. A quantity is found if `plan` has a setting of the file, or one that it declares,
with the same value at the same line. What `plan` has beyond the labels counts against it, unless the labels call it
optional.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from typing import Any

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known
from epochlint.places import Place

KINDS = {"sh": "shell", "cfg": "YAML and JSON", "py": "Python and notebooks", "ipynb": "Python and notebooks"}
NAMES = {"gradient_accumulation": "gradient_accumulation_steps", "lr_schedule_steps": "schedule_steps"}

NOT_LABELLED = ("", "learning_rate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels")
    parser.add_argument("checkouts")
    parser.add_argument("--kind", default="")
    parser.add_argument("--missed", action="store_true", help="print what is not found, and what is found wrongly")
    asked = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    with open(asked.labels, encoding="utf-8") as lines:
        for line in lines:
            label = json.loads(line)
            kind = KINDS.get(label["kind"], label["kind"])
            if asked.kind and label["kind"] != asked.kind:
                continue
            folder = os.path.join(os.path.abspath(asked.checkouts), label["repo"].replace("/", "+"))
            if not os.path.isfile(os.path.join(folder, label["path"])):
                counts[kind, "files left out"] += 1
                continue
            counts[kind, "files"] += 1
            measure(label, folder, kind, counts, asked.missed)
    for kind in dict.fromkeys(KINDS.values()):
        wanted, right, told = (counts[kind, name] for name in ("wanted", "right", "told"))
        if wanted:
            precise = f"{counts[kind, 'true']} of {told} told are right ({counts[kind, 'true'] / max(told, 1):.0%})"
            files = f"{counts[kind, 'files']} files, {counts[kind, 'files left out']} left out"
            print(f"{kind}: {right} of {wanted} quantities found ({right / wanted:.0%}), {precise}; {files}")


def measure(label: dict[str, Any], folder: str, kind: str, counts: Counter[tuple[str, str]], verbose: bool) -> None:
    found = told_of(folder, label["path"])
    wanted = [one for one in label["quantities"] if not one.get("optional") and one["value"] is not None]
    wanted = [one for one in wanted if not isinstance(one["value"], str)]
    accepted = {(name, where(one)) for one in label["quantities"] for name in names_of(one)}
    right = [one for one in wanted if any((name, where(one), one["value"]) in found for name in names_of(one))]
    true = [one for one in found if (one[0], one[1]) in accepted]
    counts[kind, "wanted"] += len(wanted)
    counts[kind, "right"] += len(right)
    counts[kind, "told"] += len(found)
    counts[kind, "true"] += len(true)
    if verbose:
        print(f"{label['repo']} {label['path']} ({label.get('framework')}): {len(right)} of {len(wanted)}")
        for one in wanted:
            if one not in right:
                print(f"    missed {where(one)}: {one['name']} = {one['value']} ({one.get('key')}, {one.get('how')})")
        for told in sorted(set(found) - set(true), key=str):
            print(f"    beyond {told[1]}: {told[0]} = {told[2]}")


def where(one: dict[str, Any]) -> Any:
    return (one["cell"], one["cell_line"]) if "cell" in one else one["line"]


def names_of(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple(NAMES.get(name, name) for name in (one["name"], *one.get("also", ())))


def told_of(folder: str, path: str) -> list[tuple[str, Any, Any]]:
    """Return (quantity, line, value) of the settings that stand in a file."""
    os.chdir(folder)  # the root of the project, which a checkout may not mark
    result = session.plan((path,), Options())
    declared = [one for one in result.declared if one.place.path.endswith(path)]
    found = {(one.quantity, line_of(one.place), one.value): None for one in declared}
    for run, _ in result.plans:
        inner = [setting for component in run.components for setting in component.settings]
        for setting in (*run.settings, *inner):
            option = run.framework.option(setting.option)
            known = isinstance(setting.value, Known) and setting.value.value is not None
            quantity = (option.quantity or option.about) if option is not None else ""
            if quantity in NOT_LABELLED or setting.place is None or not known:
                continue
            if setting.place.path.endswith(path) and not any(is_part_of(setting.place, one.place) for one in declared):
                found[quantity, line_of(setting.place), setting.value.value] = None  # type: ignore[union-attr]
    return list(found)


def line_of(place: Place) -> Any:
    """Return the line as labels have it; in a notebook the cell, counted from 0, and the line in it."""
    return place.line if place.cell is None else (place.cell - 1, place.line)


def is_part_of(inner: Place, outer: Place) -> bool:
    """Tell whether a value stands inside a declaration: both are one statement."""
    return inner.cell == outer.cell and outer.line <= inner.line and inner.end_line <= outer.end_line


if __name__ == "__main__":
    main()
