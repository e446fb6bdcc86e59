"""Arithmetic that comments do: `# 8 gpus * 4 * 2 = 64`, and the number that stands beside it."""

from __future__ import annotations

import re

from epochlint.checking.naming import words_of
from epochlint.checking.subject import Subject
from epochlint.expressions.values import NONE, Known
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.plan.planning import Planned
    from epochlint.sources.documents import Comment, Document

_WHOLE = r"(?<![\w.,])\d{1,3}(?:[,_]\d{3})+(?![\w.,])|(?<![\w.])\d{1,9}(?![\w.])"
_UNIT = r"(?:\s+[A-Za-z][A-Za-z-]*){0,3}"  # `8 gpus`, `32 samples per device`
_TIMES = r"\s*[*×]\s*|\s+x\s+"
_PRODUCT = re.compile(
    rf"((?:(?:{_WHOLE}){_UNIT}(?:{_TIMES}))+(?:{_WHOLE}){_UNIT})\s*=\s*({_WHOLE})(?!\s*[-+*/×%^.]|\s+x\s)"
)
_NUMBER = re.compile(_WHOLE)
_BEFORE = "+-*/%^(.×"  # what makes the first factor a part of something else
_BESIDE = re.compile(r"^(.*?)[\"']?\s*[:= ]\s*(\d[\d_]*)\s*[,)]*\s*\\?\s*$")
_ABOUT = frozenset({"batch", "bs", "steps", "step", "samples", "effective", "global", "total", "accumulation", "accum"})


@record
class Sum:
    """A product that a comment writes out: its factors, and what the comment says that it is."""

    factors: tuple[int, ...]
    stated: int

    @property
    def product(self) -> int:
        result = 1
        for factor in self.factors:
            result *= factor
        return result


def sums_in(text: str) -> Iterator[Sum]:
    """Yield the products in a comment; nothing that is divided, added, rounded or a fraction."""
    for found in _PRODUCT.finditer(text):
        before = text[: found.start()].rstrip()
        if before[-1:] in _BEFORE and before:
            continue
        yield Sum(tuple(_whole(one[0]) for one in _NUMBER.finditer(found[1])), _whole(found[2]))


def sums(planned: Planned, document: Document) -> Iterator[Subject]:
    """Yield each product in the comments of one of the run's documents, with the number on the same line."""
    for comment in _comments(document):
        for one in sums_in(comment.text) if "=" in comment.text else ():
            beside = None if comment.own_line else _beside(document, comment)
            subject = Subject(planned, f"sum {comment.span.line}")
            subject.add("stated", Known(one.stated), document.place(comment.span), comment.text.strip())
            subject.add("product", Known(one.product))
            subject.add("factors", Known(one.factors))
            subject.add("beside", NONE if beside is None else Known(beside))
            yield subject


def _comments(document: Document) -> tuple[Comment, ...]:
    if document.tree is None:
        return document.comments
    from epochlint.sources.python_reader import python_comments

    return tuple(python_comments(document))


def _beside(document: Document, comment: Comment) -> int | None:
    """Return the one number that stands before a comment, where its name is about batches or steps."""
    lines = document.text.splitlines()
    if comment.span.line > len(lines):
        return None
    code = lines[comment.span.line - 1].rpartition("#")[0] if "#" in comment.text else lines[comment.span.line - 1]
    found = _BESIDE.match(code.partition("#")[0])
    if found is None or _ABOUT.isdisjoint(words_of(found[1].strip(" \t-\"'"))):
        return None
    return int(found[2].replace("_", ""))


def _whole(text: str) -> int:
    return int(text.replace(",", "").replace("_", ""))
