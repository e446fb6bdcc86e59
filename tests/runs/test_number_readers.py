"""Which imports count as using a reader of configuration files."""

from __future__ import annotations

import pytest

from epochlint.runs.number_readers import imports_any


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"from omegaconf import OmegaConf\n", True),
        (b"import hydra\n", True),
        (b"x = 1\nif x:\r\n    from hydra.core import config_store\n", True),
        (b"from ruamel.yaml import YAML\n", True),
        (b"import hydra as h, os\n", True),
        (b"# omegaconf would import this\n", False),
        (b"import hydraulics\n", False),
        (b"from my.hydra import load\n", False),
        (b"from\nimport\n", False),
        (b"", False),
    ],
)
def test_imports_of_readers(source: bytes, expected: bool) -> None:
    assert imports_any(source, ("omegaconf", "hydra", "ruamel")) is expected


def test_no_readers_are_imported_nowhere() -> None:
    assert not imports_any(b"import hydra\n", ())
