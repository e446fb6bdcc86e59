"""Policies and installed rule packs: what the configuration says, and what is wrong with it in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from epochlint import session
from epochlint.cli import main
from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError

RUN = """\
output_dir: out
per_device_train_batch_size: 64
gradient_accumulation_steps: 8
"""
RULE = """\
code: CODE
name: a-save-limit
summary: More checkpoints are kept than the disk has room for.
severity: warning
about: run
if: save_total_limit > 3
at: [save_total_limit]
message: "{save_total_limit} checkpoints"
explanation: The disk is shared.
examples:
  bad:
    - {file: a.yaml, code: "output_dir: out\\nper_device_train_batch_size: 8\\nsave_total_limit: 9  # <- here\\n"}
  good:
    - {file: a.yaml, code: "output_dir: out\\nper_device_train_batch_size: 8\\nsave_total_limit: 2\\n"}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "train.yaml").write_text(RUN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(configuration: str) -> list[str]:
    Path("epochlint.toml").write_text(configuration)
    return [one.message for one in session.check(("train.yaml",), read_options(".")).findings if one.severity != "note"]


def test_a_bound_holds_for_what_is_derived_and_only_where_it_is_certain() -> None:
    assert _found("[policies]\nglobal_batch_size = {max = 511}\n") == [
        "global_batch_size is at least 512, more than the 511 that epochlint.toml:2 allows"
    ]
    assert _found("[policies]\nglobal_batch_size = {max = 512}\n") == []
    assert _found("assume = {world_size = 2}\n[policies]\nglobal_batch_size = {max = 512, because = 'memory'}\n") == [
        "global_batch_size is 1,024, more than the 512 that epochlint.toml:3 allows: memory"
    ]
    assert _found("[policies]\nglobal_batch_size = {min = 4096}\n") == []
    assert _found("assume = {world_size = 2}\n[policies]\nglobal_batch_size = {min = 4096}\n") == [
        "global_batch_size is 1,024, less than the 4,096 that epochlint.toml:3 demands"
    ]


def test_a_policy_is_a_rule_like_others() -> None:
    assert _found("ignore = ['policy-exceeded']\n[policies]\nglobal_batch_size = {max = 8}\n") == []
    Path("train.yaml").write_text(RUN + "seed: 1  # epochlint: ignore[policy-exceeded] once\n")
    assert _found("[policies]\nseed = {min = 5, required = true}\n") == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "epohcs = {max = 8}",
            "epochlint.toml:2: policies: 'epohcs' is no quantity or option (did you mean 'epochs'?)",
        ),
        ("epochs = {mx = 8}", "epochlint.toml:2: unknown key 'mx' in policies.epochs (did you mean 'max'?)"),
        ("epochs = 8", "epochlint.toml:2: policies.epochs should be a table such as {max = 4096}"),
        ("epochs = {}", "epochlint.toml:2: policies.epochs should have a min, a max or required = true"),
        ("epochs = {max = '8'}", "epochlint.toml:2: policies.epochs.max should be a number"),
        ("epochs = {max = true}", "epochlint.toml:2: policies.epochs.max should be a number"),
        ("epochs = {min = 2, max = 1}", "policies.epochs: no number is at least 2 and at most 1"),
        ("epochs = {required = 1}", "policies.epochs.required should be true or false"),
        ("a.b = {max = 1}", 'quote a name with dots: policies."a.b"'),
    ],
)
def test_a_wrong_policy_is_one_error_with_its_line(said: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        _found(f"[policies]\n{said}\n")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


# --- rule packs ------------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with a rule pack, which must not be imported."""
    site = tmp_path / "site"
    (site / "team_package" / "rules").mkdir(parents=True)
    (site / "team_package" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (site / "team_package" / "rules" / "a-save-limit.yaml").write_text(RULE.replace("CODE", "TEAM001"))
    (site / "team_package-1.0.dist-info").mkdir()
    (site / "team_package-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: team-package\n")
    entry = "[epochlint.rules]\nteam = team_package.rules\nnothing = no_such_package\n"
    (site / "team_package-1.0.dist-info" / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(site))
    return site / "team_package" / "rules"


@pytest.mark.usefixtures("installed")
def test_an_installed_pack_is_used_where_it_is_named() -> None:
    Path("train.yaml").write_text(RUN + "save_total_limit: 5\n")
    assert _found("") == []
    assert _found('rule-packs = ["team"]\n') == ["5 checkpoints"]
    assert _found('rule-packs = ["team"]\nignore = ["TEAM"]\n') == []


@pytest.mark.usefixtures("installed")
def test_folders_and_packages_add_up() -> None:
    Path("lint").mkdir()
    Path("lint/another-limit.yaml").write_text(RULE.replace("CODE", "MY001").replace("a-save-limit", "another-limit"))
    Path("train.yaml").write_text(RUN + "save_total_limit: 5\n")
    assert _found('rule-packs = ["team"]\nrule-paths = ["lint"]\n') == ["5 checkpoints", "5 checkpoints"]


def test_what_is_wrong_with_a_pack_is_one_error(installed: Path) -> None:
    def error(configuration: str) -> str:
        with pytest.raises(UsageError) as caught:
            _found(configuration)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert (
        error('rule-packs = ["tema"]')
        == "epochlint.toml:1: rule-packs: there is no installed rule pack 'tema' (did you mean 'team'?); "
        "installed are nothing, team"
    )
    assert "names the package 'no_such_package', which has no folder" in error('rule-packs = ["nothing"]')
    rule = installed / "a-save-limit.yaml"
    rule.write_text(RULE.replace("CODE", "EL999"))
    assert "a-save-limit.yaml:1: code: codes that begin with EL are our own" in error('rule-packs = ["team"]')
    rule.write_text(RULE.replace("CODE", "TEAM001").replace("severity", "sevreity"))
    assert "a-save-limit.yaml:4:" in error('rule-packs = ["team"]')


def test_entry_points_are_looked_up_only_where_a_pack_is_named(folder: Path) -> None:
    program = (
        "import sys\nfrom epochlint.cli import main\nmain(['check', 'train.yaml', '-q'])\n"
        "print('importlib.metadata' in sys.modules)"
    )
    for configuration in ("", "rule-paths = ['.git']\n[policies]\nepochs = {max = 3}\n"):
        (folder / "epochlint.toml").write_text(configuration)
        ran = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines()[-1] == "False"


def test_the_command_line_says_it_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("epochlint.toml").write_text('rule-packs = ["nowhere"]\n')
    assert main(["check", "train.yaml"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
