"""One recorded run as a project, and what a reader of its files must predict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

Options: TypeAlias = dict[str, Any]
Vector: TypeAlias = dict[str, Any]
Choice = TypeVar("Choice")


class Skip(Exception):
    """This run cannot be told as a project that a static reader could be asked about."""


def number(name: str, salt: str) -> int:
    """Return a number that depends on nothing but the name of a run and a word: all variation comes from it."""
    return int(hashlib.sha256(f"{name}/{salt}".encode()).hexdigest()[:8], 16)


def pick(name: str, salt: str, choices: Sequence[Choice]) -> Choice:
    return choices[number(name, salt) % len(choices)]


def scalar(value: object) -> bool:
    return isinstance(value, bool | int | float | str)


def version(text: object) -> str:
    """Return a version as people pin it, without a local part."""
    return str(text).split("+")[0]


def highest(series: object) -> float | None:
    """Return the largest of a series of numbers that was recorded whole."""
    if isinstance(series, list) and series and all(isinstance(value, int | float) for value in series):
        return float(max(series))
    return None


class Case:
    """One project: `files` by path, what is to `assume` about it, and what is expected of its plan.

    `outcome` None: the recorded run never ended by itself. `rate_tolerance` is relative, for frameworks that compute
    in single precision. `match` names the frameworks whose run is meant if there are several.
    """

    def __init__(self, vector: Vector, framework: str) -> None:
        self.vector = vector
        self.id: str = vector["id"]
        self.framework = framework
        self.files: dict[str, str] = {}
        self.assume: dict[str, int] = {}
        self.world = 1
        self.expect: dict[str, int | float] = {}
        self.events: dict[str, Any] = {}
        self.rate: dict[str, float] = {}
        self.rate_tolerance: float | None = None
        self.outcome: dict[str, str | None] | None = None
        self.match = [framework]
        self.identity = vector.get("env")
        self.error: Options | None = vector.get("error")
        self.observed: Options = vector.get("observed") or {}
        self._read_outcome()

    def _read_outcome(self) -> None:
        if not self.error:
            self.outcome = {"kind": "completes", "error": None}
            return
        name = self.error["class"].split(".")[-1]
        gist = self.error.get("gist", "")
        if name in ("Timeout", "Deadlock"):
            raise Skip("the run did not end within the recorder's limit")
        if any(text in gist for text in ("Connection closed by peer", "Connection reset by peer")):
            raise Skip("one process broke and took the other with it")
        if self.error.get("ranks_never_returned"):
            raise Skip("one process broke and took the other with it")
        if name == "NeverEnds":
            if self.observed.get("optimizer_steps") != 0:
                raise Skip("ended by the recorder")
            self.expect["total_steps"] = 0
            return
        self.outcome = {"kind": "raises", "error": name}

    @property
    def completes(self) -> bool:
        return self.outcome is not None and self.outcome["kind"] == "completes"

    def put(self, **quantities: Any) -> None:
        """Expect quantities of the plan; what is no number is not expected."""
        for name, value in quantities.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                self.expect[name] = int(value) if isinstance(value, float) and value.is_integer() else value

    def lr(
        self,
        first: float | None = None,
        peak: float | None = None,
        last: float | None = None,
        tolerance: float | None = None,
    ) -> None:
        """Expect the learning rate in force at the first and last optimizer step, and the largest."""
        for name, value in (("first", first), ("peak", peak), ("last", last)):
            if isinstance(value, int | float) and not isinstance(value, bool):
                self.rate[name] = value
        self.rate_tolerance = tolerance

    def requirements(self, *pins: str) -> None:
        if "import yaml" in self.files.get("train.py", ""):
            pins += ("pyyaml",)
        self.files["requirements.txt"] = "".join(pin + "\n" for pin in pins)

    def check(self) -> None:
        if not (self.expect or self.events or self.rate or self.outcome):
            raise Skip("nothing unambiguous to predict")

    @property
    def digest(self) -> str:
        """The configuration: what has the same digest is the same case recorded twice."""
        vector = self.vector
        about = [vector["framework"], vector["framework_version"], vector.get("backend"), vector["config"]]
        text = json.dumps([*about, self.identity, self.world], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def launched(case: Case, world: int, command: str) -> None:
    """Let a shell file launch so many processes."""
    case.world = world
    case.files["launch.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\n" + command + "\n"


def one_process(case: Case, command: str | None) -> None:
    """Let a single process be told either by a launcher or by an assumption."""
    case.world = 1
    if command and number(case.id, "launcher") % 3 == 0:
        launched(case, 1, command)
    else:
        case.assume["world_size"] = 1
