from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.knowledge.catalogue import ComponentSpec, Framework, Option
from epochlint.knowledge.versions import (
    admits,
    boundaries,
    changes,
    compare,
    cover_all,
    is_release,
    is_specifier,
    known_releases,
)

RELEASE = st.builds(
    lambda numbers, suffix: ".".join(map(str, numbers)) + suffix,
    st.lists(st.integers(0, 12), min_size=1, max_size=3),
    st.sampled_from(["", "", "", "a1", "b2", "rc1", ".post1", ".dev3", "rc1.dev2"]),
)
PLAIN_RELEASE = st.lists(st.integers(0, 12), min_size=2, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
CLAUSE = st.builds(
    lambda operator, release: operator + release,
    st.sampled_from([">=", "<", "<=", ">", "==", "!=", "~="]),
    PLAIN_RELEASE,
)
SPECIFIER = st.lists(CLAUSE, max_size=3).map(",".join)


@pytest.mark.parametrize(
    ("specifier", "version", "answer"),
    [
        (">=4.52", "4.52", True),
        (">=4.52", "4.52.0", True),
        (">=4.52", "4.51.9", False),
        (">=4.52", "4.52.0rc1", False),
        ("<4.52", "4.52.0rc1", True),
        (">=4.40,<5", "4.57.1", True),
        (">=4.40,<5", "5.0", False),
        ("==1.2.*", "1.2.9", True),
        ("==1.2.*", "1.20", False),
        ("!=1.2.*", "1.2.9", False),
        ("~=1.4.2", "1.4.9", True),
        ("~=1.4.2", "1.5", False),
        ("~=1.4", "1.9", True),
        ("==2.1.0", "2.1.0+cu121", True),
        ("2.1", "2.1.0", True),
        ("", "anything", True),
        (">=1", "main", False),
        (">=banana", "1.0", True),
        (">4.52", "4.52.post1", True),
        ("==1!2.0", "1!2", True),
    ],
)
def test_admits(specifier: str, version: str, answer: bool) -> None:
    assert admits(specifier, version) is answer


def test_order_of_releases() -> None:
    ascending = [
        "nonsense",
        "0.9",
        "1.0.dev1",
        "1.0a1.dev1",
        "1.0a1",
        "1.0b1",
        "1.0rc1",
        "1.0",
        "1.0.post1",
        "1.0.1",
        "1.10",
        "1!0.1",
    ]
    for low, high in pairwise(ascending):
        assert compare(low, high) == -1, (low, high)
        assert compare(high, low) == 1
    assert compare("1.0", "1.0.0") == 0
    assert compare("v1.0", "1") == 0


@given(RELEASE, RELEASE)
def test_the_order_is_that_of_packaging(left: str, right: str) -> None:
    version = pytest.importorskip("packaging.version").Version
    one, other = version(left), version(right)
    assert compare(left, right) == (one > other) - (one < other)


@given(SPECIFIER, PLAIN_RELEASE)
def test_specifiers_agree_with_packaging(specifier: str, release: str) -> None:
    specifiers = pytest.importorskip("packaging.specifiers")
    assert admits(specifier, release) == specifiers.SpecifierSet(specifier).contains(release)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_gives_an_answer(specifier: str, version: str) -> None:
    assert admits(specifier, version) in (True, False)
    assert compare(specifier, version) in (-1, 0, 1)
    assert is_release(version) in (True, False)
    assert is_specifier(specifier) in (True, False)


def test_what_is_a_specifier() -> None:
    assert is_specifier(">=4.40,<5")
    assert is_specifier("")
    assert not is_specifier(">=four")
    assert is_release("4.52.0rc1")
    assert not is_release("latest")


def framework(*specifiers: str, newest: str = "5.23.0", supported: str = ">=4.40", package: str = "lib") -> Framework:
    options = tuple(Option(f"option_{number}", versions=(("lib", text),)) for number, text in enumerate(specifiers))
    return Framework("some", "Some", package=package, newest=newest, supported=supported, options=options)


@pytest.mark.parametrize(
    ("specifiers", "answer"),
    [
        (("",), True), (("<2", ">=2"), True), (("<2", ">2"), False), (("<=2", ">2"), True), ((">=1",), False),
        (("<2", ">=2,<3", ">=3"), True), (("<2", ">=2,<3", ">=4"), False), (("==1.*", "!=1.*"), True), ((), False),
    ],
)  # fmt: skip
def test_specifiers_that_leave_no_release_out(specifiers: tuple[str, ...], answer: bool) -> None:
    assert cover_all(specifiers) is answer


def test_boundaries_are_one_release_per_stretch() -> None:
    assert boundaries(framework(">=4.52", "<4.52", "<5.15", ">=5.4")) == ("4.40", "4.52", "5.4", "5.23.0")


def test_the_newest_release_stands_for_the_last_stretch() -> None:
    assert boundaries(framework(">=5.15")) == ("4.40", "5.23.0")
    assert boundaries(framework(">=6")) == ("5.23.0",)
    assert boundaries(framework(">=5.23")) == ("4.40", "5.23.0")


def test_a_change_after_a_release_needs_a_release_after_it() -> None:
    assert boundaries(framework("<=5.3")) == ("4.40", "5.23.0")
    assert boundaries(framework("==5.3")) == ("4.40", "5.3", "5.23.0")
    assert boundaries(framework(">5.3", ">=5.3.1")) == ("4.40", "5.3.0.1", "5.23.0")


def test_boundaries_count_components_and_other_packages() -> None:
    component = ComponentSpec("callback", (), options=(Option("x", versions=(("lib", ">=5"), ("other", ">=1.3"))),))
    one = Framework("some", "Some", package="lib", newest="5.2", supported=">=4", components=(component,))
    assert boundaries(one) == ("4", "5.2")
    assert boundaries(one, "other") == ("0", "1.3")


def test_no_package_has_no_boundaries() -> None:
    assert boundaries(Framework("some", "Some")) == ()
    assert boundaries(Framework("some", "Some", package="lib", newest="2.0")) == ("2.0",)


def test_a_pin_narrows_the_boundaries() -> None:
    one = framework(">=4.52", "<5.15", ">=5.4")
    assert boundaries(one, pinned=">=5.1,<5.3") == ("5.1",)
    assert boundaries(one, pinned="==4.57.1") == ("4.57.1",)
    assert boundaries(one, pinned=">=5") == ("5", "5.4", "5.23.0")
    assert boundaries(one, pinned=">=7") == ("7",)
    assert boundaries(one, pinned="<4.40") == ("0",)
    assert boundaries(one, pinned="nonsense") == boundaries(one)


@given(st.lists(SPECIFIER, max_size=4), PLAIN_RELEASE)
def test_every_release_behaves_as_one_of_the_boundaries(specifiers: list[str], release: str) -> None:
    one = framework(*specifiers, supported="", newest="")
    answers = [tuple(admits(text, found) for text in specifiers) for found in boundaries(one)]
    if answers:
        assert tuple(admits(text, release) for text in specifiers) in answers


def test_changes_between_two_releases_are_told_by_the_release_that_brought_them() -> None:
    one = framework(">=4.52", "<5.15", ">=5.4", "<=5.6")
    assert changes(one, "lib", "4.40", "5.23.0") == ("4.52", "5.4", "5.6.1", "5.15")
    assert changes(one, "lib", "4.52", "5.4") == ("5.4",)
    assert changes(one, "lib", "5.15", "5.23.0") == changes(one, "other", "1", "2") == ()


def test_the_releases_whose_data_are_known() -> None:
    assert known_releases(framework(), "lib") == ">=4.40,<=5.23.0"
    assert known_releases(framework(), "other") == ""
