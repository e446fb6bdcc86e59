from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.loading import (
    load_apis,
    load_launcher,
    load_rule,
    load_rule_page,
    load_schedule,
    load_vocabulary,
)

Write = Callable[[str, str], Path]


def message_of(load: Callable[[str], object], path: Path, folder: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        load(str(path))
    text = str(caught.value)
    return text[text.index(folder) :]


# --- schedules -------------------------------------------------------------------------------------------------------


def test_a_schedule(write: Write) -> None:
    schedule = load_schedule(
        str(
            write(
                "schedules/warm.yaml",
                """
                calls: [lib.Warm]
                parameters:
                  length: {unit: ticks}
                  warmup: {unit: ticks, default: 0}
                  floor: {default: 1e-6}
                  optimizer:
                let: {rest: length - warmup}
                rate:
                  - {is: base * t / warmup, if: t < warmup}
                  - is: base * (1 + cos(3.14 * (t - warmup) / rest)) / 2
                length: length
                past_end: rises
                includes_warmup: false
                refuses:
                  - {name: too-short, phase: construct, when: length < 1, error: ValueError, options: [length]}
                """,
            )
        )
    )
    assert [(one.name, str(one.unit), one.default) for one in schedule.parameters][:3] == [
        ("length", "ticks", None),
        ("warmup", "ticks", 0),
        ("floor", "None", 1e-6),
    ]
    assert [one.has_default for one in schedule.parameters] == [False, True, True, False]
    first, second = schedule.rate
    assert first.condition is not None
    assert second.condition is None
    assert schedule.length is not None
    assert (schedule.past_end, schedule.includes_warmup) == ("rises", False)


def test_a_composition_needs_no_rate(write: Write) -> None:
    assert load_schedule(str(write("schedules/parts.yaml", "composition: sequential"))).composition == "sequential"
    assert message_of(load_schedule, write("schedules/none.yaml", "calls: [x.Y]"), "schedules") == (
        "schedules/none.yaml:1: 'rate' is missing"
    )


def test_a_rate_knows_its_parameters_only(write: Write) -> None:
    path = write("schedules/x.yaml", "parameters: {gamma: }\nrate: base * gamma ** total_steps\n")
    assert message_of(load_schedule, path, "schedules").startswith(
        "schedules/x.yaml:4: rate: unknown name 'total_steps'; known are t, base, pi, ticks, gamma"
    )


# --- APIs and launchers ----------------------------------------------------------------------------------------------


def test_apis(write: Write) -> None:
    library = load_apis(
        str(
            write(
                "apis/lib.yaml",
                """
                aliases: {other.lib: lib}
                apis:
                  lib.Loader:
                    positional: [dataset, batch_size]
                    parameters: {batch_size: {unit: samples/micro-batches, default: 1}, drop_last: {default: false}}
                    role: loader
                    gives:
                      length: floor(dataset.length / batch_size) if drop_last else ceil(dataset.length / batch_size)
                      batches: self.length
                    units: {length: micro-batches}
                  lib.Set.take:
                    positional: [count]
                    returns: lib.Set
                    bases: [lib.Base]
                  lib.anything:
                """,
            )
        )
    )
    assert library.aliases == (("other.lib", "lib"),)
    loader, take, anything = library.apis
    assert (loader.name, loader.role, loader.positional) == ("lib.Loader", "loader", ("dataset", "batch_size"))
    assert [(name, str(unit)) for name, unit in loader.units] == [("length", "micro-batches")]
    assert [name for name, _ in loader.gives] == ["length", "batches"]
    assert (take.returns, take.bases) == ("lib.Set", ("lib.Base",))
    assert anything.name == "lib.anything"


def test_an_api_knows_its_arguments_only(write: Write) -> None:
    path = write("apis/x.yaml", "apis:\n  x.Y:\n    positional: [data]\n    gives: {length: dat.length}\n")
    assert (
        message_of(load_apis, path, "apis")
        == "apis/x.yaml:6: apis.x.Y.gives.length: unknown name 'dat.length'; did you mean data.length?"
    )


def test_a_launcher(write: Write) -> None:
    launcher = load_launcher(
        str(
            write(
                "launchers/run.yaml",
                """
                commands: [run, "python -m run"]
                flags: [quiet]
                aliases: {n: processes}
                module_options: [m]
                config_option: config
                defaults: {nodes: 1}
                processes: nodes * processes
                counting: [nodes, processes]
                """,
            )
        )
    )
    assert launcher.commands == ("run", "python -m run")
    assert launcher.defaults == (("nodes", 1),)
    assert launcher.processes is not None
    path = write("launchers/x.yaml", "commands: [x]\nprocesses: nods\ncounting: [nodes]")
    assert message_of(load_launcher, path, "launchers") == (
        "launchers/x.yaml:4: processes: unknown name 'nods'; did you mean nodes?"
    )


def test_a_vocabulary(write: Write) -> None:
    text = "words: {often: [every, steps]}\nnames:\n  eval_interval: {likely: [eval_<often>]}\n"
    path = write("vocabulary/x.yaml", text + "  validation_steps: {weak: [eval_steps]}\n")
    assert load_vocabulary(str(path))["names"] == {
        "eval_every": ("eval_interval", "likely"),
        "eval_steps": ("validation_steps", "weak"),
    }
    twice = write("vocabulary/y.yaml", "names:\n  epochs: {sure: [n]}\n  max_steps: {sure: [n]}\n")
    assert "'n' is a name of epochs too" in message_of(load_vocabulary, twice, "vocabulary")
    for wrong in ("names: {epoks: {sure: [n]}}", "names: {epochs: {sure: [<n>_epochs]}}"):
        assert "there is no" in message_of(load_vocabulary, write("vocabulary/z.yaml", wrong), "vocabulary")


# --- rules -----------------------------------------------------------------------------------------------------------

RULE = """
code: EL201
name: too-long
aliases: [too-many-steps]
about: run
severity:
  - {is: error, if: total_steps > 1000}
  - is: warning
certainty: likely
summary: The run is too long.
explanation: |
  Long runs cost much.
message: "{total_steps} steps; {max_steps.source}"
help: choose {max_steps}
at: [option.max_steps, run]
let:
  - longest: 100
  - twice: longest * 2
if: total_steps > twice
may: false
consequence: true
written: [max_steps]
related: [{at: epochs, message: "epochs are {epochs}"}]
frameworks: [trainer]
edit: {title: "shorten it", safety: unsafe, at: max_steps, text: "{twice}"}
examples:
  bad:
    - file: train.py
      why: it is long
      assume: {world_size: 2}
      code: |
        steps = 1
        train(steps=1000)  # <- here
        done()
    - files:
        a.json: |
          {"steps": 5}
        b.yaml: |
          steps: 1000  # <- here
      expect: {path: a.json, line: 1}
  good:
    - {file: train.py, code: "train(steps=1)"}
sources: [a book]
"""


def rule_path(write: Write, text: str = RULE, old: str = "", new: str = "") -> Path:
    assert old in text
    return write("rules/steps/too-long.yaml", text.replace(old, new) if old else text)


def test_a_rule(write: Write) -> None:
    rule = load_rule(str(rule_path(write)))
    assert (rule.code, rule.name, rule.aliases, rule.about) == ("EL201", "too-long", ("too-many-steps",), "run")
    assert [one.text for one in rule.severity] == ["error", "warning"]
    assert [one.text for one in rule.certainty] == ["likely"]
    assert rule.at == ("option.max_steps", "run")
    assert [formula.quantity for formula in rule.let] == ["longest", "twice"]
    assert rule.consequence
    assert not rule.may
    assert rule.written == ("max_steps",)
    assert rule.related[0].at == "epochs"
    assert rule.frameworks == ("trainer",)
    assert rule.edit is not None
    assert (rule.edit.safety, rule.edit.text) == ("unsafe", "{twice}")


def test_a_rule_page_has_examples_without_marks(write: Write) -> None:
    page = load_rule_page(str(rule_path(write)))
    assert (page.family, page.explanation, page.sources) == ("steps", "Long runs cost much.", ("a book",))
    first, second = page.bad
    assert first.files == (("train.py", "steps = 1\ntrain(steps=1000)\ndone()\n"),)
    assert (first.expected, first.assume, first.why) == ((("train.py", 2),), (("world_size", 2),), "it is long")
    assert second.files == (("a.json", '{"steps": 5}\n'), ("b.yaml", "steps: 1000\n"))
    assert set(second.expected) == {("a.json", 1), ("b.yaml", 1)}
    (good,) = page.good
    assert good.files == (("train.py", "train(steps=1)\n"),)
    assert good.expected == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("code: EL201", "code: EL21", "code: 'EL21' should be capital letters and three or four digits"),
        ("code: EL201", "code: EL021", "code: 'EL021' should be"),
        ("name: too-long", "name: TooLong", "name: 'TooLong' should be"),
        ("name: too-long", "name: too-short", "name: 'too-short' should be 'too-long', as the file is called"),
        ("is: warning", "is: warn", "severity[1].is: 'warn' is not one of error, warning, note"),
        (
            "severity:\n  - {is: error, if: total_steps > 1000}\n  - is: warning",
            "severity: bad",
            "severity: 'bad' is not one of",
        ),
        ("if: total_steps > twice", "if: total_steps >", "if: "),
        ("longest: 100", "longest: twice", "let: these names need each other: longest → twice → longest"),
        ('message: "{total_steps}', 'message: "{total_steps', "message: braces do not match"),
        ("safety: unsafe", "safety: sure", "edit.safety: 'sure' is not one of safe, unsafe"),
        ("  # <- here\n        done", "\n        done", "examples.bad[0]: no line is marked"),
        ('train(steps=1)"', 'train(steps=1)  # <- here"', "examples.good[0]: a good example expects no finding"),
        ("path: a.json, line: 1", "path: a.json, line: 3", "examples.bad[1].expect: there is no line 3 in a.json"),
        (
            "      code: |\n        steps = 1",
            "      kode: |\n        steps = 1",
            "examples.bad[0].kode: unknown key (did you mean 'code'?)",
        ),
        ("file: train.py\n      why", "why: x\n      # ", "examples.bad[0]: should have file and code, or files"),
        ("a.json: |", "../a.json: |", "examples.bad[1].files.../a.json: '../a.json' should be a relative path"),
        ("summary: The run is too long.\n", "", "'summary' is missing"),
    ],
)
def test_a_wrong_rule(write: Write, old: str, new: str, message: str) -> None:
    found = message_of(
        lambda path: (load_rule(path), load_rule_page(path)), rule_path(write, old=old, new=new), "rules/"
    )
    assert found.partition(": ")[2].startswith(message), found


def test_packs_have_their_own_codes(write: Write) -> None:
    assert load_rule(str(rule_path(write, old="code: EL201", new="code: ACME001"))).code == "ACME001"


@pytest.mark.parametrize(
    ("condition", "needs"),
    [
        ("total_steps > max_steps", {"total_steps", "max_steps"}),
        ("total_steps > 1 and epochs > 2", {"total_steps", "epochs"}),
        ("total_steps > 1 or epochs > 2", set()),
        ("total_steps > 1 or total_steps < epochs", {"total_steps"}),
        ("not (epochs > 2)", {"epochs"}),
        ("given(max_steps) and epochs > 2", {"max_steps", "epochs"}),
        ("not given(max_steps)", set()),
        ("twice > 5", set()),
        ("twice > epochs", {"epochs"}),
        ("epochs > 2 if given(max_steps) else total_steps > 5", set()),
        ('option in ("a", "b")', {"option"}),
    ],
)
def test_what_a_rule_needs(write: Write, condition: str, needs: set[str]) -> None:
    rule = load_rule(str(rule_path(write, old="if: total_steps > twice", new=f"if: {condition}")))
    assert rule.needs == needs


def test_a_rule_that_may_hold_needs_nothing(write: Write) -> None:
    assert load_rule(str(rule_path(write, old="may: false", new="may: true"))).needs == frozenset()
