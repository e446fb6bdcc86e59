"""What comments and names claim about batches and steps."""

from __future__ import annotations

from epochlint.checking.naming import words_of
from epochlint.checking.subject import Subject
from epochlint.expressions.values import Known
from epochlint.places import Place, Span
from epochlint.plan.planning import Planned
from epochlint.sources.documents import Document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCHES = ("batches", "minibatches", "micro-batches", "mini-batches", "batch")
_PER_STEP = ("per", "each", "every", "a", "one", "in", "for", "training", "optimizer", "optimization", "gradient")
_LONGEST = 300  # characters of a comment that are read


def claims(planned: Planned, documents: tuple[Document, ...]) -> Iterator[Subject]:
    """Yield each statement about batches and steps in the comments and names of the run's documents."""
    for document in documents:
        for number, place, text in (*_in_comments(document), *_in_names(document)):
            subject = Subject(planned, f"claim {place.line}")
            subject.add("claim", Known("batches per step"))
            subject.add("claimed", Known(number), place, text)
            yield subject
        lowered = document.text.lower()
        if "#" in lowered and ("epoch" in lowered or "every" in lowered):
            from epochlint.checking.statements import statements  # regular expressions, for few files

            yield from statements(planned, document)


def _in_comments(document: Document) -> Iterator[tuple[int, Place, str]]:
    lowered = document.text.lower()
    if "batch" not in lowered or "step" not in lowered or "#" not in lowered:
        return
    from epochlint.sources.python_reader import python_comments

    comments = python_comments(document) if document.tree is not None else document.comments
    for comment in comments:
        number = batches_per_step(comment.text)
        if number is not None:
            yield number, document.place(comment.span), comment.text.strip()


def batches_per_step(text: str) -> int | None:
    """Return the number in "32 batches per step" or "each step processes 32 batches"; None for any other text."""
    words = [word.strip(".,;:()!") for word in text[:_LONGEST].lower().split()]
    for index, word in enumerate(words):
        if word not in _BATCHES or index == 0:
            continue
        number = _whole(words[index - 1])
        if number is None:
            continue
        after = words[index + 1 :]
        before = words[: index - 1]
        if _names_a_step(after) or (
            len(before) >= 3 and before[-2] == "step" and before[-3] in ("each", "every", "one", "a")
        ):
            return number
    return None


def _names_a_step(after: list[str]) -> bool:
    """Tell whether what follows is "per step", "in each optimizer step" and the like."""
    for index, word in enumerate(after[:4]):
        if word == "step":
            return index > 0 and any(one in ("per", "each", "every", "a", "one") for one in after[:index])
        if word not in _PER_STEP:
            return False
    return False


def _whole(word: str) -> int | None:
    plain = word.replace(",", "").replace("_", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _in_names(document: Document) -> Iterator[tuple[int, Place, str]]:
    """Yield `BATCHES_PER_STEP = 32`, at the outermost level of a script."""
    if document.tree is None or "per_step" not in document.text.lower():
        return
    import ast

    for node in document.tree.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Name) or not isinstance(value, ast.Constant) or type(value.value) is not int:
            continue
        if words_of(target.id)[-3:] == ["batches", "per", "step"]:
            end = (node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
            span = Span(node.lineno, node.col_offset + 1, *end)
            yield value.value, document.place(span), target.id
