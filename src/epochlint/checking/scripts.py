"""Rules about what a script does, whether or not a run is recognised in it: tests of counters, divisions, arguments."""

from __future__ import annotations

from epochlint.checking.rules import Evaluation
from epochlint.checking.subject import Facts
from epochlint.expressions.values import NONE
from epochlint.findings.finding import Finding
from epochlint.knowledge.store import Catalogue
from epochlint.scripts.facts import Observation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from epochlint.places import Place

CONFIGURATION = "configuration"
# What rules may be about that is seen in a script by itself.
OBSERVED = ("argument", CONFIGURATION, "counter", "division", "length", "recurrence", "rounding")


def check_script(
    observations: tuple[Observation, ...],
    catalogue: Catalogue,
    selected: frozenset[str],
    understood: Container[Place] = (),
) -> Iterator[Finding]:
    """Check what was observed in one script; the numbers `understood` as settings of a run are checked with that."""
    rules = {about: [rule for rule in catalogue.rules_about(about, "") if rule.name in selected] for about in OBSERVED}
    for observation in observations:
        if observation.about == CONFIGURATION and any(place in understood for _, place in observation.places):
            continue
        subject = None
        for rule in rules.get(observation.about, ()):
            subject = subject or _subject(observation)
            evaluation = Evaluation(rule, subject)
            held = evaluation.holds()
            if held is True or (held is None and rule.may):
                yield evaluation.finding(certain=held is True)


def _subject(observation: Observation) -> Facts:
    texts, places = dict(observation.texts), dict(observation.places)
    subject = Facts(f"{observation.about} {' '.join(texts.values())}", observation.place)
    for name, value in observation.values:
        subject.add(name, value, places.pop(name, None), texts.pop(name, ""))
    for name in dict.fromkeys((*places, *texts)):
        subject.add(name, NONE, places.get(name), texts.get(name, ""))
    return subject
