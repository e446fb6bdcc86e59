"""Our own configuration: where it is found, what it may say, and how the command line overrules it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.configuration.options import Options, overruled
from epochlint.configuration.patterns import matches
from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError

EVERYTHING = """\
select = ["EL2", "warmup-*"]
extend-select = ["EL301"]
ignore = ["short-last-batch"]
exclude = ["vendored", "conf/*/debug.yaml"]
fail-on = "error"
strict = true
show-notes = true
require-run = false
rule-paths = ["lint"]

[assume]
world_size = 8
dataset_size = 50_000
learning_rate = 1e-4
drop_last = true
some-package = "4.57.0"

[per-file-ignores]
"tests/**" = ["EL2"]

[per-file-assume]
"conf/big.yaml" = {world_size = 64}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "lint").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_everything_that_can_be_said(project: Path) -> None:
    (project / "epochlint.toml").write_text(EVERYTHING)
    options = read_options(".")
    assert options.select == (("EL2", "epochlint.toml:1: select"), ("warmup-*", "epochlint.toml:1: select"))
    assert options.extend_select == (("EL301", "epochlint.toml:2: extend-select"),)
    assert options.ignore == (("short-last-batch", "epochlint.toml:3: ignore"),)
    assert options.exclude == ("vendored", "conf/*/debug.yaml")
    assert (options.fail_on, options.strict, options.show_notes, options.require_run) == ("error", True, True, False)
    assert options.rule_packs == (str(project / "lint"),)
    assert options.assume == (
        ("world_size", "8", "epochlint.toml:12"),
        ("dataset_size", "50000", "epochlint.toml:13"),
        ("learning_rate", "0.0001", "epochlint.toml:14"),
        ("drop_last", "true", "epochlint.toml:15"),
        ("some-package", "4.57.0", "epochlint.toml:16"),
    )
    assert options.ignored_in("tests/run/train.py") == (("EL2", "epochlint.toml:19: per-file-ignores"),)
    assert options.ignored_in("train.py") == ()
    assert dict(one[:2] for one in options.assumed_in("conf/big.yaml"))["world_size"] == "64"
    assert dict(one[:2] for one in options.assumed_in("conf/small.yaml"))["world_size"] == "8"


def test_no_configuration_gives_the_defaults(project: Path) -> None:
    assert read_options(".") == Options()
    (project / "pyproject.toml").write_text("[tool.other]\nname = 'epochlint'\n")
    assert read_options(".") == Options()


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_is_a_configuration_without_wishes(project: Path, text: str) -> None:
    (project / "epochlint.toml").write_text(text)
    assert read_options(".") == Options(config=str(project / "epochlint.toml"))


def test_the_nearest_file_counts_and_our_own_beats_pyproject(project: Path) -> None:
    inner = project / "a" / "b"
    inner.mkdir(parents=True)
    (project / "pyproject.toml").write_text('[tool.epochlint]\nfail-on = "error"\n')
    assert read_options(str(inner)).fail_on == "error"
    (project / "a" / "epochlint.toml").write_text("strict = true\n")
    assert read_options(str(inner)).fail_on == "warning"
    assert read_options(str(inner / "train.py")).strict
    (project / ".epochlint.toml").write_text('fail-on = "warning"\n')
    assert read_options(str(project)).fail_on == "warning"


def test_the_search_ends_at_the_root_of_the_repository(project: Path) -> None:
    (project / "epochlint.toml").write_text("strict = true\n")
    (project / "sub" / ".git").mkdir(parents=True)
    assert read_options(str(project / "sub")) == Options()


def test_a_named_file_replaces_the_search_and_isolation_ends_it(project: Path) -> None:
    (project / "epochlint.toml").write_text("strict = true\n")
    (project / "other.toml").write_text('fail-on = "error"\n')
    assert read_options(".", "other.toml").fail_on == "error"
    assert not read_options(".", "other.toml").strict
    assert read_options(".", isolated=True) == Options()
    with pytest.raises(UsageError, match=r"there is no file 'none\.toml'"):
        read_options(".", "none.toml")
    (project / "pyproject.toml").write_text("[tool.other]\n")
    with pytest.raises(UsageError, match=r"there is no table \[tool.epochlint\]"):
        read_options(".", "pyproject.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["EL2"]', "epochlint.toml:1: unknown key 'selct' (did you mean 'select'?)"),
        ("fail_on = 'error'", "epochlint.toml:1: unknown key 'fail_on' (did you mean 'fail-on'?)"),
        ("\nselect = 'EL2'", "epochlint.toml:2: select should be a list of texts"),
        ("select = [1]", "epochlint.toml:1: select should be a list of texts"),
        ("exclude = ['']", "epochlint.toml:1: exclude should be a list of texts"),
        ("strict = 'yes'", "epochlint.toml:1: strict should be true or false"),
        ("fail-on = 'warn'", "epochlint.toml:1: fail-on should be warning or error (did you mean 'warning'?)"),
        ("fail-on = 1", "epochlint.toml:1: fail-on should be warning or error"),
        ("assume = 8", "epochlint.toml:1: assume should be a table"),
        ("[assume]\nworld_size = [8]", "epochlint.toml:2: assume.world_size should be a number, a text, true or false"),
        ("[assume]\noptimizer.lr = 1", 'quote a name with dots: assume."optimizer.…"'),
        ("[per-file-ignores]\n'a' = 'EL2'", "epochlint.toml:2: per-file-ignores should be a list of texts"),
        ("[per-file-assume]\n'a' = 3", "epochlint.toml:2: per-file-assume.'a' should be a table"),
        ("rule-paths = ['nowhere']", "epochlint.toml:1: rule-paths: there is no folder 'nowhere'"),
        ("strict = ", "epochlint.toml:1: not readable as TOML"),
        ("strict = true\nstrict = true", "epochlint.toml:2: not readable as TOML"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(project: Path, text: str, said: str) -> None:
    (project / "epochlint.toml").write_text(text)
    with pytest.raises(UsageError) as error:
        read_options(".")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_our_table_in_pyproject_must_be_one(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool]\nepochlint = 1\n")
    with pytest.raises(UsageError, match=r"pyproject.toml:2: tool.epochlint should be a table"):
        read_options(".")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"strict = true # \xff", b"\x00", b"x" * 2_000_000])
def test_a_file_that_cannot_be_read_is_wrong_use(project: Path, data: bytes) -> None:
    (project / "epochlint.toml").write_bytes(data)
    with pytest.raises(UsageError, match=r"epochlint.toml"):
        read_options(".")


@given(st.binary(max_size=200))
def test_any_bytes_give_options_or_one_clear_problem(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "epochlint.toml")
        path.write_bytes(data)
        with suppress(UsageError):
            assert read_options(folder).config


def test_a_pyproject_without_our_name_is_not_even_parsed(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    code = (
        "import sys; from epochlint.configuration.reading import read_options; read_options('.');"
        "print(sorted({'tomllib', 're', 'epochlint.sources.toml_reader'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert "tomllib" not in done.stdout
    assert "toml_reader" not in done.stdout


# --- the command line ----------------------------------------------------------------------------------------------

CONFIGURED = Options(
    select=(("EL2", "c"),),
    extend_select=(("EL3", "c"),),
    ignore=(("EL201", "c"),),
    exclude=("a",),
    assume=(("world_size", "8", "c"), ("dataset_size", "10", "c")),
    per_file_assume=(("big.yaml", (("world_size", "64", "c"), ("epochs", "3", "c"))),),
    fail_on="error",
)


def test_what_the_command_line_does_not_say_stays() -> None:
    assert overruled(CONFIGURED, fail_on=None, strict=None, select=None) == CONFIGURED


def test_words_add_up_and_single_values_are_replaced() -> None:
    options = overruled(CONFIGURED, ignore=(("EL301", "--ignore"),), exclude=["b"], fail_on="warning", strict=True)
    assert options.ignore == (("EL201", "c"), ("EL301", "--ignore"))
    assert options.exclude == ("a", "b")
    assert (options.fail_on, options.strict) == ("warning", True)
    assert options.select == CONFIGURED.select


def test_select_starts_afresh() -> None:
    options = overruled(CONFIGURED, select=(("EL201", "--select"),))
    assert (options.select, options.extend_select, options.ignore) == ((("EL201", "--select"),), (), ())


def test_an_assumption_of_the_command_line_wins_everywhere() -> None:
    options = overruled(CONFIGURED, assume=(("world_size", "2", "--assume"), ("world_size", "4", "--assume")))
    assert options.assumed_in("big.yaml") == (
        ("dataset_size", "10", "c"),
        ("world_size", "4", "--assume"),
        ("epochs", "3", "c"),
    )


# --- patterns ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("tests", "a/tests/x.py", True),
        ("tests/", "tests/x.py", True),
        ("*_smoke.yaml", "conf/run_smoke.yaml", True),
        ("*.yaml", "conf/x.yml", False),
        ("conf/*.yaml", "conf/x.yaml", True),
        ("conf/*.yaml", "conf/a/x.yaml", False),
        ("conf/*.yaml", "other/conf/x.yaml", False),
        ("conf/**/x.yaml", "conf/x.yaml", True),
        ("conf/**/x.yaml", "conf/a/b/x.yaml", True),
        ("**/debug.yaml", "a/debug.yaml", True),
        ("conf/a", "conf/a/b/x.yaml", True),
        ("./conf/a", "conf/a/x.yaml", True),
        ("/train.py", "train.py", True),
        ("/train.py", "a/train.py", False),
        ("train.py", "a/train.py", True),
        ("conf/[ab].yaml", "conf/b.yaml", True),
        ("", "x.py", False),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_many_stars_take_no_time() -> None:
    assert not matches("/".join(["**"] * 200) + "/x", "/".join(["a"] * 200))
