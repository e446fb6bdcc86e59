"""The header of a batch script, `#SBATCH --nodes=2`: the options of the job, and the variables that the batch system
sets from them."""

from __future__ import annotations

from epochlint.sources.shell_values import Piece, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "#SBATCH"
_SHORT = {"N": "nodes", "n": "ntasks", "c": "cpus_per_task", "G": "gpus"}
# Slurm 23.11, sbatch(1), "OUTPUT ENVIRONMENT VARIABLES"
_VARIABLES = {
    "nodes": ("SLURM_NNODES", "SLURM_JOB_NUM_NODES"),
    "ntasks": ("SLURM_NTASKS", "SLURM_NPROCS"),
    "ntasks_per_node": ("SLURM_NTASKS_PER_NODE",),
    "gpus_per_node": ("SLURM_GPUS_PER_NODE", "SLURM_GPUS_ON_NODE"),
    "cpus_per_task": ("SLURM_CPUS_PER_TASK",),
}


def job_options(text: str, comments: Iterable[tuple[int, int]]) -> dict[str, Text]:
    """Return the options of a header by their long names with underscores; the last of a name counts.

    `comments` are the spans of the comments. The header ends at the first command.
    """
    found: dict[str, Text] = {}
    end = 0
    for start, stop in comments:
        if text[end:start].strip():
            break
        end = stop
        if text.startswith(MARK, start):
            found.update(_options(text, start + len(MARK), stop))
    return found


def _options(text: str, start: int, stop: int) -> dict[str, Text]:
    """Return the options of one line; a comment may end it."""
    found: dict[str, Text] = {}
    words = _words(text, start, stop)
    index = 0
    while index < len(words):
        offset, word = words[index]
        index += 1
        name, equals, value = word.partition("=")
        at = offset + len(name) + 1
        if word.startswith("#") or not word.startswith("-"):
            continue
        if not word.startswith("--"):
            name, value, equals, at = word[:2], word[2:], word[2:], offset + 2
        if not equals and index < len(words):
            at, value = words[index]
            index += 1
        name = name.lstrip("-").replace("-", "_")
        name = _SHORT.get(name, name)
        if name in ("gres", "gpus_per_node"):
            name, at, value = "gpus_per_node", *_last_part(at, value, name == "gres")
        if value.isdigit():
            found[name] = _written(value, at)
    return found


def _last_part(offset: int, value: str, named: bool) -> tuple[int, str]:
    """Return the number in `gpu:a100:8` with its place; several things have none, nor has a resource that is `named`
    and is no GPU."""
    head, colon, last = value.rpartition(":")
    if "," in value or (named and head.partition(":")[0] != "gpu"):
        return offset, ""
    return offset + len(head) + len(colon), last


def _words(text: str, start: int, stop: int) -> list[tuple[int, str]]:
    words = []
    offset = start
    for word in text[start:stop].split():
        offset = text.index(word, offset)
        words.append((offset, word))
        offset += len(word)
    return words


def _written(value: str, offset: int) -> Text:
    """Return a value that whoever submits the job may change."""
    span = (offset, offset + len(value))
    return Text((Piece(value, True, False, True, span, span, span, True),), span)


def job_variables(options: dict[str, Text]) -> dict[str, Text]:
    """Return the variables that a job finds set."""
    found = {variable: options[name] for name, names in _VARIABLES.items() if name in options for variable in names}
    nodes, each = options.get("nodes"), options.get("ntasks_per_node")
    if nodes is not None and each is not None and "ntasks" not in options:
        piece = each.pieces[0]
        product = str(int(nodes.text) * int(each.text))
        total = Text((Piece(product, True, False, True, piece.origin, piece.used, piece.here),), each.span)
        found.update(dict.fromkeys(_VARIABLES["ntasks"], total))
    return found
