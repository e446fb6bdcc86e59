"""Reading shell scripts: the commands they run, with what can be known of their words. Nothing is ever run.

Loops are not executed: what they assign is unknown afterwards. The branches of an `if` are all read; a variable keeps
its value behind them only if all of them leave it the same.
"""

from __future__ import annotations

from epochlint.places import Place
from epochlint.sources.documents import Command, Comment, Document, Word, place_in_cell
from epochlint.sources.guards import Refused
from epochlint.sources.positions import Positions
from epochlint.sources.shell_elsewhere import script_of, scripts_of_workflow
from epochlint.sources.shell_evaluation import MAX_COMMANDS, Evaluator
from epochlint.sources.shell_job import job_options, job_variables
from epochlint.sources.shell_syntax import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.sources.documents import Node
    from epochlint.sources.shell_state import Emitted
    from epochlint.sources.shell_values import Piece


def read_shell(path: str, text: str) -> Document:
    """Read a shell script. `#SBATCH` lines are among the comments; the line that names the interpreter is not."""
    positions = Positions(text)
    script = script_of(path, text)
    parser = Parser(text) if script is None else Parser(script.text, script.offsets())
    try:
        nodes = parser.parse()
        evaluator = Evaluator()
        job = job_options(text, parser.comments) if script is None else {}
        evaluator.state.variables.values.update(job_variables(job))
        evaluator.run(nodes)
    except Refused as refused:
        return Document(path, "shell", text, problems=(refused.problem,))
    maker = _Maker(path, positions, ())
    comments = [
        Comment(text[start + 1 : end].strip(), positions.span(start, end), positions.stands_alone(start))
        for start, end in parser.comments
        if start or not text.startswith("#!")
    ]
    commands = tuple([maker.command(emitted) for emitted in evaluator.commands])
    options = tuple([(name, maker.word(list(value.pieces), value.span)) for name, value in job.items()])
    return Document(path, "shell", text, comments=tuple(comments), commands=commands, job=options)


def commands_in(
    scripts: Iterable[tuple[int, str]], positions: Positions, path: str, cells: tuple[int, ...]
) -> tuple[Command, ...]:
    """Return the commands of scripts inside of a notebook, each with its offset in the joined text.

    Each script has a shell of its own, and Python fills in what stands in braces.
    """
    maker = _Maker(path, positions, cells)
    commands: list[Command] = []
    for offset, script in scripts:
        evaluator = Evaluator()
        try:
            evaluator.run(Parser(script, range(offset, offset + len(script) + 1)).parse())
        except Refused:
            continue
        commands.extend([_without_braces(maker.command(emitted)) for emitted in evaluator.commands])
        if len(commands) > MAX_COMMANDS:
            break
    return tuple(commands)


def workflow_commands(path: str, text: str, root: Node | None) -> tuple[Command, ...]:
    """Return the commands of the steps of a workflow, each step in a shell of its own."""
    positions = Positions(text)
    maker = _Maker(path, positions, ())
    commands: list[Command] = []
    for script in scripts_of_workflow(root, text, positions.starts):
        evaluator = Evaluator()
        try:
            evaluator.run(Parser(script.text, script.offsets()).parse())
        except Refused:
            continue
        commands.extend([maker.command(emitted) for emitted in evaluator.commands])
    return tuple(commands[:MAX_COMMANDS])


def _without_braces(command: Command) -> Command:
    words = [
        Word(word.text, word.place, word.known and "{" not in word.text, word.given_at, word.overridable)
        for word in command.words
    ]
    return Command(tuple(words), command.place, command.environment, command.folder)


class _Maker:
    """Makes the records of a document out of pieces and offsets."""

    def __init__(self, path: str, positions: Positions, cells: tuple[int, ...]) -> None:
        self.path = path
        self.positions = positions
        self.cells = cells

    def command(self, emitted: Emitted) -> Command:
        words = tuple([self.word(field, span) for field, span in emitted.words])
        environment = tuple([(name, self.word(list(value.pieces), value.span)) for name, value in emitted.environment])
        return Command(words, self.place(*emitted.span), environment, emitted.folder)

    def word(self, field: list[Piece], span: tuple[int, int]) -> Word:
        """Return a word made of pieces; `span` is where the word stands that was expanded."""
        if not field:
            return Word("", self.place(*span))
        text = "".join([piece.text for piece in field])
        known = all(piece.known for piece in field)
        here = _hull([piece.here for piece in field])
        written = here
        pieces = [piece for piece in field if piece.text]
        if len(pieces) == 2 and _is_name(pieces[0].text):  # the value of `name=$VALUE` is what the place is about
            pieces = pieces[1:]
        if len(pieces) == 1:
            written = pieces[0].origin
        elif len({piece.here for piece in pieces}) == 1:
            written = _hull([piece.used for piece in pieces])
        given_at = None if written == here else self.place(*here)
        return Word(text, self.place(*written), known, given_at, any(piece.overridable for piece in field))

    def place(self, start: int, end: int) -> Place:
        span = self.positions.span(start, max(start, end))
        if self.cells:
            return place_in_cell(self.path, self.cells, span)
        return Place(self.path, span.line, span.column, span.end_line, span.end_column)


def _is_name(text: str) -> bool:
    """Tell whether a piece of a word is a name that a value follows: `trainer.epochs=`, `--epochs=`."""
    return text.endswith("=") and text.lstrip("-+~")[:-1].replace(".", "_").replace("-", "_").isidentifier()


def _hull(spans: list[tuple[int, int]]) -> tuple[int, int]:
    return min(start for start, _ in spans), max(end for _, end in spans)
