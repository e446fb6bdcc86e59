"""What can be said of a file without knowing any run: numbers that its format reads as texts, keys that stand twice."""

from __future__ import annotations

from epochlint.checking.naming import words_of
from epochlint.checking.rules import Evaluation
from epochlint.checking.subject import Facts
from epochlint.expressions.values import NONE, Known
from epochlint.findings.finding import Finding
from epochlint.knowledge.catalogue import Option
from epochlint.knowledge.common_names import QUANTITIES_NAMED, told_once
from epochlint.knowledge.rule import Rule
from epochlint.knowledge.store import Catalogue
from epochlint.places import Place
from epochlint.records import record
from epochlint.sources.documents import Document, Entry, MappingNode, Node, ScalarNode, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    Understood: TypeAlias = Mapping[Place, Option | None]  # the values that some run has read as an option

CONFIGURATION = "configuration"
# A file in which one of these is a word of a key is about training.
_TRAINING = frozenset(
    {"epoch", "epochs", "train", "training", "trainer", "lr", "optimizer", "batch", "learning", "warmup"}
)
# Keys by which a file names classes to be made of it.
_INSTANTIATING = frozenset({"class_path", "init_args", "_target_", "_partial_"})
# Words of names that are numbers in any training configuration; together with what the catalogue knows.
_NUMBERS = frozenset({
    "lr", "rate", "decay", "eps", "epsilon", "momentum", "beta", "alpha", "gamma", "weight", "tol", "threshold",
    "lambda", "factor", "steps", "iters", "iterations", "epochs", "samples",
})  # fmt: skip


@record
class Reader:
    """What reads a file: `plain` if a script in sight loads it as it is, `converting` if its framework makes numbers of
    such texts, `elsewhere` tells whether the repository uses a reader that takes them for numbers."""

    plain: bool
    converting: bool
    elsewhere: Callable[[], bool]


def check_document(
    document: Document, catalogue: Catalogue, selected: frozenset[str], understood: Understood, reader: Reader
) -> tuple[Finding, ...]:
    """Check the values of one file."""
    if document.root is None:
        return ()
    about_scalars = [rule for rule in catalogue.rules_about("scalar", "") if rule.name in selected]
    about_lengths = [rule for rule in catalogue.rules_about(CONFIGURATION, "") if rule.name in selected]
    about_keys = [rule for rule in catalogue.rules_about("repeated", "") if rule.name in selected]
    found: list[Finding] = []
    for root in (document.root, *document.further_roots):
        if about_scalars and document.kind == "yaml":
            for subject in _scalars(document, root, understood, reader):
                found.extend(findings_about(subject, about_scalars))
        if about_lengths and all(place.path != document.path for place in understood):
            found.extend(findings_about(_configuration(document, root), about_lengths))
        if about_keys:
            for subject in _repeated(document, root):
                found.extend(findings_about(subject, about_keys))
    return tuple(found)


def findings_about(subject: Facts, rules: list[Rule]) -> Iterator[Finding]:
    """Yield what rules find in something that no run is known of."""
    for rule in rules:
        evaluation = Evaluation(rule, subject)
        if evaluation.holds() is True:
            yield evaluation.finding(certain=True)


def _configuration(document: Document, root: Node) -> Facts:
    """Return what a file that no run has read says of a training, by what such keys are called everywhere."""
    subject = Facts("configuration", document.place(root.span))
    numbers = [(path, node) for path, node in walk(root) if path and isinstance(node, ScalarNode) and not node.quoted]
    told = told_once(numbers)
    for quantity in QUANTITIES_NAMED:
        node = told.get(quantity)
        if node is None or isinstance(node.value, bool) or not isinstance(node.value, int | float):
            subject.add(quantity, NONE)
        else:
            key = next(path[-1] for path, one in numbers if one is node)
            subject.add(quantity, Known(node.value), document.place(node.span), key)
    return subject


def _scalars(document: Document, root: Node, understood: Understood, reader: Reader) -> Iterator[Facts]:
    """Yield each plain text that could be read as a number, with what is known of its key."""
    training: bool | None = None
    converted = reader.converting or _instantiates(root)
    for path, node in walk(root):
        if not isinstance(node, ScalarNode) or node.quoted or not isinstance(node.value, str) or not path:
            continue
        if not node.text[:1].isdigit() and node.text[:1] not in "+-.":
            continue
        if training is None:
            training = _is_about_training(root)
        place = document.place(node.span)
        subject = Facts(".".join(path), place)
        subject.add("scalar", Known(node.value), place, node.text)
        subject.add("key", Known(path[-1]))
        subject.add("format", Known(document.kind))
        subject.add("loaded", Known(reader.plain))
        subject.add("numbers_elsewhere", Known(not reader.plain and reader.elsewhere()))
        subject.add("training", Known(training))
        subject.add("number_by_name", Known(_is_number_by_name(path)))
        option = understood.get(place)
        subject.add("option", Known(option.name) if option is not None else NONE)
        subject.add("coerced", Known("string" in option.coerces if option is not None else converted))
        subject.add("text_by_type", Known(option is not None and "string" in option.types))
        yield subject


def _repeated(document: Document, root: Node) -> Iterator[Facts]:
    """Yield each key that stands there again in the same mapping; what is merged in is meant to be overruled."""
    for path, node in walk(root):
        if not isinstance(node, MappingNode) or len({entry.key for entry in node.entries}) == len(node.entries):
            continue
        seen: dict[str, Entry] = {}
        for entry in node.entries:
            first = None if entry.inherited else seen.get(entry.key)
            if not entry.inherited:
                seen[entry.key] = entry
            if first is None:
                continue
            where = ".".join((*path, entry.key))
            subject = Facts(where, document.place(entry.key_span))
            subject.add("key", Known(where), document.place(entry.key_span))
            subject.add("first", _shown(first.value), document.place(first.key_span))
            subject.add("last", _shown(entry.value))
            subject.add("training", Known(_is_about_training(root)))
            named = _is_number_by_name((entry.key,)) or not _TRAINING.isdisjoint(words_of(entry.key))
            subject.add("meant_for_training", Known(named))
            yield subject


def _shown(node: Node) -> Known:
    """Return a scalar's value; of anything else how it begins, so that two of them are never taken for the same."""
    return Known(node.value) if isinstance(node, ScalarNode) else Known(f"what begins in line {node.span.line}")


def _instantiates(root: Node) -> bool:
    """Tell whether a file names classes to be made of it: those who load such files read `1e-4` as a number."""
    return any(path and path[-1] in _INSTANTIATING for path, _ in walk(root))


def _is_about_training(root: Node) -> bool:
    for path, node in walk(root):
        if path and not isinstance(node, MappingNode) and not _TRAINING.isdisjoint(words_of(path[-1])):
            return True
    return False


def _is_number_by_name(path: tuple[str, ...]) -> bool:
    """Tell whether a key, or that of the list it stands in, is the name of a number."""
    names = [key for key in reversed(path) if not key.isdigit()]
    return bool(names) and not _NUMBERS.isdisjoint(words_of(names[0]))
