from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from epochlint.knowledge.catalogue import Framework, Option
from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.loading import load_framework

Write = Callable[[str, str], Path]


def error_of(path: Path) -> str:
    """Return what is said about a wrong file, without the folders above `frameworks/`."""
    with pytest.raises(CatalogueError) as caught:
        load_framework(str(path))
    text = str(caught.value)
    return text[text.index("frameworks/") :]


def formulas(framework: Framework, quantity: str) -> list[str]:
    return [formula.expression.text for formula in framework.plan if formula.quantity == quantity]


@pytest.mark.parametrize(
    ("variants", "steady"),
    [
        ("{default: a, choices: [a]} <2", False),  # gone since
        ("{default: a, choices: [a]} <2 | {default: a, choices: [a, b]} >=2", True),
        ("{default: a, choices: [a]} <2 | {default: b, choices: [a, b]} >=2", False),
        ("{default: 1} <2 | {default: 1.0} >=2", False),
        ("{default: a} <2 | {default: a} >=2,<3 | {default: a} >=3", True),
        ("{default: a} <2 | {default: a} >2", False),  # not in 2 itself
        ("{default: a} >=1,<2 | {default: a} >=2", False),  # not before 1
        ("{default: a} <2 | {default: a, unset: [a]} >=2", False),
        ("{default: a} <2 | {default: a, quantity: epochs} >=2", False),
    ],
)
def test_an_option_is_steady_if_only_its_values_differ_between_releases(
    write: Write, variants: str, steady: bool
) -> None:
    forms = [one.strip().rpartition("} ") for one in variants.split("|")]
    lines = [f'      - {form}, versions: {{lib: "{versions}"}}}}' for form, _, versions in forms]
    text = "\n".join(["package: lib", "options:", "  mode:", *[line[4:] for line in lines]])
    framework = load_framework(str(write("frameworks/lib.yaml", text)))
    assert [option.steady for option in framework.options] == [steady] * len(forms)


def test_a_whole_framework(write: Write) -> None:
    framework = load_framework(
        str(
            write(
                "frameworks/trainer.yaml",
                """
                package: trainer
                supported: ">=1.0"
                newest: "2.5"
                unknown_options: raises
                recognise:
                  - {calls: [trainer.Config], positional: [output], strict: true}
                  - keys: {all: [train.batch, train.epochs], none: [other]}
                    root: train
                objects:
                  trainer: {calls: [trainer.Trainer], where: {config: run}}
                  data: trainer.data
                options:
                  batch: {type: integer, minimum: 1, default: 8, quantity: micro_batch_size}
                  epochs: {type: [integer, number], default: 3.0, quantity: epochs}
                  max_steps: {type: integer, default: -1, unset: [-1, null], quantity: max_steps}
                  rate: {type: number, default: 5e-5, quantity: learning_rate}
                  strategy: {type: string, default: "no", choices: ["no", steps]}
                  period: {type: duration, units: {ba: steps, ep: epochs}, bare: epochs, unit: steps}
                  logs: {type: array, default: [1, 2]}
                let:
                  doubled: batch * 2
                plan:
                  - dataset_size: data.length
                  - steps_per_epoch: ceil(dataset_size / doubled)
                    if: batch > 1
                    versions: {trainer: ">=2"}
                  - steps_per_epoch: 7
                overrides:
                  - {winner: max_steps, loser: epochs, when: max_steps > 0}
                ignored:
                  - {option: period, when: strategy == "no", because: "strategy is {strategy}"}
                refuses:
                  - {name: no-batch, phase: construct, when: batch < 1, error: ValueError, options: [batch]}
                loop:
                  pass: {batches: micro_batches_per_epoch, at_end: stop}
                  epoch: {position: kept}
                  window: {size: 2, tail: carry}
                  stop: [{after: step, when: steps >= max_steps}, {after: epoch, when: epochs >= asked(epochs)}]
                  order: [backward, optimizer, stop]
                  samples: {batch: micro_batch_size}
                events:
                  evaluations:
                    - {if: strategy == "steps", clock: steps, every: period, from: 1, also: [run_end], option: period}
                schedule: {option: strategy, names: {steps: linear}, clock: micro-batches, parameters: {length: epochs}}
                components:
                  stopper:
                    calls: [trainer.Stopper]
                    options: {patience: {type: integer, default: 1}}
                    refuses:
                      - {name: no-patience, phase: train, when: patience < 1 and batch > 1, error: ValueError}
                sources: [trainer 2.5]
                verified: recorded
                """,
            )
        )
    )
    assert (framework.name, framework.title, framework.package) == ("trainer", "Trainer", "trainer")
    assert framework.unknown_options == "raises"
    first, second = framework.signatures
    assert (first.calls, first.positional, first.strict) == (("trainer.Config",), ("output",), True)
    assert (second.keys_all, second.keys_none, second.root) == (("train.batch", "train.epochs"), ("other",), "train")
    assert framework.objects[0].where == (("config", "run"),)
    assert framework.objects[1].path == "trainer.data"
    options = {option.name: option for option in framework.options}
    assert options["batch"] == Option("batch", ("integer",), "micro_batch_size", has_default=True, default=8, minimum=1)
    assert options["epochs"].types == ("integer", "number")
    assert options["max_steps"].unset == (-1, None)
    assert options["rate"].default == 5e-5
    assert options["strategy"].choices == ("no", "steps")
    assert options["period"].units == (("ba", "steps"), ("ep", "epochs"))
    assert str(options["period"].unit) == "steps"
    assert options["logs"].default == (1, 2)
    assert formulas(framework, "steps_per_epoch") == ["ceil(dataset_size / doubled)", "7"]
    guarded = framework.plan[1]
    assert guarded.condition is not None
    assert guarded.condition.text == "batch > 1"
    assert guarded.versions == (("trainer", ">=2"),)
    assert framework.overrides[0].when is not None
    assert framework.refusals[0].options == ("batch",)
    loop = framework.loop
    assert loop is not None
    assert (loop.pass_end.text, loop.position.text, loop.window_tail.text) == ('"stop"', '"kept"', '"carry"')
    assert [stop.after for stop in loop.stops] == ["step", "epoch"]
    assert loop.order == ("backward", "optimizer", "stop")
    (event,) = framework.events
    assert event.every is not None
    assert (event.event, event.clock, event.every.text, event.also) == ("evaluations", "steps", "period", ("run_end",))
    (use,) = framework.schedules
    assert (use.clock.text, use.base.text, use.names) == ('"micro-batches"', "learning_rate", (("steps", "linear"),))
    assert framework.components[0].refusals[0].name == "no-patience"
    assert framework.verified == "recorded"


WRONG = {
    "an unknown key": ("optoins: {}", "3: optoins: unknown key (did you mean 'options'?)"),
    "a type that is none": (
        "options:\n  max_steps: {type: intger}",
        "4: options.max_steps.type: 'intger' is not one of integer, number, string, boolean, null, array, object, "
        "duration (did you mean 'integer'?)",
    ),
    "a quantity that is none": (
        "plan:\n  - total_step: 5",
        "4: plan[0].total_step: 'total_step' is not one of if, versions, dataset_size",
    ),
    "a formula that cannot be read": ("plan:\n  - total_steps: ceil(epochs", "4: plan[0].total_steps: "),
    "an unknown name": (
        "plan:\n  - total_steps: epochs * step_per_epoch",
        "4: plan[0].total_steps: unknown name 'step_per_epoch'; did you mean steps_per_epoch",
    ),
    "an unknown name in a guard": (
        "plan:\n  - total_steps: 1\n    if: epoch > 1",
        "5: plan[0].if: unknown name 'epoch'; did you mean epochs",
    ),
    "an unknown name in a message": (
        'refuses:\n  - {name: x, phase: train, when: epochs < 1, error: ValueError, message: "{epohcs} is wrong"}',
        "4: refuses[0].message: unknown name 'epohcs'; did you mean epochs",
    ),
    "an unknown option": (
        "overrides:\n  - {winner: max_stps, loser: epochs}",
        "4: overrides[0].winner: unknown name 'max_stps'; did you mean max_steps",
    ),
    "an unknown object": ("objects:\n  data: trainr.data", "4: objects.data: unknown name 'trainr'"),
    "a loop of private names": (
        "let:\n  one: two + 1\n  two: three\n  three: one\nplan:\n  - total_steps: one",
        "3: let: these names need each other: one → two → three → one",
    ),
    "a private name that needs itself": ("let:\n  one: one + 1", "3: let: these names need each other: one → one"),
    "a private name that is a quantity": (
        "let:\n  total_steps: 1",
        "3: let: total_steps is a quantity: its formulas stand under plan",
    ),
    "two quantities in one entry": (
        "plan:\n  - {total_steps: 1, epochs: 2}",
        "4: plan[0]: should give one name, not 2: total_steps, epochs",
    ),
    "no quantity in an entry": ("plan:\n  - {if: true}", "4: plan[0]: should give one name, not 0: none"),
    "a bare no": (
        "options:\n  x: {type: string, default: no}",
        "4: options.x.default: YAML reads no as false; put it in quotes",
    ),
    "a key twice": ("options:\n  x: {type: string}\n  x: {type: integer}", "5: options.x: "),
    "a bad unit": ("options:\n  x: {type: integer, unit: bananas}", "4: options.x.unit: unknown unit 'bananas'"),
    "a version without quotes": ("newest: 5.2", "3: newest: 5.2 should be a text"),
    "a wrong specifier": ("supported: new", "3: supported: 'new' should be releases such as"),
    "a wrong name": ("extends: Base", "3: extends: 'Base' should be lower-case letters"),
    "a missing parent": ("extends: base", "3: extends: there is no framework file 'base'"),
    "a missing partner": ("uses: [base]", "3: uses: there is no framework file 'base'"),
    "an empty list": ("recognise: []", "3: recognise: must not be empty"),
    "a signature without evidence": (
        "recognise:\n  - {strict: true}",
        "4: recognise[0]: should have calls, keys, programs or loop",
    ),
    "names without option": (
        "schedule: {clock: steps, names: {a: b}}",
        "3: schedule: names need the option whose values they are",
    ),
    "broken YAML": ("options: {x: {", "3: "),
    "a clock that is none": (
        "events:\n  logs:\n    - {clock: step, every: 1}",
        "5: events.logs[0].clock: 'step' is not one of steps, micro-batches",
    ),
    "a missing key": ("events:\n  logs:\n    - {every: 1}", "5: events.logs[0]: 'clock' is missing"),
    "a braces mistake": (
        'refuses:\n  - {name: x, phase: train, when: epochs < 1, error: ValueError, message: "{epochs"}',
        "4: refuses[0].message: braces do not match",
    ),
    "a stop that counts nothing": (
        "loop:\n  stop: [{after: step, when: max_steps > 0}]",
        "4: loop.stop[0].when: should compare steps, epochs, micro_batches or samples with a limit: steps >= max_steps",
    ),
    "an unknown function": (
        "plan:\n  - total_steps: ciel(epochs)",
        "4: plan[0].total_steps: unknown function 'ciel'; did you mean ceil?",
    ),
    "functions of schedules": ("plan:\n  - total_steps: cos(epochs)", "4: plan[0].total_steps: unknown function 'cos'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_clear_error(write: Write, case: str) -> None:
    text, message = WRONG[case]
    found = error_of(write("frameworks/x.yaml", text))
    assert found.startswith(f"frameworks/x.yaml:{message}"), found
    assert "\n" not in found


def test_the_name_must_be_the_files(write: Write) -> None:
    path = write("frameworks/x.yaml", "name: y\ntitle: Y\n")
    assert error_of(path) == "frameworks/x.yaml:1: name: 'y' should be 'x', as the file is called"


def test_the_column_of_a_wrong_formula_counts_in_the_file(write: Write) -> None:
    path = write("frameworks/x.yaml", "plan:\n  - total_steps: 1 + * 2\n")
    with pytest.raises(CatalogueError) as caught:
        load_framework(str(path))
    error = caught.value
    line = path.read_text(encoding="utf-8").splitlines()[error.line - 1]
    assert line[error.column - 1] == "*"
    assert (error.inside, error.path) == ("plan[0].total_steps", path.as_posix())


@pytest.mark.parametrize("text", ["", "[]", "just text", "- a\n- b", "name: x\n---\nname: y", "\x00", "a: *b"])
def test_any_text_is_one_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "frameworks" / "x.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError):
        load_framework(str(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_framework(str(tmp_path / "x.yaml"))


# --- inheritance -----------------------------------------------------------------------------------------------------

PARENT = """
package: parent
newest: "2.0"
supported: ">=1"
one_process: true
recognise: [{calls: [parent.Config]}]
options:
  batch: {type: integer, default: 8, quantity: micro_batch_size}
  epochs: {type: integer, default: 3, quantity: epochs}
  old: {type: integer}
objects: {trainer: {calls: [parent.Trainer]}, data: trainer.data}
let: {half: batch / 2, third: batch / 3}
plan:
  - steps_per_epoch: 1
    if: batch > 1
  - steps_per_epoch: 2
  - total_steps: epochs * steps_per_epoch
refuses:
  - {name: first, phase: train, when: batch < 1, error: ValueError}
  - {name: second, phase: train, when: batch > 99, error: ValueError}
events:
  evaluations: [{clock: steps, every: 1}]
  logs: [{clock: steps, every: 2}]
loop:
  pass: {batches: micro_batches_per_epoch, at_end: stop}
  window: {size: 4, tail: discard}
components:
  stopper: {calls: [parent.Stopper]}
  saver: {calls: [parent.Saver]}
schedule: {clock: steps, option: batch, names: {"8": constant}}
"""


def child_of(write: Write, text: str) -> Framework:
    write("frameworks/parent.yaml", PARENT)
    return load_framework(str(write("frameworks/child.yaml", "extends: parent\n" + text)))


def test_what_is_inherited(write: Write) -> None:
    child = child_of(write, "")
    assert (child.name, child.package, child.newest, child.supported) == ("child", "parent", "2.0", ">=1")
    assert child.one_process
    assert [option.name for option in child.options] == ["batch", "epochs", "old"]
    assert formulas(child, "steps_per_epoch") == ["1", "2"]
    assert len(child.refusals) == 2
    assert child.loop is not None
    assert child.schedules[0].names == (("8", "constant"),)
    assert child.signatures == ()


def test_options_are_replaced_by_name_and_taken_away_by_null(write: Write) -> None:
    child = child_of(
        write,
        "options:\n  batch: {type: integer, default: 16}\n  old: null\n  fresh: {type: string}\n",
    )
    assert [(option.name, option.default) for option in child.options] == [
        ("batch", 16),
        ("epochs", 3),
        ("fresh", None),
    ]


def test_formulas_are_replaced_per_quantity(write: Write) -> None:
    child = child_of(write, "plan:\n  - steps_per_epoch: 5\n  - epochs_run: 6\n")
    assert formulas(child, "steps_per_epoch") == ["5"]
    assert formulas(child, "total_steps") == ["epochs * steps_per_epoch"]
    assert formulas(child, "epochs_run") == ["6"]


def test_refusals_keep_their_order(write: Write) -> None:
    child = child_of(
        write,
        """refuses:
  - {name: third, phase: train, when: batch == 5, error: ValueError}
  - {name: first, phase: train, when: batch == 6, error: TypeError}
""",
    )
    assert [(one.name, one.error) for one in child.refusals] == [
        ("first", "TypeError"),
        ("second", "ValueError"),
        ("third", "ValueError"),
    ]


def test_parts_of_the_loop_are_replaced(write: Write) -> None:
    child = child_of(write, "loop:\n  window: {size: 2}\n")
    assert child.loop is not None
    assert child.loop.window_size.text == "2"
    assert child.loop.window_tail.text == '"discard"'
    assert child.loop.pass_end.text == '"stop"'


def test_events_and_components_are_replaced_and_taken_away(write: Write) -> None:
    child = child_of(
        write,
        """events:
  evaluations: [{clock: epochs, every: 1}]
  logs: []
components:
  stopper: null
""",
    )
    assert [(event.event, event.clock) for event in child.events] == [("evaluations", "epochs")]
    assert [component.name for component in child.components] == ["saver"]


def test_private_names_of_the_parent_may_be_used_and_replaced(write: Write) -> None:
    child = child_of(write, "let: {half: batch / 4}\nplan:\n  - warmup_steps: half + third\n")
    assert {formula.quantity: formula.expression.text for formula in child.let} == {
        "half": "batch / 4",
        "third": "batch / 3",
    }


def test_private_names_are_ordered_by_dependence(write: Write) -> None:
    framework = load_framework(str(write("frameworks/x.yaml", "let: {a: b + 1, b: c + d, c: d, d: 1}\n")))
    assert [formula.quantity for formula in framework.let] == ["d", "c", "b", "a"]


def test_frameworks_that_extend_each_other(write: Write) -> None:
    write("frameworks/one.yaml", "extends: two")
    assert "these extend each other" in error_of(write("frameworks/two.yaml", "extends: one"))


def test_a_wrong_parent_is_the_parents_error(write: Write) -> None:
    write("frameworks/parent.yaml", "options: 5")
    assert error_of(write("frameworks/child.yaml", "extends: parent")).startswith("frameworks/parent.yaml:3: options")


def test_what_every_framework_inherits_comes_last(write: Write) -> None:
    write(
        "frameworks/common.yaml",
        """plan:
  - steps_per_epoch: 99
  - global_batch_size: micro_batch_size * world_size
let: {everywhere: 1}
""",
    )
    child = child_of(write, "plan:\n  - steps_per_epoch: 5\n  - warmup_steps: everywhere\n")
    assert formulas(child, "steps_per_epoch") == ["5", "99"]
    assert formulas(child, "global_batch_size") == ["micro_batch_size * world_size"]


def test_components_of_used_files_are_known(write: Write) -> None:
    write(
        "frameworks/parts.yaml",
        "components:\n  stopper: {calls: [parts.Stopper], options: {patience: {type: integer}}}\n",
    )
    write("frameworks/more.yaml", "uses: [parts]\ncomponents: {saver: {calls: [more.Saver]}}\n")
    framework = load_framework(
        str(
            write(
                "frameworks/x.yaml",
                "uses: [more]\nplan:\n  - warmup_steps: stopper.patience\ncomponents: {saver: {calls: [x.Saver]}}\n",
            )
        )
    )
    assert {component.name: component.calls for component in framework.components} == {
        "saver": ("x.Saver",),
        "stopper": ("parts.Stopper",),
    }


def test_an_option_that_changed_between_releases(write: Write) -> None:
    framework = load_framework(
        str(
            write(
                "frameworks/x.yaml",
                """package: x
                options:
                  warmup:
                    - {type: integer, default: 0, versions: {x: "<5"}}
                    - {type: number, default: 0.0, versions: {x: ">=5"}}
                """.replace("\n                ", "\n"),
            )
        )
    )
    assert [(option.name, option.types, option.versions) for option in framework.options] == [
        ("warmup", ("integer",), (("x", "<5"),)),
        ("warmup", ("number",), (("x", ">=5"),)),
    ]
