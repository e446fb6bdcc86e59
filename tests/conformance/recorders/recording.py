"""Running a framework once more with recorded configurations: capture, classify and store what it really did.

A vector is one line of JSON: `config` (the options a user would set) and `env` (what is known from elsewhere: data set
sizes, processes) go in, `observed` (counted by hooks, never by a formula), `error` and `warnings` come out.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import math
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("WANDB_DISABLED", "true")

Answer: TypeAlias = tuple[Any, Any, Any]  # observed, error, warnings
Told: TypeAlias = list[tuple[str, str]]

# Files of vectors that were recorded by two processes say so in their names.
WORLD = 2 if any("-world2" in argument for argument in sys.argv) else 1


class Timeout(Exception):
    """The run did not end within the recorder's limit."""


class NeverEnds(Exception):
    """Raised by a hook, not by the framework: many epochs went by without one optimizer step."""


@contextlib.contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    def too_long(_signal: int, _frame: FrameType | None) -> None:
        raise Timeout(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- what the framework says ----------------------------------------------------------------------------------------

NOISE = re.compile(
    r"torchvision|GPU available|TPU available|pin_memory|num_workers|many workers|"
    r"Starting from v1\.9\.0|tensorboardX|litlogger|CSVLogger|"
    r"does not have many|persistent_workers|epoch parameter in|"
    r"isinstance\(treespec|LeafSpec|pkg_resources|pynvml|srun|"
    r"You are adding a .* to the callbacks|cuda.*not available|"
    r"GLOO|barrier\(\)|find_unused_parameters",
    re.IGNORECASE,
)


class _Collecting(logging.Handler):
    def __init__(self, sink: Told) -> None:
        super().__init__(level=logging.WARNING)
        self.sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            self.sink.append(("log:" + record.name, record.getMessage()))


@contextlib.contextmanager
def capture(loggers: Iterable[str] = ()) -> Iterator[Told]:
    """Collect Python's warnings and log records from WARNING on; keep standard output and error of the run quiet."""
    sink: Told = []
    handler = _Collecting(sink)
    roots = [logging.getLogger(), *(logging.getLogger(name) for name in loggers)]
    for root in roots:
        root.addHandler(handler)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield sink
        finally:
            for root in roots:
                root.removeHandler(handler)
            sink.extend((one.category.__name__, str(one.message)) for one in caught or ())


def told(sink: Told, limit: int = 12) -> list[dict[str, str]]:
    """Return the first different messages, without noise about the machine."""
    found: dict[str, str] = {}
    for kind, message in sink:
        if NOISE.search(message) or kind in ("DeprecationWarning", "PendingDeprecationWarning", "ResourceWarning"):
            continue
        found.setdefault(short(message, 240), kind)
    return [{"kind": kind, "text": text} for text, kind in list(found.items())[:limit]]


def short(text: object, limit: int = 300) -> str:
    """Return a message in one line, without colours, addresses and paths of the machine."""
    line = re.sub(r"\x1b\[[0-9;]*m", "", str(text))
    line = re.sub(r"(/[\w.\-+]+)+/([\w.\-+]+)", r"\2", line)
    line = re.sub(r"0x[0-9a-f]{6,}", "0x..", line)
    return re.sub(r"\s+", " ", line).strip()[:limit]


def described(error: BaseException, phase: str) -> dict[str, str]:
    """Return the class, the gist and the place of an exception."""
    module, name = type(error).__module__, type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    gist = short(error)
    if not gist and frames and frames[-1].line:
        gist = "(no message) at: " + short(frames[-1].line)  # an assert without words
    return {
        "class": name if module in ("builtins", "__main__", "recording") else f"{module}.{name}",
        "gist": gist,
        "phase": phase,
        "raised_in": f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "",
    }


def rounded(value: Any, digits: int = 10) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return "nan" if math.isnan(number) else float(f"{number:.{digits}g}")


def brief(values: Iterable[Any], most: int = 200) -> Any:
    """Return a list, whole if it is short; else its length, head and tail."""
    values = list(values)
    return values if len(values) <= most else {"len": len(values), "head": values[:20], "tail": values[-20:]}


# --- several processes ------------------------------------------------------------------------------------------------
# The parent has the framework imported and forks a process for each rank, so that a run that waits for ever (a truth
# worth recording) can be ended without losing the others.


def run_forked(
    rank_main: Callable[[int], Any], world: int, limit: float, environment: dict[str, str] | None = None
) -> list[Any]:
    """Run `rank_main(rank)` in so many processes; return a result for each, None for one that never came back."""
    folder = Path(tempfile.mkdtemp(prefix="ranks"))
    ranks = {
        "WORLD_SIZE": str(world),
        "LOCAL_WORLD_SIZE": str(world),
        "GROUP_RANK": "0",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        "OMP_NUM_THREADS": "1",
        **(environment or {}),
    }
    alive = set()
    for rank in range(world):
        process = os.fork()
        if process == 0:
            os.environ.update(ranks, RANK=str(rank), LOCAL_RANK=str(rank))
            os._exit(_rank(rank_main, rank, folder))
        alive.add(process)
    start = time.monotonic()
    while alive and time.monotonic() - start < limit:
        alive = {process for process in alive if not os.waitpid(process, os.WNOHANG)[0]}
        time.sleep(0.02)
    for process in alive:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    files = [folder / f"{rank}.json" for rank in range(world)]
    results = [json.loads(file.read_text()) if file.exists() else None for file in files]
    shutil.rmtree(folder, ignore_errors=True)
    return results


def _rank(rank_main: Callable[[int], Any], rank: int, folder: Path) -> int:
    try:
        (folder / f"{rank}.part").write_text(json.dumps(rank_main(rank), default=str))
        (folder / f"{rank}.part").rename(folder / f"{rank}.json")
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        return 1
    return 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def merge_ranks(results: list[Any]) -> Answer:
    """Return what the first rank saw, with the samples of all; an error if any rank failed or never ended."""
    errors = [(rank, result["error"]) for rank, result in enumerate(results) if result and result.get("error")]
    missing = [rank for rank, result in enumerate(results) if result is None]
    base = next((result for result in results if result), None)
    observed = dict(base["observed"]) if base else {}
    observed.pop("_rank", None)
    seen: list[Any] = [result["observed"].get("_rank") if result else None for result in results]
    if all(seen):
        observed.update(
            samples_seen=sum(sum(one["sizes"]) for one in seen),
            distinct_samples=len({index for one in seen for index in one["idx"]}),
            per_rank_micro_batches=[len(one["sizes"]) for one in seen],
            per_rank_samples=[sum(one["sizes"]) for one in seen],
            per_rank_batch_sizes=[brief(one["sizes"], 40) for one in seen],
        )
    error = None
    if errors:
        error = {**errors[0][1], "ranks": [rank for rank, _ in errors]}
        if missing:
            error["ranks_never_returned"] = missing
    elif missing:
        gist = f"rank(s) {missing} never returned; ended by the recorder"
        error = {"class": "Deadlock", "gist": gist, "phase": "train", "raised_in": ""}
    return observed, error, (base or {}).get("warnings", [])


# --- vectors ----------------------------------------------------------------------------------------------------------


def replay(one: Callable[..., Answer], versions: dict[str, str], framework_version: str, kinds: bool = False) -> None:
    """Record the configurations of a file of vectors anew, or (`--check`) compare with what stands there.

    `one(config, env)` runs one of them; with `kinds`, `one(kind, config, env)`. A configuration is added by appending
    a line with `id`, `framework`, `config`, `env` and `tags`.
    """
    parser = argparse.ArgumentParser(description=replay.__doc__)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", default="", metavar="ID,…")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    lines, ran, different = [], 0, 0
    for line in arguments.vectors.read_text(encoding="utf-8").splitlines():
        old = json.loads(line)
        if only and old["id"] not in only:
            lines.append(line)
            continue
        kind = [old["tags"][0]] if kinds else []
        ran += 1
        answer = one(*kind, json.loads(line)["config"], json.loads(line)["env"])
        new = _vector(old, answer, versions, framework_version)
        lines.append(json.dumps(new, separators=(",", ":"), default=str))
        changed = [key for key in ("observed", "error") if _plain(new, key) != _plain(old, key)]
        different += bool(changed)
        if arguments.check and changed:
            print(old["id"], *changed, file=sys.__stdout__, flush=True)
    print(f"{arguments.vectors.name}: {ran} runs, {different} differ from what stood there", file=sys.__stdout__)
    if not arguments.check:
        arguments.vectors.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif different:
        sys.exit(1)


def _vector(old: dict[str, Any], answer: Answer, versions: dict[str, str], framework_version: str) -> dict[str, Any]:
    observed, error, warned = answer
    kept = ("id", "framework", "framework_version", "versions", "backend", "config", "env", "tags")
    new = {key: old[key] for key in kept if key in old}
    new["framework_version"] = framework_version
    if versions:
        new["versions"] = versions
    if observed is not None:
        new["observed"] = observed
    if error is not None:
        new["error"] = error
    new["warnings"] = list(warned)
    return new


def _plain(vector: dict[str, Any], key: str) -> Any:
    """Return a part of a vector as it is stored; of an error only its class counts."""
    part = json.loads(json.dumps(vector.get(key), default=str))
    return part["class"] if key == "error" and part else part
