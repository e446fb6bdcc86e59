"""Which releases a run may have, also of the package that its framework builds upon."""

from __future__ import annotations

import pytest

from epochlint.knowledge.store import Catalogue
from epochlint.knowledge.versions import admits, compare
from epochlint.records import replace
from epochlint.runs.releases import admitted, newest
from epochlint.runs.run import Pinned

CATALOGUE = Catalogue.default()
EXTENDING = [
    name for name in CATALOGUE.framework_names if any(one.newest for one in CATALOGUE.framework(name).requires)
]


def test_some_framework_builds_upon_another() -> None:
    assert EXTENDING


@pytest.mark.parametrize("name", EXTENDING)
def test_releases_of_the_other_package_are_those_its_own_file_supports(name: str) -> None:
    framework = CATALOGUE.framework(name)
    for requirement in framework.requires:
        releases = [one[requirement.package] for one in admitted(framework, ())]
        assert releases[0] == requirement.newest == newest(framework, (), frozenset())[requirement.package]
        assert all(admits(requirement.releases, release) for release in releases)


@pytest.mark.parametrize("name", EXTENDING)
def test_a_pin_of_the_other_package_counts(name: str) -> None:
    framework = CATALOGUE.framework(name)
    other = framework.requires[0]
    exact = Pinned(other.package, f"=={other.newest}", None, "requirement")
    assert {one[other.package] for one in admitted(framework, (exact,))} == {other.newest}
    older = replace(exact, specifier=f"<{other.newest}")
    for releases in (*admitted(framework, (older,)), newest(framework, (older,), frozenset())):
        assert compare(releases[other.package], other.newest) < 0
