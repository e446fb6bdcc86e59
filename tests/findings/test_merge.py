"""One root cause, one finding; one order; one name for a finding."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from epochlint.findings.finding import Finding
from epochlint.findings.fingerprint import fingerprints
from epochlint.findings.merge import merged
from epochlint.findings.ordering import by_severity, ordered
from epochlint.places import Place

CODES = {"steps-override-epochs": "EL201", "warmup-exceeds-run": "EL301"}


def make(
    name: str = "steps-override-epochs",
    line: int = 1,
    path: str = "train.py",
    message: str = "message",
    severity: str = "warning",
    certainty: str = "certain",
    anchor: str = "",
    run: str | None = None,
) -> Finding:
    place = Place(path, line, 1, line, 4)
    return Finding(CODES[name], name, severity, certainty, message, place, anchor=anchor, run=run)


def test_a_consequence_at_the_same_place_goes_under_its_cause() -> None:
    cause = make("steps-override-epochs", severity="error", message="cause", anchor="a")
    consequence = make("warmup-exceeds-run", message="consequence", anchor="a")
    (finding,) = merged([consequence, cause])
    assert finding.message == "cause"
    assert [one.message for one in finding.related] == ["consequence (warmup-exceeds-run)"]


def test_what_is_elsewhere_or_as_grave_or_about_another_thing_stays() -> None:
    cause = make(severity="error", anchor="a")
    for other in (
        make("warmup-exceeds-run", line=2, anchor="a"),
        make("warmup-exceeds-run", anchor="b"),
        make("warmup-exceeds-run", severity="error", anchor="a"),
    ):
        assert len(merged([cause, other])) == 2


def test_a_certain_warning_is_not_lost_under_a_likely_error() -> None:
    likely = make(severity="error", certainty="likely")
    certain = make("warmup-exceeds-run")
    assert len(merged([likely, certain])) == 2


def test_two_runs_that_find_the_same_say_it_once() -> None:
    (finding,) = merged([make(run="b"), make(run="a")])
    assert finding.run == "a"


LINES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.sampled_from(["note", "error"])), max_size=6)


def _made(about: list[tuple[str, int, str]]) -> list[Finding]:
    return [
        Finding("EL1", name, severity, "certain", f"{name}{line}", Place(f"{name}.py", line, 1, line, 2))
        for name, line, severity in about
    ]


@given(LINES, st.randoms())
def test_the_order_does_not_depend_on_how_findings_were_found(
    about: list[tuple[str, int, str]], random: Random
) -> None:
    findings = _made(about)
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert ordered(findings) == ordered(shuffled)
    assert merged(findings) == merged(shuffled)


def test_errors_come_first_where_only_the_first_are_shown() -> None:
    findings = _made([("a", 1, "note"), ("b", 2, "error"), ("a", 3, "error")])
    assert [(one.severity, one.place.line) for one in by_severity(findings)] == [
        ("error", 3),
        ("error", 2),
        ("note", 1),
    ]


# --- fingerprints --------------------------------------------------------------------------------------------------


def lines(*texts: str) -> Callable[[str, int], str]:
    return lambda _path, number: texts[number - 1]


def test_a_fingerprint_survives_edits_above_and_in_our_words() -> None:
    (before,) = fingerprints([make(line=1, message="5 of 20")], lines("max_steps = 5"))
    (after,) = fingerprints([make(line=3, message="7 of 30")], lines("", "", "max_steps = 5"))
    assert before == after


def test_fingerprints_differ_by_rule_path_anchor_text_and_occurrence() -> None:
    findings = [
        make(),
        make("warmup-exceeds-run"),
        make(path="other.py"),
        make(anchor="trainer.max_steps"),
        make(line=2),
        make(),
    ]
    found = fingerprints(findings, lines("max_steps = 5", "steps"))
    assert len(set(found)) == len(findings)
    assert all(len(one) == 32 for one in found)
