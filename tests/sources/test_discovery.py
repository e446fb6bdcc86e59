"""Which files are looked at: what git ignores is left out, links lead nowhere, order is stable."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.sources.discovery import discover, find_root, missing_paths
from epochlint.sources.ignoring import is_ignored, parse_patterns

GIT = shutil.which("git")


def make(root: Path, *names: str, **contents: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents.get(name, ""))
    return root


def found(root: Path, *paths: str, exclude: tuple[str, ...] = (), force: bool = False) -> tuple[str, ...]:
    return discover([str(root / path) for path in paths or ("",)], str(root), exclude, force)


def test_files_of_known_kinds_in_a_stable_order(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.py",
        "a/c.yaml",
        "a.json",
        "x.txt",
        "z/run.sh",
        "requirements.txt",
        "n.ipynb",
        "README.md",
        "a/b/d.toml",
        "uv.lock",
    )
    assert found(tmp_path) == ("a.json", "a/b/d.toml", "a/c.yaml", "b.py", "n.ipynb", "z/run.sh")


def test_folders_that_are_skipped_unless_named(tmp_path: Path) -> None:
    skipped = [
        ".git",
        ".hidden",
        "node_modules",
        ".venv",
        "venv",
        "__pycache__",
        "site-packages",
        "build",
        "dist",
        "tests",
        "test",
    ]
    make(tmp_path, "a.py", "src/tests/b.py", "mytests/c.py", *[f"{name}/x.py" for name in skipped])
    assert found(tmp_path) == ("a.py", "mytests/c.py")
    assert found(tmp_path, "tests", "build/x.py") == ("build/x.py", "tests/x.py")
    assert found(tmp_path, "src/tests") == ("src/tests/b.py",)
    assert found(tmp_path, "src") == ()
    assert found(tmp_path, ".", "tests") == ("a.py", "mytests/c.py", "tests/x.py")
    assert found(tmp_path, "tests", "build/x.py", "a.py", force=True) == ("a.py",)


def test_named_files(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "x.txt", "out/b.py")
    (tmp_path / ".gitignore").write_text("out/\n*.log\n")
    assert found(tmp_path, "out/b.py", "x.txt", "a.py", "a.py") == ("a.py", "out/b.py")
    assert found(tmp_path, "out/b.py", "a.py", force=True) == ("a.py",)
    assert found(tmp_path, "out", force=True) == ()
    assert found(tmp_path, "out") == ("out/b.py",)


def test_missing_paths(tmp_path: Path) -> None:
    make(tmp_path, "p/a.py", "q.py")
    paths = [str(tmp_path / "p" / "a.py"), str(tmp_path / "p" / "no.py"), str(tmp_path / "q.py")]
    assert missing_paths(paths, str(tmp_path / "p")) == (paths[1], paths[2])
    assert discover(paths, str(tmp_path / "p")) == ("a.py",)


def test_excluded_patterns(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "legacy/b.py", "x/legacy/c.py", "x/d.yaml", "x/keep.yaml")
    assert found(tmp_path, exclude=("legacy", "*.yaml", "!keep.yaml")) == ("a.py", "x/keep.yaml")
    assert found(tmp_path, exclude=("/legacy",)) == ("a.py", "x/d.yaml", "x/keep.yaml", "x/legacy/c.py")
    assert found(tmp_path, "x/d.yaml", exclude=("*.yaml",)) == ("x/d.yaml",)
    assert found(tmp_path, "x/d.yaml", exclude=("*.yaml",), force=True) == ()


def test_ignore_files_of_folders_and_of_git_itself(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.yaml", "in/a.py", "in/b.yaml", "in/deep/b.yaml", "other/c.py")
    (tmp_path / ".gitignore").write_text("*.yaml\n/a.py\n")
    (tmp_path / "in" / ".gitignore").write_text("!b.yaml\n/deep/\n")
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("other\n")
    assert found(tmp_path) == ("in/a.py", "in/b.yaml")
    assert found(tmp_path, "in") == ("in/a.py", "in/b.yaml")
    assert found(tmp_path, "in/deep") == ("in/deep/b.yaml",)


def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    root = make(tmp_path / "root", "real/a.py", "conf/b.yaml")
    make(tmp_path, "outside/secret.py")
    os.symlink(tmp_path / "outside", root / "away")
    os.symlink(tmp_path / "outside" / "secret.py", root / "secret.py")
    os.symlink(root, root / "real" / "loop")
    os.symlink(root / "real", root / "again")
    os.symlink(root / "conf" / "b.yaml", root / "a_link.yaml")
    os.symlink(root / "nothing", root / "broken.py")
    assert found(root) == ("conf/b.yaml", "real/a.py")
    assert found(root, "again") == ("again/a.py",)
    assert found(root, "away", "secret.py") == ()


def test_find_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(
        tmp_path,
        "git/.git/HEAD",
        "git/a/b/c.py",
        "set/pyproject.toml",
        "set/a/pyproject.toml",
        "set/a/b/c.py",
        "plain/a/b.py",
    )
    (tmp_path / "set" / "pyproject.toml").write_text("[tool.epochlint]\nselect = []\n")
    assert find_root(str(tmp_path / "git" / "a" / "b" / "c.py")) == str(tmp_path / "git")
    assert find_root(str(tmp_path / "git" / "a")) == str(tmp_path / "git")
    assert find_root(str(tmp_path / "set" / "a" / "b")) == str(tmp_path / "set")
    monkeypatch.chdir(tmp_path / "plain")
    assert find_root("a/b.py") == str(tmp_path / "plain")
    assert find_root(str(tmp_path / "plain" / "a" / "missing.py")) == str(tmp_path / "plain")
    monkeypatch.chdir(tmp_path / "git")
    assert find_root(str(tmp_path / "plain" / "a" / "b.py")) == str(tmp_path / "plain" / "a")


@pytest.mark.parametrize(
    ("patterns", "path", "ignored"),
    [
        ("*.log", "a/b.log", True),
        ("*.log\n!b.log", "a/b.log", False),
        ("/a.log", "x/a.log", False),
        ("a/", "a", False),
        ("a/b", "x/a/b", False),
        ("**/a/b", "x/a/b", True),
        ("a/**", "a/x/y", True),
        ("a/**", "a", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a**b", "a/b", False),
        ("a*b", "axyb", True),
        ("a?b", "a/b", False),
        ("[a-c].py", "b.py", True),
        ("[!a-c].py", "b.py", False),
        ("\\#x", "#x", True),
        ("# x", "# x", False),
        ("\\!x", "!x", True),
        ("x ", "x", True),
        ("x\\ ", "x ", True),
        ("[]-]", "]", True),
        ("[[:digit:]]x", "3x", True),
        ("[x", "[x", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("", "a", False),
    ],
)
def test_patterns(patterns: str, path: str, ignored: bool) -> None:
    assert is_ignored(path, False, parse_patterns(patterns)) == ignored


def test_patterns_take_no_time_to_fail() -> None:
    assert not is_ignored("a" * 2_000, False, parse_patterns("*a" * 200 + "b"))
    assert not is_ignored("a/" * 500 + "a", False, parse_patterns("**/a/" * 100 + "b"))


segments = st.sampled_from(
    ["a", "b", "ab", "*", "a*", "*b", "?", "[ab]", "[!a]", "**", "\\a", "a.py", "*.py", "b c", "x\\"]
)
# Without `a**`: git itself takes that for `a` and a `**/` of its own where plain text stands before it.
pattern_lines = st.tuples(
    st.sampled_from(["", "", "", "!", "#"]),
    st.sampled_from(["", "", "/"]),
    st.lists(segments, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "", "/", " ", "\\ "]),
).map("".join)
TREE = [
    "a",
    "b",
    "ab",
    "a.py",
    "a/a",
    "a/b",
    "a/ab/a.py",
    "a/ab/b",
    "b c",
    "b/a/a",
    "b/a/ab/b.py",
    "b/b/x",
    "x/a/b/a",
    "x/b c/a.py",
]
TREE = [name for name in TREE if not any(other.startswith(f"{name}/") for other in TREE)]


@pytest.mark.skipif(GIT is None, reason="no git here")
@given(top=st.lists(pattern_lines, max_size=4), inner=st.lists(pattern_lines, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_ignored_is_what_git_ignores(
    top: list[str], inner: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.getbasetemp() / "git"
    if not root.exists():
        make(root, *TREE)
        subprocess.run([str(GIT), "init", "-q", str(root)], check=True)
    (root / ".gitignore").write_text("\n".join(top))
    (root / "b" / ".gitignore").write_text("\n".join(inner))
    asked = "\0".join(TREE).encode()
    done = subprocess.run(
        [str(GIT), "check-ignore", "-z", "--no-index", "--stdin"],
        cwd=root,
        input=asked,
        capture_output=True,
        check=False,
    )
    expected = {name for name in done.stdout.decode().split("\0") if name}
    assert {name for name in TREE if ignored_with_folders(name, top, inner)} == expected


def ignored_with_folders(path: str, top: list[str], inner: list[str]) -> bool:
    patterns = parse_patterns("\n".join(top))
    if path.startswith("b/"):
        patterns += parse_patterns("\n".join(inner), "b")
    parts = path.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    for folder in above:
        held = parse_patterns("\n".join(top)) if folder == "b" else patterns
        if is_ignored(folder, True, held):
            return True
    return is_ignored(path, False, patterns)
