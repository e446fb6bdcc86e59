"""Which reader a file is for, by its name alone."""

from __future__ import annotations

_KINDS = {
    ".yaml": "yaml", ".yml": "yaml",
    ".json": "json", ".jsonc": "json", ".json5": "json",
    ".toml": "toml",
    ".py": "python",
    ".ipynb": "notebook",
    ".sh": "shell", ".bash": "shell", ".slurm": "shell", ".sbatch": "shell",
    ".cfg": "ini",
}  # fmt: skip
# Lock files are read line by line, whatever format they have: they are long, and only two of their keys matter.
LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock")
EXACT_FILES = (*LOCK_FILES, "Pipfile.lock")
ENVIRONMENT_FILES = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
PROJECT_FILES = ("pyproject.toml", *ENVIRONMENT_FILES, "setup.cfg", "setup.py")
# What stands for a file where a command was given in its place; such a name cannot be that of a file of ours.
COMMAND_LINE = "<command line>"
_REQUIREMENT_SUFFIXES = (".txt", ".in")
_REQUIREMENT_NAMES = ("requirements", "constraints")


def kind_of(path: str) -> str | None:
    """Return the kind of a file (yaml, json, toml, python, notebook, shell, ini, requirements), None for all others."""
    name = path.rpartition("/")[2].lower()
    if name == COMMAND_LINE:
        return "shell"
    if is_makefile(name) or is_dockerfile(name):
        return "shell"
    if name in LOCK_FILES or is_requirements_file(path):
        return "requirements"
    if name == "pipfile.lock":
        return "json"
    stem, dot, suffix = name.rpartition(".")
    return _KINDS.get(dot + suffix) if stem or dot else None


def is_makefile(name: str) -> bool:
    """Tell a Makefile by its name in lower case, without its folder."""
    return name in ("makefile", "gnumakefile") or name.endswith(".mk")


def is_dockerfile(name: str) -> bool:
    """Tell a Dockerfile by its name in lower case, without its folder."""
    return name == "dockerfile" or name.startswith("dockerfile.") or name.endswith(".dockerfile")


def is_workflow(path: str) -> bool:
    return ".github/workflows/" in f"/{path}" and path.endswith((".yml", ".yaml"))


def is_requirements_file(path: str) -> bool:
    """Tell whether a file lists requirements: `requirements-dev.txt`, `requirements/train.in`, `constraints.txt`."""
    folder, _, name = path.lower().rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if dot + suffix not in _REQUIREMENT_SUFFIXES:
        return False
    if any(stem.startswith(word) or stem.endswith(word) for word in _REQUIREMENT_NAMES):
        return True
    return folder.rpartition("/")[2] == "requirements"


def has_requirements(path: str) -> bool:
    """Tell whether a file may ask for packages, by its name."""
    name = path.rpartition("/")[2]
    return name in EXACT_FILES or name in PROJECT_FILES or is_requirements_file(path)
