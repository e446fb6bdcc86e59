"""Which releases a run may have, also of the package that its framework builds upon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.knowledge.store import Catalogue
from epochlint.knowledge.versions import admits, compare, packages_of
from epochlint.records import replace
from epochlint.runs.releases import admitted, newest
from epochlint.runs.run import Pinned

if TYPE_CHECKING:
    from pathlib import Path

KERAS = """
import tensorflow as tf

keep = tf.keras.callbacks.ModelCheckpoint("out/checkpoint", save_weights_only=True)
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(x, y, epochs=3, batch_size=10, callbacks=[keep])
"""
CATALOGUE = Catalogue.default()
EXTENDING = [
    name for name in CATALOGUE.framework_names if any(one.newest for one in CATALOGUE.framework(name).requires)
]


def test_some_framework_builds_upon_another() -> None:
    assert EXTENDING


@pytest.mark.parametrize("name", CATALOGUE.framework_names)
def test_of_every_package_that_data_depend_on_some_release_is_taken(name: str) -> None:
    framework = CATALOGUE.framework(name)
    if framework.package:
        assert set(packages_of(framework)) <= newest(framework, (), frozenset()).keys()


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


@pytest.mark.parametrize(
    ("requirement", "script", "refused"),
    [
        ("", "from pytorch_lightning import Trainer\nTrainer(gpus=1, max_epochs=3).fit(model, loader)\n", True),
        (
            "pytorch-lightning==1.7.7",
            "from pytorch_lightning import Trainer\nTrainer(gpus=1).fit(model, loader)\n",
            False,
        ),
        ("", KERAS, False),
        ("tensorflow==2.4.0", KERAS, False),
        ("tensorflow==2.17.0", KERAS, True),
    ],
)
def test_what_another_distribution_or_an_older_base_does_not_refuse(
    requirement: str, script: str, refused: bool, tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text(requirement, encoding="utf-8")
    found = session.check((str(tmp_path),), Options()).findings
    assert [one.name for one in found if one.severity == "error"] == ["framework-refuses"] * refused
