"""Shell commands in files that are no shell scripts: recipes of a Makefile, instructions of a Dockerfile, steps of a
workflow.

Each is rewritten as one script, of which every character knows where it stands in the file.
"""

from __future__ import annotations

from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode
from epochlint.sources.kinds import is_dockerfile, is_makefile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.sources.documents import Node

_ASSIGNING = ("::=", ":=", "?=", "+=", "=")
_CONDITIONAL = ("ifeq", "ifneq", "ifdef", "ifndef")
_RECIPE_PREFIXES = "@-+ \t"


class Script:
    """A script in the making: its text, and of each character the offset in the file."""

    def __init__(self) -> None:
        self.text = ""
        self.where: list[int] = []

    def copy(self, text: str, start: int) -> None:
        """Add what stands at an offset of the file."""
        self.text += text
        self.where.extend(range(start, start + len(text)))

    def add(self, text: str, at: int) -> None:
        """Add what does not stand in the file, for something at an offset."""
        self.text += text
        self.where.extend([at] * len(text))

    def offsets(self) -> list[int]:
        return [*self.where, self.where[-1] + 1 if self.where else 0]


def script_of(path: str, text: str) -> Script | None:
    """Return the commands of a Makefile or Dockerfile as a script; None for what is a shell script itself."""
    name = path.rpartition("/")[2].lower()
    if is_makefile(name):
        return _of_makefile(text)
    return _of_dockerfile(text) if is_dockerfile(name) else None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its offset, those that a backslash continues as one."""
    start = 0
    offset = 0
    while offset <= len(text):
        end = text.find("\n", offset)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if not line.rstrip("\r").endswith("\\") or end == len(text):
            yield start, line
            start = end + 1
        offset = end + 1


# --- Makefiles -------------------------------------------------------------------------------------------------------


def _of_makefile(text: str) -> Script:
    """Return the variables first, since recipes run when the whole file is read, and every recipe line in a shell of
    its own."""
    made = Script()
    recipes: list[tuple[int, str]] = []
    depth = 0
    for start, line in _lines(text):
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        if line.startswith("\t"):
            recipes.append((start, line))
        elif word in _CONDITIONAL:
            depth += 1
        elif word == "endif":
            depth = max(0, depth - 1)
        elif not line.startswith("#"):
            _make_variable(made, start, line, depth > 0)
    for start, line in recipes:
        command = line.lstrip(_RECIPE_PREFIXES)
        begin = start + len(line) - len(command)
        if command and not command.startswith("#"):
            made.add("( ", begin)
            _make_text(made, command, begin)
            made.add("\n)\n", begin + len(command) - 1)
    return made


def _make_variable(made: Script, start: int, line: str, unsure: bool) -> None:
    """Add `NAME = value` as an assignment; what a condition decides is unknown."""
    found = min((line.find(sign), -len(sign), sign) for sign in _ASSIGNING if sign in line) if "=" in line else None
    if found is None:
        return
    position, _, sign = found
    name = line[:position].strip().removeprefix("export").strip()
    value = line[position + len(sign) :].partition(" #")[0]
    if not name.isidentifier() or '"' in value or "`" in value:
        return
    begin = start + position + len(sign) + len(value) - len(value.lstrip())
    made.add(f"export {name}=", begin)
    if unsure or sign == "+=":
        made.add("$(unknown)", begin)
    else:
        made.add(f'"${{{name}:-' if sign == "?=" else '"', begin)
        _make_text(made, value.strip(), begin)
        made.add('}"' if sign == "?=" else '"', begin)
    made.add("\n", begin)


def _make_text(made: Script, text: str, start: int) -> None:
    """Add a text of a Makefile: `$(NAME)` is a variable, `$$` a dollar of the shell."""
    offset = 0
    while offset < len(text):
        if text.startswith("$$", offset):
            made.copy("$", start + offset + 1)
            offset += 2
            continue
        closing = {"$(": ")", "${": "}"}.get(text[offset : offset + 2])
        end = text.find(closing, offset) if closing else -1
        name = text[offset + 2 : end] if end > 0 else ""
        if name.isidentifier():
            made.copy("$", start + offset)
            made.add("{", start + offset + 1)
            made.copy(name, start + offset + 2)
            made.add("}", start + end)
            offset = end + 1
        else:
            made.copy(text[offset], start + offset)
            offset += 1


# --- Dockerfiles -----------------------------------------------------------------------------------------------------


def _of_dockerfile(text: str) -> Script:
    made = Script()
    entry: tuple[int, str] | None = None
    for start, line in _lines(text):
        word, _, rest = line.strip().partition(" ")
        begin = start + line.find(rest) if rest else start
        instruction = word.upper()
        if instruction in ("ENV", "ARG"):
            _docker_variable(made, rest, begin, instruction == "ARG")
        elif instruction == "ENTRYPOINT":
            if entry is not None:
                _docker_command(made, *entry)
            entry = (begin, rest)
        elif instruction == "CMD" and entry is not None:
            _docker_command(made, *entry, end=" ")
            _docker_command(made, begin, rest)
            entry = None
        elif instruction in ("CMD", "RUN"):
            _docker_command(made, begin, rest)
    if entry is not None:
        _docker_command(made, *entry)
    return made


def _docker_variable(made: Script, rest: str, begin: int, overridable: bool) -> None:
    if "=" not in rest.split(" ")[0]:  # `ENV NAME value`
        name, _, value = rest.partition(" ")
        made.add(f"export {name}=", begin)
        made.copy(value.strip(), begin + len(name) + 1)
    elif overridable:
        name, _, value = rest.partition("=")
        made.add(f"export {name}=${{{name}:-", begin)
        made.copy(value.strip(), begin + len(name) + 1)
        made.add("}", begin)
    else:
        made.add("export ", begin)
        made.copy(rest, begin)
    made.add("\n", begin)


def _docker_command(made: Script, begin: int, rest: str, end: str = "\n") -> None:
    """Add a command; of the form `["python", "train.py"]` the words are left."""
    if not rest.lstrip().startswith("["):
        made.copy(rest, begin)
    else:
        quoted = False
        for offset, character in enumerate(rest):
            quoted = quoted != (character == '"')
            made.copy(" " if character in "[]," and not quoted else character, begin + offset)
    made.add(end, begin + max(len(rest) - 1, 0))


# --- workflows -------------------------------------------------------------------------------------------------------


def scripts_of_workflow(root: Node | None, text: str, starts: list[int]) -> list[Script]:
    """Return the script of each step that runs one: `run: |` below `jobs`. `starts` are the offsets of the lines."""
    jobs = root.get("jobs") if isinstance(root, MappingNode) else None
    found = []
    for job in jobs.entries if isinstance(jobs, MappingNode) else ():
        steps = job.value.get("steps") if isinstance(job.value, MappingNode) else None
        for step in steps.items if isinstance(steps, SequenceNode) else ():
            run = step.get("run") if isinstance(step, MappingNode) else None
            if isinstance(run, ScalarNode) and isinstance(run.value, str):
                found.append(_of_step(run, text, starts))
    return found


def _of_step(run: ScalarNode, text: str, starts: list[int]) -> Script:
    made = Script()
    begin = starts[run.span.line - 1] + run.span.column - 1
    if text[begin : begin + 1] not in ("|", ">"):
        _step_text(made, run.value if isinstance(run.value, str) else "", begin + run.quoted)
        return made
    lines = range(run.span.line, min(run.span.end_line, len(starts)))
    bodies = [
        (starts[line], text[starts[line] : starts[line + 1] if line + 1 < len(starts) else len(text)]) for line in lines
    ]
    indents = [len(body) - len(body.lstrip(" ")) for _, body in bodies if body.strip()]
    indent = min(indents, default=0)
    for start, body in bodies:
        inside = body[indent:] if body.strip() else "\n"
        _step_text(made, inside, start + (indent if body.strip() else 0))
    return made


def _step_text(made: Script, text: str, start: int) -> None:
    """Add a text in which `${{ … }}` is filled in by somebody else."""
    offset = 0
    while offset < len(text):
        end = text.find("}}", offset) if text.startswith("${{", offset) else -1
        if end > 0:
            made.add("$(given)", start + offset)
            offset = end + 2
        else:
            made.copy(text[offset], start + offset)
            offset += 1
