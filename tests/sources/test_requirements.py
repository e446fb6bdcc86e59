"""What files say about the releases of packages."""

from __future__ import annotations

import pytest

from epochlint.sources.documents import Document
from epochlint.sources.files import read_text
from epochlint.sources.requirements_reader import normalised, requirement_files_among


def found(path: str, text: str) -> dict[str, tuple[str, int]]:
    """Specifier and line of each package."""
    return {
        requirement.package: (requirement.specifier, requirement.place.line)
        for requirement in read(path, text).requirements
    }


def read(path: str, text: str) -> Document:
    document = read_text(path, text)
    assert not document.problems
    return document


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Foo.Bar__baz", "foo-bar-baz"), ("scikit_learn", "scikit-learn"), ("A-.-b", "a-b"), ("x", "x")],
)
def test_names_are_normalised(name: str, expected: str) -> None:
    assert normalised(name) == expected


def test_a_requirements_file() -> None:
    text = """\
# pinned
torch==2.1.0+cu121  # exact
Accelerate >= 0.30 , < 2
  datasets[audio,vision]~=2.0 ; python_version < "3.12"
-r base.txt
--index-url https://x/y
git+https://github.com/a/b@v1
https://x/y/z.whl
./local
peft @ git+https://github.com/a/peft@main
numpy
scipy==1.0 \\
    --hash=sha256:abc \\
    --hash=sha256:def
foo (>=1.0)
pkg===1.0.a
bar>=1.0 --no-binary
broken ==
also broken 1.0
"""
    assert found("requirements.txt", text) == {
        "torch": ("==2.1.0+cu121", 2),
        "accelerate": (">=0.30,<2", 3),
        "datasets": ("~=2.0", 4),
        "peft": ("", 10),
        "numpy": ("", 11),
        "scipy": ("==1.0", 12),
        "foo": (">=1.0", 15),
        "pkg": ("===1.0.a", 16),
        "bar": (">=1.0", 17),
    }
    datasets = read("requirements.txt", text).requirements[2]
    assert (datasets.place.line, datasets.place.column, datasets.place.end_column) == (4, 3, 56)
    assert datasets.marker == 'python_version < "3.12"'


def test_which_names_are_requirements_files() -> None:
    for name in (
        "requirements-dev.txt",
        "dev-requirements.txt",
        "requirements/train.txt",
        "constraints.txt",
        "a/requirements.in",
    ):
        assert found(name, "x==1\n") == {"x": ("==1", 1)}, name
    for name in ("train.txt", "requirements.md"):
        assert read(name, "x==1\n").requirements == ()


def test_a_project_file() -> None:
    text = """\
[project]
dependencies = ["Torch>=2", "numpy",
  "x @ https://a/b"]
[project.optional-dependencies]
dev = ["pytest==8.0"]
[dependency-groups]
train = ["tool-a>1", {include-group = "dev"}]
[tool.uv]
dev-dependencies = ["u==1"]
[tool.poetry.dependencies]
python = "^3.10"
a = "^1.2.3"
b = "~1.2"
c = "1.5"
d = {version = "^0.3.1", extras = ["x"]}
e = "*"
f = ">=1,<2"
g = {git = "https://x"}
h = "^0.0.3"
i = [{version = "1"}]
[tool.poetry.group.dev.dependencies]
j = "1.*"
k = "1.0 || 2.0"
"""
    assert found("sub/pyproject.toml", text) == {
        "torch": (">=2", 2),
        "numpy": ("", 2),
        "x": ("", 3),
        "pytest": ("==8.0", 5),
        "tool-a": (">1", 7),
        "u": ("==1", 9),
        "a": (">=1.2.3,<2", 12),
        "b": (">=1.2,<1.3", 13),
        "c": ("==1.5", 14),
        "d": (">=0.3.1,<0.4", 15),
        "e": ("", 16),
        "f": (">=1,<2", 17),
        "g": ("", 18),
        "h": (">=0.0.3,<0.0.4", 19),
        "i": ("", 20),
        "j": ("==1.*", 22),
    }


def test_lock_files() -> None:
    text = """\
version = 1
[[package]]
name = "Torch"
version = "2.1.0"
source = { x = "y" }

[[package]]
name = "b"
version = "1"
[package.metadata]
name = "c"
version = "3"
"""
    for name in ("uv.lock", "poetry.lock", "sub/pdm.lock"):
        document = read(name, text)
        assert [(r.package, r.specifier, r.place.line, r.locked) for r in document.requirements] == [
            ("torch", "==2.1.0", 4, True),
            ("b", "==1", 9, True),
        ]
    text = '{"default": {"a": {"version": "==1.0"}, "b": {"git": "x"}},\n "develop": {"c": {"version": "==2"}}}'
    assert found("Pipfile.lock", text) == {"a": ("==1.0", 1), "c": ("==2", 2)}


def test_a_conda_environment() -> None:
    text = """\
dependencies:
  - python=3.10
  - numpy>=1.20,<2
  - conda-forge::scipy=1.11.2=py310_0
  - pandas=2.*
  - exact==1.0
  - spaced >=3
  - pip
  - pip:
      - transform==4.0
      - -r requirements.txt
"""
    assert found("environment.yml", text) == {
        "python": ("==3.10.*", 2),
        "numpy": (">=1.20,<2", 3),
        "scipy": ("==1.11.2", 4),
        "pandas": ("==2.*", 5),
        "exact": ("==1.0", 6),
        "spaced": (">=3", 7),
        "pip": ("", 8),
        "transform": ("==4.0", 10),
    }
    assert found("config.yml", text) == {}


def test_setup_files() -> None:
    text = """\
[options]
install_requires =
    a>=1  # why
    b==2; python_version<'3'
[options.extras_require]
x =
  c
"""
    assert found("setup.cfg", text) == {"a": (">=1", 3), "b": ("==2", 4), "c": ("", 7)}
    text = """\
from setuptools import setup
base = ["é-no", "a>=1",
    "b"]
more = open("x").read()
setup(name="x", install_requires=base, extras_require={"dev": ["c==1"], "all": more}, tests_require=["no"])
"""
    assert found("setup.py", text) == {"a": (">=1", 2), "b": ("", 3), "c": ("==1", 5)}
    assert found("other.py", text) == {}


def test_files_are_tried_exact_ones_first() -> None:
    names = [
        "setup.py",
        "requirements-dev.txt",
        "README.md",
        "uv.lock",
        "pyproject.toml",
        "requirements.txt",
        "train.py",
    ]
    assert requirement_files_among(names) == (
        "uv.lock",
        "requirements.txt",
        "requirements-dev.txt",
        "pyproject.toml",
        "setup.py",
    )
