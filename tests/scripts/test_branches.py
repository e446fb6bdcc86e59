"""Branches: both values are kept with their condition, unless the condition is known."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.expressions.values import OneOf

HEAD = "import sys, argparse\nfrom lab import show, unknown\n"


def alternatives(reading: Any, name: str = "x") -> dict[object, str]:
    value = reading.number(name).value
    assert isinstance(value, OneOf), value
    return {one.value: one.when for one in value.alternatives}


def test_an_unknown_condition_keeps_both_values(read: Any) -> None:
    reading = read(f"{HEAD}big = unknown()\nif big:\n    n = 64\nelse:\n    n = 8\nshow(x=n)")
    assert alternatives(reading) == {64: "big", 8: "not (big)"}


@pytest.mark.parametrize("condition", ["True", "3 > 2", "not None", "len([1]) == 1", "1 in (1, 2)"])
def test_a_known_condition_takes_its_side_only(read: Any, condition: str) -> None:
    reading = read(f"{HEAD}if {condition}:\n    n = 1\nelse:\n    show(y=2)\n    n = 2\nshow(x=n)")
    assert reading.value() == 1


def test_a_value_of_before_is_kept_where_only_one_side_writes(read: Any) -> None:
    assert alternatives(read(f"{HEAD}n = 1\nif unknown():\n    n = 2\nshow(x=n)")).keys() == {1, 2}


def test_equal_values_are_one(read: Any) -> None:
    assert read(f"{HEAD}if unknown():\n    n = 3\nelse:\n    n = 3\nshow(x=n)").value() == 3


def test_values_of_one_branch_stay_together(read: Any) -> None:
    source = f"{HEAD}if unknown():\n    a, b = 2, 8\nelse:\n    a, b = 4, 4\nshow(x=a * b)"
    assert read(source).value() == 16


def test_two_conditions_with_the_same_words_are_two(read: Any) -> None:
    source = f"{HEAD}a = b = 1\nif unknown():\n    a = 2\nif unknown():\n    b = 2\nshow(x=a * 10 + b)"
    assert alternatives(read(source)).keys() == {11, 12, 21, 22}


def test_arithmetic_on_alternatives(read: Any) -> None:
    assert alternatives(read(f"{HEAD}n = 4 if unknown() else 8\nshow(x=n * 10)")).keys() == {40, 80}


def test_or_with_an_unknown_side(read: Any) -> None:
    assert type(read(f"{HEAD}show(x=unknown() or 5)").thing()).__name__ == "Opaque"


def test_a_branch_that_raises_does_not_count(read: Any) -> None:
    source = f"{HEAD}n = 1\nif unknown():\n    n = 2\n    raise ValueError('no')\nif unknown():\n    n = 3\n    sys.exit(1)\nshow(x=n)"
    assert read(source).value() == 1


def test_a_return_in_a_branch(read: Any) -> None:
    source = f"{HEAD}def size(big):\n    if big:\n        return 64\n    return 8\nshow(x=size(unknown()), y=size(True), z=size(0))"
    reading = read(source)
    assert alternatives(reading).keys() == {64, 8}
    assert (reading.value("y"), reading.value("z")) == (64, 8)


def test_what_a_side_does_to_an_object_is_joined(read: Any) -> None:
    source = f"""{HEAD}
class Config:
    def __init__(self):
        self.n = 1
config = Config()
table = dict(a=1)
if unknown():
    config.n = 2
    table["a"] = 5
show(x=config.n, y=table["a"])
"""
    reading = read(source)
    assert alternatives(reading).keys() == {1, 2}
    assert alternatives(reading, "y").keys() == {1, 5}


def test_an_entry_that_may_not_be_there_is_not_known(read: Any) -> None:
    reading = read(f"{HEAD}table = dict(a=1)\nif unknown():\n    table['b'] = 5\nshow(**table)")
    assert reading.value("a") == 1
    assert type(reading.thing("b")).__name__ == "Opaque"


def test_lists_of_different_length_are_open(read: Any) -> None:
    reading = read(f"{HEAD}rows = [1]\nif unknown():\n    rows.append(2)\nshow(x=rows[0], y=len(rows))")
    assert reading.value() == 1
    assert reading.value("y") == "len(rows)"


def test_one_of_two_tables(read: Any) -> None:
    source = f"{HEAD}if unknown():\n    t = dict(a=1, b=2)\nelse:\n    t = dict(a=3)\nt['c'] = 4\nshow(**t)"
    reading = read(source)
    assert alternatives(reading, "a").keys() == {1, 3}
    assert type(reading.thing("b")).__name__ == "Opaque"
    assert reading.value("c") == 4


def test_one_of_two_objects(read: Any) -> None:
    source = "import lab\nfrom lab import unknown\n" + (
        "if unknown():\n    o = lab.optim.SGD([], lr=0.1)\nelse:\n    o = lab.Adam([], lr=0.2)\no.step()"
    )
    reading = read(source)
    assert len(reading.calls("lab.optim.SGD.step")) == len(reading.calls("lab.Adam.step")) == 1


def test_import_errors_are_not_looked_at(read: Any) -> None:
    source = "try:\n    from lab import show\nexcept ImportError:\n    show = None\ntry:\n    import lab\nexcept ImportError:\n    lab = None\nshow(x=1)"
    assert read(source).value() == 1


def test_a_handler_may_come_from_anywhere_in_the_body(read: Any) -> None:
    source = f"{HEAD}n = 1\ntry:\n    n = 2\n    unknown()\nexcept ValueError:\n    pass\nshow(x=n)"
    assert alternatives(read(source)).keys() == {1, 2}
    source = f"{HEAD}n = 1\ntry:\n    n = 2\n    n = 3\nexcept ValueError:\n    pass\nshow(x=n)"
    assert read(source).value() == "unknown"


DEFAULTS = f"{HEAD}parser = argparse.ArgumentParser()\nparser.add_argument('--train', action='store_true')\nparser.add_argument('--steps', type=int)\nargs = parser.parse_args()\n"


def test_options_decide_by_their_defaults_but_the_other_side_is_seen(read: Any) -> None:
    reading = read(f"{DEFAULTS}n = 1\nif args.train:\n    n = 2\n    show(y=n)\nshow(x=n)")
    other, after = reading.calls("lab.show")
    assert [type(frame).__name__ for frame in other.frames] == ["BranchFrame"]
    assert other.frames[0].value.value is False
    assert after.arguments[0].thing.value.value == 1


def test_an_option_that_is_none_is_filled_in(read: Any) -> None:
    reading = read(f"{DEFAULTS}if args.steps is None:\n    args.steps = 3 * 100\nshow(x=args.steps)")
    assert reading.value() == 300


def test_what_follows_an_early_return_is_still_seen(read: Any) -> None:
    source = f"{DEFAULTS}def main():\n    if not args.train:\n        return 1\n    show(x=2)\n    return 2\nresult = main()\nshow(y=result)"
    reading = read(source)
    seen, after = reading.calls("lab.show")
    assert seen.function == "main"
    assert after.arguments[0].thing.value.value == 1


def test_an_option_that_has_to_be_set(read: Any) -> None:
    reading = read(f"{DEFAULTS}if not args.train:\n    parser.error('say what to do')\nn = 5\nshow(x=n)")
    assert reading.value() == 5


def test_matching(read: Any) -> None:
    source = f"{HEAD}match unknown():\n    case 'a':\n        n = 1\n    case {{'b': b}}:\n        n = 2\n    case _:\n        n = 3\nshow(x=n)"
    assert alternatives(read(source)).keys() == {1, 2, 3}
