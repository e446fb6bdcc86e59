"""What the symbolic algebra knows of the arithmetic of training runs, case by case."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from epochlint.expressions import algebra
from epochlint.expressions.algebra import (
    Conflict,
    NotComputableError,
    Term,
    add,
    bounds,
    ceil,
    compare,
    constant,
    divide,
    evaluate_term,
    floor,
    maximum,
    minimum,
    multiply,
    negate,
    power,
    ratio,
    signs,
    substitute,
    subtract,
    symbol,
    symbols,
    text,
    unit_of,
)
from epochlint.expressions.units import Unit, parse_unit

n = symbol("n", None, 1, None, True)
k = symbol("k", None, 0, None, True)
batch = symbol("batch", None, 1, None, True)
world_size = symbol("world_size", None, 1, None, True)
accumulation = symbol("accumulation", None, 1, None, True)
loader = symbol("len(train_loader)", None, 1, None, True)
epochs = symbol("epochs", None, 0, None, False)
anything = symbol("anything")


def number(value: int | str) -> Term:
    return constant(Fraction(value))


ONE, TWO, FOUR, EIGHT = number(1), number(2), number(4), number(8)


# --- normal form -----------------------------------------------------------------------------------------------------


def test_different_ways_of_rounding_up_are_one() -> None:
    wanted = ceil(divide(n, batch))
    assert floor(divide(subtract(add(n, batch), ONE), batch)) == wanted  # (n + batch - 1) // batch
    assert negate(floor(divide(negate(n), batch))) == wanted  # -(-n // batch)
    assert add(floor(divide(subtract(n, ONE), batch)), ONE) == wanted  # (n - 1) // batch + 1


def test_rounding_by_a_known_number_looks_at_whole_steps_only() -> None:
    assert floor(divide(add(n, number(7)), EIGHT)) == ceil(divide(n, EIGHT))
    assert floor(add(divide(n, EIGHT), number("1/10"))) == floor(divide(n, EIGHT))
    assert ceil(add(divide(n, EIGHT), number("1/10"))) == floor(add(divide(n, EIGHT), ONE))


def test_nested_roundings_of_one_direction_are_one() -> None:
    assert ceil(divide(ceil(divide(n, EIGHT)), FOUR)) == ceil(divide(n, number(32)))
    assert floor(divide(floor(divide(n, batch)), world_size)) == floor(divide(n, multiply(batch, world_size)))
    assert ceil(divide(ceil(divide(n, batch)), world_size)) == ceil(divide(n, multiply(batch, world_size)))
    assert floor(divide(add(floor(divide(n, EIGHT)), ONE), TWO)) == floor(divide(add(n, EIGHT), number(16)))


def test_nested_roundings_of_two_directions_stay() -> None:
    mixed = floor(divide(ceil(divide(n, EIGHT)), FOUR))
    assert text(mixed) == "floor(ceil(n / 8) / 4)"
    assert compare(mixed, floor(divide(n, number(32)))) == "unknown"


def test_nested_rounding_needs_a_divisor_that_is_whole_and_positive() -> None:
    ratio_ = symbol("r", None, 0, 1, False)
    assert text(ceil(divide(ceil(divide(n, EIGHT)), ratio_))) == "ceil(ceil(n / 8) / r)"
    assert text(ceil(divide(ceil(divide(n, EIGHT)), k))) == "ceil(ceil(n / 8) / k)"


def test_whole_parts_stand_outside_a_rounding() -> None:
    assert ceil(add(n, divide(k, TWO))) == add(n, ceil(divide(k, TWO)))
    assert ceil(divide(multiply(batch, n), batch)) == n
    assert floor(n) == n
    assert ceil(number("7/2")) == number(4)


def test_a_rounding_whose_value_is_the_same_everywhere_is_a_number() -> None:
    share = symbol("share", None, Fraction(1, 4), Fraction(3, 4))
    assert ceil(share) == ONE
    assert floor(share) == algebra.constant(0)


def test_extrema_leave_out_what_never_counts() -> None:
    assert maximum(ONE, ceil(divide(n, EIGHT))) == ceil(divide(n, EIGHT))
    assert minimum(n, add(n, batch)) == n
    assert maximum(ONE, number(5), TWO) == number(5)
    assert maximum(ONE, maximum(k, TWO)) == maximum(TWO, k)
    assert text(maximum(ONE, floor(divide(n, EIGHT)))) == "max(1, floor(n / 8))"


def test_a_sum_cancels_against_its_inverse() -> None:
    assert multiply(divide(epochs, add(n, ONE)), add(n, ONE)) == epochs
    assert divide(add(multiply(n, epochs), epochs), add(n, ONE)) == epochs
    assert divide(ONE, divide(ONE, add(n, ONE))) == add(n, ONE)


def test_division_by_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(n, subtract(k, k))


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_bounds_of_a_symbol_that_is_whole_are_whole() -> None:
    assert bounds(symbol("s", None, Fraction(1, 2), Fraction(7, 2), True)) == (1, 3, True)


def test_bounds_remember_that_the_unknown_is_the_same() -> None:
    assert bounds(subtract(n, n)) == (0, 0, True)
    assert bounds(subtract(multiply(n, batch), n)) == (0, None, True)
    assert bounds(add(multiply(n, batch), negate(n), negate(batch), ONE)) == (0, None, True)


def test_bounds_of_what_rounding_adds() -> None:
    padded = multiply(EIGHT, ceil(divide(n, EIGHT)))
    assert bounds(subtract(padded, n)) == (0, 7, True)
    remainder = subtract(n, multiply(EIGHT, floor(divide(n, EIGHT))))
    assert bounds(remainder) == (0, 7, True)
    by_symbol = subtract(n, multiply(batch, floor(divide(n, batch))))
    assert signs(subtract(by_symbol, batch)) == {-1}


def test_bounds_of_extrema() -> None:
    assert bounds(maximum(n, subtract(number(5), n))) == (1, None, True)
    assert bounds(subtract(maximum(n, k), n))[0] == 0
    assert bounds(subtract(minimum(n, k), n))[1] == 0


def test_at_most_so_many_steps_on_any_number_of_processes() -> None:
    steps = ceil(divide(ceil(divide(number(568), EIGHT)), world_size))
    assert bounds(steps) == (1, 71, True)


def test_a_multiple_of_eight_and_a_half_is_never_zero() -> None:
    assert 0 not in signs(subtract(multiply(EIGHT, k), FOUR))
    assert 0 in signs(subtract(multiply(EIGHT, k), number(16)))


# --- comparing -------------------------------------------------------------------------------------------------------


def test_compare_tells_what_holds_for_all_values() -> None:
    assert compare(add(n, n), multiply(TWO, n)) == "same"
    assert compare(multiply(n, batch), multiply(batch, n)) == "same"
    assert compare(add(n, ONE), n) == "different"
    assert compare(n, batch) == "unknown"
    assert compare(n, number(100)) == "unknown"
    assert compare(number(3), number(4)) == "different"
    assert compare(number(3), number(3)) == "same"


def test_a_split_and_its_rest_are_the_same_by_their_bounds() -> None:
    rest = subtract(n, ceil(divide(n, number(5))))
    assert compare(rest, floor(divide(multiply(FOUR, n), number(5)))) == "same"


def test_compare_finds_factors_and_ratio_names_them() -> None:
    run = divide(multiply(epochs, loader), accumulation)
    assert compare(multiply(epochs, loader), run) == "factor"
    assert text(ratio(multiply(epochs, loader), run) or ONE) == "accumulation"
    assert compare(multiply(TWO, n), n) == "factor"
    assert compare(epochs, multiply(epochs, loader)) == "factor"
    assert ratio(epochs, multiply(epochs, loader)) == divide(ONE, loader)
    assert compare(add(multiply(TWO, n), multiply(TWO, k)), add(n, k)) == "factor"


def test_unrelated_terms_are_no_factors_of_each_other() -> None:
    assert compare(multiply(n, loader), multiply(batch, loader)) == "unknown"
    assert compare(number(100), n) == "unknown"
    assert ratio(add(n, ONE), n) is None
    assert ratio(n, subtract(n, n)) is None


# --- putting values in -----------------------------------------------------------------------------------------------


def test_substitution_simplifies_again() -> None:
    steps = ceil(divide(n, multiply(batch, world_size)))
    assert substitute(steps, {"world_size": 1}) == ceil(divide(n, batch))
    assert substitute(steps, {"n": multiply(batch, k), "world_size": 1}) == k
    assert substitute(steps, {"n": 100, "batch": 8, "world_size": 2}) == number(7)
    assert substitute(steps, {"other": 3}) is steps


def test_evaluation_is_exact_and_says_what_it_lacks() -> None:
    assert evaluate_term(divide(n, number(3)), {"n": 1}) == Fraction(1, 3)
    with pytest.raises(KeyError):
        evaluate_term(multiply(n, k), {"n": 1})
    with pytest.raises(NotComputableError):
        evaluate_term(algebra.apply("shape", n), {"n": 1})


def test_opaque_functions_of_the_same_terms_are_the_same() -> None:
    assert compare(algebra.apply("f", n), algebra.apply("f", n)) == "same"
    assert compare(algebra.apply("f", n), algebra.apply("f", k)) == "unknown"


def test_symbols_are_sorted_by_name() -> None:
    term = ceil(divide(multiply(world_size, n), maximum(batch, k)))
    assert [one.name for one in symbols(term)] == ["batch", "k", "n", "world_size"]


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (multiply(ceil(divide(loader, FOUR)), epochs), "ceil(len(train_loader) / 4) * epochs"),
        (divide(multiply(epochs, loader), multiply(FOUR, world_size)), "epochs * len(train_loader) / (4 * world_size)"),
        (subtract(number(10), n), "10 - n"),
        (subtract(n, ONE), "n - 1"),
        (negate(n), "-n"),
        (multiply(number("-3/2"), n), "-3 * n / 2"),
        (divide(ONE, n), "1 / n"),
        (divide(n, add(n, ONE)), "n / (n + 1)"),
        (power(n, 2), "n ** 2"),
        (multiply(symbol("a - b"), n), "(a - b) * n"),
        (minimum(n, k, FOUR), "min(4, k, n)"),
        (constant(0), "0"),
        (constant(Fraction(1, 3)), "1 / 3"),
    ],
)
def test_text(term: Term, shown: str) -> None:
    assert text(term) == shown


# --- units -----------------------------------------------------------------------------------------------------------


def test_units_multiply_and_cancel() -> None:
    samples = symbol("dataset_size", parse_unit("samples"), 1, None, True)
    size = symbol("batch_size", parse_unit("samples/micro-batches"), 1, None, True)
    assert unit_of(ceil(divide(samples, size))) == parse_unit("micro-batches")
    assert unit_of(subtract(samples, ONE)) == parse_unit("samples")
    assert unit_of(maximum(ONE, samples)) == parse_unit("samples")
    assert unit_of(divide(samples, samples)) is None  # the number 1 may count anything
    assert unit_of(divide(ONE, add(samples, ONE))) == Unit().per(parse_unit("samples"))


def test_a_number_in_a_product_may_have_any_unit() -> None:
    samples = symbol("dataset_size", parse_unit("samples"), 1, None, True)
    assert unit_of(divide(samples, number(32))) is None
    assert unit_of(number(3)) is None
    assert unit_of(multiply(samples, anything)) is None


def test_adding_different_units_is_a_conflict() -> None:
    samples, steps = symbol("a", parse_unit("samples")), symbol("b", parse_unit("steps"))
    assert unit_of(add(samples, steps)) == Conflict(parse_unit("samples"), parse_unit("steps"))
    assert isinstance(unit_of(ceil(maximum(samples, steps))), Conflict)
    assert unit_of(add(samples, anything)) is None


# --- limits ----------------------------------------------------------------------------------------------------------

MANY = [symbol(f"s{index}", None, 1, None, True) for index in range(40)]


def test_too_many_parts_become_one_opaque_part_that_is_still_exact() -> None:
    total = constant(0)
    for one in MANY:
        total = add(total, one)
    square = multiply(total, total)
    assert evaluate_term(square, {one.name: 1 for one in symbols(square)}) == 1600
    assert multiply(total, total) == square


@pytest.mark.parametrize(
    "step",
    [
        lambda term, index: ceil(divide(add(term, ONE), MANY[index % 40])),
        lambda term, index: maximum(multiply(term, MANY[index % 40]), subtract(MANY[index * 7 % 40], term)),
        lambda term, index: divide(ONE, add(term, MANY[index % 40])),
        lambda term, index: multiply(term, add(term, MANY[index % 40])),
        lambda term, index: multiply(term, number(10**9 + index)),
        lambda term, index: power(add(term, MANY[index % 40]), 7),
    ],
    ids=["roundings", "extrema", "inverses", "products", "numbers", "powers"],
)
def test_nothing_grows_without_end(step) -> None:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    term, seen = MANY[0], set()
    for index in range(200):
        term = step(term, index)
        seen.add(term)
        signs(term)
    assert time.perf_counter() - start < 10
    assert len(text(term)) < 20_000
    assert len(seen) > 190  # no two of them are taken for the same
