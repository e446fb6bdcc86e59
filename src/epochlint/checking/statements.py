"""What a comment says about the number beside it: how many epochs it is, or how often something happens."""

from __future__ import annotations

import re

from epochlint.checking.standing import better
from epochlint.checking.subject import Subject
from epochlint.expressions.values import Known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.places import Place
    from epochlint.plan.planning import Planned
    from epochlint.sources.documents import Comment, Document

_EPOCHS = re.compile(r"(?<![\d.,x*/-])(\d[\d,]*)[ -]epochs?\b(?! *[-:=] *\d)", re.IGNORECASE)
_EVERY = re.compile(r"\bevery (\d[\d,]*)(k?) (iterations?|iters?|steps?|batches|epochs?)\b", re.IGNORECASE)
_EVENTS = {
    "evaluations": re.compile(r"\b(eval\w*|validat\w*|val)\b", re.IGNORECASE),
    "checkpoints": re.compile(r"\b(sav\w+|checkpoint\w*|snapshots?)\b", re.IGNORECASE),
    "logs": re.compile(r"\b(logs?|logging|print\w*)\b", re.IGNORECASE),
}
_LONGEST = 300  # characters of a comment that are read


def statements(planned: Planned, document: Document) -> Iterator[Subject]:
    """Yield what comments say about the setting or the interval on their line, or on the line below."""
    comments = _comments(document)
    if not comments:
        return
    for setting in planned.run.settings:
        text = _beside(comments, document, setting.given_at or setting.place)
        found = _EPOCHS.search(text) if text and isinstance(setting.value, Known) else None
        option = planned.run.framework.option(setting.option)
        if found is not None and option is not None and setting.place is not None:
            subject = _subject(planned, "epochs", _number(found.group(1)), setting.place, text)
            subject.add("quantity", Known(option.quantity))
            subject.add_setting("setting", setting)
            yield subject
    for cadence in planned.simulation.cadences():
        place = better(planned, cadence.place, cadence.given_at)
        text = _beside(comments, document, cadence.given_at or place)
        about = _EVENTS.get(cadence.event)
        found = _EVERY.search(text) if text and about is not None and about.search(text) else None
        if found is None or place is None or (found.group(3)[:5].lower() == "epoch") != (cadence.clock == "epochs"):
            continue
        number = _number(found.group(1)) * (1000 if found.group(2) else 1)
        subject = _subject(planned, "interval", number, place, text)
        subject.add("interval", cadence.every, place)
        subject.add("event", Known(cadence.event))
        subject.add("unit", Known(found.group(3).lower()))
        yield subject


def _comments(document: Document) -> dict[int, Comment]:
    """Return the comments by line."""
    from epochlint.sources.python_reader import python_comments

    found = python_comments(document) if document.tree is not None else document.comments
    return {comment.span.line: comment for comment in found}


def _beside(comments: dict[int, Comment], document: Document, place: Place | None) -> str:
    """Return the comment on the line of a place, else the one that has the line above for itself."""
    if place is None or place.path != document.path:
        return ""
    found = comments.get(place.line)
    if found is None:
        above = comments.get(place.line - 1)
        found = above if above is not None and above.own_line else None
    return found.text[:_LONGEST] if found is not None else ""


def _subject(planned: Planned, claim: str, number: int, place: Place, text: str) -> Subject:
    subject = Subject(planned, f"claim {place.line}")
    subject.add("claim", Known(claim))
    subject.add("claimed", Known(number), place, text.strip())
    return subject


def _number(text: str) -> int:
    return int(text.replace(",", ""))
